"""Clock times around a session: right over a clock change, told one way only, by the stricter of label and clinic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.catalogue import Catalogue
from briefing.errors import CatalogueError
from briefing.session_times import SessionTimes, plan_times

CHICAGO = ZoneInfo("America/Chicago")
DRIP_ANSWERS = {"settle_minutes": Decimal(30), "stay_minutes": Decimal(80), "check_every_minutes": Decimal(10)}
SPRAY_ANSWERS = {**DRIP_ANSWERS, "minutes_between_devices": Decimal(5)}


def times(
    catalogue: Catalogue,
    starts_at: datetime,
    protocol: str = "iv-depression",
    *,
    zone: ZoneInfo = CHICAGO,
    devices: int = 1,
    answers: dict[str, int] | None = None,
    **rules: Any,
) -> SessionTimes:
    return plan_times(
        starts_at,
        zone,
        catalogue.protocols[protocol],
        catalogue.the_clinic().rules.model_copy(update=rules),
        {**SPRAY_ANSWERS, **{name: Decimal(value) for name, value in (answers or {}).items()}},
        catalogue.facts,
        devices,
    )


def clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def test_an_ordinary_day_by_drip(catalogue: Catalogue) -> None:
    day = times(catalogue, datetime(2026, 12, 1, 9))
    assert clock(day.arrive) == "2026-12-01 08:45"
    assert clock(day.starts) == "2026-12-01 09:00"
    assert clock(day.medicine_starts) == "2026-12-01 09:30"
    assert clock(day.medicine_ends) == "2026-12-01 10:10"
    assert clock(day.no_food_from.at) == "2026-12-01 03:00"
    assert clock(day.no_drink_from.at) == "2026-12-01 07:00"
    assert clock(day.leave.at) == "2026-12-01 11:30"
    assert clock(day.no_driving_before.at) == "2026-12-02 10:10"
    assert day.leave_minute == 120
    assert clock(day.minute(day.leave_minute)) == "2026-12-01 11:30"


def test_the_spring_clock_change_costs_an_hour_of_wall_clock_and_none_of_the_rule(catalogue: Catalogue) -> None:
    before = times(catalogue, datetime(2026, 3, 7, 9))
    assert clock(before.no_driving_before.at) == "2026-03-08 11:10"
    after = times(catalogue, datetime(2026, 3, 8, 7))
    assert clock(after.no_food_from.at) == "2026-03-07 23:59"
    assert after.starts - after.no_drink_from.at == timedelta(hours=2)
    assert clock(times(catalogue, datetime(2026, 3, 8, 3, 30)).no_drink_from.at) == "2026-03-08 00:30"


def test_the_autumn_clock_change_gives_an_hour_of_wall_clock_and_none_of_the_rule(catalogue: Catalogue) -> None:
    before = times(catalogue, datetime(2026, 10, 31, 9))
    assert clock(before.no_driving_before.at) == "2026-11-01 09:10"
    assert clock(times(catalogue, datetime(2026, 11, 1, 8)).no_food_from.at) == "2026-11-01 02:00"
    assert clock(times(catalogue, datetime(2026, 11, 1, 5)).no_food_from.at) == "2026-10-31 23:59"


@pytest.mark.parametrize("starts_at", [datetime(2026, 11, 1, 6, 10), datetime(2026, 11, 1, 6, 30), datetime(2026, 11, 1, 7, 30)])
def test_a_fast_that_begins_in_the_hour_that_comes_twice_is_long_enough_however_it_is_read(
    catalogue: Catalogue, starts_at: datetime
) -> None:
    plan = times(catalogue, starts_at)
    read_late = plan.no_food_from.at.replace(fold=1)
    assert plan.starts.astimezone(UTC) - read_late.astimezone(UTC) >= timedelta(hours=6)


@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 3, 8), date(2026, 10, 31), date(2026, 11, 1), date(2026, 12, 1)])
@pytest.mark.parametrize("hour", [3, 7, 9, 16, 22])
def test_every_rule_lasts_its_real_hours_on_every_day(catalogue: Catalogue, day: date, hour: int) -> None:
    plan = times(catalogue, datetime(day.year, day.month, day.day, hour))

    def real(since: datetime, until: datetime) -> timedelta:
        return until.astimezone(UTC) - since.astimezone(UTC)

    # A minute or an hour is added where the clock time could be read two ways.
    for since, hours in ((plan.no_food_from.at, 6), (plan.no_drink_from.at, 2)):
        assert timedelta(0) <= real(since, plan.starts) - timedelta(hours=hours) <= timedelta(hours=1, minutes=1)
    assert real(plan.medicine_ends, plan.no_driving_before.at) == timedelta(hours=24)
    assert real(plan.medicine_starts, plan.medicine_ends) == timedelta(minutes=40)
    assert real(plan.medicine_starts, plan.leave.at) == timedelta(minutes=plan.leave_minute)
    assert real(plan.arrive, plan.starts) == timedelta(minutes=15)


def test_a_fast_from_midnight_is_told_a_minute_earlier_so_that_the_day_is_sure(catalogue: Catalogue) -> None:
    plan = times(catalogue, datetime(2026, 12, 1, 6))
    assert clock(plan.no_food_from.at) == "2026-11-30 23:59"
    assert clock(times(catalogue, datetime(2026, 12, 1, 2)).no_drink_from.at) == "2026-11-30 23:59"


def test_other_minutes_are_told_as_they_are(catalogue: Catalogue) -> None:
    assert clock(times(catalogue, datetime(2026, 12, 1, 6, 1)).no_food_from.at) == "2026-12-01 00:01"
    assert clock(times(catalogue, datetime(2026, 12, 1, 18)).no_food_from.at) == "2026-12-01 12:00"


@pytest.mark.parametrize(
    ("clinic_hours", "from_clock", "by_label"), [(4, "03:00", True), (6, "03:00", True), (8, "01:00", False)]
)
def test_the_longer_fast_of_label_and_clinic_holds(
    catalogue: Catalogue, clinic_hours: int, from_clock: str, by_label: bool
) -> None:
    rule = times(catalogue, datetime(2026, 12, 1, 9), solid_food_hours=clinic_hours).no_food_from
    assert clock(rule.at) == f"2026-12-01 {from_clock}"
    assert (rule.fact == catalogue.protocols["iv-depression"].around.no_food.fact) is by_label
    assert (rule.fact is None) is not by_label


@pytest.mark.parametrize(("clinic_hours", "ends", "by_label"), [(1, "2026-12-02 10:10", True), (48, "2026-12-03 10:10", False)])
def test_the_longer_wait_for_the_car_of_label_and_clinic_holds(
    catalogue: Catalogue, clinic_hours: int, ends: str, by_label: bool
) -> None:
    rule = times(catalogue, datetime(2026, 12, 1, 9), no_driving_hours=clinic_hours).no_driving_before
    assert clock(rule.at) == ends
    assert (rule.fact is not None) is by_label


@pytest.mark.parametrize(("clinic_minutes", "stay", "by_label"), [(60, 120, True), (120, 120, True), (150, 150, False)])
def test_the_longer_stay_of_label_and_clinic_holds(catalogue: Catalogue, clinic_minutes: int, stay: int, by_label: bool) -> None:
    plan = times(catalogue, datetime(2026, 12, 1, 9), "esketamine-nasal", devices=2, answers={"stay_minutes": clinic_minutes})
    assert plan.leave.at - plan.medicine_ends == timedelta(minutes=stay)
    assert (plan.leave.fact is not None) is by_label


@pytest.mark.parametrize(("devices", "minutes"), [(1, 0), (2, 5), (3, 10)])
def test_spray_devices_are_given_one_after_the_other(catalogue: Catalogue, devices: int, minutes: int) -> None:
    plan = times(catalogue, datetime(2026, 12, 1, 9), "esketamine-nasal", devices=devices)
    assert plan.given_minutes == minutes
    assert plan.medicine_ends - plan.medicine_starts == timedelta(minutes=minutes)


def test_driving_on_the_day_of_the_spray_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError) as error:
        times(catalogue, datetime(2026, 12, 1, 9), "esketamine-nasal", devices=2, no_driving_hours=8)
    (problem,) = error.value.problems
    assert (problem.kind, problem.where) == ("rule-too-short", "clinic.toml: rules.no_driving_hours")


def test_driving_on_the_day_after_the_spray_names_the_night_of_sleep(catalogue: Catalogue) -> None:
    plan = times(catalogue, datetime(2026, 12, 1, 9), "esketamine-nasal", devices=2, no_driving_hours=24)
    assert plan.no_driving_before.at.date() == date(2026, 12, 2)
    assert plan.sleep_before_driving == catalogue.protocols["esketamine-nasal"].around.no_driving_before_sleep


def test_a_late_session_does_not_make_a_short_wait_a_night_of_sleep(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError):
        times(catalogue, datetime(2026, 12, 1, 17), "esketamine-nasal", devices=2, no_driving_hours=2)


def test_checks_are_made_from_the_start_to_the_end_and_when_the_label_asks(catalogue: Catalogue) -> None:
    drip = times(catalogue, datetime(2026, 12, 1, 9))
    assert drip.check_minutes == tuple(range(0, 130, 10))
    spray = times(catalogue, datetime(2026, 12, 1, 9), "esketamine-nasal", devices=2, answers={"check_every_minutes": 50})
    label = [int(number.value(catalogue.facts)) for number in catalogue.protocols["esketamine-nasal"].session.check_at]
    assert set(label) <= set(spray.check_minutes)
    assert spray.check_minutes[0] == 0
    assert spray.check_minutes[-1] == spray.leave_minute
    assert list(spray.check_minutes) == sorted(set(spray.check_minutes))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    starts_at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
        lambda moment: moment.replace(second=0, microsecond=0)
    ),
    zone=st.sampled_from(
        ["America/Chicago", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Kiritimati", "UTC"]
    ),
    devices=st.integers(1, 3),
    protocol=st.sampled_from(["iv-depression", "esketamine-nasal"]),
)
def test_the_times_of_any_visit_are_in_order(
    catalogue: Catalogue, starts_at: datetime, zone: str, devices: int, protocol: str
) -> None:
    plan = times(catalogue, starts_at, protocol, zone=ZoneInfo(zone), devices=devices)
    in_order = [
        plan.no_food_from.at,
        plan.no_drink_from.at,
        plan.starts,
        plan.medicine_starts,
        plan.medicine_ends,
        plan.leave.at,
        plan.no_driving_before.at,
    ]
    assert in_order == sorted(in_order, key=lambda moment: moment.astimezone(UTC))
    for moment in (plan.no_food_from.at, plan.no_drink_from.at):
        assert (moment.hour, moment.minute) != (0, 0)
    for moment in in_order:
        assert moment.tzinfo == ZoneInfo(zone)
        assert moment.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment.replace(tzinfo=None)


ASKED = {"given_minutes": 10, "strongest_minute": 45, "gone_minute": 120, "stay_minutes": 140}


def test_a_shot_is_given_in_one_moment(catalogue: Catalogue) -> None:
    day = times(catalogue, datetime(2026, 12, 7, 9, 30), "im-depression", answers=ASKED)
    assert day.given_minutes == 0
    assert clock(day.medicine_starts) == clock(day.medicine_ends) == "2026-12-07 10:00"
    assert clock(day.leave.at) == "2026-12-07 12:20"
    assert clock(day.no_driving_before.at) == "2026-12-08 10:00"


@pytest.mark.parametrize("protocol", ["im-depression", "sublingual-supervised", "iv-chronic-pain"])
def test_minutes_that_no_source_fixes_are_the_clinics_and_are_told_as_such(catalogue: Catalogue, protocol: str) -> None:
    day = times(catalogue, datetime(2026, 12, 7, 9, 30), protocol, answers=ASKED)
    assert (day.strongest_minute, day.strongest_fact) == (45, None)
    assert (day.gone_minute, day.gone_fact) == (120, None)


def test_minutes_of_a_source_carry_their_fact(catalogue: Catalogue) -> None:
    day = times(catalogue, datetime(2026, 12, 1, 9), answers=ASKED)
    assert (day.strongest_minute, day.strongest_fact) == (40, "iv-dose-standard")
    assert (day.gone_minute, day.gone_fact) == (120, "iv-effects-peak-1h")


def test_a_drip_over_hours_counts_from_its_end(catalogue: Catalogue) -> None:
    long = {**ASKED, "given_minutes": 240, "gone_minute": 360}
    day = times(catalogue, datetime(2026, 12, 9, 8), "iv-chronic-pain", answers=long)
    assert clock(day.medicine_ends) == "2026-12-09 12:30"
    assert clock(day.no_driving_before.at) == "2026-12-10 12:30"
    assert day.leave_minute == 240 + 140


@pytest.mark.parametrize("wrong", [{"gone_minute": 45}, {"gone_minute": 30}, {"given_minutes": 121}, {"stay_minutes": 35}])
def test_minutes_that_contradict_each_other_are_refused(catalogue: Catalogue, wrong: dict[str, int]) -> None:
    with pytest.raises(CatalogueError) as error:
        times(catalogue, datetime(2026, 12, 7, 9, 30), "sublingual-supervised", answers={**ASKED, **wrong})
    assert error.value.problems[0].kind == "minutes-out-of-order"
