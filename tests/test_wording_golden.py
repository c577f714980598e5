"""The words of every document as a patient reads them: a person has reviewed the files in `tests/golden/`.

They are made from the HTML, so that they do not change with fonts or machines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.packets import sample_packet, written

GOLDEN = ROOT / "tests" / "golden"
SAMPLES = (
    *("ben-carter", "ana-ruiz", "grace-okonkwo", "daniel-novak", "priya-nair", "walter-kim"),
    *("rosa-delgado", "tom-becker", "irene-walsh"),
)
BREAKS = {"p", "li", "tr", "h1", "h2", "h3", "div", "section", "table", "header", "br", "ol", "ul"}


class Words(HTMLParser):
    """Collects the words of a page, a line for each block; a drawing gives its title."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.in_drawing, self.in_title = "", 0, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.in_drawing += tag == "svg"
        self.in_title = tag == "title"
        self.text += "\n" if tag in BREAKS else " | " if tag in ("td", "th") else ""

    def handle_endtag(self, tag: str) -> None:
        self.in_drawing -= tag == "svg"
        self.in_title = False

    def handle_data(self, data: str) -> None:
        if self.in_drawing and self.in_title:
            self.text += f"[{data}]"
        elif not self.in_drawing:
            self.text += re.sub(r"\s+", " ", data)


def words(html: str, packet_id: str) -> str:
    parser = Words()
    parser.feed(html.partition("<body>")[2])
    parser.close()
    lines = (" ".join(line.split()).strip("| ") for line in parser.text.splitlines())
    return "\n".join(line for line in lines if line).replace(packet_id, "PACKET-ID") + "\n"


@pytest.mark.parametrize("name", SAMPLES)
def test_the_words_are_those_that_were_reviewed(name: str, hold: Callable[[Path, str], None]) -> None:
    packet, _ = sample_packet(name)
    pages = written(packet)
    for page in pages:
        hold(GOLDEN / name / f"{page.id}.txt", words(page.html, packet.packet_id))
    made = {page.id for page in pages}
    assert {path.stem for path in (GOLDEN / name).glob("*.txt")} == made
