"""Approval: which exact words of a document somebody at the clinic has read and stands by.

The digest binds the document's definition and text, every template it is built from, the labels of its language, and
every fact it can print. Change one letter of any of them and the document is a draft again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from briefing.catalogue import Approval, Catalogue, Document
from briefing.errors import CatalogueError, Problem, nearest
from briefing.template_files import closure, template_source


def approval_of(document: Document, language: str, catalogue: Catalogue) -> Approval | None:
    """Return the approval of these exact words, or None when nobody has approved them as they stand."""
    approval = catalogue.approvals.documents.get(document.id, {}).get(language)
    return approval if approval and approval.digest == wording_digest(document, language, catalogue) else None


def wording_digest(document: Document, language: str, catalogue: Catalogue) -> str:
    """Return the SHA-256 that stands for the exact words of a document in a language.

    Raises:
        TemplateError: one of its templates is missing or is not Jinja.
    """
    templates = closure(document.template(language), catalogue)
    digest = hashlib.sha256()
    for name, text in (
        *(
            (path, catalogue.files[path].sha256)
            for path in (f"documents/{document.id}/document.toml", f"wording/{language}.toml")
        ),
        *((name, template_source(name, catalogue)) for name in sorted(templates)),
        *_facts(templates, language, catalogue),
    ):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()


def record_approvals(catalogue: Catalogue, document_ids: Sequence[str], language: str, by: str, role: str, on: date) -> str:
    """Return the text of an `approvals.toml` that holds the approvals there are, and new ones for these documents.

    Raises:
        CatalogueError: there is no such document, or it is not written in this language.
    """
    problems = [problem for name in document_ids if (problem := _not_there(catalogue, name, language))]
    if problems:
        raise CatalogueError(problems)
    table = {name: dict(languages) for name, languages in catalogue.approvals.documents.items()}
    for name in document_ids:
        digest = wording_digest(catalogue.documents[name], language, catalogue)
        table.setdefault(name, {})[language] = Approval(digest=digest, by=by, role=role, on=on)
    lines = ["# Who has read the exact words of which document. Written by `briefing approve`; the digest binds the words.\n"]
    for name, languages in sorted(table.items()):
        for code, approval in sorted(languages.items()):
            # A JSON string is a TOML string too.
            lines += [
                f"\n[{name}.{code}]",
                f'digest = "{approval.digest}"',
                f"by = {json.dumps(approval.by, ensure_ascii=False)}",
            ]
            lines += [f"role = {json.dumps(approval.role, ensure_ascii=False)}", f"on = {approval.on.isoformat()}"]
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _not_there(catalogue: Catalogue, name: str, language: str) -> Problem | None:
    if name not in catalogue.documents:
        return Problem("document-unknown", name, "there is no such document.", nearest(name, list(catalogue.documents)))
    if language not in catalogue.documents[name].languages:
        advice = f"It is written in: {', '.join(catalogue.documents[name].languages)}."
        return Problem("language-missing", f"documents/{name}", f"it is not written in language {language}.", advice)
    return None


def _facts(templates: Mapping[str, frozenset[str]], language: str, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield every fact these templates can print: those whose id is quoted, and those of the protocols if they use one."""
    wanted = set(chain.from_iterable(templates.values()))
    if any("protocol." in template_source(name, catalogue) for name in templates):
        wanted.update(fact_id for protocol in catalogue.protocols.values() for fact_id in protocol.told_facts())
    for fact_id in sorted(wanted & catalogue.facts.facts.keys()):
        fact = catalogue.facts.facts[fact_id]
        if language in fact.definition.text:
            # A number may be printed without the sentence, and the bracket behind it is the source's.
            numbers = {name: str(number) for name, number in sorted(fact.definition.numbers.items())}
            yield f"fact {fact_id}", json.dumps([fact.text(language), numbers, fact.definition.compared_with, fact.source.number])
