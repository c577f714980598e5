"""Is anything of another patient of the day on a page? Each finished page is searched for every other patient's identifiers.

A page prints what was typed, letter by letter, so it is searched for just that. What a patient's own details cover is theirs,
also where it holds another one's name. What stands in the clinic's own words would be found on every page: it is left out
of the search, and told.

Text is searched best with its white space: only there a short name is told apart from the middle of a word. Letters that are
shaped by their neighbors (as in Arabic) come back in another order: such names are found by the letters of their words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from briefing.catalogue import Catalogue
from briefing.fingerprint import typed_texts
from briefing.models import PacketRequest
from briefing.pdf_reading import read_texts
from briefing.template_context import day_text
from briefing.wording import Wording

_SHORTEST = 3  # letters; a shorter identifier is not searched
_HEAD = 2 * _SHORTEST  # letters by which identifiers are looked up, half of them first; a shorter one by that half alone
_FEWEST_DIGITS = 5  # a number of fewer is on a page for many reasons
_FEWEST_IN_SQUEEZED = 6  # letters by which it is told from the middle of other words, where no white space parts them
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_LOOSE_MARK = re.compile(r"\s+(?=[\u0300-\u036f])")  # a PDF may tell an accent apart from its letter
_LINE_HYPHEN = re.compile("[\x02\u2010\u2011\ufffe]")  # what becomes of a hyphen where a line ends
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s")
# Hebrew, Arabic, the scripts of India and their neighbors, Chinese and its: not Latin, Greek and Cyrillic.
_SHAPED = re.compile("[\u0590-\u1dff\u2e80-\ufefe\uff66-\uffdc\U00010000-\U0003ffff]+")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One text that names a patient: what it is, as it is typed or printed, and whose it is, by record number."""

    kind: str
    text: str = field(repr=False)
    owners: frozenset[str] = field(repr=False)

    @property
    def key(self) -> str:
        """Its letters and digits alone."""
        return "".join(_WORD.findall(self.text))

    def found_in(self, text: str, *, spaced: bool) -> Iterator[tuple[int, int]]:
        """Yield where it stands in a text, wherever lines were broken, and never inside a longer word or number."""
        for match in re.finditer(_pattern(self.text), text):
            if _stands_alone(text, match.start(), match.end(), spaced=spaced):
                yield match.span()


