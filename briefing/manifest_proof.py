"""A packet held against its manifest, and both against the clinic's secret: what was changed, and where."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, ValidationError

from briefing.errors import InputError, Problem, VerificationError
from briefing.finished import AGAIN
from briefing.identity import Secret
from briefing.manifest import FORMAT, OWN_DIGEST, manifest_digest, page_digest
from briefing.resources import templates_folder
from briefing.verification import ProvedFile, prove_packet


class _Part(BaseModel):
    """A part of a manifest. Later versions may tell more; nothing that is refused is repeated."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, strict=True)


class _Document(_Part):
    title: str
    language: str
    first_page: int


class _File(_Part):
    path: str
    origin: str
    sha256: str


class _Told(_Part):
    """What the proof asks of a manifest."""

    format: int
    packet_id: str
    issued_on: str
    pages: int
    packet_sha256: str
    page_text_keyed_digests: list[str]
    documents: list[_Document]
    files: list[_File]
    manifest_keyed_digest: str


@dataclass(frozen=True, slots=True)
class ReadManifest:
    """A manifest as it was found."""

    told: _Told
    data: Mapping[str, object]


def read_manifest(text: str) -> ReadManifest:
    """Read a manifest.

    Raises:
        InputError: it is none, or of a version that this program does not know.
    """
    try:
        data = json.loads(text)
        version = data.get("format") if isinstance(data, dict) else None
        if version != FORMAT and isinstance(version, int):
            problem = f"it is a manifest of format {version}; this version of Briefing reads format {FORMAT}."
            raise InputError(Problem("manifest-format", "the manifest", problem, "Use the version that the manifest names."))
        return ReadManifest(_Told.model_validate(data), data)
    except (ValueError, ValidationError, RecursionError):
        problem = "it is not a manifest that Briefing wrote."
        raise InputError(Problem("no-manifest", "the manifest", problem, "Name the file that lay beside the packet.")) from None


def prove_with(
    manifest: ReadManifest | None, data: bytes, password: str = "", secret: Secret | None = None
) -> tuple[ProvedFile, tuple[Problem, ...]]:
    """Prove a packet, with its manifest where there is one; return what it tells of itself, and everything that is wrong.

    Args:
        manifest: its manifest.
        data: the packet's file.
        password: what opens it, when it is locked.
        secret: the secret of the clinic that made it, when it is at hand.

    Raises:
        InputError: the file is no packet, and no manifest says that it was one; or it is locked with another password.
        VerificationError: it is so damaged that nothing more can be said.
    """
    try:
        proved = prove_packet(data, password)
    except (InputError, VerificationError) as error:
        if manifest is None or error.problems[0].kind == "locked":
            raise
        raise VerificationError([*_of_file(manifest.told, data), *error.problems]) from None
    found = tuple(prove_manifest(manifest, proved, data, secret)) if manifest else ()
    return proved, (*proved.problems, *found)


def _of_file(told: _Told, data: bytes) -> Iterator[Problem]:
    if told.packet_sha256 != hashlib.sha256(data).hexdigest():
        yield Problem("packet-changed", "the packet", "it is not the file that the manifest describes.", AGAIN)


def prove_manifest(manifest: ReadManifest, proved: ProvedFile, data: bytes, secret: Secret | None) -> Iterator[Problem]:
    """Yield everything in which a packet and its manifest differ, and all that was changed in either.

    Args:
        manifest: the manifest.
        proved: what the packet tells of itself.
        data: the packet's file.
        secret: the clinic's secret; without it, a manifest that was changed together with the packet is not found.
    """
    told = manifest.told
    changed = list(_of_file(told, data))
    yield from changed
    if changed and secret:
        yield from _changed_pages(told, proved, secret)
    for name, ours, theirs in (
        ("packet_id", proved.packet_id, told.packet_id),
        ("issued_on", proved.issued_on, told.issued_on.replace("-", "")),
        ("pages", proved.pages, told.pages),
        ("documents", _listed(proved), [(each.title, each.language, each.first_page) for each in told.documents]),
    ):
        if ours != theirs:
            yield Problem("manifest-differs", f"the manifest: {name}", "it says something else than the packet.", AGAIN)
    if secret and not hmac.compare_digest(str(manifest.data[OWN_DIGEST]), manifest_digest(secret, manifest.data)):
        problem = "it was changed after it was written, or another clinic wrote it."
        yield Problem("manifest-changed", "the manifest", problem, AGAIN)


def _listed(proved: ProvedFile) -> list[tuple[str, str, int]]:
    return [(document.title, document.language, document.first_page) for document in proved.documents]


def _changed_pages(told: _Told, proved: ProvedFile, secret: Secret) -> Iterator[Problem]:
    digests = [page_digest(secret, text) for text in proved.page_texts]
    for number, (ours, theirs) in enumerate(zip(digests, told.page_text_keyed_digests, strict=False), 1):
        if ours != theirs:
            problem = "its text is not what it was when the packet was made."
            yield Problem("page-changed", f"packet page {number}", problem, AGAIN)


def prove_booklet_file(manifest: ReadManifest, folder: Path) -> Iterator[Problem]:
    """Yield a problem when the booklet that lies beside a packet is not the one the manifest describes."""
    booklet = manifest.data.get("booklet")
    path = folder / f"booklet-{manifest.told.packet_id}.pdf"
    if not isinstance(booklet, Mapping) or not path.is_file():
        return
    if hashlib.sha256(path.read_bytes()).hexdigest() != booklet.get("sha256"):
        yield Problem("booklet-changed", "the booklet", "it is not the one that the manifest describes.", AGAIN)


def changed_since(manifest: ReadManifest, clinic_folder: Path) -> Iterator[str]:
    """Yield a sentence for each file that a packet was made from and that is another one today. The packet stays what it was."""
    for file in manifest.told.files:
        path = PurePosixPath(file.path)
        if path.is_absolute() or ".." in path.parts:
            continue
        own, built_in = clinic_folder / path, templates_folder() / path
        today = own if own.is_file() else built_in
        if not today.is_file():
            yield f"{file.path} is no longer there; the packet was made with it."
        elif hashlib.sha256(today.read_bytes()).hexdigest() != file.sha256:
            yield f"{file.path} has changed since the packet was made."
