"""The stack: whole, in order, no sheet for two patients; and whatever a printer would hand to the wrong person is caught."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
import zxingcpp

from briefing.day import stack as stacking
from briefing.day.entries import StackEntry
from briefing.day.separators import sheet_code
from briefing.day.stack import bind_volume, write_print_all
from briefing.day.stack_proof import prove_volume
from briefing.errors import DeliveryError, Problem, VerificationError
from briefing.pdf_reading import read_pages, read_texts
from tests.conftest import ISSUED_ON
from tests.days import entry
from tests.packets import press, workshop

FLAG = Problem("look-alike", "row 3", "it looks like row 4.", "Compare both.")
LIST = "<html lang='en'><title>x</title><body><h1>Exceptions of the day</h1></body></html>"


@pytest.fixture(scope="module")
def exceptions() -> bytes:
    return press().print_pdf(LIST, "the exceptions").data


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[StackEntry]:
    folder = tmp_path_factory.mktemp("day")
    three = [
        entry(folder, 2, "Ana Ruiz", "AAAA-BBBB", 3),
        entry(folder, 3, "Ben Carter", "CCCC-DDDD", 2),
        entry(folder, 4, "Mohammed عمر الحربي", "EEEE-FFFF", 1),
    ]
    return [three[0], replace(three[1], row=replace(three[1].row, flags=(FLAG,)), is_draft=True), three[2]]


@pytest.fixture(scope="module")
def volume(entries: list[StackEntry], exceptions: bytes) -> bytes:
    return bind_volume(entries, exceptions, workshop(), ISSUED_ON)


def texts(data: bytes) -> list[str]:
    return [page.whole for page in read_texts(data)]


def leads_to(item: pikepdf.OutlineItem) -> pikepdf.Object:
    assert isinstance(item.destination, pikepdf.Array)
    return item.destination[0]


def test_the_exceptions_come_first_then_each_sheet_and_packet_in_order(volume: bytes) -> None:
    says = ["Exceptions", "blank"]
    says += ["Ana Ruiz", "blank", "Ana Ruiz, 1.", "Ana Ruiz, 2.", "Ana Ruiz", "blank"]
    says += ["Ben Carter", "blank", "Ben Carter, 1.", "Ben Carter"]
    says += ["Mohammed", "blank", "Mohammed", "blank"]
    read = texts(volume)
    assert len(read) == len(says)
    assert all(word in page for word, page in zip(says, read, strict=True))


def test_no_sheet_of_paper_carries_two_patients(volume: bytes, entries: list[StackEntry]) -> None:
    read = texts(volume)
    for front, back in zip(read[::2], read[1::2], strict=True):
        assert len({one.packet_id for one in entries if one.packet_id in front + back}) <= 1


def test_a_sheet_says_who_when_and_which_packet_and_nothing_of_the_treatment(volume: bytes) -> None:
    sheet = texts(volume)[2]
    for words in ("Ana Ruiz", "born April 2, 1986", "9:00 am", "Dr. Ngozi Okafor", "AAAA-BBBB", "3", "row 2"):
        assert words in sheet
    for words in ("depression", "ketamine", "hypertension", "lamotrigine", "drip", "DRAFT", "Take care"):
        assert words not in sheet
    flagged = texts(volume)[8]
    assert "DRAFT" in flagged
    assert "Take care" in flagged


def test_a_sheet_is_seen_from_the_side_of_the_heap_and_its_code_is_read(volume: bytes) -> None:
    with read_pages(volume) as pages:
        picture = pages[2].draw(100, gray=True)
    assert {picture.getpixel((x, y)) for x in (5, picture.width - 5) for y in (5, 500, picture.height - 5)} == {0}
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [sheet_code("AAAA-BBBB")]


def test_bookmarks_and_title_name_no_patient(volume: bytes) -> None:
    with pikepdf.open(io.BytesIO(volume)) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        assert titles[0] == "Exceptions: read first"
        assert titles[1] == "9:00 am, row 2, Packet AAAA-BBBB"
        assert str(pdf.docinfo.Title) == "Packets to print, November 24, 2026"
        assert [leads_to(item).objgen for item in outline.root] == [pdf.pages[at].objgen for at in (0, 2, 8, 12)]


def test_it_is_for_paper_only_and_the_same_packets_give_the_same_bytes(
    volume: bytes, entries: list[StackEntry], exceptions: bytes
) -> None:
    with pikepdf.open(io.BytesIO(volume)) as pdf:
        assert not {"/Annots", "/StructParents"} & {key for page in pdf.pages for key in page.obj}
        assert not {"/StructTreeRoot", "/AcroForm", "/Metadata"} & set(pdf.Root)
        assert pdf.check_pdf_syntax() == []
    assert bind_volume(entries, exceptions, workshop(), ISSUED_ON) == volume


def test_equal_fonts_stand_in_it_once(entries: list[StackEntry], tmp_path: Path) -> None:
    again = entry(tmp_path, 5, "Ana Ruiz", "GGGG-HHHH", 3)
    one = len(bind_volume([entries[0]], b"", workshop(), ISSUED_ON))
    assert len(bind_volume([entries[0], again], b"", workshop(), ISSUED_ON)) < 1.6 * one


def test_many_packets_make_volumes_and_what_was_there_before_is_gone(
    entries: list[StackEntry], exceptions: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = write_print_all(tmp_path, entries, exceptions, workshop(), ISSUED_ON)
    assert (one.name, one.stat().st_mode & 0o777) == ("print-all.pdf", 0o600)
    monkeypatch.setattr(stacking, "MOST_IN_VOLUME", 2)
    paths = write_print_all(tmp_path, entries, exceptions, workshop(), ISSUED_ON)
    assert [path.name for path in paths] == ["print-all-1.pdf", "print-all-2.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["print-all-1.pdf", "print-all-2.pdf"]
    assert "Exceptions" in texts(paths[0].read_bytes())[0]
    assert "Mohammed" in texts(paths[1].read_bytes())[0]


def test_an_old_stack_that_cannot_be_removed_is_told(entries: list[StackEntry], exceptions: bytes, tmp_path: Path) -> None:
    (tmp_path / "print-all.pdf").mkdir()
    with pytest.raises(DeliveryError) as refused:
        write_print_all(tmp_path, entries, exceptions, workshop(), ISSUED_ON)
    assert [problem.kind for problem in refused.value.problems] == ["cannot-write"]


def test_a_day_without_any_packet_has_a_stack_of_its_exceptions(exceptions: bytes) -> None:
    assert len(texts(bind_volume([], exceptions, workshop(), ISSUED_ON))) == 2


# --- The proof ---

# Pages of the volume, from 0: the exceptions 0-1, Ana 2-7, Ben 8-11, Mohammed 12-15.
FAULTS: dict[str, tuple[list[int], str]] = {
    "another patient's page in a part": ([0, 1, 2, 3, 4, 10, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], "another packet"),
    "a page of a packet twice": ([0, 1, 2, 3, 4, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], "does not say"),
    "a part with an odd number of pages": ([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15], "blank on purpose"),
    "exceptions with an odd number of pages": ([0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], "sheets of paper"),
    "a packet too few": ([0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15], "missing"),
    "the last packet missing": ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "missing"),
    "a sheet without its packet": ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15], "another packet"),
    "two packets swapped": ([0, 1, 8, 9, 10, 11, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15], "separator"),
    "two separator sheets swapped": ([0, 1, 8, 3, 4, 5, 6, 7, 2, 9, 10, 11, 12, 13, 14, 15], "separator"),
    "a blank page of somebody else": ([0, 1, 2, 3, 4, 5, 6, 9, 8, 9, 10, 11, 12, 13, 14, 15], "blank on purpose"),
    "a patient's page behind the exceptions": ([0, 3, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], "exceptions"),
    "a sheet too many": ([*range(16), 12, 13], "more pages"),
}


def reordered(volume: bytes, order: list[int]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(volume)) as pdf, pikepdf.new() as changed:
        changed.pages.extend(pdf.pages[at] for at in order)
        changed.save(out)
    return out.getvalue()


def test_a_good_volume_is_let_through(volume: bytes, entries: list[StackEntry], exceptions: bytes) -> None:
    assert list(prove_volume(reordered(volume, list(range(16))), entries, exceptions)) == []


@pytest.mark.parametrize(("order", "said"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_caught(
    order: list[int], said: str, volume: bytes, entries: list[StackEntry], exceptions: bytes
) -> None:
    problems = list(prove_volume(reordered(volume, order), entries, exceptions))
    told = " ".join(f"{problem.where} {problem.problem}" for problem in problems)
    assert said in told
    assert not any(name in told for name in ("Ana", "Ben", "Mohammed"))


def test_a_packet_that_is_not_as_it_was_promised_stops_the_stack(
    entries: list[StackEntry], exceptions: bytes, tmp_path: Path
) -> None:
    promised: list[Callable[[StackEntry], StackEntry]] = [
        lambda one: replace(one, path=entries[1].path),
        lambda one: replace(one, packet_id="ZZZZ-ZZZZ"),
        lambda one: replace(one, pages=2),
        lambda one: replace(one, page_texts=("Something", "else", "here")),
    ]
    for change in promised:
        with pytest.raises(VerificationError) as refused:
            write_print_all(tmp_path, [change(entries[0]), entries[2]], exceptions, workshop(), ISSUED_ON)
        assert {problem.kind for problem in refused.value.problems} == {"stack"}
        assert list(tmp_path.iterdir()) == []
