"""What a packet is made of while it is bound, and what it is when it is: its documents in their places, its booklet, itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from briefing.packet.description import CLAIMS
from briefing.packet.fillers import page_after
from briefing.packet.items import PacketItem
from briefing.packet.strips import StripPage


@dataclass(frozen=True, slots=True)
class BoundDocument:
    """One document's place in the packet. Packet pages count from 1; a filler page after it is not part of it."""

    item: PacketItem
    first_page: int
    last_page: int
    filler_page: int | None = None

    @property
    def page_count(self) -> int:
        """How many pages it has."""
        return self.last_page - self.first_page + 1

    @property
    def last_side(self) -> int:
        """The last packet page before the next document: the filler, if there is one."""
        return self.filler_page or self.last_page


@dataclass(frozen=True, slots=True)
class Booklet:
    """A booklet, not yet proved.

    Attributes:
        data: its file.
        strips: what each page must say, in reading order; their number is a multiple of four.
        packet_pages: the packet pages it holds, from 1; the pages after them are fillers.
        right_to_left: whether it is bound on the right.
    """

    data: bytes
    strips: tuple[StripPage, ...]
    packet_pages: tuple[int, ...]
    right_to_left: bool


@dataclass(frozen=True, slots=True)
class Packet:
    """A bound packet, not yet proved: its bytes, what every page must say, and by which standards it says it can be read."""

    packet_id: str
    data: bytes
    documents: tuple[BoundDocument, ...]
    strips: tuple[StripPage, ...]
    issued_on: date
    claims: tuple[str, ...] = CLAIMS
    booklet: Booklet | None = None


def place_documents(printed: Sequence[tuple[PacketItem, int]], *, duplex: bool = False) -> tuple[BoundDocument, ...]:
    """Give each document its packet pages, from its number of pages, in order.

    Args:
        printed: each document with its number of pages.
        duplex: whether each starts on a right-hand page, and fills its last sheet.
    """
    documents, first = [], 1
    for item, count in printed:
        last = first + count - 1
        documents.append(BoundDocument(item, first, last, page_after(last) if duplex else None))
        first = documents[-1].last_side + 1
    return tuple(documents)
