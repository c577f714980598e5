"""Reading a finished PDF back: the one module that knows pypdfium2, which wrote none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import pypdfium2
from PIL.Image import Image

_POINTS_PER_INCH = 72
_MARGIN = 1.0  # points by which a letter may stand over the edge of its page: side bearings, not text
Box = tuple[int, int, int, int]


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

    def has_text_outside(self) -> bool:
        """Tell whether a letter lies outside the page."""
        boxes = (self._text.get_charbox(index) for index in range(self._text.count_chars()))
        return any(
            right > left and (left < -_MARGIN or bottom < -_MARGIN or right > self.width + _MARGIN or top > self.height + _MARGIN)
            for left, bottom, right, top in boxes
        )

    def text_in_column(self, left: float, right: float) -> str:
        """Return the text whose place lies between two lines from top to bottom."""
        return str(self._text.get_text_bounded(left, 0, right, self.height))

    def draw(self, dpi: int, *, gray: bool) -> Image:
        """Draw the page as a printer would see it."""
        picture = self._page.render(scale=dpi / _POINTS_PER_INCH, grayscale=gray).to_pil()
        assert isinstance(picture, Image)  # noqa: S101 - pypdfium2 has no types
        return picture

    def text_boxes(self, dpi: int) -> Iterator[Box]:
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


def opens_with(data: bytes, password: str | None) -> bool:
    """Tell whether a PDF opens with a password, or without any."""
    try:
        pypdfium2.PdfDocument(data, password=password).close()
    except pypdfium2.PdfiumError:
        return False
    return True


@contextmanager
def read_pages(data: bytes, password: str | None = None) -> Iterator[tuple[ReadPage, ...]]:
    """Open a PDF, with its password if it has one, and read its pages."""
    with pypdfium2.PdfDocument(data, password=password) as pdf:
        yield tuple(ReadPage(page, page.get_textpage(), *page.get_size()) for page in pdf)
