"""`briefing changes`: what changed in documents since they were approved, word by word, for whom approves them again."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.reporting import FOLDER, Reporter, output_options

if TYPE_CHECKING:
    from briefing.approval import Standing
    from briefing.catalogue import Catalogue, Document
    from briefing.changes import Change, Run

_MARKS = {"same": ("", ""), "old": ("[-", "-]"), "new": ("{+", "+}")}
_WHAT = {
    "definition": "definition: document.toml",
    "facts": "facts",
    "labels": "labels: wording",
    "statements": "in other languages",
}


@dataclass(frozen=True, slots=True)
class _Report:
    """How one document in one language stands, and what has changed in it and in the text it is a translation of."""

    document: str
    language: str
    original: str | None
    standing: Standing
    changes: tuple[Change, ...]
    of_original: tuple[Change, ...]


@click.command()
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
@click.option("--clinic", "clinic_folder", type=FOLDER, required=True, help="The clinic's folder.")
@click.option("--language", help="The language of the words; the clinic's own when left out.")
@output_options
def changes(documents: tuple[str, ...], clinic_folder: Path, language: str | None, reporter: Reporter) -> None:
    """Show what changed in documents since they were approved, word by word.

    DOCUMENT is an id that `briefing documents` lists; `all` stands for every one that is written in the language. Words
    that are gone stand in [-brackets-], new ones in {+braces+}; on a terminal they are red and green. Of a translation,
    it is also shown what changed in the original since the two were held side by side.
    """
    from briefing.catalogue import read_catalogue  # `--help` must be quick

    catalogue = read_catalogue(clinic_folder)
    language = language or catalogue.the_clinic().language
    found = [_report(document, language, catalogue, clinic_folder) for document in _named(documents, language, catalogue)]
    in_color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    text = "\n\n".join("\n".join(_lines(report, in_color=in_color)) for report in found)
    reporter.result(text, {"documents": [_data(report) for report in found]})


def _named(documents: Sequence[str], language: str, catalogue: Catalogue) -> list[Document]:
    from briefing.approval import document_in  # `--help` must be quick

    if tuple(documents) == ("all",):
        there = [document for document in catalogue.documents.values() if language in document.languages]
        if there:
            return sorted(there, key=lambda document: document.id)
    return [
        document_in(catalogue, name, language) for name in (sorted(catalogue.documents) if documents == ("all",) else documents)
    ]


def _report(document: Document, language: str, catalogue: Catalogue, clinic_folder: Path) -> _Report:
    from briefing.approval import original_of, standing_of  # `--help` must be quick
    from briefing.approved_words import recall
    from briefing.changes import changes_between
    from briefing.exact_words import exact_words

    standing = standing_of(document, language, catalogue)
    approval = standing.approval
    own: tuple[Change, ...] = ()
    of_original: tuple[Change, ...] = ()
    if approval:
        own = tuple(changes_between(recall(clinic_folder, approval.digest), exact_words(document, language, catalogue)))
    if approval and approval.translation and approval.translation.of in document.languages:
        before = recall(clinic_folder, approval.translation.digest)
        now = exact_words(document, approval.translation.of, catalogue)
        # The frame of the page is shared: what was told of it once is enough.
        of_original = tuple(change for change in changes_between(before, now) if change not in own)
    return _Report(document.id, language, original_of(document, language, catalogue), standing, own, of_original)


def _lines(report: _Report, *, in_color: bool) -> Iterator[str]:
    yield f"{report.document} ({report.language}): {_told(report)}"
    yield from _change_lines(report.changes, in_color=in_color)
    if report.of_original and report.standing.approval and report.standing.approval.translation:
        translation = report.standing.approval.translation
        yield ""
        yield f"The text in {translation.of} has changed since {translation.by} held the two side by side on {translation.on}:"
        yield from _change_lines(report.of_original, in_color=in_color)


def _told(report: _Report) -> str:
    """Say how the document stands and what to do."""
    approval, original = report.standing.approval, report.original
    if approval is None:
        reviewed = " --translation-by NAME --translation-role ROLE" if original else ""
        how = f"briefing approve {report.document} --clinic FOLDER --language {report.language} --by NAME --role ROLE{reviewed}"
        return f"nobody has approved it yet. Read it, then: {how}"
    by = f"{approval.by} approved it on {approval.on}"
    match report.standing.state:
        case "changed":
            return f"it has changed since {by}."
        case "original changed":
            return f"no word of it has changed since {by}, but the text in {original} has."
        case "original not approved":
            return f"nothing has changed since {by}, but nobody stands by the text in {original}."
        case "translation not reviewed":
            return f"nothing has changed since {by}, but nobody has held it against the text in {original}."
        case _:
            return f"nothing has changed since {by}."


def _change_lines(found: Sequence[Change], *, in_color: bool) -> Iterator[str]:
    text, place = None, None
    for change in found:
        if change.text != text:
            text, place = change.text, None
            yield ""
            yield f"  {_WHAT.get(text, text)}"
        if change.place != place:
            place = change.place
            yield f"    {place}" if place else "    Only spaces, line breaks or the order of sections differ."
        if change.runs:
            kinds = "" if change.touches == ("words",) else f"   ({', '.join(change.touches)})"
            told = "".join(_marked(run, in_color=in_color) for run in change.runs)
            yield f"      {' '.join(told.split())}{kinds}"


def _marked(run: Run, *, in_color: bool) -> str:
    words = run.text.rstrip() if run.how != "same" else run.text
    if in_color and run.how != "same":
        shown = (
            click.style(words, fg="red", strikethrough=True) if run.how == "old" else click.style(words, fg="green", bold=True)
        )
    else:
        before, after = _MARKS[run.how]
        shown = f"{before}{words}{after}"
    return shown + run.text[len(words) :]


def _data(report: _Report) -> Mapping[str, object]:
    approval = report.standing.approval
    return {
        "document": report.document,
        "language": report.language,
        "state": report.standing.state,
        "approval": approval.model_dump(mode="json", exclude_none=True) if approval else None,
        "changes": list(map(asdict, report.changes)),
        "original": report.original,
        "changes_of_original": list(map(asdict, report.of_original)),
    }
