"""The words that were approved: kept once each, provable, and cleared away when no approval names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefing.approved_words import KEPT, lost_words, recall
from briefing.catalogue import Approvals, read_catalogue
from briefing.errors import CatalogueError
from briefing.exact_words import exact_words
from tests.conftest import ISSUED_ON, Briefing

BY = ("--by", "Dr. A", "--role", "director", "--on", ISSUED_ON)


@pytest.fixture
def folder(briefing: Briefing, clinic_folder: Path) -> Path:
    """Return a clinic folder in which two documents are approved, and nothing else."""
    (clinic_folder / "approvals.toml").write_text("")
    assert briefing("approve", "companion", "follow-up", "--clinic", clinic_folder, *BY).code == 0
    return clinic_folder


def digest(folder: Path, document_id: str) -> str:
    return read_catalogue(folder).approvals.documents[document_id]["en"].digest


def test_the_words_come_back_as_they_were(folder: Path) -> None:
    catalogue = read_catalogue(folder)
    assert recall(folder, digest(folder, "companion")) == exact_words(catalogue.documents["companion"], "en", catalogue)


def test_what_two_documents_share_is_kept_once_and_can_be_read_by_a_person(folder: Path) -> None:
    one, other = (recall(folder, digest(folder, name)) for name in ("companion", "follow-up"))
    shared = {name for name in one if other.get(name) == one[name]}
    assert {"labels", "layout/document.html.j2", "layout/macros.html.j2"} <= shared
    listings = 2
    files = list((folder / KEPT).iterdir())
    assert len(files) == len({*one.values(), *other.values()}) + listings
    assert all(path.suffix == ".txt" and path.read_text() for path in files)
    assert "title: For the person who takes you home\n" in one["definition"]
    assert "emergency-allergy: Get help if you have hives" in one["facts"]


def test_a_missing_and_an_altered_file_are_each_told_with_the_approval_that_needs_them(folder: Path) -> None:
    approvals = read_catalogue(folder).approvals
    assert list(lost_words(folder, approvals)) == []
    texts = recall(folder, digest(folder, "companion"))
    files = {path.read_text(): path for path in (folder / KEPT).iterdir()}
    files[texts["documents/companion/en.html.j2"]].unlink()
    files[texts["definition"]].write_text(texts["definition"].replace("version: 1", "version: 2"))
    problems = list(lost_words(folder, approvals))
    assert sorted(problem.kind for problem in problems) == ["approved-altered", "approved-missing"]
    assert {problem.where for problem in problems} == {"approvals.toml: companion.en"}
    assert all(KEPT in problem.problem for problem in problems)


def test_no_letter_can_be_altered_unnoticed(folder: Path) -> None:
    approvals = read_catalogue(folder).approvals
    for path in (folder / KEPT).iterdir():
        before = path.read_bytes()
        path.write_bytes(before[:-2] + bytes([before[-2] ^ 1]) + before[-1:])
        assert list(lost_words(folder, approvals)), path.name
        path.write_bytes(before)


def test_line_ends_of_another_machine_are_no_alteration(folder: Path) -> None:
    for path in (folder / KEPT).iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert list(lost_words(folder, read_catalogue(folder).approvals)) == []


def test_a_folder_that_is_gone_is_told_once(folder: Path) -> None:
    (folder / KEPT).rename(folder.parent / "elsewhere")
    assert [problem.where for problem in lost_words(folder, read_catalogue(folder).approvals)] == ["approved/"]
    assert list(lost_words(folder, Approvals())) == []


def test_check_proves_what_is_kept_and_a_packet_is_made_without_it(briefing: Briefing, folder: Path) -> None:
    next((folder / KEPT).iterdir()).write_text("another text")
    ran = briefing("check", "--clinic", folder, "--files-only")
    assert ran.code == 4
    assert "approvals.toml, line " in ran.err
    assert "it is not what was approved" in ran.err
    assert read_catalogue(folder).documents


def test_changes_of_a_document_whose_words_are_lost_says_so(briefing: Briefing, folder: Path) -> None:
    (folder / KEPT / f"{digest(folder, 'companion')}.txt").unlink()
    ran = briefing("changes", "companion", "--clinic", folder)
    assert ran.code == 4
    assert "words that were approved are not there" in ran.err
    assert briefing("changes", "follow-up", "--clinic", folder).code == 0


def test_approving_again_brings_lost_words_back_and_clears_old_ones(briefing: Briefing, folder: Path) -> None:
    first = {path.name for path in (folder / KEPT).iterdir()}
    (folder / KEPT / "note.md").write_text("Somebody else's file stays.")
    own = folder / "documents" / "companion"
    own.mkdir(parents=True)
    (own / "en.html.j2").write_text("Another text.")
    assert briefing("approve", "companion", "--clinic", folder, *BY).code == 0
    now = {path.name for path in (folder / KEPT).iterdir()}
    assert first - now, "the old text is still there"
    assert "note.md" in now
    assert list(lost_words(folder, read_catalogue(folder).approvals)) == []
    next((folder / KEPT).glob("*.txt")).unlink()
    assert briefing("approve", "companion", "follow-up", "--clinic", folder, *BY).code == 0
    assert list(lost_words(folder, read_catalogue(folder).approvals)) == []


def test_nothing_is_cleared_while_it_is_unknown_what_an_approval_needs(briefing: Briefing, folder: Path) -> None:
    (folder / KEPT / f"{digest(folder, 'follow-up')}.txt").unlink()
    left = {path.name for path in (folder / KEPT).iterdir()}
    assert briefing("approve", "companion", "--clinic", folder, *BY).code == 0
    assert left <= {path.name for path in (folder / KEPT).iterdir()}


def test_a_link_in_its_place_is_refused(briefing: Briefing, clinic_folder: Path, tmp_path: Path) -> None:
    if (clinic_folder / KEPT).exists():
        (clinic_folder / KEPT).rename(tmp_path / "kept")
    (tmp_path / "kept").mkdir(exist_ok=True)
    (clinic_folder / KEPT).symlink_to(tmp_path / "kept")
    assert briefing("approve", "companion", "--clinic", clinic_folder, *BY).code == 8


def test_a_document_may_be_called_approved(clinic_folder: Path) -> None:
    """Only the folder beside `clinic.toml` is passed over."""
    folder = clinic_folder / "documents" / "approved"
    folder.mkdir(parents=True)
    (folder / "en.html.j2").write_text("A text without a definition.")
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(clinic_folder)
    assert refused.value.problems[0].where == "documents/approved"


def test_an_approval_of_no_words_is_no_text(folder: Path) -> None:
    with pytest.raises(CatalogueError):
        recall(folder, "0" * 64)
