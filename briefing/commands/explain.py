"""`briefing explain`: why each document and section is in a packet or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.reporting import DAY, FOLDER, Reporter, output_options

if TYPE_CHECKING:
    from briefing.selection import Selection


@click.command()
@click.argument("request", metavar="REQUEST")
@click.option("--clinic", "clinic_folder", type=FOLDER, help="The clinic's folder; the built-in documents alone when left out.")
@click.option("--issued-on", type=DAY, help="The day of issue, as year-month-day; today when left out.")
@output_options
def explain(request: str, clinic_folder: Path | None, issued_on: datetime | None, reporter: Reporter) -> None:
    """Say why each document and section is in a packet or not."""
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.commands.making import day_of_issue
    from briefing.intake import parse_request, read_request, read_text
    from briefing.selection import choose_documents

    text = read_text(request)
    catalogue = read_catalogue(clinic_folder)
    day = day_of_issue(issued_on, catalogue.clinic)
    selection = choose_documents(catalogue, read_request(parse_request(text), catalogue, day))
    reporter.result("\n".join(_lines(selection)), {"documents": list(_data(selection))})


def _lines(selection: Selection) -> Iterator[str]:
    for chosen in selection.chosen:
        yield f"in   {chosen.id} ({chosen.language}): {_reason(selection, chosen.id)}"
        for decision in chosen.decisions:
            yield f"       {'in ' if decision.is_in else 'out'} {decision.name}: {decision.reason}"
    for decision in selection.decisions:
        if not decision.is_in:
            yield f"out  {decision.name}: {decision.reason}"


def _reason(selection: Selection, name: str) -> str:
    return next(decision.reason for decision in selection.decisions if decision.name == name)


def _data(selection: Selection) -> Iterator[dict[str, object]]:
    parts = {chosen.id: chosen.decisions for chosen in selection.chosen}
    for decision in selection.decisions:
        sections = [{"id": part.name, "in": part.is_in, "reason": part.reason} for part in parts.get(decision.name, ())]
        yield {"id": decision.name, "in": decision.is_in, "reason": decision.reason, "sections": sections}
