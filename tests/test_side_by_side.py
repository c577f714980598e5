from __future__ import annotations

import os
import signal
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.errors import Problem, RenderingError, TemplateError
from briefing.side_by_side import _shares, map_side_by_side

needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="work is done side by side on Linux only")


def weight(item: int) -> int:
    return item


@needs_fork
@pytest.mark.parametrize("workers", [1, 2, 3, 9])
def test_the_results_come_in_the_order_of_the_items(workers: int) -> None:
    assert map_side_by_side(lambda item: item * item, [5, 1, 4, 2, 3], weight, workers) == [25, 1, 16, 4, 9]


@needs_fork
def test_the_work_is_done_in_as_many_processes_as_asked_for() -> None:
    assert len(set(map_side_by_side(lambda _: os.getpid(), [1, 1, 1, 1], weight, 2))) == 2
    assert set(map_side_by_side(lambda _: os.getpid(), [1, 1, 1, 1], weight, 1)) == {os.getpid()}


def test_nothing_to_do_is_done() -> None:
    assert map_side_by_side(weight, [], weight, 2) == []


@needs_fork
@pytest.mark.parametrize("failing", [0, 1, 2, 3])
def test_an_error_comes_through_with_its_problems_whoever_met_it(failing: int) -> None:
    def work(item: int) -> int:
        if item == failing:
            raise TemplateError(Problem("template-value", "here", "it is wrong.", "Mend it."))
        return item

    with pytest.raises(TemplateError) as met:
        map_side_by_side(work, [0, 1, 2, 3], weight, 2)
    assert met.value.problems[0].where == "here"


@needs_fork
def test_a_worker_that_is_killed_is_told_and_nobody_waits_for_it() -> None:
    here = os.getpid()

    def work(item: int) -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    with pytest.raises(RenderingError) as met:
        map_side_by_side(work, [1, 2, 3], weight, 2)
    assert met.value.problems[0].kind == "worker-died"


@needs_fork
def test_a_failure_here_ends_the_workers() -> None:
    here = os.getpid()

    def work(_: int) -> int:
        if os.getpid() == here:
            raise KeyboardInterrupt
        time.sleep(60)
        return 0

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        map_side_by_side(work, [1, 2], weight, 2)
    assert time.monotonic() - start < 30


@settings(deadline=None)
@given(st.lists(st.integers(0, 9999), max_size=40), st.integers(1, 8))
def test_every_item_is_in_one_share_and_no_share_is_needlessly_large(weights: list[int], workers: int) -> None:
    shares = _shares(weights, workers)
    assert sorted(number for share in shares for number in share) == list(range(len(weights)))
    if weights:
        heaviest = max(sum(weights[number] for number in share) for share in shares)
        assert heaviest <= sum(weights) / len(shares) + max(weights)
