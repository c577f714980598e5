"""A day's schedule as a whole: the sample day in its three forms, and what `briefing check` tells of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path

import pytest

from briefing.catalogue import Catalogue
from briefing.schedule import is_schedule, read_schedule
from tests.conftest import ISSUED_ON, SAMPLES, Briefing
from tests.schedules import SAMPLE_DAY, as_csv, table
from tests.spreadsheets import Sheet, Value, xlsx

CLINIC = SAMPLES / "clinic"
AT = ("--clinic", CLINIC, "--issued-on", ISSUED_ON)


def sample_workbook() -> bytes:
    """Write the sample day as a workbook: `python -m tests.test_schedule` puts it among the samples."""
    heading, *rows = csv.reader(io.StringIO(SAMPLE_DAY.read_text(encoding="utf-8"), newline=""))

    def value(name: str, text: str) -> Value:
        if not text:
            return None
        match name:
            case "DOB":
                return date.fromisoformat(text)
            case "Appointment":
                return datetime.fromisoformat(text)
            case "Weight (kg)" | "Session number" | "Dose (mg)":
                return float(text)
        return text

    return xlsx(Sheet([heading, *([value(*pair) for pair in zip(heading, row, strict=True)] for row in rows)]))


def test_the_sample_day_is_the_same_in_its_three_forms(catalogue: Catalogue) -> None:
    days = [read_schedule(SAMPLES / f"schedule.{ending}", catalogue, ISSUED_ON) for ending in ("csv", "xlsx", "fhir.json")]
    requests = [[row.request for row in day.rows] for day in days]
    assert requests[0] == requests[1] == requests[2]
    assert None not in requests[0]
    assert {request.treatment.protocol for request in requests[0] if request} == set(catalogue.protocols)
    assert {request.patient.language for request in requests[0] if request} == {"en", "es"}
    assert [[bool(row.flags) for row in day.rows] for day in days] == [[False] * 6 + [True] * 2] * 3


def test_the_sample_workbook_is_what_the_tests_write() -> None:
    assert (SAMPLES / "schedule.xlsx").read_bytes() == sample_workbook()


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("a.csv", "", True),
        ("a.TSV", "", True),
        ("a.xls", "", True),
        ("a.toml", "", False),
        ("a.json", '{"patient": {}}', False),
        ("a.json", '{"resourceType": "Bundle"}', True),
        ("a.json", "[", False),
    ],
)
def test_a_schedule_is_told_from_a_request(tmp_path: Path, name: str, text: str, is_one: bool) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert is_schedule(path) == is_one
    assert is_schedule(tmp_path)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "fhir.json"])
def test_check_tells_columns_flags_and_counts(briefing: Briefing, ending: str) -> None:
    ran = briefing("check", SAMPLES / f"schedule.{ending}", *AT)
    assert ran.code == 0
    assert "8 rows: 8 right, 0 stopped, 2 flagged." in ran.out
    if ending != "fhir.json":
        assert "column C `DOB` -> patient.date_of_birth, guessed" in ran.out
        assert "column L `Provider` -> visit.clinician, by clinic.toml" in ran.out


def test_check_tells_every_problem_of_every_row_and_ends_with_3(briefing: Briefing, tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(as_csv(table({}, {"MRN": "2", "Name": "Qzx Seven", "DOB": "02/03/1984", "Weight": "70"})))
    ran = briefing("check", path, *AT)
    assert ran.code == 3
    assert "row 3, column C (date_of_birth)" in ran.err
    assert "row 3, column D (weight)" in ran.err
    assert "2 rows: 1 right, 1 stopped, 0 flagged." in ran.err
    assert "Qzx" not in ran.out + ran.err
    told = json.loads(briefing("check", path, *AT, "--json").out)
    assert (told["exit_code"], told["schedule"]["right"], len(told["problems"])) == (3, 1, 2)


def test_check_stops_a_row_whose_language_has_no_documents(briefing: Briefing, tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(as_csv(table({"Language": "fr"})))
    ran = briefing("check", path, *AT)
    assert ran.code == 3
    assert "row 2: " in ran.err


def test_check_of_a_schedule_that_is_not_there_says_so(briefing: Briefing) -> None:
    assert briefing("check", "no-such-day.csv", *AT).code == 3


if __name__ == "__main__":
    (SAMPLES / "schedule.xlsx").write_bytes(sample_workbook())
