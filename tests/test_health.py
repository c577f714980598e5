"""What comes of the record: a line once for the patient, flags for the clinician, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from briefing.health import Health, read_health
from briefing.models import PacketRequest
from tests.packets import sample_catalogue

Data = dict[str, Any]
Check = Callable[[object], PacketRequest]
Read = Callable[..., Health]


@pytest.fixture
def read(request_of: Check, ana: Data) -> Read:
    def of(medicine: str = "ketamine", **lists: list[str]) -> Health:
        ana["patient"] |= {"conditions": [], "medicines": [], "allergies": [], **lists}
        return read_health(request_of(ana), sample_catalogue().vocabulary, medicine)

    return of


def test_a_line_stands_once_for_all_that_it_is_about(read: Read) -> None:
    (talk,) = read(medicines=["Ativan 1 mg", "clonazepam", "lorazepam"]).talks("medicines")
    assert [item.reading.text for item in talk.recorded] == ["Ativan 1 mg", "clonazepam", "lorazepam"]
    assert "med-benzo-never-stop" in talk.facts


def test_two_things_of_which_the_same_is_said_share_a_line(read: Read) -> None:
    (talk,) = read(conditions=["aneurysm", "AVM"]).talks("conditions")
    assert [item.number for item in talk.recorded] == [1, 2]


def test_lines_stand_with_the_list_they_come_from(read: Read) -> None:
    health = read(conditions=["glaucoma"], medicines=["lamotrigine"], allergies=["ketamine"])
    assert [talk.entry.id for talk in health.talks("medicines")] == ["lamotrigine"]
    assert [talk.entry.id for talk in health.talks("conditions", "allergies")] == ["pressure-in-the-eye", "ketamine-allergy"]


def test_what_must_be_checked_is_told_to_the_clinician_alone(read: Read) -> None:
    health = read(conditions=["mother had a stroke"], medicines=["no lithium"])
    assert not health.talks("conditions", "medicines")
    assert [(flag.entry.id, flag.is_doubtful) for flag in health.flags] == [("stroke", True), ("lithium", True)]
    assert [item.where for item in health.to_check] == ["patient.conditions.1", "patient.medicines.1"]


def test_plain_flags_come_before_those_to_check_and_are_kept_apart(read: Read) -> None:
    health = read(conditions=["stroke?", "glaucoma", "stroke"])
    assert [(flag.entry.id, flag.is_doubtful) for flag in health.flags] == [
        ("pressure-in-the-eye", False),
        ("stroke", False),
        ("stroke", True),
    ]


def test_a_fact_for_staff_is_a_flag_and_no_line(read: Read) -> None:
    health = read(medicines=["lithium 300 mg"])
    assert [flag.facts for flag in health.flags] == [("med-lithium-none",)]
    assert not health.talks("medicines")


def test_the_medicine_decides_what_is_said(read: Read) -> None:
    assert not read("esketamine", medicines=["lamotrigine"]).flags
    assert not read("ketamine", medicines=["phenelzine"]).flags
    assert [flag.entry.id for flag in read("esketamine", medicines=["phenelzine"]).flags] == ["maois"]


def test_an_allergy_is_no_medicine_that_is_taken(read: Read) -> None:
    health = read(allergies=["codeine", "alprazolam"])
    assert not health.flags
    assert [item.where for item in health.not_recognised] == ["patient.allergies.2"]


def test_what_was_not_asked_is_nothing_to_read(request_of: Check, ana: Data) -> None:
    for key in ("conditions", "medicines", "allergies"):
        del ana["patient"][key]
    assert read_health(request_of(ana), sample_catalogue().vocabulary, "ketamine").recorded == ()
