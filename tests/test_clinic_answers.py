"""What a protocol asks the clinic to set: nothing is assumed in its place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from briefing.catalogue import Catalogue
from briefing.clinic import Clinic
from briefing.clinic_answers import read_answers
from briefing.errors import CatalogueError, Problem
from briefing.protocols import Ask, Protocol

ASKS = {
    "minutes_asked": Ask(kind="minutes", what="some minutes"),
    "count_asked": Ask(kind="count", what="a count"),
    "step_asked": Ask(kind="milligrams", what="a step"),
    "most_asked": Ask(kind="milligrams-per-kilogram", what="the most"),
    "hourly_asked": Ask(kind="milligrams-per-kilogram-hour", what="the most in an hour"),
}
ANSWERS: dict[str, int | str] = {
    "minutes_asked": 30,
    "count_asked": 6,
    "step_asked": "2.5 mg",
    "most_asked": "0.6 mg/kg",
    "hourly_asked": "0.4 mg/kg/h",
}


@pytest.fixture
def protocol(catalogue: Catalogue) -> Protocol:
    return catalogue.protocols["iv-depression"].model_copy(update={"asks": ASKS})


def clinic_with(catalogue: Catalogue, answers: Mapping[str, object]) -> Clinic:
    return catalogue.the_clinic().model_copy(update={"protocols": {"own": answers}})


def problems(catalogue: Catalogue, protocol: Protocol, answers: Mapping[str, object]) -> tuple[Problem, ...]:
    with pytest.raises(CatalogueError) as error:
        read_answers("own", protocol, clinic_with(catalogue, answers))
    return error.value.problems


def test_answers_come_back_as_exact_numbers(catalogue: Catalogue, protocol: Protocol) -> None:
    assert read_answers("own", protocol, clinic_with(catalogue, ANSWERS)) == {
        "minutes_asked": Decimal(30),
        "count_asked": Decimal(6),
        "step_asked": Decimal("2.5"),
        "most_asked": Decimal("0.6"),
        "hourly_asked": Decimal("0.4"),
    }


@pytest.mark.parametrize("name", sorted(ASKS))
def test_what_is_not_set_is_asked_for_by_name_with_an_example(catalogue: Catalogue, protocol: Protocol, name: str) -> None:
    (problem,) = problems(catalogue, protocol, {key: value for key, value in ANSWERS.items() if key != name})
    assert (problem.kind, problem.where) == ("clinic-must-set", f"clinic.toml: protocols.own.{name}")
    assert problem.what_to_do.startswith(f"Set {ASKS[name].what}, such as: {name} = ")


def test_the_example_that_is_given_would_be_taken(catalogue: Catalogue, protocol: Protocol) -> None:
    examples: dict[str, object] = {}
    for problem in problems(catalogue, protocol, {}):
        name, _, value = problem.what_to_do.rpartition(": ")[2].partition(" = ")
        examples[name] = int(value) if value.isdigit() else value.strip('"')
    assert set(read_answers("own", protocol, clinic_with(catalogue, examples))) == set(ASKS)


def test_all_that_is_missing_is_asked_for_at_once(catalogue: Catalogue, protocol: Protocol) -> None:
    assert len(problems(catalogue, protocol, {})) == len(ASKS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("minutes_asked", "30"),
        ("minutes_asked", "30 minutes"),
        ("minutes_asked", 0),
        ("count_asked", "six"),
        ("count_asked", 0),
        ("step_asked", 1),
        ("step_asked", "1"),
        ("step_asked", "1 g"),
        ("step_asked", "0 mg"),
        ("step_asked", "1,5 mg"),
        ("step_asked", "-1 mg"),
        ("step_asked", "1 mg/kg"),
        ("step_asked", "١ mg"),
        ("most_asked", "0.6 mg"),
        ("most_asked", "0.6 mg/lb"),
        ("most_asked", "0.0 mg/kg"),
        ("most_asked", "1e1 mg/kg"),
        ("most_asked", "0.6 mg/kg/h"),
        ("hourly_asked", "0.4 mg/kg"),
        ("hourly_asked", "0.4 mg/h"),
    ],
)
def test_an_answer_of_the_wrong_kind_or_nothing_is_refused(
    catalogue: Catalogue, protocol: Protocol, name: str, value: object
) -> None:
    (problem,) = problems(catalogue, protocol, {**ANSWERS, name: value})
    assert (problem.kind, problem.where) == ("wrong-value", f"clinic.toml: protocols.own.{name}")


def test_an_answer_nobody_asked_for_is_refused_with_the_nearest(catalogue: Catalogue, protocol: Protocol) -> None:
    (problem,) = problems(catalogue, protocol, {**ANSWERS, "minuts_asked": 3})
    assert (problem.kind, problem.what_to_do) == ("unknown-key", "Did you mean minutes_asked?")


def test_a_clinic_without_a_table_for_the_protocol_is_asked_everything(catalogue: Catalogue, protocol: Protocol) -> None:
    clinic = catalogue.the_clinic().model_copy(update={"protocols": {}})
    with pytest.raises(CatalogueError) as error:
        read_answers("own", protocol, clinic)
    assert {problem.kind for problem in error.value.problems} == {"clinic-must-set"}


def test_the_sample_clinic_answers_every_shipped_protocol(catalogue: Catalogue) -> None:
    for protocol_id, protocol in catalogue.protocols.items():
        assert set(read_answers(protocol_id, protocol, catalogue.the_clinic())) == set(protocol.asks)
