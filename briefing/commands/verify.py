"""`briefing verify`: prove a finished packet again, without its request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.finished_packets import FILE, bounded, read_file, read_password, with_password
from briefing.commands.reporting import FOLDER, Reporter, output_options
from briefing.errors import InputError, Problem, VerificationError

if TYPE_CHECKING:
    from briefing.manifest_proof import ReadManifest
    from briefing.verification import ProvedFile


@click.command()
@click.argument("packet", metavar="PACKET.pdf", type=FILE)
@click.option("--manifest", "manifest_path", type=FILE, help="Its manifest; the one beside it when left out.")
@click.option("--clinic", "clinic_folder", type=FOLDER, help="The folder of the clinic that made it: also proves the manifest.")
@click.option("--password-file", type=FILE, help="Where the password of a locked packet stands, on the first line.")
@output_options
def verify(
    packet: Path, manifest_path: Path | None, clinic_folder: Path | None, password_file: Path | None, reporter: Reporter
) -> None:
    """Prove a finished packet again, without its request.

    Every page is held against the others, the bookmarks, the tags and the QR codes; with its manifest, the file is also held
    against its digest. With --clinic, a change to the manifest itself is found, and templates that changed since are named.
    """
    from briefing.manifest_proof import changed_since, prove_booklet_file, read_manifest  # `--help` must be quick

    if packet.name.startswith("booklet-"):
        raise click.UsageError("Name the packet itself, packet-ID.pdf: the booklet beside it is proved with it.")
    data = read_file(packet, "the packet")
    beside = packet.with_name(packet.name.removesuffix(".pdf") + ".manifest.json")
    path = manifest_path or (beside if beside.is_file() else None)
    manifest = read_manifest(read_file(path, "the manifest").decode("utf-8", "replace")) if path else None
    if clinic_folder and manifest is None:
        problem = "there is none beside the packet, and --clinic proves the manifest."
        raise InputError(Problem("manifest-missing", "the manifest", problem, "Name it: --manifest FILE"))
    password = read_password(password_file)
    with bounded(), reporter.watch("verify"):
        proved, problems = _prove(data, password, manifest, clinic_folder)
    problems = (*problems, *(prove_booklet_file(manifest, packet.parent) if manifest else ()))
    if problems:
        raise VerificationError(problems)
    notes = list(changed_since(manifest, clinic_folder)) if manifest and clinic_folder else []
    for note in notes:
        reporter.say(note)
    by = "from the PDF alone" if manifest is None else "with its manifest"
    by += " and the clinic's secret" if clinic_folder else ""
    reporter.result(
        f"Packet {proved.packet_id}: {proved.pages} pages, {len(proved.documents)} documents, proved {by}.",
        {
            "packet": str(packet),
            "packet_id": proved.packet_id,
            "pages": proved.pages,
            "documents": [_described(proved, at) for at in range(len(proved.documents))],
            "manifest": str(path) if path else None,
            "with_secret": clinic_folder is not None,
            "notes": notes,
        },
    )


def _prove(
    data: bytes, password: str, manifest: ReadManifest | None, clinic_folder: Path | None
) -> tuple[ProvedFile, Sequence[Problem]]:
    from briefing.identity import known_secret  # as above
    from briefing.manifest_proof import prove_with

    secret = known_secret(clinic_folder) if clinic_folder else None
    return with_password(password, lambda word: prove_with(manifest, data, word, secret))


def _described(proved: ProvedFile, at: int) -> dict[str, object]:
    document = proved.documents[at]
    return {
        "title": document.title,
        "language": document.language,
        "first_page": document.first_page,
        "last_page": document.last_page,
        "insert": document.is_insert,
    }
