"""`briefing packet`: the main job."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from briefing.choices import Choices
from briefing.commands.reporting import DAY, FOLDER, OUT_FOLDER, Reporter, output_options


@click.command()
@click.argument("request", metavar="REQUEST")
@click.option("--clinic", "clinic_folder", type=FOLDER, required=True, help="The clinic's folder.")
@click.option("--out", "out_folder", type=OUT_FOLDER, required=True, help="Where the packet goes; made if missing.")
@click.option("--issued-on", type=DAY, help="The day of issue, as year-month-day; today when left out.")
@click.option("--fillable", is_flag=True, help="Let every line to fill in by hand be filled in on a screen, too.")
@output_options
def packet(
    request: str, clinic_folder: Path, out_folder: Path, issued_on: datetime | None, fillable: bool, reporter: Reporter
) -> None:
    """Make one patient's packet and its manifest.

    REQUEST is a .toml or .json file, or - for the standard input. The packet's path is printed.
    """
    from briefing.commands.making import make  # `--help` must be quick
    from briefing.delivery import deliver

    choices = Choices(fillable=fillable)
    with make(request, clinic_folder, out_folder, issued_on, reporter, choices) as made, reporter.watch("write"):
        name = f"packet-{made.packet.packet_id}"
        # The manifest first: a packet that is there is a packet that is complete.
        files = {f"{name}.manifest.json": made.manifest.as_bytes(), f"{name}.pdf": made.packet.data}
        manifest_path, packet_path = deliver(made.folder, files)
    for warning in made.manifest.warnings:
        reporter.say(warning)
    reporter.result(
        str(packet_path),
        {
            "packet": str(packet_path),
            "manifest": str(manifest_path),
            "packet_id": made.packet.packet_id,
            "pages": len(made.packet.strips),
            "documents": made.manifest.data["documents"],
            "warnings": list(made.manifest.warnings),
        },
    )
