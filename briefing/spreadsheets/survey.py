"""A first look at a sheet's own XML: how far it reaches, and which cells are not what they will seem to be.

The library that reads the values gives an empty text for an error, for a formula without a result and for the covered
cells of a merged range. None of them is an empty cell, so they are found here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from briefing.spreadsheets.limits import MOST_COLUMNS, MOST_ROWS
from briefing.spreadsheets.refusal import refused

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RANGE = re.compile(r"([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})")
# Programs write a million formatted rows with nothing in them. Each says its own place, so none is missed when it is gone.
_EMPTY_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]+")?/>')
_EMPTY_ROW = re.compile(rb'<row r="[0-9]{1,7}"[^<>]*(?:/>|></row>)')
_HIDING = ("collapse", "filter")
_SAVE_ANEW = "Open it in its program and save it anew as .xlsx."
_MOST_COVERED = MOST_ROWS * 10


@dataclass(slots=True)
class Survey:
    """What was found in one sheet: cells that hold something, traps by place, and how many rows are hidden."""

    filled: set[tuple[int, int]] = field(default_factory=set)
    traps: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: int = 0

    def fill(self, place: tuple[int, int]) -> None:
        """Take note of a cell that holds something; too far away is refused at once."""
        if place[0] >= MOST_ROWS or place[1] >= MOST_COLUMNS:
            problem = f"something stands beyond row {MOST_ROWS} or beyond column {MOST_COLUMNS}."
            raise refused("too-large", problem, "Delete the rows and columns beyond the list, and save it.")
        self.filled.add(place)

    def trap(self, place: tuple[int, int], why: str) -> None:
        """Take note of a cell that would seem empty."""
        self.fill(place)
        self.traps[place] = why


def survey_xlsx(xml: bytes) -> Survey:
    """Look through a worksheet.

    Raises:
        RefusedError: it is broken, hostile or too large.
    """
    survey = _Xlsx()
    _parse(_EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", xml)), survey)
    return survey.found


def survey_ods(xml: bytes, sheet: str) -> Survey:
    """Look through one sheet of an OpenDocument's content."""
    survey = _Ods(sheet)
    _parse(xml, survey)
    return survey.found


def elements_of(xml: bytes, name: str) -> list[Mapping[str, str]]:
    """Return the attributes of every element of a name, in their order."""
    collector = _Collector(name)
    _parse(xml, collector)
    return collector.found


