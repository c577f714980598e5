"""The last gate: the finished file is opened again with libraries that did not write it, and proved page by page.

One proof, two callers. While a packet is made, it is known what every page must say. Later, from the file alone, its pages
are held against each other, and against what its bookmarks, tags and QR codes say.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import zxingcpp
from PIL.Image import Image

from briefing.booklet_proof import prove_booklet
from briefing.errors import InputError, Problem, VerificationError
from briefing.file_proof import prove_file
from briefing.finished import AGAIN, BROKEN, REPORT, Finished, ToldDocument, open_finished
from briefing.font_proof import prove_fonts
from briefing.large_print_proof import prove_large_print
from briefing.packet import Packet, StripPage, page_code
from briefing.pdf_reading import Box, Dots, ReadPage, read_pages
from briefing.strip_reading import STRIP_EDGE, STRIP_MILLIMETRES, StripReading, is_shaped, read_strip, squeeze
from briefing.structure_proof import prove_structure
from briefing.ways_proof import prove_ways

_DOTS_PER_INCH = 130  # enough for the QR code, whose dots are 0.57 mm
_PIECE = 3  # times its height: how long a piece of text is looked at by itself
_LEAST_CONTRAST = 90  # of 255; the palest text of the look is white on black or black on white
# What a template or a missing value leaves behind. Text that somebody typed is taken out of the page before looking.
_LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bundefined\b|\bnan\b|\bTBD\b|\bTODO\b|lorem ipsum|<bdi>|&amp;|&lt;|\ufffd")


@dataclass(frozen=True, slots=True)
class VerifiedPacket:
    """A packet that was read back and proved. Only `verify_packet` makes one, and only this is delivered.

    `page_texts` is what each page says, as it was read back, without spaces. It holds the patient's data.
    """

    packet: Packet
    page_texts: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProvedFile:
    """What a packet tells of itself, and everything that is wrong with it. `page_texts` as in `VerifiedPacket`."""

    packet_id: str
    issued_on: str
    pages: int
    documents: tuple[ToldDocument, ...]
    page_texts: tuple[str, ...] = field(repr=False)
    problems: tuple[Problem, ...]


def verify_packet(packet: Packet, typed: Iterable[str]) -> VerifiedPacket:
    """Prove a packet that was just bound, of which all is known.

    Args:
        packet: what was bound.
        typed: every text that a person typed into the request: it may say anything, and is no leftover.

    Raises:
        VerificationError: with every page and what is wrong with it. It repeats no patient's value.
    """
    words = tuple(sorted({squeeze(text) for text in typed}, key=len, reverse=True))
    with open_finished(packet.data) as finished, read_pages(packet.data) as pages:
        if len(pages) != len(packet.strips):
            problem = f"it has {len(pages)} pages where {len(packet.strips)} were bound."
            raise VerificationError(Problem("page-count", "the packet", problem, REPORT))
        proof = _Proof(finished, pages, packet.strips, words)
        problems = [
            *proof.problems(),
            *_as_bound(finished, packet),
            *prove_large_print(packet, pages, STRIP_EDGE),
            *prove_booklet(packet),
        ]
        if problems:
            raise VerificationError(problems)
        return VerifiedPacket(packet, proof.texts())


def prove_packet(data: bytes, password: str = "") -> ProvedFile:
    """Prove a finished packet from the file alone.

    Args:
        data: the file.
        password: what opens it, when it is locked.

    Raises:
        InputError: it is no PDF, no packet, or locked with another password.
        VerificationError: it is so damaged that nothing more can be said.
    """
    try:
        with open_finished(data, password) as finished, read_pages(data, password) as pages:
            proof = _Proof(finished, pages)
            if (packet_id := proof.packet_id()) is None:
                problem = "none of its pages carries the strip of a packet."
                raise InputError(Problem("not-a-packet", "the packet", problem, "Name a packet that Briefing made."))
            problems = tuple(replace(problem, what_to_do=AGAIN) for problem in proof.problems())
            issued_on = str(finished.pdf.docinfo.get("/CreationDate", ""))[2:10]
            return ProvedFile(packet_id, issued_on, len(pages), finished.documents, proof.texts(), problems)
    except BROKEN:
        raise VerificationError(Problem("damaged", "the packet", "its parts do not fit together.", AGAIN)) from None


def _as_bound(finished: Finished, packet: Packet) -> Iterator[Problem]:
    """Compare what the file tells of its documents with what was bound."""
    bound = [(document.item.title, document.item.language) for document in packet.documents]
    if list(finished.tagged) != bound:
        yield Problem("structure", "the packet", "its tags do not tell its documents and their languages.", REPORT)
    firsts = [(document.item.title, document.first_page) for document in packet.documents]
    if [(told.title, told.first_page) for told in finished.documents] != firsts:
        yield Problem("outline", "the packet", "its bookmarks are not its documents.", REPORT)


@dataclass(slots=True)
class _Proof:
    """One run of the proof. `strips` and `typed` are what was bound and typed, where that is known."""

    finished: Finished
    pages: Sequence[ReadPage]
    strips: tuple[StripPage, ...] | None = None
    typed: Sequence[str] | None = None
    boxes: list[list[Box]] = field(default_factory=list)
    readings: list[StripReading] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.boxes = [page.letter_boxes() for page in self.pages]
        read = zip(self.pages, self.boxes, strict=True)
        self.readings = [read_strip(page.letters_below(STRIP_EDGE, boxes), page.width) for page, boxes in read]

    def packet_id(self) -> str | None:
        """Return the packet id that most strips tell; None when none of them tells one."""
        return _usual(reading.packet_id for reading in self.readings if reading.packet_id)

    def texts(self) -> tuple[str, ...]:
        """Return what each page says, without spaces."""
        return tuple(squeeze(page.text_above(0)) for page in self.pages)

    def problems(self) -> Iterator[Problem]:
        """Yield everything that is wrong."""
        yield from prove_file(self.finished)
        yield from prove_ways(self.finished, self.pages)
        yield from prove_fonts(self.finished)
        for where, problem in prove_structure(self.finished.pdf):
            yield Problem("structure", where, f"{problem}.", REPORT)
        for document in self.finished.documents:
            yield from self._document(document)
        who = _usual(reading.who for reading in self.readings)
        packet_words = _usual(reading.words[0] for reading in self.readings)
        page_words = _usual(reading.words[1] for reading in self.readings if reading.page)
        for number, reading in enumerate(self.readings, 1):
            yield from self._strip(number, reading, who)
            if reading.words[0] != packet_words or (reading.page and reading.words[1] != page_words):
                problem = "its strip counts pages in other words than the others."
                yield Problem("identity", self.finished.where(number), problem, REPORT)
            yield from self._page(number)

    def _strip(self, number: int, reading: StripReading, who: str | None) -> Iterator[Problem]:
        """Hold the strip of a page against those of the others, and against its place."""
        where = self.finished.where(number)
        if reading.who != who or reading.packet_id is None or reading.packet_id != self.packet_id():
            yield Problem("identity", where, "its strip names somebody else than the other pages, or nobody.", REPORT)
        if reading.packet_page != (number, len(self.pages)):
            yield Problem("page-order", where, "its strip tells another place in the packet.", REPORT)
        if not reading.is_in_place:
            yield Problem("strip-overlap", where, "something else stands in its strip.", _FOOT)

    def _document(self, document: ToldDocument) -> Iterator[Problem]:
        """Hold the strips of a document's pages against its title and against each other."""
        mine = self.readings[document.first_page - 1 : document.last_page]
        counted = [reading.page for reading in mine if reading.page != ()]  # filler pages do not count
        if [reading.page for reading in mine[: len(counted)]] != [(at, len(counted)) for at in range(1, len(counted) + 1)]:
            yield Problem("page-order", document.title, "its pages are not all there, or not in order.", REPORT)
        titled = all(_shows(reading.document, squeeze(document.title)) for reading in mine)
        if not titled or len({reading.document for reading in mine}) > 1:
            yield Problem("identity", document.title, "not all strips of its pages tell this document and one version.", REPORT)

    def _page(self, number: int) -> Iterator[Problem]:
        """Look at one page, as it is drawn."""
        where, page = self.finished.where(number), self.pages[number - 1]
        picture = page.draw(_DOTS_PER_INCH, gray=True)
        document = self.finished.document_of(number)
        own = not (document and document.is_insert)  # what somebody brings along looks as it looks; its strip is ours
        if own:
            yield from self._body(page, where)
        if page.has_outside(self.boxes[number - 1]):
            yield Problem("outside-page", where, "text lies outside the page.", "Use fewer words, or a narrower table.")
        low = round((page.height - STRIP_EDGE) * _DOTS_PER_INCH / 72)
        boxes = (box for box in page.text_boxes(_DOTS_PER_INCH) if own or box[1] >= low)
        if not all(_has_contrast(picture, piece) for box in boxes for piece in _pieces(box)):
            problem = "text is there that cannot be seen: something covers it, or it has the color of its ground."
            yield Problem("covered", where, problem, REPORT)
        if page_code(self.packet_id() or "", number, len(self.pages)) not in _codes(picture):
            yield Problem("code", where, "its QR code cannot be read, or is that of another page.", REPORT)
        if self.strips is not None:
            yield from _words(page, where, self.strips[number - 1])

    def _body(self, page: ReadPage, where: str) -> Iterator[Problem]:
        body = page.text_above(STRIP_EDGE)
        if not body.strip():
            yield Problem("blank-page", where, "the page is blank.", "Remove the page break that makes it.")
        if self.typed is not None and _LEFTOVERS.search(_without(_visible(body), self.typed)):
            advice = "Mend the template of this document."
            yield Problem("leftover", where, "a placeholder or a piece of a template was printed.", advice)


