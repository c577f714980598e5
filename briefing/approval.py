"""Approval: which exact words of a document somebody at the clinic has read and stands by.

Change one letter of what `exact_words` lists and the document is a draft again. A text in another language than the clinic's
own is a translation: it stands only beside the approved original that somebody qualified has held it against.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from briefing.catalogue import Approval, Approvals, Catalogue, Document, Translation
from briefing.errors import CatalogueError, Problem, nearest
from briefing.exact_words import digest_of, listing_of

State = Literal[
    "approved",
    "never approved",
    "changed",
    "translation not reviewed",
    "original changed",
    "original not approved",
]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document in a language stands, and the approval there is, whether it still holds or not."""

    state: State
    approval: Approval | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who puts their name to words: who, and as what."""

    name: str
    role: str


def approval_of(document: Document, language: str, catalogue: Catalogue) -> Approval | None:
    """Return the approval of these exact words, or None when nobody has approved them as they stand."""
    standing = standing_of(document, language, catalogue)
    return standing.approval if standing.state == "approved" else None


def standing_of(document: Document, language: str, catalogue: Catalogue) -> Standing:
    """Tell how a document stands in a language, and why it is a draft if it is one.

    Raises:
        TemplateError: one of its templates is missing.
    """
    approval = catalogue.approvals.documents.get(document.id, {}).get(language)
    if approval is None:
        return Standing("never approved", None)
    if approval.digest != wording_digest(document, language, catalogue):
        return Standing("changed", approval)
    original = original_of(document, language, catalogue)
    if original is None:
        return Standing("approved", approval)
    return Standing(_beside(approval.translation, document, original, catalogue), approval)


def original_of(document: Document, language: str, catalogue: Catalogue) -> str | None:
    """Return the language a text is a translation from: the clinic's own. None when it is no translation.

    A document that is not written in the clinic's own language has no original to be held against.
    """
    own = catalogue.the_clinic().language
    return own if language != own and own in document.languages else None


def document_in(catalogue: Catalogue, name: str, language: str) -> Document:
    """Return a document that is written in a language.

    Raises:
        CatalogueError: there is no such document, or it is not written in this language.
    """
    if name not in catalogue.documents:
        advice = nearest(name, list(catalogue.documents))
        raise CatalogueError(Problem("document-unknown", name, "there is no such document.", advice))
    document = catalogue.documents[name]
    if language not in document.languages:
        problem, advice = f"it is not written in language {language}.", f"It is written in: {', '.join(document.languages)}."
        raise CatalogueError(Problem("language-missing", f"documents/{name}", problem, advice))
    return document


def wording_digest(document: Document, language: str, catalogue: Catalogue) -> str:
    """Return the SHA-256 that stands for the exact words of a document in a language.

    Raises:
        TemplateError: one of its templates is missing.
    """
    return digest_of(listing_of(document, language, catalogue))


def with_approvals(
    catalogue: Catalogue, document_ids: Sequence[str], language: str, by: Person, on: date, reviewer: Person | None = None
) -> Approvals:
    """Return the approvals there are, and new ones for these documents.

    Args:
        catalogue: with a clinic.
        document_ids: what was read.
        language: the language it was read in.
        by: who stands by the words.
        on: the day, also that of the review.
        reviewer: who has held a translation against its original, side by side.

    Raises:
        CatalogueError: there is no such document, it is not written in this language, or it is a translation that nobody
            qualified has reviewed, or whose original is a draft.
    """
    problems = [problem for name in document_ids for problem in _in_the_way(catalogue, name, language, reviewer)]
    if problems:
        raise CatalogueError(problems)
    table = {name: dict(languages) for name, languages in catalogue.approvals.documents.items()}
    for name in document_ids:
        document = catalogue.documents[name]
        original = original_of(document, language, catalogue)
        translation = None
        if original and reviewer:
            digest = wording_digest(document, original, catalogue)
            translation = Translation(of=original, digest=digest, by=reviewer.name, role=reviewer.role, on=on)
        digest = wording_digest(document, language, catalogue)
        approval = Approval(digest=digest, by=by.name, role=by.role, on=on, translation=translation)
        table.setdefault(name, {})[language] = approval
    return Approvals(documents=table)


def written(approvals: Approvals) -> str:
    """Write approvals down as the text of `approvals.toml`."""
    tables = ["# Who has read the exact words of which document. Written by `briefing approve`; the digest binds the words.\n"]
    for name, languages in sorted(approvals.documents.items()):
        for language, approval in sorted(languages.items()):
            values = approval.model_dump(exclude_none=True)
            translation = values.pop("translation", None)
            tables.append(_table(f"{name}.{language}", values))
            if translation:
                tables.append(_table(f"{name}.{language}.translation", translation))
    return "\n".join(tables)


def _table(head: str, values: Mapping[str, object]) -> str:
    # A JSON string is a TOML string too; a date stands without quotes.
    lines = (
        f"{key} = {value if isinstance(value, date) else json.dumps(value, ensure_ascii=False)}" for key, value in values.items()
    )
    return "\n".join((f"[{head}]", *lines, ""))


def _beside(translation: Translation | None, document: Document, original: str, catalogue: Catalogue) -> State:
    """Tell how a translation whose own words are approved stands beside its original."""
    if translation is None or translation.of != original:
        return "translation not reviewed"
    if translation.digest != wording_digest(document, original, catalogue):
        return "original changed"
    return "approved" if approval_of(document, original, catalogue) else "original not approved"


def _in_the_way(catalogue: Catalogue, name: str, language: str, reviewer: Person | None) -> Iterator[Problem]:
    """Yield what keeps a document from being approved in a language."""
    try:
        document = document_in(catalogue, name, language)
    except CatalogueError as error:
        yield from error.problems
        return
    original, where = original_of(document, language, catalogue), document.template(language)
    if original and reviewer is None:
        problem = f"it is a translation from {original}, and nobody qualified has held it against that text."
        advice = 'Name who has: --translation-by NAME --translation-role "certified medical translator".'
        yield Problem("translation-unreviewed", where, problem, advice)
    elif original and approval_of(document, original, catalogue) is None:
        problem = f"it is a translation of a draft: nobody has approved the text in {original} as it stands."
        advice = f"Approve that first: briefing approve {name} --language {original}"
        yield Problem("translation-of-draft", where, problem, advice)
