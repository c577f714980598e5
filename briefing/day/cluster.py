"""Workers on other machines: the same tasks through Dask. This module alone knows that library.

Nothing is written there: packets come back and are written by whoever asked for them, so a task done twice does no harm.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from itertools import islice
from typing import Any

from briefing import __version__
from briefing.day.bench import Bench
from briefing.day.work import Failed, Kit, Outcome, Task, Unready
from briefing.errors import ExitCode, Problem, SystemMissingError, bug

Client = Any  # Dask's own; its methods have no types
_RETRIES = 2
_IN_HAND = 2  # tasks for each worker at a time: one it does, and one that waits there
_SECONDS_TO_JOIN = 30
_ADVICE = "Start scheduler and workers first, and see that this machine can reach them."


class Cluster:
    """Makes packets on the workers of a Dask scheduler.

    Args:
        kit: what all tasks have in common. It is sent to each worker once.
        address: the scheduler's address, such as tcp://10.0.0.5:8786.
        seconds: how long to wait for the scheduler and its first worker.
    """

    def __init__(self, kit: Kit, address: str, seconds: float = _SECONDS_TO_JOIN) -> None:
        self._kit, self._address, self._seconds = kit, address, seconds

    def outcomes(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        """Yield an outcome for each task, in the order in which they are done.

        When the caller stops listening, what is not begun yet is given up.

        Raises:
            SystemMissingError: Dask is not installed, or no worker can be reached.
        """
        client = _join(self._address, self._seconds)
        try:
            yield from self._all(client, iter(tasks))
        finally:
            client.close()

    def _all(self, client: Client, waiting: Iterator[Task]) -> Iterator[Outcome]:
        packed = pickle.dumps(replace(self._kit, caches=None))  # a folder of this machine is none of theirs
        digest = hashlib.sha256(packed).hexdigest()
        kit = client.scatter(packed, broadcast=True, hash=False)
        executor = client.get_executor(retries=_RETRIES, pure=False)
        in_hand: dict[Future[Any], Task] = {}
        try:
            while True:
                room = _IN_HAND * max(1, len(client.nthreads())) - len(in_hand)
                for task in islice(waiting, max(room, 0)):
                    in_hand[executor.submit(do_there, __version__, digest, kit, task)] = task
                if not in_hand:
                    return
                for future in wait(in_hand, return_when=FIRST_COMPLETED).done:
                    yield _outcome(future, in_hand.pop(future))
        finally:
            executor.shutdown(wait=False)


def do_there(version: str, digest: str, packed: bytes, task: Task) -> Outcome:
    """Make one packet in a worker of the cluster, one at a time: printing was never proved to bear company.

    Args:
        version: the version of Briefing that asks.
        digest: the SHA-256 of the kit.
        packed: the kit. It is read when it is another one than before.
        task: what to make.
    """
    if version != __version__:
        return Unready((_other_version(),), ExitCode.SYSTEM)
    with _Place.lock:
        if _Place.digest != digest:
            _Place.bench, _Place.digest = Bench(pickle.loads(packed)), digest  # noqa: S301  # from whoever may give tasks
        return _Place.bench.do(task)


class _Place:
    """Where a worker process finds its bench. It holds nothing of any patient."""

    lock = threading.Lock()
    digest = ""
    bench: Bench


def _join(address: str, seconds: float) -> Client:
    try:
        import distributed  # only who shares work between machines has it
    except ImportError:
        advice = 'Install it: pip install "briefing[cluster]"'
        raise SystemMissingError(Problem("cluster-missing", "--cluster", "the library Dask is not installed.", advice)) from None
    try:
        client: Client = distributed.Client(address, timeout=seconds, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError):
        raise _unreachable("no scheduler answers at this address.") from None
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError:
        client.close()
        raise _unreachable("the scheduler has no worker.") from None
    return client


def _outcome(future: Future[Any], task: Task) -> Outcome:
    """Return what a worker made of a task; one that none of them could do is that row's own trouble."""
    error = future.exception()
    if error is None:
        outcome: Outcome = future.result()
        return outcome
    if type(error).__name__ == "KilledWorker":
        advice = "Run the same command again; if it happens again, report it with the output of `briefing doctor`."
        return Failed(task, (Problem("worker-died", task.place, "each worker that made this packet died.", advice),))
    return Failed(task, (bug(error) if isinstance(error, Exception) else _given_up(task),))


def _given_up(task: Task) -> Problem:
    return Problem("worker-died", task.place, "the cluster gave this packet up.", "Run the same command again.")


def _unreachable(problem: str) -> SystemMissingError:
    return SystemMissingError(Problem("cluster-unreachable", "--cluster", problem, _ADVICE))


def _other_version() -> Problem:
    problem = f"a worker has another version of Briefing: {__version__}."
    return Problem(
        "cluster-version", "--cluster", problem, "Install the same version on all machines, and start the workers again."
    )
