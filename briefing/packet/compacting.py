"""Small, and the same bytes every time: pikepdf writes what pypdf bound."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from typing import Any

import pikepdf
from pypdf import PdfWriter


def compact(writer: PdfWriter) -> bytes:
    """Return the bytes of a packet."""
    written, small = io.BytesIO(), io.BytesIO()
    writer.write(written)
    with pikepdf.open(written) as pdf:
        _name_every_glyph(pdf)
        _share_streams(pdf)
        pdf.save(small, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return small.getvalue()


_NAMELESS_GLYPH = re.compile(rb"(<[0-9a-f]{4}>) <(?:feff|0000)?>")


def _name_every_glyph(pdf: pikepdf.Pdf) -> None:
    """Give glyphs that stand for no letter of their own, such as an accent, a text that shows nothing.

    WeasyPrint leaves their text empty, and readers then make up a letter from the glyph's number: the dot below in a
    Vietnamese name was read as L.
    """
    for item in pdf.objects:
        is_font = isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
        if is_font and isinstance(item.get("/ToUnicode"), pikepdf.Stream):
            item.ToUnicode.write(_NAMELESS_GLYPH.sub(rb"\1 <200b>", item.ToUnicode.read_bytes()))


# How a field looks. Some programs draw what is typed into one field into this very stream: it would stand in all that share it.
_LOOK = "/N"


def _share_streams(pdf: pikepdf.Pdf) -> None:
    """Let equal fonts, color profiles and drawings stand once. Nothing else: equal cells of a table are still two cells."""
    shared = _equal_streams(pdf)
    for item in pdf.objects:
        _use(shared, item)


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
