"""What each page says of itself: the strip at its foot, laid over the page in three layers.

Whose packet it is, the same on every page, is printed once. Which document and page it is holds nothing of the patient, so
that these sheets can be used again by other packets. The QR code is drawn here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import segno
from jinja2 import Environment
from markupsafe import Markup
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, FloatObject, IndirectObject, NameObject, PdfObject

from briefing.internals import add_object
from briefing.packet.fillers import FillerWords
from briefing.packet.pdf_objects import as_list, dictionary, own_copy, stream_of
from briefing.pdf_rendering import PrintPdf, pdf_stream
from briefing.template_context import Typed
from briefing.wording import Wording

_POINTS = 72 / 25.4  # of a millimetre
_CODE_SIDE, _CODE_RIGHT, _CODE_TOP = 12 * _POINTS, 20 * _POINTS, 21.5 * _POINTS  # its width; from the right edge; from the lower


@dataclass(frozen=True, slots=True)
class StripPlace:
    """Which document and page a page is: what `layout/strip.html.j2` is given as `strip`. Nothing in it is of the patient.

    `draft` is None when approved. `filler` stands for what a page says that is blank on purpose; None on all others.
    `large_number` is the number in `packet_page` that is drawn large; None where nothing is. `is_low` makes room above.
    """

    title: str
    version: str
    page: str
    packet_page_label: str
    packet_page: str
    draft: str | None
    filler: FillerWords | None
    large_number: str | None
    is_low: bool

    @property
    def packet_page_parts(self) -> tuple[str, str, str]:
        """What `packet_page` says before the large number, the number, and what it says after it."""
        number = re.search(rf"(?<!\d){self.large_number}(?!\d)", self.packet_page) if self.large_number else None
        if number is None:
            return "", "", self.packet_page
        return self.packet_page[: number.start()], number[0], self.packet_page[number.end() :]


@dataclass(frozen=True, slots=True)
class StripPage:
    """What the strip of one page says, word for word; `whose` in `layout/strip-who.html.j2`. `place` is the rest of it.

    Its other fields are those of `StripPlace`, and `code`, what the QR code says.
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
    def is_long(self) -> bool:
        """Whether the name has a line of its own, above everything else."""
        return self.fit in ("long", "endless")

    @property
    def place(self) -> StripPlace:
        """Which document and page it is."""
        return StripPlace(
            title=self.title,
            version=self.version,
            page=self.page,
            packet_page_label=self.packet_page_label,
            packet_page=self.packet_page,
            draft=self.draft,
            filler=self.filler,
            large_number=self.large_number,
            is_low=self.is_long,
        )

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


@dataclass(frozen=True, slots=True)
class StripSheets:
    """The printed layers of the strips of some pages: `who` is that of all of them, `where` has one page for each."""

    strips: Sequence[StripPage]
    who: PageObject
    where: Sequence[PageObject]


def print_strips(strips: Sequence[StripPage], wording: Wording, environment: Environment, print_pdf: PrintPdf) -> StripSheets:
    """Print the strips of some pages of one packet.

    Args:
        strips: what they say, at least one.
        wording: the labels of the clinic's language.
        environment: fills the two templates.
        print_pdf: see `Press.print_pdf`.
    """
    words = {"language": wording.language, "w": wording}
    who = environment.get_template("layout/strip-who.html.j2").render(whose=strips[0], **words)
    where = environment.get_template("layout/strip.html.j2").render(strips=[strip.place for strip in strips], **words)
    return StripSheets(
        strips,
        PdfReader(pdf_stream(print_pdf(who, "the strip", tagged=False))).pages[0],
        PdfReader(pdf_stream(print_pdf(where, "the strip", tagged=False, shared=True))).pages,
    )


def lay_over(writer: PdfWriter, pages: Sequence[PageObject], sheets: StripSheets) -> None:
    """Draw strips over pages, as artifacts: eyes and scanners see them, a screen reader skips them."""
    who = _as_form(writer, sheets.who)
    for page, strip, where in zip(pages, sheets.strips, sheets.where, strict=True):
        layers = dictionary(Who=who, Where=_as_form(writer, where))
        drawn = b"q /Who Do Q\nq /Where Do Q\n" + _code_drawing(strip.code, page)
        _draw_over(writer, page, _form(writer, drawn, page, dictionary(XObject=layers)))


def _draw_over(writer: PdfWriter, page: PageObject, strip: IndirectObject) -> None:
    resources = own_copy(page["/Resources"])  # the pages of a document share theirs: copy
    drawings = own_copy(resources.get("/XObject"))
    drawings[NameObject("/Strip")] = strip
    resources[NameObject("/XObject")] = drawings
    page[NameObject("/Resources")] = resources
    before = add_object(writer, stream_of(b"q\n"))
    after = add_object(writer, stream_of(b"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC q /Strip Do Q EMC\n"))
    own = as_list(page.raw_get("/Contents")) if "/Contents" in page else []  # a filler page has none
    page[NameObject("/Contents")] = ArrayObject([before, *own, after])


def _as_form(writer: PdfWriter, drawn: PageObject) -> IndirectObject:
    contents = drawn.get_contents()
    return _form(writer, b"" if contents is None else contents.get_data(), drawn, drawn["/Resources"].clone(writer))


def _form(writer: PdfWriter, data: bytes, paper: PageObject, resources: PdfObject) -> IndirectObject:
    form = stream_of(data, packed=True)
    box = ArrayObject(map(FloatObject, paper.mediabox))
    form.update(dictionary(Type=NameObject("/XObject"), Subtype=NameObject("/Form"), BBox=box, Resources=resources))
    return add_object(writer, form)


def _code_drawing(code: str, page: PageObject) -> bytes:
    """Draw a QR code in its place, one black bar for each run of dots in a row."""
    rows = segno.make_qr(code, error="m", boost_error=False).matrix
    dot = _CODE_SIDE / len(rows)
    left = float(page.mediabox.width) - _CODE_RIGHT - _CODE_SIDE
    bars = (
        b"%.3f %.3f %.3f %.3f re" % (left + start * dot, _CODE_TOP - (down + 1) * dot, length * dot, dot)
        for down, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return b"q 0 g\n%b f\nQ\n" % b"\n".join(bars)


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield where each run of dark dots begins, and how long it is."""
    start = None
    for place, dot in enumerate((*row, 0)):
        if dot and start is None:
            start = place
        elif not dot and start is not None:
            yield start, place - start
            start = None
