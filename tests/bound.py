"""Packets bound for tests out of pages written for them: small, and with all that is hard about binding."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pikepdf

from briefing.catalogue import Document
from briefing.choices import PLAIN, Choices
from briefing.html_rendering import HtmlPage, make_environment
from briefing.packet import Packet, PacketItem, bind_packet
from briefing.pdf_rendering import PdfDocument
from briefing.selection import ChosenDocument
from briefing.template_context import Typed
from briefing.wording import Wording
from tests.conftest import ISSUED_ON
from tests.packets import press, sample_catalogue

LONG = "A sentence that says nothing much, over and over, so that a page fills. " * 70
ROWS = "".join(f'<tr><th scope="row">Row {n}</th><td>{n}a</td><td>{n}b</td></tr>' for n in range(60))
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>A dot</title><circle cx="5" cy="5" r="4"/></svg>'

CONSENT = f"""
<h1>Consent</h1>
<p>See <a href="#risks">the <b>risks</b></a> and <a href="https://www.fda.gov/">the agency</a>. <span lang="es">Hola.</span></p>
<h2>What is it?</h2>
<ul class="bullets"><li>One.</li><li>Two:<ul><li>inner</li></ul></li></ul>
<ol><li>First.</li></ol>
<dl><dt>word</dt><dd>what it means</dd></dl>
<div style="width: 30mm">{DOT}</div>
<div class="tick"><span class="square"></span><div>I agree.</div></div>
<h2 style="break-before: page" id="risks">Risks of the medicine</h2>
<table class="compare"><thead><tr><th scope="col">Effect</th><th scope="col" colspan="2">Share</th></tr></thead>
<tbody>{ROWS}</tbody></table>
<p>{LONG}</p>
"""
HANDOUT = f"""
<h1>Hoja</h1>
<p><a href="#risks">riesgos</a></p>
<p>{LONG}</p>
<h2 style="break-before: page" id="risks">Riesgos</h2>
<table><tr><th>a</th><td>b</td></tr></table>
"""


FORM = '<form><label for="a">I agree</label> <input type="checkbox" id="a" name="agree"><label for="b">Why</label><input id="b" name="why"></form>'


def html_page(document_id: str, language: str, body: str) -> HtmlPage:
    """Put a body into a page, as a document of the catalogue would be."""
    definition = next(iter(sample_catalogue().documents.values())).definition
    chosen = ChosenDocument(Document(document_id, definition, (language,)), language, (), ())
    title = f"The {document_id}"
    html = f'<!DOCTYPE html><html lang="{language}"><head><title>{title}</title></head><body>{body}</body></html>'
    return HtmlPage(chosen, title, html, None, "Version 1", (), (), False, ())


def bound(
    *printed: tuple[PacketItem, PdfDocument],
    name: str = "Ana Ruiz",
    packet_id: str = "AAAA-BBBB",
    choices: Choices = PLAIN,
    wordings: Mapping[str, Wording] = MappingProxyType({}),
) -> Packet:
    """Bind printed pages into a packet of Ana Ruiz, or of somebody else."""
    catalogue = sample_catalogue()
    identity = (Typed(name), "May 2, 1986")
    wording = catalogue.wording("en")
    environment, print_pdf = make_environment(catalogue), press().print_pdf
    return bind_packet(packet_id, printed, identity, ISSUED_ON, wording, environment, print_pdf, choices, wordings)


def printed(document_id: str, language: str, body: str) -> tuple[HtmlPage, PdfDocument]:
    """Print a page."""
    page = html_page(document_id, language, body)
    return page, press().print_pdf(page.html, page.title)


def fillable(document_id: str, language: str = "en", body: str = FORM) -> tuple[HtmlPage, PdfDocument]:
    """Print a page with its fields to fill in."""
    page = html_page(document_id, language, body)
    source = press()._weasyprint.HTML(string=page.html, url_fetcher=press()._fetcher, base_url="briefing:")
    document = source.render(stylesheets=[press()._style], font_config=press()._font_configuration, pdf_forms=True)
    return page, PdfDocument(document.write_pdf(pdf_variant="pdf/a-2a", pdf_forms=True), len(document.pages))


@cache
def pair() -> Packet:
    """Bind two documents that share the name of a place, a table over pages, and two languages."""
    return bound(printed("consent", "en", CONSENT), printed("handout", "es", HANDOUT))


def opened(packet: Packet) -> pikepdf.Pdf:
    """Open a packet's file with a library that did not bind it."""
    return pikepdf.open(io.BytesIO(packet.data))
