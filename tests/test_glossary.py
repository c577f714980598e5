"""Hard words that must stay are said plainly, on the pages of the patient who meets them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from briefing.catalogue import read_catalogue
from briefing.errors import CatalogueError
from briefing.glossary import GlossaryWord
from briefing.readability import count
from tests.conftest import Briefing, sample_requests
from tests.packets import sample_catalogue, sample_pages

OWN = '[own]\nword.en = "{word}"\nmeaning.en = "What it means."\n'


def texts(name: str) -> dict[str, str]:
    return {page.id: re.sub(r"<[^>]+>", " ", page.html) for page in sample_pages(name)[0] if page.audience == "patient"}


def listed(name: str) -> list[str]:
    (page,) = [page for page in sample_pages(name)[0] if page.id == "words-to-know"]
    return re.findall(r'(?s)<th scope="row">([^<]+)</th>', page.html)


def test_the_words_of_a_patients_own_pages_are_listed_by_the_alphabet() -> None:
    words = listed("ana-ruiz")
    assert {"dissociation", "off-label", "FDA", "dummy drug"} <= set(words)
    assert words == sorted(words, key=str.casefold)
    assert "REMS" in listed("grace-okonkwo")
    assert "REMS" not in words  # a program for the spray alone


def test_every_word_is_met_by_some_patient() -> None:
    # The name of the document counts as nowhere: the list itself must not be the only place.
    met = {word for path in sample_requests() if "words-to-know" in texts(path.stem) for word in listed(path.stem)}
    known = {entry.word["en"] for entry in sample_catalogue().glossary.words.values()}
    assert known - met == set()


@pytest.mark.parametrize(("language", "of"), [("en", "flesch_kincaid_grade"), ("es", "fernandez_huerta_ease")])
def test_what_a_word_means_is_easier_than_the_word(language: str, of: str) -> None:
    meanings = " ".join(entry.meaning[language] for entry in sample_catalogue().glossary.words.values())
    figure = getattr(count(meanings, language), of)
    assert figure <= 6.5 if language == "en" else figure >= 70


@pytest.mark.parametrize(
    ("text", "stands"),
    [("an opioid", True), ("Opioids, too", True), ("OPIOID.", True), ("opioidlike", False), ("non opioids", True), ("", False)],
)
def test_a_word_is_found_as_a_word_of_its_own(text: str, stands: bool) -> None:
    assert GlossaryWord("opioid", ("opioids",), "a strong kind of pain medicine").stands_in(text) is stands


def test_a_clinic_adds_a_word_of_its_own(clinic_folder: Path) -> None:
    (clinic_folder / "glossary").mkdir()
    (clinic_folder / "glossary" / "ours.toml").write_text(OWN.format(word="drip"))
    assert read_catalogue(clinic_folder).glossary.found_in("A drip.", "en")[0].meaning == "What it means."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (OWN.format(word="drip").replace("own", "opioid"), "word-twice"),
        ('[own]\nword.en = "drip"\nmeaning.es = "Qué es."\n', "wrong-value"),
        ('[own]\nword.en = "drip"\nmeaning.en = "x"\nmore = 1\n', "unknown-key"),
    ],
)
def test_a_word_that_does_not_hold_together_is_refused(text: str, kind: str, clinic_folder: Path) -> None:
    (clinic_folder / "glossary").mkdir()
    (clinic_folder / "glossary" / "ours.toml").write_text(text)
    with pytest.raises(CatalogueError) as met:
        read_catalogue(clinic_folder)
    assert [problem.kind for problem in met.value.problems] == [kind]


def test_the_command_tells_of_a_word_that_stands_twice(briefing: Briefing, clinic_folder: Path) -> None:
    (clinic_folder / "glossary").mkdir()
    (clinic_folder / "glossary" / "ours.toml").write_text(OWN.format(word="drip").replace("own", "opioid"))
    ran = briefing("check", "--clinic", clinic_folder, "--files-only")
    assert ran.code == 4
    assert "glossary/words.toml, line" in ran.err
