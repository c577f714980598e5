"""`day.json`: what became of each row, written before anything is made. It holds nothing of any patient."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from briefing import __version__
from briefing.day.plan import Planned
from briefing.day.work import Kit
from briefing.delivery import deliver
from briefing.errors import Problem
from briefing.identity import PACKET_ID, Secret

NAME = "day.json"
FORMAT = 1
_WRITINGS = 50  # at most about so often is a ledger written in a run, however long the schedule
State = Literal["waiting", "made", "kept", "failed", "withdrawn"]
DayState = Literal["under way", "interrupted", "finished"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one row.

    Attributes:
        place: where the row stands in the schedule.
        record: the keyed digest of the record number, by which a row that was edited is known again; None without one.
        packet_id: None when the row gets no packet.
        state: `kept` is a packet of an earlier run that still stands.
        pages: of a packet that is there.
        problems: why there is none.
        flags: what somebody should look at.
    """

    place: str
    record: str | None
    packet_id: str | None
    state: State
    pages: int | None = None
    problems: tuple[Problem, ...] = ()
    flags: tuple[Problem, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return it as it stands in the file."""
        problems, flags = ([each.as_dict() for each in some] for some in (self.problems, self.flags))
        told = {"place": self.place, "record_keyed_digest": self.record, "packet_id": self.packet_id, "state": self.state}
        return {**told, "pages": self.pages, "problems": problems, "flags": flags}


@dataclass(frozen=True, slots=True)
class Superseded:
    """A packet of an earlier run that no longer stands, and the one that does; None when the patient has none any more."""

    packet_id: str
    by: str | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the ledger of an earlier run says: the packet of each record, which were superseded, and what the stack is of."""

    packets: tuple[tuple[str | None, str], ...] = ()
    superseded: tuple[Superseded, ...] = ()
    stack: str = ""


class Ledger:
    """The ledger of this run. Each change is in the file soon; what the file does not say yet, the packets themselves do."""

    def __init__(self, folder: Path, kit: Kit, planned: Sequence[Planned]) -> None:
        self._folder, self._kit = folder, kit
        self.entries = [_first_entry(each, kit.secret) for each in planned]
        self.superseded: tuple[Superseded, ...] = ()
        self.stack = ""  # the keyed digest of what the stack was made from
        self._unwritten = 0

    def count(self, *states: State) -> int:
        """Return how many rows are in one of these states."""
        return sum(entry.state in states for entry in self.entries)

    def made(self, number: int, pages: int) -> None:
        """Enter a packet that now lies in the folder."""
        self._change(number, state="made", pages=pages)

    def kept(self, number: int, pages: int) -> None:
        """Enter a packet that lay in the folder and still stands."""
        self._change(number, state="kept", pages=pages)

    def failed(self, number: int, problems: tuple[Problem, ...]) -> None:
        """Enter why a row has no packet."""
        self._change(number, state="failed", problems=problems)

    def withdrawn(self, number: int, problems: tuple[Problem, ...]) -> None:
        """Enter why the packet of a row was taken out of the folder."""
        self._change(number, state="withdrawn", problems=problems)

    def write(self, state: DayState = "under way") -> None:
        """Write the file, whole or not at all."""
        data = {
            "format": FORMAT,
            "briefing": __version__,
            "issued_on": self._kit.issued_on.isoformat(),
            "edition": self._kit.choices.edition,
            "state": state,
            "rows": [entry.as_dict() for entry in self.entries],
            "stack_keyed_digest": self.stack,
            "superseded": [{"packet_id": each.packet_id, "by": each.by} for each in self.superseded],
        }
        deliver(self._folder, {NAME: (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()})
        self._unwritten = 0

    def _change(self, number: int, **changes: object) -> None:
        self.entries[number] = replace(self.entries[number], **changes)  # type: ignore[arg-type]  # each caller gives what fits
        self._unwritten += 1
        if self._unwritten > len(self.entries) // _WRITINGS:
            self.write()


def read_earlier(folder: Path) -> Earlier:
    """Read what an earlier run in this folder said. A file that is not there or not a ledger says nothing."""
    try:
        data = json.loads((folder / NAME).read_bytes())
    except (OSError, ValueError):
        return Earlier()
    rows, superseded = (_tables(data, name) for name in ("rows", "superseded"))
    packets = tuple((_text(row.get("record_keyed_digest")), _id(row.get("packet_id"))) for row in rows)
    pairs = ((_id(each.get("packet_id")), _id(each.get("by"))) for each in superseded)
    return Earlier(
        tuple((record, packet_id) for record, packet_id in packets if packet_id),
        tuple(Superseded(packet_id, by) for packet_id, by in pairs if packet_id),
        (_text(data.get("stack_keyed_digest")) if isinstance(data, dict) else None) or "",
    )


def _first_entry(planned: Planned, secret: Secret) -> Entry:
    row = planned.row
    record = secret.digest("record number", row.record_number.encode()) if row.record_number else None
    state: State = "waiting" if planned.packet_id else "failed"
    return Entry(row.place, record, planned.packet_id, state, None, planned.problems, row.flags)


def _tables(data: object, name: str) -> Iterable[Mapping[str, object]]:
    listed = data.get(name) if isinstance(data, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _id(value: object) -> str | None:
    """Return a packet id. It becomes part of a file's name, so nothing else is let through."""
    return value if isinstance(value, str) and PACKET_ID.fullmatch(value) else None
