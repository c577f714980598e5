"""`briefing verify`: prove a finished packet again, without its request."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.reporting import FOLDER, Reporter, output_options
from briefing.errors import InputError, Problem, RenderingError, VerificationError

if TYPE_CHECKING:
    from briefing.manifest_proof import ReadManifest
    from briefing.verification import ProvedFile

_LARGEST = 256 * 1024**2
_SECONDS = 120
_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("packet", metavar="PACKET.pdf", type=_FILE)
@click.option("--manifest", "manifest_path", type=_FILE, help="Its manifest; the one beside it when left out.")
@click.option("--clinic", "clinic_folder", type=FOLDER, help="The folder of the clinic that made it: also proves the manifest.")
@click.option("--password-file", type=_FILE, help="Where the password of a locked packet stands, on the first line.")
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
    data = _read(packet, "the packet")
    beside = packet.with_name(packet.name.removesuffix(".pdf") + ".manifest.json")
    path = manifest_path or (beside if beside.is_file() else None)
    manifest = read_manifest(_read(path, "the manifest").decode("utf-8", "replace")) if path else None
    if clinic_folder and manifest is None:
        problem = "there is none beside the packet, and --clinic proves the manifest."
        raise InputError(Problem("manifest-missing", "the manifest", problem, "Name it: --manifest FILE"))
    password = _password(password_file)
    with _bounded(), reporter.watch("verify"):
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
    try:
        return prove_with(manifest, data, password, secret)
    except InputError as error:
        if password or error.problems[0].kind != "locked" or not sys.stdin.isatty():
            raise
        return prove_with(manifest, data, click.prompt("Password of the packet", hide_input=True, err=True), secret)


def _described(proved: ProvedFile, at: int) -> dict[str, object]:
    document = proved.documents[at]
    return {
        "title": document.title,
        "language": document.language,
        "first_page": document.first_page,
        "last_page": document.last_page,
        "insert": document.is_insert,
    }


def _read(path: Path, where: str) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(Problem("not-a-file", where, "this is not a regular file.", "Give the path of the file itself."))
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise InputError(
            Problem("cannot-read", where, f"it cannot be read: {reason}.", "Check the path and the rights.")
        ) from None
    if len(data) > _LARGEST:
        raise InputError(Problem("too-large", where, "it is larger than any packet can be.", "Give the file of one packet."))
    return data


def _password(path: Path | None) -> str:
    if path is None:
        return ""
    return next(iter(_read(path, "--password-file").decode("utf-8", "replace").splitlines()), "")


@contextmanager
def _bounded() -> Iterator[None]:
    """Hold the proof of a file, which anybody may have made, to a time and an amount of memory."""
    from briefing.commands.limits import limited  # as above
    from briefing.commands.making import stdout_for_results_only

    try:
        with limited(_SECONDS), stdout_for_results_only():
            yield
    except RenderingError:
        problem = "it takes more time or memory than any packet does."
        raise VerificationError(
            Problem("too-costly", "the packet", problem, "Do not use this file. Make the packet again from its request.")
        ) from None
