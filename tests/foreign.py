"""PDFs of somebody else's, made for tests: tagged and not, of every size and turn, broken, locked, hostile."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from briefing.inserts.apart import Prepared, prepare
from briefing.inserts.order import InsertPage, Order
from briefing.inserts.refusal import RefusedError
from briefing.packet import Packet
from briefing.pdf_rendering import PdfDocument
from tests.bound import bound, printed
from tests.packets import press
from tests.reading import elements

LETTER = (612.0, 792.0)
PICTURE_WORDS = "A picture. Its maker did not describe it."
GUIDE = """
<h1 id="top">Medication guide</h1>
<p>Read about <a href="#risks">the risks</a> or <a href="https://www.fda.gov/">the agency</a>.</p>
<ul class="bullets"><li>One.</li><li>Two.</li></ul>
<div style="width: 30mm"><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>A dot</title>
<circle cx="5" cy="5" r="4"/></svg></div>
<h2 style="break-before: page" id="risks">Risks</h2>
<table><thead><tr><th scope="col">Effect</th><th scope="col">Share</th></tr></thead>
<tbody><tr><th scope="row">Sleepy</th><td>Many</td></tr></tbody></table>
"""
UA = """<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF>"""
Change = Callable[[pikepdf.Pdf], object]


@cache
def guide(*, tagged: bool = True) -> bytes:
    """Print a guide of two pages, with tags for PDF/UA-1 and PDF/A-2a, or without any."""
    html = f'<!DOCTYPE html><html lang="en"><head><title>Guide</title></head><body>{GUIDE}</body></html>'
    data = press().print_pdf(html, "guide", tagged=tagged).data
    return changed(data, _claim_access) if tagged else data


def _claim_access(pdf: pikepdf.Pdf) -> None:
    told = pdf.Root.Metadata.read_bytes().decode()
    pdf.Root.Metadata.write(told.replace("</rdf:RDF>", UA).encode())
    for figure in elements(pdf, "/Figure"):  # WeasyPrint tells its place in pixels from the upper edge
        left, top, right, bottom = (float(side) * 0.75 for side in figure.A.BBox)
        figure.A.BBox = Array([left, 792 - bottom, right, 792 - top])


def changed(data: bytes, change: Change, **save: Any) -> bytes:
    """Change a PDF."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out, **save)
    return out.getvalue()


def drawn(content: bytes, pages: int = 1, **page: Any) -> bytes:
    """Make a PDF by hand. What it draws can use the letters of `font()` as /F."""
    pdf = pikepdf.new()
    for _ in range(pages):
        new = pdf.add_blank_page(page_size=LETTER).obj
        new.Resources = Dictionary(Font=Dictionary(F=font(pdf)))
        new.Contents = pdf.make_stream(content)
        for key, value in page.items():
            new[f"/{key}"] = value
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def font(pdf: pikepdf.Pdf) -> Any:
    """Make a font whose every letter is a full square: it is in the file, and it is none of ours."""
    square = pdf.make_stream(b"600 0 0 0 500 700 d1 0 0 500 700 re f")
    table = b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <41> <5a> <0041> endbfrange"
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 500, 700]), FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
            CharProcs=Dictionary(s=square), FirstChar=65, LastChar=90, Widths=Array([600] * 26),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([65, *[Name.s] * 26])),
            Resources=Dictionary(), ToUnicode=pdf.make_stream(table),
        )
    )  # fmt: skip


def order(**told: Any) -> Order:
    """Give an order for an insert called lab."""
    usual: Mapping[str, Any] = {
        "id": "lab",
        "title": "Lab form",
        "language": "en",
        "paper": LETTER,
        "read_aloud": None,
        "picture_words": PICTURE_WORDS,
        "scan_words": "Page {page} of {pages}, as a picture.",
    }
    return Order(**{**usual, **told})


def prepared(data: bytes, **told: Any) -> Prepared:
    """Prepare a file in this process."""
    return prepare(order(**told), data)


def refused(data: bytes, **told: Any) -> str:
    """Return the kind of problem with which a file is refused."""
    try:
        prepare(order(**told), data)
    except RefusedError as error:
        return error.problem.kind
    return "bound"


def in_packet(*inserts: bytes, paper: tuple[float, float] = LETTER) -> Packet:
    """Bind inserts between two short documents."""
    middle = []
    for number, data in enumerate(inserts, 1):
        done = prepare(order(id=f"lab-{number}", paper=paper), data)
        item = InsertPage(f"lab-{number}", f"Lab form {number}", "en", "patient", "form", "Revised October 2025", done.brought)
        middle.append((item, PdfDocument(done.data, done.page_count)))
    first = printed("first", "en", '<h1>First</h1><p><a href="#risks">Risks</a></p><h2 id="risks">Risks</h2><p>Ours.</p>')
    return bound(first, *middle, printed("last", "en", "<h1>Last</h1><p>Done.</p>"))
