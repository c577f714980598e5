"""A packet's id hangs on what the packet is made from, and on nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from briefing.catalogue import read_catalogue
from briefing.choices import PLAIN, Choices
from briefing.fingerprint import Ingredients, whole_input
from briefing.resources import templates_folder
from tests.conftest import ISSUED_ON, SAMPLES, sample_requests
from tests.packets import request_of

REQUESTS = {path.stem: request_of(path) for path in sample_requests()}
ALL = set(REQUESTS)
SPANISH = {name for name, request in REQUESTS.items() if request.patient.language == "es"}


def own(folder: Path, path: str) -> Path:
    """Put a copy of a built-in file into the clinic folder, with one word changed."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.write_bytes((templates_folder() / path).read_bytes())
    return file


def changed_by(folder: Path, edit: Callable[[], object]) -> set[str]:
    """Return whose packets get another id by an edit."""
    before, _, after = ids(folder), edit(), ids(folder)
    return {name for name in ALL if before[name] != after[name]}


def ids(folder: Path) -> dict[str, bytes]:
    ingredients = Ingredients(read_catalogue(folder))
    return {name: ingredients.of(request, ISSUED_ON, PLAIN) for name, request in REQUESTS.items()}


def appended(file: Path, text: str) -> Callable[[], object]:
    return lambda: file.write_bytes(file.read_bytes() + text.encode())


def with_document(catalogue_folder: Path, document: str, language: str) -> set[str]:
    from briefing.selection import choose_documents

    catalogue = read_catalogue(catalogue_folder)
    return {
        name
        for name, request in REQUESTS.items()
        if any((item.id, item.language) == (document, language) for item in choose_documents(catalogue, request).chosen)
    }


@pytest.mark.parametrize(
    ("document", "language"),
    [
        ("since-last-time", "en"),
        ("before-you-come", "en"),
        ("before-you-come", "es"),
        ("consent", "es"),
        ("clinician-sheet", "en"),
    ],
)
def test_an_edited_text_changes_exactly_the_packets_that_hold_it(clinic_folder: Path, document: str, language: str) -> None:
    file = own(clinic_folder, f"documents/{document}/{language}.html.j2")
    holding = with_document(clinic_folder, document, language)
    if language == "en":  # its translation was held against these words, and is a draft once they change
        holding |= with_document(clinic_folder, document, "es")
    assert changed_by(clinic_folder, appended(file, "{# a word #}")) == holding
    assert holding
    if language == "es":
        assert holding == SPANISH & holding


def test_an_edited_treatment_changes_exactly_its_own_packets(clinic_folder: Path) -> None:
    file = own(clinic_folder, "protocols/iv-depression.toml")
    of_it = {name for name, request in REQUESTS.items() if request.treatment.protocol == "iv-depression"}
    assert changed_by(clinic_folder, appended(file, "\n# a word\n")) == of_it
    assert of_it != ALL


@pytest.mark.parametrize("path", ["wording/en.toml", "layout/document.html.j2", "clinic.toml"])
def test_what_packets_share_changes_all_of_them(clinic_folder: Path, path: str) -> None:
    file = clinic_folder / path if path == "clinic.toml" else own(clinic_folder, path)
    assert changed_by(clinic_folder, appended(file, "{# a word #}" if path.endswith("j2") else "\n# a word\n")) == ALL


def test_an_approval_that_is_taken_back_changes_exactly_the_packets_with_that_document(clinic_folder: Path) -> None:
    file = clinic_folder / "approvals.toml"
    tables = file.read_text().split("\n[")
    # A translation is approved beside its original: without that, it is a draft as well.
    holding = with_document(clinic_folder, "since-last-time", "en") | with_document(clinic_folder, "since-last-time", "es")

    def take_back() -> None:
        file.write_text("\n[".join(each for each in tables if not each.startswith("since-last-time.en")))

    assert changed_by(clinic_folder, take_back) == holding
    assert holding < ALL


def test_another_day_or_choice_changes_every_packet() -> None:
    catalogue, request = read_catalogue(SAMPLES / "clinic"), REQUESTS["ana-ruiz"]
    plain = whole_input(request, catalogue, ISSUED_ON, PLAIN)
    assert plain != whole_input(request, catalogue, ISSUED_ON.replace(day=25), PLAIN)
    assert plain != whole_input(request, catalogue, ISSUED_ON, Choices(duplex=True))
