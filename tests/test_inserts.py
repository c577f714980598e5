"""Inserts: whatever somebody else's PDF is, it ends bound and harmless, or refused by name."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from typing import Any

import page as page_validation
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageChops

from briefing.errors import CatalogueError
from briefing.inserts import preparing
from briefing.inserts.order import InsertPage, Order
from briefing.inserts.preparing import prepare_file
from briefing.packet import Packet
from briefing.pdf_rendering import PdfDocument
from briefing.verification import verify_packet
from tests.bound import bound, opened, printed
from tests.foreign import LETTER, PICTURE_WORDS, changed, drawn, guide, in_packet, order, prepared, refused
from tests.reading import Reader, _elements, elements

TEXT = b"BT /F 24 Tf 72 700 Td (HELLO) Tj ET"
FOOT = 29 * 72 / 25.4
PROFILES = (page_validation.ValidationProfile.PDF_UA_1, page_validation.ValidationProfile.PDF_A_2A)


def told(packet: Packet, number: int = 1) -> list[tuple[str, str]]:
    """Return kind and text of each heading, paragraph, item and cell of an insert, in reading order."""
    with opened(packet) as pdf:
        (insert,) = (part for part in elements(pdf, "/Document") if str(part.get("/ID", "")) == f"insert:lab-{number}")
        inside = [
            element for element in _elements(insert) if element.get("/S") in ("/H1", "/H2", "/P", "/LI", "/TH", "/TD", "/Link")
        ]
        return [(str(element.S), Reader(pdf).text(element)) for element in inside]


# ---- With the maker's own tags ----


def test_a_tagged_insert_is_read_as_its_maker_meant_it() -> None:
    assert told(in_packet(guide())) == [
        ("/H1", "Medication guide"),
        ("/P", "Read about the risks or the agency."),
        ("/Link", "the risks"),  # the one out of the file is print from now on
        ("/LI", "One."),
        ("/LI", "Two."),
        ("/H2", "Risks"),
        ("/TH", "Effect"),
        ("/TH", "Share"),
        ("/TH", "Sleepy"),
        ("/TD", "Many"),
    ]


def test_a_packet_with_a_good_insert_still_keeps_to_the_standards() -> None:
    packet = in_packet(guide())
    assert packet.claims == ("PDF/UA-1", "PDF/A-2a")
    reports = [page_validation.validate_pdf_bytes(packet.data, profile=profile) for profile in PROFILES]
    assert [failure.message for report in reports for failure in report.failures if "STREAM-LENGTH" not in failure.rule_id] == []


@pytest.mark.parametrize(
    ("taken", "left"),
    [(rb"<pdfuaid:part>1</pdfuaid:part>", ("PDF/A-2a",)), (rb'pdfaid:conformance="A"', ("PDF/UA-1",))],
)
def test_a_packet_claims_no_more_than_its_inserts(taken: bytes, left: tuple[str, ...]) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        told = pdf.Root.Metadata.read_bytes()
        pdf.Root.Metadata.write(re.sub(taken, b"", told))
        assert told != pdf.Root.Metadata.read_bytes()

    packet = in_packet(changed(guide(), change))
    assert packet.claims == left
    with opened(packet) as pdf:
        written = pdf.Root.Metadata.read_bytes()
    assert (b"<pdfuaid:part>" in written, b"<pdfaid:part>" in written) == ("PDF/UA-1" in left, "PDF/A-2a" in left)


def test_colors_meant_for_four_inks_are_not_claimed_for_the_archive() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OutputIntents[0].DestOutputProfile.N = 4

    assert prepared(changed(guide(), change)).brought.standards == ("PDF/UA-1",)


def test_a_link_inside_the_insert_leads_to_its_own_heading_and_none_leads_out() -> None:
    with opened(in_packet(guide(), guide())) as pdf:
        places = [page.obj.objgen for page in pdf.pages]
        links = [(number, link) for number, page in enumerate(pdf.pages) for link in page.get("/Annots", [])]
        assert [(number, places.index(link.Dest[0].objgen)) for number, link in links if "/Dest" in link][-2:] == [(1, 2), (3, 4)]
        assert not any("/A" in link for number, link in links if number > 0)
        top = next(link.Dest[3] for number, link in links if number == 1)
    with pypdfium2.PdfDocument(in_packet(guide()).data) as drawn_pages:
        text = drawn_pages[2].get_textpage()
        index = text.get_text_range().index("Risks")
        assert abs(text.get_charbox(index)[3] - float(top)) < 60


def test_a_picture_tells_where_it_is_on_the_packets_page() -> None:
    with opened(in_packet(guide())) as pdf:
        (figure,) = elements(pdf, "/Figure")
        left, bottom, right, top = (float(side) for side in figure.A.BBox)
        assert str(figure.Alt) == "A dot"
        page = [page.obj.objgen for page in pdf.pages].index(figure.Pg.objgen)
    assert dark_part(in_packet(guide()).data, page, (left, bottom, right, top)) > 0.4


def dark_part(data: bytes, page: int, box: tuple[float, float, float, float]) -> float:
    """Return how much of a part of a drawn page is dark."""
    with pypdfium2.PdfDocument(data) as pdf:
        picture = pdf[page].render(scale=1, grayscale=True).to_pil()
    part = picture.crop((round(box[0]), round(picture.height - box[3]), round(box[2]), round(picture.height - box[1])))
    dots: bytes = part.tobytes()
    return sum(dot < 128 for dot in dots) / len(dots)


def test_headers_of_two_inserts_do_not_mix() -> None:
    with opened(in_packet(guide(), guide())) as pdf:
        names = [str(header.ID) for header in elements(pdf, "/TH")]
        assert len(names) == len(set(names)) == 6
        asked = {str(name) for cell in elements(pdf, "/TD") for name in cell.A.get("/Headers", [])}
        assert asked <= set(names)


# ---- Tags that cannot be trusted ----


def root(pdf: pikepdf.Pdf) -> Any:
    return pdf.Root.StructTreeRoot


def first(pdf: pikepdf.Pdf, kind: str) -> Any:
    return elements(pdf, kind)[0]


def ring(pdf: pikepdf.Pdf) -> None:
    item = first(pdf, "/LI")
    item.K = Array([*(item.K if isinstance(item.K, Array) else [item.K]), root(pdf).K[0]])


def endless_roles(pdf: pikepdf.Pdf) -> None:
    root(pdf).RoleMap = Dictionary({"/A": Name("/B"), "/B": Name("/A")})
    first(pdf, "/H1").S = Name("/A")


def held_twice(pdf: pikepdf.Pdf) -> None:
    first(pdf, "/H2").K = first(pdf, "/P").K


def no_numbers(pdf: pikepdf.Pdf) -> None:
    first(pdf, "/P").K = Array([String("x"), Dictionary(Type=Name("/MCR")), Dictionary(Type=Name("/OBJR")), 99_999])


def no_parent_tree(pdf: pikepdf.Pdf) -> None:
    del root(pdf).ParentTree


def odd_attributes(pdf: pikepdf.Pdf) -> None:
    first(pdf, "/TH").A = Array([Dictionary(O=Name("/Table"), RowSpan=-4, Headers=Array([String("nobody")])), 3, String("x")])
    first(pdf, "/Figure").A = Dictionary(O=Name("/Layout"), BBox=Array([1, 2]))
    first(pdf, "/P").Lang = String("no language at all")


TWISTS: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "a ring": ring,
    "roles without end": endless_roles,
    "a piece that two hold": held_twice,
    "what is no number": no_numbers,
    "no way back": no_parent_tree,
    "odd attributes": odd_attributes,
}


@pytest.mark.parametrize("twist", TWISTS.values(), ids=TWISTS)
def test_twisted_tags_become_sound_ones(twist: Callable[[pikepdf.Pdf], None]) -> None:
    packet = in_packet(changed(guide(), twist))
    verify_packet(packet, [])  # every tag and text lead to each other
    with opened(packet) as pdf:
        assert Reader(pdf).told()


def test_text_that_the_tags_leave_out_makes_them_unusable() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.contents_add(pikepdf.unparse_content_stream(unmarked_copy(page)), prepend=False)

    done = prepared(changed(guide(), change))
    assert done.brought.tags == "made"
    assert "tags-unusable" in done.brought.notes


def unmarked_copy(page: pikepdf.Page) -> list[Any]:
    return [item for item in pikepdf.parse_content_stream(page) if str(item.operator) not in ("BDC", "BMC", "EMC")]


def test_pieces_that_no_tag_holds_are_for_the_eye_only() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        heading = first(pdf, "/H1")
        heading.K = Array([])

    packet = in_packet(changed(guide(), change))
    verify_packet(packet, [])
    assert "Medication guide" not in [text for _, text in told(packet)]


def test_tags_for_pieces_inside_of_a_drawing_are_not_used() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        drawing = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
        first(pdf, "/P").K = Dictionary(Type=Name("/MCR"), MCID=0, Stm=drawing)

    assert prepared(changed(guide(), change)).brought.tags == "made"


def test_a_picture_without_words_says_so_and_costs_the_claim() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        del first(pdf, "/Figure").Alt

    done = prepared(changed(guide(), change))
    assert done.brought.standards == ()
    assert done.brought.notes == ("pictures-without-words", "links-left-out")
    with pikepdf.open(io.BytesIO(done.data)) as pdf:
        assert str(first(pdf, "/Figure").Alt) == PICTURE_WORDS


def test_a_kind_that_nobody_knows_costs_the_claim() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        first(pdf, "/H1").S = Name("/Headline")

    assert prepared(changed(guide(), change)).brought.standards == ()


def test_a_kind_of_the_makers_own_is_read_as_what_it_stands_for() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        root(pdf).RoleMap = Dictionary({"/Headline": Name("/Top"), "/Top": Name("/H1")})
        first(pdf, "/H1").S = Name("/Headline")

    done = prepared(changed(guide(), change))
    assert done.brought.standards == ("PDF/UA-1", "PDF/A-2a")
    assert ("/H1", "Medication guide") in told(in_packet(changed(guide(), change)))


def test_headings_without_a_number_get_one_by_their_depth() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        for heading in (first(pdf, "/H1"), first(pdf, "/H2")):
            heading.S = Name("/H")

    assert [kind for kind, text in told(in_packet(changed(guide(), change))) if text in ("Medication guide", "Risks")] == [
        "/H1"
    ] * 2


# ---- Without tags ----


def test_an_untagged_insert_is_read_page_by_page_and_the_packet_claims_nothing() -> None:
    packet = in_packet(guide(tagged=False))
    verify_packet(packet, [])
    assert packet.claims == ()
    with opened(packet) as pdf:
        assert b"pdfuaid:part>1" not in pdf.Root.Metadata.read_bytes()
        assert b"<pdfaid:part>" not in pdf.Root.Metadata.read_bytes()
        (document,) = (part for part in elements(pdf, "/Document") if str(part.get("/ID", "")) == "insert:lab-1")
        assert [str(kid.S) for kid in document.K] == ["/P", "/P"]
    with pypdfium2.PdfDocument(packet.data) as pages:
        assert "Medication guide" in pages[1].get_textpage().get_text_range()


def test_a_scanned_page_says_what_it_is() -> None:
    done = prepared(drawn(b"100 100 200 200 re f"))
    assert done.brought.notes == ("no-tags", "pictures-without-words")
    with pikepdf.open(io.BytesIO(done.data)) as pdf:
        assert str(first(pdf, "/Figure").Alt) == "Page 1 of 1, as a picture."


def test_the_clinics_own_words_stand_for_the_pages() -> None:
    done = prepared(guide(tagged=False), read_aloud=("The first page.", "The second page."))
    with pikepdf.open(io.BytesIO(done.data)) as pdf:
        assert [str(figure.Alt) for figure in elements(pdf, "/Figure")] == ["The first page.", "The second page."]
    assert refused(guide(tagged=False), read_aloud=("Only one.",)) == "insert-words"


# ---- Its place on the paper ----

CORNER = b"0 0 1 rg 0 0 30 30 re f 1 0 0 rg %d %d 30 30 re f"  # blue at the lower left, red at the upper right


def corners(width: float, height: float, **page: Any) -> bytes:
    return drawn(CORNER % (width - 30, height - 30), MediaBox=Array([0, 0, width, height]), **page)


@pytest.mark.parametrize(
    ("data", "blue_is"),
    [
        (corners(612, 792), "lower left"),
        (corners(612, 792, Rotate=90), "upper left"),
        (corners(612, 792, Rotate=180), "upper right"),
        (corners(612, 792, Rotate=-90), "lower right"),
        (corners(612, 792, Rotate=450), "upper left"),
        (corners(420, 595), "lower left"),
        (corners(842, 595), "lower left"),
        (corners(1224, 1584), "lower left"),
        (corners(2000, 300), "lower left"),
        (corners(306, 396, UserUnit=2), "lower left"),
        (drawn(CORNER % (470, 670), MediaBox=Array([-50, -50, 650, 850]), CropBox=Array([0, 0, 500, 700])), "lower left"),
        (drawn(CORNER % (470, 670), MediaBox=Array([500, 700, 0, 0])), "lower left"),
    ],
)
@pytest.mark.parametrize("paper", [LETTER, (595.276, 841.89)])
def test_every_page_lands_upright_inside_its_room(data: bytes, blue_is: str, paper: tuple[float, float]) -> None:
    done = prepared(data, paper=paper)
    with pypdfium2.PdfDocument(done.data) as pdf:
        assert [round(side) for side in pdf[0].get_size()] == [round(side) for side in paper]
        picture = pdf[0].render(scale=1).to_pil()
    bands = picture.split()
    blue, red = place_of(bands[2], bands[0]), place_of(bands[0], bands[2])
    side = "left" if blue[0] < red[0] else "right"
    assert f"{'lower' if blue[1] > red[1] else 'upper'} {side}" == blue_is
    for left, top, right, bottom in (blue, red):
        assert left >= 20
        assert right <= picture.width - 20
        assert top >= 20
        assert bottom <= picture.height - FOOT + 1


def place_of(color: Any, other: Any) -> tuple[int, int, int, int]:
    """Return where a picture has much of one color and little of another."""
    box = ImageChops.subtract(color, other).point(lambda dot: 255 * (dot > 150)).getbbox()
    assert box is not None
    return box


def test_a_small_page_is_not_enlarged() -> None:
    done = prepared(drawn(b"0 0 200 100 re f", MediaBox=Array([0, 0, 200, 100])))
    assert abs(dark_part(done.data, 0, (0, 0, 612, 792)) * 612 * 792 - 200 * 100) < 1000


def test_what_lies_outside_of_the_page_that_is_seen_is_not_seen() -> None:
    data = drawn(b"0 0 612 792 re f", CropBox=Array([300, 300, 400, 400]))
    assert abs(dark_part(prepared(data).data, 0, (0, 0, 612, 792)) * 612 * 792 - 100 * 100) < 500


def test_text_outside_of_what_its_page_shows_is_refused() -> None:
    data = drawn(b"BT /F 24 Tf 72 10 Td (SLUG) Tj 0 500 Td (SEEN) Tj ET", CropBox=Array([0, 400, 612, 792]))
    assert refused(data) == "insert-outside"


# ---- Nothing that acts ----


def with_everything(pdf: pikepdf.Pdf) -> None:
    """Plant all that a PDF can do and an insert may not."""
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('PLANTED')"))
    file = pdf.make_stream(b"PLANTED", Type=Name.EmbeddedFile)
    spec = Dictionary(Type=Name.Filespec, F=String("PLANTED.exe"), EF=Dictionary(F=file))
    pdf.Root.OpenAction = script
    pdf.Root.AA = Dictionary(WC=script)
    pdf.Root.AF = Array([spec])
    pdf.Root.PieceInfo = Dictionary(PLANTED=Dictionary(Private=String("PLANTED")))
    pdf.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("PLANTED"), script])),
        EmbeddedFiles=Dictionary(Names=Array([String("PLANTED"), pdf.make_indirect(spec)])),
    )
    pdf.Root.OCProperties = Dictionary(OCGs=Array([]), D=Dictionary())
    pdf.Root.Outlines = Dictionary(First=Dictionary(Title=String("PLANTED"), A=script))
    pdf.trailer.Info = pdf.make_indirect(Dictionary(Author=String("PLANTED"), Title=String("PLANTED")))
    page = pdf.pages[0].obj
    page.AA = Dictionary(O=script)
    page.Metadata = pdf.make_stream(b"PLANTED")
    page.PieceInfo = pdf.Root.PieceInfo
    page.Thumb = pdf.make_stream(b"PLANTED")
    page.Trans = Dictionary(S=Name.Dissolve)
    rectangle = Array([10, 10, 100, 100])
    kinds: list[dict[str, Any]] = [
        {"S": Name.Launch, "F": String("PLANTED.exe")},
        {"S": Name.URI, "URI": String("https://PLANTED.example")},
        {"S": Name.GoToR, "F": String("PLANTED.pdf"), "D": Array([0, Name.Fit])},
        {"S": Name.SubmitForm, "F": String("https://PLANTED.example")},
        {"S": Name.JavaScript, "JS": String("PLANTED")},
        {"S": Name.Named, "N": Name.Print},
        {"S": Name.GoTo, "D": Array([0, Name.Fit]), "Next": script},
    ]
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("PLANTED"), AA=Dictionary(K=script), F=4)
    field.Rect = rectangle
    field = pdf.make_indirect(field)
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=spec, Rect=rectangle, F=4, Contents=String("PLANTED"))
    links = [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=rectangle, A=Dictionary(**kind)) for kind in kinds]
    page.Annots = Array([*page.get("/Annots", []), *links, field, note])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), XFA=String("PLANTED"), CO=Array([field]))
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") in ("/Form", "/Image"):
            item.Metadata = pdf.make_stream(b"PLANTED")
            item.PieceInfo = Dictionary(PLANTED=Dictionary())
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font":
            item.PLANTED = Dictionary(S=Name.JavaScript, JS=String("PLANTED"))


@pytest.mark.parametrize("tagged", [True, False])
def test_nothing_that_acts_or_tells_of_the_past_is_in_the_packet(tagged: bool) -> None:
    planted = changed(guide(tagged=tagged), with_everything)
    packet = in_packet(planted)
    plain = io.BytesIO()
    with opened(packet) as pdf:
        pdf.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False, qdf=True)
    written = plain.getvalue()
    assert b"PLANTED.exe" in changed(planted, lambda _: None, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    acting = rb"/JavaScript|/JS\b|/Launch|/EmbeddedFile|/Filespec|/GoToR|/SubmitForm|/OpenAction|/AA\b|/PieceInfo|/Thumb|/XFA|/OCProperties|/AcroForm|PLANTED\."
    assert re.findall(acting, written) == []
    verify_packet(packet, [])


def test_a_filled_in_field_is_printed_and_told_as_what_it_was() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        ticked = pdf.make_stream(b"0 0 20 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 20, 20]))
        page = pdf.pages[1].obj
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Btn, T=String("agree"), TU=String("I agree"), F=4, V=Name.Yes, AS=Name.Yes,
                Rect=Array([300, 300, 340, 340]), AP=Dictionary(N=Dictionary(Yes=ticked)), P=page,
            )
        )  # fmt: skip
        page.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
        top = root(pdf).K[0] if isinstance(root(pdf).K, Array) else root(pdf).K
        form = pdf.make_indirect(Dictionary(Type=Name("/StructElem"), S=Name.Form, P=top, Pg=page))
        form.K = Dictionary(Type=Name("/OBJR"), Obj=field, Pg=page)
        top.K = Array([*top.K, form])

    data = changed(guide(), change)
    packet = in_packet(data)
    verify_packet(packet, [])
    with opened(packet) as pdf:
        assert "/AcroForm" not in pdf.Root
        about = first(pdf, "/Form").A
        assert [str(about[key]) for key in ("/O", "/Role", "/checked", "/Desc")] == ["/PrintField", "/cb", "/on", "I agree"]
    with pypdfium2.PdfDocument(packet.data) as pages, pypdfium2.PdfDocument(data) as source:
        del source
        dark = dark_part(packet.data, 2, (0, FOOT, 612, 792)) - dark_part(in_packet(guide()).data, 2, (0, FOOT, 612, 792))
        assert len(pages) == 4
    assert 0.6 < dark * 612 * (792 - FOOT) / 1600 < 1.1


# ---- What cannot be an insert ----


def plain(pdf: pikepdf.Pdf) -> None:
    del pdf


def hidden_layer(pdf: pikepdf.Pdf) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("hidden")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def only_on_screen(pdf: pikepdf.Pdf) -> None:
    usage = Dictionary(Print=Dictionary(PrintState=Name.OFF))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([pdf.make_indirect(Dictionary(Type=Name.OCG, Usage=usage))]), D=Dictionary())


def drawn_by_one_program(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(XFA=String("<xdp/>"), Fields=Array([]))


def shown_by_a_rule(pdf: pikepdf.Pdf) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("shown")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary())
    pdf.pages[0].obj.Resources.Properties = Dictionary(L=pdf.make_indirect(Dictionary(Type=Name.OCMD, OCGs=layer, P=Name.AllOff)))


def drawn_as_it_was(pdf: pikepdf.Pdf) -> None:
    typed_but_not_drawn(pdf)
    field = pdf.Root.AcroForm.Fields[0]
    field.AP = Dictionary(N=pdf.make_stream(b"0 0 9 9 re f", Subtype=Name.Form, BBox=Array([0, 0, 9, 9])))
    pdf.Root.AcroForm.NeedAppearances = True


def not_for_paper(pdf: pikepdf.Pdf) -> None:
    drawn_as_it_was(pdf)
    del pdf.Root.AcroForm.NeedAppearances
    pdf.Root.AcroForm.Fields[0].F = 0


def typed_but_not_drawn(pdf: pikepdf.Pdf) -> None:
    field = Dictionary(Subtype=Name.Widget, FT=Name.Tx, V=String("typed"), F=4, Rect=Array([0, 0, 9, 9]))
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]))
    pdf.pages[0].obj.Annots = pdf.Root.AcroForm.Fields


def no_room(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.MediaBox = Array([0, 0, 0, 700])


def drawing_is_missing(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"/Nothing Do", prepend=False)


def font_is_missing(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj.Resources.Font


def font_of_the_machine(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Resources.Font.F = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def damaged_picture(pdf: pikepdf.Pdf) -> None:
    picture = pikepdf.Stream(pdf, b"")
    picture.write(b"\x78\x9c\xff\xff\xff\xff", filter=Name.FlateDecode)
    picture.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=9,
        Height=9,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceGray,
        Filter=Name.FlateDecode,
    )
    pdf.pages[0].obj.Resources.XObject = Dictionary(P=picture)
    pdf.pages[0].contents_add(b"q 99 0 0 99 0 0 cm /P Do Q", prepend=False)


REFUSED: dict[str, tuple[Callable[[pikepdf.Pdf], None], str]] = {
    "a hidden layer": (hidden_layer, "insert-layers"),
    "a layer that is not printed": (only_on_screen, "insert-layers"),
    "a layer that shows when another does not": (shown_by_a_rule, "insert-layers"),
    "an answer drawn as it was before": (drawn_as_it_was, "insert-undrawn"),
    "an answer that is not printed": (not_for_paper, "insert-undrawn"),
    "a form of one program": (drawn_by_one_program, "insert-undrawn"),
    "typed but not drawn": (typed_but_not_drawn, "insert-undrawn"),
    "no room": (no_room, "insert-unreadable"),
    "a drawing is missing": (drawing_is_missing, "insert-unreadable"),
    "a font is missing": (font_is_missing, "insert-unreadable"),
    "a font of the machine": (font_of_the_machine, "insert-fonts"),
    "a damaged picture": (damaged_picture, "insert-unreadable"),
}


@pytest.mark.parametrize(("change", "kind"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_printed_faithfully_is_refused(change: Callable[[pikepdf.Pdf], None], kind: str) -> None:
    assert refused(drawn(TEXT)) == "bound"
    assert refused(changed(drawn(TEXT), change)) == kind


def without_page(data: bytes) -> bytes:
    """Take a page out of the tree of pages, which still counts it."""
    return data.replace(b"/Count 2", b"/Count 3")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "insert-unreadable"),
        (b"hello", "insert-unreadable"),
        (b"%PDF-1.7\n" + b"x" * 1000, "insert-unreadable"),
        (drawn(TEXT)[:400], "insert-unreadable"),
        (drawn(b""), "insert-undrawn"),
        (drawn(TEXT, pages=61), "insert-too-much"),
        (without_page(drawn(TEXT, pages=2)), "insert-unreadable"),
        (changed(drawn(TEXT), plain, encryption=pikepdf.Encryption(user="asked", owner="x")), "insert-locked"),
        (
            changed(
                drawn(TEXT),
                plain,
                encryption=pikepdf.Encryption(
                    user="", owner="x", allow=pikepdf.Permissions(print_lowres=False, print_highres=False)
                ),
            ),
            "insert-locked",
        ),
        (changed(drawn(TEXT), plain, encryption=pikepdf.Encryption(user="", owner="x")), "bound"),
    ],
)
def test_a_file_that_cannot_be_opened_or_may_not_be_used_is_refused(data: bytes, kind: str) -> None:
    assert refused(data) == kind


def test_a_file_without_its_table_of_contents_is_repaired_and_says_so() -> None:
    data = drawn(TEXT)
    broken = data.replace(b"startxref", b"startxxxx").replace(b"xref\n", b"xrxx\n")
    done = prepared(broken)
    assert "repaired" in done.brought.notes
    assert done.page_count == 1


def test_text_for_machines_beneath_a_scanned_page_needs_no_font() -> None:
    data = changed(drawn(b"0 0 99 99 re f BT 3 Tr /F 24 Tf 72 700 Td (HELLO) Tj ET"), font_of_the_machine)
    assert refused(data) == "bound"


# ---- In a process of its own ----


def asked(data: bytes, **told: Any) -> dict[str, Any]:
    return prepare_file(order(**told), data, "inserts/lab/en.pdf")[0]


def by_hand(kids: bytes, contents: bytes = b"<</Length 0>>stream\n\nendstream") -> bytes:
    """Write a file of one page as no library would; it has no table of its objects."""
    return b"""%%PDF-1.7
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[%b]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>endobj
4 0 obj%b endobj
trailer<</Root 1 0 R>>
""" % (kids, contents)


def bomb() -> bytes:
    """Pack more than a gigabyte of instructions into three megabytes."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    million = packer.compress(b"0 0 1 1 re f\n" * 80_660) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = head + million * 1500 + packer.flush()
    return by_hand(b"3 0 R", b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed))


