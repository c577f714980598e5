"""`briefing day`: a whole schedule in one go."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from briefing.choices import Choices
from briefing.commands.counting import counting
from briefing.commands.reporting import DAY, FOLDER, OUT_FOLDER, Reporter, output_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefing.day.finishing import Finished
    from briefing.day.ledger import Ledger
    from briefing.day.plan import Planned
    from briefing.day.run import Team
    from briefing.day.work import Kit

_MOST_NAMED = 5


@click.command()
@click.argument("schedule", metavar="SCHEDULE", type=click.Path(exists=True, path_type=Path))
@click.option("--clinic", "clinic_folder", type=FOLDER, required=True, help="The clinic's folder.")
@click.option("--out", "out_folder", type=OUT_FOLDER, required=True, help="The day's own folder; made if missing.")
@click.option("--issued-on", type=DAY, help="The day of issue, as year-month-day; today when left out.")
@click.option("--cluster", metavar="ADDRESS", help="Use the workers of a Dask scheduler, such as tcp://10.0.0.5:8786.")
@click.option("--no-stack", is_flag=True, help="Make the packets and the list of exceptions, and no file to print them all.")
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
    cluster: str | None,
    fillable: bool,
    large_print: bool,
    duplex: bool,
    edition: Literal["print", "archive"],
    no_stack: bool,
    reporter: Reporter,
) -> None:
    """Make the packets of a whole day's schedule.

    SCHEDULE is a file of a spreadsheet or of a record system; docs/schedule.md tells which. Run the same command again
    after anything: only what is missing or has changed is made.
    """
    if cluster and workers:
        raise click.UsageError("--workers is about this machine; a cluster has as many as it was given.")
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.commands.making import cache_folder, day_of_issue, stdout_for_results_only
    from briefing.day.plan import plan_day
    from briefing.day.run import open_ledger
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
        kit = Kit(catalogue, clinic_secret(clinic_folder), issued, choices, cache_folder())
        with reporter.watch("plan"):
            planned = plan_day(rows, kit)
        ledger = open_ledger(folder, planned, kit)
        try:
            _make(folder, planned, ledger, kit, _team(kit, workers, cluster, len(rows)), reporter)
            finished = _finish(folder, planned, ledger, kit, reporter, with_stack=not no_stack)
        except KeyboardInterrupt:
            ledger.write("interrupted")
            there = ledger.count("made", "kept")
            reporter.say(f"{there} of {len(planned)} packets are there. Run the same command again to go on.")
            raise
        ledger.write("finished")
    _report(folder, ledger, finished, reporter)


def _team(kit: Kit, workers: int | None, cluster: str | None, rows: int) -> Team:
    if cluster:
        from briefing.day.cluster import Cluster

        return Cluster(kit, cluster)
    from briefing.day.crew import Crew

    return Crew(kit, min(workers or os.cpu_count() or 1, max(rows, 1)))


def _make(folder: Path, planned: Sequence[Planned], ledger: Ledger, kit: Kit, team: Team, reporter: Reporter) -> None:
    from briefing.day.run import make_all

    with reporter.watch("make"), counting("packets", len(planned), reporter) as count:
        make_all(folder, planned, kit, ledger, team, lambda ledger: count(ledger.count("made", "kept", "failed")))


def _finish(
    folder: Path, planned: Sequence[Planned], ledger: Ledger, kit: Kit, reporter: Reporter, *, with_stack: bool
) -> Finished:
    """Search the packets and write what the front desk prints."""
    from briefing.day.finishing import search_all, write_stack
    from briefing.kept import kept_of
    from briefing.workshop import open_workshop

    with reporter.watch("search"):
        unsearchable = search_all(folder, planned, kit.catalogue, ledger)
    if unsearchable:
        places = ", ".join(unsearchable[:_MOST_NAMED]) + (" and more" if len(unsearchable) > _MOST_NAMED else "")
        reporter.say(f"Too common or short to be searched for in other packets is a name or record number of {places}.")
    with reporter.watch("stack"):
        workshop = open_workshop(kit.catalogue, kept_of(kit.secret, kit.caches))
        return write_stack(folder, planned, kit, ledger, workshop, with_stack=with_stack)


def _report(folder: Path, ledger: Ledger, finished: Finished, reporter: Reporter) -> None:
    """Tell what became of the day, and what to do next.

    Raises:
        UnfinishedError: some rows have no packet.
    """
    from briefing.errors import UnfinishedError

    made, kept, failed = ledger.count("made"), ledger.count("kept"), ledger.count("failed", "withdrawn")
    flagged = sum(bool(entry.flags) for entry in ledger.entries)
    data = {
        "folder": str(folder),
        "stack": [str(path) for path in finished.stack],
        "exceptions": [str(path) for path in finished.exceptions],
        "made": made,
        "kept": kept,
        "failed": failed,
        "flagged": flagged,
        "superseded": len(ledger.superseded),
        "rows": [entry.as_dict() for entry in ledger.entries],
    }
    reporter.say(f"{made + kept} of {len(ledger.entries)} packets: {made} made, {kept} kept, {failed} failed, {flagged} flagged.")
    names = ", ".join(path.name for path in finished.stack)
    reporter.say(f"Read the exceptions first, then print: {names}." if names else "Read the exceptions first.")
    if not failed:
        reporter.result("\n".join(map(str, finished.stack or (folder,))), data)
        return
    if not reporter.as_json:
        click.echo("\n".join(map(str, finished.stack or (folder,))))
    raise UnfinishedError([problem for entry in ledger.entries for problem in entry.problems], data)
