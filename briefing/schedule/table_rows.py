"""From the lines of a table to the patients of the day, by the columns as they were understood."""

from __future__ import annotations

from collections.abc import Iterator

from briefing.errors import Problem
from briefing.schedule.columns import Column, Understanding
from briefing.schedule.entries import Entry, Given
from briefing.schedule.tables import Line, Table, letters


def entries_of(table: Table, understanding: Understanding) -> Iterator[Entry]:
    """Yield the patients of a table in their order."""
    for line in table.lines:
        given = {column.field: given for column in understanding.columns if (given := _given(line, column))}
        yield Entry(f"row {line.number}", given, tuple(_shifted(line, table)))


def _given(line: Line, column: Column) -> Given | None:
    cell = line.cells[column.index] if column.index < len(line.cells) else None
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    return Given(cell, column.place, column.unit)


def _shifted(line: Line, table: Table) -> Iterator[Problem]:
    """Tell of a line with other cells than the heading: what stands in which column is then a guess."""
    width = len(table.heading.cells)
    beyond = [index for index, cell in enumerate(line.cells[width:], width) if cell is not None]
    if beyond:
        place, problem = f"row {line.number}, column {letters(beyond[0])}", "a cell stands beyond the last heading."
    elif table.kind == "csv" and len(line.cells) < width:
        place, problem = f"row {line.number}", "it has fewer cells than the heading, so its cells may stand in the wrong columns."
    else:
        return
    yield Problem(
        "row-shifted", place, problem, "Look for a separator too many or too few in this row, or save the schedule as .xlsx."
    )
