"""The consent score card: which element of which standard stands on which page of a finished packet, or is missing.

It is read from the PDF alone. A part of a document says which elements it covers, and that counts only where words are really
printed in it, and where what can be seen without knowing a language is there: a line to sign, a number, a list of sources.
This is no proof that the packet is whole and of one patient: `verification` is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from briefing.errors import InputError, Problem, VerificationError
from briefing.finished import AGAIN, BROKEN, OURS, Finished, ToldDocument, open_finished
from briefing.mark_reading import MarkedDocument, MarkedPart, read_marks, without_references
from briefing.pdf_reading import ReadPage, read_pages
from briefing.standards import Element, Holds, Standard, in_language
from briefing.strip_reading import StripReading, read_foot

State = Literal["covered", "missing", "not asked for"]
_LIST = "sources-listed"  # the element by which a part says that it is a list of sources
_SHORTEST_PHONE = 7  # digits
_PHONE = re.compile(rf"(?:\d[\s().\u2010-\u2013/-]*){{{_SHORTEST_PHONE},}}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands: a part of a document, and the packet pages of its words."""

    document: str
    part: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ScoredElement:
    """One element of a standard on the card. `reason` says why it is missing, or is not asked for."""

    id: str
    name: str
    state: State
    places: tuple[Place, ...]
    reason: str

    @property
    def pages(self) -> tuple[int, ...]:
        """The packet pages it stands on."""
        return tuple(sorted({page for place in self.places for page in place.pages}))


@dataclass(frozen=True, slots=True)
class ScoredStandard:
    """One standard on the card. Its elements are empty when the packet has none of the forms it is about."""

    id: str
    title: str
    basis: str
    elements: tuple[ScoredElement, ...]

    @property
    def asked(self) -> int:
        """How many elements are asked for."""
        return sum(element.state != "not asked for" for element in self.elements)

    @property
    def covered(self) -> int:
        """How many of those stand in the packet."""
        return sum(element.state == "covered" for element in self.elements)


@dataclass(frozen=True, slots=True)
class ScoredForm:
    """A form that was measured: its title, the version its strip tells, and its packet pages."""

    title: str
    version: str
    first_page: int
    last_page: int


@dataclass(frozen=True, slots=True)
class LostSection:
    """A section that a document should have and has not: the document's title, and the part's id."""

    document: str
    part: str


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """The whole card. Nothing on it is of the patient.

    Attributes:
        packet_id: as the strips tell it.
        issued_on: the day of issue.
        pages: how many the packet has.
        sha256: the digest of the packet's file.
        paper: width and height of its first page in points.
        forms: what was measured.
        standards: by what it was measured, in the order of the card.
        sections: how many marked sections the packet's documents should have.
        lost: those that are not there, or say nothing.
    """

    packet_id: str
    issued_on: date
    pages: int
    sha256: str
    paper: tuple[float, float]
    forms: tuple[ScoredForm, ...]
    standards: tuple[ScoredStandard, ...]
    sections: int
    lost: tuple[LostSection, ...]

    def missing(self) -> tuple[Problem, ...]:
        """Return a problem for each element that is missing, and for each section that is lost."""
        lost = (
            Problem("section-lost", f"{section.document}: {section.part}", "this section is not there, or is empty.", _PUT_BACK)
            for section in self.lost
        )
        elements = (
            Problem("not-covered", f"{standard.title}: {element.name}", element.reason, _ADVICE.format(id=element.id))
            for standard in self.standards
            for element in standard.elements
            if element.state == "missing"
        )
        return (*elements, *lost)


_PUT_BACK = "Put it back, or name it under leaves_out in document.toml if that is meant, and make the packet again."
_ADVICE = "Put it into the document, mark the part with {id} in document.toml, and make the packet again."


def score_packet(data: bytes, standards: Mapping[str, Standard], password: str = "") -> ScoreCard:
    """Read the score card from a finished packet.

    Args:
        data: the packet's file.
        standards: what it is measured by.
        password: what opens it, when it is locked.

    Raises:
        InputError: it is no PDF, no packet, has none of the forms to measure or no marks, or is locked with another password.
        VerificationError: it is so damaged that nothing can be said.
    """
    try:
        with open_finished(data, password) as finished, read_pages(data, password) as pages:
            return _Scoring.of(finished, pages, standards).card(standards)
    except BROKEN:
        raise VerificationError(Problem("damaged", "the packet", "its parts do not fit together.", AGAIN)) from None


