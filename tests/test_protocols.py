"""Protocols: every number they use stands in a fact, and their limits make sense."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pydantic import BaseModel

from briefing.catalogue import Catalogue, read_catalogue
from briefing.errors import CatalogueError
from briefing.protocols import DoseByClinician, DoseByDevice, DosePerKilogram, FactNumber, Protocol
from briefing.toml_reading import check

SHIPPED = sorted(read_catalogue(None).protocols)


def numbers_of(value: object) -> Iterator[FactNumber]:
    if isinstance(value, FactNumber):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from numbers_of(getattr(value, name))
    elif isinstance(value, tuple):
        for inner in value:
            yield from numbers_of(inner)


@pytest.fixture(params=SHIPPED)
def protocol(request: pytest.FixtureRequest, catalogue: Catalogue) -> Protocol:
    return catalogue.protocols[request.param]


def test_every_number_of_a_shipped_protocol_stands_in_a_fact(protocol: Protocol, catalogue: Catalogue) -> None:
    numbers = list(numbers_of(protocol))
    assert numbers
    for number in numbers:
        assert number.value(catalogue.facts) > 0


def test_every_statement_of_a_shipped_protocol_is_a_fact(protocol: Protocol, catalogue: Catalogue) -> None:
    named = (*protocol.label_facts, *protocol.monitoring, *protocol.contraindications, *protocol.around.no_driving_before_sleep)
    for fact_id in named:
        assert catalogue.facts.get(fact_id, "staff").source.title


def test_the_limits_of_a_shipped_protocol_hold_its_own_dose(protocol: Protocol, catalogue: Catalogue) -> None:
    rule, facts = protocol.dose, catalogue.facts
    if isinstance(rule, DosePerKilogram):
        lowest, highest = rule.lowest_studied.value(facts), rule.highest_studied.value(facts)
        assert lowest < highest
        assert rule.per_kilogram is None or lowest <= rule.per_kilogram.value(facts) <= highest
    elif isinstance(rule, DoseByDevice):
        each = rule.per_device.value(facts)
        assert all(dose.value(facts) % each == 0 for dose in (rule.first, *rule.choices))
        assert rule.first.value(facts) in [dose.value(facts) for dose in rule.choices]


def test_the_minutes_of_a_shipped_protocol_are_in_order(protocol: Protocol, catalogue: Catalogue) -> None:
    times, facts = protocol.session, catalogue.facts
    if times.strongest and times.gone:
        assert times.strongest.value(facts) < times.gone.value(facts)
    assert {"strongest_minute", "gone_minute"} & set(protocol.asks) == {
        f"{name}_minute" for name in ("strongest", "gone") if getattr(times, name) is None
    }


def test_shipped_protocols_are_for_adults(protocol: Protocol) -> None:
    assert protocol.youngest >= 18


def test_hours_come_back_in_minutes(catalogue: Catalogue) -> None:
    hours = FactNumber(fact="drive-ketamine-24h", number="hours", unit="hours")
    assert hours.value(catalogue.facts) == 24 * 60
    assert FactNumber(fact="drive-ketamine-24h", number="hours").value(catalogue.facts) == 24


@pytest.mark.parametrize(
    ("fact", "number", "kind"), [("no-such", "hours", "fact-unknown"), ("drive-ketamine-24h", "hour", "fact-number")]
)
def test_a_number_that_is_nowhere_is_an_error(catalogue: Catalogue, fact: str, number: str, kind: str) -> None:
    with pytest.raises(CatalogueError) as error:
        FactNumber(fact=fact, number=number).value(catalogue.facts)
    assert error.value.problems[0].kind == kind


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("medicine", "propofol"),
        ("route", "rectal"),
        ("indication", "anxiety"),
        ("label_status", "unknown"),
        ("label_facts", []),
        ("monitoring", []),
        ("contraindications", []),
        ("title", {}),
        ("youngest", -1),
        ("version", 0),
        ("dose", {"rule": "by-eye"}),
        ("asks", {"settle_minutes": {"kind": "liters", "what": "minutes"}}),
    ],
)
def test_a_protocol_that_is_not_whole_is_refused(catalogue: Catalogue, field: str, value: object) -> None:
    data = catalogue.protocols["iv-depression"].model_dump(exclude_none=True)
    assert isinstance(check(Protocol, data), Protocol)
    found = check(Protocol, {**data, field: value})
    assert isinstance(found, list)
    assert all(problem.where.startswith(field) for problem in found)


def test_a_clinical_number_cannot_be_typed_into_a_protocol(catalogue: Catalogue) -> None:
    data = catalogue.protocols["iv-depression"].model_dump(exclude_none=True)
    data["dose"]["per_kilogram"] = Decimal("0.5")
    assert isinstance(check(Protocol, data), list)


def test_every_kind_of_rule_is_shipped(catalogue: Catalogue) -> None:
    assert {type(protocol.dose) for protocol in catalogue.protocols.values()} == {DosePerKilogram, DoseByDevice, DoseByClinician}
    assert {getattr(protocol.dose, "is_hourly", None) for protocol in catalogue.protocols.values()} == {True, False, None}


@pytest.mark.parametrize(
    ("protocol_id", "needed"),
    [
        ("iv-depression", {"dose_step", "lowest_dose_per_kilogram", "highest_dose_per_kilogram", "largest_dose"}),
        (
            "im-depression",
            {
                *("strongest_minute", "gone_minute", "dose_per_kilogram"),
                *("dose_step", "lowest_dose_per_kilogram", "highest_dose_per_kilogram", "largest_dose"),
            },
        ),
        ("sublingual-supervised", {"given_minutes", "strongest_minute", "gone_minute", "lowest_dose", "largest_dose"}),
        (
            "iv-chronic-pain",
            {
                *("given_minutes", "strongest_minute", "gone_minute", "dose_per_kilogram_hour", "dose_step"),
                *("lowest_dose_per_kilogram_hour", "highest_dose_per_kilogram_hour", "largest_dose"),
            },
        ),
        ("esketamine-nasal", {"minutes_between_devices"}),
    ],
)
def test_what_no_source_fixes_is_asked_of_the_clinic(catalogue: Catalogue, protocol_id: str, needed: set[str]) -> None:
    protocol = catalogue.protocols[protocol_id]
    assert protocol.needed_asks() == {"settle_minutes", "stay_minutes", "check_every_minutes", *needed}
    assert protocol.needed_asks() <= set(protocol.asks)


def test_no_number_for_staff_is_told_to_patients_as_a_time(catalogue: Catalogue) -> None:
    # Minutes for a shot, a tablet and a drip for pain are not in any source good enough for patients: the clinic's alone count.
    for name in ("im-depression", "sublingual-supervised", "iv-chronic-pain"):
        session = catalogue.protocols[name].session
        assert not [number for number in numbers_of(session) if number]
