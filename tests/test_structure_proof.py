"""Each fault planted in a packet's structure must be found, by its own name."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from briefing.structure_proof import prove_structure
from tests.bound import opened, pair
from tests.reading import elements


def found(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [problem for _, problem in prove_structure(pdf)]


def ways(pdf: pikepdf.Pdf) -> Any:
    """Return the flat list of keys and what they lead to."""
    return pdf.Root.StructTreeRoot.ParentTree.Nums


def links(pdf: pikepdf.Pdf) -> list[Any]:
    return [link for page in pdf.pages for link in page.get("/Annots", [])]


def replace_text(page: int, old: bytes, new: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        for part in pdf.pages[page].Contents:
            if old in part.read_bytes():
                part.write(part.read_bytes().replace(old, new, 1))
                return
        raise AssertionError(old)

    return change


def no_tags(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot


def no_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def documents_swapped(pdf: pikepdf.Pdf) -> None:
    whole = elements(pdf, "/Document")[0]
    whole.K = Array([whole.K[1], whole.K[0]])


def element_in_another_document(pdf: pikepdf.Pdf) -> None:
    _, one, other = elements(pdf, "/Document")
    other.K.insert(0, one.K[0])
    one.K[0].P = other
    del one.K[0]


def ways_of_two_pages_swapped(pdf: pikepdf.Pdf) -> None:
    ways(pdf)[1], ways(pdf)[3] = ways(pdf)[3], ways(pdf)[1]


def ways_shifted(pdf: pikepdf.Pdf) -> None:
    for index in range(0, len(ways(pdf)), 2):
        ways(pdf)[index] = int(ways(pdf)[index]) + 1
    pdf.Root.StructTreeRoot.ParentTreeNextKey += 1


def two_tags_swapped(pdf: pikepdf.Pdf) -> None:
    way = ways(pdf)[1]
    way[0], way[1] = way[1], way[0]


def two_texts_swapped(pdf: pikepdf.Pdf) -> None:
    first, second = elements(pdf, "/Span")[:2]
    first.K, second.K = second.K, first.K


def page_without_a_way(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[1].StructParents


def page_with_the_way_of_another(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].StructParents = 0


def page_with_the_way_of_a_link(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].StructParents = links(pdf)[0].StructParent


def page_dropped(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[1]


def element_dropped(pdf: pikepdf.Pdf) -> None:
    del elements(pdf, "/Document")[1].K[0]


def element_doubled(pdf: pikepdf.Pdf) -> None:
    document = elements(pdf, "/Document")[1]
    document.K.append(document.K[0])


def element_in_a_ring(pdf: pikepdf.Pdf) -> None:
    whole, document, _ = elements(pdf, "/Document")
    document.K.append(whole)


def element_without_its_parent(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "/H1")[0].P = elements(pdf, "/P")[0]


def something_else_in_the_tree(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "/Document")[1].K.append(pdf.make_indirect(Dictionary(Type=Name.Nothing)))


def text_held_twice(pdf: pikepdf.Pdf) -> None:
    first, second = elements(pdf, "/Span")[:2]
    second.K.append(first.K[0])


def text_held_that_is_not_there(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "/Span")[0].K.append(999)


def text_of_no_page(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "/Span")[0].Pg = pdf.make_indirect(Dictionary(Type=Name.Page))


def way_from_text_that_is_not_there(pdf: pikepdf.Pdf) -> None:
    ways(pdf)[1].append(elements(pdf, "/H1")[0])


def link_with_another_ones_tag(pdf: pikepdf.Pdf) -> None:
    one, *_, other = links(pdf)
    one.StructParent, other.StructParent = other.StructParent, one.StructParent


def link_without_a_tag(pdf: pikepdf.Pdf) -> None:
    del links(pdf)[0].StructParent


def link_held_by_two(pdf: pikepdf.Pdf) -> None:
    one, *_, other = elements(pdf, "/Link")
    other.K.append(one.K[-1])


def link_dropped(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].Annots[0]


def one_name_for_two(pdf: pikepdf.Pdf) -> None:
    one, other = elements(pdf, "/TH")[:2]
    other.ID = one.ID


def name_not_listed(pdf: pikepdf.Pdf) -> None:
    names = pdf.Root.StructTreeRoot.IDTree.Names
    del names[1]
    del names[0]


def no_list_of_names(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot.IDTree


def header_that_does_not_exist(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "/TD")[0].A.Headers[0] = String("nobody")


def header_of_another_kind(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "/TH")[1].S = Name.TD


def next_number_taken(pdf: pikepdf.Pdf) -> None:
    pdf.Root.StructTreeRoot.ParentTreeNextKey = 1


def ways_out_of_order(pdf: pikepdf.Pdf) -> None:
    nums = ways(pdf)
    nums[0], nums[1], nums[2], nums[3] = nums[2], nums[3], nums[0], nums[1]


def way_to_nowhere(pdf: pikepdf.Pdf) -> None:
    ways(pdf).extend([999, Array()])
    pdf.Root.StructTreeRoot.ParentTreeNextKey = 1000


def picture_without_words(pdf: pikepdf.Pdf) -> None:
    del elements(pdf, "/Figure")[0].Alt


ROW = b"/Span\n<</MCID 4>>\nBDC"
FAULTS: dict[str, tuple[Callable[[pikepdf.Pdf], None], str]] = {
    function.__name__.replace("_", " "): (function, problem)
    for function, problem in (
        (no_tags, "it has no tags"),
        (no_language, "it does not tell its language"),
        (documents_swapped, "its tags tell its documents in another order than its pages"),
        (element_in_another_document, "the text of one page belongs to two documents"),
        (ways_of_two_pages_swapped, "a piece of text leads to a tag that does not hold it"),
        (ways_shifted, "no way leads from its text to its tags"),
        (two_tags_swapped, "a piece of text leads to a tag that does not hold it"),
        (two_texts_swapped, "a piece of text leads to a tag that does not hold it"),
        (page_without_a_way, "no way leads from its text to its tags"),
        (page_with_the_way_of_another, "two pages, links or fields lead to the same tags"),
        (page_with_the_way_of_a_link, "no way leads from its text to its tags"),
        (page_dropped, "an element holds text of a page that is not bound"),
        (element_dropped, "a piece of text leads to a tag that does not hold it"),
        (element_doubled, "an element stands in the tree twice"),
        (element_in_a_ring, "an element stands in the tree twice"),
        (element_without_its_parent, "an element does not know its parent"),
        (something_else_in_the_tree, "something in the tree is no element"),
        (text_held_twice, "a piece of text is held twice"),
        (text_held_that_is_not_there, "a tag holds text that is not there"),
        (text_of_no_page, "an element holds text of a page that is not bound"),
        (way_from_text_that_is_not_there, "a tag is led to from text that is not there"),
        (link_with_another_ones_tag, "a link or field has no tag, or the wrong one"),
        (link_without_a_tag, "a link or field has no tag, or the wrong one"),
        (link_held_by_two, "two elements hold one link or field"),
        (link_dropped, "tags are led to from a page, link or field that is not there"),
        (one_name_for_two, "two elements have one name"),
        (name_not_listed, "the list of named elements is not that of the elements"),
        (no_list_of_names, "the list of named elements is not that of the elements"),
        (header_that_does_not_exist, "a cell names a header that does not exist"),
        (header_of_another_kind, "a cell names a header that does not exist"),
        (next_number_taken, "the next free number for tags is taken"),
        (ways_out_of_order, "the way back from text to tags is out of order"),
        (way_to_nowhere, "tags are led to from a page, link or field that is not there"),
        (picture_without_words, "a picture has no words that stand for it"),
    )
} | {
    "a text untagged": (replace_text(1, ROW, b"/Span BMC"), "something on it is neither tagged nor left out on purpose"),
    "a text left out": (replace_text(1, ROW, b"/Artifact BMC"), "a tag holds text that is not there"),
    "two texts of one number": (replace_text(1, ROW, b"/Span <</MCID 5>> BDC"), "two pieces of text have one number"),
    "a text of a new number": (replace_text(1, ROW, b"/Span <</MCID 900>> BDC"), "a piece of text has no tag"),
    "a margin read out": (
        replace_text(1, b"/Artifact <</Type /Pagination>> BDC", b"/Span BMC"),
        "something on it is neither tagged nor left out on purpose",
    ),
    "the strip read out": (
        replace_text(1, b"/Artifact <</Type /Pagination /Subtype /Footer>> BDC", b"/Span BMC"),
        "something on it is neither tagged nor left out on purpose",
    ),
    "a mark closed twice": (
        replace_text(1, b"/Strip Do Q EMC", b"/Strip Do Q EMC EMC"),
        "something on it is neither tagged nor left out on purpose",
    ),
}


def test_nothing_is_found_in_a_good_packet() -> None:
    assert found(pair().data) == []


@pytest.mark.parametrize(("change", "problem"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(change: Callable[[pikepdf.Pdf], None], problem: str) -> None:
    changed = io.BytesIO()
    with opened(pair()) as pdf:
        change(pdf)
        pdf.save(changed)
    assert problem in found(changed.getvalue())
