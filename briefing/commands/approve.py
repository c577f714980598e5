"""`briefing approve`: record that somebody stands by the exact words of documents."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from briefing.commands.reporting import DAY, FOLDER, Reporter, output_options


@click.command()
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
@click.option("--clinic", "clinic_folder", type=FOLDER, required=True, help="The clinic's folder.")
@click.option("--by", required=True, help="Who has read the words and stands by them.")
@click.option("--role", required=True, help="What this person is, such as medical director.")
@click.option("--language", default="en", show_default=True, help="The language of the words that were read.")
@click.option("--on", type=DAY, help="The day of approval, as year-month-day; today when left out.")
@output_options
def approve(
    documents: tuple[str, ...], clinic_folder: Path, by: str, role: str, language: str, on: datetime | None, reporter: Reporter
) -> None:
    """Record that somebody stands by the exact words of documents.

    DOCUMENT is an id that `briefing documents` lists; `all` stands for every one of them. When a word of a document, of
    a fact it prints or of a label changes afterwards, it is a draft again.
    """
    from briefing.approval import record_approvals  # `--help` must be quick
    from briefing.catalogue import read_catalogue
    from briefing.commands.making import day_of_issue
    from briefing.delivery import deliver, sole_run
    from briefing.text_safety import clean_line

    for option, value in (("--by", by), ("--role", role)):
        try:
            clean_line(value)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param_hint=option) from None
    catalogue = read_catalogue(clinic_folder)
    ids = sorted(catalogue.documents) if documents == ("all",) else list(documents)
    day: date = day_of_issue(on, catalogue.clinic)
    with sole_run(clinic_folder):
        text = record_approvals(catalogue, ids, language, by, role, day)
        deliver(clinic_folder, {"approvals.toml": text.encode()})
    reporter.result(f"Approved: {', '.join(ids)}.", {"approved": ids, "language": language})
