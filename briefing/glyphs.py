"""Which characters our fonts can draw and how wide, and what a font inside a PDF draws: the one module that knows fontTools."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from briefing.resources import Font, fonts

_FIRST_LETTER = 32  # in every alphabet of a PDF, the space
_JOINERS = "\u200c\u200d"  # they shape their neighbours and draw nothing themselves


def undrawable(text: str, fonts: Sequence[Font]) -> tuple[str, ...]:
    """Return the characters that none of the fonts can draw, each once, in order."""
    # Every font of ours has the letters of a US keyboard: most texts need no font opened.
    unusual = dict.fromkeys(character for character in text if not (character.isascii() or character in _JOINERS))
    for font in fonts:
        if not unusual:
            break
        covered = _covered(font)
        unusual = dict.fromkeys(character for character in unusual if ord(character) not in covered)
    return tuple(unusual)


@cache
def _covered(font: Font) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # slow to import, and rarely needed

    with TTFont(font.path, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


@dataclass(frozen=True, slots=True)
class EmbeddedFont:
    """What a font inside a PDF says of itself.

    Attributes:
        name: its own name, such as `NotoSans-Regular`.
        letters: the letters that it knows each glyph by, by the glyph's number.
        inked: the numbers of the glyphs that draw something.
        has_weights: whether it was cut out of a font of many weights; its name is then that of the first one.
    """

    name: str
    letters: Mapping[int, frozenset[str]]
    inked: frozenset[int]
    has_weights: bool


def read_font(data: bytes) -> EmbeddedFont | None:
    """Read a TrueType font; None when it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError  # as above

    try:
        with TTFont(io.BytesIO(data), lazy=True) as opened:
            letters: dict[int, set[str]] = {}
            for code, glyph in (opened.getBestCmap() or {}).items():
                letters.setdefault(opened.getGlyphID(glyph), set()).add(chr(code))
            places = list(opened["loca"])
            inked = frozenset(number for number, (one, next_one) in enumerate(pairwise(places)) if next_one > one)
            name, has_weights = str(opened["name"].getDebugName(6)), "STAT" in opened
    except (TTLibError, AssertionError, KeyError, ValueError, IndexError, struct.error):
        return None
    return EmbeddedFont(name, {number: frozenset(each) for number, each in letters.items()}, inked, has_weights)


@dataclass(frozen=True, slots=True)
class FieldFont:
    """A font for typing into a form, as a PDF wants to know it; measures are thousandths of its size.

    Attributes:
        name: its PostScript name.
        data: the font file.
        first: the number of the first letter in `widths`, by the Windows alphabet (code page 1252).
        widths: how wide each letter from there on is.
        box: what all its letters would fill, laid over each other: left, lower, right, upper.
        measures: ascent, descent and height of a capital, by the names that a PDF has for them.
    """

    name: str
    data: bytes
    first: int
    widths: tuple[int, ...]
    box: tuple[int, ...]
    measures: Mapping[str, int]


def field_font() -> FieldFont:
    """Return the first of our fonts, for typing."""
    from fontTools.ttLib import TTFont  # as below

    font = fonts()[0]
    with TTFont(font.path, lazy=True) as opened:
        head, lines, more, letters = opened["head"], opened["hhea"], opened["OS/2"], opened.getBestCmap()

        def measured(value: int) -> int:
            return round(value * 1000 / int(head.unitsPerEm))

        def width(number: int) -> int:
            letter = bytes([number]).decode("cp1252", "replace")
            return measured(opened["hmtx"][letters.get(ord(letter), ".notdef")][0])

        return FieldFont(
            name=str(opened["name"].getDebugName(6)),
            data=font.path.read_bytes(),
            first=_FIRST_LETTER,
            widths=tuple(map(width, range(_FIRST_LETTER, 256))),
            box=tuple(measured(value) for value in (head.xMin, head.yMin, head.xMax, head.yMax)),
            measures={
                "Ascent": measured(lines.ascent),
                "Descent": measured(lines.descent),
                "CapHeight": measured(more.sCapHeight),
            },
        )
