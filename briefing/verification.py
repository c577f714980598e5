"""The last gate: the finished file is opened again with libraries that did not write it, and proved page by page."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

import pikepdf
import zxingcpp
from PIL.Image import Image

from briefing.errors import Problem, VerificationError
from briefing.packet import Packet, StripPage
from briefing.pdf_reading import ReadPage, read_pages
from briefing.resources import fonts
from briefing.structure_proof import prove_structure

STRIP_MILLIMETRES = 25  # from the lower edge; the layout keeps 29 free
_POINTS_PER_INCH = 72
_POINTS_PER_MILLIMETRE = _POINTS_PER_INCH / 25.4
_DOTS_PER_INCH = 130  # enough for the QR code, whose dots are 0.57 mm
_LEAST_CONTRAST = 90  # of 255; the palest text of the look is white on black or black on white
# What a template or a missing value leaves behind. Text that somebody typed is taken out of the page before looking.
_LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bundefined\b|\bnan\b|\bTBD\b|\bTODO\b|lorem ipsum|<bdi>|&amp;|&lt;|\ufffd")


@dataclass(frozen=True, slots=True)
class VerifiedPacket:
    """A packet that was read back and proved. Only `verify_packet` makes one, and only this is delivered."""

    packet: Packet


def verify_packet(packet: Packet, typed: Iterable[str]) -> VerifiedPacket:
    """Prove a packet.

    Args:
        packet: what was bound.
        typed: every text that a person typed into the request: it may say anything, and is no leftover.

    Raises:
        VerificationError: with every page and what is wrong with it. It repeats no patient's value.
    """
    brought = _insert_pages(packet)
    problems = [*_fonts(packet.data, brought), *_outline(packet), *_structure(packet)]
    words = sorted({_squeeze(text) for text in typed}, key=len, reverse=True)
    with read_pages(packet.data) as pages:
        if len(pages) != len(packet.strips):
            problem = f"it has {len(pages)} pages where {len(packet.strips)} were bound."
            raise VerificationError(Problem("page-count", "the packet", problem, _REPORT))
        for number, (page, strip) in enumerate(zip(pages, packet.strips, strict=True), 1):
            problems += _page(page, strip, words, is_insert=number in brought)
    if problems:
        raise VerificationError(problems)
    return VerifiedPacket(packet)


_REPORT = "Nothing was written. Please report this with the output of `briefing doctor`."


def _insert_pages(packet: Packet) -> set[int]:
    """Return the packet pages of inserts: their words, fonts and blank pages are others', all the rest is held to the same."""
    brought = (document for document in packet.documents if document.item.brought)
    return {page for document in brought for page in range(document.first_page, document.last_page + 1)}


def _page(page: ReadPage, strip: StripPage, typed: Sequence[str], *, is_insert: bool) -> Iterator[Problem]:
    where = f"{strip.title}, packet page {strip.packet_page}"
    edge = STRIP_MILLIMETRES * _POINTS_PER_MILLIMETRE
    foot, body = _squeeze(page.text_below(edge)), page.text_above(edge)
    for kind, text in strip.texts():
        expected = _squeeze(text)
        if not _shows(foot, expected):
            yield Problem("identity", where, f"its strip does not show the {kind}.", _REPORT)
        foot = foot.replace(expected, "", 1)
    if any(not _is_shaped(character) for character in foot):
        yield Problem(
            "strip-overlap",
            where,
            "text of the page runs into its strip.",
            "Shorten the page, or keep the foot margin of the layout.",
        )
    if not is_insert and not body.strip():
        yield Problem("blank-page", where, "the page is blank.", "Remove the page break that makes it.")
    if not is_insert and _LEFTOVERS.search(_without(_visible(body), typed)):
        yield Problem(
            "leftover", where, "a placeholder or a piece of a template was printed.", "Mend the template of this document."
        )
    if page.has_text_outside():
        yield Problem("outside-page", where, "text lies outside the page.", "Use fewer words, or a narrower table.")
    picture = page.draw(_DOTS_PER_INCH, gray=True)
    # Behind a scanned page, text is often hidden on purpose: of an insert only the strip must be seen.
    highest = round((page.height - edge) / _POINTS_PER_INCH * _DOTS_PER_INCH) - 1 if is_insert else 0
    boxes = (box for box in page.text_boxes(_DOTS_PER_INCH) if box[1] >= highest)
    if not all(_has_contrast(picture, box) for box in boxes):
        yield Problem(
            "covered",
            where,
            "text is there that cannot be seen: something covers it, or it has the color of its ground.",
            _REPORT,
        )
    if strip.code not in _codes(picture):
        yield Problem("code", where, "its QR code cannot be read, or is that of another page.", _REPORT)


