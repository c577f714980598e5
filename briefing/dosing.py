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
from briefing.protocols import DoseByDevice, DosePerKilogram, FactNumber, Protocol
from briefing.quantities import Dose, Weight, plain


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: the wording key of its label, the working, its result, and the fact it rests on.

    `fact` is None where the number is the request's or the clinic's own.
    """

    label: str
    working: str
    result: str
    fact: str | None = None


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
    if isinstance(protocol.dose, DosePerKilogram):
        if weight is None:
            raise InputError(
                Problem(
                    "missing",
                    "patient.weight",
                    "it is missing; this protocol goes by weight.",
                    'Give it with its unit: weight = "70 kg"',
                )
            )
        return _by_weight(protocol.dose, answers, facts, weight, entered)
    return _by_device(protocol.dose, facts, entered, is_first=is_first)


def _by_weight(
    rule: DosePerKilogram, answers: Mapping[str, Decimal], facts: FactRegister, weight: Weight, entered: Dose | None
) -> DosePlan:
    kilograms = weight.kilograms
    per_kilogram = rule.per_kilogram.value(facts)
    lowest = max(rule.lowest_studied.value(facts), answers["lowest_dose_per_kilogram"])
    highest = min(rule.highest_studied.value(facts), answers["highest_dose_per_kilogram"])
    exact = per_kilogram * kilograms
    step = answers["dose_step"]
    dose = entered or Dose((exact / step).quantize(Decimal(1), ROUND_HALF_EVEN) * step)
    bottom, top = lowest * kilograms, min(highest * kilograms, answers["largest_dose"])
    steps = [
        Step("step_weight", str(weight), f"{_short(kilograms)} kg"),
        Step("step_rule", f"{plain(per_kilogram)} mg/kg × {_short(kilograms)} kg", f"{_short(exact)} mg", rule.per_kilogram.fact),
        Step("step_entered", "", str(entered)) if entered else Step("step_rounded", f"{plain(step)} mg", str(dose)),
        Step("step_per_kilogram", f"{dose} ÷ {_short(kilograms)} kg", f"{_short(dose.milligrams / kilograms)} mg/kg"),
        Step(
            "step_limits",
            f"{plain(lowest)} – {plain(highest)} mg/kg × {_short(kilograms)} kg",
            f"{_short(bottom)} – {_short(top)} mg",
        ),
        Step("step_largest", "", f"{plain(answers['largest_dose'])} mg"),
        Step("step_studied", f"{_range(rule, facts)} mg/kg", "", rule.lowest_studied.fact),
    ]
    if not bottom <= dose.milligrams <= top:
        raise InputError(_outside("treatment.dose" if entered else "patient.weight"))
    return DosePlan(dose, 1, tuple(steps))


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


def _outside(where: str) -> Problem:
    return Problem(
        "dose-outside-limits",
        where,
        "the dose this plan leads to lies outside the limits of the protocol and the clinic.",
        "Check the weight and its unit (kg or lb) and the dose. Limits: briefing protocols, and the clinic's clinic.toml.",
    )


def _short(number: Decimal) -> str:
    return plain(number.quantize(Decimal("0.01"), ROUND_HALF_EVEN))
