"""`briefing check`: every problem in the input, nothing made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.reporting import DAY, FOLDER, Reporter, columns, output_options

if TYPE_CHECKING:
    from briefing.catalogue import Catalogue
    from briefing.html_rendering import HtmlPage
    from briefing.inserts import InsertPage
    from briefing.packet import Brought

_WORST = 5


@click.command()
@click.argument("request", metavar="[REQUEST]", required=False)
@click.option("--clinic", "clinic_folder", type=FOLDER, help="The clinic's folder.")
@click.option("--issued-on", type=DAY, help="The day of issue, as year-month-day; today when left out.")
@click.option("--files-only", is_flag=True, help="Read a clinic's files, but try no packets of made-up patients.")
@output_options
def check(
    request: str | None, clinic_folder: Path | None, issued_on: datetime | None, files_only: bool, reporter: Reporter
) -> None:
    """Tell every problem of a request, a day's schedule or a clinic folder; make nothing.

    With --clinic alone, packets of made-up patients are tried, one for each turn that a packet of this clinic can take,
    and it is told how hard the pages are to read. With both, REQUEST is held against the clinic's list of clinicians
    and its limits. REQUEST may also be a day's schedule: a CSV file, a spreadsheet, or a FHIR file or folder. It is told how
    its columns were understood, and every problem of every row.
    """
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.commands.making import day_of_issue
    from briefing.intake import parse_request, read_request, read_text
    from briefing.schedule import is_schedule
    from briefing.selection import choose_documents

    if request is None and clinic_folder is None:
        raise click.UsageError("Name a REQUEST, a --clinic folder, or both.")
    if request and is_schedule(Path(request)):
        from briefing.commands.check_schedule import check_schedule

        check_schedule(Path(request), clinic_folder, issued_on, reporter)
        return
    text = read_text(request) if request else None
    catalogue = read_catalogue(clinic_folder) if clinic_folder is None or text is not None else _read_all(clinic_folder)
    day = day_of_issue(issued_on, catalogue.clinic)
    inserts = _prepared(catalogue) if catalogue.inserts else []
    if text is not None:
        choose_documents(catalogue, read_request(parse_request(text), catalogue, day))
    for insert in inserts:
        reporter.say(f"inserts/{insert.id} ({insert.language}): {_told(insert.brought)}")
    told_inserts = {"problems": [], "inserts": [_data(insert) for insert in inserts]}
    if text is not None or files_only:
        reporter.result("No problems.", told_inserts)
    else:
        _report(_rehearse(catalogue, day, reporter), told_inserts, reporter)


def _read_all(clinic_folder: Path) -> Catalogue:
    """Read the files, the templates without filling them, and the words that were approved.

    Raises:
        BriefingError: with every problem of every file; the first one's kind gives the exit code.
    """
    from briefing.approved_words import lost_words  # `--help` must be quick
    from briefing.catalogue import survey
    from briefing.errors import CatalogueError, TemplateError
    from briefing.template_check import template_problems
    from briefing.toml_places import with_line

    catalogue, problems = survey(clinic_folder)
    of_templates = template_problems(catalogue)
    problems += lost_words(clinic_folder, catalogue.approvals)
    if problems or of_templates:
        told = [with_line(problem, catalogue.files) for problem in dict.fromkeys((*problems, *of_templates))]
        raise CatalogueError(told) if problems else TemplateError(told)
    return catalogue


def _prepared(catalogue: Catalogue) -> list[InsertPage]:
    from briefing.inserts import check_inserts  # it loads what binds

    return list(check_inserts(catalogue))


def _told(brought: Brought) -> str:
    """Say in one line what a screen reader makes of an insert, and what to look at."""
    standards = f"keeps to {' and '.join(brought.standards)}" if brought.standards else "does not say that it is accessible"
    return "; ".join((standards, f"tags {brought.tags}", *brought.notes))


def _data(insert: InsertPage) -> dict[str, object]:
    return {"id": insert.id, "language": insert.language, **asdict(insert.brought)}


def _rehearse(catalogue: Catalogue, day: date, reporter: Reporter) -> list[HtmlPage]:
    """Try the packets of all made-up patients; return their pages.

    Raises:
        BriefingError: with every problem of every packet, each told once; the first one's kind gives the exit code.
    """
    from briefing.commands.making import stdout_for_results_only
    from briefing.errors import BriefingError
    from briefing.html_rendering import HtmlPage
    from briefing.identity import Secret
    from briefing.limits import limited, uncollected
    from briefing.pipeline import make_packet
    from briefing.rehearsal import rehearsals
    from briefing.workshop import open_workshop

    errors: list[BriefingError] = []
    pages: list[HtmlPage] = []
    workshop = open_workshop(catalogue, remembering=True)
    for rehearsal in rehearsals(catalogue, day):
        reporter.say(f"Trying {rehearsal.name}")
        try:
            with limited(), uncollected(), stdout_for_results_only():
                verified, _ = make_packet(rehearsal.request, workshop, Secret(b"made up"), day)
        except BriefingError as error:
            errors.append(error)
        else:
            pages += (document.item for document in verified.packet.documents if isinstance(document.item, HtmlPage))
    if errors:
        raise type(errors[0])(tuple(dict.fromkeys(problem for error in errors for problem in error.problems)))
    return pages


def _report(pages: Sequence[HtmlPage], told: Mapping[str, object], reporter: Reporter) -> None:
    """Tell how hard the pages are to read."""
    from briefing.reading_report import hardest_sentences, read_documents

    readings, worst = read_documents(pages), hardest_sentences(pages, _WORST)
    table = columns(
        ("document", "language", "measure", "whole", "hardest section"),
        [
            (
                reading.document,
                reading.language,
                reading.measure.replace("_", " "),
                f"{reading.whole:.1f}",
                f"{reading.of_hardest:.1f} {reading.hardest_section}",
            )
            for reading in readings
        ],
    )
    hard = (f"  {item.figure:4.1f}  {item.document}: {item.sentence}" for item in worst)
    reporter.result(
        "\n".join(("No problems.", "", table, "", "The hardest sentences:", *hard)),
        {**told, "reading": list(map(asdict, readings)), "hardest_sentences": list(map(asdict, worst))},
    )