def test_the_same_file_gives_the_same_bytes_in_every_process() -> None:
    first_time, second_time = (prepare_file(order(), guide(), "x")[1] for _ in range(2))
    assert first_time == second_time == prepared(guide()).data


@pytest.mark.parametrize("tagged", [True, False])
def test_a_process_of_its_own_tells_the_same(tagged: bool) -> None:
    done = prepared(guide(tagged=tagged))
    assert asked(guide(tagged=tagged)) == {
        "tags": done.brought.tags,
        "standards": list(done.brought.standards),
        "notes": list(done.brought.notes),
        "page_count": 2,
    }


def test_a_refusal_names_the_insert() -> None:
    with pytest.raises(CatalogueError) as caught:
        asked(b"hello")
    (problem,) = caught.value.problems
    assert (problem.kind, problem.where) == ("insert-unreadable", "inserts/lab/en.pdf")


@pytest.mark.parametrize("kids", [b"2 0 R", b"1 0 R", b"9 0 R", b"3 0 R 3 0 R 2 0 R", b"null"])
def test_a_tree_of_pages_that_is_a_ring_or_leads_nowhere_is_refused_at_once(kids: bytes) -> None:
    page = b"<</Length 22>>stream\n100 100 200 200 re f  \nendstream"
    assert refused(by_hand(b"3 0 R", page)) == "bound"
    with pytest.raises(CatalogueError) as caught:
        asked(by_hand(kids, page))
    assert caught.value.problems[0].kind == "insert-unreadable"


