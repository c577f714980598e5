"""Which header belongs to which cell, worked out anew on the joined table. WeasyPrint knows only its piece on one page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from briefing.packet.pdf_objects import all_elements, dictionary, elements_of, kind_of, resolved

_CELLS = ("/TH", "/TD")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell with the rows and columns it covers."""

    element: DictionaryObject
    rows: range
    columns: range

    @property
    def is_header(self) -> bool:
        return kind_of(self.element) == "/TH"

    @property
    def attributes(self) -> DictionaryObject:
        return _attributes(self.element)

    def heads(self, other: _Cell) -> bool:
        """Tell whether this is a header of another cell: in its rows, or above it in its columns."""
        if not self.is_header or other.is_header:
            return False
        if self.attributes.get("/Scope") == "/Row":
            return _meet(self.rows, other.rows)
        return _meet(self.columns, other.columns) and self.rows.start < other.rows.start


def relate_cells(top: DictionaryObject, prefix: str) -> None:
    """Give each header a name of its own, and each cell the names of its headers.

    Args:
        top: the element of a document.
        prefix: what the names start with, so that no other document has the same.
    """
    tables = [element for element in all_elements(top) if kind_of(element) == "/Table"]
    for number, table in enumerate(tables, 1):
        cells = list(_cells(list(_rows(table))))
        for cell in cells:
            _name(cell, f"{prefix}.table-{number}.{cell.rows.start + 1}.{cell.columns.start + 1}")
        for cell in cells:
            _relate(cell, cells)


def _rows(parent: DictionaryObject) -> Iterator[DictionaryObject]:
    for element in elements_of(parent):
        if kind_of(element) == "/TR":
            yield element
        elif kind_of(element) not in (*_CELLS, "/Table"):
            yield from _rows(element)


def _cells(rows: Sequence[DictionaryObject]) -> Iterator[_Cell]:
    taken: set[tuple[int, int]] = set()
    for row, element in enumerate(rows):
        column = 0
        for cell in elements_of(element):
            while (row, column) in taken:
                column += 1
            attributes = _attributes(cell)
            height, width = int(attributes.get("/RowSpan", 1)), int(attributes.get("/ColSpan", 1))
            placed = _Cell(cell, range(row, row + height), range(column, column + width))
            taken.update((y, x) for y in placed.rows for x in placed.columns)
            yield placed


def _attributes(cell: DictionaryObject) -> DictionaryObject:
    found = resolved(cell.get("/A"))
    if not isinstance(found, DictionaryObject):
        found = dictionary(O=NameObject("/Table"))
        cell[NameObject("/A")] = found
    return found


def _name(cell: _Cell, name: str) -> None:
    cell.element.pop("/ID", None)
    if cell.is_header:
        cell.element[NameObject("/ID")] = TextStringObject(name)


def _relate(cell: _Cell, cells: Sequence[_Cell]) -> None:
    cell.attributes.pop("/Headers", None)
    if headers := [other.element["/ID"] for other in cells if other.heads(cell)]:
        cell.attributes[NameObject("/Headers")] = ArrayObject(headers)


def _meet(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop
