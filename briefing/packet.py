"""Binding: the documents become one PDF, with an outline and the strip that says on every page whose page it is."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pikepdf
import segno
from jinja2 import Environment
from markupsafe import Markup
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, IndirectObject, NameObject, PdfObject

from briefing import __version__
from briefing.html_rendering import HtmlPage
from briefing.pdf_rendering import PdfDocument, pdf_stream
from briefing.template_context import Typed
from briefing.wording import Wording


@dataclass(frozen=True, slots=True)
class BoundDocument:
    """One document's place in the packet. Packet pages count from 1."""

    page: HtmlPage
    first_page: int
    last_page: int

    @property
    def page_count(self) -> int:
        """How many pages it has."""
        return self.last_page - self.first_page + 1


@dataclass(frozen=True, slots=True)
class StripPage:
    """What the strip of one page says, word for word; `strip` in `layout/strip.html.j2`. `draft` is None when approved."""

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

    @property
    def fit(self) -> str:
        """How much room the name takes: it gets smaller, and a line of its own, but is never cut."""
        return next(
            fit
            for longest, fit in ((22, "short"), (32, "medium"), (80, "long"), (10_000, "endless"))
            if len(self.name) <= longest
        )

    @property
    def drawing(self) -> Markup:
        """The QR code; it holds the packet id and the page, and nothing of the patient."""
        symbol = segno.make_qr(self.code, error="m", boost_error=False)
        return Markup(symbol.svg_inline(border=0, omitsize=True, unit=None, dark="#000"))  # noqa: S704 - drawn by segno from our own id

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


@dataclass(frozen=True, slots=True)
class Packet:
    """A bound packet, not yet proved: its bytes, and what every page must say."""

    packet_id: str
    data: bytes
    documents: tuple[BoundDocument, ...]
    strips: tuple[StripPage, ...]
    issued_on: date


def place_documents(printed: Sequence[tuple[HtmlPage, int]]) -> tuple[BoundDocument, ...]:
    """Give each document its packet pages, from its number of pages, in order."""
    documents, first = [], 1
    for page, count in printed:
        documents.append(BoundDocument(page, first, first + count - 1))
        first += count
    return tuple(documents)


def bind_packet(
    packet_id: str,
    printed: Sequence[tuple[HtmlPage, PdfDocument]],
    identity: tuple[Typed, str],
    issued_on: date,
    wording: Wording,
    environment: Environment,
    print_pdf: Callable[[str, str], PdfDocument],
) -> Packet:
    """Bind printed documents into one packet.

    Args:
        packet_id: its id.
        printed: each document with its PDF, in the order in which they are bound.
        identity: the patient's name and date of birth, as every page must show them.
        issued_on: the day of issue; it becomes the file's date.
        wording: the labels of the strip, in the clinic's language.
        environment: renders the strip.
        print_pdf: prints the strip; see `Press.print_pdf`.
    """
    documents = place_documents([(page, pdf.page_count) for page, pdf in printed])
    strips = tuple(_strips(packet_id, documents, identity, wording))
    html = environment.get_template("layout/strip.html.j2").render(strips=strips, language=wording.language)
    overlay = print_pdf(html, "the strip")
    writer = PdfWriter()
    for document, (_, pdf) in zip(documents, printed, strict=True):
        writer.append(pdf_stream(pdf), import_outline=False)
        writer.add_outline_item(title=document.page.title, page_number=document.first_page - 1)
    for page, drawn in zip(writer.pages, PdfReader(pdf_stream(overlay)).pages, strict=True):
        _stamp(writer, page, drawn)
    _describe(writer, packet_id, issued_on, wording)
    return Packet(packet_id, _compact(writer), documents, strips, issued_on)


