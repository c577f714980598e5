"""Packets bound for tests out of pages written for them: small, and with all that is hard about binding."""

from __future__ import annotations

import io
from functools import cache

import pikepdf

from briefing.catalogue import Document
from briefing.html_rendering import HtmlPage, make_environment
from briefing.packet import Packet, PacketItem, bind_packet
from briefing.pdf_rendering import PdfDocument
from briefing.selection import ChosenDocument
from briefing.template_context import Typed
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


def html_page(document_id: str, language: str, body: str) -> HtmlPage:
    """Put a body into a page, as a document of the catalogue would be."""
    definition = next(iter(sample_catalogue().documents.values())).definition
    chosen = ChosenDocument(Document(document_id, definition, (language,)), language, (), ())
    title = f"The {document_id}"
    html = f'<!DOCTYPE html><html lang="{language}"><head><title>{title}</title></head><body>{body}</body></html>'
    return HtmlPage(chosen, title, html, None, "Version 1", (), False, ())


def bound(*printed: tuple[PacketItem, PdfDocument]) -> Packet:
    """Bind printed pages into a packet of Ana Ruiz."""
    catalogue = sample_catalogue()
    identity = (Typed("Ana Ruiz"), "May 2, 1986")
    wording = catalogue.wording("en")
    return bind_packet("AAAA-BBBB", printed, identity, ISSUED_ON, wording, make_environment(catalogue), press().print_pdf)


def printed(document_id: str, language: str, body: str) -> tuple[HtmlPage, PdfDocument]:
    """Print a page."""
    page = html_page(document_id, language, body)
    return page, press().print_pdf(page.html, page.title)


@cache
def pair() -> Packet:
    """Bind two documents that share the name of a place, a table over pages, and two languages."""
    return bound(printed("consent", "en", CONSENT), printed("handout", "es", HANDOUT))


def opened(packet: Packet) -> pikepdf.Pdf:
    """Open a packet's file with a library that did not bind it."""
    return pikepdf.open(io.BytesIO(packet.data))
