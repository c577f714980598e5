"""The plan's arithmetic: shown step by step, and refused outside the limits of protocol and clinic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.catalogue import Catalogue
from briefing.clinic_answers import read_answers
from briefing.dosing import DosePlan, plan_dose
from briefing.errors import CatalogueError, InputError, Problem
from briefing.facts import FactRegister
from briefing.protocols import DosePerKilogram
from briefing.quantities import Dose, Weight

LIMITS = {
    "dose_step": Decimal(1),
    "lowest_dose_per_kilogram": Decimal("0.3"),
    "highest_dose_per_kilogram": Decimal("0.6"),
    "largest_dose": Decimal(60),
}


def by_drip(
    catalogue: Catalogue, weight: str | None, dose: str | None = None, answers: Mapping[str, Decimal] | None = None
) -> DosePlan:
    return plan_dose(
        catalogue.protocols["iv-depression"],
        {**LIMITS, **(answers or {})},
        catalogue.facts,
        weight=Weight.parse(weight) if weight else None,
        entered=Dose.parse(dose) if dose else None,
        is_first=True,
    )


def by_spray(catalogue: Catalogue, dose: str | None, *, is_first: bool, facts: FactRegister | None = None) -> DosePlan:
    return plan_dose(
        catalogue.protocols["esketamine-nasal"],
        {},
        facts or catalogue.facts,
        weight=None,
        entered=Dose.parse(dose) if dose else None,
        is_first=is_first,
    )


SHOT_LIMITS = {
    "dose_per_kilogram": Decimal("0.4"),
    "dose_step": Decimal("0.5"),
    "lowest_dose_per_kilogram": Decimal("0.25"),
    "highest_dose_per_kilogram": Decimal("0.5"),
    "largest_dose": Decimal(50),
}
HOURLY_LIMITS = {
    "given_minutes": Decimal(240),
    "dose_per_kilogram_hour": Decimal("0.4"),
    "dose_step": Decimal(5),
    "lowest_dose_per_kilogram_hour": Decimal("0.35"),
    "highest_dose_per_kilogram_hour": Decimal("0.5"),
    "largest_dose": Decimal(200),
}
TABLET_LIMITS = {"given_minutes": Decimal(10), "lowest_dose": Decimal(25), "largest_dose": Decimal(100)}


def by(
    protocol_id: str, catalogue: Catalogue, weight: str | None, dose: str | None, answers: Mapping[str, Decimal], **changed: str
) -> DosePlan:
    return plan_dose(
        catalogue.protocols[protocol_id],
        {**answers, **{name: Decimal(value) for name, value in changed.items()}},
        catalogue.facts,
        weight=Weight.parse(weight) if weight else None,
        entered=Dose.parse(dose) if dose else None,
        is_first=True,
    )


def by_shot(catalogue: Catalogue, weight: str | None, dose: str | None = None, **changed: str) -> DosePlan:
    return by("im-depression", catalogue, weight, dose, SHOT_LIMITS, **changed)


def by_hours(catalogue: Catalogue, weight: str | None, dose: str | None = None, **changed: str) -> DosePlan:
    return by("iv-chronic-pain", catalogue, weight, dose, HOURLY_LIMITS, **changed)


def by_tablet(catalogue: Catalogue, dose: str | None = None, **changed: str) -> DosePlan:
    return by("sublingual-supervised", catalogue, None, dose, TABLET_LIMITS, **changed)


def working(plan: DosePlan) -> dict[str, tuple[str, str]]:
    return {step.label: (step.working, step.result) for step in plan.steps}


def problem_of(error: pytest.ExceptionInfo[InputError]) -> Problem:
    (problem,) = error.value.problems
    return problem


def with_number(facts: FactRegister, fact_id: str, name: str, value: Decimal) -> FactRegister:
    fact = facts.facts[fact_id]
    definition = fact.definition.model_copy(update={"numbers": {**fact.definition.numbers, name: value}})
    return FactRegister({**facts.facts, fact_id: replace(fact, definition=definition)})


def test_seventy_kilograms_make_thirty_five_milligrams(catalogue: Catalogue) -> None:
    plan = by_drip(catalogue, "70 kg")
    assert str(plan.dose) == "35 mg"
    assert plan.devices == 1


def test_the_working_is_shown_step_by_step(catalogue: Catalogue) -> None:
    steps = {step.label: (step.working, step.result) for step in by_drip(catalogue, "70 kg").steps}
    assert steps["step_weight"] == ("70 kg", "70 kg")
    assert steps["step_rule"] == ("0.5 mg/kg × 70 kg", "35 mg")
    assert steps["step_rounded"] == ("1 mg", "35 mg")
    assert steps["step_per_kilogram"] == ("35 mg ÷ 70 kg", "0.5 mg/kg")
    assert steps["step_limits"] == ("0.3 – 0.6 mg/kg × 70 kg", "21 – 42 mg")
    assert steps["step_largest"] == ("", "60 mg")
    assert "step_entered" not in steps


def test_pounds_are_worked_out_in_kilograms(catalogue: Catalogue) -> None:
    plan = by_drip(catalogue, "154 lb")
    assert str(plan.dose) == "35 mg"
    assert plan.steps[0].working == "154 lb (69.9 kg)"
    assert plan.steps[0].result == "69.85 kg"


def test_every_step_with_a_clinical_number_names_its_fact(catalogue: Catalogue) -> None:
    facts = {step.label: step.fact for step in by_drip(catalogue, "70 kg").steps}
    assert facts["step_rule"] in catalogue.facts.facts
    assert facts["step_studied"] in catalogue.facts.facts


def test_every_step_has_a_label_in_every_wording(catalogue: Catalogue) -> None:
    plans = (
        by_drip(catalogue, "70 kg"),
        by_drip(catalogue, "70 kg", "30 mg"),
        by_spray(catalogue, None, is_first=True),
        by_spray(catalogue, "84 mg", is_first=False),
        by_shot(catalogue, "70 kg"),
        by_tablet(catalogue, "50 mg"),
        by_hours(catalogue, "68 kg"),
    )
    for wording in catalogue.wordings.values():
        for plan in plans:
            assert all(wording[step.label] for step in plan.steps)


@pytest.mark.parametrize(
    ("weight", "step", "dose"),
    [
        ("71 kg", "1 mg", "36 mg"),
        ("69 kg", "1 mg", "34 mg"),
        ("71 kg", "5 mg", "35 mg"),
        ("75 kg", "5 mg", "40 mg"),
        ("70.3 kg", "0.1 mg", "35.2 mg"),
        ("70.30 kg", "0.05 mg", "35.15 mg"),
        ("71 kg", "2.5 mg", "35 mg"),
    ],
)
def test_a_dose_is_rounded_to_the_step_of_the_clinic(catalogue: Catalogue, weight: str, step: str, dose: str) -> None:
    assert str(by_drip(catalogue, weight, answers={"dose_step": Dose.parse(step).milligrams}).dose) == dose


def test_the_figure_of_the_clinician_holds_inside_the_limits(catalogue: Catalogue) -> None:
    plan = by_drip(catalogue, "70 kg", "40.5 mg")
    assert plan.dose == Dose(Decimal("40.5"))
    steps = {step.label: (step.working, step.result) for step in plan.steps}
    assert steps["step_entered"] == ("", "40.5 mg")
    assert steps["step_rule"][1] == "35 mg"
    assert "step_rounded" not in steps


@pytest.mark.parametrize("dose", ["21 mg", "42 mg"])
def test_the_limits_themselves_are_inside(catalogue: Catalogue, dose: str) -> None:
    assert by_drip(catalogue, "70 kg", dose).dose == Dose.parse(dose)


@pytest.mark.parametrize("dose", ["20.999 mg", "42.001 mg", "350 mg", "3.5 mg", "0.5 mg"])
def test_a_figure_outside_the_limits_is_refused_at_the_dose(catalogue: Catalogue, dose: str) -> None:
    with pytest.raises(InputError) as error:
        by_drip(catalogue, "70 kg", dose)
    assert (problem_of(error).kind, problem_of(error).where) == ("dose-outside-limits", "treatment.dose")
    assert dose not in str(error.value)


def test_a_weight_that_leads_outside_the_limits_is_refused_at_the_weight(catalogue: Catalogue) -> None:
    with pytest.raises(InputError) as error:
        by_drip(catalogue, "154 kg")
    assert (problem_of(error).kind, problem_of(error).where) == ("dose-outside-limits", "patient.weight")
    assert "154" not in str(error.value) + problem_of(error).what_to_do


@pytest.mark.parametrize(
    "answers",
    [
        {"largest_dose": Decimal(34)},
        {"highest_dose_per_kilogram": Decimal("0.49")},
        {"lowest_dose_per_kilogram": Decimal("0.51")},
    ],
)
def test_each_limit_of_the_clinic_holds_by_itself(catalogue: Catalogue, answers: dict[str, Decimal]) -> None:
    with pytest.raises(InputError):
        by_drip(catalogue, "70 kg", answers=answers)


@pytest.mark.parametrize(
    ("dose", "answer"),
    [("90 mg", {"highest_dose_per_kilogram": Decimal(9)}), ("6 mg", {"lowest_dose_per_kilogram": Decimal("0.001")})],
)
def test_a_clinic_cannot_go_beyond_what_was_studied(catalogue: Catalogue, dose: str, answer: dict[str, Decimal]) -> None:
    with pytest.raises(InputError):
        by_drip(catalogue, "70 kg", dose, {"largest_dose": Decimal(9999), **answer})


def test_a_step_too_coarse_for_the_patient_is_refused_and_not_rounded_to_nothing(catalogue: Catalogue) -> None:
    with pytest.raises(InputError):
        by_drip(catalogue, "70 kg", answers={"dose_step": Decimal(100)})


def test_a_protocol_by_weight_asks_for_the_weight(catalogue: Catalogue) -> None:
    with pytest.raises(InputError) as error:
        by_drip(catalogue, None, "35 mg")
    assert (problem_of(error).kind, problem_of(error).where) == ("missing", "patient.weight")


def test_the_first_spray_session_has_one_dose(catalogue: Catalogue) -> None:
    plan = by_spray(catalogue, None, is_first=True)
    assert (str(plan.dose), plan.devices) == ("56 mg", 2)
    assert by_spray(catalogue, "56 mg", is_first=True).dose == plan.dose


def test_a_larger_first_spray_dose_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(InputError) as error:
        by_spray(catalogue, "84 mg", is_first=True)
    assert (problem_of(error).kind, problem_of(error).where) == ("dose-outside-limits", "treatment.dose")
    assert problem_of(error).what_to_do == "Give 56 mg."


@pytest.mark.parametrize(("dose", "devices"), [("56 mg", 2), ("84 mg", 3)])
def test_a_later_spray_dose_comes_in_whole_devices(catalogue: Catalogue, dose: str, devices: int) -> None:
    plan = by_spray(catalogue, dose, is_first=False)
    assert (str(plan.dose), plan.devices) == (dose, devices)
    assert plan.steps[-1].working == f"{dose} ÷ 28 mg"


def test_a_later_spray_session_asks_for_the_dose_and_chooses_none(catalogue: Catalogue) -> None:
    with pytest.raises(InputError) as error:
        by_spray(catalogue, None, is_first=False)
    assert (problem_of(error).kind, problem_of(error).what_to_do) == ("missing", "Give 56 mg or 84 mg.")


@pytest.mark.parametrize("dose", ["28 mg", "70 mg", "57 mg", "112 mg", "56.001 mg"])
def test_a_spray_dose_between_the_choices_is_refused(catalogue: Catalogue, dose: str) -> None:
    with pytest.raises(InputError) as error:
        by_spray(catalogue, dose, is_first=False)
    assert problem_of(error).kind == "dose-outside-limits"


@pytest.mark.parametrize("each", ["20", "33", "0", "112"])
def test_a_dose_that_is_no_whole_number_of_devices_is_an_error_of_the_protocol(catalogue: Catalogue, each: str) -> None:
    rule = catalogue.protocols["esketamine-nasal"].dose
    facts = with_number(catalogue.facts, "esketamine-device", "dose", Decimal(each))
    assert rule.rule == "by-device"
    with pytest.raises(CatalogueError):
        by_spray(catalogue, "56 mg", is_first=True, facts=facts)


steady = settings(derandomize=True, deadline=None, max_examples=200)


@steady
@given(
    weight=st.integers(2000, 35000).map(lambda hundredths: f"{Decimal(hundredths).scaleb(-2)} kg"),
    entered=st.none() | st.integers(1, 300_000).map(lambda thousandths: f"{Decimal(thousandths).scaleb(-3):f} mg"),
    step=st.sampled_from(["0.1", "1", "2.5", "5", "10"]),
    lowest=st.integers(1, 90),
    highest=st.integers(1, 90),
    largest=st.integers(1, 200),
)
def test_a_dose_that_is_accepted_lies_inside_every_limit(
    catalogue: Catalogue, weight: str, entered: str | None, step: str, lowest: int, highest: int, largest: int
) -> None:
    answers = {
        "dose_step": Decimal(step),
        "lowest_dose_per_kilogram": Decimal(lowest).scaleb(-2),
        "highest_dose_per_kilogram": Decimal(highest).scaleb(-2),
        "largest_dose": Decimal(largest),
    }
    try:
        plan = by_drip(catalogue, weight, entered, answers)
    except InputError:
        return
    rule = catalogue.protocols["iv-depression"].dose
    assert isinstance(rule, DosePerKilogram)
    by_kilogram = plan.dose.milligrams / Weight.parse(weight).kilograms
    assert plan.dose.milligrams <= largest
    assert max(answers["lowest_dose_per_kilogram"], rule.lowest_studied.value(catalogue.facts)) <= by_kilogram
    assert by_kilogram <= min(answers["highest_dose_per_kilogram"], rule.highest_studied.value(catalogue.facts))
    if entered:
        assert plan.dose == Dose.parse(entered)
    else:
        assert plan.dose.milligrams % answers["dose_step"] == 0
        assert abs(plan.dose.milligrams - by_rule(catalogue, weight)) <= answers["dose_step"] / 2


def by_rule(catalogue: Catalogue, weight: str) -> Decimal:
    rule = catalogue.protocols["iv-depression"].dose
    assert isinstance(rule, DosePerKilogram)
    assert rule.per_kilogram
    return rule.per_kilogram.value(catalogue.facts) * Weight.parse(weight).kilograms


@steady
@given(weight=st.integers(45, 110))
def test_what_the_sample_clinic_would_refuse_is_refused_for_no_other_reason(catalogue: Catalogue, weight: int) -> None:
    protocol = catalogue.protocols["iv-depression"]
    answers = read_answers("iv-depression", protocol, catalogue.the_clinic())
    plan = plan_dose(protocol, answers, catalogue.facts, weight=Weight(Decimal(weight), "kg"), entered=None, is_first=True)
    assert abs(plan.dose.milligrams - Decimal(weight) / 2) <= Decimal("0.5")


def test_the_rate_of_a_drip_is_shown(catalogue: Catalogue) -> None:
    plan = by_drip(catalogue, "70 kg")
    assert working(plan)["step_rate"] == ("35 mg ÷ 40 minutes × 60", "52.5 mg/h")
    assert {step.label: step.fact for step in plan.steps}["step_rate"] == "iv-dose-standard"


def test_a_shot_has_no_rate_and_the_dose_by_weight_is_the_clinics(catalogue: Catalogue) -> None:
    plan = by_shot(catalogue, "70 kg")
    assert str(plan.dose) == "28 mg"
    steps = working(plan)
    assert "step_rate" not in steps
    assert steps["step_rule"] == ("0.4 mg/kg × 70 kg", "28 mg")
    rule = next(step for step in plan.steps if step.label == "step_rule")
    assert (rule.fact, rule.by_clinic) == (None, True)
    assert steps["step_studied"] == ("0.25 – 0.5 mg/kg", "")


@pytest.mark.parametrize("changed", [{"dose_per_kilogram": "0.6"}, {"dose_per_kilogram": "1"}, {"dose_per_kilogram": "0.2"}])
def test_a_shot_stays_inside_what_was_studied_whatever_the_clinic_sets(catalogue: Catalogue, changed: dict[str, str]) -> None:
    wide = {"lowest_dose_per_kilogram": "0.01", "highest_dose_per_kilogram": "9", "largest_dose": "999"}
    with pytest.raises(InputError) as error:
        by_shot(catalogue, "70 kg", **wide, **changed)
    assert problem_of(error).kind == "dose-outside-limits"


def test_a_drip_over_hours_shows_its_working(catalogue: Catalogue) -> None:
    plan = by_hours(catalogue, "68 kg")
    assert str(plan.dose) == "110 mg"
    steps = working(plan)
    assert steps["step_rule"] == ("0.4 mg/kg/h × 68 kg × 4 h", "108.8 mg")
    assert steps["step_rounded"] == ("5 mg", "110 mg")
    assert steps["step_per_kilogram"] == ("110 mg ÷ 68 kg ÷ 4 h", "0.4 mg/kg/h")
    assert steps["step_limits"] == ("0.35 – 0.5 mg/kg/h × 68 kg × 4 h", "95.2 – 136 mg")
    assert steps["step_studied"] == ("0.35 – 2 mg/kg/h", "")
    assert steps["step_rate"] == ("110 mg ÷ 240 minutes × 60", "27.5 mg/h")


def test_hours_that_are_not_whole_are_worked_out_too(catalogue: Catalogue) -> None:
    plan = by_hours(catalogue, "60 kg", given_minutes="200")
    assert working(plan)["step_rule"] == ("0.4 mg/kg/h × 60 kg × 3.33 h", "80 mg")
    assert str(plan.dose) == "80 mg"
    assert working(plan)["step_rate"][1] == "24 mg/h"


@pytest.mark.parametrize("dose", ["95.2 mg", "136 mg"])
def test_the_limits_of_a_drip_over_hours_are_inside(catalogue: Catalogue, dose: str) -> None:
    assert by_hours(catalogue, "68 kg", dose).dose == Dose.parse(dose)


@pytest.mark.parametrize(
    ("dose", "changed"),
    [
        ("95.199 mg", {}),
        ("136.001 mg", {}),
        ("120 mg", {"largest_dose": "119"}),
        ("95.1 mg", {"lowest_dose_per_kilogram_hour": "0.1"}),
        ("545 mg", {"highest_dose_per_kilogram_hour": "9", "largest_dose": "999"}),
    ],
)
def test_a_drip_over_hours_outside_any_limit_is_refused(catalogue: Catalogue, dose: str, changed: dict[str, str]) -> None:
    with pytest.raises(InputError) as error:
        by_hours(catalogue, "68 kg", dose, **changed)
    assert (problem_of(error).kind, problem_of(error).where) == ("dose-outside-limits", "treatment.dose")


def test_what_the_guideline_says_stands_beside_the_working(catalogue: Catalogue) -> None:
    compared = [step.fact for step in by_hours(catalogue, "68 kg").steps if step.label == "step_compare"]
    assert compared == list(catalogue.protocols["iv-chronic-pain"].dose.model_dump()["compare_with"])
    assert "pain-dose-least" in compared


def test_a_tablet_has_the_dose_that_the_clinician_names(catalogue: Catalogue) -> None:
    plan = by_tablet(catalogue, "50 mg")
    assert plan.dose == Dose(Decimal(50))
    steps = working(plan)
    assert (steps["step_entered"], steps["step_lowest"], steps["step_largest"]) == (("", "50 mg"), ("", "25 mg"), ("", "100 mg"))
    assert "step_rate" not in steps


def test_without_the_figure_of_the_clinician_there_is_no_dose(catalogue: Catalogue) -> None:
    with pytest.raises(InputError) as error:
        by_tablet(catalogue)
    assert (problem_of(error).kind, problem_of(error).where) == ("missing", "treatment.dose")


@pytest.mark.parametrize("dose", ["24.999 mg", "100.001 mg"])
def test_a_tablet_outside_the_limits_of_the_clinic_is_refused(catalogue: Catalogue, dose: str) -> None:
    with pytest.raises(InputError) as error:
        by_tablet(catalogue, dose)
    assert problem_of(error).kind == "dose-outside-limits"
    assert dose not in str(error.value)
