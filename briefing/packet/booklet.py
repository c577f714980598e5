"""The booklet: what the patient keeps and reads, two full pages side by side on each side of a sheet, to be folded once.

It is for paper only: no tags, links or fields are in it. Each page is the page of the packet, strip and all, in its own size.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import pikepdf
from jinja2 import Environment
from pypdf import PdfWriter

from briefing.errors import CatalogueError, Problem
from briefing.packet.fillers import FillerWords, add_filler
from briefing.packet.parts import Booklet, BoundDocument, Packet
from briefing.packet.strips import StripPage, lay_over, page_code, print_strips
from briefing.pdf_rendering import PrintPdf
from briefing.wording import Wording

_KINDS = ("handout", "notice", "sources")  # not the cover: its appointment and ticks go with the forms that come back
_SIDES = 4  # pages on a folded sheet


def bind_booklet(
    packet: Packet, wording: Wording, wordings: Mapping[str, Wording], environment: Environment, print_pdf: PrintPdf
) -> Booklet:
    """Make the booklet of a packet.

    Args:
        packet: the packet, bound.
        wording: the labels of the strip, in the clinic's language.
        wordings: the labels of other languages; see `bind_packet`.
        environment: renders the strip of filler pages.
        print_pdf: prints it.

    Raises:
        CatalogueError: no document of the packet goes into it.
    """
    documents = [document for document in packet.documents if is_kept(document)]
    if not documents:
        problem = "none of the documents of this packet goes into it."
        raise CatalogueError(Problem("no-document", "the booklet", problem, "Make the packet without --booklet."))
    numbers = tuple(page for document in documents for page in range(document.first_page, document.last_page + 1))
    own = [packet.strips[number - 1] for number in numbers]
    words = FillerWords.of(wordings.get(documents[-1].item.language, wording))
    fillers = list(_filler_strips(packet.packet_id, own, words, wording))
    right_to_left = wordings.get(documents[0].item.language, wording).direction == "rtl"
    with pikepdf.open(io.BytesIO(packet.data)) as bound, _printed(fillers, wording, environment, print_pdf) as blank:
        pages = [*(bound.pages[number - 1] for number in numbers), *blank.pages]
        title = wording.say("booklet", id=packet.packet_id)
        sides = list(sheet_sides(len(pages), right_to_left=right_to_left))
        data = _impose(pages, sides, bound.pages[0], title, wording.language, packet.issued_on)
    return Booklet(data, (*own, *fillers), numbers, right_to_left)


def is_kept(document: BoundDocument) -> bool:
    """Tell whether a document goes into the booklet: the patient's to keep and read, not to sign, bring back or hand on."""
    return document.item.audience == "patient" and document.item.kind in _KINDS


def sheet_sides(count: int, *, right_to_left: bool = False) -> Iterator[tuple[int, int]]:
    """Yield which pages stand on the left and on the right of each side, in the order of printing.

    Args:
        count: how many pages there are, a multiple of four. Pages count from 0.
        right_to_left: whether the booklet is bound on the right.
    """
    for side in range(count // 2):
        low, high = side, count - 1 - side
        left, right = (high, low) if side % 2 == 0 else (low, high)
        yield (right, left) if right_to_left else (left, right)


def _filler_strips(packet_id: str, own: Sequence[StripPage], words: FillerWords, wording: Wording) -> Iterator[StripPage]:
    """Yield the strips of the pages that fill the last sheet; they have a place in the booklet, and none in the packet."""
    total = len(own) + -len(own) % _SIDES
    for page in range(len(own) + 1, total + 1):
        yield replace(
            own[-1],
            page=wording["strip_filler"],
            packet_page_label=wording["strip_booklet_page"],
            packet_page=wording.say("strip_page_of", page=page, pages=total),
            code=f"{page_code(packet_id, page, total)}:BOOKLET",
            filler=words,
            large_number=str(page) if own[-1].large_number else None,
        )


def _printed(strips: Sequence[StripPage], wording: Wording, environment: Environment, print_pdf: PrintPdf) -> pikepdf.Pdf:
    """Return pages with nothing but their strips and what fillers say."""
    if not strips:
        return pikepdf.new()
    sheets, writer, out = print_strips(strips, wording, environment, print_pdf), PdfWriter(), io.BytesIO()
    for _ in strips:
        add_filler(writer, sheets.who)
    lay_over(writer, writer.pages, sheets)
    writer.write(out)
    return pikepdf.open(out)


def _impose(
    pages: Sequence[pikepdf.Page],
    sides: Sequence[tuple[int, int]],
    paper: pikepdf.Page,
    title: str,
    language: str,
    issued_on: date,
) -> bytes:
    """Draw the pages on the sides of sheets, each twice as wide as the paper of the packet."""
    _, _, width, height = map(float, paper.mediabox)
    out = io.BytesIO()
    with pikepdf.new() as booklet:
        halves = (pikepdf.Rectangle(0, 0, width, height), pikepdf.Rectangle(width, 0, 2 * width, height))
        for numbers in sides:
            side = booklet.add_blank_page(page_size=(2 * width, height))
            drawn = [_draw(booklet, side, pages[number], half) for number, half in zip(numbers, halves, strict=True)]
            side.obj.Contents = booklet.make_stream(b"\n".join(drawn))
        about = pikepdf.Dictionary(Title=title, CreationDate=f"D:{issued_on:%Y%m%d}000000Z")
        booklet.docinfo = booklet.make_indirect(about)
        booklet.Root.Lang = pikepdf.String(language)
        booklet.Root.ViewerPreferences = pikepdf.Dictionary(
            DisplayDocTitle=True, Duplex=pikepdf.Name.DuplexFlipShortEdge, PrintScaling=pikepdf.Name("/None")
        )
        booklet.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _draw(booklet: pikepdf.Pdf, side: pikepdf.Page, page: pikepdf.Page, half: pikepdf.Rectangle) -> bytes:
    """Return what draws a page on its half of a side. Not with `add_overlay`, which makes up names at random."""
    form = booklet.copy_foreign(page.as_form_xobject())
    name = pikepdf.Name.Left if half.llx == 0 else pikepdf.Name.Right
    side.add_resource(form, pikepdf.Name.XObject, name)
    return side.calc_form_xobject_placement(form, name, half, invert_transformations=True, allow_shrink=True, allow_expand=False)