@dataclass(frozen=True, slots=True)
class _Index:
    """Identifiers to look for: by their first letters, and those in shaped letters by all their letters."""

    plain: Mapping[str, Mapping[str, Sequence[tuple[str, Identifier]]]]
    shaped: Mapping[str, Identifier]
    longest: int  # words of a shaped one

    @classmethod
    def of(cls, identifiers: Iterable[Identifier]) -> _Index:
        plain: dict[str, dict[str, list[tuple[str, Identifier]]]] = {}
        shaped: dict[str, Identifier] = {}
        for identifier in identifiers:
            if _SHAPED.search(identifier.text):
                shaped[_letters(_SHAPED.findall(identifier.text))] = identifier
            else:
                key = identifier.key
                half = key[_SHORTEST:_HEAD] if len(key) >= _HEAD else ""
                plain.setdefault(key[:_SHORTEST], {}).setdefault(half, []).append((key, identifier))
        longest = max((len(_SHAPED.findall(identifier.text)) for identifier in shaped.values()), default=0)
        return cls(plain, shaped, longest)

    def named_in(self, page: _Page) -> Iterator[Identifier]:
        """Yield what may stand on a page: its letters are there in a row."""
        letters, plain = page.letters, self.plain
        for start in page.starts:
            if found := plain.get(letters[start : start + _SHORTEST]):
                for half in (letters[start + _SHORTEST : start + _HEAD], ""):
                    yield from (identifier for key, identifier in found.get(half, ()) if letters.startswith(key, start))


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of one page, made comparable."""

    text: str
    letters: str
    starts: Sequence[int]
    spaced: bool

    @classmethod
    def of(cls, text: str) -> _Page:
        clean = _clean(text)
        words, spaced = _WORD.findall(clean), bool(_SPACE.search(clean))
        letters = "".join(words)
        return cls(clean, letters, _starts(words) if spaced else range(len(letters)), spaced)


@dataclass(frozen=True, slots=True)
class Identifiers:
    """All patients of a day, by what names them. Built once a day; it holds their data, and is never written.

    Attributes:
        unsearchable: what is not looked for on any page: it stands in the clinic's own words, or is too short.
    """

    unsearchable: tuple[Identifier, ...]
    _spaced: _Index = field(repr=False)
    _squeezed: _Index = field(repr=False)
    _own: Mapping[str, tuple[str, ...]] = field(repr=False)

    @classmethod
    def of(cls, requests: Sequence[PacketRequest], own_words: Iterable[str], wordings: Iterable[Wording]) -> Identifiers:
        """Note down what names each patient.

        Args:
            requests: of all patients of the day; no two have one record number.
            own_words: every text that may stand on anybody's page; see `own_words`.
            wordings: of the languages in which dates of birth may be printed.
        """
        languages, said = tuple(wordings), "\n".join(own_words)
        every = _merged(told for request in requests for told in _told(request, languages))
        long_enough = [identifier for identifier in every if _is_long_enough(identifier)]
        common = _standing_in(_Page.of(said), long_enough)
        spaced = [identifier for identifier in long_enough if identifier not in common]
        everywhere = _standing_in(_Page.of(_SPACE.sub("", said)), spaced)
        squeezed = [told for told in spaced if len(told.key) >= _FEWEST_IN_SQUEEZED and told not in everywhere]
        return cls(
            tuple(identifier for identifier in every if identifier not in set(spaced)),
            _Index.of(spaced),
            _Index.of(squeezed),
            {request.patient.record_number: tuple(_own_texts(request, languages)) for request in requests},
        )

    def foreign(self, record_number: str, page_texts: Sequence[str]) -> tuple[int, ...]:
        """Return the pages, from 1, on which something names another patient of the day.

        Args:
            record_number: whose packet it is.
            page_texts: what each page says; see `packet_texts`.
        """
        own = self._own[record_number]
        return tuple(
            number for number, text in enumerate(page_texts, 1) if self._names_another(record_number, own, _Page.of(text))
        )

    def _names_another(self, record_number: str, own: Sequence[str], page: _Page) -> bool:
        index = self._spaced if page.spaced else self._squeezed
        others = {found for found in index.named_in(page) if record_number not in found.owners}
        spans = [span for other in others for span in other.found_in(page.text, spaced=page.spaced)]
        if spans and not all(map(_Cover.by(own, page.text).holds, spans)):
            return True
        return bool(index.shaped) and any(_shaped_strangers(index, own, page.text))


def own_words(catalogue: Catalogue) -> Iterator[str]:
    """Yield every text of the clinic's own that may come to stand on a page. Inserts are somebody else's and not among them."""
    yield from (file.text for file in catalogue.files.values() if file.is_text)


def packet_texts(path: Path) -> tuple[str, ...]:
    """Read what each page of a finished packet says, with its white space.

    Raises:
        InputError: it is no PDF that can be read.
    """
    return tuple(page.whole for page in read_texts(path))


def _told(request: PacketRequest, wordings: Sequence[Wording]) -> Iterator[Identifier]:
    """Yield what names a patient."""
    patient = request.patient
    make = partial(Identifier, owners=frozenset({patient.record_number}))
    yield make("name", patient.name)
    yield make("record number", patient.record_number)
    yield from (make("date of birth", day_text(patient.date_of_birth, wording)) for wording in wordings)
    if patient.preferred_name:
        yield make("preferred name", patient.preferred_name)
    if request.companion:
        yield make("companion's name", request.companion.name)
        yield make("companion's phone", request.companion.phone)
    if request.signing.representative:
        yield make("representative's name", request.signing.representative.name)


def _merged(identifiers: Iterable[Identifier]) -> list[Identifier]:
    """Make one of those that say the same: it is all their owners'."""
    merged: dict[str, Identifier] = {}
    for identifier in identifiers:
        text = _clean(identifier.text)
        known = merged.get(text)
        owners = identifier.owners | known.owners if known else identifier.owners
        merged[text] = Identifier(known.kind if known else identifier.kind, text, owners)
    return list(merged.values())


