"""Packets of an earlier run that no longer stand: found by the ledger, and moved out of the way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from briefing.day.ledger import Earlier, Entry, Superseded
from briefing.delivery import make_inside, move

FOLDER = "superseded"


def superseded_by(earlier: Earlier, entries: Sequence[Entry]) -> tuple[Superseded, ...]:
    """Return which packets of earlier runs no longer stand, the oldest first.

    A packet stands as long as a row leads to it. Packets that no ledger names are nobody's business.
    """
    current = {entry.packet_id for entry in entries}
    packet_of = {entry.record: entry.packet_id for entry in entries if entry.record}
    known = {each.packet_id: each for each in earlier.superseded}
    known.update({packet_id: Superseded(packet_id, packet_of.get(record or "")) for record, packet_id in earlier.packets})
    return tuple(each for each in known.values() if each.packet_id not in current)


def move_away(folder: Path, packet_ids: Sequence[str], name: str = FOLDER) -> None:
    """Move packets and their manifests into a folder inside; what is not there was moved before.

    Raises:
        DeliveryError: one cannot be moved.
    """
    files = [file for each in packet_ids for file in (f"packet-{each}.pdf", f"packet-{each}.manifest.json")]
    there = [file for file in files if (folder / file).exists()]
    if there:
        move(folder, there, make_inside(folder, name))
