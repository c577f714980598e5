"""A schedule and its rows as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from briefing.errors import Problem
from briefing.models import PacketRequest


@dataclass(frozen=True, slots=True)
class Row:
    """One patient of the day.

    Attributes:
        place: where it stands in its own file, such as `row 7`. It says nothing of the patient.
        request: what its packet is made from; None when something is wrong.
        problems: why it gets no packet.
        flags: what somebody should look at before the packet is handed out; it stops nothing.
        record_number: as it was read, also of a row with problems; None when there is none.
        name: likewise.
        starts_at: likewise, in the clinic's own time.
    """

    place: str
    request: PacketRequest | None = field(repr=False)
    problems: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()
    record_number: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    starts_at: datetime | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A day's schedule as it was read: the rows in the order of the file, and how its columns were understood.

    Attributes:
        kind: what kind of file it is: csv, xlsx, ods or fhir.
        rows: one for each patient, in the order of the file.
        columns: for each column that was understood, its heading and the field of the request that it fills.
        left_out: the headings of columns that fill nothing.
        understood: for each column that was understood, the same in words, with its place and whether it was guessed.
        notes: what was assumed or left out while reading, in sentences that say nothing of a patient.
    """

    kind: str
    rows: tuple[Row, ...]
    columns: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
