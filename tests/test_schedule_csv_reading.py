"""Text with separators: whatever program wrote it, each value stands in its own column and row, or the file is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.errors import InputError
from briefing.schedule.csv_reading import read_csv
from tests.schedules import as_csv, table


def kind_of(data: bytes) -> str:
    with pytest.raises(InputError) as found:
        read_csv(data)
    return found.value.problems[0].kind


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_each_common_separator_is_recognised(separator: str) -> None:
    found = read_csv(as_csv(table({"Conditions": "a, b; c"}), separator))
    assert found is not None
    assert found.heading.cells[1] == "Name"
    assert found.lines[0].cells[5] == "a, b; c"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_each_encoding_gives_the_same_letters(encoding: str) -> None:
    found = read_csv("Name,DOB\nZoë Peña,x\n".encode(encoding))
    assert found is not None
    assert found.lines[0].cells[0] == "Zoë Peña"
    assert bool(found.notes) == (encoding == "cp1252")  # what was assumed is said


@pytest.mark.parametrize("data", [b"Name\n\x81\x8d\n", "Name\nA".encode("utf-32"), "Name\nAna".encode("utf-16-le"), b"\xff\xfeN"])
def test_bytes_that_are_no_sure_text_are_refused(data: bytes) -> None:
    assert kind_of(data) == "not-text"


def test_rows_are_counted_as_a_spreadsheet_program_counts_them() -> None:
    found = read_csv(b'sep=;\nName;DOB\n\n"two\nlines";b\n;\nc;d\n')
    assert found is not None
    assert [(line.number, line.cells) for line in found.lines] == [(3, ("two\nlines", "b")), (5, ("c", "d"))]


@pytest.mark.parametrize("row", ['"Ana,1986\nBen,"1990"\n', '"Ana"x,1986\n', '"Ana,1986\n'])
def test_a_quote_that_would_swallow_the_next_patient_is_refused(row: str) -> None:
    assert kind_of(f"Name,DOB\n{row}".encode()) == "quotes"


def test_a_separator_that_cannot_be_told_is_asked_for() -> None:
    assert kind_of(b"Name,DOB;MRN\nAna,x;1\n") == "separator-unclear"
    assert read_csv(b"sep=,\nName,DOB;MRN\nAna,x\n") is not None


def test_more_rows_than_a_day_has_are_refused() -> None:
    assert kind_of(b"Name,DOB\n" + b"a,b\n" * 20_001) == "too-large"
    assert kind_of(b"a," * 300 + b"\n") == "too-large"


def test_nothing_but_blank_rows_is_no_table() -> None:
    assert read_csv(b"\n  \n\t\n") is None


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2), min_size=1, max_size=5
    )
)
def test_what_was_written_is_what_is_read(rows: list[list[str]]) -> None:
    found = read_csv(as_csv([["Name", "DOB"], *rows]))
    assert found is not None
    expected = [tuple(cell if cell.strip() else None for cell in row) for row in rows if any(map(str.strip, row))]
    assert [line.cells for line in found.lines] == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(InputError):  # anything else is a bug
        read_csv(data)
