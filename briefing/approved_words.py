"""The words that were approved, kept in the clinic folder under `approved/`, so that a later change can be shown.

Each text is a file named by the SHA-256 of what is in it, so none can be altered unnoticed, and two documents with the same
frame keep it once. A listing is such a text too, and an approval names its listing. No packet is made from these files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from briefing.catalogue import Approvals
from briefing.errors import CatalogueError, Problem
from briefing.exact_words import digest_of, listing, read_listing

KEPT = "approved"
_NAME = re.compile(r"([0-9a-f]{64})\.txt")
_WAY_OUT = "Bring it back from a backup, or read the document and approve it again."


def to_keep(title: str, words: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files that keep these words: the texts and their listing, by file name."""
    texts = (*words.values(), listing(title, words))
    return {f"{digest_of(text)}.txt": text.encode() for text in texts}


def recall(clinic_folder: Path, digest: str) -> dict[str, str]:
    """Return the words that an approval's digest stands for, by name.

    Raises:
        CatalogueError: a file that keeps them is missing or is not what it was; every such file is named.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for name, inner in read_listing(_read(clinic_folder, digest)).items():
        try:
            found[name] = _read(clinic_folder, inner)
        except CatalogueError as error:
            problems += error.problems
    if problems:
        raise CatalogueError(problems)
    return found


def named_by(approvals: Approvals) -> Iterator[tuple[str, str]]:
    """Yield the digest of every listing that an approval names, with the approval's place."""
    for document_id, languages in approvals.documents.items():
        for language, approval in languages.items():
            yield f"approvals.toml: {document_id}.{language}", approval.digest
            if approval.translation:
                yield f"approvals.toml: {document_id}.{language}.translation", approval.translation.digest


def lost_words(clinic_folder: Path, approvals: Approvals) -> Iterator[Problem]:
    """Yield a problem for each file that an approval needs and that is missing or altered."""
    if approvals.documents and not (clinic_folder / KEPT).is_dir():
        yield Problem("approved-missing", f"{KEPT}/", "the folder with the words that were approved is not there.", _WAY_OUT)
        return
    for place, digest in named_by(approvals):
        try:
            recall(clinic_folder, digest)
        except CatalogueError as error:
            for problem in error.problems:
                yield replace(problem, where=place, problem=f"{problem.where}: {problem.problem}")


def no_longer_needed(clinic_folder: Path, approvals: Approvals) -> list[Path]:
    """Return the files that no approval names any more; none while one of the listings cannot be read."""
    needed = set()
    for _, digest in named_by(approvals):
        try:
            needed |= {digest, *read_listing(_read(clinic_folder, digest)).values()}
        except CatalogueError:
            return []
    there = sorted((clinic_folder / KEPT).glob("*.txt"))
    return [path for path in there if (name := _NAME.fullmatch(path.name)) and name[1] not in needed]


def _read(clinic_folder: Path, digest: str) -> str:
    where = f"{KEPT}/{digest}.txt"
    try:
        text = (clinic_folder / where).read_bytes().decode().replace("\r\n", "\n")
    except FileNotFoundError:
        raise CatalogueError(Problem("approved-missing", where, "words that were approved are not there.", _WAY_OUT)) from None
    except (OSError, UnicodeDecodeError):
        text = ""
    if digest_of(text) != digest:
        raise CatalogueError(Problem("approved-altered", where, "it is not what was approved.", _WAY_OUT))
    return text
