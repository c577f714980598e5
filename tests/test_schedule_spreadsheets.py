"""Spreadsheets: real values are taken, what only seems empty is never taken for empty, and hostile files are refused within limits."""

from __future__ import annotations

import io
import resource
import time as clock
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest

from briefing.catalogue import Catalogue
from briefing.errors import InputError, Problem
from briefing.schedule import Row
from briefing.schedule.spreadsheet_reading import read_spreadsheet
from tests.schedules import RIGHT, places, read, with_settings
from tests.spreadsheets import Fault, Formula, Sheet, Value, ods, workbook_parts, xlsx, zipped

REAL: dict[str, Value] = {**RIGHT, "DOB": date(1986, 4, 2), "Starts at": datetime(2026, 12, 1, 9), "Session number": 1}
OTHER: dict[str, Value] = {**REAL, "MRN": "2002", "Name": "Bo Sand", "DOB": date(1970, 1, 1)}


def sheet(*changes: dict[str, Value], name: str = "Day", merged: tuple[str, ...] = (), hidden: bool = False) -> Sheet:
    rows: list[list[Value]] = [list(RIGHT), *([{**REAL, **change}[heading] for heading in RIGHT] for change in changes)]
    return Sheet(rows, name, merged, hidden)


def row_of(catalogue: Catalogue, folder: Path, change: dict[str, Value]) -> Row:
    (row,) = read(xlsx(sheet(change)), catalogue, folder, ".xlsx").rows
    return row


def refused(data: bytes, kind: str = "xlsx") -> Problem:
    with pytest.raises(InputError) as found:
        read_spreadsheet(data, kind, None)
    return found.value.problems[0]


def test_real_dates_times_and_numbers_are_taken(catalogue: Catalogue, tmp_path: Path) -> None:
    request = row_of(catalogue, tmp_path, {}).request
    assert request is not None
    assert (request.patient.date_of_birth, request.visit.starts_at) == (date(1986, 4, 2), datetime(2026, 12, 1, 9))
    assert request.patient.allergies is None
    assert row_of(catalogue, tmp_path, {"MRN": "000771"}).record_number == "000771"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"MRN": 4217}, "A (record_number)"),
        ({"Companion phone": 15550100.0}, "J (companion.phone)"),
        ({"Name": date(1986, 4, 2)}, "B (name)"),
        ({"DOB": 31504}, "C (date_of_birth)"),
        ({"DOB": "02/03/1984"}, "C (date_of_birth)"),
        ({"DOB": datetime(1986, 4, 2, 9, 0)}, "C (date_of_birth)"),
        ({"Weight": 70}, "D (weight)"),
        ({"Starts at": date(2026, 12, 1)}, "K (visit.starts_at)"),
        ({"Session number": 1.5}, "N (visit.session_number)"),
        ({"Allergies": Fault("#REF!")}, "H (allergies)"),
        ({"Allergies": Formula("Sheet2!A1")}, "H (allergies)"),
        ({"Allergies": Formula("A1", "")}, "H (allergies)"),
        ({"Conditions": 7}, "F (conditions)"),
    ],
)
def test_what_would_have_to_be_guessed_stops_its_row(
    catalogue: Catalogue, tmp_path: Path, change: dict[str, Value], column: str
) -> None:
    row = row_of(catalogue, tmp_path, change)
    assert row.request is None
    assert places(row.problems) == [("cell", f"row 2, column {column}")]


def test_a_formula_with_its_result_is_a_value(catalogue: Catalogue, tmp_path: Path) -> None:
    assert row_of(catalogue, tmp_path, {"Protocol": Formula("A1", "iv-depression")}).request is not None


def test_merged_cells_stop_the_rows_they_cover(catalogue: Catalogue, tmp_path: Path) -> None:
    second = {**OTHER, "Companion phone": None, "Companion": None}
    data = xlsx(sheet({}, second, {**OTHER, "MRN": "3", "Name": "Cy Cole"}, merged=("I2:J3",)))
    rows = read(data, catalogue, tmp_path, ".xlsx").rows
    assert [row.request is None for row in rows] == [True, True, False]


