"""A packet read as a screen reader reads it: by its tags, across the documents and pages it was bound from."""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import page as page_validation
import pikepdf
import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, NameObject

from briefing.internals import SOURCE, check_internals
from briefing.packet.pdf_objects import dictionary
from briefing.packet.roles import adopt_names, use_names
from tests.bound import CONSENT, HANDOUT, LONG, ROWS, bound, fillable, html_page, opened, pair, printed
from tests.conftest import sample_requests
from tests.packets import press, sample_packet, written
from tests.processes import printed_in_two_processes
from tests.reading import Reader, elements, elements_under

PROFILES = (page_validation.ValidationProfile.PDF_UA_1, page_validation.ValidationProfile.PDF_A_2A)


def words(text: str) -> str:
    """Fold away spaces and letters that show nothing."""
    return re.sub(r"[\s\u200b\u00ad]", "", text)


def words_of(body: str) -> str:
    """Return the words of a page's HTML; a drawing is read by its title, which is no text."""
    return words(html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"(?s)<svg.*?</svg>", "", body))))


def page_number(pdf: pikepdf.Pdf, page: Any) -> int:
    return [other.objgen for other in pdf.pages].index(page.objgen) + 1


# ---- The tree ----


def test_each_document_is_told_with_its_title_and_language() -> None:
    with opened(pair()) as pdf:
        whole, *documents = elements(pdf, "/Document")
        assert str(whole.Lang) == str(pdf.Root.Lang) == "en"
        assert [(str(document.T), str(document.Lang)) for document in documents] == [("The consent", "en"), ("The handout", "es")]
        assert [Reader(pdf).text(part) for part in elements(pdf, "/Span") if "/Lang" in part] == ["Hola."]


def test_what_is_read_out_is_what_the_documents_say_in_their_order_and_nothing_else() -> None:
    with opened(pair()) as pdf:
        read = words("".join(text for kind, text in Reader(pdf).told() if kind != "/Figure"))
    assert read == words_of(CONSENT) + words_of(HANDOUT)


def test_margins_and_strips_are_there_for_the_eye_only() -> None:
    packet = pair()
    with opened(packet) as pdf:
        assert "Packetpage" not in words("".join(text for _, text in Reader(pdf).told()))
        drawn = b"".join(part.read_bytes() for page in pdf.pages for part in page.Contents)
        assert drawn.count(b"/Subtype /Footer") == len(pdf.pages)
        assert b"/Artifact <</Type /Pagination>> BDC" in drawn


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"<table><tbody>{ROWS}</tbody></table>", "/Table"),
        (f"<ul>{'<li>An item.</li>' * 90}</ul>", "/L"),
        (f"<ul><li>{LONG}</li></ul>", "/LI"),
        (f"<p>{LONG}</p>", "/P"),
        (f"<blockquote><p>{LONG}</p></blockquote>", "/BlockQuote"),
        (f"<section><h2>Why?</h2><div>{LONG}</div></section>", "/Sect"),
    ],
)
def test_what_a_page_break_cuts_is_read_as_one(body: str, kind: str) -> None:
    with opened(bound(printed("long", "en", body))) as pdf:
        assert len(pdf.pages) > 1
        (element,) = elements(pdf, kind)
        assert words(Reader(pdf).text(element)) == words_of(body)


def test_two_tables_side_by_side_at_a_page_break_stay_two() -> None:
    body = f'<table>{ROWS[:2000]}</table><table style="break-before: page">{ROWS[:2000]}</table>'
    with opened(bound(printed("two", "en", body))) as pdf:
        assert len(elements(pdf, "/Table")) == 2


def test_no_mark_of_ours_is_left_in_the_file() -> None:
    data = press().print_pdf(html_page("x", "en", CONSENT).html, "x").data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert any(f"/{SOURCE}" in item for item in pdf.objects if isinstance(item, pikepdf.Dictionary))
    with opened(pair()) as pdf:
        assert not any(f"/{SOURCE}" in item for item in pdf.objects if isinstance(item, pikepdf.Dictionary))


