"""`briefing customise`: put a starting point for a clinic's own text into its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import click

from briefing.commands.reporting import FOLDER, Reporter, output_options


@click.command()
@click.argument("document")
@click.option("--clinic", "clinic_folder", type=FOLDER, required=True, help="The clinic's folder.")
@click.option("--block", help="The section to change: its words, as they are, ready to change.")
@click.option("--language", help="The language of the text; the clinic's own when left out.")
@click.option("--new", "is_new", is_flag=True, help="Start a document of your own, with DOCUMENT as its name.")
@output_options
def customise(
    document: str, clinic_folder: Path, block: str | None, language: str | None, is_new: bool, reporter: Reporter
) -> None:
    """Put a starting point for a text of your own into the clinic folder.

    DOCUMENT is an id that `briefing documents` lists. The file that is made changes nothing yet; it lists the sections
    you can change, or holds the words of one of them, with --block. Nothing that is there is overwritten.
    """
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.customising import change_of, new_document
    from briefing.delivery import sole_run

    if is_new and block:
        raise click.UsageError("A new document has no sections to change: leave out --block.")
    catalogue = read_catalogue(clinic_folder)
    clinic = catalogue.the_clinic()
    language = language or clinic.language
    files = new_document(catalogue, document, language) if is_new else change_of(catalogue, document, language, block)
    with sole_run(clinic_folder):
        made = [_write(clinic_folder, path, text) for path, text in files.items()]
    if is_new and (others := sorted(set(clinic.texts) - {language})):
        reporter.say(f"It has no text in {', '.join(others)} yet: packets in that language are refused until it has.")
    reporter.result("\n".join(map(str, made)), {"made": list(map(str, made))})


def _write(clinic_folder: Path, path: str, text: str) -> Path:
    from briefing.delivery import deliver, make_inside  # `--help` must be quick

    folder = clinic_folder
    for name in PurePosixPath(path).parent.parts:
        folder = make_inside(folder, name)
    contents: Mapping[str, bytes] = {PurePosixPath(path).name: text.encode()}
    return deliver(folder, contents)[0]
