"""What one packet may cost: a template that runs away is stopped and says so, and nothing is spent on tidying up."""

from __future__ import annotations

import gc
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from briefing.errors import Problem, TooMuchError

SECONDS = 120
BYTES = 4 * 1024**3


@contextmanager
def limited(seconds: float = SECONDS, largest: int = BYTES) -> Iterator[None]:
    """Hold what runs inside to a time and an amount of memory.

    Raises:
        TooMuchError: one of them was used up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread; whoever starts threads limits them
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        raise TooMuchError(_too_much("too-slow", f"it was not finished after {seconds:g} seconds."))

    earlier = signal.signal(signal.SIGALRM, stop)
    memory = resource.getrlimit(resource.RLIMIT_AS)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    if sys.platform == "linux":  # elsewhere this limit is not kept
        top = largest if memory[1] == resource.RLIM_INFINITY else min(largest, memory[1])
        resource.setrlimit(resource.RLIMIT_AS, (top, memory[1]))
    try:
        yield
    except MemoryError:
        raise TooMuchError(_too_much("too-large", f"it needed more than {largest // 1024**3} GB of memory.")) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)
        resource.setrlimit(resource.RLIMIT_AS, memory)


@contextmanager
def uncollected() -> Iterator[None]:
    """Put off looking for garbage until what runs inside is done.

    A packet leaves little of it behind, and looking for it took a fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _too_much(kind: str, problem: str) -> Problem:
    return Problem(kind, "the packet", problem, "Look for a loop in the clinic's own templates; the built-in ones take seconds.")
