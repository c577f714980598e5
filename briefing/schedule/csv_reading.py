"""Text with separators, as most programs export it, into a table. What cannot be told for sure is refused."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from briefing.errors import InputError, Problem
from briefing.schedule.tables import Line, Table, as_table
from briefing.spreadsheets.limits import MOST_COLUMNS, MOST_ROWS

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)  # the first begins like that of UTF-16
_SAVE_AS_UTF8 = "Save it as CSV UTF-8, or as .xlsx."


def read_csv(data: bytes) -> Table | None:
    """Read a table; None when nothing stands in it.

    Raises:
        InputError: it is no text, its quotes do not close, or it is larger than a day can be.
    """
    text, notes = _decoded(data)
    separator, text = _named_separator(text)
    lines = tuple(_lines(text, separator or _likeliest_separator(text)))
    return as_table("csv", lines, notes)


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text, and what was assumed about its letters."""
    if data.startswith(_WIDE_MARKS):
        raise InputError(Problem("not-text", "the schedule", "its letters are written in UTF-32.", _SAVE_AS_UTF8))
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    notes: tuple[str, ...] = ()
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252") if not marked else "\0"
        except UnicodeDecodeError:
            text = "\0"
        notes = ("The file is not UTF-8, so it was read as Windows-1252 (Western Europe). Look at the letters with accents.",)
    if "\0" in text:
        raise InputError(Problem("not-text", "the schedule", "it is no text that can be read for sure.", _SAVE_AS_UTF8))
    return text, notes


def _named_separator(text: str) -> tuple[str | None, str]:
    """Read a first line such as `sep=;`. Spreadsheet programs do not show it, so it does not count as a row."""
    first, _, rest = text.partition("\n")
    first = first.rstrip("\r")
    if first.casefold().startswith("sep=") and (separator := first[4:]) in _SEPARATORS:
        return separator, rest
    return None, text


def _likeliest_separator(text: str) -> str:
    """Return the separator that parts the first line with anything in it into the most cells."""
    counts = {separator: _width(text, separator) for separator in _SEPARATORS}
    most = max(counts.values())
    found = [separator for separator, count in counts.items() if count == most]
    if len(found) > 1 and most > 1:
        names = " or ".join(_SEPARATORS[separator] for separator in found)
        problem = f"it cannot be told whether {names} part its cells."
        raise InputError(Problem("separator-unclear", "the schedule, row 1", problem, "Add a first line that says it: sep=;"))
    return found[0]


def _width(text: str, separator: str) -> int:
    """Count the cells of the first line with anything in it; a line that cannot be read has none."""
    try:
        return next((len(cells) for cells in _reader(text, separator) if any(map(str.strip, cells))), 0)
    except csv.Error:
        return 0


def _lines(text: str, separator: str) -> Iterator[Line]:
    reader, number = _reader(text, separator), 0
    try:
        for number, cells in enumerate(reader, 1):
            line = Line(number, tuple(cell if cell.strip() else None for cell in cells))
            if not line.is_blank and (number > MOST_ROWS or len(cells) > MOST_COLUMNS):
                raise InputError(_too_large())
            yield line
    except csv.Error:
        place = f"the schedule, row {number + 1}"
        problem = "a quotation mark is not closed, or text stands after it, so that rows could run into each other."
        raise InputError(Problem("quotes", place, problem, "Close it there, or save the schedule anew.")) from None


def _too_large() -> Problem:
    problem = f"it has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns."
    return Problem("too-large", "the schedule", problem, "Give the schedule of one day.")


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    # Strict: a quotation mark that is not closed would swallow the rows of other patients.
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
