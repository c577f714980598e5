"""What runs in a process of its own, held to its time and memory: a spreadsheet's bytes into plain cells.

It reads an order and the file from its standard input, and writes what became of it to its standard output. Whatever the
file does to the libraries that read it, it does here.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from posixpath import normpath

import python_calamine

from briefing.spreadsheets.archives import packed, unpacked
from briefing.spreadsheets.limits import BYTES, SECONDS
from briefing.spreadsheets.refusal import RefusedError, refused
from briefing.spreadsheets.survey import Survey, elements_of, survey_ods, survey_xlsx

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # how .xls files begin, and .xlsx files that are locked
_MOMENTS = (("datetime", datetime), ("date", date), ("time", time))  # a datetime is a date, too
_SAVE_ANEW = "Open it in its program and save it anew as .xlsx."


def main() -> None:
    """Answer one order."""
    _hold_to_limits()
    answer = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # libraries may write what they like
    os.dup2(nowhere, 2)
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    order = json.loads(head)
    try:
        told = read_sheet(data, order["kind"], order["sheet"])
    except RefusedError as error:
        told = {"problem": error.problem.as_dict()}
    except Exception:  # whatever a broken file makes of our reading it
        told = {"problem": refused("schedule-broken", "it is built in a way that nobody expects.", _SAVE_ANEW).problem.as_dict()}
    with answer:
        json.dump(told, answer)


def read_sheet(data: bytes, kind: str, sheet: str | None) -> dict[str, object]:
    """Read one sheet: `rows` of tagged cells, and `notes`.

    Raises:
        RefusedError: the file cannot be used, or has more than one sheet with something in it and none is named.
    """
    if data.startswith(_OLD_OFFICE):
        problem = "it is locked with a password, or an old .xls file under another name."
        raise refused("schedule-locked", problem, "Open it in its program and save it as .xlsx without a password.")
    parts = unpacked(data)
    surveys = _surveys(parts, kind)
    try:
        book = python_calamine.load_workbook(io.BytesIO(packed(parts)))
        name, notes = _chosen(surveys, sheet)
        values = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except python_calamine.PasswordError:
        raise refused("schedule-locked", "it is locked with a password.", "Save it without a password.") from None
    except python_calamine.CalamineError:
        raise refused("schedule-broken", "it cannot be read as a spreadsheet.", _SAVE_ANEW) from None
    return {"rows": _rows(values, surveys[name]), "notes": notes}


def _surveys(parts: Mapping[str, bytes], kind: str) -> dict[str, Survey]:
    """Look through every sheet, by its name, in the workbook's order."""
    if kind == "ods":
        if "content.xml" not in parts or "manifest:encryption-data" in parts.get("META-INF/manifest.xml", b"").decode(
            "utf-8", "replace"
        ):
            raise refused("schedule-locked", "it is locked with a password, or no spreadsheet.", "Save it without a password.")
        content = parts["content.xml"]
        return {table["name"]: survey_ods(content, table["name"]) for table in elements_of(content, "table") if "name" in table}
    if "xl/workbook.xml" not in parts:
        raise refused("schedule-broken", "it is no .xlsx file.", _SAVE_ANEW)
    targets = {
        item.get("Id"): item.get("Target", "")
        for item in elements_of(parts.get("xl/_rels/workbook.xml.rels", b""), "Relationship")
    }
    return {
        item["name"]: survey_xlsx(parts[_part_name(targets[item["id"]])])
        for item in elements_of(parts["xl/workbook.xml"], "sheet")
        if _part_name(targets.get(item["id"], "")) in parts
    }


def _part_name(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")


def _chosen(surveys: Mapping[str, Survey], sheet: str | None) -> tuple[str, list[str]]:
    """Choose the sheet that is named, or the only one with something in it."""
    if sheet is not None:
        if sheet not in surveys:
            problem = "it has no sheet of the name that clinic.toml gives."
            raise refused("sheet-unclear", problem, "Correct sheet under [schedule] of clinic.toml, or rename the sheet.")
        name = sheet
    else:
        filled = [name for name, survey in surveys.items() if survey.filled]
        if len(filled) > 1:
            problem = "more than one of its sheets has something in it, a hidden one perhaps."
            advice = "Delete the others, or name yours under [schedule] of clinic.toml: sheet = ..."
            raise refused("sheet-unclear", problem, advice)
        name = next(iter([*filled, *surveys]), "")
        if not name:
            raise refused("schedule-broken", "it has no sheet.", _SAVE_ANEW)
    hidden = surveys[name].hidden_rows
    return name, [f"Rows that are hidden, {hidden} of them, are read like all others."] if hidden else []


def _rows(values: Sequence[Sequence[object]], survey: Survey) -> list[list[object]]:
    """Tag each cell with its type. What holds something and was read as nothing is unreadable, never empty."""
    height = max([len(values), *(row + 1 for row, _ in survey.filled)])
    width = max([0, *map(len, values), *(column + 1 for _, column in survey.filled)])
    rows: list[list[object]] = []
    for row in range(height):
        cells = values[row] if row < len(values) else []
        rows.append([_tagged(cells[column] if column < len(cells) else "", (row, column), survey) for column in range(width)])
    return rows


def _tagged(value: object, place: tuple[int, int], survey: Survey) -> object:
    if why := survey.traps.get(place):
        return {"unreadable": why}
    if value is None or value == "":
        return {"unreadable": "unknown"} if place in survey.filled else None
    if isinstance(value, timedelta) and timedelta(0) <= value < timedelta(days=1):
        value = (datetime.min + value).time()  # a time of day in a format for hours that add up
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return {"number": repr(value)}
    return next(({tag: value.isoformat()} for tag, kind in _MOMENTS if isinstance(value, kind)), {"unreadable": "unknown"})


def _hold_to_limits() -> None:
    """Let this process use so much memory and time, and no more; leave no image of its memory behind."""
    for what, most in ((resource.RLIMIT_AS, BYTES), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        allowed = resource.getrlimit(what)[1]
        top = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (top, allowed))
