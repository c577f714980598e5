"""The password of a packet that goes by e-mail: typed or read from a file, checked, and never told again."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from briefing.errors import InputError, Problem
from briefing.models import PacketRequest

SHORTEST = 12  # whoever has a copy of the file can try passwords without end, and nobody notices
LONGEST = 127  # bytes; the format takes no more
_LARGEST_FILE = 4096
_SHORTEST_NAME = 3  # letters of a name that count as a hint
_DATES = ("%Y%m%d", "%d%m%Y", "%m%d%Y", "%y%m%d", "%d%m%y", "%m%d%y")


@dataclass(frozen=True, slots=True)
class Password:
    """A password that was checked, with the owner's password that the format wants besides: random, and kept by nobody."""

    text: str = field(repr=False)
    owner: str = field(repr=False)


def new_password(text: str, where: str) -> Password:
    """Check what is to be a password.

    Args:
        text: the password.
        where: what it was read from, for errors.

    Raises:
        InputError: it is too short, or cannot be typed alike everywhere.
    """
    if problems := [Problem("password", where, problem, way_out) for problem, way_out in _faults(text)]:
        raise InputError(problems)
    return Password(text, secrets.token_urlsafe(32))


def read_password(path: Path) -> Password:
    """Read a password from a file: its only line.

    Raises:
        InputError: it is not a plain file that only its owner can read, or its password is not good enough.
    """
    where = "--password-file"
    try:
        mode, data = _mode_and_bytes(path)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise InputError(_file_problem(where, f"it cannot be read: {reason}.", "Check the path and the rights.")) from None
    if not stat.S_ISREG(mode):
        raise InputError(_file_problem(where, "it is not a plain file.", "Put the password into a text file of its own."))
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        problem = "other users of this machine may read it."
        raise InputError(_file_problem(where, problem, "Make it yours alone: chmod 600 FILE."))
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise InputError(_file_problem(where, "it is not text.", "Put the password into a text file of its own.")) from None
    return new_password(text.removesuffix("\n").removesuffix("\r"), where)


def refuse_guessable(password: Password, request: PacketRequest) -> None:
    """Refuse a password that whoever knows the patient would try first.

    Raises:
        InputError: it holds a part of the name, the date of birth or the record number.
    """
    typed = password.text.casefold()
    digits = "".join(filter(str.isdigit, typed))
    known = [hint for hint in _hints(request) if hint in typed]
    if known or any(day in digits for day in _days(request.patient.date_of_birth)):
        problem = "it holds a part of the name, the date of birth or the record number."
        raise InputError(Problem("password", "the password", problem, "Take words that have nothing to do with the patient."))


def _mode_and_bytes(path: Path) -> tuple[int, bytes]:
    """Return what kind of file it is and who may read it, and what a plain file holds."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would wait for ever
    try:
        mode = os.fstat(handle).st_mode
        return mode, os.read(handle, _LARGEST_FILE) if stat.S_ISREG(mode) else b""
    finally:
        os.close(handle)


def _faults(text: str) -> Iterator[tuple[str, str]]:
    if len(text) < SHORTEST:
        yield f"the password has fewer than {SHORTEST} characters.", "Take four or more words that do not belong together."
    if len(text) > LONGEST:
        yield f"the password has more than {LONGEST} characters.", "Take a shorter one."
    if not text.isascii() or not text.isprintable():
        yield "PDF readers do not agree on all of its characters.", "Take plain letters, digits and signs, on one line."
    if text.strip() != text:
        yield "it begins or ends with a space, which nobody sees.", "Take the space away."
    if len(text) >= SHORTEST and len(set(text)) < SHORTEST // 2:
        yield "it repeats the same few characters.", "Take four or more words that do not belong together."


def _hints(request: PacketRequest) -> Iterator[str]:
    patient = request.patient
    for name in (patient.name, patient.preferred_name or ""):
        yield from (word for word in name.casefold().split() if len(word) >= _SHORTEST_NAME)
    if patient.record_number:
        yield patient.record_number.casefold()


def _days(day: date) -> Iterator[str]:
    return (day.strftime(form) for form in _DATES)


def _file_problem(where: str, problem: str, what_to_do: str) -> Problem:
    return Problem("password-file", where, problem, what_to_do)
