"""What Briefing touches inside pypdf and WeasyPrint although it is not theirs to promise. `check_internals` tells if it moved."""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import IndirectObject, PdfObject

# These stand in tagged elements of a printed document; binding reads them and takes them out.
SOURCE = "BriefingSource"  # in each: which HTML element it came from
PART, LINE = "BriefingPart", "BriefingLine"  # in some: which part of its document it is of; what a line is to be filled with
_TOLD_BY_HTML = {"data-part": PART, "data-line": LINE}
_BUILDER = "_build_box_tree"
_BUILDER_TAKES = ("box", "parent", "pdf", "page_number", "nums", "annotations", "tags")
_LIST_NUMBERING = {"ol": "/Decimal", "ul": "/Disc"}
_LAST_SIMPLE_LETTER = "\u024f"  # up to here, a letter is one glyph
_ROW_SCOPES = ("row", "rowgroup")


def add_object(writer: PdfWriter, value: PdfObject) -> IndirectObject:
    """Give an object a number of its own in a file that is being written; pypdf has no public way."""
    return writer._add_object(value)  # noqa: SLF001 - see the module


@contextmanager
def sources_told() -> Iterator[None]:
    """While this lasts, WeasyPrint tells of each tagged element which HTML element it came from.

    It tags every page by itself and forgets what the HTML said: that two tables are one table over two pages, which cells
    a header is for, in which language a paragraph is. No element is added, moved or left out here.

    Text that runs from right to left is drawn, and so written into the file, from its end, and letters that are shaped or
    put together are written as their parts: such text is told as it was typed.
    """
    from weasyprint.pdf import tags  # costs 0.5 s, so only when printing

    original, numbers = getattr(tags, _BUILDER), dict[Any, int]()

    def build(box: Any, parent: Any, pdf: Any, page: Any, content: Any, annotations: Any, drawn: Any) -> Iterator[Any]:
        typed = dict(_shaped_texts(box, drawn))
        for element in original(box, parent, pdf, page, content, annotations, drawn):
            _tell_typed(typed, content, pdf)
            if (html := _html_element(box)) is not None:
                _tell(element, parent, f"{numbers.setdefault(html, len(numbers))} {_inner(box).element_tag}", html)
            yield element

    setattr(tags, _BUILDER, build)
    try:
        yield
    finally:
        setattr(tags, _BUILDER, original)


def _inner(box: Any) -> Any:
    return getattr(box, "_box", box)  # an absolutely placed box comes in a wrapper


def _html_element(box: Any) -> Any:
    inner = _inner(box)
    return None if inner.element is None or inner.element_tag in ("html", "body") else inner.element


def _shaped_texts(box: Any, drawn: Any) -> Iterator[tuple[int, str]]:
    """Yield number and text of each piece right under a box that is not drawn letter by letter."""
    for child in getattr(_inner(box), "children", ()):
        for piece in (child, *getattr(child, "children", ())):
            text = getattr(piece, "text", "")
            if any(map(_is_shaped, text)) and piece in drawn:
                yield drawn[piece]["mcid"], text


def _is_shaped(letter: str) -> bool:
    return letter > _LAST_SIMPLE_LETTER and unicodedata.category(letter)[0] in "LM"


def _tell_typed(typed: Mapping[int, str], content: Any, pdf: Any) -> None:
    import pydyf  # comes with WeasyPrint

    for number, text in typed.items():
        element = pdf.objects[int(content[number].split()[0])] if number in content else {"S": "/Link"}
        if element["S"] != "/Link":  # a link holds its texts itself, and would be read as this one alone
            element["ActualText"] = pydyf.String(text)


def _tell(element: Any, parent: Any, source: str, html: Any) -> None:
    """Write down where an element came from. A box that WeasyPrint made up inside another one is no element of its own."""
    import pydyf  # comes with WeasyPrint

    made_up = parent.get(SOURCE) == pydyf.String(source) and element["S"] != "/LBody"
    if SOURCE in element or made_up:
        return
    element[SOURCE] = pydyf.String(source)
    if "::" in source:
        return
    for attribute, key in _TOLD_BY_HTML.items():
        if html.get(attribute):
            element[key] = pydyf.String(html.get(attribute))
    if html.get("lang"):
        element["Lang"] = pydyf.String(html.get("lang"))
    if element["S"] == "/TH":
        element["A"]["Scope"] = "/Row" if html.get("scope") in _ROW_SCOPES else "/Column"
    if element["S"] == "/L" and html.tag in _LIST_NUMBERING:
        element["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": _LIST_NUMBERING[html.tag]})


def check_internals() -> Mapping[str, bool]:
    """Tell of each private part whether it is still as this module expects it."""
    from weasyprint.pdf import tags  # as above

    builder = getattr(tags, _BUILDER, None)
    return {
        "pypdf.PdfWriter._add_object": callable(getattr(PdfWriter, "_add_object", None)),
        f"weasyprint.pdf.tags.{_BUILDER}": builder is not None and tuple(inspect.signature(builder).parameters) == _BUILDER_TAKES,
    }
