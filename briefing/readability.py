"""How hard a text is to read, measured offline: the published formulas, and counters of syllables for plain words.

Formulas: Flesch 1948 and Kincaid and others 1975 for English, McLaughlin 1969 (SMOG) for English, Fernandez Huerta 1959 for
Spanish in its right form, with words to a sentence (many programs carry a misprint with sentences to a hundred words).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "div", "section", "table", "header", "ol", "ul", "br", "tr", "strong-block"}
_SKIPPED = {"title", "svg", "head"}
_SHORTEST = 4  # words: what is shorter is a label, not a sentence
_LONG = 3  # syllables
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,:]*")
_HALF_OF_DAY = re.compile(r"\b([ap])\.\sm\.(?=[\s.,;:)]*[a-záéíóúñ(])|\b([ap])\.\sm(?=\.)")
_SENTENCE_END = re.compile(r"(?<=[.!?:])[\"”’)]*\s+")


@dataclass(frozen=True, slots=True)
class Counts:
    """What the formulas need: sentences, words, syllables, and words of three syllables or more."""

    sentences: int = 0
    words: int = 0
    syllables: int = 0
    long_words: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.sentences + other.sentences,
            self.words + other.words,
            self.syllables + other.syllables,
            self.long_words + other.long_words,
        )

    @property
    def flesch_kincaid_grade(self) -> float:
        """The US school grade; about 6 is plain."""
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def flesch_reading_ease(self) -> float:
        """From 0, hard, to 100, easy."""
        return 206.835 - 1.015 * self.words / self.sentences - 84.6 * self.syllables / self.words

    @property
    def smog_grade(self) -> float:
        """The US school grade by McLaughlin, normed on 30 sentences or more; half of readings lie 1.5 grades off."""
        return 1.043 * math.sqrt(30 * self.long_words / self.sentences) + 3.1291

    @property
    def fernandez_huerta_ease(self) -> float:
        """For Spanish, from 0, hard, to 100, easy."""
        return 206.84 - 60 * self.syllables / self.words - 1.02 * self.words / self.sentences


def count(text: str, language: str = "en") -> Counts:
    """Count sentences, words and syllables of running text.

    Args:
        text: the text.
        language: `en` or `es`, whose syllables can be counted.
    """
    total = Counts()
    for sentence in sentences(text):
        words = _WORD.findall(sentence)
        if words:
            spoken = [syllables(word, language) for word in words]
            total += Counts(1, len(words), sum(spoken), sum(number >= _LONG for number in spoken))
    return total


def sentences(text: str) -> list[str]:
    """Split running text into its sentences; a colon ends one, too, but the points of a. m. do not."""
    return _SENTENCE_END.split(_HALF_OF_DAY.sub(lambda found: f"{found[1] or found[2]}m", text.strip()))


def syllables(word: str, language: str = "en") -> int:
    """Count the syllables of one word, well enough for an average; a number counts as one."""
    if word[0].isdigit():
        return 1
    counter = _spanish if language == "es" else _english
    return sum(counter(part) for part in re.split(r"['’-]", word) if len(part) > 1 or part.lower() in "aioyeu") or 1


def _spanish(word: str) -> int:
    """Count vowels that are spoken apart: an open one each, and a closed one only when it bears the accent or stands alone."""
    low = re.sub(r"qu(?=[eiéí])|gu(?=[eiéí])", "q", word.lower())
    low = re.sub(r"y$", "i", low).replace("y", "-")
    groups = re.findall(r"[aeiouáéíóúü]+", low)
    return max(1, sum(_apart(group) for group in groups))


def _apart(vowels: str) -> int:
    apart = sum(vowel in "aeoáéóíú" for vowel in vowels)
    return max(apart, 1)


_KNOWN = {
    "people": 2,
    "something": 2,
    "someone": 2,
    "sometimes": 2,
    "quiet": 2,
    "area": 3,
    "idea": 3,
    "experience": 4,
    "companion": 3,
}


def _english(word: str) -> int:
    if word.lower() in _KNOWN:
        return _KNOWN[word.lower()]
    if word.isupper() and len(word) > 1:
        return len(word) + 2 * word.count("W")  # spelled out, as in FDA
    low = word.lower()
    groups = len(re.findall(r"[aeiouy]+", low))
    groups -= bool(re.search(r"[^aeiouyl]e$", low)) or bool(re.search(r"[aeiouy]le$", low))
    groups -= bool(re.search(r"[^aeioutdy]e?ed$|[aeiouy]ed$", low)) and not low.endswith(("ied",)) and len(low) > 3 and groups > 1  # noqa: PLR2004 - as in "red"
    groups -= bool(re.search(r"[^aeiouyscxzgh]es$", low)) and not low.endswith(("les",))
    groups += len(re.findall(r"i[ao](?!n)|[^aeiouqg]u[aei]l|eo|[^cstgx]ion|ism$", low))
    return max(groups, 1)


class _Text(HTMLParser):
    """Collects the text of a page, block by block, under the section it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[str, str]] = []
        self._section, self._text, self._skip, self._in_heading = "top", "", 0, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED or ("class", "src") in attrs or (self._skip and tag == "span"):
            self._skip += 1
        if tag in _BLOCKS:
            self._end()
        if tag == "h2":
            self._in_heading = True

    def handle_endtag(self, tag: str) -> None:
        if self._skip and tag in (*_SKIPPED, "span"):
            self._skip -= 1
        if tag == "h2":
            self._section, self._in_heading, self._text = self._text.strip(), False, ""
        elif tag in _BLOCKS:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self._text += data

    def _end(self) -> None:
        if self._text.strip() and not self._in_heading:
            self.blocks.append((self._section, " ".join(self._text.split())))
            self._text = ""


def text_by_section(html: str) -> Iterator[tuple[str, str]]:
    """Yield (section heading, text block) for all running text of a page; labels of a few words are left out."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    for section, text in parser.blocks:
        if len(text.split()) >= _SHORTEST:
            yield section, text


def counts_by_section(html: str, language: str = "en") -> dict[str, Counts]:
    """Return the counts of each section of a page that has running text."""
    found: dict[str, Counts] = {}
    for section, text in text_by_section(html):
        found[section] = found.get(section, Counts()) + count(text, language)
    return {section: counts for section, counts in found.items() if counts.words}
