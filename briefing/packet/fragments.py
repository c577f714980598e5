"""What a page break cut is one element again: a table, list or paragraph over two pages is read as one.

WeasyPrint tags each page by itself. `internals.sources_told` wrote into each element which HTML element it came from; two
with the same source on different pages are pieces of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pypdf.generic import DictionaryObject, NameObject

from briefing.internals import SOURCE
from briefing.packet.pdf_objects import all_elements, elements_of, is_element, kids_of, kind_of, set_kids

_SOURCE = NameObject(f"/{SOURCE}")
_REPEATED = ("/THead", "/TFoot")  # drawn on each page of a table; one is enough to read
_KEPT_EMPTY = ("/TD", "/TH")  # a row has as many cells as it has, with or without words


def join_fragments(top: DictionaryObject) -> None:
    """Join what belongs together under an element, leave out what is there for the eye only, and forget the sources."""
    _join_under(top)
    for element in all_elements(top):
        element.pop(_SOURCE, None)
    _leave_out_empty(top)


def _join_under(parent: DictionaryObject) -> None:
    for pieces in _pieces(elements_of(parent)):
        first, *later = pieces
        if kind_of(first) not in _REPEATED:
            set_kids(first, [kid for piece in pieces for kid in kids_of(piece)])
        _take_out(parent, later)
    for element in elements_of(parent):
        _join_under(element)


def _pieces(elements: Iterable[DictionaryObject]) -> Iterator[Sequence[DictionaryObject]]:
    """Yield the elements that are pieces of one, in the order of their pages."""
    groups: dict[tuple[str, str], list[DictionaryObject]] = defaultdict(list)
    for element in elements:
        if _SOURCE in element:
            groups[str(element[_SOURCE]), kind_of(element)].append(element)
    for pieces in groups.values():
        # Two on one page are lines of a link or the like. Content itself counts by its page, so it stays in its own element.
        pages = {element.raw_get("/Pg") for element in pieces}
        if len(pages) == len(pieces) > 1 and all(_has_elements_only(element) for element in pieces):
            yield pieces


def _has_elements_only(element: DictionaryObject) -> bool:
    return all(is_element(kid) for kid in kids_of(element))


def _take_out(parent: DictionaryObject, gone: Sequence[DictionaryObject]) -> None:
    places = {element.indirect_reference for element in gone}
    set_kids(parent, [kid for kid in kids_of(parent) if not _is_one_of(kid, places)])


def _is_one_of(kid: Any, places: set[Any]) -> bool:
    return is_element(kid) and kid.get_object().indirect_reference in places


def _leave_out_empty(parent: DictionaryObject) -> None:
    """Leave out boxes that only draw something, such as the bullet of a list."""
    for element in list(elements_of(parent)):
        _leave_out_empty(element)
    empty = [element for element in elements_of(parent) if not kids_of(element) and kind_of(element) not in _KEPT_EMPTY]
    if empty:
        _take_out(parent, empty)
