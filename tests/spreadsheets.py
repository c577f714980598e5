"""Workbooks written by hand, part by part: right ones as a spreadsheet program writes them, and hostile ones as it never would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIRST_DAY = datetime(1899, 12, 30)
_DATE, _DATE_TIME, _TIME = 1, 2, 3  # the styles below
_STYLES = f"""<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>
<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>"""


@dataclass(frozen=True)
class Formula:
    """A cell with a formula; without a result when no program has worked it out yet."""

    text: str
    result: str | None = None


@dataclass(frozen=True)
class Fault:
    """A cell that shows an error such as #REF!."""

    text: str


Value = str | int | float | bool | date | time | Formula | Fault | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows from the first one on, and which ranges of it are merged, such as A2:A3."""

    rows: Sequence[Sequence[Value]]
    name: str = "Day"
    merged: Sequence[str] = ()
    hidden: bool = False
    data: str | None = None  # the XML of its rows, for what no row can say


def xlsx(*sheets: Sheet, **parts: str) -> bytes:
    """Write a workbook; `parts` replaces a part by its short name: `workbook` or `styles`."""
    return zipped({**workbook_parts(*sheets), **{f"xl/{name}.xml": text for name, text in parts.items()}})


def workbook_parts(*sheets: Sheet) -> dict[str, str]:
    """Return the parts of a workbook by their names in the file."""
    listed, related, typed = [], [], []
    for number, sheet in enumerate(sheets, 1):
        state = ' state="hidden"' if sheet.hidden else ""
        listed.append(f'<sheet name={quoteattr(sheet.name)} sheetId="{number}"{state} r:id="rId{number}"/>')
        related.append(f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>')
        typed.append(f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>')
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{"".join(typed)}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(related)}'
        f'<Relationship Id="rId99" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{"".join(listed)}</sheets></workbook>',
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{number}.xml": _sheet_xml(sheet) for number, sheet in enumerate(sheets, 1)},
    }


def zipped(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack parts into a zip file that has the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, text)
    return buffer.getvalue()


def ods(rows: Sequence[Sequence[str]], *, before: str = "", more_tables: str = "") -> bytes:
    """Write an OpenDocument sheet; a cell that begins with `<` stands as it is."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = f"""<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>
<table:table table:name="Day">{lines}</table:table>{more_tables}</office:spreadsheet></office:body></office:document-content>"""
    manifest = """<?xml version="1.0" encoding="UTF-8"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"><manifest:file-entry
 manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry
 manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def letters(column: int) -> str:
    """Return the letters a spreadsheet program shows for a column, counted from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _ods_cell(text: str) -> str:
    if text.startswith("<"):
        return text
    return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'


def _sheet_xml(sheet: Sheet) -> str:
    data = sheet.data if sheet.data is not None else "".join(_rows(sheet.rows))
    merged = "".join(f'<mergeCell ref="{place}"/>' for place in sheet.merged)
    cells = f'<mergeCells count="{len(sheet.merged)}">{merged}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{data}</sheetData>{cells}</worksheet>'


def _rows(rows: Sequence[Sequence[Value]]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        cells = (_cell(f"{letters(column)}{number}", value) for column, value in enumerate(row) if value is not None)
        yield f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: Value) -> str:  # noqa: PLR0911 - one return for each kind of cell
    match value:
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        case bool():
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        case Formula(text, result):
            return f'<c r="{place}" t="str"><f>{escape(text)}</f>{"" if result is None else f"<v>{escape(result)}</v>"}</c>'
        case Fault(text):
            return f'<c r="{place}" t="e"><v>{text}</v></c>'
        case datetime():
            days = (value - _FIRST_DAY).total_seconds() / 86400
            return f'<c r="{place}" s="{_DATE_TIME}"><v>{days!r}</v></c>'
        case date():
            return f'<c r="{place}" s="{_DATE}"><v>{(value - _FIRST_DAY.date()).days}</v></c>'
        case time():
            return f'<c r="{place}" s="{_TIME}"><v>{(value.hour * 60 + value.minute) / 1440!r}</v></c>'
        case _:
            return f'<c r="{place}"><v>{value!r}</v></c>'