@pytest.mark.parametrize(
    "body",
    [
        '<p>For محمد عبدالله, born 1990.</p><p dir="rtl" lang="ar">أتحدث العربية. أحتاج إلى مترجم.</p>',
        '<p lang="vi">Tôi cần thông dịch viên.</p>',
        '<p lang="hi"><b>राहुल</b> शर्मा</p>',
    ],
)
def test_text_that_is_drawn_otherwise_is_read_as_it_was_typed(body: str) -> None:
    with opened(bound(printed("scripts", "en", body))) as pdf:
        assert words("".join(text for _, text in Reader(pdf).told())) == words_of(body)


# ---- Tables, lists, pictures, links ----


def headed(pdf: pikepdf.Pdf) -> list[tuple[str, list[str]]]:
    """Return the text of each cell and of the headers it names."""
    reader = Reader(pdf)
    names = {str(header.ID): reader.text(header) for header in elements(pdf, "/TH")}
    return [(reader.text(cell), [names[str(name)] for name in cell.A.get("/Headers", [])]) for cell in elements(pdf, "/TD")]


def test_each_cell_of_a_table_over_pages_knows_its_headers() -> None:
    with opened(pair()) as pdf:
        cells = dict(headed(pdf))
        assert cells["0a"] == cells["0b"] == ["Share", "Row 0"]
        assert cells["59b"] == ["Share", "Row 59"]
        assert [Reader(pdf).text(row) for row in elements(pdf, "/THead")] == ["EffectShare"]


def test_cells_that_span_rows_push_the_others_aside() -> None:
    body = (
        '<table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>'
        '<tr><th scope="row" rowspan="2">Both</th><td>1</td></tr><tr><td>2</td></tr></tbody></table>'
    )
    with opened(bound(printed("spans", "en", body))) as pdf:
        assert headed(pdf) == [("1", ["B", "Both"]), ("2", ["B", "Both"])]


def test_headers_say_whether_they_head_a_row_or_a_column() -> None:
    with opened(pair()) as pdf:
        scopes = Counter(str(header.A.Scope) for header in elements(pdf, "/TH"))
    assert scopes == {"/Column": 3, "/Row": 60}  # the handout's own header has no scope, so it heads its column


def test_empty_cells_stay_cells_each_of_its_own() -> None:
    body = f"<table>{'<tr><td></td><td></td></tr>' * 5}<tr><td>x</td><td></td></tr></table>"
    with opened(bound(printed("empty", "en", body))) as pdf:
        assert len(elements(pdf, "/TD")) == 12


def test_lists_say_how_they_count_and_items_keep_to_lists() -> None:
    body = '<ul style="list-style: disc"><li style="display: list-item"><p>One</p></li></ul><ol><li>Two</li></ol>'
    with opened(bound(printed("lists", "en", body))) as pdf:
        assert [str(each.A.ListNumbering) for each in elements(pdf, "/L")] == ["/Disc", "/Decimal"]
        assert [[str(kid.S) for kid in item.K] for item in elements(pdf, "/LI")] == [["/Lbl", "/LBody"], ["/LBody"]]


def test_a_picture_is_where_it_is_said_to_be() -> None:
    with opened(pair()) as pdf:
        (figure,) = elements(pdf, "/Figure")
        left, bottom, right, top = map(float, figure.A.BBox)
        assert str(figure.Alt) == "A dot"
    assert left == pytest.approx(20 / 25.4 * 72, abs=1)  # the page's margin
    assert right - left == pytest.approx(30 / 25.4 * 72, abs=1)
    assert top - bottom == pytest.approx(right - left, abs=1)
    assert 0 < bottom < top < 792


def test_one_link_is_one_element_whatever_is_inside() -> None:
    with opened(pair()) as pdf:
        assert [Reader(pdf).text(link) for link in elements(pdf, "/Link")] == ["the risks", "the agency", "riesgos"]


def test_a_link_stays_in_its_document() -> None:
    with opened(pair()) as pdf:
        targets = [page_number(pdf, link.Dest[0]) for page in pdf.pages for link in page.get("/Annots", []) if "/Dest" in link]
        first, second = [page_number(pdf, heading.Pg) for heading in elements(pdf, "/H2")][1:]
        assert set(targets[:-1]) == {first}
        assert targets[-1] == second
        assert first != second
        assert "/Names" not in pdf.Root or "/Dests" not in pdf.Root.Names


