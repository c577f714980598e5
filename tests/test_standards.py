"""Standards as data: every mark means something, every element can be met, and a slip is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefing.catalogue import Catalogue, read_catalogue
from briefing.errors import CatalogueError, Problem
from briefing.standards import element_ids, in_language

OWN = """
title.en = "Our state"
basis = "A law of our state"
order = 5
forms = ["consent"]

[[elements]]
id = "state-copy"
name.en = "A copy"
"""


def problems(clinic: Path) -> list[Problem]:
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(clinic)
    return list(refused.value.problems)


def write(clinic: Path, name: str, text: str) -> Path:
    path = clinic / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return clinic


def test_every_element_is_covered_by_a_part_of_our_own_documents(catalogue: Catalogue) -> None:
    marked = {mark for document in catalogue.documents.values() for part in document.definition.parts for mark in part.marks}
    assert marked == set(element_ids(catalogue.standards))


def test_there_are_as_many_elements_as_each_standard_has(catalogue: Catalogue) -> None:
    counts = {name: len(standard.elements) for name, standard in catalogue.standards.items()}
    assert (counts["cms"], counts["german-study"], counts["topics"]) == (6, 8, 61)
    assert [element.id for element in catalogue.standards["topics"].elements] == [f"S{number}" for number in range(1, 62)]


def test_a_clinic_adds_a_standard_of_its_own(clinic_folder: Path) -> None:
    catalogue = read_catalogue(write(clinic_folder, "standards/our-state.toml", OWN))
    assert catalogue.standards["our-state"].elements[0].id == "state-copy"


@pytest.mark.parametrize(
    ("old", "new", "kind", "where", "advice"),
    [
        ('"consent"', '"consnet"', "element-unknown", "standards/our-state.toml: forms: consnet", "Did you mean consent?"),
        ('"state-copy"', '"cms-facility"', "element-twice", "standards/our-state.toml: cms-facility", "another id"),
        ('"state-copy"', '"state copy"', "wrong-value", "standards/our-state.toml: elements.1.id", ""),
        ("order = 5", 'order = 5\nsources = ["cfr-92x"]', "element-unknown", "standards/our-state.toml: sources: cfr-92x", "cfr-92"),
        ('name.en = "A copy"', 'name.en = "A copy"\nholds = ["a-number"]', "wrong-value", "standards/our-state.toml: elements.1.holds.1", ""),
        ('name.en = "A copy"', 'name.en = "A copy"\nonly_with = ["witnes"]', "element-unknown", "standards/our-state.toml: state-copy.only_with: witnes", "witness"),
        ("basis", "bassis", "unknown-key", "standards/our-state.toml: bassis", "basis"),
    ],
)  # fmt: skip
def test_a_slip_in_a_standard_is_named(clinic_folder: Path, old: str, new: str, kind: str, where: str, advice: str) -> None:
    assert old in OWN
    found = problems(write(clinic_folder, "standards/our-state.toml", OWN.replace(old, new)))
    assert any(each.kind == kind and each.where == where and advice in each.what_to_do for each in found), found


@pytest.mark.parametrize("key", ["covers", "elements"])
def test_a_mark_that_no_standard_has_is_refused_with_the_nearest(catalogue: Catalogue, clinic_folder: Path, key: str) -> None:
    path = "documents/consent/document.toml"
    text = catalogue.built_in[path].text.replace(
        'id = "what_i_do"\nelements = ["tjc-recovery"]', f'id = "what_i_do"\n{key} = ["tjc-recovry"]'
    )
    (problem,) = problems(write(clinic_folder, path, text))
    assert (problem.kind, problem.where) == ("element-unknown", f"{path}: parts.what_i_do.{key}: tjc-recovry")
    assert problem.what_to_do == "Did you mean tjc-recovery?"


def test_a_fact_covers_nothing_that_is_not_there(catalogue: Catalogue, clinic_folder: Path) -> None:
    text = catalogue.built_in["facts/benefit.toml"].text
    assert 'covers = ["S30"]' in text
    found = problems(write(clinic_folder, "facts/benefit.toml", text.replace('covers = ["S30"]', 'covers = ["S62"]', 1)))
    assert {each.kind for each in found} == {"element-unknown"}


def test_what_is_left_out_must_be_there_to_leave_out(catalogue: Catalogue, clinic_folder: Path) -> None:
    path = "documents/consent/document.toml"
    text = 'leaves_out = ["my_question"]\n' + catalogue.built_in[path].text
    (problem,) = problems(write(clinic_folder, path, text))
    assert (problem.where, problem.what_to_do) == (f"{path}: leaves_out: my_question", "Did you mean my_questions?")


def test_a_name_in_another_language_is_used_where_there_is_one() -> None:
    assert in_language({"es": "uno", "en": "one"}) == "one"
    assert in_language({"es": "uno"}) == "uno"
