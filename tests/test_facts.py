"""Facts: numbers stand in slots only, patients are not told what is for staff, and an overdue review is said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from briefing.catalogue import Catalogue
from briefing.errors import CatalogueError, Problem
from briefing.facts import Fact, FactDefinition, FactRegister, Rate, Source
from briefing.toml_reading import check

SOURCE = Source.model_validate(
    {"number": 10, "title": "A trial", "kind": "trial", "published": "2017", "read_on": date(2026, 11, 22)}
)


def table(**changes: object) -> dict[str, Any]:
    return {
        "text": {"en": "About {with} of {of} people get better."},
        "numbers": {"with": 64, "of": 100},
        "holds_for": "adults",
        "source": "a-trial",
        "level": "primary",
        "audience": "patient",
        "reviewed_on": date(2026, 11, 22),
        "review_by": date(2027, 11, 22),
        **changes,
    }


def fact(**changes: object) -> Fact:
    definition = check(FactDefinition, table(**changes))
    assert isinstance(definition, FactDefinition)
    return Fact("a-fact", definition, SOURCE)


def problems(**changes: object) -> list[Problem]:
    found = check(FactDefinition, table(**changes))
    assert isinstance(found, list)
    return found


def raised(error: pytest.ExceptionInfo[CatalogueError]) -> Problem:
    (problem,) = error.value.problems
    return problem


def test_the_numbers_are_filled_into_the_sentence() -> None:
    assert fact().text("en") == "About 64 of 100 people get better."


def test_numbers_are_written_the_safe_way() -> None:
    exact = fact(text={"en": "{dose} mg/kg, {big}."}, numbers={"dose": Decimal("0.50"), "big": Decimal("1E+3")})
    assert exact.text("en") == "0.5 mg/kg, 1000."


def test_braces_that_are_doubled_are_braces() -> None:
    assert fact(text={"en": "{{x}} {of}"}, numbers={"of": 1}).text("en") == "{x} 1"


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("About {many} people.", "many"),
        ("About {} people.", "slot"),
        ("About {with.real} people.", "slot"),
        ("About {with[0]} people.", "slot"),
        ("About 64 of {of}.", "digit"),
        ("About {of} of ٦٤.", "digit"),
        ("About ½ of {of}.", "digit"),
        ("About {of people.", ""),
        ("About of} people.", ""),
    ],
)
def test_a_number_outside_a_slot_or_a_slot_without_a_number_is_refused(sentence: str, word: str) -> None:
    (problem,) = problems(text={"en": sentence})
    assert problem.kind == "wrong-value"
    assert word in problem.problem


@pytest.mark.parametrize("sentence", ["{with!r} of {of}", "{with:>9} of {of}", "{with:{of}} of {of}", "{with:.1f} of {of}"])
def test_a_slot_is_a_name_and_cannot_change_how_the_number_is_written(sentence: str) -> None:
    assert problems(text={"en": sentence})


def test_every_language_is_held_to_the_slots() -> None:
    assert problems(text={"en": "{with} of {of}.", "es": "64 de {of}."})


@pytest.mark.parametrize("number", ["64", True, None, [64], Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_a_number_is_a_number(number: object) -> None:
    assert any(problem.where.startswith("numbers.with") for problem in problems(numbers={"with": number, "of": 100}))


@pytest.mark.parametrize(
    "changes",
    [
        {"text": {}},
        {"text": {"en": ""}},
        {"text": {"english": "About {of}."}},
        {"source": None},
        {"level": "hearsay"},
        {"audience": "everybody"},
        {"reviewed_on": "soon"},
        {"reviewed": date(2026, 1, 1)},
        {"numbers": {"With": 1}},
    ],
)
def test_a_fact_that_is_not_whole_is_refused(changes: dict[str, object]) -> None:
    assert problems(**changes)


@pytest.mark.parametrize("field", ["text", "holds_for", "source", "level", "audience", "reviewed_on", "review_by"])
def test_a_fact_without_its_source_its_reach_or_its_review_is_refused(field: str) -> None:
    data = table()
    del data[field]
    found = check(FactDefinition, data, "a-fact", "facts/own.toml")
    assert isinstance(found, list)
    assert [problem.where for problem in found] == [f"facts/own.toml: a-fact.{field}"]


def test_a_language_the_fact_has_no_text_in_is_an_error() -> None:
    with pytest.raises(CatalogueError) as error:
        fact().text("es")
    assert raised(error).kind == "fact-language"


def test_a_number_it_does_not_have_is_an_error_with_the_nearest_name() -> None:
    assert fact().number("of") == 100
    with pytest.raises(CatalogueError) as error:
        fact().number("whit")
    assert raised(error).what_to_do == "Did you mean with?"


def test_a_rate_has_a_comparison_when_the_fact_has_one() -> None:
    assert fact().rate() == Rate(Decimal(64), None, Decimal(100))
    compared = fact(numbers={"with": 64, "without": 28, "of": 100}, compared_with="midazolam")
    assert compared.rate() == Rate(Decimal(64), Decimal(28), Decimal(100))


@pytest.mark.parametrize("numbers", [{"of": 100}, {"with": 64}, {}])
def test_a_fact_that_is_no_rate_says_so(numbers: dict[str, int]) -> None:
    with pytest.raises(CatalogueError):
        fact(text={"en": "Some people get better."}, numbers=numbers).rate()


@pytest.mark.parametrize(
    ("on", "due"),
    [(date(2027, 11, 21), False), (date(2027, 11, 22), False), (date(2027, 11, 23), True), (date(2040, 1, 1), True)],
)
def test_a_review_is_due_after_its_last_day(on: date, due: bool) -> None:
    assert (fact().review(on) == "overdue") is due


def test_an_unknown_fact_is_an_error_with_the_nearest_id() -> None:
    with pytest.raises(CatalogueError) as error:
        FactRegister({"iv-dose-standard": fact()}).get("iv-dose-standart", "patient")
    assert (raised(error).kind, raised(error).what_to_do) == ("fact-unknown", "Did you mean iv-dose-standard?")


def test_patients_are_not_told_what_is_for_staff() -> None:
    register = FactRegister({"a-fact": fact(audience="staff")})
    assert register.get("a-fact", "staff").id == "a-fact"
    with pytest.raises(CatalogueError) as error:
        register.get("a-fact", "patient")
    assert raised(error).kind == "fact-for-staff"


def test_staff_are_told_what_is_for_patients() -> None:
    assert FactRegister({"a-fact": fact()}).get("a-fact", "staff")


def test_every_shipped_fact_can_be_printed_in_each_of_its_languages(catalogue: Catalogue) -> None:
    for shipped in catalogue.facts.facts.values():
        for language in shipped.definition.text:
            sentence = shipped.text(language)
            assert sentence
            assert "{" not in sentence


def test_every_shipped_fact_was_reviewed_before_it_is_due(catalogue: Catalogue) -> None:
    wrong = [
        shipped.id for shipped in catalogue.facts.facts.values() if shipped.definition.reviewed_on >= shipped.definition.review_by
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("day", "review"),
    [
        (date(2027, 11, 23), "overdue"),
        (date(2027, 11, 22), "soon"),
        (date(2027, 9, 23), "soon"),
        (date(2027, 9, 22), "later"),
    ],
)
def test_a_review_is_announced_sixty_days_ahead(day: date, review: str) -> None:
    assert fact().review(day) == review
