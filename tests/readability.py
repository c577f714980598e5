"""Reading grade of English text, offline: Flesch-Kincaid from counts, and a syllable counter for plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "div", "section", "table", "header", "ol", "ul", "br", "tr", "strong-block"}
_SKIPPED = {"title", "svg", "head"}
_SHORTEST = 4  # words: what is shorter is a label, not a sentence


@dataclass(frozen=True)
class Counts:
    """What a reading formula needs."""

    sentences: int
    words: int
    syllables: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.sentences + other.sentences, self.words + other.words, self.syllables + other.syllables)

    @property
    def flesch_kincaid_grade(self) -> float:
        """The US school grade, by Kincaid and others 1975."""
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59


def count(text: str) -> Counts:
    """Count sentences, words and syllables of running text."""
    total = Counts(0, 0, 0)
    for sentence in re.split(r"(?<=[.!?:])[\"”’)]*\s+", text.strip()):
        words = re.findall(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d[\d.,:]*", sentence)
        if words:
            total += Counts(1, len(words), sum(map(syllables, words)))
    return total


def syllables(word: str) -> int:
    """Count the syllables of one English word, well enough for an average."""
    if word[0].isdigit():
        return 1
    return sum(_part(part) for part in re.split(r"['’-]", word) if len(part) > 1 or part.lower() in "ai") or 1


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


def _part(word: str) -> int:
    if word.lower() in _KNOWN:
        return _KNOWN[word.lower()]
    if word.isupper() and len(word) > 1:
        return len(word) + 2 * word.count("W")  # spelled out, as in FDA
    low = word.lower()
    groups = len(re.findall(r"[aeiouy]+", low))
    groups -= bool(re.search(r"[^aeiouyl]e$", low)) or bool(re.search(r"[aeiouy]le$", low))
    groups -= bool(re.search(r"[^aeioutdy]e?ed$|[aeiouy]ed$", low)) and not low.endswith(("ied",)) and len(low) > 3 and groups > 1
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


def sentences_by_section(html: str) -> Iterator[tuple[str, str]]:
    """Yield (section heading, text block) for all running text of a page; labels of a few words are left out."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    for section, text in parser.blocks:
        if len(text.split()) >= _SHORTEST:
            yield section, text


def grades_by_section(html: str) -> dict[str, Counts]:
    """Return the counts of each section of a page that has running text."""
    found: dict[str, Counts] = {}
    for section, text in sentences_by_section(html):
        found[section] = found.get(section, Counts(0, 0, 0)) + count(text)
    return {section: counts for section, counts in found.items() if counts.words}
