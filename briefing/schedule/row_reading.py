"""From what a file gives for one patient to a checked request, or every problem with its place in that file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from briefing.catalogue import Catalogue
from briefing.clinic import Clinic
from briefing.errors import InputError, Problem
from briefing.intake import read_request
from briefing.models import PacketRequest
from briefing.schedule.cells import CellError, as_given
from briefing.schedule.entries import Entry, Given
from briefing.schedule.parts import Row
from briefing.schedule_settings import FIELDS, KINDS, PARTS, ScheduleSettings, same_word
from briefing.text_safety import clean_line

_TABLES = ("patient", "visit", "treatment", "signing")
_AS_IN_TOML = re.compile(r'[a-z_]+ = \[?"?([^"\]]*)"?\]?$')


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as it was read, with the date of birth, which is needed to tell patients apart."""

    row: Row
    born: date | None = field(repr=False)


def read_rows(entries: Iterable[Entry], catalogue: Catalogue, issued_on: date) -> list[ReadRow]:
    """Read each patient by itself: what is wrong with one stops no other."""
    words = _Words(catalogue.clinic)
    return [_Reading(entry, catalogue, words).read(issued_on) for entry in entries]


class _Words:
    """The clinic's words for ours: its maps of values, and the names of its own clinicians."""

    def __init__(self, clinic: Clinic | None) -> None:
        self.settings = clinic.schedule if clinic else ScheduleSettings()
        self._maps = {
            target: {same_word(word): ours for word, ours in words.items()} for target, words in self.settings.values.items()
        }
        people = [(same_word(person.name), key) for key, person in clinic.clinicians.items()] if clinic else []
        names = [name for name, _ in people]
        self._clinicians = {name: key for name, key in people if names.count(name) == 1}

    def ours(self, target: str, text: str) -> str:
        """Return our word for one of the clinic's; a text that is in no map stays as it is."""
        word = same_word(text)
        known = self._maps.get(target, {}).get(word)
        if known is None and target == "visit.clinician":
            known = self._clinicians.get(word)
        return text if known is None else known


class _Reading:
    """The reading of one entry: values by field, and the problems found on the way."""

    def __init__(self, entry: Entry, catalogue: Catalogue, words: _Words) -> None:
        self.entry = entry
        self.catalogue = catalogue
        self.words = words
        self.given = {**_defaults(words.settings), **entry.given}
        self.problems: dict[str, Problem] = {}  # by field, so that each is told of once
        self.values: dict[str, object] = {}

    def read(self, issued_on: date) -> ReadRow:
        for target, given in self.given.items():
            self._read_one(target, given)
        self._join("patient.name", _full_name)
        self._join("visit.starts_at", _at)
        if self.values.get("visit.stage") == "first-session":
            self.values.setdefault("visit.session_number", 1)  # no other number can stand there
        request = self._request(issued_on)
        problems = (*self.entry.problems, *self.problems.values())
        row = Row(
            place=self.entry.place,
            request=None if problems else request,
            problems=problems,
            flags=self.entry.flags,
            record_number=_clean(self.values.get("patient.record_number")),
            name=_clean(self.values.get("patient.name")),
            starts_at=starts if isinstance(starts := self.values.get("visit.starts_at"), datetime) else None,
        )
        return ReadRow(row, _day(self.values.get("patient.date_of_birth")))

    def _read_one(self, target: str, given: Given) -> None:
        value = given.value
        if isinstance(value, tuple):
            self.values[target] = [self.words.ours(target, item) for item in value]
            return
        if isinstance(value, str):
            value = self.words.ours(target, value)
        try:
            read = as_given(value, KINDS[target], given.unit, self.words.settings.list_separator)
        except CellError as error:
            self.problems[target] = Problem("cell", self._place(target), error.problem, error.what_to_do)
        else:
            self.values[target] = [self.words.ours(target, item) for item in read] if isinstance(read, list) else read

    def _join(self, whole: str, join: Callable[[object, object], object]) -> None:
        """Make a field of its two parts; half of it is nothing."""
        parts = PARTS[whole]
        if not any(part in self.given for part in parts):
            return
        for part in parts:
            if part not in self.given:
                self.problems[part] = Problem("missing", self._place(part), "it is missing.", "Fill in the other column, too.")
        first, second = (self.values.pop(part, None) for part in parts)
        if first is None or second is None:
            return
        try:
            self.values[whole] = join(first, second)
        except ValueError:
            self.problems[whole] = Problem("cell", self._place(whole), "there is no such day in the calendar.", "Check the date.")

    def _request(self, issued_on: date) -> PacketRequest | None:
        try:
            return read_request(_as_tables(self.values), self.catalogue, issued_on)
        except InputError as error:
            for problem in error.problems:
                target = _target_of(problem.where)
                if not {target, *PARTS.get(target, ())} & (self.problems.keys() | self.entry.unclear):
                    place = self._place(target, problem.where)
                    self.problems[problem.where] = replace(problem, where=place, what_to_do=_for_a_cell(problem.what_to_do))
        return None

    def _place(self, target: str, where: str = "") -> str:
        """Say where a field stands: `row 7, column D (weight)`; without a column of its own, by its name alone."""
        name = (where or target).removeprefix("patient.")
        sources = [self.given[part].place for part in (target, *PARTS.get(target, ())) if part in self.given]
        return f"{self.entry.place}, {' and '.join(sources)} ({name})" if sources else f"{self.entry.place} ({name})"


def _defaults(settings: ScheduleSettings) -> dict[str, Given]:
    return {target: Given(value, "defaults of clinic.toml") for target, value in settings.defaults.items()}


def _full_name(first: object, last: object) -> str:
    return f"{first} {last}"


def _at(day: object, clock: object) -> datetime:
    born = _day(day)
    if born is None or not isinstance(clock, time):
        raise ValueError
    return datetime.combine(born, clock)


def _day(value: object) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None


def _clean(value: object) -> str | None:
    """Return a text as a request would hold it; None when it may not be printed."""
    try:
        return clean_line(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _as_tables(values: Mapping[str, object]) -> dict[str, object]:
    """Nest values as a request nests them. A table that all need is there even if nothing is in it."""
    tables: dict[str, object] = {name: {} for name in _TABLES}
    for target, value in values.items():
        *path, key = target.split(".")
        table: dict[str, object] = tables
        for name in path:
            table = table.setdefault(name, {})  # type: ignore[assignment]  # only tables stand on a path
        table[key] = value
    return tables


def _target_of(where: str) -> str:
    """Return the field that a place in a request lies in: `patient.medicines` for `patient.medicines.2`."""
    return next((target for target in FIELDS if f"{where}.".startswith(f"{target}.")), where)


def _for_a_cell(what_to_do: str) -> str:
    """Say how to fill a cell where a request's own advice shows a line of TOML."""
    words = what_to_do.replace("; [] when asked and none", "; none when asked and none").replace(" in quotes", " as text")
    return _AS_IN_TOML.sub(r"\1", words)
