"""Schedules for tests: made-up patients as lines of a table, and what became of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from briefing.catalogue import Catalogue
from briefing.errors import Problem
from briefing.schedule import Row, Schedule, read_schedule
from briefing.schedule_settings import ScheduleSettings
from tests.conftest import ISSUED_ON, SAMPLES

RIGHT: Mapping[str, str] = {
    "MRN": "MRN-004217",
    "Name": "Ana Ruiz",
    "DOB": "1986-04-02",
    "Weight": "70 kg",
    "Language": "en",
    "Conditions": "none",
    "Medications": "lamotrigine 100 mg",
    "Allergies": "",
    "Companion": "Luis Ruiz",
    "Companion phone": "+1 555 0100",
    "Starts at": "2026-12-01 09:00",
    "Clinician": "okafor",
    "Stage": "first-session",
    "Session number": "1",
    "Protocol": "iv-depression",
    "For condition": "treatment-resistant depression",
    "Signer": "patient",
}
SAMPLE_DAY = SAMPLES / "schedule.csv"


def table(*changes: Mapping[str, str]) -> list[list[str]]:
    """Return headings and one line for each patient: the right one with changes."""
    return [list(RIGHT), *([{**RIGHT, **change}[heading] for heading in RIGHT] for change in changes)]


def as_csv(rows: Sequence[Sequence[str]], separator: str = ",") -> bytes:
    """Write lines as a program would."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(rows)
    return buffer.getvalue().encode()


def with_settings(catalogue: Catalogue, **settings: object) -> Catalogue:
    """Return the catalogue with another `[schedule]`."""
    assert catalogue.clinic is not None
    changed = ScheduleSettings.model_validate(settings)
    return replace(catalogue, clinic=catalogue.clinic.model_copy(update={"schedule": changed}))


def read(data: bytes, catalogue: Catalogue, folder: Path, ending: str = ".csv") -> Schedule:
    """Read a schedule from its bytes."""
    path = folder / f"day{ending}"
    path.write_bytes(data)
    return read_schedule(path, catalogue, ISSUED_ON)


def read_one(catalogue: Catalogue, folder: Path, change: Mapping[str, str]) -> Row:
    """Read the row of one patient."""
    (row,) = read(as_csv(table(change)), catalogue, folder).rows
    return row


def places(problems: Sequence[Problem]) -> list[tuple[str, str]]:
    """Return kind and place of each problem."""
    return [(problem.kind, problem.where) for problem in problems]
