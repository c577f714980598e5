"""What documents tell of each other's facts: reviews that come due, and the clinic's rule about those that are overdue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from briefing.catalogue import Catalogue
from briefing.errors import CatalogueError
from briefing.html_rendering import HtmlPage
from briefing.models import PacketRequest
from briefing.sources import list_reviews, list_sources, refuse_overdue
from tests.packets import page_of, sample_catalogue

Data = dict[str, Any]
Check = Callable[[object], PacketRequest]


@pytest.fixture
def pages(request_of: Check, ana: Data) -> list[HtmlPage]:
    ana["patient"] |= {"conditions": ["cirrhosis"], "medicines": []}
    return [page_of(request_of(ana), name) for name in ("consent", "clinician-sheet")]


ON_RECORD = "pain-ci-liver"  # cited because cirrhosis is recorded, and nowhere else


def refusing(catalogue: Catalogue) -> Catalogue:
    clinic = catalogue.the_clinic()
    return replace(
        catalogue, clinic=clinic.model_copy(update={"rules": clinic.rules.model_copy(update={"overdue_facts": "refuse"})})
    )


def reviewed_by(catalogue: Catalogue, fact_id: str) -> date:
    return catalogue.facts.facts[fact_id].definition.review_by


def test_a_fact_cited_for_the_record_has_its_source_in_the_list(pages: list[HtmlPage]) -> None:
    catalogue = sample_catalogue()
    numbers = [entry.number for entry in list_sources(pages, catalogue, date(2026, 11, 24), catalogue.wording("en"))]
    assert catalogue.facts.facts[ON_RECORD].source.number in numbers


@pytest.mark.parametrize(
    ("days", "listed", "overdue"), [(61, False, False), (60, True, False), (0, True, False), (-1, True, True)]
)
def test_a_review_is_listed_sixty_days_ahead_and_after(pages: list[HtmlPage], days: int, listed: bool, overdue: bool) -> None:
    catalogue = sample_catalogue()
    day = reviewed_by(catalogue, "emergency-988") - timedelta(days=days)
    found = {entry.fact: entry for entry in list_reviews(pages, catalogue, day, catalogue.wording("en"))}
    assert ("emergency-988" in found) is listed
    if listed:
        entry = found["emergency-988"]
        assert (entry.source, entry.is_overdue) == (catalogue.facts.facts["emergency-988"].source.number, overdue)
        days_listed = [reviewed_by(catalogue, name) for name in found]
        assert days_listed == sorted(days_listed)


def test_by_the_clinics_rule_a_packet_with_an_overdue_fact_is_refused(pages: list[HtmlPage]) -> None:
    catalogue = refusing(sample_catalogue())
    day = reviewed_by(catalogue, "emergency-988") + timedelta(days=1)
    with pytest.raises(CatalogueError) as refused:
        refuse_overdue(pages, catalogue, day)
    assert {problem.kind for problem in refused.value.problems} == {"fact-overdue"}
    assert "fact emergency-988" in {problem.where for problem in refused.value.problems}


def test_a_refusal_does_not_tell_what_was_recorded(pages: list[HtmlPage]) -> None:
    catalogue = refusing(sample_catalogue())
    old = catalogue.facts.facts[ON_RECORD]
    due = replace(old, definition=old.definition.model_copy(update={"review_by": date(2026, 11, 1)}))
    catalogue = replace(catalogue, facts=replace(catalogue.facts, facts={**catalogue.facts.facts, ON_RECORD: due}))
    with pytest.raises(CatalogueError) as refused:
        refuse_overdue(pages, catalogue, date(2026, 11, 24))
    (problem,) = refused.value.problems
    assert problem.where == "the patient's record"
    assert not any(word in str(problem.as_dict()) for word in (ON_RECORD, "liver", "cirrhosis"))


def test_nothing_is_refused_in_time_or_without_the_rule(pages: list[HtmlPage]) -> None:
    refuse_overdue(pages, refusing(sample_catalogue()), date(2026, 11, 24))
    refuse_overdue(pages, sample_catalogue(), date(2040, 1, 1))
