"""Bookmarks lead to their headings, also to one that stands in several lines beside its text."""

from __future__ import annotations

from dataclasses import replace

from briefing.errors import Problem
from briefing.finished import open_finished
from briefing.packet import Packet
from briefing.pdf_reading import read_pages
from briefing.ways_proof import prove_ways
from tests.bound import bound, printed

# The second line of the heading is drawn after the text beside it, as happens on a page with a rail.
BESIDE = (
    '<h1>Consentimiento</h1><div style="position: relative; padding-left: 50mm">'
    '<h2 style="position: absolute; left: 0; top: 0; width: 30mm">Cómo puede<br>'
    '<span style="position: relative; z-index: 2">ayudar</span></h2>'
    '<p style="position: relative; z-index: 1">Puede ayudarle o no. La ayuda puede no durar.</p></div>'
)


def problems(packet: Packet, title: str = "") -> list[Problem]:
    """Prove a packet; with a title, as if its last bookmark said that."""
    with open_finished(packet.data) as finished, read_pages(packet.data) as pages:
        if title:
            (told,) = finished.documents
            headings = (*told.headings[:-1], replace(told.headings[-1], title=title))
            return list(prove_ways(replace(finished, documents=(replace(told, headings=headings),)), pages))
        return list(prove_ways(finished, pages))


def test_a_heading_of_two_lines_beside_its_text_is_found() -> None:
    assert not problems(bound(printed("consent", "es", BESIDE)))


def test_a_bookmark_that_says_what_stands_there_only_line_by_line_is_refused() -> None:
    packet = bound(printed("consent", "es", BESIDE))
    assert [problem.kind for problem in problems(packet, "Cómo no ayudar")] == ["outline"]
    assert [problem.kind for problem in problems(packet, "ayudar puede")] == ["outline"]
