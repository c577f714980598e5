"""From what a file gives for one patient to a checked request, or every problem with its place in that file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
_AS_IN_TOML = re.compile(r'[a-z_]+ = "?([^"]*)"?$')
_ASKED_AND_NONE = re.compile(r"\[\] when asked and none.*")


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
        self._join("patient.name", lambda first, last: f"{first} {last}")
        self._join("visit.starts_at", _at)
        self._fill_what_is_certain()
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

    def _join(self, whole: str, join: object) -> None:
        """Make a field of its two parts; half of it is nothing."""
        parts = PARTS[whole]
        if not any(part in self.given for part in parts):
            return
        values = [self.values.pop(part, None) for part in parts]
        broken = [self.problems[part] for part in parts if part in self.problems]
        for part in parts:
            if part not in self.given:
                self.problems[part] = Problem("missing", self._place(part), "it is missing.", "Fill in the other column, too.")
        if not broken and None not in values:
            self.values[whole] = join(*values)  # type: ignore[operator]
