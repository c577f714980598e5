"""`briefing day`: a whole schedule in one go."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from briefing.choices import Choices
from briefing.commands.reporting import DAY, FOLDER, OUT_FOLDER, Reporter, output_options

if TYPE_CHECKING:
    from briefing.day.ledger import Ledger
    from briefing.day.plan import Planned
    from briefing.day.run import Team
    from briefing.day.work import Kit


@click.command()
@click.argument("schedule", metavar="SCHEDULE", type=click.Path(exists=True, path_type=Path))
@click.option("--clinic", "clinic_folder", type=FOLDER, required=True, help="The clinic's folder.")
@click.option("--out", "out_folder", type=OUT_FOLDER, required=True, help="The day's own folder; made if missing.")
@click.option("--issued-on", type=DAY, help="The day of issue, as year-month-day; today when left out.")
@click.option("--workers", type=click.IntRange(1), help="How many packets are made at a time; one for each core when left out.")
@click.option("--fillable", is_flag=True, help="Let every line to fill in by hand be filled in on a screen, too.")
@click.option("--large-print", is_flag=True, help="Everything for the patient and the companion in 18 point or larger.")
@click.option("--duplex", is_flag=True, help="For both sides of the paper: every document starts on a sheet of its own.")
@click.option("--edition", type=click.Choice(["print", "archive"]), default="print", show_default=True, help="What it is for.")
@output_options
def day(
    schedule: Path,
    clinic_folder: Path,
    out_folder: Path,
    issued_on: datetime | None,
    workers: int | None,
    fillable: bool,
    large_print: bool,
    duplex: bool,
    edition: Literal["print", "archive"],
    reporter: Reporter,
) -> None:
    """Make the packets of a whole day's schedule.

    SCHEDULE is a file of a spreadsheet or of a record system. Run the same command again after anything: only what is
    missing or has changed is made.
    """
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.commands.making import day_of_issue, stdout_for_results_only
    from briefing.day.crew import Crew
    from briefing.day.plan import plan_day
    from briefing.day.work import Kit
    from briefing.delivery import prepare_folder, sole_run
    from briefing.identity import clinic_secret
    from briefing.schedule import read_schedule

    choices = Choices(duplex=duplex, fillable=fillable, large_print=large_print, edition=edition)
    with reporter.watch("read"):
        catalogue = read_catalogue(clinic_folder)
        issued = day_of_issue(issued_on, catalogue.clinic)
        rows = read_schedule(schedule, catalogue, issued).rows
    folder = prepare_folder(out_folder, clinic_folder)
    with sole_run(folder), stdout_for_results_only():
        kit = Kit(catalogue, clinic_secret(clinic_folder), issued, choices)
        with reporter.watch("plan"):
            planned = plan_day(rows, kit)
        team = Crew(kit, min(workers or os.cpu_count() or 1, max(len(rows), 1)))
        ledger = _make(folder, planned, kit, team, reporter)
    _report(folder, ledger, reporter)


def _make(folder: Path, planned: tuple[Planned, ...], kit: Kit, team: Team, reporter: Reporter) -> Ledger:
    """Make what is missing; on Ctrl-C say what there is."""
    from briefing.day.run import make_all, open_ledger

    ledger = open_ledger(folder, planned, kit)
    try:
        with reporter.watch("make"):
            make_all(folder, planned, kit, ledger, team, lambda _: None)
    except KeyboardInterrupt:
        ledger.write("interrupted")
        reporter.say(f"{ledger.count('made', 'kept')} of {len(planned)} packets are there. Run the same command again to go on.")
        raise
    ledger.write("finished")
    return ledger


def _report(folder: Path, ledger: Ledger, reporter: Reporter) -> None:
    """Tell what became of the day.

    Raises:
        UnfinishedError: some rows have no packet.
    """
    from briefing.errors import UnfinishedError

    made, kept, failed = ledger.count("made"), ledger.count("kept"), ledger.count("failed", "withdrawn")
    flagged = sum(bool(entry.flags) for entry in ledger.entries)
    data = {
        "folder": str(folder),
        "made": made,
        "kept": kept,
        "failed": failed,
        "flagged": flagged,
        "superseded": len(ledger.superseded),
        "rows": [entry.as_dict() for entry in ledger.entries],
    }
    reporter.say(f"{made + kept} of {len(ledger.entries)} packets: {made} made, {kept} kept, {failed} failed, {flagged} flagged.")
    if not failed:
        reporter.result(str(folder), data)
        return
    if not reporter.as_json:
        click.echo(str(folder))
    raise UnfinishedError([problem for entry in ledger.entries for problem in entry.problems], data)
