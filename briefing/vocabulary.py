"""Which known conditions, medicines and allergies a typed text names, by a vocabulary kept as data.

Capitals, accents, punctuation and plurals do not matter, nor do strengths and times of day. A text is read plainly only when
every word of it is known: a name, or a word that is on the list of those that change nothing. One word more, such as "no",
"mother" or "in 2019", and the reading is doubtful: it is told to the clinician to check, and to nobody else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from briefing.errors import Problem, nearest
from briefing.facts import FactRegister
from briefing.fields import Key, Language, Sentences, Text
from briefing.models import Section
from briefing.toml_reading import check

Kind = Literal["conditions", "medicines", "allergies"]
Medicine = Literal["ketamine", "esketamine"]
KINDS: tuple[Kind, ...] = ("conditions", "medicines", "allergies")
HARMLESS = "harmless"
_EVERYWHERE = "everywhere"

_ICD = re.compile(
    r"(?ai)(?<![\w.])(?:icd[\s-]*10(?:[\s-]*cm)?(?:[\s-]*code)?\s*[:#=]?\s*)?([A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?)(?!\w)"
)
_RXNORM = re.compile(r"(?ai)(?<!\w)(?:rx\s*norm|rx\s*cui)(?:\s*(?:code|cui|id))?\s*[:#=]?\s*(\d{2,8})(?!\w)")
_CATEGORY = 3  # characters of an ICD-10-CM category, such as F33
_DROPPED = re.compile(r"['’ʼ`´®™]")
# Numbers, words, and any sign that may change the meaning, such as a question mark or a minus in parentheses.
_TOKEN = re.compile(r"\d+|[^\W\d_]+|\([-–−]\)|[^\w\s.,;:/()\[\]\"“”&+%*=–—-]")
_YEARS = range(1900, 2101)
_LONG_ENOUGH = 4  # letters from which a word can have an English plural


class Means(Section):
    """What an entry means for a medicine: facts for the clinician, and a line for the patient to talk about."""

    medicine: Annotated[tuple[Medicine, ...], Field(min_length=1)]
    facts: Annotated[tuple[Key, ...], Field(min_length=1)]
    talk: Mapping[Language, Sentences] = {}

    @model_validator(mode="after")
    def _numbers_come_from_facts(self) -> Means:
        if any(letter.isnumeric() for line in self.talk.values() for letter in line):
            raise ValueError("a digit stands in a line to talk about; numbers are printed from facts alone")
        return self


class EntryDefinition(Section):
    """One entry as it stands in `vocabulary/<kind>.toml`.

    `same` are other ways to say exactly what the name says; `words`, `drugs` and `brands` may say more or less than it.
    """

    name: Annotated[Mapping[Language, Text], Field(min_length=1)]
    same: tuple[Text, ...] = ()
    words: tuple[Text, ...] = ()
    drugs: tuple[Text, ...] = ()
    brands: tuple[Text, ...] = ()
    icd10: tuple[Annotated[str, Field(pattern=r"^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$")], ...] = ()
    rxnorm: tuple[Annotated[str, Field(pattern=r"^\d{2,8}$")], ...] = ()
    means: tuple[Means, ...] = ()


class HarmlessWords(Section):
    """Words that may stand beside a name and change nothing, by language."""

    words: Mapping[Language, tuple[Text, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A condition, medicine or allergy that is known."""

    id: str
    kind: Kind
    definition: EntryDefinition

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything it is called, codes apart."""
        known = self.definition
        return tuple(dict.fromkeys((*known.name.values(), *known.same, *known.words, *known.drugs, *known.brands)))

    def name(self, language: str) -> str | None:
        """Return its name in a language, or None."""
        return self.definition.name.get(language)

    def means_for(self, medicine: str) -> Iterator[Means]:
        """Yield what it means for a medicine."""
        return (means for means in self.definition.means if medicine in means.medicine)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that a text names, and the name or code through which it does."""

    entry: Entry
    through: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and what it names. `rest` has the words that belong to no name and are not harmless."""

    text: str
    found: tuple[Found, ...]
    rest: tuple[str, ...]
    is_bare: bool

    @property
    def is_plain(self) -> bool:
        """Whether it names something and says nothing else about it."""
        return bool(self.found) and not self.rest

    @property
    def is_doubtful(self) -> bool:
        """Whether it names something and says more, such as `no asthma`: somebody must check what is meant."""
        return bool(self.found and self.rest)


@dataclass(frozen=True, slots=True)
class _Names:
    """What is looked up in one reading: names by their words, codes as they are."""

    words: Mapping[tuple[str, ...], Found]
    icd10: Mapping[str, Entry]
    rxnorm: Mapping[str, Entry]
    longest: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All entries, ready to be found in texts."""

    entries: tuple[Entry, ...]
    harmless: Mapping[str, frozenset[str]]
    health: _Names
    allergies: _Names

    def read(self, text: str) -> Reading:
        """Say which conditions and medicines a text names."""
        return self._read(text, self.health)

    def read_allergy(self, text: str) -> Reading:
        """Say which allergies a text names, one that was recorded under allergies."""
        return self._read(text, self.allergies)

    def name_of_condition(self, text: str, language: str) -> str | None:
        """Return in a language the condition that a text names exactly, no less and no more; otherwise None."""
        reading = self.read(text)
        if not reading.is_bare or len(reading.found) != 1:
            return None
        entry, through = reading.found[0].entry, reading.found[0].through
        is_exact = entry.kind == "conditions" and through in (*entry.definition.name.values(), *entry.definition.same)
        return entry.name(language) if is_exact else None

    def _read(self, text: str, names: _Names) -> Reading:
        without_codes, found = _take_codes(text, names)
        words = _words(without_codes)
        free = list(words)
        for length in range(min(names.longest, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                if match := names.words.get(tuple(free[start : start + length])):
                    found.append(match)
                    free[start : start + length] = [""] * length
        entries = tuple({(item.entry.kind, item.entry.id): item for item in reversed(found)}.values())[::-1]
        rest = tuple(self._harmful(free, {_EVERYWHERE, *(item.entry.kind for item in entries)}))
        return Reading(text, entries, rest, is_bare=bool(entries) and not any(free))

    def _harmful(self, words: Sequence[str], kinds: set[str]) -> Iterator[str]:
        """Yield the words that may change what a name beside them means."""
        harmless = frozenset().union(*(self.harmless.get(kind, frozenset()) for kind in kinds))
        for place, word in enumerate(words):
            if word and word not in harmless and not (word.isdecimal() and _is_harmless_number(words, place, kinds, harmless)):
                yield word


def _is_harmless_number(words: Sequence[str], place: int, kinds: set[str], harmless: frozenset[str]) -> bool:
    """Tell whether a number is a strength or a count: beside a medicine, and no year; or a type or stage of a condition."""
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if before in ("type", "stage", "grade", "class", "tipo", "etapa", "grado", "clase"):
        return True
    return "medicines" in kinds and (int(words[place]) not in _YEARS or (after in harmless and len(after) <= _LONG_ENOUGH))


def _take_codes(text: str, names: _Names) -> tuple[str, list[Found]]:
    """Return a text without the codes that are known, and what they stand for."""
    found: list[Found] = []

    def replaced(entry: Entry | None, match: re.Match[str]) -> str:
        if entry is None:
            return match[0]
        found.append(Found(entry, match[1]))
        return " "

    text = _RXNORM.sub(lambda match: replaced(names.rxnorm.get(match[1]), match), text)
    text = _ICD.sub(lambda match: replaced(_by_code(match[1], names), match), text)
    return text, found


def _by_code(code: str, names: _Names) -> Entry | None:
    """Return the entry of a code of ICD-10-CM: its own, or that of the nearest heading above it."""
    code = code.upper().replace(".", "")
    return next(
        (names.icd10[code[:length]] for length in range(len(code), _CATEGORY - 1, -1) if code[:length] in names.icd10), None
    )


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text in the form in which they are compared."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return tuple(map(_singular, _TOKEN.findall(_DROPPED.sub("", plain.casefold()))))


def _singular(word: str) -> str:
    """Take the ending of an English plural off a word; the same is done to the words of the vocabulary."""
    if len(word) < _LONG_ENOUGH or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith("sses") else word.removesuffix("s")


def read_vocabulary(
    tables: Mapping[str, Sequence[Mapping[str, object]]], facts: FactRegister
) -> tuple[Vocabulary, list[Problem]]:
    """Build the vocabulary, and tell what is wrong with it.

    Args:
        tables: for each kind and for `harmless` the tables of its files, the built-in one first; later entries win.
        facts: what its flags may name.
    """
    problems: list[Problem] = []
    entries = [entry for kind in KINDS for entry in _entries(kind, tables.get(kind, ()), problems)]
    for entry in entries:
        problems += _fact_problems(entry, facts)
    harmless = _harmless(tables.get(HARMLESS, ()), problems)
    health = _names([entry for entry in entries if entry.kind != "allergies"], problems)
    allergies = _names([entry for entry in entries if entry.kind == "allergies"], problems)
    return Vocabulary(tuple(entries), harmless, health, allergies), problems


def _merged(tables: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {key: value for table in tables for key, value in table.items()}


def _entries(kind: Kind, tables: Sequence[Mapping[str, object]], problems: list[Problem]) -> Iterator[Entry]:
    for entry_id, data in _merged(tables).items():
        definition = check(EntryDefinition, data, entry_id, f"vocabulary/{kind}.toml")
        if isinstance(definition, list):
            problems += definition
        else:
            yield Entry(entry_id, kind, definition)


def _harmless(tables: Sequence[Mapping[str, object]], problems: list[Problem]) -> dict[str, frozenset[str]]:
    harmless: dict[str, frozenset[str]] = {}
    for kind, data in _merged(tables).items():
        words = check(HarmlessWords, data, kind, f"vocabulary/{HARMLESS}.toml")
        if isinstance(words, list):
            problems += words
        elif kind not in (_EVERYWHERE, *KINDS):
            advice = nearest(kind, (_EVERYWHERE, *KINDS))
            problems.append(Problem("unknown-key", f"vocabulary/{HARMLESS}.toml: {kind}", "this key is not known here.", advice))
        else:
            harmless[kind] = frozenset(word for listed in words.words.values() for text in listed for word in _words(text))
    return harmless


def _fact_problems(entry: Entry, facts: FactRegister) -> Iterator[Problem]:
    where = f"vocabulary/{entry.kind}.toml: {entry.id}.means"
    for means in entry.definition.means:
        for fact_id in means.facts:
            if fact_id not in facts.facts:
                yield Problem("fact-unknown", where, f"there is no fact {fact_id}.", nearest(fact_id, list(facts.facts)))
        known = [facts.facts[fact_id] for fact_id in means.facts if fact_id in facts.facts]
        if means.talk and known and all(fact.definition.audience == "staff" for fact in known):
            advice = "Name a fact whose audience is patient, or leave `talk` out."
            yield Problem("fact-for-staff", where, "patients would be told this, and all its facts are for staff.", advice)


def _names(entries: Sequence[Entry], problems: list[Problem]) -> _Names:
    words: dict[tuple[str, ...], Found] = {}
    icd10: dict[str, Entry] = {}
    rxnorm: dict[str, Entry] = {}
    for entry in entries:
        where = f"vocabulary/{entry.kind}.toml: {entry.id}"
        for spelling in entry.spellings:
            if key := _words(spelling):
                problems += _clash(where, spelling, entry, words.setdefault(key, Found(entry, spelling)).entry)
            else:
                problems.append(Problem("vocabulary-word", where, "one of its names has no letters.", "Write it in letters."))
        for code in entry.definition.icd10:
            problems += _clash(where, code, entry, icd10.setdefault(code.replace(".", ""), entry))
        for code in entry.definition.rxnorm:
            problems += _clash(where, code, entry, rxnorm.setdefault(code, entry))
    return _Names(words, icd10, rxnorm, max(map(len, words), default=0))


def _clash(where: str, what: str, entry: Entry, known: Entry) -> Iterator[Problem]:
    if entry is not known:
        problem = f"“{what}” also stands for {known.id} in vocabulary/{known.kind}.toml."
        yield Problem("vocabulary-clash", where, problem, "Keep it in one of them.")
