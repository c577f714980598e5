"""`briefing facts`: every clinical statement there is, where it comes from, who cites it, and when it must be read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.reporting import DAY, FOLDER, Reporter, columns, output_options

if TYPE_CHECKING:
    from briefing.catalogue import Catalogue
    from briefing.facts import Fact

_REVIEW = {"overdue": "overdue since", "soon": "due on", "later": "by"}


@click.command()
@click.option("--clinic", "clinic_folder", type=FOLDER, help="The clinic's folder; the built-in facts alone when left out.")
@click.option("--on", "day", type=DAY, help="The day for which reviews are told, as year-month-day; today when left out.")
@click.option("--due", "due_only", is_flag=True, help="Only the facts whose review is overdue or comes due within 60 days.")
@output_options
def facts(clinic_folder: Path | None, day: datetime | None, due_only: bool, reporter: Reporter) -> None:
    """List the facts: sources, who cites them, what is due for review."""
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.commands.making import day_of_issue

    catalogue = read_catalogue(clinic_folder)
    rows = list(_rows(catalogue, day_of_issue(day, catalogue.clinic)))
    if due_only:
        rows = [row for row in rows if row["review"] != "later"]
    reporter.result(_table(rows), {"facts": rows})


def _rows(catalogue: Catalogue, day: date) -> Iterator[dict[str, object]]:
    cited_by = _citations(catalogue)
    found = sorted(catalogue.facts.facts.values(), key=lambda fact: (fact.definition.review_by, fact.source.number, fact.id))
    for fact in found:
        yield {
            "id": fact.id,
            "text": _text(fact),
            "source": fact.source.number,
            "publication": fact.source.title,
            "level": fact.definition.level,
            "audience": fact.definition.audience,
            "holds_for": fact.definition.holds_for,
            "reviewed_on": fact.definition.reviewed_on.isoformat(),
            "review_by": fact.definition.review_by.isoformat(),
            "review": fact.review(day),
            "cited_by": cited_by[fact.id],
        }


def _text(fact: Fact) -> str:
    language = "en" if "en" in fact.definition.text else next(iter(fact.definition.text))
    return fact.text(language)


def _citations(catalogue: Catalogue) -> Mapping[str, list[str]]:
    """Return for each fact the documents, protocols and lists of the vocabulary that name it."""
    from briefing.template_files import closure  # `--help` must be quick

    named: dict[str, set[str]] = {fact_id: set() for fact_id in catalogue.facts.facts}
    for document in catalogue.documents.values():
        for language in document.languages:
            for words in closure(document.template(language), catalogue).values():
                for fact_id in words & named.keys():
                    named[fact_id].add(document.id)
    for protocol_id, protocol in catalogue.protocols.items():
        for fact_id in protocol.facts():
            named[fact_id].add(f"protocol {protocol_id}")
    for entry in catalogue.vocabulary.entries:
        for fact_id in (fact_id for means in entry.definition.means for fact_id in means.facts):
            named[fact_id].add(f"vocabulary {entry.kind}")
    return {fact_id: sorted(who) for fact_id, who in named.items()}


def _table(rows: list[dict[str, object]]) -> str:
    if not rows:
        return "No review is due within 60 days."
    cells = [
        [
            str(row["id"]),
            f"[{row['source']}]",
            str(row["audience"]),
            f"{_REVIEW[str(row['review'])]} {row['review_by']}",
            ", ".join(cited) if isinstance(cited := row["cited_by"], list) and cited else "nothing",
        ]
        for row in rows
    ]
    return columns(("fact", "source", "for", "review", "cited by"), cells)
