"""Starting points: what is made works at once, and unchanged it prints what was printed before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from briefing.catalogue import Catalogue, CatalogueFile, read_catalogue
from briefing.customising import blocks_of, change_of
from briefing.html_rendering import HtmlPage, make_environment
from briefing.printing import print_documents
from briefing.selection import choose_documents
from briefing.template_check import template_problems
from tests.conftest import ISSUED_ON, ROOT, SAMPLES, Briefing
from tests.packets import request_of, sample_catalogue

DOCUMENTS = sorted(path.name for path in (ROOT / "templates" / "documents").iterdir())
SAMPLES_OF_ALL = ("ana-ruiz", "ben-carter", "priya-nair", "grace-okonkwo")


def with_texts(catalogue: Catalogue, files: dict[str, str]) -> Catalogue:
    """Return the catalogue as it is when these files lie in the clinic folder."""
    own = {path: CatalogueFile(path, text.encode(), "clinic", "0") for path, text in files.items()}
    return replace(catalogue, files={**catalogue.files, **own})


def rendered(catalogue: Catalogue, name: str) -> dict[str, str]:
    """Return the HTML of each document of a sample packet; nothing is printed."""

    class Press:
        def print_pdf(self, *_: object, **__: object) -> object:
            return SimpleNamespace(page_count=1)

    request = request_of(SAMPLES / "requests" / f"{name}.toml")
    chosen = choose_documents(catalogue, request).chosen
    environment = make_environment(catalogue)
    made = print_documents(chosen, request, catalogue, environment, cast(Any, Press()), "PACKET-ID", ISSUED_ON)
    return {page.id: page.html for page, _ in made if isinstance(page, HtmlPage)}


def own_files(catalogue: Catalogue, *, every_block: bool) -> dict[str, str]:
    """Return a file for each document: as `customise` begins it, or with every block of it, put in one after the other."""
    files: dict[str, str] = {}
    for name in DOCUMENTS:
        for block in blocks_of(f"documents/{name}/en.html.j2", catalogue) if every_block else (None,):
            files |= change_of(with_texts(catalogue, files), name, "en", block)
    return files


@pytest.mark.parametrize("every_block", [False, True], ids=["as it begins", "with every block"])
def test_what_is_made_prints_what_was_printed_before(every_block: bool) -> None:
    before = replace(sample_catalogue(), approvals=type(sample_catalogue().approvals)())  # a change is a draft: compare drafts
    files = own_files(before, every_block=every_block)
    after = with_texts(before, files)
    seen: set[str] = set()
    for name in SAMPLES_OF_ALL:
        was, now = rendered(before, name), rendered(after, name)
        assert {key: " ".join(html.split()) for key, html in now.items()} == {
            key: " ".join(html.split()) for key, html in was.items()
        }
        seen |= now.keys()
    assert seen == set(DOCUMENTS)
    assert template_problems(after) == []


def test_a_changed_block_is_what_is_printed() -> None:
    files = change_of(sample_catalogue(), "consent", "en", "lead")
    text = files["documents/consent/en.html.j2"]
    changed = with_texts(sample_catalogue(), {"documents/consent/en.html.j2": text.replace("Take your time", "Take all day")})
    assert "Take all day" in rendered(changed, "ana-ruiz")["consent"]


def test_every_block_of_every_document_is_listed_with_what_it_says() -> None:
    catalogue = sample_catalogue()
    for name in DOCUMENTS:
        text = change_of(catalogue, name, "en", None)[f"documents/{name}/en.html.j2"]
        listed = {
            line.split(":")[0].strip(): line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("   ")
        }
        for part in catalogue.documents[name].definition.parts:
            assert listed[part.id], (name, part.id)
        assert {"lead", "heading"} <= listed.keys()


def test_blocks_inside_blocks_are_found_whole() -> None:
    inner = "{% block inner %}b{% endblock %}"
    text = f"{{% block outer %}}a{inner}c{{% endblock outer %}}"
    catalogue = with_texts(sample_catalogue(), {"layout/trial.html.j2": text})
    assert blocks_of("layout/trial.html.j2", catalogue) == {"outer": text, "inner": inner}


# --- The command ---


def test_customise_writes_the_file_it_names_and_check_finds_no_fault(briefing: Briefing, clinic_folder: Path) -> None:
    ran = briefing("customise", "consent", "--clinic", clinic_folder)
    path = clinic_folder / "documents" / "consent" / "en.html.j2"
    assert (ran.code, ran.out, ran.err) == (0, f"{path}\n", "")
    assert path.read_text().startswith('{% extends "builtin:documents/consent/en.html.j2" %}')
    more = briefing("customise", "consent", "--block", "lead", "--clinic", clinic_folder, "--json")
    assert json.loads(more.out)["made"] == [str(path)]
    assert "{% block lead %}Take your time" in path.read_text()
    assert list(template_problems(read_catalogue(clinic_folder))) == []


def test_customise_overwrites_nothing(briefing: Briefing, clinic_folder: Path) -> None:
    path = clinic_folder / "documents" / "consent" / "en.html.j2"
    assert briefing("customise", "consent", "--block", "lead", "--clinic", clinic_folder).code == 0
    text = path.read_text()
    for again in (("--block", "lead"), ()):
        ran = briefing("customise", "consent", *again, "--clinic", clinic_folder)
        assert ran.code == 8
        assert "it would be lost" in ran.err
        assert path.read_text() == text
    path.write_text("A text of our own.")
    assert briefing("customise", "consent", "--block", "heading", "--clinic", clinic_folder).code == 8
    assert path.read_text() == "A text of our own."
    assert briefing("customise", "consent", "--new", "--clinic", clinic_folder).code == 8


def test_a_new_document_passes_the_check_and_is_printed(briefing: Briefing, clinic_folder: Path) -> None:
    ran = briefing("customise", "our-garden", "--new", "--clinic", clinic_folder)
    folder = clinic_folder / "documents" / "our-garden"
    assert ran.out.splitlines() == [str(folder / "document.toml"), str(folder / "en.html.j2")]
    assert briefing("check", "--files-only", "--clinic", clinic_folder).code == 0
    html = rendered(read_catalogue(clinic_folder), "ana-ruiz")["our-garden"]
    assert "<h1>Our garden</h1>" in html
    assert "Write here what your patients should know." in html


def test_a_new_document_says_which_languages_it_lacks(briefing: Briefing, clinic_folder: Path) -> None:
    others = sorted(set(read_catalogue(clinic_folder).the_clinic().texts) - {"en"})
    assert others
    ran = briefing("customise", "our-garden", "--new", "--clinic", clinic_folder)
    assert f"It has no text in {', '.join(others)} yet" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("consnt",), 4, "Did you mean consent?"),
        (("consent", "--block", "leed"), 4, "Did you mean lead?"),
        (("consent", "--language", "zu"), 4, "not written in language zu"),
        (("Our Leaflet", "--new"), 4, "small letters"),
        (("../escape", "--new"), 4, "small letters"),
        (("our-leaflet", "--new", "--block", "lead"), 2, "leave out --block"),
    ],
)
def test_what_cannot_be_customised_is_told(
    briefing: Briefing, clinic_folder: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = briefing("customise", *arguments, "--clinic", clinic_folder)
    assert ran.code == code
    assert said in " ".join(ran.err.split())
    assert not (clinic_folder / "documents").exists() or not list((clinic_folder / "documents").iterdir())


def test_a_document_of_the_clinics_own_is_not_customised(briefing: Briefing, clinic_folder: Path) -> None:
    assert briefing("customise", "our-garden", "--new", "--clinic", clinic_folder).code == 0
    ran = briefing("customise", "our-garden", "--block", "lead", "--clinic", clinic_folder)
    assert ran.code == 4
    assert "your own" in ran.err
