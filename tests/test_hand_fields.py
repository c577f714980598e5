"""A packet that is filled in on a screen: every place to write on is a field, each with its words, and it looks like paper."""

from __future__ import annotations

import ctypes
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import ImageChops
from PIL.Image import Image

from briefing.choices import Choices
from briefing.fingerprint import typed_texts
from briefing.manifest import Manifest
from briefing.packet import Packet
from briefing.pipeline import make_packet
from briefing.strip_reading import STRIP_MILLIMETRES
from tests.bound import bound, fillable, html_page, opened
from tests.conftest import ISSUED_ON, ROOT, SAMPLES, Briefing, each_sample, sample_requests
from tests.packets import SECRET, press, request_of, sample_packet, sample_pages, workshop, written
from tests.processes import printed_in_two_processes
from tests.reading import Reader, elements
from tests.test_packet_structure import failures

SIGNED, CONSULTATION = "daniel-novak", "ben-carter"  # a next session, with signatures; a consultation, with none
SCALE = 2.0
BODY = """
<h1>Form</h1>
<div class="fills">
<div class="fill date">One<input class="field field-line" type="checkbox" name="briefing:line:one" title="One"></div>
<div class="fill date">Two<input class="field field-line" type="checkbox" name="briefing:line:two" title="Two"></div>
</div>
<div class="rules"><div></div><div></div><div></div>
<input class="field field-lines" type="checkbox" name="briefing:lines:many" title="Many"></div>
<div class="tick"><span class="square"><input class="field field-box" type="checkbox" name="briefing:box:yes" title="Yes"></span>
<div>Yes</div></div>
<div class="fills"><div class="fill here">Sign<input class="field field-signature" type="checkbox" name="briefing:signature:sign"
title="Sign"></div></div>
<table class="grid"><tr><th scope="row">Row<br>of<br>three</th>
<td><input class="field field-line" type="checkbox" name="briefing:line:cell" title="Cell"></td>
<td><input class="field field-cell" type="checkbox" name="briefing:cell:notes" title="Notes"></td></tr></table>
"""


@cache
def packet_with_fields(name: str) -> tuple[Packet, Manifest]:
    verified, manifest = make_packet(
        request_of(SAMPLES / "requests" / f"{name}.toml"), workshop(), SECRET, ISSUED_ON, Choices(fillable=True)
    )
    return verified.packet, manifest


@cache
def small() -> Packet:
    page = html_page("form", "en", BODY)
    return bound((page, press().print_pdf(page.html, page.title, fillable=True)))


@dataclass(frozen=True)
class Field:
    """A field as a program for forms sees it."""

    document: str
    name: str
    read_out: str
    kind: str
    page: int
    place: tuple[float, float, float, float]


def fields_of(pdf: pikepdf.Pdf) -> list[Field]:
    """Return the fields in the order in which they are read out."""
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    found = []
    for element in elements(pdf, "/Form"):
        field = element.K.Obj
        left, bottom, right, top = map(float, field.Rect)
        place = (left, bottom, right, top)
        found.append(Field(str(field.Parent.T), str(field.T), str(field.TU), str(field.FT), pages[element.Pg.objgen], place))
    return found


# ---- On paper ----


