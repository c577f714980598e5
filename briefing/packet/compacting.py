"""Small, and the same bytes every time: pikepdf writes what pypdf bound."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Mapping
from functools import partial
from typing import Any

import pikepdf
from pypdf import PdfWriter

from briefing.glyphs import read_font


def compact(writer: PdfWriter) -> bytes:
    """Return the bytes of a packet."""
    written, small = io.BytesIO(), io.BytesIO()
    writer.write(written)
    with pikepdf.open(written) as pdf:
        _name_every_glyph(pdf)
        _share_streams(pdf)
        pdf.save(small, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return small.getvalue()


_GLYPH = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")
_NOTHING = "\u200b"
_LOOK = "/N"


def _name_every_glyph(pdf: pikepdf.Pdf) -> None:
    """Give every glyph the text that it stands for, also those that are drawn together as one letter.

    Where a letter is drawn by two glyphs, such as ị by an i and a dot below, WeasyPrint gives all of the text to the second
    and none to the first. Readers then make up a letter from the first one's number, or lose every i of the page.
    """
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/ToUnicode" in item:
            own = _own_letters(item)
            item.ToUnicode.write(_GLYPH.sub(partial(_named, own), item.ToUnicode.read_bytes()))


def _own_letters(font: pikepdf.Dictionary) -> Mapping[int, frozenset[str]]:
    """Return the letters by which an embedded font itself knows its glyphs."""
    for inner in font.get("/DescendantFonts", pikepdf.Array()):
        program = inner.get("/FontDescriptor", pikepdf.Dictionary()).get("/FontFile2")
        if isinstance(program, pikepdf.Stream) and (read := read_font(program.read_bytes())):
            return read.letters
    return {}


def _named(own: Mapping[int, frozenset[str]], found: re.Match[bytes]) -> bytes:
    text = bytes.fromhex(found[2].decode()).decode("utf-16-be", "replace").strip("\ufeff\0")
    letters = own.get(int(found[1], 16), frozenset())
    marks = letters & set(unicodedata.normalize("NFD", text)[1:])
    if text and not marks:
        return found[0]
    name = min(marks or letters or {_NOTHING})
    return b"<%b> <%b>" % (found[1], name.encode("utf-16-be").hex().encode())


def _share_streams(pdf: pikepdf.Pdf) -> None:
    """Let equal fonts, color profiles and drawings stand once. Nothing else: equal cells of a table are still two cells."""
    shared = _equal_streams(pdf)
    for item in pdf.objects:
        if not _is_tag(item):
            _use(shared, item)


def _is_tag(item: pikepdf.Object) -> bool:
    """Tell whether this is an element of the tags. Most objects are, and none of them holds a stream."""
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem"


def _equal_streams(pdf: pikepdf.Pdf) -> Mapping[tuple[int, int], pikepdf.Object]:
    first: dict[tuple[bytes, bytes], pikepdf.Object] = {}
    shared = {}
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            known = first.setdefault(_likeness(item), item)
            if known.objgen != item.objgen:
                shared[item.objgen] = known
    return shared


def _likeness(stream: pikepdf.Stream) -> tuple[bytes, bytes]:
    return hashlib.sha256(stream.read_raw_bytes()).digest(), stream.stream_dict.unparse()


def _use(shared: Mapping[tuple[int, int], pikepdf.Object], holder: pikepdf.Object) -> None:
    if isinstance(holder, pikepdf.Array):
        keys: list[Any] = list(range(len(holder)))
    elif isinstance(holder, pikepdf.Dictionary | pikepdf.Stream):
        keys = list(holder.keys())
    else:
        return
    for key in keys:
        value = holder[key]
        if key == _LOOK and isinstance(value, pikepdf.Stream):
            continue
        if isinstance(value, pikepdf.Object) and value.is_indirect:
            if value.objgen in shared:
                holder[key] = shared[value.objgen]
        else:
            _use(shared, value)
