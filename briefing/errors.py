"""Every way Briefing can refuse: one family, each error with its exit code and its problems.

A problem names the place, the reason and the way out. It never repeats what somebody typed about a patient.
`docs/errors.md` lists every kind; `tests/test_errors.py` holds the two together.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from enum import IntEnum
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar


class ExitCode(IntEnum):
    """What the command returns to the shell; part of the stable interface."""

    OK = 0
    BUG = 1
    USAGE = 2
    INPUT = 3
    CATALOGUE = 4
    TEMPLATE = 5
    RENDERING = 6
    VERIFICATION = 7
    DELIVERY = 8
    SYSTEM = 9
    UNFINISHED = 10
    BUSY = 75
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    `kind` is a short stable name (a heading in `docs/errors.md`), `where` the field, file or page,
    `problem` the reason and `what_to_do` the way out, each a sentence a person can read aloud.
    """

    kind: str
    where: str
    problem: str
    what_to_do: str

    def as_dict(self) -> dict[str, str]:
        """Give the four texts by name, as `--json` prints them."""
        return asdict(self)


class BriefingError(Exception):
    """Something the user can put right. Carries one or more problems, all that were found together.

    `found` is what there is to tell nevertheless; `--json` prints it beside the problems.
    """

    exit_code: ClassVar[ExitCode]

    def __init__(self, problems: Sequence[Problem] | Problem, found: Mapping[str, object] = MappingProxyType({})) -> None:
        self.found = found
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(f"{p.where}: {p.problem}" for p in self.problems))


class InputError(BriefingError):
    """The request cannot be used as it stands."""

    exit_code = ExitCode.INPUT


class CatalogueError(BriefingError):
    """A definition, fact, wording, protocol or clinic setting is wrong or missing."""

    exit_code = ExitCode.CATALOGUE


class TemplateError(BriefingError):
    """A template does not work with the details it was given."""

    exit_code = ExitCode.TEMPLATE


class RenderingError(BriefingError):
    """A page could not be drawn faithfully."""

    exit_code = ExitCode.RENDERING


class TooMuchError(RenderingError):
    """The packet took more time or memory than any packet may. Whoever collects problems lets this one pass."""


class VerificationError(BriefingError):
    """The finished packet was read back and refused."""

    exit_code = ExitCode.VERIFICATION


class DeliveryError(BriefingError):
    """The packet could not be written where it was to go."""

    exit_code = ExitCode.DELIVERY


class SystemMissingError(BriefingError):
    """A library or font this machine needs is not there."""

    exit_code = ExitCode.SYSTEM


class UnfinishedError(BriefingError):
    """Some packets of a day were made, and some could not be."""

    exit_code = ExitCode.UNFINISHED


class BusyError(BriefingError):
    """Another run is writing to the same folder."""

    exit_code = ExitCode.BUSY


def family_of(exit_code: ExitCode) -> type[BriefingError]:
    """Return the kind of error that has an exit code: how a worker's refusal is raised where it is told."""
    return next(kind for kind in BriefingError.__subclasses__() if kind.exit_code == exit_code)


def bug(error: Exception) -> Problem:
    """Tell of an error that should not exist: its kind and its place, never its text, which may hold a patient's value."""
    frames = traceback.extract_tb(error.__traceback__)
    place = next(
        (f"{Path(frame.filename).name}, line {frame.lineno}" for frame in reversed(frames) if "briefing" in frame.filename), "?"
    )
    return Problem(
        "bug", place, f"Briefing has a bug ({type(error).__name__}).", "No packet was written. Please report this line."
    )


def nearest(word: str, known: Sequence[str]) -> str:
    """Say which known word was probably meant; when none is near, list them all."""
    if found := get_close_matches(word, known, n=1):
        return f"Did you mean {found[0]}?"
    return f"Known here: {', '.join(sorted(known))}." if known else "Nothing is allowed here."
