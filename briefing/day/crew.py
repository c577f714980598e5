"""Workers on this machine: a process for each slot, so that one that dies, hangs or grows costs nobody else's packet."""

from __future__ import annotations

import signal
import time
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from multiprocessing.process import BaseProcess

from briefing.day.bench import do, lay_out
from briefing.day.work import Failed, Kit, Outcome, Task
from briefing.errors import Problem, bug
from briefing.limits import SECONDS

_TRIES = 2
_GRACE = 30  # seconds by which a worker may outlast the limit it holds itself to; they include its start


class Crew:
    """Makes packets in processes of their own.

    Args:
        kit: what all tasks have in common.
        workers: how many work at a time.
        seconds: after how long a worker that has not finished its packet is ended.
    """

    def __init__(self, kit: Kit, workers: int, seconds: float = SECONDS + _GRACE) -> None:
        self._kit, self._workers, self._seconds = kit, workers, seconds

    def outcomes(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        """Yield an outcome for each task, in the order in which they are done. No more tasks are begun than there are workers.

        When the caller stops listening, what is in hand is given up and all workers are ended.
        """
        waiting = iter(tasks)
        slots: list[_Slot] = []
        try:
            for _ in range(self._workers):
                if task := next(waiting, None):
                    slots.append(_Slot(self._kit, self._seconds))
                    slots[-1].begin(task)
            busy = list(slots)
            while busy:
                for slot in _ready(busy):
                    if (outcome := slot.outcome()) is None:
                        continue  # its worker died, and it was begun again
                    if task := next(waiting, None):
                        slot.begin(task)
                    else:
                        busy.remove(slot)
                    yield outcome
        finally:
            for slot in slots:
                slot.end()


class _Slot:
    """One worker at a time, and the task it has in hand."""

    def __init__(self, kit: Kit, seconds: float) -> None:
        self._kit, self._seconds = kit, seconds
        self._pool: ProcessPoolExecutor | None = None
        self._process: BaseProcess | None = None
        self._task: Task
        self._tries = 0
        self.future: Future[Outcome]
        self.deadline = 0.0

    def begin(self, task: Task) -> None:
        """Hand a task to the worker."""
        self._task, self._tries = task, 0
        self._submit()

    def outcome(self) -> Outcome | None:
        """Return how the task ended; None when its worker died and another one has begun it again."""
        if not self.future.done():
            self.end()
            return Failed(self._task, (_too_slow(self._task, self._seconds),))
        error = self.future.exception()
        if error is None:
            return self.future.result()
        self.end()
        if not isinstance(error, BrokenProcessPool):
            return Failed(self._task, (bug(error) if isinstance(error, Exception) else _died(self._task),))
        if self._tries == _TRIES:
            return Failed(self._task, (_died(self._task),))
        self._submit()
        return None

    def end(self) -> None:
        """End the worker, whatever it is doing."""
        if self._process:
            self._process.kill()
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._process = None

    def _submit(self) -> None:
        self._tries += 1
        self.deadline = time.monotonic() + self._seconds
        if self._pool:
            self.future = self._pool.submit(do, self._task)
            return
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), lay_out, (self._kit,))  # forked, Pango hangs
        before = active_children()
        with _interrupts_held():
            self.future = self._pool.submit(do, self._task)
        self._process = next((child for child in active_children() if child not in before), None)


def _ready(slots: list[_Slot]) -> list[_Slot]:
    """Wait until a slot has something to tell, or has taken too long."""
    left = min(slot.deadline for slot in slots) - time.monotonic()
    wait([slot.future for slot in slots], timeout=max(left, 0), return_when=FIRST_COMPLETED)
    now = time.monotonic()
    return [slot for slot in slots if slot.future.done() or slot.deadline <= now]


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while a process is started, which inherits that: it is for the main process alone."""
    earlier = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, earlier)


def _died(task: Task) -> Problem:
    advice = "Run the same command again; if it happens again, report it with the output of `briefing doctor`."
    return Problem("worker-died", task.place, "the process that made this packet died, twice.", advice)


def _too_slow(task: Task, seconds: float) -> Problem:
    advice = "Look for a loop in the clinic's own templates; the built-in ones take seconds."
    return Problem("too-slow", task.place, f"the packet was not finished after {seconds:g} seconds.", advice)
