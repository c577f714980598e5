"""How hard a clinic's pages are to read, document by document, and which sentences are the hardest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from briefing.html_rendering import HtmlPage
from briefing.readability import Counts, count, counts_by_section, sentences, text_by_section

_TYPED = re.compile(r"<bdi[^>]*>.*?</bdi>", re.DOTALL)
_FORMULAS = {"en": "flesch_kincaid_grade", "es": "fernandez_huerta_ease"}
_LEAST_WORDS = 6  # what is shorter is judged by one word alone


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """One document's figures: the US school grade in English, the ease from 0 to 100 in Spanish; elsewhere none are known."""

    document: str
    language: str
    measure: str
    whole: float
    hardest_section: str
    of_hardest: float


@dataclass(frozen=True, slots=True)
class HardSentence:
    """One of the hardest sentences, with its own figure."""

    document: str
    sentence: str
    figure: float


def read_documents(pages: Iterable[HtmlPage]) -> tuple[DocumentReading, ...]:
    """Measure what patients and companions read. Lists of sources, and pages for staff, are left out.

    Args:
        pages: the pages of one or more packets; those of one document are measured together.
    """
    found: dict[tuple[str, str], dict[str, Counts]] = {}
    for page in _for_readers(pages):
        sections = found.setdefault((page.id, page.language), {})
        for section, counts in counts_by_section(_without_names(page.html), page.language).items():
            sections[section] = sections.get(section, Counts()) + counts
    return tuple(_reading(*key, sections) for key, sections in found.items() if sections)


def hardest_sentences(pages: Iterable[HtmlPage], most: int) -> tuple[HardSentence, ...]:
    """Return the hardest sentences of the pages, the hardest first, each once."""
    found = {
        (page.id, page.language, sentence): count(sentence, page.language)
        for page in _for_readers(pages)
        for _, text in text_by_section(_without_names(page.html))
        for sentence in sentences(text)
        if len(sentence.split()) >= _LEAST_WORDS and count(sentence, page.language).words
    }
    hardest = sorted(found.items(), key=lambda item: -_hardness(item[1], item[0][1]))[:most]
    return tuple(
        HardSentence(document, sentence, _figure(counts, language)) for (document, language, sentence), counts in hardest
    )


def _for_readers(pages: Iterable[HtmlPage]) -> Iterator[HtmlPage]:
    return (page for page in pages if page.audience != "staff" and page.kind != "sources" and page.language in _FORMULAS)


def _without_names(html: str) -> str:
    """Put one short word in the place of every typed text: a long name is not hard to read."""
    return _TYPED.sub("Ana", html)


def _reading(document: str, language: str, sections: dict[str, Counts]) -> DocumentReading:
    hardest = max(sections, key=lambda section: _hardness(sections[section], language))
    whole = sum(sections.values(), Counts())
    return DocumentReading(
        document, language, _FORMULAS[language], _figure(whole, language), hardest, _figure(sections[hardest], language)
    )


def _figure(counts: Counts, language: str) -> float:
    figure: float = getattr(counts, _FORMULAS[language])
    return round(figure, 1)


def _hardness(counts: Counts, language: str) -> float:
    """Turn a figure into one that grows with what is hard; an ease falls with it."""
    figure = _figure(counts, language)
    return -figure if language == "es" else figure
