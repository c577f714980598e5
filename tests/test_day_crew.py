"""Workers on this machine: one that dies, hangs or fails costs nobody else's packet."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from briefing.day.crew import Crew
from briefing.day.plan import plan_day
from briefing.day.work import Failed, Made, Outcome, Task
from tests.small_days import kit, rows

ENOUGH = 60.0  # seconds within which a worker must have started, on a machine with much else to do


def tasks(count: int) -> list[Task]:
    planned = plan_day(rows(range(count)), kit())
    return [task for number, each in enumerate(planned) if (task := each.task(number))]


def made(outcomes: Iterator[Outcome]) -> list[str]:
    done = list(outcomes)
    assert all(isinstance(each, Made) for each in done)
    return sorted(each.task.packet_id for each in done if isinstance(each, Made))


def kill_one() -> None:
    os.kill(workers()[0], signal.SIGKILL)


def workers() -> list[int]:
    return [child.pid for child in active_children() if child.pid]


def test_every_task_has_one_outcome_and_no_process_is_left() -> None:
    some = tasks(5)
    assert made(Crew(kit(), 2).outcomes(some)) == sorted(task.packet_id for task in some)
    assert workers() == []


def test_no_more_tasks_are_begun_than_there_are_workers() -> None:
    begun = 0

    def counted() -> Iterator[Task]:
        nonlocal begun
        for task in tasks(6):
            begun += 1
            yield task

    for done, _ in enumerate(Crew(kit(), 2).outcomes(counted()), 1):
        assert begun <= done + 2


def test_a_worker_that_is_killed_once_costs_nothing() -> None:
    some = tasks(5)
    outcomes = Crew(kit(), 2).outcomes(some)
    first = next(outcomes)
    kill_one()
    assert sorted([*made(outcomes), *made(iter([first]))]) == sorted(task.packet_id for task in some)


def test_a_packet_whose_worker_dies_twice_fails_alone() -> None:
    some = tasks(3)
    outcomes = Crew(kit(), 1).outcomes(some)
    killer = threading.Thread(target=_kill_workers, args=(2,))
    killer.start()
    done = list(outcomes)
    killer.join()
    assert [type(each) for each in done] == [Failed, Made, Made]
    assert isinstance(done[0], Failed)
    assert (done[0].problems[0].kind, done[0].problems[0].where) == ("worker-died", "row 2")


def _kill_workers(count: int) -> None:
    """Kill one worker after another, each as soon as it is there."""
    killed: set[int] = set()
    end = time.monotonic() + ENOUGH
    while len(killed) < count and time.monotonic() < end:
        for pid in set(workers()) - killed:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        time.sleep(0.01)


def test_a_worker_that_hangs_is_ended_and_its_packet_fails_alone() -> None:
    some = tasks(3)
    outcomes = Crew(kit(), 1, seconds=ENOUGH / 3).outcomes(some)
    first = next(outcomes)  # the second is in hand now
    (worker,) = workers()
    os.kill(worker, signal.SIGSTOP)
    done = [first, *outcomes]
    assert [type(each) for each in done] == [Made, Failed, Made]
    assert [each.problems[0].kind for each in done if isinstance(each, Failed)] == ["too-slow"]


def test_whoever_stops_listening_leaves_no_process_behind() -> None:
    outcomes = Crew(kit(), 2).outcomes(tasks(6))
    next(outcomes)
    assert len(workers()) == 2
    outcomes.close()
    assert workers() == []


def test_ctrl_c_does_not_reach_the_workers() -> None:
    some = tasks(4)
    outcomes = Crew(kit(), 2).outcomes(some)
    first = next(outcomes)
    for pid in workers():
        os.kill(pid, signal.SIGINT)
    assert len([*made(outcomes), *made(iter([first]))]) == 4


@pytest.mark.long
def test_a_worker_killed_at_random_moments_costs_nothing() -> None:
    import random

    chance, rounds = random.Random(5), 30  # each takes some seconds, nearly all of it the start of workers
    some = tasks(8)
    want = {each.task.packet_id: each.packet for each in Crew(kit(), 2).outcomes(some) if isinstance(each, Made)}

    def kill_any() -> None:
        if workers():
            kill_one()

    for _ in range(rounds):
        outcomes = Crew(kit(), 2).outcomes(some)
        killer = threading.Timer(chance.uniform(0, 4), kill_any)
        killer.start()
        got = {each.task.packet_id: each.packet for each in outcomes if isinstance(each, Made)}
        killer.cancel()
        killer.join()
        assert got == want
