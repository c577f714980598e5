"""Nothing that acts, and nothing that tells of its past, goes along: scripts, files inside of files, histories, signatures.

Only what the pages draw with is copied to the new file. This takes out of that what could still lead elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from briefing.inserts.content import unmarked
from briefing.inserts.refusal import broken
from briefing.inserts.survey import Survey

_USED = ("/ColorSpace", "/ExtGState", "/Font", "/Pattern", "/Shading", "/XObject")
_GONE = (
    "/Metadata", "/PieceInfo", "/LastModified", "/AF", "/OC", "/OPI", "/Alternates", "/Ref", "/StructParent", "/StructParents",
    "/Measure", "/PtData", "/F", "/FFilter", "/FDecodeParms", "/Interpolate",
)  # fmt: skip
_ACTIONS = (
    "/GoTo", "/GoToR", "/GoToE", "/GoToDp", "/GoTo3DView", "/Launch", "/Thread", "/URI", "/Sound", "/Movie", "/Hide", "/Named",
    "/SubmitForm", "/ResetForm", "/ImportData", "/JavaScript", "/SetOCGState", "/Rendition", "/Trans", "/RichMediaExecute",
)  # fmt: skip
_PACKED = ("/FlateDecode", "/Fl", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode")
_DEEPEST = 40


def used_resources(resources: Any) -> pikepdf.Dictionary:
    """Return what a page can draw with, and nothing else that may stand beside it."""
    kept = pikepdf.Dictionary()
    for kind in _USED:
        table = resources.get(kind) if isinstance(resources, pikepdf.Dictionary) else None
        if isinstance(table, pikepdf.Dictionary):
            kept[kind] = pikepdf.Dictionary(dict(table.items()))
    return kept


def take_marks_off(survey: Survey) -> None:
    """Take the marks off the drawings that were found: the tags hold pieces of pages only."""
    for drawing, resources in survey.drawings:
        if (data := unmarked(drawing, resources)) is not None:
            drawing.write(data)


def clean(pdf: pikepdf.Pdf) -> None:
    """Take out of a new file whatever could act, lead out of it, or tell of its past.

    Args:
        pdf: the new file, before its tags and links are written.

    Raises:
        RefusedError: a font, drawing or picture is damaged.
    """
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            _see_that_it_is_whole(item)
            for key in _GONE:
                if key in item:
                    del item[key]
        for table in _tables(item, 0):
            if str(table.get("/S", "")) in _ACTIONS or isinstance(table.get("/JS"), pikepdf.String | pikepdf.Stream):
                for key in list(table.keys()):
                    del table[key]


def _see_that_it_is_whole(stream: pikepdf.Stream) -> None:
    """Unpack a stream: a packed one has a checksum. Pictures in formats of their own are left to whoever draws them."""
    filters = stream.get("/Filter", pikepdf.Array())
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if set(names) <= set(_PACKED):
        try:
            stream.read_bytes()
        except pikepdf.PdfError:
            raise broken("a font, drawing or picture is damaged") from None


def _tables(item: Any, depth: int) -> Iterator[Any]:
    """Yield the dictionaries inside an object, itself included."""
    if depth > _DEEPEST:
        return
    if isinstance(item, pikepdf.Dictionary):
        yield item
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        values = [item[key] for key in list(item.keys())]
    else:
        values = list(item) if isinstance(item, pikepdf.Array) else []
    for value in values:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            yield from _tables(value, depth + 1)