def _shows(text: str, expected: str) -> bool:
    """Tell whether a text shows another one.

    Letters that are shaped by their neighbours come back from a PDF in the order and number of their glyphs, not as they
    were typed. Of a name in such a script all letters must be there; their order cannot be proved from the text.
    """
    if any(map(_is_shaped, expected)):
        return not Counter(expected) - Counter(text)
    return expected in text


def _is_shaped(character: str) -> bool:
    if unicodedata.bidirectional(character) in ("R", "AL"):
        return True
    return unicodedata.category(character) in ("Lo", "Mc", "Mn")


def _squeeze(text: str) -> str:
    """Fold away what a PDF does not keep: line breaks, spaces, ligatures, invisible joiners."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if not character.isspace() and unicodedata.category(character) != "Cf")


def _visible(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _without(text: str, typed: Sequence[str]) -> str:
    """Take typed text out of a page's text, wherever its spaces and line breaks fell."""
    for words in typed:
        pattern = r"\s*".join(map(re.escape, words))
        text = re.sub(pattern, " ", text)
    return text


def _has_contrast(picture: Image, box: tuple[int, int, int, int]) -> bool:
    darkest, lightest = picture.crop(box).getextrema()
    return isinstance(darkest, int) and isinstance(lightest, int) and lightest - darkest >= _LEAST_CONTRAST


def _codes(picture: Image) -> list[str]:
    """Read the QR codes off the lower right of the drawn page."""
    width, height = picture.size
    foot = round(STRIP_MILLIMETRES / 25.4 * _DOTS_PER_INCH)
    return [code.text for code in zxingcpp.read_barcodes(picture.crop((width // 2, height - foot, width, height)))]


def _fonts(data: bytes, brought: Set[int]) -> Iterator[Problem]:
    """Hold the fonts to ours; on a page of an insert, those of its strip alone."""
    ours = tuple(font.family.replace(" ", "-") for font in fonts())
    with pikepdf.open(io.BytesIO(data)) as pdf:
        holders = [page.Resources.XObject.Strip if number in brought else page.obj for number, page in enumerate(pdf.pages, 1)]
        names = {name for holder in holders for name in _font_names(holder)}
    if any(not name.partition("+")[2].startswith(ours) for name in names):
        yield Problem("foreign-font", "the packet", "it holds a font that is not ours.", _REPORT)


def _font_names(holder: pikepdf.Object) -> Iterator[str]:
    """Yield the name of every font that a page, or a drawing on it, can use."""
    resources = holder.get("/Resources", pikepdf.Dictionary())
    for font in resources.get("/Font", pikepdf.Dictionary()).as_dict().values():
        yield str(font.get("/BaseFont", "?"))
    for drawing in resources.get("/XObject", pikepdf.Dictionary()).as_dict().values():
        yield from _font_names(drawing)


def _outline(packet: Packet) -> Iterator[Problem]:
    with pikepdf.open(io.BytesIO(packet.data)) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    if titles != [document.item.title for document in packet.documents]:
        yield Problem("outline", "the packet", "its bookmarks are not its documents.", _REPORT)


def _structure(packet: Packet) -> Iterator[Problem]:
    documents = [(document.item.title, document.item.language) for document in packet.documents]
    for where, problem in prove_structure(packet.data, documents):
        yield Problem("structure", where, f"{problem}.", _REPORT)
