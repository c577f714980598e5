"""What a worker process of this machine keeps between two packets: the kit of the day, and the workshop opened for it.

It is the one place that outlives a packet, it lives in a process that does nothing else, and it holds nothing of any patient.
"""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from briefing.day.work import Kit, Outcome, Task, Unready, make_one, open_shop

if TYPE_CHECKING:
    from briefing.workshop import Workshop


class Bench:
    """A kit, and the workshop that is opened for it when the first task comes."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._workshop: Workshop | Unready | None = None

    def do(self, task: Task) -> Outcome:
        """Make one packet."""
        if self._workshop is None:
            self._workshop = open_shop(self._kit)
        if isinstance(self._workshop, Unready):
            return self._workshop
        return make_one(task, self._kit, self._workshop)


class _Place:
    """Where this process finds its bench."""

    bench: Bench


def lay_out(kit: Kit) -> None:
    """Make this process a worker: it ends with the one that started it, and leaves Ctrl-C and the standard output to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)  # native libraries write where they like
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _Place.bench = Bench(kit)


def do(task: Task) -> Outcome:
    """Make one packet in this process."""
    return _Place.bench.do(task)


def _end_with_parent() -> None:
    if parent := parent_process():
        wait([parent.sentinel])
        os._exit(1)
