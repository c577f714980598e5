"""Standards that consent is measured by, as data: which elements each has, and what must be there for an element to stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from briefing.errors import Problem, nearest
from briefing.fields import Key, Language, Text, YesNo
from briefing.models import Section

Holds = Literal["number", "phone-number", "signature-line", "date-line", "time-line", "source-list", "before-form"]
_ID = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")


def _element_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError("an element's id has only letters, digits and single hyphens")
    return text


ElementId = Annotated[Text, AfterValidator(_element_id)]


class Element(Section):
    """One element of a standard.

    Attributes:
        id: by which a part of a document says that it covers it.
        name: in a few plain words, for each language.
        holds: what must be seen in the part itself, apart from words; docs/customising.md says what each one asks.
        only_with: it is asked for only where one of these elements stands in the packet.
    """

    id: ElementId
    name: Annotated[Mapping[Language, Text], Field(min_length=1)]
    holds: tuple[Holds, ...] = ()
    only_with: tuple[ElementId, ...] = ()


class Standard(Section):
    """A standard: the whole of `standards/<id>.toml`.

    Attributes:
        title: what it is called, for each language.
        basis: where it is laid down.
        sources: the publications we know it from, as `facts/sources.toml` names them.
        order: where it stands on the card.
        forms: the documents to sign that it is about; a packet without any of them is not measured by it.
        on_form: whether an element must stand in the form itself, not just somewhere in the packet.
        elements: what it asks for.
    """

    title: Annotated[Mapping[Language, Text], Field(min_length=1)]
    basis: Text
    sources: tuple[Key, ...] = ()
    order: Annotated[int, Field(ge=0)]
    forms: Annotated[tuple[Key, ...], Field(min_length=1)] = ("consent",)
    on_form: YesNo = False
    elements: Annotated[tuple[Element, ...], Field(min_length=1)]


def in_language(texts: Mapping[str, str], language: str = "en") -> str:
    """Return a text in a language; the first one there is when it is not written in that."""
    return texts.get(language) or next(iter(texts.values()))


def element_ids(standards: Mapping[str, Standard]) -> list[str]:
    """Return the ids of all elements."""
    return [element.id for standard in standards.values() for element in standard.elements]


def loose_ends(standards: Mapping[str, Standard], documents: Iterable[str], sources: Iterable[str]) -> Iterator[Problem]:
    """Yield every name in the standards that points nowhere, and every element that has two meanings."""
    ids = element_ids(standards)
    for standard_id, standard in standards.items():
        where = f"standards/{standard_id}.toml"
        yield from unknown(f"{where}: forms", standard.forms, documents, "there is no such document.")
        yield from unknown(f"{where}: sources", standard.sources, sources, "this source is not in facts/sources.toml.")
        for element in standard.elements:
            yield from unknown(f"{where}: {element.id}.only_with", element.only_with, ids, "no standard has this element.")
            if ids.count(element.id) > 1:
                problem = "an element of this id stands twice in the standards."
                yield Problem("element-twice", f"{where}: {element.id}", problem, "Give one of them another id.")


def unknown(where: str, names: Iterable[str], known: Iterable[str], problem: str) -> Iterator[Problem]:
    """Yield a problem for each name that is not known."""
    listed = list(known)
    for name in names:
        if name not in listed:
            yield Problem("element-unknown", f"{where}: {name}", problem, nearest(name, listed))
