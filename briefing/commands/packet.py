"""`briefing packet`: the main job."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import get_args

import click

from briefing.choices import Choices, Edition
from briefing.commands.reporting import DAY, FOLDER, OUT_FOLDER, Reporter, output_options


@click.command()
@click.argument("request", metavar="REQUEST")
@click.option("--clinic", "clinic_folder", type=FOLDER, required=True, help="The clinic's folder.")
@click.option("--out", "out_folder", type=OUT_FOLDER, required=True, help="Where the packet goes; made if missing.")
@click.option("--issued-on", type=DAY, help="The day of issue, as year-month-day; today when left out.")
@click.option("--fillable", is_flag=True, help="Let every line to fill in by hand be filled in on a screen, too.")
@click.option("--large-print", is_flag=True, help="Everything for the patient and the companion in 18 point or larger.")
@click.option("--duplex", is_flag=True, help="For both sides of the paper: every document starts on a sheet of its own.")
@click.option("--booklet", is_flag=True, help="Make a booklet besides, of what the patient keeps and reads.")
@click.option("--edition", type=click.Choice(get_args(Edition)), default="print", show_default=True, help="What it is for.")
@click.option("--password-file", type=click.Path(path_type=Path), help="For e-mail: a file with the password, yours alone.")
@output_options
def packet(
    request: str,
    clinic_folder: Path,
    out_folder: Path,
    issued_on: datetime | None,
    fillable: bool,
    large_print: bool,
    duplex: bool,
    booklet: bool,
    edition: Edition,
    password_file: Path | None,
    reporter: Reporter,
) -> None:
    """Make one patient's packet and its manifest.

    REQUEST is a .toml or .json file, or - for the standard input. The packet's path is printed.
    """
    if booklet and edition != "print":
        raise click.UsageError("A booklet is for paper: it comes with --edition print only.")
    from briefing.commands.asking import ask_password  # `--help` must be quick
    from briefing.commands.making import make
    from briefing.delivery import deliver

    password = ask_password(edition, password_file)
    choices = Choices(duplex=duplex, fillable=fillable, large_print=large_print, booklet=booklet, edition=edition)
    with make(request, clinic_folder, out_folder, issued_on, reporter, choices, password) as made, reporter.watch("write"):
        name = f"packet-{made.packet.packet_id}"
        # The packet last: a packet that is there is a packet that is complete.
        files = {f"{name}.manifest.json": made.manifest.as_bytes()}
        if made.packet.booklet:
            files[f"booklet-{made.packet.packet_id}.pdf"] = made.packet.booklet.data
        manifest_path, *booklet_path, packet_path = deliver(made.folder, files | {f"{name}.pdf": made.packet.data})
    for warning in made.manifest.warnings:
        reporter.say(warning)
    reporter.result(
        str(packet_path),
        {
            "packet": str(packet_path),
            "manifest": str(manifest_path),
            **({"booklet": str(booklet_path[0])} if booklet_path else {}),
            "packet_id": made.packet.packet_id,
            "pages": len(made.packet.strips),
            "documents": made.manifest.data["documents"],
            "warnings": list(made.manifest.warnings),
        },
    )
