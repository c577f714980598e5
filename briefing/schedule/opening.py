"""Opening a schedule of any kind: which kind it is, and the way from its file to its rows."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

from briefing.catalogue import Catalogue
from briefing.errors import InputError, Problem
from briefing.schedule import fhir_rows
from briefing.schedule.columns import Understanding, understand
from briefing.schedule.csv_reading import read_csv
from briefing.schedule.fhir_resources import is_fhir, read_store
from briefing.schedule.mix_ups import stop_and_flag
from briefing.schedule.parts import Schedule
from briefing.schedule.row_reading import read_rows
from briefing.schedule.spreadsheet_reading import read_spreadsheet
from briefing.schedule.table_rows import entries_of
from briefing.schedule.tables import Table, letters
from briefing.schedule_settings import ScheduleSettings

LARGEST_FILE = 50_000_000
_TEXTS = (".csv", ".tsv", ".txt")
_SHEETS = (".xlsx", ".ods")
_REFUSED = (".xls", ".xlsm", ".xlsb", ".numbers")  # spreadsheets nevertheless


def read_schedule(path: Path, catalogue: Catalogue, issued_on: date) -> Schedule:
    """Read a day's schedule: every row, each right or with all its problems.

    Args:
        path: a CSV file, a spreadsheet, or a FHIR file or folder.
        catalogue: with the clinic, whose `[schedule]` says how its lists are to be read.
        issued_on: the day on which the packets are made.

    Raises:
        InputError: the file as a whole cannot be used. What is wrong with one row stands in `Row.problems`.
    """
    if path.is_dir() or path.suffix.casefold() == ".json":
        return _read_fhir(path, catalogue, issued_on)
    settings = catalogue.clinic.schedule if catalogue.clinic else ScheduleSettings()
    table = _table(path, settings)
    if table is None or not table.lines:
        advice = "Export the schedule anew, with its headings in the first row."
        raise InputError(Problem("schedule-empty", "the schedule", "it has no row with a patient.", advice))
    understanding = understand(table.heading, settings)
    rows = stop_and_flag(read_rows(entries_of(table, understanding), catalogue, issued_on))
    return Schedule(
        kind=table.kind,
        rows=tuple(rows),
        columns=tuple((column.heading, column.field) for column in understanding.columns),
        left_out=tuple(text for _, text in understanding.left_out),
        understood=tuple(_in_words(understanding)),
        notes=(*table.notes, *_notes(understanding)),
    )


def _read_fhir(path: Path, catalogue: Catalogue, issued_on: date) -> Schedule:
    entries, notes = fhir_rows.entries_of(read_store(_fhir_files(path)), catalogue.the_clinic())
    rows = stop_and_flag(read_rows(entries, catalogue, issued_on))
    return Schedule(kind="fhir", rows=tuple(rows), notes=tuple(notes))


def _fhir_files(path: Path) -> list[bytes]:
    """Read a file, or the JSON files of a folder in the order of their names. They are never told: they may name a patient."""
    if not path.is_dir():
        return [read_bytes(path)]
    paths = sorted(item for item in path.iterdir() if item.suffix.casefold() == ".json")
    if not paths:
        raise InputError(
            Problem("schedule-empty", "the schedule", "the folder holds no .json file.", "Export the day into it anew.")
        )
    files: list[bytes] = []
    for item in paths:
        files.append(read_bytes(item))
        if sum(map(len, files)) > LARGEST_FILE:
            raise InputError(Problem("too-large", "the schedule", "it is too large.", "Give the schedule of one day."))
    return files


def _table(path: Path, settings: ScheduleSettings) -> Table | None:
    kind = path.suffix.casefold()
    if kind in _TEXTS:
        return read_csv(read_bytes(path))
    if kind in _SHEETS:
        return read_spreadsheet(read_bytes(path), kind.removeprefix("."), settings.sheet)
    raise InputError(
        Problem(
            "schedule-kind",
            "the schedule",
            "files of this kind cannot be read.",
            "Save it as .xlsx, .ods or .csv, or give a FHIR file or folder.",
        )
    )


def is_schedule(path: Path) -> bool:
    """Whether a path is that of a schedule and not of one patient's request: by its ending, or as a folder or FHIR resource."""
    if path.is_dir() or path.suffix.casefold() in (*_TEXTS, *_SHEETS, *_REFUSED):
        return True
    if path.suffix.casefold() != ".json" or not path.is_file():
        return False
    return is_fhir(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Read a regular file that is not larger than any schedule.

    Raises:
        InputError: it cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(Problem("not-a-file", "the schedule", "this is not a regular file.", "Give the path of a file."))
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        problem = f"it cannot be read: {reason}."
        raise InputError(Problem("cannot-read", "the schedule", problem, "Check the path and the rights.")) from None
    if len(data) > LARGEST_FILE:
        raise InputError(Problem("too-large", "the schedule", "it is too large.", "Give the schedule of one day."))
    return data


def _in_words(understanding: Understanding) -> list[str]:
    return [
        f"{column.place} `{column.heading}` -> {column.field}{f' in {column.unit}' if column.unit else ''}, "
        f"{'guessed' if column.guessed else 'by clinic.toml'}"
        for column in understanding.columns
    ]


def _notes(understanding: Understanding) -> list[str]:
    left = [f"Column {letters(index)} `{heading}` is not read." for index, heading in understanding.left_out]
    absent = [f"clinic.toml names the heading `{heading}`, and this file does not have it." for heading in understanding.absent]
    return [*left, *absent]
