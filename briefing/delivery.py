"""Writing: a file appears whole or not at all, readable by its owner only; one run to a folder at a time."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from briefing.errors import BusyError, DeliveryError, Problem

_LOCK = ".briefing.lock"
_HALF_MADE = ".briefing-*.part"


def prepare_folder(folder: Path, clinic_folder: Path) -> Path:
    """Make the output folder if need be and return it.

    Raises:
        DeliveryError: it is a link, cannot be made, or is, holds or lies in the clinic folder.
    """
    try:
        is_link, own, clinic = folder.is_symlink(), folder.resolve(), clinic_folder.resolve()
    except OSError as error:
        raise _cannot_write("--out", error) from None
    except RuntimeError:  # Python before 3.13 tells a ring of links so
        raise _cannot_write("--out", OSError(errno.ELOOP, os.strerror(errno.ELOOP))) from None
    if is_link:
        raise DeliveryError(Problem("out-is-link", "--out", "it is a link.", "Name the folder itself."))
    if own == clinic or clinic in own.parents or own in clinic.parents:
        problem = "it is, holds or lies in the clinic folder."
        raise DeliveryError(Problem("out-in-clinic", "--out", problem, "Packets hold patient data: name a folder apart from it."))
    try:
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write("--out", error) from None
    return own


def make_inside(folder: Path, name: str) -> Path:
    """Make a folder of this name inside a folder if need be, and return it.

    Raises:
        DeliveryError: it is a link, or cannot be made.
    """
    inside = folder / name
    try:
        inside.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _cannot_write(name, error) from None
    if inside.is_symlink():
        raise _cannot_write(name, OSError(errno.ELOOP, os.strerror(errno.ELOOP)))
    return inside


@contextmanager
def sole_run(folder: Path) -> Iterator[None]:
    """Hold the folder for this run, and clear what a killed run left half-made.

    Raises:
        BusyError: another run holds it.
        DeliveryError: the folder cannot be written to.
    """
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _cannot_write("--out", error) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                Problem("busy", "--out", "another run is writing to this folder.", "Wait until it has finished.")
            ) from None
        for left_over in folder.glob(_HALF_MADE):
            left_over.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def deliver(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder that `sole_run` holds, in the order given; they appear together, each whole, or none at all.

    Raises:
        DeliveryError: one cannot be written. What stood there before still stands.
    """
    parts: list[Path] = []
    try:
        for name, data in files.items():
            parts.append(_write_part(folder, name, data))
        targets = tuple(folder / name for name in files)
        if any(target.is_dir() for target in targets):  # it would stop halfway through
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        for part, target in zip(parts, targets, strict=True):
            part.replace(target)
        _sync(folder)
    except OSError as error:
        raise _cannot_write(folder.name, error) from None
    finally:  # also when the run is interrupted: half-made files hold patient data
        for part in parts:
            part.unlink(missing_ok=True)
    return targets


def discard(paths: Iterable[Path]) -> None:
    """Remove files from a folder that `sole_run` holds.

    Raises:
        DeliveryError: one cannot be removed.
    """
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _cannot_write(path.name, error) from None


def move(folder: Path, names: Iterable[str], target: Path) -> None:
    """Move files into another folder of the same disk, in the order given. What stood there under these names is replaced.

    Raises:
        DeliveryError: one cannot be moved. Those before it have been.
    """
    try:
        for name in names:
            (folder / name).replace(target / name)
        _sync(target)
        _sync(folder)
    except OSError as error:
        raise _cannot_write(target.name, error) from None


def deliver_file(path: Path, data: bytes) -> None:
    """Write one file that holds nothing of a patient, whole or not at all, into a folder that is there already.

    Raises:
        DeliveryError: it cannot be written. What stood there before still stands.
    """
    deliver(path.parent.resolve(), {path.name: data})


def _write_part(folder: Path, name: str, data: bytes) -> Path:
    part = folder / f".briefing-{name}.part"
    part.unlink(missing_ok=True)  # left by a killed run; the folder is ours alone
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot_write(where: str, error: OSError) -> DeliveryError:
    reason = (error.strerror or "unknown reason").lower()
    return DeliveryError(
        Problem("cannot-write", where, f"it cannot be written to: {reason}.", "Check the folder, its rights and the free space.")
    )
