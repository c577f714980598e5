"""A table as values: a line of headings, and lines of cells, each with its place as a spreadsheet program shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that is not empty, but whose value nobody can tell.

    It must never pass for an empty cell: that would turn what was written into "not given".
    """

    why: Literal["error", "no-result", "merged", "unknown"]


Value = str | Decimal | bool | date | datetime | time | Unreadable | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its number, and its cells from column A on."""

    number: int
    cells: tuple[Value, ...] = field(repr=False)

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read.

    Attributes:
        kind: csv, xlsx or ods.
        heading: its first line with anything in it.
        lines: the lines below, without blank ones.
        notes: what was assumed while reading it.
    """

    kind: str
    heading: Line
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def as_table(kind: str, lines: Sequence[Line], notes: Sequence[str] = ()) -> Table | None:
    """Take the first line with anything in it for the heading; None when all are blank."""
    filled = [line for line in lines if not line.is_blank]
    return Table(kind, filled[0], tuple(filled[1:]), tuple(notes)) if filled else None


def letters(index: int) -> str:
    """Return the letters that a spreadsheet program shows for a column, counted from 0."""
    text = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
