"""Large print: everything a patient or a companion reads is 18 point or larger, in one column, drawings included."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from briefing import figures
from briefing.choices import Choices
from briefing.errors import VerificationError
from briefing.html_rendering import HtmlPage
from briefing.packet import Packet
from briefing.pdf_rendering import PdfDocument
from briefing.verification import verify_packet
from tests.bound import bound, html_page
from tests.conftest import SAMPLES, Briefing
from tests.packets import press, sample_packet

LARGE = Choices(large_print=True)
ANA = SAMPLES / "requests" / "ana-ruiz.toml"


def letters(page: pypdfium2.PdfPage) -> Iterator[tuple[str, float, bool]]:
    """Yield each run of text of a page with its size in points, drawings included, and whether it stands in the strip."""
    drawn = list(page.get_objects(max_depth=5, textpage=page.get_textpage()))
    strip = [each for each in drawn if each.level == 0][-1]
    for run in drawn:
        if run.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
            scale, part = abs(run.get_matrix().d), run
            while part.container is not None:
                part = part.container
                scale *= abs(part.get_matrix().d)
            yield run.extract(), run.get_font_size() * scale, part.raw == strip.raw


def small_runs(packet: Packet) -> list[tuple[str, str, float]]:
    """Return what stands above the strip on pages for patients and companions and is smaller than promised."""
    found = []
    with pypdfium2.PdfDocument(packet.data) as pdf:
        for document in packet.documents:
            for number in range(document.first_page, document.last_page + 1):
                for text, size, in_strip in letters(pdf[number - 1]):
                    if document.item.audience != "staff" and not in_strip and size < 17.95:
                        found.append((document.item.id, text, size))
    return found


@pytest.fixture(scope="module")
def ana() -> Packet:
    return sample_packet("ana-ruiz", LARGE)[0]


def test_all_a_patient_or_companion_reads_is_large_and_staff_pages_stay(ana: Packet) -> None:
    assert not small_runs(ana)
    large = {document.item.audience for document in ana.documents if document.item.is_large}
    assert large == {"patient", "companion"}
    with pypdfium2.PdfDocument(ana.data) as pdf:
        staff = next(document for document in ana.documents if document.item.audience == "staff")
        assert min(size for _, size, in_strip in letters(pdf[staff.first_page - 1]) if not in_strip) < 12


@pytest.mark.long
@pytest.mark.parametrize("sample", ["grace-okonkwo", "walter-kim", "priya-nair", "maria-magdalena", "ben-carter"])
def test_so_it_is_for_the_other_samples(sample: str) -> None:
    packet, manifest = sample_packet(sample, LARGE)
    assert not small_runs(packet)
    assert manifest.data["large_print"] is True


def test_the_numbers_the_cover_names_are_large_in_the_strip(ana: Packet) -> None:
    with pypdfium2.PdfDocument(ana.data) as pdf:
        for number in (1, len(ana.strips) // 2):
            assert (str(number), 18.0) in [
                (text.strip(), round(size, 1)) for text, size, in_strip in letters(pdf[number - 1]) if in_strip
            ]


def heading_lefts(packet: Packet, document_id: str, headings: tuple[str, ...]) -> list[float]:
    """Return where the first letters of headings stand, from the left edge of the page."""
    document = next(document for document in packet.documents if document.item.id == document_id)
    found = {}
    with pypdfium2.PdfDocument(packet.data) as pdf:
        for number in range(document.first_page, document.last_page + 1):
            text = pdf[number - 1].get_textpage()
            for heading in headings:
                if place := text.search(heading).get_next():
                    found[heading] = text.get_charbox(place[0])[0]
    return [found[heading] for heading in headings]


def test_what_normally_stands_side_by_side_stands_one_below_the_other(ana: Packet) -> None:
    boxes = ("Call 911", "Call the clinic")
    lefts = heading_lefts(sample_packet("ana-ruiz")[0], "companion", boxes)
    assert abs(lefts[0] - lefts[1]) > 200
    lefts = heading_lefts(ana, "companion", boxes)
    assert abs(lefts[0] - lefts[1]) < 5
    rails = heading_lefts(ana, "after-your-session", ("Until then", "Do not drive, ride"))
    assert abs(rails[0] - rails[1]) < 30


@pytest.mark.parametrize(
    "fault",
    [
        '<p style="font-size: 14pt">Too small.</p>',
        '<svg viewBox="0 0 100 10" width="100mm"><title>x</title><text x="0" y="8" font-family="Atkinson Hyperlegible" font-size="4.9">Small</text></svg>',
        '<div style="transform: scale(.8)"><p>Made smaller.</p></div>',
    ],
)
def test_a_letter_that_is_too_small_stops_the_packet(fault: str) -> None:
    def packet_of(body: str) -> Packet:
        page = html_page("card", "en", f"<h1>Card</h1><p>All is large.</p>{body}")
        page = replace(page, html=page.html.replace("<html ", '<html class="large" '), is_large=True)
        return bound((page, press().print_pdf(page.html, page.title)))

    verify_packet(packet_of(""), ())
    with pytest.raises(VerificationError) as met:
        verify_packet(packet_of(fault), ())
    assert [problem.kind for problem in met.value.problems] == ["small-print"]
    assert met.value.problems[0].where == "The card, page 1"


def test_a_style_of_the_look_cannot_make_large_print_small_again() -> None:
    """Whatever size a class has in another sheet, large print sets it: new classes need no rule of their own."""
    page = html_page("card", "en", "<h1>Card</h1><style>.new .kind .of .text { font-size: 9pt }</style>")
    body = '<div class="new"><div class="kind"><table class="grid run"><tr><td class="small">Text</td></tr></table></div></div>'
    html = page.html.replace("<html ", '<html class="large" ').replace("</body>", f"{body}</body>")
    packet = bound((replace(page, html=html, is_large=True), press().print_pdf(html, page.title)))
    assert not [run for run in small_runs(packet) if run[0] == "card"]


def test_an_insert_is_told_as_not_in_large_print() -> None:
    from briefing.inserts.order import InsertPage
    from briefing.manifest import _stays_small
    from briefing.packet import Brought

    insert = InsertPage("guide", "Guide", "en", "patient", "handout", "2025", Brought("kept", (), ()))
    assert _stays_small(insert)
    assert not _stays_small(replace(insert, audience="staff"))


def test_fields_of_large_print_take_large_letters() -> None:
    page = html_page(
        "card",
        "en",
        '<h1>Card</h1><div class="fills"><div class="fill">Name'
        '<input class="field field-line" type="checkbox" name="briefing:line:name" title="Name"></div></div>',
    )
    html = page.html.replace("<html ", '<html class="large" ')
    large = replace(page, html=html, is_large=True)
    plain: tuple[HtmlPage, PdfDocument] = (page, press().print_pdf(page.html, page.title, fillable=True))
    sizes = []
    for item, pdf in (plain, (large, press().print_pdf(html, page.title, fillable=True))):
        packet = bound((item, pdf))
        verify_packet(packet, ())
        with pikepdf.open(io.BytesIO(packet.data)) as opened:
            widget = opened.pages[0].Annots[0]
            sizes.append((float(str(widget.DA).split()[1]), float(widget.Rect[3]) - float(widget.Rect[1])))
    (small, _), (big, height) = sizes
    assert small <= 12
    assert big == 18
    assert height > 25


def test_the_session_drawn_large_keeps_all_its_words() -> None:
    drawing = figures.SessionDrawing(
        first=-30,
        last=120,
        clocks=((-30, "9:00 am"), (0, "9:30 am"), (40, "10:10 am"), (120, "11:30 am")),
        rows=("Medicine", "How strong it|may feel", "We check you", "What you do"),
        given=((0, 40, "40 minutes"),),
        strongest_minute=40,
        gone_minute=120,
        strongest="builds up, peaks,|then fades",
        checks=(0, 15, 30),
        spans=((-30, 0, "settle in"), (0, 40, "lie back"), (40, 120, "rest")),
        title="A session",
    )
    normal, large = figures.session_chart(drawing), figures.session_chart(drawing, large=True)
    assert 'font-size="3.70"' in normal
    assert 'font-size="3.70"' not in large
    assert 'font-size="6.35"' in large
    for words in (
        "40 minutes",
        "lie back",
        "settle in",
        "rest",
        "How strong it may feel",
        "builds up, peaks,",
        "9:00 am",
        "11:30 am",
    ):
        assert words in large


def test_the_command_line_makes_it_and_the_id_differs(briefing: Briefing, clinic_folder: Path, tmp_path: Path) -> None:
    common = (ANA, "--clinic", clinic_folder, "--issued-on", "2026-11-24")
    ran = briefing("packet", *common, "--out", tmp_path / "out", "--large-print", "--json")
    assert ran.code == 0, ran
    told = json.loads(ran.out)
    manifest = json.loads(Path(told["manifest"]).read_text())
    assert manifest["large_print"] is True
    assert manifest["claims"] == ["PDF/UA-1", "PDF/A-2a"]
    assert told["pages"] > 50
    assert briefing("verify", told["packet"], "--manifest", told["manifest"]).code == 0


def test_people_drawn_are_no_letters() -> None:
    assert "<text" not in figures.people(Decimal(3), "3 of 10")
