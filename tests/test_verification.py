"""Each planted fault must be caught, and nothing else must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from briefing.errors import VerificationError
from briefing.fingerprint import typed_texts
from briefing.packet import Packet
from briefing.verification import verify_packet
from tests.conftest import SAMPLES, sample_requests
from tests.packets import changed, overlay, request_of, sample_packet

ANA = SAMPLES / "requests" / "ana-ruiz.toml"


def verify(packet: Packet) -> None:
    verify_packet(packet, typed_texts(request_of(ANA)))


def kinds(packet: Packet) -> set[str]:
    with pytest.raises(VerificationError) as refused:
        verify(packet)
    return {problem.kind for problem in refused.value.problems}


def reorder(writer: PdfWriter, order: list[int]) -> None:
    pages = writer.root_object["/Pages"].get_object()
    assert isinstance(pages, DictionaryObject)
    kids = [page.indirect_reference for page in writer.pages]
    pages[NameObject("/Kids")] = ArrayObject([kids[index] for index in order])
    writer.flattened_pages = None


def swap_pages(writer: PdfWriter) -> None:
    order = list(range(len(writer.pages)))
    order[1], order[2] = order[2], order[1]
    reorder(writer, order)


def drop_page(writer: PdfWriter) -> None:
    writer.remove_page(3)


def double_page(writer: PdfWriter) -> None:
    writer.remove_page(3)
    writer.insert_page(writer.pages[2], 3)


def page_of_another_patient(writer: PdfWriter) -> None:
    import io

    from pypdf import PdfReader

    stranger = PdfReader(io.BytesIO(sample_packet("nguyen-thi-phuong-anh")[0].data)).pages[2]
    writer.remove_page(2)
    writer.insert_page(stranger, 2)


def laid_over(html: str, page: int = 1) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        writer.pages[page].merge_page(overlay(html))

    return change


def foreign_font(writer: PdfWriter) -> None:
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    resources = writer.pages[1]["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    fonts = resources["/Font"].get_object()
    assert isinstance(fonts, DictionaryObject)
    fonts[NameObject("/Foreign")] = font


def no_strip(writer: PdfWriter) -> None:
    contents = writer.pages[1]["/Contents"]
    assert isinstance(contents, ArrayObject)
    contents.pop()


def other_bookmarks(writer: PdfWriter) -> None:
    writer.add_outline_item(title="Something else", page_number=0)


def tags_taken_off(writer: PdfWriter) -> None:
    del writer.root_object["/StructTreeRoot"]


BOX = '<div style="position: absolute; background: #fff; {}"></div>'
WORDS = '<p style="position: absolute; {}">{}</p>'

FAULTS: dict[str, tuple[Callable[[PdfWriter], None], str]] = {
    "two pages swapped": (swap_pages, "identity"),
    "a page dropped": (drop_page, "page-count"),
    "a page doubled": (double_page, "identity"),
    "a page of another patient": (page_of_another_patient, "identity"),
    "a strip taken off": (no_strip, "identity"),
    "a page painted over": (laid_over(BOX.format("inset: 0; height: 180mm")), "covered"),
    "one line painted over": (laid_over(BOX.format("left: 0; top: 20mm; width: 180mm; height: 16mm")), "covered"),
    "the code painted over": (laid_over(BOX.format("right: 0; bottom: -20mm; width: 14mm; height: 16mm")), "code"),
    "a value that is None": (laid_over(WORDS.format("top: 100mm; left: 60mm", "None")), "leftover"),
    "a piece of a template": (laid_over(WORDS.format("top: 100mm; left: 60mm", "{{ patient.name }}")), "leftover"),
    "an escaped tag": (laid_over(WORDS.format("top: 100mm; left: 60mm", "&amp;lt;b")), "leftover"),
    "text in the strip": (laid_over(WORDS.format("bottom: -14mm; left: 60mm", "too low")), "strip-overlap"),
    "a foreign font": (foreign_font, "foreign-font"),
    "a bookmark too many": (other_bookmarks, "outline"),
    "the tags taken off": (tags_taken_off, "structure"),
}


def test_a_good_packet_is_let_through() -> None:
    verify(sample_packet("ana-ruiz")[0])


@pytest.mark.parametrize(("change", "kind"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_caught(change: Callable[[PdfWriter], None], kind: str) -> None:
    assert kind in kinds(changed(sample_packet("ana-ruiz")[0], change))


def test_text_outside_the_page_is_caught() -> None:
    def crop(writer: PdfWriter) -> None:
        box = writer.pages[1].mediabox
        box.upper_right = (float(box.right) - 150, float(box.top))

    assert "outside-page" in kinds(changed(sample_packet("ana-ruiz")[0], crop))


def test_what_was_typed_is_no_leftover() -> None:
    packet = changed(sample_packet("ana-ruiz")[0], laid_over(WORDS.format("top: 100mm; left: 60mm", "{{7*7}} None")))
    verify_packet(packet, [*typed_texts(request_of(ANA)), "{{7*7}} None"])


def leftovers_of_values() -> Iterator[str]:
    yield from typed_texts(request_of(ANA))


def test_no_problem_repeats_a_value_of_the_patient() -> None:
    with pytest.raises(VerificationError) as refused:
        verify(changed(sample_packet("ana-ruiz")[0], no_strip))
    told = str(refused.value)
    assert "Ruiz" not in told
    assert "1986" not in told
    assert "004217" not in told


@pytest.mark.long
@pytest.mark.parametrize("path", sample_requests(), ids=lambda path: str(path.stem))
def test_every_sample_is_let_through(path: object) -> None:
    from pathlib import Path

    assert isinstance(path, Path)
    packet, _ = sample_packet(path.stem)
    verify_packet(packet, typed_texts(request_of(path)))
