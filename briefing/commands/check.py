"""`briefing check`: every problem in the input, nothing made."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.reporting import DAY, FOLDER, Reporter, output_options

if TYPE_CHECKING:
    from briefing.catalogue import Catalogue
    from briefing.inserts import InsertPage
    from briefing.packet import Brought


@click.command()
@click.argument("request", metavar="[REQUEST]", required=False)
@click.option("--clinic", "clinic_folder", type=FOLDER, help="The clinic's folder.")
@click.option("--issued-on", type=DAY, help="The day of issue, as year-month-day; today when left out.")
@output_options
def check(request: str | None, clinic_folder: Path | None, issued_on: datetime | None, reporter: Reporter) -> None:
    """Tell every problem of a request or a clinic folder; make nothing.

    With --clinic, REQUEST is also held against the clinic's list of clinicians and its limits.
    """
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.commands.making import day_of_issue
    from briefing.intake import parse_request, read_request, read_text
    from briefing.selection import choose_documents

    if request is None and clinic_folder is None:
        raise click.UsageError("Name a REQUEST, a --clinic folder, or both.")
    text = read_text(request) if request else None
    catalogue = read_catalogue(clinic_folder)
    inserts = _prepared(catalogue) if catalogue.inserts else []
    if text is not None:
        day = day_of_issue(issued_on, catalogue.clinic)
        choose_documents(catalogue, read_request(parse_request(text), catalogue, day))
    for insert in inserts:
        reporter.say(f"inserts/{insert.id} ({insert.language}): {_told(insert.brought)}")
    reporter.result("No problems.", {"problems": [], "inserts": [_data(insert) for insert in inserts]})


def _prepared(catalogue: Catalogue) -> list[InsertPage]:
    from briefing.inserts import check_inserts  # it loads what binds

    return list(check_inserts(catalogue))


def _told(brought: Brought) -> str:
    """Say in one line what a screen reader makes of an insert, and what to look at."""
    standards = f"keeps to {' and '.join(brought.standards)}" if brought.standards else "does not say that it is accessible"
    return "; ".join((standards, f"tags {brought.tags}", *brought.notes))


def _data(insert: InsertPage) -> dict[str, object]:
    return {"id": insert.id, "language": insert.language, **asdict(insert.brought)}
