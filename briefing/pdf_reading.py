"""Reading a finished PDF back: the one module that knows pypdfium2, which wrote none of it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, floor, hypot
from pathlib import Path
from typing import Any

import pypdfium2
from PIL.Image import Image

from briefing.errors import InputError, Problem

_POINTS_PER_INCH = 72
_MARGIN = 1.0  # points by which a letter may stand over the edge of its page: side bearings, not text
Box = tuple[float, float, float, float]  # left, bottom, right, top
Dots = tuple[int, int, int, int]  # left, upper, right, lower


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it is drawn: its text, the line it stands on, and its left and right edge, in points.

    Where a line ends, a letter that is a line break stands in between.
    """

    text: str
    line: float
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page, read. Measures are in points, from the lower left; boxes of a drawn page are in dots, from the upper left."""

    _page: Any
    _text: Any
    width: float
    height: float

    def text_below(self, y: float) -> str:
        """Return the text whose place lies below a height."""
        return str(self._text.get_text_bounded(0, 0, self.width, y))

    def text_above(self, y: float) -> str:
        """Return the text whose place lies above a height."""
        return str(self._text.get_text_bounded(0, y, self.width, self.height))

    def text_between(self, low: float, high: float, right: float) -> str:
        """Return the text whose place lies between two heights, from the left edge to a line from top to bottom."""
        return str(self._text.get_text_bounded(0, low, right, high))

    def letter_boxes(self) -> list[Box]:
        """Return the place of each letter, in the order in which they are drawn."""
        return [self._text.get_charbox(index) for index in range(self._text.count_chars())]

    def has_outside(self, boxes: Sequence[Box]) -> bool:
        """Tell whether a letter of these places lies outside the page."""
        return any(
            right > left and (left < -_MARGIN or bottom < -_MARGIN or right > self.width + _MARGIN or top > self.height + _MARGIN)
            for left, bottom, right, top in boxes
        )

    def letters_below(self, y: float, boxes: Sequence[Box]) -> Iterator[Letter]:
        """Yield the letters that lie below a height, out of all letters whose places `boxes` told."""
        across, up = ctypes.c_double(), ctypes.c_double()
        for index, (left, bottom, right, _) in enumerate(boxes):
            if right <= left or bottom < y:  # a line break has no width
                pypdfium2.raw.FPDFText_GetCharOrigin(self._text.raw, index, across, up)
                yield Letter(chr(pypdfium2.raw.FPDFText_GetUnicode(self._text.raw, index)), up.value, left, right)

    def letter_sizes_above(self, y: float) -> Iterator[float]:
        """Yield how large each letter is drawn that stands above a height, in points, letters of drawings included."""
        across, up, matrix = ctypes.c_double(), ctypes.c_double(), pypdfium2.raw.FS_MATRIX()
        for index in range(self._text.count_chars()):
            pypdfium2.raw.FPDFText_GetCharOrigin(self._text.raw, index, across, up)
            # Line breaks and the like are told among the letters, and are drawn by nothing.
            if up.value >= y and pypdfium2.raw.FPDFText_GetTextObject(self._text.raw, index):
                pypdfium2.raw.FPDFText_GetMatrix(self._text.raw, index, matrix)
                yield pypdfium2.raw.FPDFText_GetFontSize(self._text.raw, index) * hypot(matrix.c, matrix.d)

    def text_in_column(self, left: float, right: float) -> str:
        """Return the text whose place lies between two lines from top to bottom."""
        return str(self._text.get_text_bounded(left, 0, right, self.height))

    def text_in(self, left: float, low: float, right: float, high: float) -> str:
        """Return the text whose place lies in a box."""
        return str(self._text.get_text_bounded(left, low, right, high))

    def tagged_texts(self) -> Mapping[int, str]:
        """Return what is drawn for each piece of tagged content, by its number on this page."""
        texts: dict[int, str] = {}
        for drawn in _drawn(self._page.raw):
            number = pypdfium2.raw.FPDFPageObj_GetMarkedContentID(drawn)
            if number >= 0 and pypdfium2.raw.FPDFPageObj_GetType(drawn) == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
                texts[number] = texts.get(number, "") + _text_of(drawn, self._text.raw)
        return texts

    def draw(self, dpi: int, *, gray: bool) -> Image:
        """Draw the page as a printer would see it."""
        picture = self._page.render(scale=dpi / _POINTS_PER_INCH, grayscale=gray).to_pil()
        assert isinstance(picture, Image)  # noqa: S101 - pypdfium2 has no types
        return picture

    def text_boxes(self, dpi: int) -> Iterator[Dots]:
        """Yield the place of each run of text on a page drawn at this resolution: left, upper, right, lower."""
        scale = dpi / _POINTS_PER_INCH
        for index in range(self._text.count_rects()):
            left, bottom, right, top = self._text.get_rect(index)
            if self._text.get_text_bounded(left, bottom, right, top).strip():
                yield (
                    floor(left * scale),
                    floor((self.height - top) * scale),
                    ceil(right * scale),
                    ceil((self.height - bottom) * scale),
                )


def _drawn(page: Any) -> Iterator[Any]:
    """Yield what is drawn on a page, also what is drawn as a whole from a form of its own."""
    raw = pypdfium2.raw
    waiting = [raw.FPDFPage_GetObject(page, index) for index in reversed(range(raw.FPDFPage_CountObjects(page)))]
    while waiting:
        found = waiting.pop()
        yield found
        if raw.FPDFPageObj_GetType(found) == raw.FPDF_PAGEOBJ_FORM:
            count = raw.FPDFFormObj_CountObjects(found)
            waiting += [raw.FPDFFormObj_GetObject(found, index) for index in reversed(range(count))]


def _text_of(drawn: Any, text_page: Any) -> str:
    raw = pypdfium2.raw
    length = raw.FPDFTextObj_GetText(drawn, text_page, None, 0)  # in bytes, with two zeros at the end
    room = (ctypes.c_ushort * (length // 2))()
    raw.FPDFTextObj_GetText(drawn, text_page, room, length)
    return bytes(room).decode("utf-16-le", "replace").rstrip("\0")


def opens_with(data: bytes, password: str | None) -> bool:
    """Tell whether a PDF opens with a password, or without any."""
    try:
        pypdfium2.PdfDocument(data, password=password).close()
    except pypdfium2.PdfiumError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class PageText:
    """What one page says: all of it, and its foot alone."""

    whole: str
    foot: str


def read_texts(source: bytes | Path, foot: float = 0) -> Iterator[PageText]:
    """Yield what each page of a PDF says. One page at a time is open, so that a file of thousands takes little memory.

    Args:
        source: the file, or where it is.
        foot: the height below which a page's foot is, in points.

    Raises:
        InputError: it is no PDF that can be read.
    """
    with _opened(source) as pdf:
        for index in range(len(pdf)):
            page = pdf[index]
            text = page.get_textpage()
            width, height = page.get_size()
            whole, below = text.get_text_bounded(0, 0, width, height), text.get_text_bounded(0, 0, width, foot) if foot else ""
            text.close()
            page.close()
            yield PageText(str(whole), str(below))


@contextmanager
def read_pages(data: bytes, password: str | None = None) -> Iterator[tuple[ReadPage, ...]]:
    """Open a PDF and read its pages.

    Raises:
        InputError: it is no PDF that can be read, or this is not its password.
    """
    with _opened(data, password) as pdf:
        pdf.init_forms()  # fields are drawn too: they could cover something
        yield tuple(ReadPage(page, page.get_textpage(), *page.get_size()) for page in pdf)


def _opened(source: bytes | Path, password: str | None = None) -> Any:
    try:
        return pypdfium2.PdfDocument(source, password=password)
    except (pypdfium2.PdfiumError, FileNotFoundError):
        problem = "it is damaged, or is no PDF."
        raise InputError(
            Problem("not-a-pdf", "the packet", problem, "Fetch the packet again from where it was written.")
        ) from None
