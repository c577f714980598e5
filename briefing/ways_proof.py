"""Where bookmarks and links lead: each document's own bookmark to its first page, all else to a place inside its document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pikepdf

from briefing.errors import Problem
from briefing.finished import REPORT, Finished, Heading
from briefing.pdf_reading import ReadPage
from briefing.strip_reading import is_shaped, squeeze

_HEADING = 90.0  # points under the place a bookmark leads to, in which its heading begins
_ABOVE = 6.0  # points by which letters may stand above it
_NARROWER = 12  # points by which a column is made narrower, step by step, to find a heading that stands beside text


def prove_ways(packet: Finished, pages: Sequence[ReadPage]) -> Iterator[Problem]:
    """Yield every bookmark and link of a packet that leads to a wrong place."""
    yield from _bookmarks(packet, pages)
    yield from _links(packet)


def _bookmarks(packet: Finished, pages: Sequence[ReadPage]) -> Iterator[Problem]:
    told, firsts = packet.documents, [document.first_page for document in packet.documents]
    in_order = firsts[:1] == [1] and firsts == sorted(set(firsts))
    if not in_order or [document.title for document in told] != [title for title, _ in packet.tagged]:
        yield Problem("outline", "the packet", "its bookmarks are not its documents.", REPORT)
        return
    for document in told:
        for heading in document.headings:
            if heading.page is None or not document.first_page <= heading.page <= document.last_page:
                yield Problem("outline", document.title, "a bookmark leads out of its document, or nowhere.", REPORT)
            elif not document.is_insert and not _lands(heading, pages[heading.page - 1]):
                yield Problem("outline", document.title, "a bookmark does not lead to its heading.", REPORT)


def _lands(heading: Heading, page: ReadPage) -> bool:
    if heading.height is None:
        return False
    begins = squeeze(heading.title)
    if any(map(is_shaped, begins)):
        return True  # such letters come back in another order; where it leads to was proved
    # A heading of several lines, beside its text, is not read in one piece over the whole width, but in a column of its own.
    low, high, widths = heading.height - _HEADING, heading.height + _ABOVE, range(int(page.width), 0, -_NARROWER)
    return any(begins in squeeze(page.text_between(low, high, width)) for width in widths)


def _links(packet: Finished) -> Iterator[Problem]:
    for number, page in enumerate(packet.pdf.pages, 1):
        document = packet.document_of(number)
        size = [float(side) for side in page.mediabox]
        for link in page.obj.get("/Annots", []):
            if not isinstance(link, pikepdf.Dictionary) or link.get("/Subtype") != "/Link":
                continue
            action = link.get("/A")
            if isinstance(action, pikepdf.Dictionary) and action.get("/S") != "/GoTo":
                continue  # a web page, or something that acts: another proof's business
            target = packet.target(action.get("/D") if isinstance(action, pikepdf.Dictionary) else link.get("/Dest"))
            if target is None or packet.document_of(target[0]) is not document:
                yield Problem("link", packet.where(number), "a link leads into another document, or nowhere.", REPORT)
            elif target[1] is not None and not size[1] <= target[1] <= size[3]:
                yield Problem("link", packet.where(number), "a link leads to a place outside of its page.", REPORT)
