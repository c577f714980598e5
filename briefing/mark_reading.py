"""What the parts of a finished packet say they cover, and what really stands printed in them.

The tags tell it: `packet/marks` wrote beside each part which elements of the standards it covers, and beside each line what is
to be filled in there. What a part says is read from the drawn pages. Nothing here knows a language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from briefing.finished import OURS, Finished, kids_of
from briefing.pdf_reading import ReadPage

_REFERENCE = re.compile(r"\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]")
_HEADING = re.compile(r"/H[1-6]?")
_CELLS = ("/TD", "/TH")
_INITIALS = "initials"


@dataclass(frozen=True, slots=True)
class MarkedPart:
    """One part of a document, as it is printed.

    Attributes:
        document: the document it is of, by its id.
        part: its id.
        covers: the elements of the standards that it says it covers.
        pages: the packet pages on which its words stand.
        words: what it says, apart from headings and from the labels of lines to fill in.
        lines: what its lines are to be filled with, such as `signature`, `date` or `time`.
        listed: the numbers in it that stand in brackets, or alone in a cell of a table: those of sources, where it lists them.
    """

    document: str
    part: str
    covers: frozenset[str]
    pages: tuple[int, ...]
    words: str = field(repr=False)  # it holds the patient's data
    lines: frozenset[str]
    listed: frozenset[int]

    @property
    def says_something(self) -> bool:
        """Whether there is more than a heading, a line or a mark."""
        return any(map(str.isalnum, self.words))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but a heading and a box for initials."""
        return not self.says_something and not self.lines - {_INITIALS}


@dataclass(frozen=True, slots=True)
class MarkedDocument:
    """One document of ours.

    Attributes:
        id: its id.
        sections: the parts that it should have, as it tells itself.
        parts: the marked parts that it has.
        references: the numbers in brackets that stand anywhere in it.
    """

    id: str
    sections: tuple[str, ...]
    parts: tuple[MarkedPart, ...]
    references: frozenset[int]

    @property
    def lost(self) -> tuple[str, ...]:
        """The parts that it should have and has not, or that are empty."""
        found = {part.part for part in self.parts if not part.is_empty}
        return tuple(section for section in self.sections if section not in found)


def read_marks(finished: Finished, pages: Sequence[ReadPage]) -> tuple[MarkedDocument, ...]:
    """Read what the documents of a packet cover. What somebody else made tells nothing that is believed.

    Args:
        finished: the open packet.
        pages: its pages, as they are drawn.
    """
    texts = {(at, number): text for at, page in enumerate(pages, 1) for number, text in page.tagged_texts().items()}
    reader = _Reader(finished.pages, texts)
    _refuse_rings(finished.pdf.Root.get("/StructTreeRoot"))
    tops = (kid for top in kids_of(finished.pdf.Root.get("/StructTreeRoot")) for kid in kids_of(top))
    ours = [top for top in tops if isinstance(top, pikepdf.Dictionary) and str(top.get("/ID", "")).startswith(OURS)]
    return tuple(reader.read(top, str(top.ID).removeprefix(OURS)) for top in ours)


