"""Pages that hold nothing of any patient, kept so that they are printed once: in memory, and on disk for the next run.

Only who prints can say that a page holds nothing of a patient, and says so only of pages that were filled without one: see
`Press.print_pdf`. What is read from disk is believed only under its seal, which is made with the clinic's secret.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from briefing.identity import Secret

_SUFFIX = ".page"
MOST_IN_MEMORY = 64 * 1024**2
MOST_ON_DISK = 256 * 1024**2
_ROOM_MADE = 0.8  # of what may lie there: how much is left when room was made
_SEAL_DIGITS = 64
Seal = Callable[[bytes], str]


def kept_of(secret: Secret, caches: Path | None) -> Kept:
    """Return the pages without a patient that earlier runs kept for a clinic; what one clinic kept, another cannot use.

    Args:
        secret: the clinic's.
        caches: the folder for all clinics of this user; None to keep nothing on disk.
    """
    own = caches / secret.digest("kept pages of", b"")[:16] if caches else None
    return Kept(own, lambda data: secret.digest("kept page", data))


class Kept:
    """What was printed before, by the digest of all that it was printed from.

    Args:
        folder: where it lies on disk, if it is to outlive this run; made if missing. Nothing is kept there when it is not
            this user's alone.
        seal: gives the keyed digest, in hexadecimal, that says what lies there was written by this clinic.
        most_in_memory: how many bytes at most.
        most_on_disk: how many bytes at most, about.
    """

    def __init__(
        self,
        folder: Path | None = None,
        seal: Seal | None = None,
        *,
        most_in_memory: int = MOST_IN_MEMORY,
        most_on_disk: int = MOST_ON_DISK,
    ) -> None:
        self._known: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._most_in_memory, self._most_on_disk = most_in_memory, most_on_disk
        self._seal = seal
        self._folder = _own_folder(folder) if folder is not None and seal is not None else None

    def get(self, key: str) -> bytes | None:
        """Return what was kept under a key, or None.

        Args:
            key: a digest, in hexadecimal.
        """
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        if (data := self._read(key)) is not None:
            self._remember(key, data)
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep something that holds nothing of any patient. A disk that is full or read-only is no error: it is printed anew."""
        self._remember(key, data)
        if self._folder is not None:
            with suppress(OSError):
                self._write(self._folder / f"{key}{_SUFFIX}", key, data)
                _make_room(self._folder, self._most_on_disk)

    def _remember(self, key: str, data: bytes) -> None:
        self._known[key] = data
        self._size += len(data)
        while self._size > self._most_in_memory:
            _, oldest = self._known.popitem(last=False)
            self._size -= len(oldest)

    def _read(self, key: str) -> bytes | None:
        if self._folder is None:
            return None
        path = self._folder / f"{key}{_SUFFIX}"
        try:
            written = path.read_bytes()
            seal, data = written[:_SEAL_DIGITS], written[_SEAL_DIGITS:]
            if seal.decode("ascii", "replace") != self._sealed(key, data):
                path.unlink(missing_ok=True)  # torn, or not this clinic's
                return None
            os.utime(path)
        except OSError:
            return None
        return data

    def _write(self, path: Path, key: str, data: bytes) -> None:
        handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self._sealed(key, data).encode("ascii") + data)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _sealed(self, key: str, data: bytes) -> str:
        """Seal the data together with what it is kept under, so that no page can be put in the place of another."""
        assert self._seal is not None  # noqa: S101 - there is no folder without a seal
        return self._seal(key.encode("ascii") + b"\0" + data)


def _own_folder(folder: Path) -> Path | None:
    """Return the folder if it is this user's alone."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        told = folder.lstat()
    except OSError:
        return None
    is_own = stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid() and not told.st_mode & 0o077
    return folder if is_own else None


def _make_room(folder: Path, most: int) -> None:
    """Throw away what has not been used for longest. Another run may do the same at the same time."""
    files = []
    for path in folder.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            told = path.stat()
            files.append((told.st_mtime, told.st_size, path))
    size = sum(each[1] for each in files)
    if size <= most:
        return
    for _, own, path in sorted(files, key=lambda file: file[0]):
        with suppress(OSError):
            path.unlink(missing_ok=True)
        size -= own
        if size <= most * _ROOM_MADE:
            return
