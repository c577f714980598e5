"""What each page says of itself: the strip at its foot, drawn on a sheet of its own and laid over the page."""

from __future__ import annotations

import re
from dataclasses import dataclass

import segno
from markupsafe import Markup
from pypdf import PageObject, PdfWriter
from pypdf.generic import ArrayObject, FloatObject, IndirectObject, NameObject

from briefing.internals import add_object
from briefing.packet.fillers import FillerWords
from briefing.packet.pdf_objects import as_list, own_copy, stream_of
from briefing.template_context import Typed


@dataclass(frozen=True, slots=True)
class StripPage:
    """What the strip of one page says, word for word; `strip` in `layout/strip.html.j2`.

    `draft` is None when approved. `filler` stands for what a page says that is blank on purpose; None on all others.
    `large_number` is the number in `packet_page` that is drawn large; None where nothing is.
    """

    name: Typed
    born: str
    packet: str
    title: str
    version: str
    page: str
    packet_page_label: str
    packet_page: str
    draft: str | None
    code: str
    filler: FillerWords | None = None
    large_number: str | None = None

    @property
    def fit(self) -> str:
        """How much room the name takes: it gets smaller, and a line of its own, but is never cut."""
        return next(
            fit
            for longest, fit in ((22, "short"), (32, "medium"), (80, "long"), (10_000, "endless"))
            if len(self.name) <= longest
        )

    @property
    def packet_page_parts(self) -> tuple[str, str, str]:
        """What `packet_page` says before the large number, the number, and what it says after it."""
        number = re.search(rf"(?<!\d){self.large_number}(?!\d)", self.packet_page) if self.large_number else None
        if number is None:
            return "", "", self.packet_page
        return self.packet_page[: number.start()], number[0], self.packet_page[number.end() :]

    @property
    def drawing(self) -> Markup:
        """The QR code; it holds the packet id and the page, and nothing of the patient."""
        return draw_code(self.code)

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Return everything the strip says, each with what it is."""
        return (
            ("name", str(self.name)),
            ("date of birth", self.born),
            ("packet id", self.packet),
            *((("draft flag", self.draft),) if self.draft else ()),
            ("document", self.title),
            ("version", self.version),
            ("page of the document", self.page),
            ("page of the packet", f"{self.packet_page_label}{self.packet_page}"),
        )


def draw_code(code: str) -> Markup:
    """Draw a QR code of what is made from a packet id."""
    symbol = segno.make_qr(code, error="m", boost_error=False)
    return Markup(symbol.svg_inline(border=0, omitsize=True, unit=None, dark="#000"))  # noqa: S704 - drawn by segno from our own id


def page_code(packet_id: str, packet_page: int, packet_pages: int) -> str:
    """Return what the QR code of a page says: the packet and the page, nothing of the patient."""
    return f"BRF:{packet_id.replace('-', '')}:{packet_page:02}/{packet_pages:02}"


def lay_over(writer: PdfWriter, page: PageObject, drawn: PageObject) -> None:
    """Draw a strip over a page, as an artifact: eyes and scanners see it, a screen reader skips it."""
    resources = own_copy(page["/Resources"])  # the pages of a document share theirs: copy
    drawings = own_copy(resources.get("/XObject"))
    drawings[NameObject("/Strip")] = _as_form(writer, drawn)
    resources[NameObject("/XObject")] = drawings
    page[NameObject("/Resources")] = resources
    before = add_object(writer, stream_of(b"q\n"))
    after = add_object(writer, stream_of(b"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC q /Strip Do Q EMC\n"))
    own = as_list(page.raw_get("/Contents")) if "/Contents" in page else []  # a filler page has none
    page[NameObject("/Contents")] = ArrayObject([before, *own, after])


def _as_form(writer: PdfWriter, drawn: PageObject) -> IndirectObject:
    contents = drawn.get_contents()
    form = stream_of(b"" if contents is None else contents.get_data(), packed=True)
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(map(FloatObject, drawn.mediabox)),
            NameObject("/Resources"): drawn["/Resources"].clone(writer),
        }
    )
    return add_object(writer, form)