@dataclass(frozen=True, slots=True)
class _Scoring:
    """One reading of one packet."""

    finished: Finished
    pages: Sequence[ReadPage]
    packet_id: str
    feet: Mapping[str, StripReading]  # by the name of each document: the strip of its first page
    documents: tuple[MarkedDocument, ...]

    @classmethod
    def of(cls, finished: Finished, pages: Sequence[ReadPage], standards: Mapping[str, Standard]) -> _Scoring:
        """Read what is needed, or say why there is nothing to score."""
        feet = {each.name: read_foot(pages[each.first_page - 1]) for each in finished.documents}
        packet_id = next((foot.packet_id for foot in feet.values() if foot.packet_id), None)
        if packet_id is None:
            problem = "none of its pages carries the strip of a packet."
            raise InputError(Problem("not-a-packet", "the packet", problem, "Name a packet that Briefing made."))
        forms = {OURS + form for standard in standards.values() for form in standard.forms}
        if not forms & feet.keys():
            problem = "it has no consent form, so there is nothing to score."
            advice = "Name the packet of a first session. A consultation has nothing to sign, a next session relies on the first."
            raise InputError(Problem("no-form", "the packet", problem, advice))
        documents = read_marks(finished, pages)
        if not any(document.parts for document in documents):
            problem = "it does not tell what its parts cover: an older version of Briefing made it."
            raise InputError(Problem("no-marks", "the packet", problem, "Make it again from its request, then score it."))
        return cls(finished, pages, packet_id, feet, documents)

    def card(self, standards: Mapping[str, Standard]) -> ScoreCard:
        """Return the card."""
        ordered = sorted(standards.items(), key=lambda item: (item[1].order, item[0]))
        scored = tuple(self._score(name, standard) for name, standard in ordered)
        named = {form for standard in standards.values() for form in standard.forms}
        page = self.pages[0]
        return ScoreCard(
            packet_id=self.packet_id,
            issued_on=_day(str(self.finished.pdf.docinfo.get("/CreationDate", ""))),
            pages=len(self.pages),
            sha256=hashlib.sha256(self.finished.data).hexdigest(),
            paper=(page.width, page.height),
            forms=tuple(
                ScoredForm(told.title, self.feet[told.name].version, told.first_page, told.last_page)
                for told in self.finished.documents
                if told.name.removeprefix(OURS) in named
            ),
            standards=scored,
            sections=sum(len(document.sections) for document in self.documents),
            lost=tuple(LostSection(self._title(each.id), part) for each in self.documents for part in each.lost),
        )

    def _score(self, name: str, standard: Standard) -> ScoredStandard:
        form = next((told for told in self.finished.documents if told.name.removeprefix(OURS) in standard.forms), None)
        elements = tuple(self._find(element, standard, form) for element in standard.elements) if form else ()
        return ScoredStandard(name, in_language(standard.title), standard.basis, elements)

    def _find(self, element: Element, standard: Standard, form: ToldDocument) -> ScoredElement:
        name = in_language(element.name)
        if element.only_with and not any(self._stands(other) for other in element.only_with):
            return ScoredElement(element.id, name, "not asked for", (), "what it goes with is not in this packet.")
        claimed = [part for document in self.documents for part in document.parts if element.id in part.covers]
        judged = [(part, self._what_lacks(part, element, standard, form)) for part in claimed]
        places = tuple(Place(self._title(part.document), part.part, part.pages) for part, lack in judged if lack is None)
        if places:
            return ScoredElement(element.id, name, "covered", places, "")
        reason = next((f"{part.part} in {self._title(part.document)} {lack}." for part, lack in judged), "no part covers it.")
        return ScoredElement(element.id, name, "missing", (), reason)

    def _stands(self, element_id: str) -> bool:
        return any(element_id in part.covers and part.says_something for document in self.documents for part in document.parts)

    def _title(self, document_id: str) -> str:
        return next((told.title for told in self.finished.documents if told.name == OURS + document_id), document_id)

    def _what_lacks(self, part: MarkedPart, element: Element, standard: Standard, form: ToldDocument) -> str | None:
        """Say why a part that is said to cover an element does not; None when it does."""
        if not part.says_something:
            return "has no words"
        if standard.on_form and part.document not in standard.forms:
            return "does not stand in the form"
        for wanted in element.holds:
            see, lack = _SEEN[wanted]
            if not see(part, self.documents, form):
                return lack
        return None


_See = Callable[[MarkedPart, Sequence[MarkedDocument], ToldDocument], bool]


def _has_number(part: MarkedPart, documents: Sequence[MarkedDocument], form: ToldDocument) -> bool:
    del documents, form
    return any(map(str.isdecimal, without_references(part.words)))


def _has_phone(part: MarkedPart, documents: Sequence[MarkedDocument], form: ToldDocument) -> bool:
    del documents, form
    return _PHONE.search(without_references(part.words)) is not None


def _has_line(kind: str) -> _See:
    def see(part: MarkedPart, documents: Sequence[MarkedDocument], form: ToldDocument) -> bool:
        del documents, form
        return kind in part.lines

    return see


def _lists_sources(part: MarkedPart, documents: Sequence[MarkedDocument], form: ToldDocument) -> bool:
    """Tell whether every number in brackets, in a document that has no list of its own, stands in this list.

    Pages for staff come last and bring their own list, so that they can be pulled out of the packet.
    """
    del form
    return bool(part.listed) and all(document.references <= (_own_list(document) or part.listed) for document in documents)


def _own_list(document: MarkedDocument) -> frozenset[int]:
    return frozenset(number for part in document.parts if _LIST in part.covers for number in part.listed)


def _is_before_form(part: MarkedPart, documents: Sequence[MarkedDocument], form: ToldDocument) -> bool:
    del documents
    return max(part.pages) < form.first_page


_SEEN: Mapping[Holds, tuple[_See, str]] = {
    "number": (_has_number, "has no number"),
    "phone-number": (_has_phone, "has no phone number"),
    "signature-line": (_has_line("signature"), "has no line to sign"),
    "date-line": (_has_line("date"), "has no line for the date"),
    "time-line": (_has_line("time"), "has no line for the time"),
    "source-list": (_lists_sources, "does not list every number that stands in brackets"),
    "before-form": (_is_before_form, "does not stand before the form"),
}


def _day(stamp: str) -> date:
    """Return the day of a PDF date, such as D:20261124."""
    return date.fromisoformat(stamp.removeprefix("D:")[:8])
