"""From the printed documents to the bytes of one packet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from jinja2 import Environment
from pypdf import PdfReader, PdfWriter

from briefing.choices import PLAIN, Choices
from briefing.packet.booklet import bind_booklet
from briefing.packet.compacting import compact
from briefing.packet.description import claims_for, describe_packet, take_over_colors
from briefing.packet.destinations import spell_out_destinations
from briefing.packet.fields import finish_fields, keep_fields_apart
from briefing.packet.fillers import FillerWords, add_filler
from briefing.packet.hand_fields import finish_hand_fields
from briefing.packet.items import PacketItem
from briefing.packet.outline import add_bookmarks
from briefing.packet.parts import BoundDocument, Packet, place_documents
from briefing.packet.strips import StripPage, lay_over, page_code, print_strips
from briefing.packet.structure import Structure
from briefing.pdf_rendering import PdfDocument, PrintPdf, pdf_stream
from briefing.template_context import Typed
from briefing.wording import Wording


def bind_packet(
    packet_id: str,
    printed: Sequence[tuple[PacketItem, PdfDocument]],
    identity: tuple[Typed, str],
    issued_on: date,
    wording: Wording,
    environment: Environment,
    print_pdf: PrintPdf,
    choices: Choices = PLAIN,
    wordings: Mapping[str, Wording] = MappingProxyType({}),
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
        choices: how it is to be made.
        wordings: the labels of other languages, for what a filler page says; the clinic's own where one is missing.
    """
    documents = place_documents([(item, pdf.page_count) for item, pdf in printed], duplex=choices.duplex)
    strips = tuple(_strips(packet_id, documents, identity, wording, wordings))
    sheets = print_strips(strips, wording, environment, print_pdf)
    writer = PdfWriter()
    structure = Structure(writer, wording.language)
    for document, (_, pdf) in zip(documents, printed, strict=True):
        append(writer, structure, document, PdfReader(pdf_stream(pdf)))
        if document.filler_page:
            add_filler(writer, sheets.who)
    finish_hand_fields(writer, _large_pages(documents))
    structure.finish()
    lay_over(writer, writer.pages, sheets)
    claims = claims_for([document.item for document in documents], choices.edition)
    title = wording.say("strip_packet", id=packet_id)
    describe_packet(writer, title, wording.language, issued_on, claims, duplex=choices.duplex)
    packet = Packet(packet_id, compact(writer), documents, strips, issued_on, claims)
    if not choices.booklet:
        return packet
    return replace(packet, booklet=bind_booklet(packet, wording, wordings, environment, print_pdf))


def append(writer: PdfWriter, structure: Structure, document: BoundDocument, reader: PdfReader) -> None:
    """Append a document's pages, and all that pypdf would leave behind or mix up."""
    item = document.item
    spell_out_destinations(reader)
    keep_fields_apart(reader, item.id)
    writer.append(reader, import_outline=False)
    finish_fields(writer, reader, item.id)
    add_bookmarks(writer, reader, item.title, document.first_page - 1)
    structure.add(reader, item)
    if item.brought is None:
        take_over_colors(writer, reader)


def _large_pages(documents: Sequence[BoundDocument]) -> frozenset[int]:
    large = [document for document in documents if document.item.is_large]
    return frozenset(page for document in large for page in range(document.first_page, document.last_page + 1))


def _strips(
    packet_id: str,
    documents: Sequence[BoundDocument],
    identity: tuple[Typed, str],
    wording: Wording,
    wordings: Mapping[str, Wording],
) -> Iterator[StripPage]:
    total = documents[-1].last_side
    for document in documents:
        pages = document.page_count
        for page, packet_page in enumerate(range(document.first_page, document.last_side + 1), 1):
            own = page <= pages
            yield StripPage(
                name=identity[0],
                born=wording.say("strip_born", date=identity[1]),
                packet=wording.say("strip_packet", id=packet_id),
                title=document.item.title,
                version=document.item.version_line,
                page=wording.say("strip_page", page=page, pages=pages) if own else wording["strip_filler"],
                packet_page_label=wording["strip_packet_page"],
                packet_page=wording.say("strip_page_of", page=packet_page, pages=total),
                draft=wording["draft"] if document.item.is_draft else None,
                code=page_code(packet_id, packet_page, total),
                filler=None if own else FillerWords.of(wordings.get(document.item.language, wording)),
                large_number=str(packet_page) if document.item.is_large else None,
            )