@dataclass(slots=True)
class _Growing:
    """A part while it is read: its pieces may stand apart."""

    covers: set[str] = field(default_factory=set)
    pages: set[int] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    lines: set[str] = field(default_factory=set)
    listed: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the tree of one packet. `texts` is what is drawn, by packet page and number."""

    pages: Mapping[tuple[int, int], int]
    texts: Mapping[tuple[int, int], str]

    def read(self, top: Any, document: str) -> MarkedDocument:
        """Read one document."""
        parts: dict[str, _Growing] = {}
        whole = "".join(text for _, text in self._all_text(top))
        for element, properties in _marked(top):
            part = parts.setdefault(properties["part"], _Growing())
            part.covers.update(properties["covers"].split())
            self._grow(part, element, None)
        return MarkedDocument(
            document,
            tuple(_properties(top).get("sections", "").split()),
            tuple(
                MarkedPart(
                    document,
                    name,
                    frozenset(part.covers),
                    tuple(sorted(part.pages)),
                    "".join(part.words),
                    frozenset(part.lines),
                    frozenset(part.listed | set(references_in("".join(part.words)))),
                )
                for name, part in parts.items()
            ),
            frozenset(references_in(whole)),
        )

    def _grow(self, part: _Growing, element: Any, page: Any) -> None:
        """Take in an element of a part and all under it."""
        waiting: list[tuple[Any, Any, bool]] = [(element, page, True)]
        while waiting:
            element, page, counts = waiting.pop()
            page = element.get("/Pg", page)
            line = _properties(element).get("line")
            kind = str(element.get("/S"))
            if kind in _CELLS:
                part.listed.update(_number_alone("".join(text for _, text in self._all_text(element, page))))
            own = [text for kid in kids_of(element) for text in self._texts_of(kid, page)]
            if line and any(text.strip() for _, text in self._all_text(element, page)):
                part.lines.add(line)
            counts = counts and not line and not _HEADING.fullmatch(kind)
            if counts:
                part.words += [*(text for _, text in own), " "]
                part.pages.update(number for number, text in own if text.strip())
            waiting += [(kid, page, counts) for kid in reversed(kids_of(element)) if _is_element(kid)]

    def _all_text(self, top: Any, page: Any = None) -> Iterator[tuple[int, str]]:
        """Yield the text of an element and of all under it, in reading order, each piece with its packet page."""
        waiting = [(top, page)]
        while waiting:
            kid, page = waiting.pop()
            if _is_element(kid):
                own = kid.get("/Pg", page)
                waiting += [(inner, own) for inner in reversed(kids_of(kid))]
            else:
                yield from self._texts_of(kid, page)

    def _texts_of(self, kid: Any, page: Any) -> Iterator[tuple[int, str]]:
        """Yield the text of one piece of content."""
        if isinstance(kid, pikepdf.Dictionary) and "/MCID" in kid:
            page, number = kid.get("/Pg", page), int(kid.MCID)
        elif isinstance(kid, int):
            number = kid
        else:
            return
        at = None if page is None else self.pages.get(page.objgen)
        if at is not None and (text := self.texts.get((at, number))):
            yield at, text


def references_in(text: str) -> Iterator[int]:
    """Yield the numbers that stand in brackets: what a statement cites."""
    for found in _REFERENCE.findall(text):
        yield from map(int, found.split(","))


def without_references(text: str) -> str:
    """Return a text without its numbers in brackets."""
    return _REFERENCE.sub(" ", text)


def _number_alone(text: str) -> Iterator[int]:
    if text.strip().isdecimal():
        yield int(text)


def _is_element(kid: Any) -> bool:
    return isinstance(kid, pikepdf.Dictionary) and "/S" in kid


def _refuse_rings(root: Any) -> None:
    """See that every element stands in the tree once: else reading would never end.

    Raises:
        ValueError: one does not.
    """
    seen, waiting = set(), [root]
    while waiting:
        element = waiting.pop()
        if element.objgen in seen or not element.is_indirect:
            raise ValueError("an element stands in the tree twice, or has no place of its own")
        seen.add(element.objgen)
        waiting += filter(_is_element, kids_of(element))


def _marked(top: Any) -> Iterator[tuple[Any, Mapping[str, str]]]:
    """Yield each element under a document that tells of a part, in reading order. What is inside of one belongs to it."""
    waiting = list(reversed(kids_of(top)))
    while waiting:
        element = waiting.pop()
        if not _is_element(element):
            continue
        properties = _properties(element)
        if "part" in properties and "covers" in properties:
            yield element, properties
        else:
            waiting += reversed(kids_of(element))


def _properties(element: Any) -> dict[str, str]:
    """Return the user properties of an element by name."""
    told = element.get("/A")
    owners = list(told) if isinstance(told, pikepdf.Array) else [told]
    mine = [owner for owner in owners if isinstance(owner, pikepdf.Dictionary) and owner.get("/O") == "/UserProperties"]
    return {str(each.N): str(each.V) for owner in mine for each in owner.get("/P", [])}
