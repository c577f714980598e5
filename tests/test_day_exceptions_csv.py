"""The list of exceptions as CSV: whole in a spreadsheet program, and never a formula there."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefing.day.exceptions import Exceptional, list_exceptions
from briefing.day.exceptions_csv import exceptions_csv, safe_cell
from briefing.errors import Problem
from tests.days import patient, row
from tests.packets import sample_catalogue

WORDING = sample_catalogue().wording("en")


def table(*rows: Exceptional) -> tuple[bytes, list[list[str]]]:
    data = exceptions_csv(list_exceptions(rows, sample_catalogue()), WORDING)
    return data, list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@given(st.text())
@example("=1+1")
@example("\N{FULLWIDTH EQUALS SIGN}cmd()")
@example(" =1")
@example("\N{NO-BREAK SPACE}=1")
@example("\t=1")
@example("\N{FULLWIDTH COMMERCIAL AT}SUM(1)")
def test_no_cell_can_start_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell in (text, f"'{text}")
    assert (
        not unicodedata.normalize("NFKC", cell).lstrip(" \N{NO-BREAK SPACE}").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    )


@pytest.mark.parametrize("text", ["Ana Ruiz", "9:00 am", "row 5, column D: 70 kg", "a=b", "3-4", "", "'quoted'"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


def test_a_phone_number_stays_readable() -> None:
    assert safe_cell("+1 555 0100") == "'+1 555 0100"


def test_a_spreadsheet_program_knows_letters_and_lines() -> None:
    one = patient('=Ñandú "x", y', "MRN-1", companion=("Jo Lind", "+1 555 0100"), conditions=("@zorbitis",))
    data, (heading, line) = table(Exceptional(row(2, one), packet_id="A"))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n")
    assert heading[:4] == ["Urgency", "Kind", "Time", "Who"]
    assert line == ["3", "For the clinician", "9:00 am", '\'=Ñandú "x", y', "April 2, 1986", "row 2", "A", line[-1]]
    assert "@zorbitis" in line[-1]


def test_problems_that_begin_like_a_formula_are_made_harmless_too() -> None:
    _, lines = table(
        Exceptional(row(2, None, problems=(Problem("x", "=HYPERLINK(1)", "is wrong.", "Mend it."),)), warnings=("-1",))
    )
    assert [line[-1][:2] for line in lines[1:]] == ["'=", "'-"]