def test_real_times_stand_beside_dates(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = list(sheet({}).rows)
    heading, line = list(rows[0]), list(rows[1])
    heading[10], line[10] = "Visit date", datetime(2026, 12, 1)
    data = xlsx(Sheet([[*heading, "Visit time"], [*line, time(13, 35)]]))
    assert read(data, catalogue, tmp_path, ".xlsx").rows[0].starts_at == datetime(2026, 12, 1, 13, 35)


def test_one_filled_sheet_is_read_and_two_are_asked_about(catalogue: Catalogue, tmp_path: Path) -> None:
    assert read(xlsx(Sheet([], "Empty"), sheet({})), catalogue, tmp_path, ".xlsx").rows[0].request is not None
    two = xlsx(sheet({}), sheet(OTHER, name="Old", hidden=True))
    assert refused(two).kind == "sheet-unclear"
    assert read(two, with_settings(catalogue, sheet="Old"), tmp_path, ".xlsx").rows[0].name == "Bo Sand"
    with pytest.raises(InputError):
        read(two, with_settings(catalogue, sheet="None"), tmp_path, ".xlsx")


def test_rows_that_are_hidden_are_read_and_said() -> None:
    parts = workbook_parts(sheet({}, OTHER))
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace('<row r="3">', '<row r="3" hidden="1">')
    found = read_spreadsheet(zipped(parts), "xlsx", None)
    assert found is not None
    assert len(found.lines) == 2
    assert "hidden, 1 of them" in found.notes[0]


def test_blank_rows_keep_the_numbers_that_a_person_sees(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = sheet({}).rows
    assert read(xlsx(Sheet([[], rows[0], [], [None, " "], rows[1]])), catalogue, tmp_path, ".xlsx").rows[0].place == "row 5"


def test_an_opendocument_sheet_is_read_and_its_traps_are_found(catalogue: Catalogue, tmp_path: Path) -> None:
    right = list(RIGHT.values())
    assert read(ods([list(RIGHT), right]), catalogue, tmp_path, ".ods").rows[0].request is not None
    traps = [
        '<table:table-cell table:formula="of:=A1"/>',
        "<table:covered-table-cell/>",
        '<table:table-cell table:formula="of:=X" office:value-type="string" office:string-value=""><text:p>#REF!</text:p></table:table-cell>',
    ]
    for trap in traps:
        line = [trap if heading == "Allergies" else value for heading, value in RIGHT.items()]
        row = read(ods([list(RIGHT), line]), catalogue, tmp_path, ".ods").rows[0]
        assert places(row.problems) == [("cell", "row 2, column H (allergies)")], trap


def bomb(size: int) -> bytes:
    return zipped({**workbook_parts(sheet({})), "xl/media/zeros.bin": bytes(size)})


def lying() -> bytes:
    """A part that declares ten bytes and unpacks to many."""
    data = bytearray(zipped({"xl/workbook.xml": bytes(200_000_000)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(mark) + place
        data[start : start + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def encrypted_part() -> bytes:
    data = bytearray(zipped({"xl/workbook.xml": "x"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def far_cell() -> bytes:
    return xlsx(Sheet([], data='<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


def doctype() -> bytes:
    parts = workbook_parts(sheet({}))
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    name = "xl/worksheets/sheet1.xml"
    parts[name] = f"<!DOCTYPE w [{entities}]>" + parts[name].replace("Ana Ruiz", "&e9;")
    return zipped(parts)


def twice() -> bytes:
    buffer = io.BytesIO(xlsx(sheet({})))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: bomb(200_000_000), "too-large"),
        (lying, "schedule-broken"),
        (far_cell, "too-large"),
        (doctype, "schedule-broken"),
        (twice, "schedule-broken"),
        (encrypted_part, "schedule-locked"),
        (lambda: b"\xd0\xcf\x11\xe0" + bytes(2000), "schedule-locked"),
        (lambda: b"PK\x03\x04 no zip", "schedule-broken"),
        (lambda: b"", "schedule-broken"),
        (lambda: xlsx(sheet({}))[:-60], "schedule-broken"),
        (lambda: zipped({"a.txt": "x"}), "schedule-broken"),
        (lambda: xlsx(Sheet([], data="<row><c></row>")), "schedule-broken"),
        (
            lambda: xlsx(Sheet([], data="".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 20_050)))),
            "too-large",
        ),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_seconds(make: Callable[[], bytes], kind: str) -> None:
    data = make()
    start = clock.monotonic()
    assert refused(data).kind == kind
    assert clock.monotonic() - start < 10


def test_a_million_empty_rows_below_the_list_are_no_rows() -> None:
    parts = workbook_parts(sheet({}))
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 1_000_000))
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace("</sheetData>", f"{empty}</sheetData>")
    found = read_spreadsheet(zipped(parts), "xlsx", None)
    assert found is not None
    assert len(found.lines) == 1
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 500 * 1024  # KiB, of the largest so far


def test_a_file_that_breaks_its_reader_becomes_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefing.schedule.spreadsheet_reading._START", "import os; os.abort()")
    assert refused(xlsx(sheet({}))).kind == "schedule-too-much"


def test_an_old_spreadsheet_is_refused_by_its_ending(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(InputError) as found:
        read(b"x", catalogue, tmp_path, ".xls")
    assert found.value.problems[0].kind == "schedule-kind"
