"""One patient of the day as a file tells of them: for each field what was given, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from briefing.errors import Problem
from briefing.schedule.tables import Value


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in the file for one field.

    Attributes:
        value: as it was read; a list of texts where the file itself keeps lists.
        place: where, inside the entry: `column D`.
        unit: what its number is in, if something beside the value says so.
    """

    value: Value | tuple[str, ...] = field(repr=False)
    place: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One patient of the day, not yet checked.

    Attributes:
        place: where the entry stands: `row 7`.
        given: by field or part of a field, without what is empty.
        problems: what made it impossible to tell some of it.
        flags: what somebody should look at.
        unclear: the fields that the problems are about, so that they are not told to be missing as well.
    """

    place: str
    given: Mapping[str, Given] = field(repr=False)
    problems: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    unclear: frozenset[str] = frozenset()
