"""When all packets are made: each is searched for other patients, then the stack and the list of exceptions are written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from briefing.catalogue import Catalogue
from briefing.day.entries import StackEntry
from briefing.day.exceptions import Exceptional, list_exceptions
from briefing.day.exceptions_csv import exceptions_csv
from briefing.day.exceptions_page import print_exceptions
from briefing.day.identifiers import Identifiers, own_words, packet_texts
from briefing.day.ledger import Entry, Ledger
from briefing.day.plan import Planned
from briefing.day.stack import stack_names, write_print_all
from briefing.day.superseding import move_away
from briefing.day.work import Kit
from briefing.delivery import deliver
from briefing.errors import Problem
from briefing.manifest import warnings_of
from briefing.workshop import Workshop

PAGES, TABLE = "exceptions.pdf", "exceptions.csv"
_WITHDRAWN = "withdrawn"
_THERE = ("made", "kept")
_TELLING = ("name", "record number")  # without these, a search finds too little


def search_all(folder: Path, planned: Sequence[Planned], catalogue: Catalogue, ledger: Ledger) -> tuple[str, ...]:
    """Read each packet back from the folder, and take out those on which another patient of the day is named.

    Returns:
        the places of rows with an identifier that cannot be searched for, because it stands in the clinic's own words or is
        too short.

    Raises:
        DeliveryError: a packet cannot be moved away.
    """
    requests = [each.row.request for each in planned if each.row.request is not None]
    identifiers = Identifiers.of(requests, own_words(catalogue), catalogue.wordings.values())
    for number, path in _packets(folder, ledger):
        request = planned[number].row.request
        assert request is not None  # noqa: S101 - a packet was made from it
        if pages := identifiers.foreign(request.patient.record_number, packet_texts(path)):
            move_away(folder, [path.stem.removeprefix("packet-")], _WITHDRAWN)
            ledger.withdrawn(number, (_names_another(planned[number].row.place, pages),))
    return _unsearchable(identifiers, planned)


@dataclass(frozen=True, slots=True)
class Finished:
    """What was written beside the packets: the stack in its volumes, and the list of exceptions twice."""

    stack: tuple[Path, ...]
    exceptions: tuple[Path, Path]


def write_stack(
    folder: Path, planned: Sequence[Planned], kit: Kit, ledger: Ledger, workshop: Workshop, *, with_stack: bool = True
) -> Finished:
    """Write the list of exceptions, and the stack if anything in it has changed since it was written.

    Raises:
        VerificationError: a packet is not in the stack as it lies in the folder.
        RenderingError: a separator sheet or the list cannot be printed.
        DeliveryError: a file cannot be written.
    """
    manifests = {number: _manifest(path) for number, path in _packets(folder, ledger)}
    rows = enumerate(zip(planned, ledger.entries, strict=True))
    told = [_exceptional(each, entry, manifests.get(number)) for number, (each, entry) in rows]
    listed = list_exceptions(told, kit.catalogue)
    table = exceptions_csv(listed, kit.catalogue.wording(kit.catalogue.the_clinic().language))
    digests = [str(manifests[number].get("packet_sha256")) for number in manifests]
    digest = kit.secret.digest("stack", table + "\n".join(digests).encode())
    names = stack_names(len(manifests)) if with_stack else ()
    written = (folder / PAGES, folder / TABLE)
    if ledger.stack == digest and all(path.is_file() for path in (*written, *(folder / name for name in names))):
        return Finished(tuple(folder / name for name in names), written)
    pages = print_exceptions(listed, workshop)
    deliver(folder, {PAGES: pages, TABLE: table})
    if not with_stack:
        return Finished((), written)
    entries = [_entry(folder, planned[number], manifest) for number, manifest in manifests.items()]
    stack = write_print_all(folder, entries, pages, workshop, kit.issued_on)
    ledger.stack = digest
    return Finished(stack, written)


def _packets(folder: Path, ledger: Ledger) -> Iterator[tuple[int, Path]]:
    """Yield the packets that are there, in the order of the schedule."""
    for number, entry in enumerate(ledger.entries):
        if entry.state in _THERE:
            yield number, folder / f"packet-{entry.packet_id}.pdf"


def _manifest(packet: Path) -> Mapping[str, object]:
    data = json.loads(packet.with_name(f"{packet.stem}.manifest.json").read_bytes())
    assert isinstance(data, dict)  # noqa: S101 - it was written or read by this run
    return data


def _exceptional(planned: Planned, entry: Entry, manifest: Mapping[str, object] | None) -> Exceptional:
    problems = tuple(problem for problem in entry.problems if problem not in planned.row.problems)
    if manifest is None:
        return Exceptional(planned.row, problems)
    lines = manifest["lines_to_fill_in_by_hand"]
    assert isinstance(lines, list)  # noqa: S101 - as above
    return Exceptional(planned.row, problems, (), entry.packet_id, tuple(warnings_of(manifest)), len(lines))


def _entry(folder: Path, planned: Planned, manifest: Mapping[str, object]) -> StackEntry:
    documents, pages = manifest["documents"], manifest["pages"]
    assert isinstance(documents, list)  # noqa: S101 - as above
    assert isinstance(pages, int)  # noqa: S101 - as above
    packet_id = str(planned.packet_id)
    is_draft = any(document["draft"] for document in documents)
    return StackEntry(planned.row, packet_id, folder / f"packet-{packet_id}.pdf", pages, is_draft)


def _names_another(place: str, pages: Sequence[int]) -> Problem:
    where = ", ".join(map(str, pages[:5]))
    problem = f"its packet named another patient of the day, on packet page {where}. It lies in the folder withdrawn."
    return Problem("identity", place, problem, "Do not hand it out. Check both rows; if they are right, please report this.")


def _unsearchable(identifiers: Identifiers, planned: Sequence[Planned]) -> tuple[str, ...]:
    numbers = {owner for told in identifiers.unsearchable if told.kind in _TELLING for owner in told.owners}
    return tuple(
        each.row.place for each in planned if each.row.request is not None and each.row.request.patient.record_number in numbers
    )
