"""Opening a packet that lies there, for the commands that read one: whoever made the file, and with a password or without."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from briefing.errors import InputError, Problem, RenderingError, VerificationError

FILE = click.Path(path_type=Path)
_LARGEST = 256 * 1024**2
_SECONDS = 120
_Read = TypeVar("_Read")


def with_password(password: str, read: Callable[[str], _Read]) -> _Read:
    """Read a packet with its password, and ask for it once when it turns out to be locked and somebody is there to answer.

    Args:
        password: the one that was named, or nothing.
        read: reads the packet with a password.

    Raises:
        InputError: it is locked with another password.
    """
    try:
        return read(password)
    except InputError as error:
        if password or error.problems[0].kind != "locked" or not sys.stdin.isatty():
            raise
        return read(click.prompt("Password of the packet", hide_input=True, err=True))


def read_file(path: Path, where: str) -> bytes:
    """Return what is in a file.

    Raises:
        InputError: it is no file, cannot be read, or is larger than a packet can be.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(Problem("not-a-file", where, "this is not a regular file.", "Give the path of the file itself."))
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise InputError(
            Problem("cannot-read", where, f"it cannot be read: {reason}.", "Check the path and the rights.")
        ) from None
    if len(data) > _LARGEST:
        raise InputError(Problem("too-large", where, "it is larger than any packet can be.", "Give the file of one packet."))
    return data


def read_password(path: Path | None) -> str:
    """Return the first line of a file; nothing when none is named."""
    if path is None:
        return ""
    return next(iter(read_file(path, "--password-file").decode("utf-8", "replace").splitlines()), "")


@contextmanager
def bounded() -> Iterator[None]:
    """Hold the proof of a file, which anybody may have made, to a time and an amount of memory."""
    from briefing.commands.making import stdout_for_results_only
    from briefing.limits import limited  # as above

    try:
        with limited(_SECONDS), stdout_for_results_only():
            yield
    except RenderingError:
        problem = "it takes more time or memory than any packet does."
        raise VerificationError(
            Problem("too-costly", "the packet", problem, "Do not use this file. Make the packet again from its request.")
        ) from None
