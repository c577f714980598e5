"""A shared document is filled without any patient's details: what asks for one is refused, and two patients get the same page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from briefing.catalogue import Catalogue, read_catalogue
from briefing.errors import TemplateError
from briefing.html_rendering import HtmlPage
from briefing.models import PacketRequest
from briefing.template_check import template_problems
from briefing.template_context import SHARED_VARIABLES, VARIABLES
from tests.packets import pages_of, sample_catalogue

Data = dict[str, dict[str, object]]
OF_PATIENTS = sorted(set(VARIABLES) - set(SHARED_VARIABLES))
SHARED = ("about-ketamine", "long-term-risks", "language-and-aids")


def with_text(folder: Path, text: str) -> Catalogue:
    """Return the sample clinic with a shared document that says something of its own."""
    own = folder / "documents" / "about-ketamine"
    own.mkdir(parents=True)
    head = '{% extends "builtin:documents/about-ketamine/en.html.j2" %}'
    (own / "en.html.j2").write_text(f"{head}{{% block lead %}}{text}{{% endblock %}}")
    return read_catalogue(folder)


@pytest.mark.parametrize(
    "asked", [*OF_PATIENTS, "treatment.dose", "treatment.for_condition", "visit.starts", "visit.session_number"]
)
def test_a_detail_of_the_patient_is_refused_when_it_is_filled_and_when_it_is_checked(
    asked: str, clinic_folder: Path, ana: Data, request_of: Callable[[object], PacketRequest]
) -> None:
    text = f"{{{{ {asked} }}}}" if "." in asked else f"{{% if {asked} %}}yes{{% else %}}no{{% endif %}}"
    catalogue = with_text(clinic_folder, text)
    with pytest.raises(TemplateError) as refused:
        pages_of(request_of(ana), catalogue)
    assert [problem.kind for problem in refused.value.problems] == ["template-value"]
    assert "documents/about-ketamine/en.html.j2, line 1" in refused.value.problems[0].where
    name = asked.rpartition(".")[2]
    assert [problem for problem in template_problems(catalogue) if f"'{name}'" in problem.problem]


def test_two_patients_get_the_same_shared_pages(ana: Data, request_of: Callable[[object], PacketRequest]) -> None:
    def shared(data: Data) -> dict[str, HtmlPage]:
        pages, _ = pages_of(request_of(data), sample_catalogue())
        return {page.id: page for page in pages if page.chosen.document.definition.shared}

    other = {
        **ana,
        "patient": {
            **ana["patient"],
            "name": "Somebody Else",
            "preferred_name": "Some",
            "record_number": "X-1",
            "weight": "81 kg",
            "conditions": ["asthma"],
            "medicines": [],
            "allergies": ["penicillin"],
            "needs": ["hearing"],
            "pregnancy_possible": True,
        },
        "visit": {**ana["visit"], "starts_at": "2027-01-05T13:30:00"},
        "treatment": {**ana["treatment"], "for_condition": "bipolar depression"},
    }
    del other["companion"]
    one, two = shared(ana), shared(other)
    assert set(one) == set(two) == set(SHARED)
    assert {page.html for page in one.values()} == {page.html for page in two.values()}
    assert not any("Ana" in page.html or "April" in page.html for page in one.values())


def test_a_document_that_is_not_shared_still_names_its_patient(ana: Data, request_of: Callable[[object], PacketRequest]) -> None:
    pages, _ = pages_of(request_of(ana), sample_catalogue())
    own = [page for page in pages if not page.chosen.document.definition.shared and page.kind == "handout"]
    assert own
    assert all("Ana Ruiz" in page.html for page in own if page.audience == "patient")


def test_who_makes_a_document_of_a_patient_shared_is_told_at_once() -> None:
    catalogue = sample_catalogue()
    consent = catalogue.documents["consent"]
    shared = replace(consent, definition=consent.definition.model_copy(update={"shared": True}))
    problems = template_problems(replace(catalogue, documents={**catalogue.documents, "consent": shared}))
    assert "'patient' is undefined." in {problem.problem for problem in problems}
    assert all("documents/consent/" in problem.where for problem in problems)