def _own_texts(request: PacketRequest, wordings: Sequence[Wording]) -> Iterator[str]:
    """Yield every text of a patient's own that may hold somebody else's identifier by chance."""
    texts = (*typed_texts(request), *(day_text(request.patient.date_of_birth, wording) for wording in wordings))
    yield from dict.fromkeys(map(_clean, texts))


def _is_long_enough(identifier: Identifier) -> bool:
    return len(identifier.key) >= (_FEWEST_DIGITS if identifier.key.isdigit() else _SHORTEST)


def _standing_in(page: _Page, identifiers: Sequence[Identifier]) -> set[Identifier]:
    index = _Index.of(identifiers)
    plain = {told for told in set(index.named_in(page)) if any(told.found_in(page.text, spaced=page.spaced))}
    return plain | {found for found, _ in _shaped_found(index.shaped, index.longest, page.text)}


def _clean(text: str) -> str:
    """Fold away how a PDF tells letters: ligatures, invisible joiners, accents and hyphens by themselves."""
    if text.isascii():
        return _LINE_HYPHEN.sub("-", text)
    folded = _LOOSE_MARK.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
    return unicodedata.normalize("NFC", _LINE_HYPHEN.sub("-", folded))


def _starts(words: Iterable[str]) -> list[int]:
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word)
    return starts


def _pattern(text: str) -> str:
    """Return a pattern for a text, whose letters may be parted wherever a line was broken; its numbers are not."""
    characters = [(character, bool(before)) for before, character in re.findall(r"(\s*)(\S)", text)]
    parts = [re.escape(characters[0][0])]
    for (one, _), (other, was_parted) in pairwise(characters):
        glued = one.isdigit() and other.isdigit() and not was_parted
        parts.append(("" if glued else r"\s*") + re.escape(other))
    return "".join(parts)


def _stands_alone(text: str, start: int, end: int, *, spaced: bool) -> bool:
    """Tell whether a piece of text is no part of a longer word or number; without white space, numbers alone are told apart."""

    def run_on(left: str, right: str) -> bool:
        return (left.isalnum() and right.isalnum()) if spaced else (left.isdigit() and right.isdigit())

    return not ((start > 0 and run_on(text[start - 1], text[start])) or (end < len(text) and run_on(text[end - 1], text[end])))


@dataclass(frozen=True, slots=True)
class _Cover:
    """Which letters of a text are a patient's own."""

    covered: bytes

    @classmethod
    def by(cls, texts: Iterable[str], text: str) -> _Cover:
        covered = bytearray(1 if character.isspace() else 0 for character in text)
        for own in texts:
            for match in re.finditer(_pattern(own), text):
                covered[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
        return cls(bytes(covered))

    def holds(self, span: tuple[int, int]) -> bool:
        """Tell whether all of a piece is the patient's own."""
        return 0 not in self.covered[slice(*span)]


def _letters(words: Iterable[str]) -> str:
    return "".join(sorted(character for word in words for character in word if character.isalpha()))


def _shaped_strangers(index: _Index, own: Sequence[str], text: str) -> Iterator[Identifier]:
    """Yield other patients' names in shaped letters; what lies within a name of the patient's own is the patient's."""
    if not _SHAPED.search(text):
        return
    mine = [_SHAPED.findall(one) for one in own]
    keys = {_letters(words): True for words in mine if words}
    covered = {at for _, places in _shaped_found(keys, max(map(len, mine), default=0), text) for at in places}
    for found, places in _shaped_found(index.shaped, index.longest, text):
        if not covered.issuperset(places):
            yield found


def _shaped_found(wanted: Mapping[str, _Found], longest: int, text: str) -> Iterator[tuple[_Found, range]]:
    """Yield what has just the letters of so many words in a row, in whatever order, with the places of the words."""
    words = _SHAPED.findall(text)
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            if found := wanted.get(_letters(words[start:end])):
                yield found, range(start, end)