class _Handler:
    """What is done at each element's beginning, its end, and at text."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, data: str) -> None:
        """Take a piece of text."""


def _parse(xml: bytes, handler: _Handler) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        raise refused("schedule-broken", "a part of it is no well-formed XML.", _SAVE_ANEW) from None


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _refuse_doctype(*_: object) -> None:
    raise refused("schedule-broken", "it declares XML entities, which no spreadsheet program does.", _SAVE_ANEW)


class _Collector(_Handler):
    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Mapping[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == self.name:
            self.found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})


class _Xlsx(_Handler):
    def __init__(self) -> None:
        self.found = Survey()
        self.row, self.column = -1, -1
        self.place: str | None = None
        self.error = self.formula = self.value = self.collects = self.hidden = self.row_is_filled = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "c":  # there may be millions of them, so no more is done here than must be
            self.place = attributes.get("r")
            self.column = self.column + 1 if self.place is None else _place(self.place)[1]
            self.error = attributes.get("t") == "e"
            self.formula = self.value = False
        elif name == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdecimal() else self.row + 1
            self.column = -1
            self.row_is_filled = False
            self.hidden = attributes.get("hidden") in ("1", "true")
        elif name == "f":
            self.formula = True
        elif name in ("v", "t"):
            self.collects = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        name = _local(name)
        if name in ("v", "t"):
            self.collects = False
        elif name == "c":
            if self.error or self.formula or self.value:
                self._cell()
        elif name == "row" and self.hidden and self.row_is_filled:
            self.found.hidden_rows += 1

    def _cell(self) -> None:
        if self.place is not None:
            self.row = _place(self.place)[0]
        self.row_is_filled = True
        if self.error:
            self.found.trap((self.row, self.column), "error")
        elif self.formula and not self.value:
            self.found.trap((self.row, self.column), "no-result")
        else:
            self.found.fill((self.row, self.column))

    def text(self, data: str) -> None:
        self.value = self.value or (self.collects and bool(data.strip()))

    def _merge(self, reference: str) -> None:
        found = _RANGE.fullmatch(reference)
        if not found:
            return
        (top, left), (bottom, right) = _place(found[1]), _place(found[2])
        if (bottom - top + 1) * (right - left + 1) > _MOST_COVERED:
            raise refused("too-large", "a merged range covers more than a schedule can be.", "Part the merged cells.")
        if any((row, column) in self.found.filled for row in range(top, bottom + 1) for column in range(left, right + 1)):
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    self.found.trap((row, column), "merged")


class _Ods(_Handler):
    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.found = Survey()
        self.inside = self.hidden = self.collects = self.seen = self.row_is_filled = False
        self.row = self.column = 0
        self.attributes: dict[str, str] = {}
        self.trap = ""
        self.repeated_rows = self.repeated_cells = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        short = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "table":
            self.inside = short.get("name") == self.sheet
            self.row = 0
        elif not self.inside:
            return
        elif name == "table-row":
            self.column = 0
            self.row_is_filled = False
            self.repeated_rows = _count(short.get("number-rows-repeated"))
            self.hidden = short.get("visibility") in _HIDING
        elif name in ("table-cell", "covered-table-cell"):
            self.repeated_cells = _count(short.get("number-columns-repeated"))
            self.attributes, self.seen = attributes, False
            self.trap = _ods_trap(name, attributes)
        elif name == "p":
            self.collects = True

    def end(self, name: str) -> None:
        name = _local(name)
        if name == "table":
            self.inside = False
        elif not self.inside:
            return
        elif name == "p":
            self.collects = False
        elif name in ("table-cell", "covered-table-cell"):
            self._cell()
            self.column += self.repeated_cells
        elif name == "table-row":
            if self.hidden and self.row_is_filled:
                self.found.hidden_rows += self.repeated_rows
            self.row += self.repeated_rows

    def text(self, data: str) -> None:
        self.seen = self.seen or (self.collects and bool(data.strip()))

    def _cell(self) -> None:
        if not (self.trap or self.seen or _ods_holds_value(self.attributes)):
            return
        self.row_is_filled = True
        if self.repeated_rows * self.repeated_cells > _MOST_COVERED:
            raise refused("too-large", "one cell is repeated more often than a schedule has cells.", _SAVE_ANEW)
        for row in range(self.row, self.row + self.repeated_rows):
            for column in range(self.column, self.column + self.repeated_cells):
                if self.trap:
                    self.found.trap((row, column), self.trap)
                else:
                    self.found.fill((row, column))


def _ods_trap(name: str, attributes: Mapping[str, str]) -> str:
    """Say why an OpenDocument cell is not what it will seem to be, or nothing."""
    if name == "covered-table-cell":
        return "merged"
    if attributes.get("calcext:value-type") == "error":
        return "error"
    if "table:formula" in attributes and "office:value-type" not in attributes:
        return "no-result"
    spans = (attributes.get("table:number-columns-spanned", "1"), attributes.get("table:number-rows-spanned", "1"))
    return "merged" if spans != ("1", "1") else ""


def _ods_holds_value(attributes: Mapping[str, str]) -> bool:
    return "office:value-type" in attributes and attributes["office:value-type"] != "string"


def _place(reference: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(reference)
    if not found:
        raise refused("schedule-broken", "a cell of it has no place.", _SAVE_ANEW)
    return int(found[2]) - 1, _column(found[1])


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 7 else 1  # noqa: PLR2004 - no sheet has more rows
