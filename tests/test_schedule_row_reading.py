"""Rows: what is right becomes the request a person would have typed; what is wrong is told with row and column, never its value."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from briefing.catalogue import Catalogue
from briefing.intake import parse_request, read_request
from tests.conftest import ISSUED_ON, SAMPLES
from tests.schedules import as_csv, places, read, read_one, table, with_settings

NONCE = "Qzx7"


def test_a_row_becomes_the_request_that_a_person_would_have_typed(catalogue: Catalogue, tmp_path: Path) -> None:
    typed = read_request(parse_request((SAMPLES / "requests" / "ana-ruiz.toml").read_text()), catalogue, ISSUED_ON)
    change = {"Conditions": "controlled hypertension", "Allergies": "none"}
    request = read_one(catalogue, tmp_path, change).request
    assert request is not None
    patient = typed.patient.model_copy(update={"preferred_name": None})
    assert request == typed.model_copy(update={"patient": patient})


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"DOB": "02/03/1984"}, "row 2, column C (date_of_birth)"),
        ({"DOB": "1984"}, "row 2, column C (date_of_birth)"),
        ({"DOB": "1984-02-30"}, "row 2, column C (date_of_birth)"),
        ({"DOB": ""}, "row 2 (date_of_birth)"),
        ({"Weight": "70"}, "row 2, column D (weight)"),
        ({"Weight": "70,5 kg"}, "row 2, column D (weight)"),
        ({"Weight": "#REF!"}, "row 2, column D (weight)"),
        ({"Weight": ""}, "row 2 (weight)"),
        ({"Medications": "a;TBD"}, "row 2, column G (medicines.2)"),
        ({"Starts at": "2026-12-01"}, "row 2, column K (visit.starts_at)"),
        ({"Starts at": "2026-12-01 1:30"}, "row 2, column K (visit.starts_at)"),
        ({"Starts at": "2026-11-01 09:00"}, "row 2, column K (visit.starts_at)"),
        ({"Clinician": "nobody"}, "row 2, column L (visit.clinician)"),
        ({"Stage": "second"}, "row 2, column M (visit.stage)"),
        ({"Session number": "2"}, "row 2, column N (visit.session_number)"),
        ({"Name": "王小明"}, "row 2, column B (name)"),
        ({"Companion phone": ""}, "row 2 (companion.phone)"),
    ],
)
def test_each_slip_names_its_row_and_column(catalogue: Catalogue, tmp_path: Path, change: dict[str, str], where: str) -> None:
    row = read_one(catalogue, tmp_path, change)
    assert row.request is None
    assert [problem.where for problem in row.problems] == [where]
    assert " = " not in row.problems[0].what_to_do  # advice for a cell, not for TOML


def test_no_value_is_ever_repeated(catalogue: Catalogue, tmp_path: Path) -> None:
    for heading in table({})[0]:
        row = read_one(catalogue, tmp_path, {heading: f"{NONCE}\u202e"})
        assert row.problems, heading
        assert NONCE not in json.dumps([problem.as_dict() for problem in (*row.problems, *row.flags)])
        assert NONCE not in repr(row)


def test_one_bad_row_stops_no_other_and_all_its_problems_are_told(catalogue: Catalogue, tmp_path: Path) -> None:
    bad = {"MRN": "7", "Name": "Bo Bad", "DOB": "x", "Weight": "y", "Stage": "z"}
    rows = read(as_csv(table({}, bad, {"MRN": "8", "Name": "Cy Cole", "DOB": "1970-01-01"})), catalogue, tmp_path).rows
    assert [row.request is not None for row in rows] == [True, False, True]
    assert len(rows[1].problems) == 3
    assert (rows[1].record_number, rows[1].name, rows[1].starts_at) == ("7", "Bo Bad", datetime(2026, 12, 1, 9))


def test_empty_is_not_given_and_none_is_asked_and_none(catalogue: Catalogue, tmp_path: Path) -> None:
    request = read_one(
        catalogue, tmp_path, {"Conditions": "None", "Allergies": "", "Companion": "", "Companion phone": ""}
    ).request
    assert request is not None
    assert request.patient.conditions == ()
    assert request.patient.allergies is None
    assert request.companion is None


def test_leading_zeros_are_kept(catalogue: Catalogue, tmp_path: Path) -> None:
    request = read_one(catalogue, tmp_path, {"MRN": "000771"}).request
    assert request is not None
    assert request.patient.record_number == "000771"


def test_a_line_with_a_cell_too_many_or_too_few_is_stopped(catalogue: Catalogue, tmp_path: Path) -> None:
    heading, line = table({})
    assert places(read(as_csv([heading, [*line, "x"]]), catalogue, tmp_path).rows[0].problems) == [
        ("row-shifted", "row 2, column R")
    ]
    shifted = read(as_csv([heading, line[:6] + line[7:]]), catalogue, tmp_path).rows[0]
    assert shifted.request is None
    assert ("row-shifted", "row 2") in places(shifted.problems)
    assert read(as_csv([heading, [*line, ""]]), catalogue, tmp_path).rows[0].request is not None


def test_the_clinics_words_become_ours(catalogue: Catalogue, tmp_path: Path) -> None:
    words = {"visit.stage": {"NEW": "first-session"}, "patient.allergies": {"NKA": "none"}}
    ours = with_settings(catalogue, values=words, list_separator=",")
    change = {"Stage": "new", "Allergies": "nka", "Medications": "a,b", "Clinician": "Dr. Ngozi  OKAFOR", "Session number": ""}
    request = read_one(ours, tmp_path, change).request
    assert request is not None
    assert (request.visit.stage, request.visit.session_number, request.visit.clinician) == ("first-session", 1, "okafor")
    assert (request.patient.allergies, request.patient.medicines) == ((), ("a", "b"))


def test_two_columns_may_make_one_field(catalogue: Catalogue, tmp_path: Path) -> None:
    heading, line = table({})
    heading = ["First name" if text == "Name" else "Visit date" if text == "Starts at" else text for text in heading]
    line = ["Ana" if text == "Ana Ruiz" else "2026-12-01" if text == "2026-12-01 09:00" else text for text in line]
    row, bad = read(
        as_csv([[*heading, "Last name", "Time"], [*line, "Ruiz", "1:30 PM"], ["9", *line[1:], "", "1:30"]]), catalogue, tmp_path
    ).rows
    assert row.request is not None
    assert (row.name, row.starts_at) == ("Ana Ruiz", datetime(2026, 12, 1, 13, 30))
    assert places(bad.problems) == [("cell", "row 3, column S (visit.time)"), ("missing", "row 3 (last_name)")]
    assert bad.name is None


def test_a_heading_and_a_cell_that_name_two_units_are_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    heading, line = table({"Weight": "154 lb"})
    heading[3] = "Weight (kg)"
    (row,) = read(as_csv([heading, line]), catalogue, tmp_path).rows
    assert places(row.problems) == [("cell", "row 2, column D (weight)")]


def test_the_day_of_issue_is_the_one_that_was_given(catalogue: Catalogue, tmp_path: Path) -> None:
    assert read_one(catalogue, tmp_path, {"Starts at": f"{ISSUED_ON} 09:00"}).request is not None
    assert date(2026, 12, 1) > ISSUED_ON