def _usual(told: Iterable[str]) -> str | None:
    """Return what most of them say."""
    most = Counter(told).most_common(1)
    return most[0][0] if most else None


_FOOT = "Shorten the page, or keep the foot margin of the layout."


def _words(page: ReadPage, where: str, strip: StripPage) -> Iterator[Problem]:
    """Hold a strip against the very words that were bound."""
    foot = squeeze(page.text_below(STRIP_EDGE))
    # What is found letter by letter comes last: it must take no digit from what stands there as it is.
    for kind, text in sorted(strip.texts(), key=lambda told: any(map(is_shaped, told[1]))):
        expected = squeeze(text)
        if not _shows(foot, expected):
            yield Problem("identity", where, f"its strip does not show the {kind}.", REPORT)
        foot = _taken_out(foot, expected)
    if any(not is_shaped(character) for character in foot):
        yield Problem("strip-overlap", where, "text of the page runs into its strip.", _FOOT)


def _shows(text: str, expected: str) -> bool:
    """Tell whether a text shows another one.

    Letters that are shaped by their neighbours come back from a PDF in the order and number of their glyphs, not as they
    were typed. Of a name in such a script all letters must be there; their order cannot be proved from the text.
    """
    if any(map(is_shaped, expected)):
        return not Counter(expected) - Counter(text)
    return expected in text


