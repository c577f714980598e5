"""The plan's arithmetic: the clinician's own figure, or the protocol's rule worked out, held against the limits.

Never a recommendation: the product shows its working to the clinician and refuses what lies outside. The rules are
the protocol's, their numbers the facts' and the clinic's; the reasons for refusing stand in docs/decisions.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from briefing.errors import CatalogueError, InputError, Problem
from briefing.facts import FactRegister
from briefing.protocols import DoseByClinician, DoseByDevice, DosePerKilogram, FactNumber, Protocol
from briefing.quantities import Dose, Weight, plain


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: the wording key of its label, the working, its result, and the fact it rests on.

    `fact` is None where the number is the clinic's own (`by_clinic`) or comes from the request. A step without working and
    result is a fact to compare with.
    """

    label: str
    working: str
    result: str
    fact: str | None = None
    by_clinic: bool = False


@dataclass(frozen=True, slots=True)
class DosePlan:
    """The dose of this session, how it came about, and in how many devices (1 where there are none)."""

    dose: Dose
    devices: int
    steps: tuple[Step, ...]


def plan_dose(
    protocol: Protocol,
    answers: Mapping[str, Decimal],
    facts: FactRegister,
    *,
    weight: Weight | None,
    entered: Dose | None,
    is_first: bool,
) -> DosePlan:
    """Work the dose out or check the one that was entered.

    Args:
        protocol: whose rule and limits hold.
        answers: what the clinic set for this protocol; see `clinic_answers.read_answers`.
        facts: where the protocol's numbers stand.
        weight: the patient's weight; needed by a rule that goes by weight.
        entered: the clinician's own figure, if there is one.
        is_first: whether this is the first session of the series.

    Raises:
        InputError: the weight or the dose is missing, or the dose lies outside the limits.
        CatalogueError: the protocol's doses are not whole devices.
    """
    if isinstance(protocol.dose, DoseByDevice):
        return _by_device(protocol.dose, facts, entered, is_first=is_first)
    minutes = protocol.given_minutes(answers, facts)
    if isinstance(protocol.dose, DoseByClinician):
        dose, steps = _by_clinician(answers, entered)
    elif weight is None:
        raise InputError(_missing_weight())
    else:
        dose, steps = _by_weight(protocol.dose, answers, facts, weight, entered, minutes)
    if protocol.route == "intravenous" and minutes:
        steps += (_rate(dose, minutes, protocol),)
    compared = tuple(Step("step_compare", "", "", fact_id) for fact_id in protocol.dose.compare_with)
    return DosePlan(dose, 1, (*steps, *compared))


Worked = tuple[Dose, tuple[Step, ...]]


def _by_weight(
    rule: DosePerKilogram,
    answers: Mapping[str, Decimal],
    facts: FactRegister,
    weight: Weight,
    entered: Dose | None,
    minutes: int,
) -> Worked:
    # The hours of a drip are minutes over 60. Both sides of a comparison are multiplied instead of divided: nothing is lost.
    over, under = (Decimal(minutes), Decimal(60)) if rule.is_hourly else (Decimal(1), Decimal(1))
    kilograms, asked = weight.kilograms, rule.asked
    per_kilogram = rule.per_kilogram.value(facts) if rule.per_kilogram else answers[asked.dose]
    lowest = max(rule.lowest_studied.value(facts), answers[asked.lowest])
    highest = min(rule.highest_studied.value(facts), answers[asked.highest])
    exact = per_kilogram * kilograms * over / under
    step, largest = answers["dose_step"], answers["largest_dose"]
    dose = entered or Dose((exact / step).quantize(Decimal(1), ROUND_HALF_EVEN) * step)
    if not lowest * kilograms * over <= dose.milligrams * under <= highest * kilograms * over or dose.milligrams > largest:
        raise InputError(_outside("treatment.dose" if entered else "patient.weight"))
    unit, hours = ("mg/kg/h", _short(over / under)) if rule.is_hourly else ("mg/kg", "")
    times_hours, per_hour = (f" × {hours} h", f" ÷ {hours} h") if rule.is_hourly else ("", "")
    bottom, top = lowest * kilograms * over / under, min(highest * kilograms * over / under, largest)
    per = dose.milligrams * under / (kilograms * over)
    source = rule.per_kilogram.fact if rule.per_kilogram else None
    return dose, (
        Step("step_weight", str(weight), f"{_short(kilograms)} kg"),
        Step(
            "step_rule",
            f"{plain(per_kilogram)} {unit} × {_short(kilograms)} kg{times_hours}",
            f"{_short(exact)} mg",
            source,
            by_clinic=source is None,
        ),
        Step("step_entered", "", str(entered)) if entered else Step("step_rounded", f"{plain(step)} mg", str(dose), by_clinic=True),
        Step("step_per_kilogram", f"{dose} ÷ {_short(kilograms)} kg{per_hour}", f"{_short(per)} {unit}"),
        Step(
            "step_limits",
            f"{plain(lowest)} – {plain(highest)} {unit} × {_short(kilograms)} kg{times_hours}",
            f"{_short(bottom)} – {_short(top)} mg",
            by_clinic=True,
        ),
        Step("step_largest", "", f"{plain(largest)} mg", by_clinic=True),
        Step("step_studied", f"{_range(rule, facts)} {unit}", "", rule.lowest_studied.fact),
    )


