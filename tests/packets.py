"""Packets for tests: made in this process, and changed on purpose."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from briefing.catalogue import Catalogue, read_catalogue
from briefing.choices import PLAIN, Choices
from briefing.fingerprint import whole_input
from briefing.html_rendering import HtmlPage, make_environment
from briefing.identity import Secret
from briefing.intake import parse_request, read_request, read_text
from briefing.manifest import Manifest
from briefing.models import PacketRequest
from briefing.packet import Packet
from briefing.pdf_rendering import PdfDocument, Press
from briefing.pipeline import make_packet
from briefing.printing import print_documents
from briefing.selection import choose_documents
from briefing.workshop import Workshop, open_workshop
from tests.conftest import ISSUED_ON, SAMPLES

SECRET = Secret(b"the same for every test run 1234")


@cache
def sample_catalogue() -> Catalogue:
    """Return the built-in documents with the sample clinic."""
    return read_catalogue(SAMPLES / "clinic")


@cache
def workshop() -> Workshop:
    """Return what the sample clinic's packets are made with."""
    return open_workshop(sample_catalogue())


def press() -> Press:
    """Return a press with the sample clinic's paper."""
    return workshop().press


def request_of(path: Path) -> PacketRequest:
    """Read a sample request."""
    return read_request(parse_request(read_text(str(path))), sample_catalogue(), ISSUED_ON)


@cache
def sample_packet(name: str, choices: Choices = PLAIN) -> tuple[Packet, Manifest]:
    """Make the packet of a sample once for all tests."""
    request = request_of(SAMPLES / "requests" / f"{name}.toml")
    verified, manifest = make_packet(request, workshop(), SECRET, ISSUED_ON, choices)
    return verified.packet, manifest


class _Blind(Press):
    """Prints nothing, and says that every document is one page long: for tests that only read the words."""

    def __init__(self) -> None:
        pass

    def print_pdf(
        self, html: str, name: str, *, tagged: bool = True, fillable: bool = False, shared: bool = False
    ) -> PdfDocument:
        del html, name, tagged, fillable, shared
        return PdfDocument(b"", 1)


def pages_of(request: PacketRequest, catalogue: Catalogue) -> tuple[list[HtmlPage], str]:
    """Fill the templates of a packet and print nothing; return the pages and the packet id they name."""
    packet_id = SECRET.packet_id(whole_input(request, catalogue, ISSUED_ON, PLAIN))
    chosen = choose_documents(catalogue, request).chosen
    printed = print_documents(chosen, request, catalogue, make_environment(catalogue), _Blind(), packet_id, ISSUED_ON)
    return [item for item, _ in printed if isinstance(item, HtmlPage)], packet_id


def page_of(request: PacketRequest, document_id: str, catalogue: Catalogue | None = None) -> HtmlPage:
    """Fill the template of one document of a packet."""
    pages, _ = pages_of(request, catalogue or sample_catalogue())
    return next(page for page in pages if page.id == document_id)


@cache
def sample_pages(name: str) -> tuple[list[HtmlPage], str]:
    """Return the pages of a sample, in a fiftieth of the time that its packet takes."""
    return pages_of(request_of(SAMPLES / "requests" / f"{name}.toml"), sample_catalogue())


def written(packet: Packet) -> list[HtmlPage]:
    """Return the packet's documents that were written here, in order."""
    return [document.item for document in packet.documents if isinstance(document.item, HtmlPage)]


def changed(packet: Packet, change: Callable[[PdfWriter], None]) -> Packet:
    """Return the packet with a change made to its file."""
    writer = PdfWriter(clone_from=io.BytesIO(packet.data))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    with pikepdf.open(out) as pdf:
        return replace(packet, data=sealed(pdf))


def sealed(pdf: pikepdf.Pdf) -> bytes:
    """Write a changed file as if nothing had happened: with one mark for its first and its latest writing."""
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    data, done = re.subn(rb"/ID \[<(\w+)><\w+>\]", rb"/ID [<\1><\1>]", out.getvalue())
    assert done == 1
    return data


def overlay(html: str) -> PageObject:
    """Print a page to lay over another one, as an artifact. Its body has no ground of its own."""
    page = f'<html lang="en" style="background: none"><title>x</title><body>{html}</body></html>'
    drawn = PdfReader(io.BytesIO(press().print_pdf(page, "an overlay", tagged=False).data)).pages[0]
    contents, stream = drawn.get_contents(), DecodedStreamObject()
    assert contents is not None
    stream.set_data(b"/Artifact BMC\n" + contents.get_data() + b"\nEMC")
    drawn[NameObject("/Contents")] = stream
    return drawn
