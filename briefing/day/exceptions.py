"""The exceptions of a day: who has no packet and why, who is easily mixed up, what the clinician should know.

It is the first thing in the stack, for staff alone, and in the clinic's language; problems are told as everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Literal

from markupsafe import Markup

from briefing.catalogue import Catalogue
from briefing.errors import Problem
from briefing.health import read_health
from briefing.models import PacketRequest
from briefing.schedule import Row
from briefing.template_context import Moment, Typed, day_text, language_name
from briefing.wording import Wording

Kind = Literal["failed", "mix_up", "clinical", "prepare"]
KINDS: tuple[Kind, ...] = ("failed", "mix_up", "clinical", "prepare")  # by urgency
_ASKED = ("conditions", "medicines", "allergies")  # None means that nobody has asked yet


@dataclass(frozen=True, slots=True)
class Exceptional:
    """What came of a row.

    Attributes:
        row: the row.
        problems: why it has no packet, or why its packet was withdrawn, besides the row's own problems.
        flags: what was noticed besides the row's own flags.
        packet_id: the packet's id; None when there is none.
        warnings: what the manifest warns of.
        hand_lines: how many lines are to be filled in by hand.
    """

    row: Row = field(repr=False)
    problems: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    packet_id: str | None = None
    warnings: tuple[str, ...] = ()
    hand_lines: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with words in it that a person typed: plain as `str`, and on a page with those words set apart."""

    label: str
    values: Mapping[str, object] = field(repr=False)

    def __str__(self) -> str:
        return self.label.format(**self.values)

    def __html__(self) -> str:
        return Markup.escape(self.label).format(**self.values)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the list: one kind of thing about one patient, in as many sentences as it takes."""

    kind: Kind
    place: str
    clock: str
    name: Typed = field(repr=False)
    born: str | None = field(repr=False)
    packet: str | None
    sentences: tuple[Sentence, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExceptionList:
    """Everything there is to tell about a day, the most urgent first, and in the order of the clock."""

    lines: tuple[Line, ...]
    for_all: tuple[str, ...]
    rows: int
    made: int

    @property
    def by_kind(self) -> tuple[tuple[Kind, tuple[Line, ...]], ...]:
        """The lines of each kind, without kinds of which there are none."""
        return tuple((kind, tuple(lines)) for kind, lines in groupby(self.lines, key=lambda line: line.kind))


def list_exceptions(rows: Sequence[Exceptional], catalogue: Catalogue) -> ExceptionList:
    """Gather what staff have to know of a day before packets are handed out.

    Args:
        rows: what came of each row, in the order of the schedule.
        catalogue: with a clinic.
    """
    teller = _Teller(catalogue, {told.row.place: told.row for told in rows})
    ordered = sorted(rows, key=lambda told: told.row.starts_at or datetime.max)  # the sort keeps rows of one time in order
    lines = [line for kind in KINDS for told in ordered for line in teller.line(kind, told)]
    warnings = tuple(dict.fromkeys(warning for told in rows for warning in told.warnings))
    return ExceptionList(tuple(lines), warnings, len(rows), sum(told.packet_id is not None for told in rows))


@dataclass(frozen=True, slots=True)
class _Teller:
    """Puts into words what came of a row."""

    catalogue: Catalogue
    rows: Mapping[str, Row]

    @property
    def wording(self) -> Wording:
        return self.catalogue.wording(self.catalogue.the_clinic().language)

    def line(self, kind: Kind, told: Exceptional) -> Iterator[Line]:
        """Yield the entry of this kind about a row, if there is anything to tell."""
        tell = {"failed": self._failed, "mix_up": self._mix_ups, "clinical": self._clinical, "prepare": self._prepare}[kind]
        if sentences := tuple(tell(told)):
            row, request = told.row, told.row.request
            name = row.name or self.wording["desk_no_name"]
            born = day_text(request.patient.date_of_birth, self.wording) if request else None
            yield Line(kind, row.place, self._clock(row), Typed(name), born, told.packet_id, sentences)

    def _clock(self, row: Row) -> str:
        starts = row.starts_at or (row.request.visit.starts_at if row.request else None)
        if starts is None:
            return self.wording["desk_no_time"]
        return Moment(starts.replace(tzinfo=self.catalogue.the_clinic().time_zone), self.wording).clock

    def _failed(self, told: Exceptional) -> Iterator[Sentence]:
        return map(_told, dict.fromkeys((*told.row.problems, *told.problems)))

    def _mix_ups(self, told: Exceptional) -> Iterator[Sentence]:
        """Yield what was flagged, and whom it is about: a problem names rows, the front desk looks for names."""
        for flag in dict.fromkeys((*told.row.flags, *told.flags)):
            yield _told(flag)
            yield from (self._other(row) for row in self._named_in(flag) if row.place != told.row.place)

    def _named_in(self, flag: Problem) -> Iterator[Row]:
        words = f"{flag.problem} {flag.what_to_do}"
        return (row for place, row in self.rows.items() if re.search(rf"(?<!\w){re.escape(place)}(?!\w)", words))

    def _other(self, row: Row) -> Sentence:
        name = Typed(row.name or self.wording["desk_no_name"])
        if row.request is None:
            return Sentence("{place}: {name}", {"place": row.place, "name": name})
        born = day_text(row.request.patient.date_of_birth, self.wording)
        return self._say("desk_other", place=row.place, name=name, born=born)

    def _clinical(self, told: Exceptional) -> Iterator[Sentence]:
        if told.packet_id is None or told.row.request is None:
            return
        request = told.row.request
        medicine = self.catalogue.protocols[request.treatment.protocol].medicine
        health = read_health(request, self.catalogue.vocabulary, medicine)
        yield from (self._say("desk_unknown", text=Typed(item.reading.text)) for item in health.not_recognised)
        yield from (self._say("desk_unclear", text=Typed(item.reading.text)) for item in health.to_check)

    def _prepare(self, told: Exceptional) -> Iterator[Sentence]:
        """Yield what to see to before the patient comes; lines to fill in are in every packet, and alone nothing to tell."""
        if told.packet_id is None or told.row.request is None:
            return
        prepare = list(self._wanting(told.row.request))
        yield from prepare
        if prepare and told.hand_lines:
            yield self._say("desk_hand_lines", count=told.hand_lines)

    def _wanting(self, request: PacketRequest) -> Iterator[Sentence]:
        patient = request.patient
        if patient.needs:
            needs = (self.wording[f"need_{need.replace('-', '_')}"] for need in dict.fromkeys(patient.needs))
            yield self._say("desk_needs", needs=", ".join(needs))
        if interpreter := request.signing.interpreter:
            mode = self.wording[f"mode_{interpreter.mode.replace(' ', '_')}"]
            yield self._say("desk_interpreter", language=language_name(interpreter.language, self.wording), mode=mode)
        if request.companion is None:
            yield self._say("desk_no_companion")
        if unasked := [self.wording[f"desk_{name}"] for name in _ASKED if getattr(patient, name) is None]:
            yield self._say("desk_not_asked", what=", ".join(unasked))

    def _say(self, key: str, **values: object) -> Sentence:
        self.wording.say(key, **values)  # so that a slot nobody fills is told as everywhere
        return Sentence(self.wording[key], values)


def _told(problem: Problem) -> Sentence:
    return Sentence("{where}: {problem} {what_to_do}", problem.as_dict())
