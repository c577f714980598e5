"""The list of exceptions as a table for a spreadsheet program. No cell of it can start a formula there."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator

from briefing.day.exceptions import KINDS, ExceptionList
from briefing.wording import Wording

_STARTS = "=+-@\t\r\n|%"  # what makes a program take a cell for something to work out; the wide forms fold into these
_BOM = "\ufeff"  # by it, spreadsheet programs know that the text is UTF-8


def exceptions_csv(listed: ExceptionList, wording: Wording) -> bytes:
    """Return the list as CSV: one line for each sentence, the most urgent first.

    Args:
        listed: the list.
        wording: in the clinic's language.
    """
    out = io.StringIO(newline="")
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerows(map(_safe_row, (_heading(wording), *_rows(listed, wording))))
    return (_BOM + out.getvalue()).encode()


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula: one that looks like it gets an apostrophe before it."""
    seen = unicodedata.normalize("NFKC", text).lstrip(" ")
    return f"'{text}" if seen.startswith(tuple(_STARTS)) else text


def _safe_row(cells: Iterable[str]) -> list[str]:
    return [safe_cell(cell) for cell in cells]


def _heading(wording: Wording) -> tuple[str, ...]:
    keys = ("desk_urgency", "desk_kind", "desk_time", "desk_who", "desk_born", "desk_place", "desk_packet", "desk_what")
    return tuple(wording[key] for key in keys)


def _rows(listed: ExceptionList, wording: Wording) -> Iterator[tuple[str, ...]]:
    for line in listed.lines:
        urgency, kind = str(KINDS.index(line.kind) + 1), wording[f"desk_{line.kind}"]
        about = (urgency, kind, line.clock, line.name, line.born or "", line.place, line.packet or "")
        yield from ((*about, str(sentence)) for sentence in line.sentences)
    yield from ((str(len(KINDS) + 1), wording["desk_for_all"], "", "", "", "", "", warning) for warning in listed.for_all)
