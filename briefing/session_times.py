"""Clock times around one session. Worked out in UTC, told in the clinic's zone; the stricter of label and clinic holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from briefing.clinic import ClinicRules
from briefing.errors import CatalogueError, Problem
from briefing.facts import FactRegister
from briefing.protocols import FactNumber, Protocol


@dataclass(frozen=True, slots=True)
class RuledTime:
    """A moment that a rule leads to. `fact` is the fact behind the rule, or None when it is the clinic's own."""

    at: datetime
    fact: str | None


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """Every moment of one visit, in the clinic's zone, and the minutes of the session from the first medicine on."""

    arrive: datetime
    starts: datetime
    medicine_starts: datetime
    medicine_ends: datetime
    no_food_from: RuledTime
    no_drink_from: RuledTime
    leave: RuledTime
    no_driving_before: RuledTime
    sleep_before_driving: tuple[str, ...]
    settle_minutes: int
    given_minutes: int
    strongest_minute: int
    strongest_fact: str | None
    gone_minute: int
    gone_fact: str | None
    leave_minute: int
    check_minutes: tuple[int, ...]

    def minute(self, minute: int) -> datetime:
        """Return the clock time of a minute of the session."""
        return _later(self.medicine_starts, minute)


def plan_times(
    starts_at: datetime,
    zone: ZoneInfo,
    protocol: Protocol,
    rules: ClinicRules,
    answers: Mapping[str, Decimal],
    facts: FactRegister,
    devices: int,
) -> SessionTimes:
    """Work out the times of a visit.

    Args:
        starts_at: the appointment, in the clinic's local time without a zone.
        zone: the clinic's zone.
        protocol: whose minutes and label rules hold.
        rules: the clinic's own rules.
        answers: what the clinic set for this protocol.
        facts: where the protocol's numbers stand.
        devices: how many devices are given, one after the other.

    Raises:
        CatalogueError: the clinic lets people drive on a day on which the label does not, or its minutes contradict each other.
    """
    starts = starts_at.replace(tzinfo=zone)
    settle = int(answers["settle_minutes"])
    given = protocol.given_minutes(answers, facts, devices)
    strongest, strongest_fact = _minute("strongest", protocol.session.strongest, answers, facts)
    gone, gone_fact = _minute("gone", protocol.session.gone, answers, facts)
    if not max(strongest + 1, given) <= gone:
        raise CatalogueError(_out_of_order())
    medicine_starts = _later(starts, settle)
    medicine_ends = _later(medicine_starts, given)
    stay, stay_fact = _stricter(int(answers["stay_minutes"]), protocol.session.earliest_leave, facts)
    food, food_fact = _stricter(rules.solid_food_hours * 60, protocol.around.no_food, facts)
    drink, drink_fact = _stricter(rules.clear_drinks_hours * 60, protocol.around.no_drink, facts)
    driving, driving_fact = _stricter(rules.no_driving_hours * 60, protocol.around.no_driving, facts)
    drive = _not_too_early(_later(medicine_ends, driving))
    if protocol.around.no_driving_before_sleep and drive.date() <= medicine_ends.date():
        raise CatalogueError(_same_day())
    return SessionTimes(
        arrive=_later(starts, -rules.arrive_minutes_early),
        starts=starts,
        medicine_starts=medicine_starts,
        medicine_ends=medicine_ends,
        no_food_from=RuledTime(_one_way(_later(starts, -food)), food_fact),
        no_drink_from=RuledTime(_one_way(_later(starts, -drink)), drink_fact),
        leave=RuledTime(_later(medicine_ends, stay), stay_fact),
        no_driving_before=RuledTime(drive, driving_fact),
        sleep_before_driving=protocol.around.no_driving_before_sleep,
        settle_minutes=settle,
        given_minutes=given,
        strongest_minute=strongest,
        strongest_fact=strongest_fact,
        gone_minute=gone,
        gone_fact=gone_fact,
        leave_minute=given + stay,
        check_minutes=_checks(protocol, answers, facts, given + stay),
    )


def _minute(
    name: str, sourced: FactNumber | None, answers: Mapping[str, Decimal], facts: FactRegister
) -> tuple[int, str | None]:
    """Return a minute of the session and the fact that fixes it, or None where the clinic does."""
    return (int(sourced.value(facts)), sourced.fact) if sourced else (int(answers[f"{name}_minute"]), None)


def _checks(protocol: Protocol, answers: Mapping[str, Decimal], facts: FactRegister, leave: int) -> tuple[int, ...]:
    by_clinic = range(0, leave, int(answers["check_every_minutes"]))
    by_label = (int(number.value(facts)) for number in protocol.session.check_at)
    return tuple(sorted({*by_clinic, *by_label, leave}))


def _later(moment: datetime, minutes: int) -> datetime:
    # Over a clock change, wall-clock arithmetic is an hour off: go through UTC.
    return (moment.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(moment.tzinfo)


def _one_way(moment: datetime) -> datetime:
    # In the hour that the clocks show twice, the first is meant and the second could be read: an hour earlier is stricter.
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        moment = _later(moment, -60)
    # "12:00 am Tuesday" is read as either end of Tuesday. A minute earlier can be read one way only, and is stricter.
    return _later(moment, -1) if (moment.hour, moment.minute) == (0, 0) else moment


def _not_too_early(moment: datetime) -> datetime:
    # In the hour that the clocks show twice, the second is meant and the first could be read: an hour later is stricter.
    return _later(moment, 60) if moment.fold else moment


def _stricter(clinic_minutes: int, label: FactNumber | None, facts: FactRegister) -> tuple[int, str | None]:
    label_minutes = int(label.value(facts)) if label else 0
    return (label_minutes, label.fact) if label and label_minutes >= clinic_minutes else (clinic_minutes, None)


def _same_day() -> Problem:
    return Problem(
        "rule-too-short",
        "clinic.toml: rules.no_driving_hours",
        "it would let patients drive on the day of the treatment, and the label says not before the next day.",
        "Set more hours, such as: no_driving_hours = 24",
    )


def _out_of_order() -> Problem:
    return Problem(
        "minutes-out-of-order",
        "clinic.toml: protocols",
        "the effects would have gone before they are strongest, or while the medicine is still being given.",
        "Set gone_minute later than strongest_minute, and no earlier than given_minutes.",
    )
