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
from briefing.clinic_answers import read_answers
from briefing.html_rendering import HtmlPage, make_environment, render_html
from briefing.identity import Secret
from briefing.intake import parse_request, plan_for, read_request, read_text
from briefing.manifest import Manifest
from briefing.models import PacketRequest
from briefing.packet import Packet
from briefing.pdf_rendering import Press
from briefing.pipeline import make_packet
from briefing.selection import ChosenDocument, choose_documents
from briefing.session_times import plan_times
from briefing.template_context import views
from tests.conftest import ISSUED_ON, SAMPLES

SECRET = Secret(b"the same for every test run 1234")


@cache
def sample_catalogue() -> Catalogue:
    """Return the built-in documents with the sample clinic."""
    return read_catalogue(SAMPLES / "clinic")


@cache
def press() -> Press:
    """Return a press with the sample clinic's paper."""
    return Press(sample_catalogue().files, "letter")


def request_of(path: Path) -> PacketRequest:
    """Read a sample request."""
    return read_request(parse_request(read_text(str(path))), sample_catalogue(), ISSUED_ON)


def page_of(request: PacketRequest, document_id: str, catalogue: Catalogue | None = None) -> HtmlPage:
    """Render one document of a request's packet, as if no other told of it. Quick: nothing is printed."""
    catalogue = catalogue or sample_catalogue()
    (chosen,) = (item for item in choose_documents(catalogue, request).chosen if item.id == document_id)
    assert isinstance(chosen, ChosenDocument)
    clinic, protocol = catalogue.the_clinic(), catalogue.protocols[request.treatment.protocol]
    plan = plan_for(request, catalogue)
    answers = read_answers(request.treatment.protocol, protocol, clinic)
    starts, devices = request.visit.starts_at, plan.devices if plan else 1
    times = plan_times(starts, clinic.time_zone, protocol, clinic.rules, answers, catalogue.facts, devices) if plan else None
    wording, wordings = catalogue.wording(chosen.language), catalogue.wordings
    seen = views(request, clinic, protocol, plan, times, wording, wordings, catalogue.vocabulary, catalogue.facts)
    untold = dict.fromkeys(("contents", "sources", "versions", "reviews"), ())
    return render_html(make_environment(catalogue), catalogue, chosen, {**seen, **untold, "packet_id": "TEST-TEST"}, ISSUED_ON)


@cache
def sample_packet(name: str, choices: Choices = PLAIN) -> tuple[Packet, Manifest]:
    """Make the packet of a sample once for all tests."""
    request = request_of(SAMPLES / "requests" / f"{name}.toml")
    verified, manifest = make_packet(request, sample_catalogue(), SECRET, ISSUED_ON, choices)
    return verified.packet, manifest


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
