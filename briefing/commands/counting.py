"""How far a long job is: a bar with the time left on a terminal, a plain line now and then anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from briefing.commands.reporting import Reporter

_SECONDS = 30.0  # between two plain lines


@contextmanager
def counting(what: str, total: int, reporter: Reporter) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many are done so far.

    Args:
        what: what is counted, such as `packets`.
        total: how many there are.
        reporter: says nothing when it is to be quiet, and no bar when only JSON is wanted.
    """
    if reporter.quiet:
        yield lambda _: None
    elif sys.stderr.isatty() and not reporter.as_json:
        with click.progressbar(range(total), label=what, file=sys.stderr, show_pos=True, show_eta=True) as bar:
            yield lambda done: bar.update(done - bar.pos)
    else:
        yield _plainly(what, total, reporter)


def _plainly(what: str, total: int, reporter: Reporter) -> Callable[[int], None]:
    said = time.monotonic()

    def count(done: int) -> None:
        nonlocal said
        if done == total or time.monotonic() - said >= _SECONDS:
            said = time.monotonic()
            reporter.say(f"{done} of {total} {what}")

    return count
