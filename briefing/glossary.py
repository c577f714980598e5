"""The glossary: hard words that must stay, and what each means in plain ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, model_validator

from briefing.fields import Language, Sentences, Text
from briefing.models import Section


class WordDefinition(Section):
    """One word as it stands in `glossary/*.toml`; `also` has other forms of it that are looked for on the pages."""

    word: Annotated[Mapping[Language, Text], Field(min_length=1)]
    also: Mapping[Language, tuple[Text, ...]] = {}
    meaning: Mapping[Language, Sentences]

    @model_validator(mode="after")
    def _each_word_has_a_meaning(self) -> WordDefinition:
        if set(self.word) != set(self.meaning) or not set(self.also) <= set(self.word):
            raise ValueError("word and meaning need the same languages, and `also` no others")
        return self


@dataclass(frozen=True, slots=True)
class GlossaryWord:
    """One line of `glossary`: a hard word that stands on the other pages, other forms of it, and what it means."""

    word: str
    forms: tuple[str, ...]
    meaning: str

    def stands_in(self, text: str) -> bool:
        """Tell whether the word, in any of its forms, stands in a text as a word of its own."""
        return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE) for form in (self.word, *self.forms))


@dataclass(frozen=True, slots=True)
class Glossary:
    """All words by id."""

    words: Mapping[str, WordDefinition]

    def found_in(self, text: str, language: str) -> tuple[GlossaryWord, ...]:
        """Return the words of a language that stand in a text, by the alphabet."""
        words = (
            GlossaryWord(entry.word[language], tuple(entry.also.get(language, ())), entry.meaning[language])
            for entry in self.words.values()
            if language in entry.word
        )
        return tuple(sorted((word for word in words if word.stands_in(text)), key=lambda word: word.word.casefold()))
