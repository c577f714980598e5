"""The booklet: folded as a hand folds it, its pages come in order, in full size, and each planted fault is caught."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pikepdf
import pytest
import zxingcpp
from pypdf import PdfReader, PdfWriter

from briefing.booklet_proof import fold, prove_booklet
from briefing.choices import Choices
from briefing.errors import CatalogueError
from briefing.packet import Booklet, Packet, is_kept
from briefing.packet.booklet import sheet_sides
from briefing.pdf_reading import read_pages
from briefing.wording import Wording
from tests.bound import CONSENT, bound, printed
from tests.packets import overlay, sample_catalogue, sample_packet

BOOKLET = Choices(booklet=True)
CARD = "<h1>Tarjeta</h1>"


@cache
def folded() -> Packet:
    """Bind a booklet of 6 pages, which needs two fillers."""
    return bound(printed("handout", "en", CONSENT), printed("card", "es", CARD), choices=BOOKLET)


def booklet_of(packet: Packet) -> Booklet:
    assert packet.booklet is not None
    return packet.booklet


def halves(booklet: Booklet) -> list[tuple[str, str]]:
    """Read the QR codes off the paper: left and right of each side, in the order of printing."""
    read = []
    with read_pages(booklet.data) as sides:
        for side in sides:
            picture = side.draw(130, gray=True)
            middle, height = picture.width // 2, picture.height
            parts = ((0, 0, middle, height), (middle, 0, picture.width, height))
            left, right = (zxingcpp.read_barcodes(picture.crop(part))[0].text for part in parts)
            read.append((left, right))
    return read


def leafed_through(sides: list[tuple[str, str]]) -> list[str]:
    """Fold paper: sheets printed on both sides, turned over their short edge, laid in one another, and leafed through.

    Written without the formula of the product: each sheet is two leaves, each leaf has a front and a back.
    """
    leaves: list[tuple[str, str]] = []
    for front, back in reversed(list(zip(sides[::2], sides[1::2], strict=True))):  # the innermost sheet first
        # Behind the right half of the front lies the left half of the back; the fold is on the left of that leaf.
        first_leaf, last_leaf = (front[1], back[0]), (back[1], front[0])
        leaves = [first_leaf, *leaves, last_leaf]
    return [page for leaf in leaves for page in leaf]


@pytest.mark.parametrize("count", [4, 8, 12, 20, 40])
def test_folded_sheets_come_in_order(count: int) -> None:
    pages = [(str(left), str(right)) for left, right in sheet_sides(count)]
    assert leafed_through(pages) == fold(pages) == [str(page) for page in range(count)]


@pytest.mark.parametrize("count", [4, 8, 12])
def test_a_booklet_bound_on_the_right_is_the_mirror_of_one_bound_on_the_left(count: int) -> None:
    mirrored = [(right, left) for left, right in sheet_sides(count)]
    assert list(sheet_sides(count, right_to_left=True)) == mirrored
    told = [(str(left), str(right)) for left, right in mirrored]
    assert fold(told, right_to_left=True) == [str(page) for page in range(count)]


def test_the_printed_booklet_is_read_in_order_when_it_is_folded() -> None:
    codes = [f"BRF:AAAABBBB:{page:02}/06" for page in range(1, 7)]
    fillers = [f"BRF:AAAABBBB:{page:02}/08:BOOKLET" for page in (7, 8)]
    assert leafed_through(halves(booklet_of(folded()))) == codes + fillers


def test_two_pages_in_full_size_stand_on_paper_twice_as_wide() -> None:
    packet = folded()
    with read_pages(packet.data) as pages, read_pages(booklet_of(packet).data) as sides:
        assert {(side.width, side.height) for side in sides} == {(2 * pages[0].width, pages[0].height)}
        right = [box for box in sides[0].text_boxes(72) if box[0] >= pages[0].width]
        assert sorted(bottom - top for _, top, _, bottom in right) == sorted(
            bottom - top for _, top, _, bottom in pages[0].text_boxes(72)
        )


def test_it_holds_what_the_patient_keeps_and_reads_and_nothing_else() -> None:
    packet, manifest = sample_packet("ana-ruiz", BOOKLET)
    kept = [document.item.id for document in packet.documents if is_kept(document)]
    assert set(kept) == {
        *("key-information", "what-to-expect", "before-you-come", "after-your-session"),
        *("about-ketamine", "long-term-risks", "language-and-aids", "words-to-know", "sources"),
    }
    told = manifest.data["booklet"]
    assert isinstance(told, dict)
    assert told["packet_pages"] == list(booklet_of(packet).packet_pages)
    assert sample_packet("ana-ruiz")[1].data["booklet"] is None


def test_it_claims_no_tags_and_holds_no_links() -> None:
    with pikepdf.open(io.BytesIO(booklet_of(folded()).data)) as pdf:
        assert "/StructTreeRoot" not in pdf.Root
        assert "/MarkInfo" not in pdf.Root
        assert "/Metadata" not in pdf.Root
        assert not any("/Annots" in page for page in pdf.pages)
        assert pdf.Root.ViewerPreferences.Duplex == "/DuplexFlipShortEdge"
        assert "Ruiz" not in str(pdf.docinfo)
        assert pdf.check_pdf_syntax() == []
        assert all(item.read_raw_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream))


def test_the_same_pages_give_the_same_booklet() -> None:
    again = bound(printed("handout", "en", CONSENT), printed("card", "es", CARD), choices=BOOKLET)
    assert booklet_of(again).data == booklet_of(folded()).data


def test_a_booklet_in_a_language_that_runs_from_right_to_left_is_bound_on_the_right() -> None:
    arabic = Wording("ar", {"direction": "rtl", "filler": "هذه الصفحة فارغة عمدا"})
    packet = bound(printed("card", "ar", "<h1>بطاقة</h1>"), choices=BOOKLET, wordings={"ar": arabic})
    assert booklet_of(packet).right_to_left
    assert list(prove_booklet(packet)) == []
    mirrored = [(right, left) for left, right in halves(booklet_of(packet))]
    assert leafed_through(mirrored)[0] == "BRF:AAAABBBB:01/01"


def test_a_packet_without_anything_to_keep_has_no_booklet() -> None:
    page, pdf = printed("consent", "en", CARD)
    consent = sample_catalogue().documents["consent"]
    with pytest.raises(CatalogueError) as refused:
        bound((replace(page, chosen=replace(page.chosen, document=consent)), pdf), choices=BOOKLET)
    assert [problem.kind for problem in refused.value.problems] == ["no-document"]


# --- The proof ---


def changed(change: Callable[[PdfWriter], None]) -> Packet:
    packet = folded()
    booklet, out = booklet_of(packet), io.BytesIO()
    writer = PdfWriter(clone_from=io.BytesIO(booklet.data))
    change(writer)
    writer.write(out)
    return replace(packet, booklet=replace(booklet, data=out.getvalue()))


def reprinted(order: list[int]) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        sides = list(PdfReader(io.BytesIO(booklet_of(folded()).data)).pages)
        for _ in sides:
            writer.remove_page(0)
        for number in order:
            writer.add_page(sides[number])

    return change


def laid_over(html: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        writer.pages[1].merge_page(overlay(html))

    return change


def linked(writer: PdfWriter) -> None:
    from pypdf.annotations import Link

    writer.add_annotation(0, Link(rect=(0, 0, 50, 50), target_page_index=1))


COVER = '<div style="position: absolute; background: #fff; {}"></div>'
FAULTS: dict[str, tuple[Callable[[PdfWriter], None], str]] = {
    "turned over the long edge": (reprinted([0, 3, 2, 1]), "in order"),
    "the sheets in the wrong order": (reprinted([2, 3, 0, 1]), "in order"),
    "a side too few": (reprinted([0, 1, 2]), "whole sheets"),
    "a side twice": (reprinted([0, 0, 2, 3]), "in order"),
    "a code covered": (laid_over(COVER.format("right: 0; bottom: -20mm; width: 14mm; height: 16mm")), "QR code"),
    "a page painted over": (laid_over(COVER.format("inset: 0; height: 180mm")), "cannot be seen"),
    "words added": (laid_over("<p>Take two.</p>"), "do not say"),
    "a link": (linked, "links"),
}


def test_a_good_booklet_is_let_through() -> None:
    assert list(prove_booklet(folded())) == []
    assert list(prove_booklet(changed(lambda _: None))) == []
    assert list(prove_booklet(replace(folded(), booklet=None))) == []


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_caught(change: Callable[[PdfWriter], None], said: str) -> None:
    assert said in " ".join(problem.problem for problem in prove_booklet(changed(change)))


def test_the_booklet_of_another_packet_is_caught() -> None:
    other = bound(printed("handout", "en", CONSENT.replace("Consent", "Assent")), printed("card", "es", CARD), choices=BOOKLET)
    mixed = replace(folded(), booklet=replace(booklet_of(folded()), data=booklet_of(other).data))
    assert "do not say" in " ".join(problem.problem for problem in prove_booklet(mixed))
