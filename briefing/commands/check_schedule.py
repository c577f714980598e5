"""What `briefing check` tells of a day's schedule: how its columns were understood, every problem of every row, flags, counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from briefing.catalogue import Catalogue, read_catalogue
from briefing.commands.making import day_of_issue
from briefing.commands.reporting import Reporter
from briefing.errors import BriefingError, InputError, Problem
from briefing.schedule import Row, Schedule, read_schedule
from briefing.selection import choose_documents


def check_schedule(path: Path, clinic_folder: Path | None, issued_on: datetime | None, reporter: Reporter) -> None:
    """Read a schedule and tell all that is to be told of it.

    Raises:
        InputError: with every problem of every row.
    """
    catalogue = read_catalogue(clinic_folder)
    schedule = read_schedule(path, catalogue, day_of_issue(issued_on, catalogue.clinic))
    rows = [_with_documents(row, catalogue) for row in schedule.rows]
    problems = [problem for row in rows for problem in row.problems]
    told = "\n".join(_told(schedule, rows))
    data = _data(schedule, rows)
    if problems:
        reporter.say(told)
        raise InputError(problems, data)
    reporter.result(told, {"problems": [], **data})


def _with_documents(row: Row, catalogue: Catalogue) -> Row:
    """Choose a row's documents, as its packet will; what stops that is a problem of the row."""
    if row.request is None:
        return row
    try:
        choose_documents(catalogue, row.request)
    except BriefingError as error:
        found: list[Problem] = [replace(problem, where=f"{row.place}: {problem.where}") for problem in error.problems]
        return replace(row, request=None, problems=(*row.problems, *found))
    return row


def _told(schedule: Schedule, rows: list[Row]) -> Iterator[str]:
    yield from schedule.understood
    yield from schedule.notes
    for row in rows:
        for flag in row.flags:
            yield f"{flag.where}: {flag.problem}\n    {flag.what_to_do}"
    counts = _counts(rows)
    yield f"{counts['rows']} rows: {counts['right']} right, {counts['stopped']} stopped, {counts['flagged']} flagged."


def _counts(rows: list[Row]) -> dict[str, int]:
    stopped = sum(1 for row in rows if row.problems)
    return {
        "rows": len(rows),
        "right": len(rows) - stopped,
        "stopped": stopped,
        "flagged": sum(1 for row in rows if row.flags),
    }


def _data(schedule: Schedule, rows: list[Row]) -> dict[str, object]:
    return {
        "schedule": {
            "kind": schedule.kind,
            "columns": [{"heading": heading, "field": field} for heading, field in schedule.columns],
            "understood": schedule.understood,
            "left_out": schedule.left_out,
            "notes": schedule.notes,
            **_counts(rows),
            "flags": [flag.as_dict() for row in rows for flag in row.flags],
        }
    }
