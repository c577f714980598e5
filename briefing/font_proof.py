"""Fonts, proved on the finished file: they are ours and embedded, and what they draw is what they say they draw.

A font that says 5 and draws 7 passes every comparison of texts. So what the PDF says of each glyph is held against the
letters by which the font itself knows it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

from briefing.errors import Problem
from briefing.finished import REPORT, Finished, Place
from briefing.glyphs import EmbeddedFont, read_font
from briefing.resources import fonts

_TOLD = re.compile(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]*)>")
_SHOWN_EMPTY = re.compile(rb"<(?:[0-9a-fA-F]{4})*?0000(?:[0-9a-fA-F]{4})*>")
_NO_GLYPH = 0
_DEEPEST = 8  # drawings within drawings


def prove_fonts(packet: Finished) -> Iterator[Problem]:
    """Yield every font of a packet that is not ours, or that does not draw what it says.

    A page of an insert may have its own; its strip may not.
    """
    ours = tuple(font.family.replace(" ", "-") for font in fonts())
    checked: dict[Place, bool] = {}
    for number, page in enumerate(packet.pdf.pages, 1):
        document = packet.document_of(number)
        is_insert = document is not None and document.is_insert
        used = list(_fonts_of(page.Resources.XObject.Strip if is_insert else page.obj, 0))
        if not all(_is_ours(font, ours) for font in used):
            yield Problem("foreign-font", packet.where(number), "it uses a font that is not ours.", REPORT)
        for font in used:
            if font.objgen not in checked:
                checked[font.objgen] = _draws_what_it_says(font)
        if not all(checked[font.objgen] for font in used) or (not is_insert and _draws_no_glyph(page)):
            yield Problem("glyph", packet.where(number), "a letter is drawn as another one, or as an empty box.", REPORT)


def _fonts_of(holder: Any, depth: int) -> Iterator[Any]:
    """Yield every font that a page, or a drawing on it, can use."""
    resources = holder.get("/Resources", pikepdf.Dictionary())
    yield from resources.get("/Font", pikepdf.Dictionary()).as_dict().values()
    if depth < _DEEPEST:
        for drawing in resources.get("/XObject", pikepdf.Dictionary()).as_dict().values():
            yield from _fonts_of(drawing, depth + 1)


def _is_ours(font: Any, ours: tuple[str, ...]) -> bool:
    return str(font.get("/BaseFont", "?")).partition("+")[2].startswith(ours)


def _draws_what_it_says(font: Any) -> bool:
    try:
        file = font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
        told = dict(_told(font.ToUnicode.read_bytes()))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, pikepdf.PdfError):
        return False
    embedded = read_font(file)
    return embedded is not None and _is_called(font, embedded) and all(_agrees(told, number, embedded) for number in told)


def _told(table: bytes) -> Iterator[tuple[int, str]]:
    for number, text in _TOLD.findall(table):
        yield int(number, 16), bytes.fromhex(text.decode()).decode("utf-16-be")


def _is_called(font: Any, embedded: EmbeddedFont) -> bool:
    """Compare the names that PDF and font give the font."""
    name, own = (re.sub(r"-|Regular$", "", each) for each in (str(font.BaseFont).partition("+")[2], embedded.name))
    return own == (name.removesuffix("Bold") if embedded.has_weights else name)


def _agrees(told: Mapping[int, str], number: int, embedded: EmbeddedFont) -> bool:
    """Tell whether what the PDF says of a glyph can be what the font draws.

    One glyph may stand for several letters, and one letter be put together of several glyphs: they have a part in common.
    """
    seen = {part for part in _parts(told[number]) if unicodedata.category(part)[0] not in "CZ" and not unicodedata.mirrored(part)}
    if not seen:
        return True
    letters = embedded.letters.get(number, frozenset())
    # A mark may be drawn by the letter before it, with an empty glyph of its own that no letter leads to.
    drawn = number in embedded.inked or (not letters and all(unicodedata.category(part)[0] == "M" for part in seen))
    return number != _NO_GLYPH and drawn and (not letters or any(set(_parts(each)) & seen for each in letters))


def _parts(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


def _draws_no_glyph(page: pikepdf.Page) -> bool:
    """Tell whether a page draws the glyph that stands for a missing one. Ours are written as hexadecimal digits, four each."""
    parts = page.obj.get("/Contents", pikepdf.Array())
    data = b"\n".join(part.read_bytes() for part in (parts if isinstance(parts, pikepdf.Array) else [parts]))
    return _SHOWN_EMPTY.search(data) is not None
