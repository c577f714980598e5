"""Workers of a Dask scheduler make the same packets, and one that dies costs none."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from briefing import __version__
from briefing.day import cluster
from briefing.day.cluster import Cluster, do_there
from briefing.day.crew import Crew
from briefing.day.plan import plan_day
from briefing.day.work import Made, Outcome, Task, Unready
from briefing.errors import SystemMissingError
from tests.conftest import ROOT
from tests.small_days import kit, rows


def day(count: int) -> list[Task]:
    """Return the tasks of so many patients of a small house."""
    return [task for at, planned in enumerate(plan_day(rows(range(count)), kit())) if (task := planned.task(at))]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a part of Dask in a process group of its own, and end it as a whole."""
    command = [sys.executable, "-m", "dask", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=-3, stderr=-3, start_new_session=True) as process:
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def scheduler() -> Iterator[str]:
    port = free_port()
    with running("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"tcp://127.0.0.1:{port}"


def worker(address: str) -> tuple[str, ...]:
    return ("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")


def files(outcomes: Iterator[Outcome] | list[Outcome]) -> dict[str, tuple[bytes, bytes]]:
    made = [outcome for outcome in outcomes if isinstance(outcome, Made)]
    assert len({each.task.packet_id for each in made}) == len(made)
    return {each.task.packet_id: (each.packet, each.manifest) for each in made}


@pytest.mark.long
def test_all_packets_arrive_byte_for_byte_although_a_worker_is_killed() -> None:
    tasks = day(12)
    at_home = files(Crew(kit(), 1).outcomes(tasks))
    with scheduler() as address, running(*worker(address)) as one, running(*worker(address)):
        arrived: list[Outcome] = []
        for outcome in Cluster(kit(), address, seconds=60).outcomes(tasks):
            arrived.append(outcome)
            if len(arrived) == 2:
                end(one)
    assert len(at_home) == len(tasks)
    assert files(arrived) == at_home


def test_a_worker_of_another_version_refuses() -> None:
    outcome = do_there("0.0.0", "", b"never read", day(1)[0])
    assert isinstance(outcome, Unready)
    assert [problem.kind for problem in outcome.problems] == ["cluster-version"]


def test_a_worker_reads_a_kit_once_and_another_kit_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    class Blind:
        def __init__(self, packed: bytes) -> None:
            read.append(packed)

        def do(self, task: Task) -> Task:
            return task

    monkeypatch.setattr(cluster, "Bench", Blind)
    monkeypatch.setattr("briefing.day.cluster.pickle.loads", lambda packed: packed)
    monkeypatch.setattr(cluster._Place, "digest", "")  # another test may have been here
    monkeypatch.setattr(cluster._Place, "bench", None, raising=False)  # as above
    task = day(1)[0]
    for digest, packed in (("a", b"one"), ("a", b"one"), ("b", b"two")):
        do_there(__version__, digest, packed, task)
    assert read == [b"one", b"two"]


def test_without_a_scheduler_the_run_says_so() -> None:
    with pytest.raises(SystemMissingError) as caught:
        list(Cluster(kit(), f"tcp://127.0.0.1:{free_port()}", seconds=1).outcomes(day(1)))
    assert [problem.kind for problem in caught.value.problems] == ["cluster-unreachable"]


def test_without_dask_the_run_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SystemMissingError) as caught:
        list(Cluster(kit(), "tcp://127.0.0.1:1").outcomes([]))
    assert [problem.kind for problem in caught.value.problems] == ["cluster-missing"]
