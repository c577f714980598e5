"""Doing independent work on several cores: the same results in the same order as one after the other, only sooner.

Each worker is a fork of this process, so that fonts and templates are loaded once; results come back through a pipe and
touch no disk. A worker that dies takes the packet with it, and says so.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from briefing.errors import Problem, RenderingError

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_side_by_side(
    work: Callable[[Item], Result], items: Sequence[Item], weight: Callable[[Item], int], workers: int
) -> list[Result]:
    """Do the work for every item and return the results in the order of the items.

    Args:
        work: what is to be done; it must not depend on what it did before.
        items: for what.
        weight: roughly how much work an item is, for fair shares.
        workers: how many processes may work at once, this one included; 1 forks none.

    Raises:
        RenderingError: a worker died. Whatever `work` raises comes through as it is.
    """
    shares = _shares([weight(item) for item in items], workers)
    others = [_Worker(work, [items[number] for number in share]) for share in shares[1:]]
    try:
        done = {number: work(items[number]) for number in shares[0]}
        for share, worker in zip(shares[1:], others, strict=True):
            done.update(zip(share, worker.results(), strict=True))
    finally:
        for worker in others:
            worker.end()
    return [done[number] for number in range(len(items))]


def _shares(weights: Sequence[int], workers: int) -> list[list[int]]:
    """Deal the items out, the heaviest first, each to whoever has least to do. The first share is this process's own."""
    shares: list[list[int]] = [[] for _ in range(max(1, min(workers, len(weights))))]
    for number in sorted(range(len(weights)), key=lambda number: -weights[number]):
        min(shares, key=lambda share: sum(weights[taken] for taken in share)).append(number)
    return shares


class _Worker:
    """A fork of this process that works through its share."""

    def __init__(self, work: Callable[[Item], object], items: Sequence[Item]) -> None:
        fork = multiprocessing.get_context("fork")
        self._receiver, sender = fork.Pipe(duplex=False)
        self._process = fork.Process(target=_work_through, args=(work, items, sender), daemon=True)
        self._process.start()
        sender.close()

    def results(self) -> list[Any]:
        """Wait for the results."""
        try:
            outcome = self._receiver.recv()
        except EOFError:
            problem = "a part of the work was ended from outside."
            raise RenderingError(Problem("worker-died", "the packet", problem, "Try again; is there enough memory?")) from None
        if isinstance(outcome, Exception):
            raise outcome
        return list(outcome)

    def end(self) -> None:
        """End the worker, whatever it is doing."""
        self._process.kill()
        self._process.join()
        self._receiver.close()


def _work_through(work: Callable[[Item], object], items: Sequence[Item], sender: Connection) -> None:
    outcome: object
    try:
        outcome = [work(item) for item in items]
    except KeyboardInterrupt:
        os._exit(1)  # the process that was forked from tells the user
    except Exception as error:
        outcome = error
    with suppress(BrokenPipeError):
        sender.send(outcome)