class Places(HTMLParser):
    """Finds the places a page has to write on, by how they are drawn, and whether a field stands in each."""

    drawn = frozenset({"fill", "rules", "square", "tickable", "initials", "blank"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[dict[str, Any]] = []
        self.without_field: list[str] = []
        self.fields = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = set((dict(attrs).get("class") or "").split())
        if tag == "input":
            self.fields += 1
            for place in self.open:
                place["field"] = True
        elif tag in ("div", "span", "td"):
            kind = next(iter(sorted(names & self.drawn)), "")
            self.open.append({"tag": tag, "kind": kind, "field": False, "text": False})

    def handle_data(self, data: str) -> None:
        for place in self.open:
            place["text"] = place["text"] or bool(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag in ("div", "span", "td"):
            place = self.open.pop()
            assert place["tag"] == tag
            in_cell = any(outer["tag"] == "td" for outer in self.open)  # a cell answers for the blank in it
            to_write = place["kind"] and not (place["kind"] == "blank" and in_cell)
            if (to_write or (tag == "td" and not place["text"])) and not place["field"]:
                self.without_field.append(place["kind"] or tag)


def places(html: str) -> Places:
    found = Places()
    found.feed(html)
    found.close()
    assert not found.open
    return found


@pytest.mark.parametrize("path", sample_requests(), ids=lambda path: str(path.stem))
def test_every_place_drawn_to_write_on_has_a_field(path: Path) -> None:
    for page in sample_pages(path.stem)[0]:
        found = places(page.html)
        assert found.without_field == [], page.id
        assert found.fields == len(page.hand_lines) == len(set(page.hand_lines)), page.id


@pytest.mark.parametrize("path", each_sample())
def test_every_line_is_listed_in_the_manifest(path: Path) -> None:
    packet, manifest = sample_packet(path.stem)
    lines = [(document.item.id, line) for document in packet.documents for line in document.item.hand_lines]
    listed: Any = manifest.data["lines_to_fill_in_by_hand"]
    assert [(line["document"], line["line"]) for line in listed] == lines


@pytest.mark.parametrize(
    "drawn",
    ['<div class="fill date">Date</div>', '<div class="rules"></div>', '<span class="square"></span>', "<tr><td> </td></tr>"],
)
def test_a_place_without_a_field_would_be_found(drawn: str) -> None:
    assert len(places(f"<p>x</p>{drawn}").without_field) == 1


@pytest.mark.parametrize("path", sample_requests(), ids=lambda path: str(path.stem))
def test_the_list_of_lines_tells_nothing_of_the_patient(path: Path) -> None:
    told = " | ".join(line for page in sample_pages(path.stem)[0] for line in page.hand_lines)
    own_words = "".join(
        path.read_text() for path in (ROOT / "templates").rglob("*.j2")
    ).casefold()  # "sleep apnea" is asked of all
    typed = [text for text in typed_texts(request_of(path)) if len(text) > 3 and text.casefold() not in own_words]
    assert typed
    assert [text for text in typed if text.casefold() in told.casefold()] == []
    assert not re.search(r"\d:\d\d|\b(19|20)\d\d\b|\b[ap]m\b|day,|January|December", told)


def test_a_plain_packet_has_no_form() -> None:
    with opened(sample_packet(SIGNED)[0]) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert elements(pdf, "/Form") == []
        assert not any(annotation.Subtype == "/Widget" for page in pdf.pages for annotation in page.get("/Annots", []))


# ---- On a screen ----


@pytest.mark.parametrize("name", [SIGNED, CONSULTATION])
def test_the_fields_are_the_lines_of_the_manifest_in_reading_order(name: str) -> None:
    packet, manifest = packet_with_fields(name)
    with opened(packet) as pdf:
        fields = fields_of(pdf)
        widgets = [annotation for page in pdf.pages for annotation in page.get("/Annots", []) if annotation.Subtype == "/Widget"]
        assert len(widgets) == len(fields)
        assert {str(page.Tabs) for page in pdf.pages} == {"/S"}
    listed: Any = manifest.data["lines_to_fill_in_by_hand"]
    assert [(field.document, field.read_out.partition(" (")[0]) for field in fields] == [
        (line["document"], line["line"].partition(" (")[0]) for line in listed
    ]


def test_no_two_fields_share_a_name_and_each_name_can_be_read() -> None:
    with opened(packet_with_fields(SIGNED)[0]) as pdf:
        fields = fields_of(pdf)
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", field.name) for field in fields)
        assert max(Counter((field.document, field.name) for field in fields).values()) == 1
        top = [str(field.T) for field in pdf.Root.AcroForm.Fields]
        assert top == list(dict.fromkeys(field.document for field in fields))


def test_signatures_can_be_signed_and_are_not() -> None:
    with opened(packet_with_fields(SIGNED)[0]) as pdf:
        signatures = [field for field in fields_of(pdf) if field.kind == "/Sig"]
        assert [(field.document, field.name, field.read_out) for field in signatures] == [
            ("since-last-time", "patient-signature", "Patient: Signature (Since last time)"),
            ("since-last-time", "clinician-signature", "Clinician: Signature (Since last time)"),
        ]
        assert all(right - left > 100 and top - bottom > 25 for left, bottom, right, top in (each.place for each in signatures))
        assert int(pdf.Root.AcroForm.SigFlags) == 1  # there are signature fields; nothing is signed yet
        assert not any("/V" in element.K.Obj for element in elements(pdf, "/Form") if element.K.Obj.FT == "/Sig")


def test_a_packet_with_nothing_to_sign_says_so() -> None:
    with opened(packet_with_fields(CONSULTATION)[0]) as pdf:
        assert "/SigFlags" not in pdf.Root.AcroForm
        assert "/Sig" not in {field.kind for field in fields_of(pdf)}


@pytest.mark.parametrize("name", [SIGNED, CONSULTATION])
def test_fields_are_large_enough_apart_from_each_other_and_above_the_strip(name: str) -> None:
    with opened(packet_with_fields(name)[0]) as pdf:
        fields = fields_of(pdf)
    for field in fields:
        left, bottom, right, top = field.place
        assert bottom > STRIP_MILLIMETRES / 25.4 * 72, field
        least = (9, 9) if field.kind == "/Btn" else (50, 15)
        assert (right - left, top - bottom) > least, field
        assert top - bottom >= least[1], field
    assert not [(one, other) for one in fields for other in fields if one is not other and meet(one, other)]


def meet(one: Field, other: Field) -> bool:
    return one.page == other.page and all(
        min(one.place[side + 2], other.place[side + 2]) - max(one.place[side], other.place[side]) > 1 for side in (0, 1)
    )


def test_an_overlap_would_be_found() -> None:
    one = Field("form", "one", "One", "/Tx", 0, (10, 10, 60, 30))
    assert meet(one, Field("form", "two", "Two", "/Tx", 0, (50, 20, 90, 40)))
    assert not meet(one, Field("form", "two", "Two", "/Tx", 0, (60.5, 10, 90, 30)))


def test_each_field_is_what_its_place_is_for() -> None:
    with opened(small()) as pdf:
        kinds = {str(element.K.Obj.T): element.K.Obj for element in elements(pdf, "/Form")}
        assert {name: str(field.FT) for name, field in kinds.items()} == {
            "one": "/Tx",
            "two": "/Tx",
            "many": "/Tx",
            "yes": "/Btn",
            "sign": "/Sig",
            "cell": "/Tx",
            "notes": "/Tx",
        }
        several = 1 << 12
        assert {name for name, field in kinds.items() if int(field.get("/Ff", 0)) & several} == {"many", "notes"}
        assert {name for name, field in kinds.items() if "/MK" in field} == {"many"}  # no cell loses its lines
        assert set(kinds["yes"].AP.N.keys()) == {"/Yes", "/Off"}
        assert kinds["yes"].AS == kinds["yes"].V == "/Off"
        required, longest, comb = 1 << 1, "/MaxLen", 1 << 24
        assert not any(int(field.get("/Ff", 0)) & (required | comb) or longest in field for field in kinds.values())
        sizes = {float(str(field.DA).split()[1]) for field in kinds.values() if "/DA" in field}
        assert min(sizes) >= 10
        assert {str(field.DA).split("Tf ")[1] for field in kinds.values() if "/DA" in field} == {"0 g"}


def test_a_field_in_a_cell_takes_the_whole_cell() -> None:
    with opened(small()) as pdf:
        cells = [field.place for field in fields_of(pdf) if field.name in ("cell", "notes")]
    assert len(cells) == 2
    for left, bottom, right, top in cells:
        assert top - bottom > 3 * 12  # the row is three lines high
        assert right - left > 80


def test_each_field_stands_alone_under_its_own_tag_beside_its_label() -> None:
    """A second signature is only trusted beside a first one when fields stand in the tags like this."""
    with opened(small()) as pdf:
        assert all(isinstance(element.K, pikepdf.Dictionary) for element in elements(pdf, "/Form"))
        told = "".join(text for _, text in Reader(pdf).told())
        assert re.sub(r"\s", "", told) == "FormOneTwoYesSignRowofthree"


# ---- What is typed ----


class Screen:
    """A packet opened in a viewer that has forms."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pypdfium2.PdfDocument(data)
        assert self.pdf.init_forms()
        self.form: Any = self.pdf.formenv.raw

    def click(self, field: Field) -> None:
        left, bottom, right, top = field.place
        with self.page(field.page) as page:
            self._click(page, (left + right) / 2, (bottom + top) / 2)

    def write(self, field: Field, text: str) -> None:
        left, bottom, right, top = field.place
        letters = (text + "\0").encode("utf-16-le")
        buffer = ctypes.create_string_buffer(letters, len(letters))
        with self.page(field.page) as page:
            self._click(page, (left + right) / 2, (bottom + top) / 2)
            pdfium.FORM_ReplaceSelection(self.form, page.raw, ctypes.cast(buffer, pdfium.FPDF_WIDESTRING))
            pdfium.FORM_ForceToKillFocus(self.form)

    def _click(self, page: Any, x: float, y: float) -> None:
        pdfium.FORM_OnMouseMove(self.form, page.raw, 0, x, y)
        pdfium.FORM_OnLButtonDown(self.form, page.raw, 0, x, y)
        pdfium.FORM_OnLButtonUp(self.form, page.raw, 0, x, y)

    def page(self, number: int) -> Any:
        return _Closing(self.pdf[number])

    def saved(self) -> bytes:
        out = io.BytesIO()
        self.pdf.save(out)
        return out.getvalue()


class _Closing:
    def __init__(self, page: Any) -> None:
        self._page = page

    def __enter__(self) -> Any:
        return self._page

    def __exit__(self, *_: object) -> None:
        self._page.close()


def drawn(data: bytes, page: int = 0) -> Image:
    """Draw a page as it prints, with what its fields hold."""
    with pypdfium2.PdfDocument(data) as pdf:
        pdf.init_forms()
        picture = pdf[page].render(scale=SCALE, grayscale=True).to_pil()
        assert isinstance(picture, Image)
        return picture


def ink(before: bytes, after: bytes, place: tuple[float, float, float, float]) -> tuple[float, float, float, float] | None:
    """Return where in a place something was drawn that was not there before, in points from its lower left; None for nowhere."""
    one, two = drawn(before), drawn(after)
    left, bottom, right, top = place
    box = (round(left * SCALE), round(one.height - top * SCALE), round(right * SCALE), round(one.height - bottom * SCALE))
    found = ImageChops.difference(one.crop(box), two.crop(box)).point([0] * 100 + [255] * 156).getbbox()
    if found is None:
        return None
    return found[0] / SCALE, (top - bottom) - found[3] / SCALE, found[2] / SCALE, (top - bottom) - found[1] / SCALE


def small_fields() -> dict[str, Field]:
    with opened(small()) as pdf:
        return {field.name: field for field in fields_of(pdf)}


def test_what_is_typed_stands_on_its_line_and_in_no_other_field() -> None:
    before, fields = small().data, small_fields()
    screen = Screen(before)
    screen.write(fields["one"], "Aha 1986")
    after = screen.saved()
    place = ink(before, after, fields["one"].place)
    assert place is not None
    left, bottom, _, top = place
    assert left < 6
    assert 2 < bottom < 6  # letters without tails, a little above the line
    assert 6.5 < top - bottom < 9.5  # capitals of 11 points
    assert ink(before, after, fields["two"].place) is None  # as large, and empty
    with pikepdf.open(io.BytesIO(after)) as pdf:
        one = next(field for field in pdf.Root.AcroForm.Fields[0].Kids if field.T == "one")
        assert str(one.V) == "Aha 1986"
        assert b"BriefingHand" in one.AP.N.read_bytes()


def test_what_is_typed_over_ruled_lines_can_be_read() -> None:
    before, fields = small().data, small_fields()
    screen = Screen(before)
    screen.write(fields["many"], "Words that fill more than one line, so that some of them go on below the first. " * 2)
    picture = drawn(screen.saved())
    left, bottom, right, top = fields["many"].place
    lines = [round(picture.height - (bottom + part * (top - bottom)) * SCALE) for part in (1 / 3, 2 / 3)]
    for y in lines:  # the ruled lines inside are covered: no row of the picture is dark from end to end
        for row in range(y - 4, y + 5):
            strip = picture.crop((round(left * SCALE) + 4, row, round(right * SCALE) - 4, row + 1))
            assert strip.getextrema()[1] == 255


def test_a_box_is_ticked_and_unticked() -> None:
    before, fields = small().data, small_fields()
    screen = Screen(before)
    screen.click(fields["yes"])
    ticked = screen.saved()
    assert ink(before, ticked, fields["yes"].place) is not None
    screen = Screen(ticked)
    screen.click(fields["yes"])
    assert ink(before, screen.saved(), fields["yes"].place) is None


def test_no_two_fields_share_what_is_drawn_in_them() -> None:
    with opened(packet_with_fields(SIGNED)[0]) as pdf:
        looks = [element.K.Obj.AP.N for element in elements(pdf, "/Form")]
        streams = [look.objgen for look in looks if isinstance(look, pikepdf.Stream)]
        assert len(streams) > 50
        assert len(set(streams)) == len(streams)
        ticks = {look.Yes.objgen for look in looks if not isinstance(look, pikepdf.Stream)}
        assert len(ticks) < 5  # nothing is ever drawn into these


def test_fields_share_one_whole_font_of_ours() -> None:
    with opened(packet_with_fields(SIGNED)[0]) as pdf:
        (font,) = pdf.Root.AcroForm.DR.Font.values()
        assert (str(font.BaseFont), str(font.Encoding)) == ("/AtkinsonHyperlegible-Regular", "/WinAnsiEncoding")
        assert len(font.Widths) == 224
        assert int(font.Widths[ord("A") - 32]) == pytest.approx(639, abs=80)
        assert font.FontDescriptor.FontFile2.read_bytes()[:4] == b"\0\1\0\0"
        assert "/NeedAppearances" not in pdf.Root.AcroForm
    plain, with_fields = sample_packet(SIGNED)[0], packet_with_fields(SIGNED)[0]
    assert len(with_fields.data) - len(plain.data) < 100_000


# ---- How it looks, and by which standards it is made ----


@pytest.mark.parametrize("document", ["cover", "since-last-time", "before-you-come", "follow-up", "clinician-sheet"])
def test_with_fields_a_page_looks_the_same(document: str) -> None:
    (page,) = [page for page in written(sample_packet(SIGNED)[0]) if page.id == document]
    plain, with_fields = (press().print_pdf(page.html, page.title, fillable=on).data for on in (False, True))
    assert plain != with_fields
    with pypdfium2.PdfDocument(plain) as pdf:
        pages = len(pdf)
    assert all(
        ImageChops.difference(drawn(plain, number), drawn_bare(with_fields, number)).getbbox() is None for number in range(pages)
    )


def drawn_bare(data: bytes, page: int) -> Image:
    """Draw a page without its fields: those of a document that is not bound yet are WeasyPrint's."""
    with pypdfium2.PdfDocument(data) as pdf:
        picture = pdf[page].render(scale=SCALE, grayscale=True, may_draw_forms=False, draw_annots=False).to_pil()
        assert isinstance(picture, Image)
        return picture


def test_empty_fields_draw_nothing() -> None:
    data = small().data
    assert ImageChops.difference(drawn(data), drawn_bare(data, 0)).getbbox() is None


def test_a_packet_with_fields_keeps_to_the_standards() -> None:
    assert failures(small().data) == []
    assert failures(packet_with_fields(SIGNED)[0].data) == []


@pytest.mark.long
@pytest.mark.parametrize("path", sample_requests(), ids=lambda path: str(path.stem))
def test_every_sample_with_fields_keeps_to_them(path: Path) -> None:
    assert failures(packet_with_fields(path.stem)[0].data) == []


def test_fields_of_others_beside_ours_keep_their_fonts() -> None:
    page = html_page("form", "en", BODY)
    packet = bound((page, press().print_pdf(page.html, page.title, fillable=True)), fillable("lab"))
    assert failures(packet.data) == []
    with opened(packet) as pdf:
        assert len(pdf.Root.AcroForm.DR.Font.keys()) == 2
        asked = {str(field.DA).split()[0] for field in widgets(pdf) if "/DA" in field and not str(field.DA).startswith("0")}
        assert "/BriefingHand" in asked
        assert {str(top.T) for top in pdf.Root.AcroForm.Fields} == {"form", "lab"}


def widgets(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for page in pdf.pages:
        yield from (annotation for annotation in page.get("/Annots", []) if annotation.Subtype == "/Widget")


@pytest.mark.long
def test_the_same_bytes_come_out_of_every_process() -> None:
    code = "import hashlib; from tests.test_hand_fields import small; print(hashlib.sha256(small().data).hexdigest())"
    assert len(set(printed_in_two_processes(code))) == 1


def test_the_command_makes_it(briefing: Briefing, clinic_folder: Path, tmp_path: Path) -> None:
    request = SAMPLES / "requests" / f"{CONSULTATION}.toml"
    ran = briefing(
        "packet", request, "--clinic", clinic_folder, "--out", tmp_path / "out", "--issued-on", ISSUED_ON, "--fillable"
    )
    assert ran.code == 0
    with pikepdf.open(ran.out.strip()) as pdf:
        assert {field.document for field in fields_of(pdf)} >= {"goals-and-questions", "clinician-sheet"}
