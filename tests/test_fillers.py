"""Two-sided: every document has sheets of its own, and a side that is left over says so and is proved like any other."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from briefing.choices import Choices
from briefing.errors import VerificationError
from briefing.fingerprint import typed_texts
from briefing.packet import Packet, place_documents
from briefing.pdf_reading import read_pages
from briefing.structure_proof import prove_structure
from briefing.verification import verify_packet
from briefing.wording import Wording
from tests.bound import CONSENT, bound, html_page, opened, printed
from tests.conftest import SAMPLES, sample_requests
from tests.packets import changed, request_of, sample_catalogue, sample_packet
from tests.test_packet_structure import failures
from tests.test_verification import no_strip, reorder

DUPLEX = Choices(duplex=True)
SPANISH = {"direction": "ltr", "filler": "Esta página está en blanco a propósito."}
TWO_PAGES = '<h1>Hoja</h1><p>Uno.</p><p style="break-before: page">Dos.</p>'
ITEM = html_page("a", "en", "")


@cache
def two_sided() -> Packet:
    """Bind three documents of 5, 2 and 1 pages."""
    wordings = {"es": Wording("es", SPANISH)}
    last = printed("card", "es", "<h1>Tarjeta</h1>")
    return bound(printed("consent", "en", CONSENT), printed("handout", "es", TWO_PAGES), last, choices=DUPLEX, wordings=wordings)


def fillers(packet: Packet) -> list[int]:
    return [document.filler_page for document in packet.documents if document.filler_page]


# --- Places ---


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_no_sheet_holds_two_documents_or_two_packets(counts: list[int]) -> None:
    documents = place_documents([(ITEM, count) for count in counts], duplex=True)
    owners: dict[int, set[int]] = {}
    for index, document in enumerate(documents):
        assert document.first_page % 2 == 1
        assert document.page_count == counts[index]
        for page in range(document.first_page, document.last_side + 1):
            owners.setdefault((page + 1) // 2, set()).add(index)
    assert all(len(own) == 1 for own in owners.values())
    assert documents[-1].last_side % 2 == 0
    assert sum(1 for document in documents if document.filler_page) == sum(count % 2 for count in counts)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_on_one_side_nothing_is_filled(counts: list[int]) -> None:
    documents = place_documents([(ITEM, count) for count in counts])
    assert documents[-1].last_side == sum(counts)
    assert not any(document.filler_page for document in documents)


# --- Pages ---


def test_filler_pages_stand_where_they_are_told_and_count_as_packet_pages() -> None:
    packet = two_sided()
    places = [(document.first_page, document.last_page, document.filler_page) for document in packet.documents]
    assert places == [(1, 5, 6), (7, 8, None), (9, 9, 10)]
    with opened(packet) as pdf:
        assert len(pdf.pages) == len(packet.strips) == 10
        assert [str(page.label) for page in pdf.pages] == [str(number) for number in range(1, 11)]


def test_a_filler_page_says_whose_it_is_and_that_it_is_blank_on_purpose() -> None:
    with read_pages(two_sided().data) as pages:
        said = pages[5].text_above(0).split("\r\n")
    assert said == [
        *("Ana Ruiz", "born May 2, 1986", "Packet AAAA-BBBB"),
        *("This page is blank on", "purpose."),
        *("DRAFT The consent", "Version 1", "Blank on purpose"),
        *("Packet page", "6 of 10"),
    ]


def test_its_words_are_in_the_language_of_the_document_before_it() -> None:
    with read_pages(two_sided().data) as pages:
        assert "".join(SPANISH["filler"].split()) in "".join(pages[9].text_above(0).split())


def test_its_words_are_in_the_clinics_language_where_the_clinic_has_no_labels_in_that_of_the_document() -> None:
    packet = bound(printed("card", "es", "<h1>Tarjeta</h1>"), choices=DUPLEX)
    with read_pages(packet.data) as pages:
        assert "blank on purpose" in " ".join(pages[1].text_above(0).split())


def test_the_line_that_stands_for_the_page_of_the_document_holds_no_digit() -> None:
    for wording in sample_catalogue().wordings.values():
        assert not re.search(r"\d", wording["strip_filler"])


def test_a_filler_page_holds_no_tags_and_no_form_of_content_but_artifacts() -> None:
    packet = two_sided()
    with opened(packet) as pdf:
        for number in fillers(packet):
            page = pdf.pages[number - 1]
            marks = [str(step.operands[0]) for step in pikepdf.parse_content_stream(page, "BDC BMC")]
            assert marks == ["/Artifact"]
            lead = dict(zip(*[iter(pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))[int(page.StructParents)]
            assert list(lead) == []
        assert list(prove_structure(pdf)) == []


def test_bookmarks_and_tags_lead_past_the_filler_pages() -> None:
    packet = two_sided()
    with opened(packet) as pdf, pdf.open_outline() as outline:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        bookmarks: list[Any] = [item.obj for item in outline.root]
        places = [bookmark.get("/Dest") or bookmark.A.D for bookmark in bookmarks]
        led = [numbers[place[0].objgen] for place in places]
    assert led == [document.first_page for document in packet.documents] == [1, 7, 9]


def test_a_print_dialog_is_told_to_use_both_sides() -> None:
    with opened(two_sided()) as pdf:
        assert pdf.Root.ViewerPreferences.Duplex == "/DuplexFlipLongEdge"
    with opened(bound(printed("card", "es", "<h1>Tarjeta</h1>"))) as pdf:
        assert "/Duplex" not in pdf.Root.ViewerPreferences


def test_a_two_sided_packet_keeps_to_the_standards() -> None:
    assert failures(two_sided().data) == []


@pytest.mark.long
@pytest.mark.parametrize("path", sample_requests(), ids=lambda path: str(path.stem))
def test_every_sample_keeps_to_them_two_sided(path: Path) -> None:
    packet, _ = sample_packet(path.stem, DUPLEX)
    assert failures(packet.data) == []


# --- A whole packet ---


def test_the_contents_of_the_cover_name_the_two_sided_pages() -> None:
    packet, _ = sample_packet("ana-ruiz", DUPLEX)
    with read_pages(packet.data) as pages:
        cover = " ".join(pages[0].text_above(0).split())
    for document in packet.documents:
        if document.item.audience != "staff" and document.item.kind != "cover":
            first, last = document.first_page, document.last_page
            told = f"{first} to {last}" if first != last else f"{first}"
            assert re.search(rf"{re.escape(document.item.title)} (?:\D*? )?(?:pages? )?{told}\b", cover), document.item.title


def test_no_sheet_of_a_sample_holds_pages_for_two_kinds_of_readers() -> None:
    packet, _ = sample_packet("ana-ruiz", DUPLEX)
    readers: dict[int, set[str]] = {}
    for document in packet.documents:
        for page in range(document.first_page, document.last_side + 1):
            readers.setdefault((page + 1) // 2, set()).add(document.item.audience)
    assert {"patient", "companion", "staff"} == set().union(*readers.values())
    assert all(len(audiences) == 1 for audiences in readers.values())


def test_the_manifest_lists_the_pages_that_are_blank_on_purpose() -> None:
    packet, manifest = sample_packet("ana-ruiz", DUPLEX)
    assert manifest.data["blank_pages"] == fillers(packet)
    assert sample_packet("ana-ruiz")[1].data["blank_pages"] == []


def dropped(writer: PdfWriter) -> None:
    writer.remove_page(fillers(sample_packet("ana-ruiz", DUPLEX)[0])[0] - 1)


def swapped(writer: PdfWriter) -> None:
    first, second, *_ = (page - 1 for page in fillers(sample_packet("ana-ruiz", DUPLEX)[0]))
    order = list(range(len(writer.pages)))
    order[first], order[second] = order[second], order[first]
    reorder(writer, order)


FAULTS = {"dropped": (dropped, "page-count"), "swapped": (swapped, "identity"), "without its strip": (no_strip, "identity")}


@pytest.mark.parametrize(("change", "kind"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_filler_page_is_caught(change: object, kind: str) -> None:
    packet, _ = sample_packet("ana-ruiz", DUPLEX)
    assert fillers(packet)[0] == 2  # the page that `no_strip` takes the strip off
    assert callable(change)
    with pytest.raises(VerificationError) as refused:
        verify_packet(changed(packet, change), typed_texts(request_of(SAMPLES / "requests" / "ana-ruiz.toml")))
    assert kind in {problem.kind for problem in refused.value.problems}


def test_another_choice_gives_another_packet_id() -> None:
    assert sample_packet("ana-ruiz", DUPLEX)[0].packet_id != sample_packet("ana-ruiz")[0].packet_id