# ---- What the file says of itself ----


def place_of(bookmark: pikepdf.OutlineItem) -> Any:
    assert bookmark.action is not None
    return bookmark.action.D[0]


def test_bookmarks_are_the_documents_and_their_questions() -> None:
    with opened(pair()) as pdf, pdf.open_outline() as outline:
        found = {item.title: [child.title for child in item.children] for item in outline.root}
        places = [page_number(pdf, place_of(child)) for item in outline.root for child in item.children]
        assert places == [page_number(pdf, heading.Pg) for heading in elements(pdf, "/H2")]
    assert found == {"The consent": ["What is it?", "Risks of the medicine"], "The handout": ["Riesgos"]}


def test_viewers_show_the_title_and_count_packet_pages() -> None:
    packet = pair()
    reader = PdfReader(io.BytesIO(packet.data))
    assert reader.metadata is not None
    assert reader.metadata.title == "Packet AAAA-BBBB"
    assert reader.page_labels == [str(number) for number in range(1, len(packet.strips) + 1)]
    assert reader.viewer_preferences is not None
    assert reader.viewer_preferences.display_doctitle
    with opened(packet) as pdf:
        assert b"Ruiz" not in pdf.Root.Metadata.read_bytes()


def test_equal_streams_stand_once() -> None:
    with opened(pair()) as pdf:
        streams = Counter(
            (item.read_raw_bytes(), item.stream_dict.unparse()) for item in pdf.objects if isinstance(item, pikepdf.Stream)
        )
    assert set(streams.values()) == {1}


def test_every_glyph_has_a_text() -> None:
    with opened(pair()) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/ToUnicode" in item:
                assert b"> <>" not in item.ToUnicode.read_bytes()


@pytest.mark.long
def test_the_same_bytes_come_out_of_every_process() -> None:
    code = "import hashlib; from tests.bound import pair; print(hashlib.sha256(pair().data).hexdigest())"
    assert len(set(printed_in_two_processes(code))) == 1


# ---- Names that two documents use ----


def test_a_role_that_means_something_else_gets_another_name() -> None:
    whole = dictionary(Box=NameObject("/Div"), Word=NameObject("/Span"))
    own = dictionary(Box=NameObject("/P"), Word=NameObject("/Span"), Frame=NameObject("/Box"))
    renamed = adopt_names(whole, own, "lab")
    element = dictionary(S=NameObject("/Box"), C=ArrayObject([NameObject("/big")]))
    use_names(element, renamed, {"/big": "/big-lab"})
    assert whole == {"/Box": "/Div", "/Word": "/Span", "/Box-lab": "/P", "/Frame": "/Box-lab"}
    assert element == {"/S": "/Box-lab", "/C": ["/big-lab"]}
    assert isinstance(element["/S"], NameObject)


def test_fields_of_one_name_in_two_documents_are_two_fields() -> None:
    packet = bound(fillable("consent"), fillable("handout"))
    fields = PdfReader(io.BytesIO(packet.data)).get_fields()
    assert fields is not None
    assert {name for name in fields if "." in name} == {"consent.agree", "consent.why", "handout.agree", "handout.why"}
    with opened(packet) as pdf:
        asked = [str(field.DA).split()[-3] for page in pdf.pages for field in page.Annots if "/DA" in field]
        assert len(set(asked)) == 2  # each document has a font of its own, of the same name before they were bound
        assert set(asked) == set(pdf.Root.AcroForm.DR.Font.keys())


def test_a_packet_with_fields_keeps_to_the_standards() -> None:
    assert failures(bound(fillable("consent"), fillable("handout")).data) == []


# ---- Whole samples, as they are read out and walked through ----

QUICK = "ben-carter"
SAMPLES = [
    pytest.param(path.stem, marks=() if path.stem == QUICK else pytest.mark.long, id=path.stem) for path in sample_requests()
]


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_read_out_of_a_sample_is_what_its_documents_say_in_their_order(name: str) -> None:
    packet, _ = sample_packet(name)
    with opened(packet) as pdf:
        reader = Reader(pdf)
        told = [reader.told_under(document) for document in elements(pdf, "/Document")[1:]]
    # A drawing is read by its words for the blind.
    read = [words("".join(text for kind, text in each if kind != "/Figure")) for each in told]
    assert read == [words_of(numbered(item.html.partition("<body")[2].partition(">")[2])) for item in written(packet)]


