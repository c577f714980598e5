"""The proof of a stack: it is opened again by a library that did not write it, and held against each packet as it lies there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from briefing.day.entries import StackEntry
from briefing.errors import Problem
from briefing.identity import PACKET_ID
from briefing.pdf_reading import PageText, read_texts
from briefing.strip_reading import STRIP_EDGE, squeeze

BEFORE = 2  # pages before each packet: its separator sheet, front and back
_REPORT = "This stack was not written. Print the packets one by one, and report this with the output of `briefing doctor`."


def prove_volume(data: bytes, entries: Sequence[StackEntry], exceptions_pdf: bytes) -> Iterator[Problem]:
    """Yield what is wrong with a volume: nothing where each part is whole, in its place, and alone on its sheets of paper.

    Args:
        data: the volume.
        entries: the packets it should hold, in order.
        exceptions_pdf: what it should begin with; empty when it begins with the first packet.
    """
    pages = read_texts(data, STRIP_EDGE)
    yield from _of_exceptions([page.whole for page in read_texts(exceptions_pdf)] if exceptions_pdf else [], pages)
    for entry in entries:
        yield from _of_packet(entry, pages)
    if any(True for _ in pages):
        yield _stack_problem("the stack", "it has more pages than it should.")


def _of_exceptions(expected: Sequence[str], pages: Iterator[PageText]) -> Iterator[Problem]:
    mine = [page.whole for page in islice(pages, _whole_sheets(len(expected)))]
    if mine[: len(expected)] != expected or len(mine) % 2 or any(PACKET_ID.search(page) for page in mine[len(expected) :]):
        yield _stack_problem("the exceptions", "they are not all there, or do not fill their sheets of paper.")


def _of_packet(entry: StackEntry, pages: Iterator[PageText]) -> Iterator[Problem]:
    """Hold the next part of a stack against the packet that should be there."""
    own = list(entry.page_texts) or [page.whole for page in read_texts(entry.path)]
    mine = list(islice(pages, _whole_sheets(BEFORE + len(own))))
    problems = _part_problems(entry, own, mine) if mine else ["it is missing."]
    yield from (_stack_problem(entry.row.place, problem) for problem in problems)


def _part_problems(entry: StackEntry, own: Sequence[str], pages: Sequence[PageText]) -> Iterator[str]:
    packet, end = pages[BEFORE : BEFORE + len(own)], pages[BEFORE + len(own) :]
    if len(own) != entry.pages or len(pages) != _whole_sheets(BEFORE + entry.pages):
        yield "it has not as many pages as its packet, or does not fill its sheets of paper."
    if not _names(pages[0].whole, entry):
        yield "its separator sheet is that of another packet."
    if any(PACKET_ID.findall(page.whole) != [entry.packet_id] for page in (*pages[1:BEFORE], *end)):
        yield "a page that is blank on purpose is that of another packet."
    if any(entry.packet_id not in page.foot for page in packet):
        yield "the strip of a page names another packet."
    if [page.whole for page in packet] != own:
        yield "a page does not say what it says in the packet."


def _names(sheet: str, entry: StackEntry) -> bool:
    """Tell whether a separator sheet is this packet's: by its id, and by all letters of the name, in whatever order."""
    missing = Counter(squeeze(entry.request.patient.name)) - Counter(squeeze(sheet))
    return PACKET_ID.findall(sheet) == [entry.packet_id] and not missing


def _whole_sheets(pages: int) -> int:
    return pages + pages % 2


def _stack_problem(where: str, problem: str) -> Problem:
    return Problem("stack", where, problem, _REPORT)
