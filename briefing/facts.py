"""Clinical facts: each number and statement once, with where it comes from and when it must be read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, model_validator

from briefing.errors import CatalogueError, Problem, nearest
from briefing.fields import Day, Key, Language, Name, Sentences, Text
from briefing.models import Section
from briefing.quantities import plain

Audience = Literal["patient", "staff"]
Review = Literal["overdue", "soon", "later"]
SOON = timedelta(days=60)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("a number is needed here, without quotes")
    if not Decimal(value).is_finite():
        raise ValueError("a number is needed here, not nan or inf")
    return Decimal(value)


Number = Annotated[Decimal, PlainValidator(_number)]


class Source(Section):
    """A publication. Its number stands in brackets wherever a fact from it is printed, and is never given twice."""

    number: Annotated[int, Field(ge=1)]
    title: Text
    kind: Literal["label", "trial", "review", "guideline", "agency", "law", "leaflet", "clinic-practice", "other"]
    published: Text
    where: Text | None = None
    read_on: Day


class FactDefinition(Section):
    """One fact as it stands in `facts/*.toml`. `text` has a sentence per language, with `{slots}` for its numbers."""

    text: Annotated[Mapping[Language, Sentences], Field(min_length=1)]
    numbers: Mapping[Name, Number] = {}
    compared_with: Text | None = None
    people: Text | None = None
    holds_for: Sentences
    source: Key
    level: Literal["primary", "label-copy", "abstract", "secondary", "practice"]
    audience: Audience
    reviewed_on: Day
    review_by: Day
    covers: tuple[Text, ...] = ()
    note: Sentences | None = None

    @model_validator(mode="after")
    def _numbers_stand_only_in_slots(self) -> FactDefinition:
        for sentence in self.text.values():
            pieces = list(Formatter().parse(sentence))
            if unknown := {slot for _, slot, _, _ in pieces if slot is not None} - set(self.numbers):
                raise ValueError(f"the text has a slot without a number: {', '.join(sorted(unknown))}")
            if any(conversion or spec for _, slot, spec, conversion in pieces if slot is not None):
                raise ValueError("a slot is a name in braces and nothing more")
            if any(character.isnumeric() for words, *_ in pieces for character in words):
                raise ValueError("a digit stands outside a slot; put the number into `numbers`")
        return self


@dataclass(frozen=True, slots=True)
class Rate:
    """How many people of how many: `with_treatment` of `of`, beside `without` of `of` when there is a comparison."""

    with_treatment: Decimal
    without: Decimal | None
    of: Decimal


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact ready to print."""

    id: str
    definition: FactDefinition
    source: Source

    def text(self, language: str) -> str:
        """Return the sentence in this language, its numbers filled in.

        Raises:
            CatalogueError: the fact has no text in this language.
        """
        if language not in self.definition.text:
            raise CatalogueError(
                Problem(
                    "fact-language", f"fact {self.id}", f"it has no text in language {language}.", "Add the text to the fact."
                )
            )
        return self.definition.text[language].format(**{name: plain(number) for name, number in self.definition.numbers.items()})

    def number(self, name: str) -> Decimal:
        """Return one of the fact's numbers.

        Raises:
            CatalogueError: the fact has no number of this name.
        """
        if name not in self.definition.numbers:
            raise CatalogueError(
                Problem(
                    "fact-number", f"fact {self.id}", f"it has no number {name}.", nearest(name, list(self.definition.numbers))
                )
            )
        return self.definition.numbers[name]

    def rate(self) -> Rate:
        """Return the fact's numbers as a rate.

        Raises:
            CatalogueError: the fact is not a rate.
        """
        without = self.number("without") if "without" in self.definition.numbers else None
        return Rate(self.number("with"), without, self.number("of"))

    def review(self, on: date) -> Review:
        """Tell on a day how the fact's review stands; it is `soon` for the last 60 days."""
        if self.definition.review_by < on:
            return "overdue"
        return "soon" if self.definition.review_by - on <= SOON else "later"


@dataclass(frozen=True, slots=True)
class FactRegister:
    """All facts by id."""

    facts: Mapping[str, Fact]

    def get(self, fact_id: str, audience: Audience) -> Fact:
        """Return a fact that this audience may read.

        Raises:
            CatalogueError: there is no such fact, or it is for staff and the page is for patients.
        """
        fact = self.facts.get(fact_id)
        if fact is None:
            raise CatalogueError(
                Problem("fact-unknown", f"fact {fact_id}", "there is no such fact.", nearest(fact_id, list(self.facts)))
            )
        if audience == "patient" and fact.definition.audience != "patient":
            raise CatalogueError(
                Problem(
                    "fact-for-staff", f"fact {fact_id}", "patients may not be told this.", "Use a fact whose audience is patient."
                )
            )
        return fact