def _taken_out(text: str, expected: str) -> str:
    """Take what `_shows` found out of a text."""
    if expected in text or not any(map(is_shaped, expected)):
        return text.replace(expected, "", 1)
    for character in expected:
        text = text.replace(character, "", 1)
    return text


def _visible(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _without(text: str, typed: Sequence[str]) -> str:
    """Take typed text out of a page's text, wherever its spaces and line breaks fell."""
    for words in typed:
        pattern = r"\s*".join(map(re.escape, words))
        text = re.sub(pattern, " ", text)
    return text


def _pieces(box: Dots) -> Iterator[Dots]:
    """Cut a run of text into pieces of some letters each: a part of it that is covered is covered."""
    left, upper, right, lower = box
    count = max(1, (right - left) // (_PIECE * max(lower - upper, 1)))
    edges = [left + (right - left) * at // count for at in range(count + 1)]
    return ((one, upper, other, lower) for one, other in pairwise(edges))


def _has_contrast(picture: Image, box: tuple[int, int, int, int]) -> bool:
    darkest, lightest = picture.crop(box).getextrema()
    return isinstance(darkest, int) and isinstance(lightest, int) and lightest - darkest >= _LEAST_CONTRAST


def _codes(picture: Image) -> list[str]:
    """Read the QR codes off the lower right of the drawn page."""
    width, height = picture.size
    foot = round(STRIP_MILLIMETRES / 25.4 * _DOTS_PER_INCH)
    return [code.text for code in zxingcpp.read_barcodes(picture.crop((width // 2, height - foot, width, height)))]
