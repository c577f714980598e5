"""A strip is read by place alone: whatever the name, the script and the language of its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from briefing.html_rendering import make_environment
from briefing.packet import Packet, bind_packet
from briefing.pdf_reading import Letter, read_pages
from briefing.strip_reading import StripReading, read_strip
from briefing.template_context import Typed
from briefing.verification import prove_packet
from tests.bound import LONG, pair, printed
from tests.conftest import ISSUED_ON
from tests.packets import press, sample_catalogue

BELOW = 70.8


def readings(packet: Packet) -> list[StripReading]:
    with read_pages(packet.data) as pages:
        return [read_strip(page.letters_below(BELOW, page.letter_boxes()), page.width) for page in pages]


def in_words(name: str, words: dict[str, str]) -> Packet:
    """Bind two small documents with a strip in other words."""
    catalogue = sample_catalogue()
    english = catalogue.wording("en")
    wording = replace(english, labels={**english.labels, **words})
    papers = [printed("one", "en", f"<h1>One</h1><p>{LONG}</p>"), printed("two", "en", "<h1>Two</h1>")]
    environment = make_environment(catalogue)
    identity = (Typed(name), "1986")
    return bind_packet("7K4M-92QD", papers, identity, ISSUED_ON, wording, environment, press().print_pdf)


def test_a_strip_tells_whose_which_and_where() -> None:
    first, *_, last = readings(pair())
    assert first.who == "AnaRuiz\nbornMay2,1986\nPacketAAAA-BBBB"
    assert (first.packet_id, first.document) == ("AAAA-BBBB", "DRAFTTheconsentVersion1")
    assert (first.page, first.packet_page, last.page, last.packet_page) == ((1, 5), (1, 8), (3, 3), (8, 8))
    assert first.words == last.words == ("Packetpage#of#", "Page#of#")
    assert first.is_in_place
    assert last.is_in_place


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "Ana Ruiz",
            {"strip_packet": "Mappe {id}", "strip_page": "Seite {page} von {pages}", "strip_packet_page": "Mappenseite"},
        ),
        (
            "محمد عبدالله",
            {"strip_packet": "حزمة \u2068{id}\u2069", "strip_page": "{page} / {pages}", "strip_packet_page": "صفحة"},
        ),
        ("Nguyễn Thị Phương Ánh", {"strip_born": "{date}", "strip_page_of": "{page}/{pages}", "strip_packet": "{id}"}),
        ("Maria-Magdalena " * 4 + "Wolkenstein", {"strip_packet_page": "Seite der Mappe"}),
        ("Jean Pierre " * 20, {"strip_page": "{page}. von {pages}"}),
    ],
    ids=["German", "Arabic", "no words", "a long name", "an endless name"],
)
def test_no_language_and_no_name_is_needed_or_mistaken(name: str, words: dict[str, str]) -> None:
    packet = in_words(name.strip(), words)
    proved = prove_packet(packet.data)
    assert (proved.packet_id, proved.problems) == ("7K4M-92QD", ())
    assert [reading.packet_page for reading in readings(packet)] == [
        (number, len(packet.strips)) for number in range(1, len(packet.strips) + 1)
    ]


def letters(text: str, left: float, line: float) -> list[Letter]:
    drawn = [Letter(letter, line, left + 5 * at, left + 5 * at + 4) for at, letter in enumerate(text)]
    return [*drawn, Letter("\r", line, 0, 0), Letter("\n", line, 0, 0)]


STRIP = [
    *letters("Ana", 56.7, 50),
    *letters("1986", 56.7, 38),
    *letters("AAAA-BBBB", 56.7, 26),
    *letters("Title", 226.8, 51),
    *letters("V1", 226.8, 39),
    *letters("2/5", 226.8, 27),
    *letters("packet", 510.0 - 29, 51),
    *letters("9/29", 510.0 - 19, 38),
]


def test_a_strip_that_is_put_together_is_read() -> None:
    reading = read_strip(STRIP, 612)
    assert (reading.page, reading.packet_page, reading.is_in_place) == ((2, 5), (9, 29), True)


def test_a_page_that_is_blank_on_purpose_tells_no_page_of_its_document() -> None:
    strip = [*STRIP[: STRIP.index(letters("2/5", 226.8, 27)[0])], *letters("Blank", 226.8, 27), *STRIP[-14:]]
    assert read_strip(strip, 612).page == ()


@pytest.mark.parametrize("added", [letters("x", 300, 33), letters("note", 120, 60), letters("9", 520, 20)])
def test_anything_else_in_a_strip_is_out_of_place(added: list[Letter]) -> None:
    assert not read_strip([*STRIP, *added], 612).is_in_place


def test_an_empty_foot_tells_nothing() -> None:
    reading = read_strip([], 612)
    assert (reading.who, reading.packet_id, reading.page, reading.packet_page, reading.is_in_place) == (
        "",
        None,
        None,
        None,
        False,
    )
