"""`briefing proof`: pages to look at before anything is printed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from briefing.choices import Choices
from briefing.commands.reporting import DAY, FOLDER, OUT_FOLDER, Reporter, output_options


@click.command()
@click.argument("request", metavar="REQUEST")
@click.option("--clinic", "clinic_folder", type=FOLDER, required=True, help="The clinic's folder.")
@click.option("--out", "out_folder", type=OUT_FOLDER, required=True, help="Where the pages go, in a folder of their own.")
@click.option("--issued-on", type=DAY, help="The day of issue, as year-month-day; today when left out.")
@click.option("--document", "only", help="Only the pages of this document.")
@click.option("--fillable", is_flag=True, help="With the form fields of `packet --fillable`.")
@click.option("--large-print", is_flag=True, help="With the large letters of `packet --large-print`.")
@click.option("--gray", is_flag=True, help="As a black-and-white printer shows them.")
@click.option("--dpi", type=click.IntRange(20, 300), default=100, show_default=True, help="Dots per inch.")
@click.option("--duplex", is_flag=True, help="As for both sides of the paper: with the pages that are blank on purpose.")
@output_options
def proof(
    request: str,
    clinic_folder: Path,
    out_folder: Path,
    issued_on: datetime | None,
    only: str | None,
    fillable: bool,
    large_print: bool,
    gray: bool,
    dpi: int,
    duplex: bool,
    reporter: Reporter,
) -> None:
    """Make PNG pages of a packet to look at.

    They show a patient's details: treat them like the packet.
    """
    from briefing.commands.making import make  # `--help` must be quick
    from briefing.delivery import deliver, prepare_folder

    choices = Choices(duplex=duplex, fillable=fillable, large_print=large_print)
    with make(request, clinic_folder, out_folder, issued_on, reporter, choices) as made, reporter.watch("draw"):
        folder = prepare_folder(made.folder / f"proof-{made.packet.packet_id}", clinic_folder)
        known = [document.item.id for document in made.packet.documents]
        if only is not None and only not in known:
            raise click.BadParameter(f"this packet has: {', '.join(known)}.", param_hint="--document")
        wanted = {
            page: document.item.id
            for document in made.packet.documents
            for page in range(document.first_page, document.last_side + 1)
            if only in (None, document.item.id)
        }
        pictures = dict(_pictures(made.packet.data, wanted, dpi, gray=gray))
        paths = deliver(folder, pictures)
    reporter.result(str(folder), {"folder": str(folder), "pages": [str(path) for path in paths]})


def _pictures(data: bytes, wanted: dict[int, str], dpi: int, *, gray: bool) -> Iterator[tuple[str, bytes]]:
    from briefing.pdf_reading import read_pages  # `--help` must be quick

    with read_pages(data) as pages:
        for number, document in wanted.items():
            picture = io.BytesIO()
            pages[number - 1].draw(dpi, gray=gray).save(picture, "PNG")
            yield f"page-{number:02}-{document}.png", picture.getvalue()
