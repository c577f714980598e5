"""Made-up patients: one for each turn a packet can take, each of them right for the clinic, before a real one comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import pytest

from briefing import rehearsal
from briefing.catalogue import Catalogue
from briefing.errors import InputError
from briefing.fields import Need
from briefing.health import read_health
from briefing.rehearsal import Rehearsal, rehearsals
from tests.conftest import SAMPLES, Briefing
from tests.packets import sample_catalogue

CLINIC = SAMPLES / "clinic"


def limited_to(catalogue: Catalogue, **limits: str) -> Catalogue:
    clinic = catalogue.the_clinic()
    drip = {**clinic.protocols["iv-depression"], **limits}
    return replace(catalogue, clinic=clinic.model_copy(update={"protocols": {**clinic.protocols, "iv-depression": drip}}))


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2027, 3, 7), date(2031, 2, 22)])
def test_every_stage_of_every_protocol_is_tried_on_any_day(day: date) -> None:
    found = list(rehearsals(sample_catalogue(), day))
    assert {(item.request.treatment.protocol, item.request.visit.stage) for item in found} == {
        (protocol, stage)
        for protocol in ("iv-depression", "esketamine-nasal", "im-depression", "sublingual-supervised", "iv-chronic-pain")
        for stage in ("consultation", "first-session", "next-session")
    }
    assert {item.request.signing.signer for item in found} == {"patient", "representative"}
    assert {item.request.companion is None for item in found} == {True, False}
    assert len({item.name for item in found}) == len(found)
    assert {item.request.patient.pregnancy_possible for item in found} == {None, True}
    assert {need for item in found for need in item.request.patient.needs or ()} == set(get_args(Need))
    for item in found:
        is_pain = sample_catalogue().protocols[item.request.treatment.protocol].indication == "pain"
        assert is_pain == ("pain" in item.request.treatment.for_condition)


def test_a_made_up_patient_has_something_of_every_kind_recorded() -> None:
    vocabulary = sample_catalogue().vocabulary
    for item in rehearsals(sample_catalogue(), date(2026, 11, 24)):
        if item.request.patient.needs:
            health = read_health(item.request, vocabulary, "ketamine")
            assert health.talks("medicines")
            assert health.talks("conditions")
            assert health.to_check
            assert health.not_recognised


def test_a_dose_that_only_a_clinician_can_name_is_made_up_inside_the_limits() -> None:
    tablets = [item for item in rehearsals(sample_catalogue(), date(2026, 11, 24)) if "sublingual" in item.name]
    assert {str(item.request.treatment.dose) for item in tablets if item.request.visit.stage != "consultation"} == {"25 mg"}
    assert {item.request.treatment.dose for item in tablets if item.request.visit.stage == "consultation"} == {None}


def test_a_weight_is_chosen_that_the_clinic_has_a_dose_for() -> None:
    small = limited_to(sample_catalogue(), largest_dose="22 mg")
    assert str(next(rehearsals(small, date(2026, 11, 24))).request.patient.weight) == "40 kg"


def test_limits_that_leave_nobody_a_dose_are_told() -> None:
    nobody = limited_to(sample_catalogue(), largest_dose="2 mg")
    with pytest.raises(InputError) as met:
        list(rehearsals(nobody, date(2026, 11, 24)))
    assert met.value.problems[0].kind == "dose-outside-limits"


@pytest.fixture
def only_the_first_two(monkeypatch: pytest.MonkeyPatch) -> None:
    def first_two(*what: Any) -> Iterator[Rehearsal]:
        return islice(rehearsals(*what), 2)

    monkeypatch.setattr(rehearsal, "rehearsals", first_two)


@pytest.mark.usefixtures("only_the_first_two")
def test_check_tells_how_hard_the_pages_are_and_makes_nothing(briefing: Briefing, clinic_folder: Path) -> None:
    before = {path: path.read_bytes() for path in clinic_folder.rglob("*") if path.is_file()}
    ran = briefing("check", "--clinic", clinic_folder, "--issued-on", "2026-11-24")
    assert ran.code == 0
    assert ran.out.startswith("No problems.\n")
    assert "The hardest sentences:" in ran.out
    assert [line.split()[0] for line in ran.out.splitlines() if line.startswith(("consent ", "about-ketamine "))]
    assert "Trying iv-depression, en, consultation" in ran.err
    assert {path: path.read_bytes() for path in clinic_folder.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("only_the_first_two")
def test_check_finds_a_template_that_only_fails_when_it_is_filled(briefing: Briefing, clinic_folder: Path) -> None:
    own = clinic_folder / "documents" / "companion" / "en.html.j2"
    own.parent.mkdir(parents=True)
    own.write_text(
        '{% extends "builtin:documents/companion/en.html.j2" %}{% block lead %}{{ clinic.rules["lunch"] }}{% endblock %}'
    )
    assert briefing("check", "--clinic", clinic_folder, "--files-only").code == 0
    ran = briefing("check", "--clinic", clinic_folder, "--issued-on", "2026-11-24")
    assert ran.code == 5
    assert "documents/companion/en.html.j2" in ran.err
    assert "lunch" in ran.err


@pytest.mark.usefixtures("only_the_first_two")
def test_check_tells_the_problems_of_all_documents_at_once(briefing: Briefing, clinic_folder: Path) -> None:
    for name in ("companion", "follow-up"):
        own = clinic_folder / "documents" / name / "en.html.j2"
        own.parent.mkdir(parents=True)
        own.write_text(
            '{% extends "builtin:documents/' + name + '/en.html.j2" %}{% block lead %}{{ no_such_thing }}{% endblock %}'
        )
    ran = briefing("check", "--clinic", clinic_folder, "--issued-on", "2026-11-24", "--json")
    assert ran.code == 5
    assert {problem["where"].split(",")[0] for problem in json.loads(ran.out)["problems"]} == {
        "documents/companion/en.html.j2",
        "documents/follow-up/en.html.j2",
    }
