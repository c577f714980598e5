"""The part of the proof about large print: whatever patients and companions read is as large as was promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from briefing.errors import Problem
from briefing.packet import Packet
from briefing.pdf_reading import ReadPage

LEAST_POINTS = 18.0
_ROUNDING = 0.1  # points: a drawing's letters are told to a hundredth of a millimetre
_WAY_OUT = "Take the size out of your template or style sheet: large print sets it. A drawing of your own needs 18 point, too."


def prove_large_print(packet: Packet, pages: Sequence[ReadPage], strip_top: float) -> Iterator[Problem]:
    """Yield a problem for each page in large print on which a letter is smaller than 18 point, in drawings as in text.

    Args:
        packet: what was bound; inserts and pages for staff are in no large print.
        pages: its pages, read back.
        strip_top: the height below which the strip stands, in points. Its small letters are for staff.
    """
    for document in packet.documents:
        if not document.item.is_large:
            continue
        for number in range(document.first_page, document.last_page + 1):
            smallest = min(pages[number - 1].letter_sizes_above(strip_top), default=LEAST_POINTS)
            if smallest < LEAST_POINTS - _ROUNDING:
                where = f"{document.item.title}, page {number - document.first_page + 1}"
                problem = f"it was asked for in large print, and has letters of {smallest:.1f} point."
                yield Problem("small-print", where, problem, _WAY_OUT)