def _strips(
    packet_id: str, documents: Sequence[BoundDocument], identity: tuple[Typed, str], wording: Wording
) -> Iterator[StripPage]:
    total = documents[-1].last_page
    for document in documents:
        for packet_page in range(document.first_page, document.last_page + 1):
            yield StripPage(
                name=identity[0],
                born=wording.say("strip_born", date=identity[1]),
                packet=wording.say("strip_packet", id=packet_id),
                title=document.page.title,
                version=document.page.version_line,
                page=wording.say("strip_page", page=packet_page - document.first_page + 1, pages=document.page_count),
                packet_page_label=wording["strip_packet_page"],
                packet_page=wording.say("strip_page_of", page=packet_page, pages=total),
                draft=None if document.page.approval else wording["draft"],
                code=page_code(packet_id, packet_page, total),
            )


def page_code(packet_id: str, packet_page: int, packet_pages: int) -> str:
    """Return what the QR code of a page says: the packet and the page, nothing of the patient."""
    return f"BRF:{packet_id.replace('-', '')}:{packet_page:02}/{packet_pages:02}"


def _stamp(writer: PdfWriter, page: PageObject, drawn: PageObject) -> None:
    """Draw a strip over a page, as an artifact: eyes and scanners see it, a screen reader skips it."""
    resources = _dictionary(page["/Resources"])  # the pages of a document share theirs: copy
    drawings = _dictionary(resources.get("/XObject", DictionaryObject()))
    drawings[NameObject("/Strip")] = _as_form(writer, drawn)
    resources[NameObject("/XObject")] = drawings
    page[NameObject("/Resources")] = resources
    before = _stream(writer, b"q\n")
    after = _stream(writer, b"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC q /Strip Do Q EMC\n")
    contents = page.raw_get("/Contents")
    inner = contents.get_object()
    page[NameObject("/Contents")] = ArrayObject([before, *(inner if isinstance(inner, ArrayObject) else [contents]), after])


def _dictionary(value: PdfObject) -> DictionaryObject:
    """Return a dictionary of its own, with the same entries."""
    found = value.get_object()
    return DictionaryObject(found) if isinstance(found, DictionaryObject) else DictionaryObject()


def _as_form(writer: PdfWriter, drawn: PageObject) -> IndirectObject:
    contents = drawn.get_contents()
    form = DecodedStreamObject()
    form.set_data(b"" if contents is None else contents.get_data())
    encoded = form.flate_encode()
    encoded.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(map(FloatObject, drawn.mediabox)),
            NameObject("/Resources"): drawn["/Resources"].clone(writer),
        }
    )
    return writer._add_object(encoded)  # noqa: SLF001 - pypdf has no public way to add an object


def _stream(writer: PdfWriter, data: bytes) -> IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    return writer._add_object(stream)  # noqa: SLF001 - as above


def _describe(writer: PdfWriter, packet_id: str, issued_on: date, wording: Wording) -> None:
    writer.add_metadata(
        {
            "/Title": wording.say("strip_packet", id=packet_id),
            "/Creator": f"Briefing {__version__}",
            "/Producer": "pypdf",
            "/CreationDate": f"D:{issued_on:%Y%m%d}000000Z",
        }
    )
    writer.pdf_header = "%PDF-1.7"
    writer.root_object[NameObject("/PageMode")] = NameObject("/UseOutlines")


def _compact(writer: PdfWriter) -> bytes:
    written, compact = io.BytesIO(), io.BytesIO()
    writer.write(written)
    with pikepdf.open(written) as pdf:
        _name_every_glyph(pdf)
        pdf.save(compact, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return compact.getvalue()


_NAMELESS_GLYPH = re.compile(rb"(<[0-9a-f]{4}>) <>")


def _name_every_glyph(pdf: pikepdf.Pdf) -> None:
    """Give glyphs that stand for no letter of their own, such as an accent, a text that shows nothing.

    WeasyPrint leaves their text empty, and readers then make up a letter from the glyph's number: the dot below in a
    Vietnamese name was read as L.
    """
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/ToUnicode" in item:
            item.ToUnicode.write(_NAMELESS_GLYPH.sub(rb"\1 <200b>", item.ToUnicode.read_bytes()))