def _by_clinician(answers: Mapping[str, Decimal], entered: Dose | None) -> Worked:
    lowest, largest = Dose(answers["lowest_dose"]), Dose(answers["largest_dose"])
    if entered is None:
        problem = "it is missing; in this protocol the clinician names the dose."
        raise InputError(Problem("missing", "treatment.dose", problem, 'Give it in mg: dose = "60 mg"'))
    if not lowest <= entered <= largest:
        raise InputError(_outside("treatment.dose"))
    return entered, (
        Step("step_entered", "", str(entered)),
        Step("step_lowest", "", str(lowest), by_clinic=True),
        Step("step_largest", "", str(largest), by_clinic=True),
    )


def _rate(dose: Dose, minutes: int, protocol: Protocol) -> Step:
    given = protocol.session.given
    fact = given.fact if isinstance(given, FactNumber) else None
    hourly = dose.milligrams * 60 / minutes
    return Step("step_rate", f"{dose} ÷ {minutes} minutes × 60", f"{_short(hourly)} mg/h", fact, by_clinic=fact is None)


def _range(rule: DosePerKilogram, facts: FactRegister) -> str:
    return f"{plain(rule.lowest_studied.value(facts))} – {plain(rule.highest_studied.value(facts))}"


def _by_device(rule: DoseByDevice, facts: FactRegister, entered: Dose | None, *, is_first: bool) -> DosePlan:
    allowed = _doses((rule.first,) if is_first else rule.choices, facts)
    each = Dose(rule.per_device.value(facts))
    words = " or ".join(str(dose) for dose in allowed)
    if entered is None and len(allowed) > 1:
        raise InputError(
            Problem("missing", "treatment.dose", "it is missing; this protocol has more than one dose.", f"Give {words}.")
        )
    dose = entered or allowed[0]
    if dose not in allowed:
        which = "first session" if is_first else "next session"
        raise InputError(
            Problem(
                "dose-outside-limits", "treatment.dose", f"it is not a dose of this protocol for a {which}.", f"Give {words}."
            )
        )
    if not each.milligrams or dose.milligrams % each.milligrams:
        where, problem = f"fact {rule.per_device.fact}", f"{dose} is not a whole number of devices."
        raise CatalogueError(Problem("wrong-value", where, problem, "Correct the dose of a device, or the doses."))
    devices = int(dose.milligrams / each.milligrams)
    first = Step("step_entered", "", str(dose)) if entered else Step("step_first", "", str(dose), rule.first.fact)
    return DosePlan(
        dose,
        devices,
        (
            first,
            Step("step_choices", words, "", rule.choices[0].fact),
            Step("step_devices", f"{dose} ÷ {each}", str(devices), rule.per_device.fact),
        ),
    )


def _doses(numbers: tuple[FactNumber, ...], facts: FactRegister) -> tuple[Dose, ...]:
    return tuple(Dose(number.value(facts)) for number in numbers)


def _missing_weight() -> Problem:
    return Problem(
        "missing",
        "patient.weight",
        "it is missing; this protocol goes by weight.",
        'Give it with its unit: weight = "70 kg"',
    )


def _outside(where: str) -> Problem:
    return Problem(
        "dose-outside-limits",
        where,
        "the dose this plan leads to lies outside the limits of the protocol and the clinic.",
        "Check the weight and its unit (kg or lb) and the dose. Limits: briefing protocols, and the clinic's clinic.toml.",
    )


def _short(number: Decimal) -> str:
    return plain(number.quantize(Decimal("0.01"), ROUND_HALF_EVEN))