def numbered(body: str) -> str:
    """Write the numbers of statements into a page, which the style sheet counts."""
    numbers = count(1)

    def write(found: re.Match[str]) -> str:
        return re.sub(r"<li[^>]*>", lambda item: f"{item[0]}{next(numbers)}", found[0])

    return re.sub(r'(?s)<ol class="statements".*?</ol>', write, body)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_link_and_bookmark_of_a_sample_lands_on_its_own_heading(name: str) -> None:
    packet, _ = sample_packet(name)
    with opened(packet) as pdf, pdf.open_outline() as outline:
        reader = Reader(pdf)
        documents = elements(pdf, "/Document")[1:]
        assert [item.title for item in outline.root] == [str(document.T) for document in documents]
        for item, document, bound_document in zip(outline.root, documents, packet.documents, strict=True):
            pages = range(bound_document.first_page, bound_document.last_page + 1)
            headings = {(words(reader.text(each)), page_number(pdf, each.Pg)) for each in all_headings(document)}
            marks = {(words(child.title), page_number(pdf, place_of(child))) for child in item.children}
            assert page_number(pdf, place_of(item)) == bound_document.first_page
            assert marks <= headings
            links = [link for page in pages for link in pdf.pages[page - 1].obj.get("/Annots", []) if "/Dest" in link]
            assert all(page_number(pdf, link.Dest[0]) in pages for link in links)


def all_headings(document: Any) -> list[Any]:
    return [each for kind in ("/H1", "/H2", "/H3") for each in elements_under(document, kind)]


# ---- Judges that are not ours ----


def failures(data: bytes) -> list[str]:
    reports = [page_validation.validate_pdf_bytes(data, profile=profile) for profile in PROFILES]
    found = [f"{failure.rule_id}: {failure.message}" for report in reports for failure in report.failures]
    if b"\r\nendstream" in data:  # the last byte of a packed stream happens to look like half a line end; veraPDF knows
        found = [failure for failure in found if "STREAM-LENGTH" not in failure]
    return found


def test_a_packet_keeps_to_the_standards_for_access_and_for_the_archive() -> None:
    assert failures(pair().data) == []


@pytest.mark.long
@pytest.mark.parametrize("path", sample_requests(), ids=lambda path: str(path.stem))
def test_every_sample_keeps_to_them(path: Path) -> None:
    assert failures(sample_packet(path.stem)[0].data) == []


def test_the_judge_finds_fault_with_a_packet_that_has_no_language() -> None:
    with opened(pair()) as pdf:
        del pdf.Root.Metadata
        broken = io.BytesIO()
        pdf.save(broken)
    assert failures(broken.getvalue())


# ---- What is not ours to rely on ----


def test_the_private_parts_we_touch_are_as_we_know_them() -> None:
    assert all(check_internals().values()), check_internals()


def test_nothing_stays_changed_in_weasyprint() -> None:
    from weasyprint.pdf import tags

    before = tags._build_box_tree
    pair()
    assert tags._build_box_tree is before


def test_pypdf_copies_a_tree_once_with_its_pages() -> None:
    """`clone` must know what became of the pages and links that `append` copied; all of the structure rests on it."""
    from pypdf import PdfWriter

    reader = PdfReader(io.BytesIO(printed("x", "en", '<p><a href="https://www.fda.gov/">x</a></p>')[1].data))
    writer = PdfWriter()
    writer.append(reader)
    tree: Any = reader.root_object["/StructTreeRoot"].clone(writer)
    link = tree["/K"][0]["/K"][0]["/K"][0]
    assert link["/S"] == "/Link"
    assert link.raw_get("/Pg") == writer.pages[0].indirect_reference
    annotations: Any = writer.pages[0]["/Annots"]
    assert link["/K"][0].get_object().raw_get("/Obj") == annotations[0]