@pytest.mark.long
def test_a_small_file_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(CatalogueError) as caught:
        asked(bomb())
    assert caught.value.problems[0].kind in ("insert-too-much", "insert-unreadable")


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "SECONDS", 2)
    with pytest.raises(CatalogueError) as caught:
        asked(drawn(b"0 0 1 1 re f\n" * 1_000_000))
    assert caught.value.problems[0].kind == "insert-too-much"


def test_a_crash_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "_START", "import os; os.abort()")
    with pytest.raises(CatalogueError) as caught:
        asked(guide())
    assert caught.value.problems[0].kind == "insert-unreadable"


def test_an_order_is_all_that_the_process_is_told() -> None:
    assert set(Order.__slots__) == {"id", "title", "language", "paper", "read_aloud", "picture_words", "scan_words"}


def test_the_longest_title_and_version_fit_into_the_strip() -> None:
    done = prepared(guide())
    title = "Medication guide for the medicine esketamine, with what to ask of us"
    version = "Revised in October 2025, as the maker sends it to each of its clinics"
    item = InsertPage("lab", title, "en", "patient", "form", version, done.brought)
    packet = bound((item, PdfDocument(done.data, done.page_count)), printed("last", "en", "<h1>Last</h1><p>Done.</p>"))
    verify_packet(packet, [])
    assert 65 < len(title) <= 70
    assert 65 < len(version) <= 70
