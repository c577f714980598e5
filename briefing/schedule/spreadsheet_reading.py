"""Starts a process of its own for a spreadsheet, and turns what it tells into a table.

A broken or hostile file can make a library run for ever, eat all memory or crash. There, it ends that process only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType

from briefing.errors import InputError, Problem
from briefing.resources import PACKAGE
from briefing.schedule.tables import Line, Table, Unreadable, Value, as_table
from briefing.spreadsheets.limits import SECONDS

# `-I` keeps the working folder and the environment out of Python's path; so it is told where Briefing lies.
_START = """
import sys
sys.path.insert(0, sys.argv[1])
import briefing
del sys.path[0]
from briefing.spreadsheets.apart import main
main()
"""
_TAGS: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "number": Decimal,
        "date": date.fromisoformat,
        "datetime": datetime.fromisoformat,
        "time": time.fromisoformat,
        "unreadable": Unreadable,  # type: ignore[dict-item]  # one of the words that are written there
    }
)
_TOO_MUCH = Problem(
    "schedule-too-much",
    "the schedule",
    "reading it takes more time or memory than the schedule of a day may.",
    "Copy the rows into a new file, and save it as .xlsx.",
)


def read_spreadsheet(data: bytes, kind: str, sheet: str | None) -> Table | None:
    """Read a spreadsheet into a table; None when nothing stands in it.

    Args:
        data: the file's bytes.
        kind: xlsx or ods.
        sheet: the name of the sheet to read, if the clinic gives one.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    asked = json.dumps({"kind": kind, "sheet": sheet}).encode() + b"\n" + data
    command = [sys.executable, "-I", "-c", _START, str(PACKAGE.parent)]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own code
    except subprocess.TimeoutExpired:
        raise InputError(_TOO_MUCH) from None
    if done.returncode or not done.stdout:
        raise InputError(_TOO_MUCH)
    told = json.loads(done.stdout)
    if "problem" in told:
        raise InputError(replace(_TOO_MUCH, **told["problem"]))
    lines = [Line(number, tuple(map(_value, cells))) for number, cells in enumerate(told["rows"], 1)]
    return as_table(kind, lines, told["notes"])


def _value(cell: str | bool | dict[str, str] | None) -> Value:
    if isinstance(cell, dict):
        ((tag, text),) = cell.items()
        return _TAGS[tag](text)
    return cell or None if isinstance(cell, str) else cell
