"""What the strip of a page says, told apart by its place alone: it may be in any language.

Three columns stand side by side: whose packet it is, which document, which page of the packet. A long name has a line of
its own above all three. `layout/strip.html.j2` and `style/strip.css` draw it so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from briefing.identity import PACKET_ID
from briefing.pdf_reading import Letter, ReadPage

_MILLIMETRE = 72 / 25.4
STRIP_MILLIMETRES = 25  # from the lower edge; the layout keeps 29 free
STRIP_EDGE = STRIP_MILLIMETRES * _MILLIMETRE
_MARGIN = 20 * _MILLIMETRE  # left and right of the strip
_WHO = 60 * _MILLIMETRE  # the first column
_WHERE, _CODE, _GAP = 30 * _MILLIMETRE, 12 * _MILLIMETRE, 4 * _MILLIMETRE  # the last two, and what parts them
_TOLERANCE = 5.0  # points: a flag's own margin, and side bearings
_ABOVE = 4.0  # points by which a long name stands above the other lines at least


@dataclass(frozen=True, slots=True)
class StripReading:
    """What one strip says.

    Attributes:
        who: name, date of birth and packet id, without spaces. It is the same on every page.
        packet_id: the packet id in it; None when there is none.
        document: draft flag, title and version, without spaces. It is the same on every page of a document.
        version: the line of it that tells the version, as it is written.
        page: page and pages of the document; empty on a filler page, None when it says something else.
        packet_page: page and pages of the packet; None when it does not tell.
        words: what stands around those numbers, without spaces: of the packet's line, and of the document's. They are the
            same on every page, but for the document's on filler pages.
        is_in_place: whether every line begins or ends where the strip's lines do, and nothing else stands among them.
    """

    who: str
    packet_id: str | None
    document: str
    version: str
    page: tuple[int, ...] | None
    packet_page: tuple[int, ...] | None
    words: tuple[str, str]
    is_in_place: bool


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    height: float
    left: float
    right: float


def squeeze(text: str) -> str:
    """Fold away what a PDF does not keep: line breaks, spaces, ligatures, invisible joiners, accents apart from their letter."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", "".join(character for character in folded if unicodedata.category(character) != "Cf"))


def is_shaped(character: str) -> bool:
    """Tell whether a letter comes back from a PDF in another order or number than it was typed in."""
    if unicodedata.bidirectional(character) in ("R", "AL"):
        return True
    return unicodedata.category(character) in ("Lo", "Mc", "Mn")


def read_strip(letters: Iterable[Letter], width: float) -> StripReading:
    """Read a strip.

    Args:
        letters: the letters at the foot of a page and the line breaks, in the order in which they are drawn.
        width: of the page, in points.
    """
    lines = list(_lines(letters))
    second, third, end = _MARGIN + _WHO, width - _MARGIN - _CODE - _WHERE, width - _MARGIN - _CODE - _GAP
    packet = [line for line in lines if line.left >= third - _TOLERANCE][-2:]
    top = max((line.height for line in packet), default=0.0)
    who = [line for line in lines if line.left < second - _TOLERANCE or line.height > top + _ABOVE]
    document = [line for line in lines if line not in who and line not in packet]
    in_place = (
        len(packet) == 2  # noqa: PLR2004 - the words, and under them the numbers
        and all(abs(line.right - end) < _TOLERANCE for line in packet)
        and all(-1 < line.left - second < _TOLERANCE and line.right < third for line in document)
        and all(-1 < line.left - _MARGIN < _TOLERANCE for line in who[-2:])
    )
    found = PACKET_ID.search(squeeze(who[-1].text)) if who else None
    return StripReading(
        who="\n".join(squeeze(line.text) for line in who),
        packet_id=found[0] if found else None,
        document=squeeze("".join(line.text for line in document[:-1])),
        version=" ".join(document[-2].text.split()) if len(document) > 1 else "",
        page=_numbers(document[-1:], (0, 2)),
        packet_page=_numbers(packet[-1:], (2,)),
        words=(_words(packet), _words(document[-1:])),
        is_in_place=in_place,
    )


def read_foot(page: ReadPage) -> StripReading:
    """Read the strip of a page."""
    return read_strip(page.letters_below(STRIP_EDGE, page.letter_boxes()), page.width)


def _lines(letters: Iterable[Letter]) -> Iterator[_Line]:
    line: list[Letter] = []
    for letter in letters:
        if letter.text in "\r\n":
            yield from _line(line)
            line = []
        else:
            line.append(letter)
    yield from _line(line)


def _line(letters: Sequence[Letter]) -> Iterator[_Line]:
    inked = [letter for letter in letters if letter.right > letter.left]
    if inked:
        text = "".join(letter.text for letter in letters)
        left, right = min(letter.left for letter in inked), max(letter.right for letter in inked)
        yield _Line(text, max(letter.line for letter in inked), left, right)


def _words(lines: Sequence[_Line]) -> str:
    return re.sub(r"\d+", "#", squeeze("".join(line.text for line in lines)))


def _numbers(lines: Sequence[_Line], counts: Sequence[int]) -> tuple[int, ...] | None:
    numbers = tuple(int(number) for line in lines for number in re.findall(r"\d+", line.text))
    return numbers if lines and len(numbers) in counts else None
