"""The proof of a booklet: it is drawn, its QR codes are read off the paper, and it is folded as a hand would fold it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pikepdf
import zxingcpp
from PIL.Image import Image

from briefing.errors import Problem
from briefing.packet import Booklet, Packet
from briefing.pdf_reading import ReadPage, read_pages

_DOTS_PER_INCH = 130  # as in the proof of the packet
_WHERE = "the booklet"
_REPORT = "Nothing was written. Please report this with the output of `briefing doctor`."


def prove_booklet(packet: Packet) -> Iterator[Problem]:
    """Yield what is wrong with the booklet of a packet; nothing where there is none."""
    if packet.booklet is not None:
        yield from (Problem("booklet", _WHERE, problem, _REPORT) for problem in _problems(packet, packet.booklet))


def fold(sides: Sequence[tuple[str, str]], *, right_to_left: bool = False) -> list[str]:
    """Return what stands left and right on each side in the order in which the folded sheets are read.

    The sheets lie in a heap as they were printed, are folded together in the middle, and are leafed through. One half of
    each sheet then lies before the middle and is read on the way in, the other half on the way out.
    """
    half = int(not right_to_left)  # the half of a front that is read on the way in
    fronts, backs = sides[::2], sides[1::2]
    way_in = [page for front, back in zip(fronts, backs, strict=True) for page in (front[half], back[1 - half])]
    way_out = [page for front, back in zip(fronts, backs, strict=True) for page in (front[1 - half], back[half])]
    return way_in + way_out[::-1]


def _problems(packet: Packet, booklet: Booklet) -> Iterator[str]:
    with pikepdf.open(io.BytesIO(booklet.data)) as pdf:
        if any("/Annots" in page or "/AA" in page for page in pdf.pages) or "/AcroForm" in pdf.Root:
            yield "it holds links or fields, and is for paper only."
    with read_pages(packet.data) as pages, read_pages(booklet.data) as sides:
        if 2 * len(sides) != len(booklet.strips) or len(sides) % 2:
            yield f"it has {len(sides)} sides, which do not make whole sheets of its {len(booklet.strips)} pages."
            return
        pictures = [side.draw(_DOTS_PER_INCH, gray=True) for side in sides]
        read = [_codes(picture) for picture in pictures]
        if fold(read, right_to_left=booklet.right_to_left) != [strip.code for strip in booklet.strips]:
            yield "its pages do not come in order when it is folded, or a QR code cannot be read."
        said = fold([_texts(side) for side in sides], right_to_left=booklet.right_to_left)
        if said[: len(booklet.packet_pages)] != [_squeeze(pages[number - 1].text_above(0)) for number in booklet.packet_pages]:
            yield "its pages do not say what those of the packet say."
        if not all(_is_seen(side, picture) for side, picture in zip(sides, pictures, strict=True)):
            yield "text is there that cannot be seen."


def _codes(picture: Image) -> tuple[str, str]:
    width, height = picture.size
    return _code(picture.crop((0, 0, width // 2, height))), _code(picture.crop((width // 2, 0, width, height)))


def _code(half: Image) -> str:
    return "|".join(code.text for code in zxingcpp.read_barcodes(half))


def _texts(side: ReadPage) -> tuple[str, str]:
    middle = side.width / 2
    return _squeeze(side.text_in_column(0, middle)), _squeeze(side.text_in_column(middle, side.width))


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _is_seen(side: ReadPage, picture: Image) -> bool:
    """Tell whether something is drawn wherever there is text; the pages themselves were proved in the packet."""
    boxes = (picture.crop(box).getextrema() for box in side.text_boxes(_DOTS_PER_INCH))
    return all(darkest != lightest for darkest, lightest in boxes)
