"""Doses and clock times held against a second way of working them out: a million doses, and every clock change to 2030."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from briefing.catalogue import Catalogue
from briefing.dosing import plan_dose
from briefing.errors import InputError
from briefing.protocols import DosePerKilogram
from briefing.quantities import Dose, Weight
from tests.test_session_times import times

POUND = Fraction(45_359_237, 100_000_000)  # kg
ZONES = ("America/New_York", "America/Los_Angeles", "Europe/Berlin", "Australia/Sydney", "America/St_Johns")
DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(5 * 365 + 1)]


def oracle(
    rule: Sequence[Fraction], limits: Sequence[Fraction], kilograms: Fraction, hours: Fraction, entered: Fraction | None
) -> Fraction | None:
    """Return the dose in milligrams, or None where it is to be refused; in fractions, from the rule as it is written."""
    per_kilogram, lowest_studied, highest_studied = rule
    step, lowest, highest, largest = limits
    dose = entered if entered is not None else round(per_kilogram * kilograms * hours / step) * step  # half to even, as our own
    inside = max(lowest, lowest_studied) <= dose / (kilograms * hours) <= min(highest, highest_studied)
    return dose if inside and dose <= largest else None


def compare_doses(catalogue: Catalogue, protocol_id: str, cases: int) -> tuple[int, int]:
    """Work out so many random doses both ways; return how many were given and how many refused."""
    chance = random.Random(20261123)
    protocol = catalogue.protocols[protocol_id]
    assert isinstance(protocol.dose, DosePerKilogram)
    rule, asked = protocol.dose, protocol.dose.asked
    studied = tuple(Fraction(number.value(catalogue.facts)) for number in (rule.lowest_studied, rule.highest_studied))
    given = refused = 0
    for _ in range(cases):
        weight = Weight(Decimal(chance.randrange(2000, 77000)).scaleb(-2), chance.choice(("kg", "lb")))
        entered = Dose(Decimal(chance.randrange(1, 120_000)).scaleb(-3)) if chance.random() < 0.4 else None
        minutes = chance.randrange(30, 480) if rule.is_hourly else 60
        limits = {
            "dose_step": Decimal(chance.choice(("0.1", "0.5", "1", "2.5", "5", "10"))),
            asked.lowest: Decimal(chance.randrange(1, 60)).scaleb(-2),
            asked.highest: Decimal(chance.randrange(30, 120)).scaleb(-2),
            "largest_dose": Decimal(chance.randrange(20, 600 if rule.is_hourly else 200)),
        }
        asked_dose = Decimal(chance.randrange(20, 70)).scaleb(-2)
        answers = {**limits, asked.dose: asked_dose, "given_minutes": Decimal(minutes)}
        per_kilogram = Fraction(rule.per_kilogram.value(catalogue.facts) if rule.per_kilogram else asked_dose)
        kilograms = Fraction(weight.amount) * (POUND if weight.unit == "lb" else 1)
        expected = oracle(
            (per_kilogram, *studied),
            tuple(map(Fraction, limits.values())),
            kilograms,
            Fraction(minutes, 60),
            None if entered is None else Fraction(entered.milligrams),
        )
        try:
            plan = plan_dose(protocol, answers, catalogue.facts, weight=weight, entered=entered, is_first=True)
        except InputError:
            assert expected is None, (weight, entered, answers)
            refused += 1
        else:
            assert Fraction(plan.dose.milligrams) == expected, (weight, entered, answers)
            given += 1
    return given, refused


BY_WEIGHT = ("iv-depression", "im-depression", "iv-chronic-pain")


@pytest.mark.parametrize("protocol_id", BY_WEIGHT)
def test_doses_agree_with_a_second_way_of_working_them_out(catalogue: Catalogue, protocol_id: str) -> None:
    given, refused = compare_doses(catalogue, protocol_id, 10_000)
    assert min(given, refused) > 500  # both sides were tried


@pytest.mark.long
@pytest.mark.parametrize(
    ("protocol_id", "cases"), [("iv-depression", 1_000_000), ("im-depression", 200_000), ("iv-chronic-pain", 200_000)]
)
def test_a_million_doses_agree_with_a_second_way_of_working_them_out(catalogue: Catalogue, protocol_id: str, cases: int) -> None:
    given, refused = compare_doses(catalogue, protocol_id, cases)
    assert given + refused == cases
    assert min(given, refused) > cases // 20


def test_the_rules_that_go_by_weight_are_all_worked_out_both_ways(catalogue: Catalogue) -> None:
    assert set(BY_WEIGHT) == {
        name for name, protocol in catalogue.protocols.items() if isinstance(protocol.dose, DosePerKilogram)
    }


def test_a_dose_of_the_clinicians_own_is_held_to_the_limits_of_the_clinic(catalogue: Catalogue) -> None:
    chance = random.Random(20261123)
    protocol, given = catalogue.protocols["sublingual-supervised"], 0
    for _ in range(10_000):
        lowest, largest, dose = (Decimal(chance.randrange(1, 200_000)).scaleb(-3) for _ in range(3))
        answers = {"lowest_dose": lowest, "largest_dose": largest, "given_minutes": Decimal(10)}
        try:
            plan = plan_dose(protocol, answers, catalogue.facts, weight=None, entered=Dose(dose), is_first=True)
        except InputError:
            assert not Fraction(lowest) <= Fraction(dose) <= Fraction(largest)
        else:
            assert plan.dose == Dose(dose)
            assert Fraction(lowest) <= Fraction(dose) <= Fraction(largest)
            given += 1
    assert given > 500


def changes(zone: ZoneInfo) -> Iterator[date]:
    """Yield every day to 2030 on which the clocks change, with the day before and the day after."""

    def shift(day: date) -> timedelta | None:
        return datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset()

    for day in DAYS:
        if shift(day) != shift(day + timedelta(days=1)):
            yield from (day - timedelta(days=1), day, day + timedelta(days=1))


@pytest.mark.parametrize("name", ZONES)
def test_no_clock_time_is_wrong_on_any_clock_change(catalogue: Catalogue, name: str) -> None:
    zone, seen = ZoneInfo(name), 0
    for day in changes(zone):
        for half_hour in range(2, 48, 3):
            starts_at = datetime(day.year, day.month, day.day) + timedelta(minutes=30 * half_hour)
            if starts_at.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != starts_at:
                continue  # an hour that the clocks skip; intake refuses it
            check_times(catalogue, starts_at, zone)
            seen += 1
    assert seen > 400


def check_times(catalogue: Catalogue, starts_at: datetime, zone: ZoneInfo) -> None:
    plan = times(catalogue, starts_at, zone=zone)
    start = starts_at.replace(tzinfo=zone).astimezone(UTC)
    told = {
        "medicine starts": (plan.medicine_starts, start + timedelta(minutes=30)),
        "medicine ends": (plan.medicine_ends, start + timedelta(minutes=70)),
        "drive": (plan.no_driving_before.at, start + timedelta(hours=24, minutes=70)),
    }
    for what, (moment, expected) in told.items():
        assert expected <= moment.astimezone(UTC) <= expected + timedelta(hours=1), (what, starts_at)
        # However the clock on the wall is read, it is not too early to drive.
        if what == "drive":
            assert min(moment.replace(fold=fold).astimezone(UTC) for fold in (0, 1)) >= expected, (what, starts_at)
    for moment, hours in ((plan.no_food_from.at, 6), (plan.no_drink_from.at, 2)):
        latest = max(moment.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        assert start - latest >= timedelta(hours=hours), starts_at
        assert start - latest <= timedelta(hours=hours + 1, minutes=1), starts_at
