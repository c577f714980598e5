"""The exact words of a document in a language, as named texts: all that an approval binds, and nothing else.

They are the document's definition, its text, every template it is built from, the labels of its language, every fact it can
print, and what it can print of the vocabulary and of other languages. A listing names them with the SHA-256 of each; the
SHA-256 of the listing stands for them all.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from briefing.catalogue import Catalogue, Document
from briefing.template_files import closure, template_source
from briefing.wording import OF_THE_DESK, Wording

_LISTED = re.compile(r"([0-9a-f]{64})  (\S+)")


def exact_words(document: Document, language: str, catalogue: Catalogue) -> dict[str, str]:
    """Return the texts by name: `definition`, `facts`, `labels` and the like, and each template by its path.

    Raises:
        TemplateError: one of its templates is missing.
    """
    templates = closure(document.template(language), catalogue)
    wording = catalogue.wordings.get(language)
    lists = {
        "definition": _lines(_definition(document, language)),
        "facts": _lines(_facts(templates, language, catalogue)),
        "labels": _lines(_labels(templates, wording, catalogue) if wording else ()),
        "vocabulary": _lines(_vocabulary(templates, language, catalogue)),
        "statements": _lines(_statements(templates, language, catalogue)),
        "glossary": _lines(_glossary(document, language, catalogue)),
    }
    named = {name: text for name, text in lists.items() if text} | {name: template_source(name, catalogue) for name in templates}
    # Line ends are the machine's: a file that was only copied to another one is still approved.
    return {name: text.replace("\r\n", "\n") for name, text in sorted(named.items())}


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def listing(title: str, words: Mapping[str, str]) -> str:
    """Write down which texts belong together. Its own digest stands for all of them."""
    return "".join((f"# {title}\n", *(f"{digest_of(text)}  {name}\n" for name, text in sorted(words.items()))))


def read_listing(text: str) -> dict[str, str]:
    """Return the digests that a listing holds, by name."""
    return {found[2]: found[1] for line in text.splitlines() if (found := _LISTED.fullmatch(line))}


def listing_of(document: Document, language: str, catalogue: Catalogue) -> str:
    """Return the listing of a document's exact words.

    Raises:
        TemplateError: one of its templates is missing.
    """
    return listing(f"{document.id} ({language})", exact_words(document, language, catalogue))


def _lines(named: Iterable[tuple[str, object]]) -> str:
    return "".join(f"{name}: {_shown(value)}\n" for name, value in named)


def _shown(value: object) -> str:
    """Write a value on one line."""
    return value if isinstance(value, str) and value.isprintable() else json.dumps(value, ensure_ascii=False)


def _definition(document: Document, language: str) -> Iterator[tuple[str, object]]:
    """Yield what the definition says to readers of this language; the titles in others are not theirs."""
    data = document.definition.model_dump(mode="json", exclude_unset=True)
    data["title"] = document.definition.title.get(language, "")
    parts = data.pop("parts")
    yield from data.items()
    for part in parts:
        name = f"section {part.pop('id')}"
        yield name, part


def _facts(templates: Mapping[str, frozenset[str]], language: str, catalogue: Catalogue) -> Iterator[tuple[str, object]]:
    """Yield every fact these templates can print: those whose id is quoted, and those of the protocols if they use one."""
    wanted = set(chain.from_iterable(templates.values()))
    if _mentions("health.", templates, catalogue):
        wanted.update(
            fact_id for entry in catalogue.vocabulary.entries for means in entry.definition.means for fact_id in means.facts
        )
    if _mentions("protocol.", templates, catalogue):
        wanted.update(fact_id for protocol in catalogue.protocols.values() for fact_id in protocol.told_facts())
    for fact_id in sorted(wanted & catalogue.facts.facts.keys()):
        fact = catalogue.facts.facts[fact_id]
        if language in fact.definition.text:
            yield fact_id, fact.text(language)
        # A number may be printed without the sentence, and the bracket behind it is the source's.
        if fact.definition.numbers:
            yield f"{fact_id} numbers", {name: str(number) for name, number in sorted(fact.definition.numbers.items())}
        if fact.definition.compared_with:
            yield f"{fact_id} compared with", fact.definition.compared_with
        yield f"{fact_id} source", fact.source.number


def _labels(templates: Iterable[str], wording: Wording, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield the labels that these templates can print: all but those of the front desk's own pages, unless one names them."""
    names_them = any(_mentions(words, templates, catalogue) for words in (OF_THE_DESK, ".labels"))
    for key, label in sorted(wording.labels.items()):
        if names_them or not key.startswith(OF_THE_DESK):
            yield key, label


def _mentions(words: str, templates: Iterable[str], catalogue: Catalogue) -> bool:
    """Tell whether one of the templates has these words: `health.` as in `health.flags`, not at the end of a sentence."""
    asked = re.compile(re.escape(words) + (r"\w" if words.endswith(".") else ""))
    return any(asked.search(template_source(name, catalogue)) for name in templates)


def _vocabulary(templates: Iterable[str], language: str, catalogue: Catalogue) -> Iterator[tuple[str, object]]:
    """Yield what these templates can print of the vocabulary: lines to talk about, and names of what is treated."""
    tells_health = _mentions("health.", templates, catalogue)
    own = catalogue.clinic.language if catalogue.clinic else language
    for entry in catalogue.vocabulary.entries:
        where = f"{entry.kind} {entry.id}"
        if tells_health or (language != own and entry.kind == "conditions" and _mentions("for_condition", templates, catalogue)):
            yield f"{where} name", entry.name(language) or ""
        for number, means in enumerate(entry.definition.means, 1):
            if tells_health and language in means.talk:
                yield f"{where} talk {number}", [*means.medicine, *means.facts, means.talk[language]]


def _statements(templates: Iterable[str], language: str, catalogue: Catalogue) -> Iterator[tuple[str, object]]:
    """Yield what an interpreter states in other languages than the page's, where these templates print it."""
    if _mentions("interpreter.statements", templates, catalogue):
        for other, wording in sorted(catalogue.wordings.items()):
            if other != language and "interpreter_statement" in wording.labels:
                yield other, wording["interpreter_statement"]


def _glossary(document: Document, language: str, catalogue: Catalogue) -> Iterator[tuple[str, object]]:
    """Yield every word that a document can explain, and what it says of it."""
    if "glossary" in document.definition.needs:
        for word_id, entry in sorted(catalogue.glossary.words.items()):
            if language in entry.word:
                yield f"{word_id}: {entry.word[language]}", entry.meaning[language]
