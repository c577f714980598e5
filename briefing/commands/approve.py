"""`briefing approve`: record that somebody stands by the exact words of documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.reporting import DAY, FOLDER, Reporter, output_options

if TYPE_CHECKING:
    from briefing.approval import Person
    from briefing.catalogue import Approvals, Catalogue


@click.command()
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
@click.option("--clinic", "clinic_folder", type=FOLDER, required=True, help="The clinic's folder.")
@click.option("--by", required=True, help="Who has read the words and stands by them.")
@click.option("--role", required=True, help="What this person is, such as medical director.")
@click.option("--language", help="The language of the words that were read; the clinic's own when left out.")
@click.option("--translation-by", metavar="NAME", help="Who, being qualified, held the translation against its original.")
@click.option("--translation-role", metavar="ROLE", help="What this person is, such as certified medical translator.")
@click.option("--on", type=DAY, help="The day of approval, as year-month-day; today when left out.")
@output_options
def approve(
    documents: tuple[str, ...],
    clinic_folder: Path,
    by: str,
    role: str,
    language: str | None,
    translation_by: str | None,
    translation_role: str | None,
    on: datetime | None,
    reporter: Reporter,
) -> None:
    """Record that somebody stands by the exact words of documents.

    DOCUMENT is an id that `briefing documents` lists; `all` stands for every one that is written in the language. When
    a word of a document, of a fact it prints or of a label changes afterwards, it is a draft again, and `briefing
    changes` shows what has changed.

    A text in another language than the clinic's own is a translation. It needs --translation-by and --translation-role,
    and it is a draft again when the text it was held against changes.
    """
    from briefing.approval import with_approvals  # `--help` must be quick
    from briefing.catalogue import read_catalogue
    from briefing.commands.making import day_of_issue
    from briefing.delivery import sole_run

    approver = _person("--by", by, "--role", role)
    if (translation_by is None) != (translation_role is None):
        raise click.UsageError("--translation-by and --translation-role go together.")
    reviewer = None
    if translation_by is not None and translation_role is not None:
        reviewer = _person("--translation-by", translation_by, "--translation-role", translation_role)
    catalogue = read_catalogue(clinic_folder)
    clinic = catalogue.the_clinic()
    language = language or clinic.language
    if reviewer and language == clinic.language:
        raise click.UsageError(f"{language} is the clinic's own language: nothing was translated. Name the other: --language es")
    ids, left_out = _named(documents, language, catalogue)
    with sole_run(clinic_folder):
        approvals = with_approvals(catalogue, ids, language, approver, day_of_issue(on, clinic), reviewer)
        _keep(clinic_folder, approvals, dict.fromkeys(ids, language), catalogue)
    for name, translation in _outdated(approvals, ids, language):
        reporter.say(f"{name} ({translation}) is a draft until its translation is reviewed again: the original has changed.")
    if left_out:
        reporter.say(f"Not written in {language}: {', '.join(left_out)}.")
    reporter.result(f"Approved: {', '.join(ids)}.", {"approved": ids, "language": language, "not_written": left_out})


def _person(by: str, name: str, as_what: str, role: str) -> Person:
    from briefing.approval import Person  # `--help` must be quick
    from briefing.text_safety import clean_line

    for option, value in ((by, name), (as_what, role)):
        try:
            clean_line(value)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param_hint=option) from None
    return Person(name, role)


def _named(documents: Sequence[str], language: str, catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """Return the documents that were named, and for `all` those that are not written in this language."""
    if tuple(documents) != ("all",):
        return list(documents), []
    every = sorted(catalogue.documents)
    there = [name for name in every if language in catalogue.documents[name].languages]
    # With none at all, the refusal says in which languages there are any.
    return (there, [name for name in every if name not in there]) if there else (every, [])


def _outdated(approvals: Approvals, documents: Sequence[str], language: str) -> Iterator[tuple[str, str]]:
    """Yield the translations that were held against another text than the one that is approved now."""
    for name in documents:
        for other, approval in sorted(approvals.documents[name].items()):
            of = approval.translation
            if of and of.of == language and of.digest != approvals.documents[name][language].digest:
                yield name, other


def _keep(clinic_folder: Path, approvals: Approvals, read: Mapping[str, str], catalogue: Catalogue) -> None:
    """Write the approvals, after the words they stand for; then clear away words that no approval names any more."""
    from briefing.approval import written  # `--help` must be quick
    from briefing.approved_words import KEPT, no_longer_needed, to_keep
    from briefing.delivery import deliver, make_inside
    from briefing.exact_words import exact_words

    files: dict[str, bytes] = {}
    for name, language in read.items():
        document = catalogue.documents[name]
        files |= to_keep(f"{name} ({language})", exact_words(document, language, catalogue))
    folder = make_inside(clinic_folder, KEPT)
    deliver(folder, files)
    deliver(clinic_folder, {"approvals.toml": written(approvals).encode()})
    for path in no_longer_needed(clinic_folder, approvals):
        path.unlink(missing_ok=True)
