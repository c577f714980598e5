"""Columns: what the clinic names wins, what can mean one thing is guessed and shown, what can mean two is refused."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from briefing.errors import InputError
from briefing.models import Companion, PacketRequest, Section
from briefing.schedule.columns import AMBIGUOUS, KNOWN, NEEDED, Understanding, understand
from briefing.schedule.tables import Line
from briefing.schedule_settings import FIELDS, KINDS, PARTS, SAME_FOR_ALL, ScheduleSettings, plain_words
from tests.conftest import ROOT
from tests.schedules import RIGHT

PLAIN = tuple(RIGHT)


def understood(*headings: str, **settings: object) -> Understanding:
    return understand(Line(1, headings), ScheduleSettings.model_validate(settings))


def refused(*headings: str, **settings: object) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as found:
        understood(*headings, **settings)
    return [(problem.kind, problem.problem + problem.what_to_do) for problem in found.value.problems]


def leaves(model: type[Section], path: str = "") -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        inner = [part for part in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(part, type)]
        tables = [part for part in inner if issubclass(part, Section)]
        found |= leaves(tables[0], f"{path}{name}.") if tables else {f"{path}{name}"}
    return found


def test_every_field_of_a_request_can_be_filled_by_a_column() -> None:
    assert leaves(PacketRequest) == set(FIELDS)
    assert leaves(Companion, "companion.") <= set(FIELDS)


def test_plain_headings_are_guessed_and_said_to_be() -> None:
    found = understood(*PLAIN)
    assert len(found.columns) == len(PLAIN)
    assert all(column.guessed for column in found.columns)


def test_the_known_headings_are_compared_as_they_are_written_and_lead_to_fields() -> None:
    for heading, field in KNOWN.items():
        assert heading == plain_words(heading)
        assert field in KINDS
    assert not KNOWN.keys() & AMBIGUOUS.keys()


@pytest.mark.parametrize("heading", AMBIGUOUS)
def test_a_heading_that_could_mean_two_fields_is_refused_with_both_ways_out(heading: str) -> None:
    kinds = refused(*PLAIN, heading.title())
    assert [kind for kind, _ in kinds] == ["column-ambiguous"]
    assert f'leave_out = ["{heading.title()}"]' in kinds[0][1]
    ways = [field for field in AMBIGUOUS[heading] if field in KINDS]
    assert ways
    assert all(field in kinds[0][1] for field in ways)
    assert understood(*PLAIN, heading.title(), leave_out=[heading.upper()]).left_out == ((len(PLAIN), heading.title()),)


def test_the_clinics_own_list_settles_what_could_mean_two_fields() -> None:
    rest = [heading for heading in PLAIN if heading != "Starts at"]
    found = understood(*rest, "Date", "Time", columns={"date": "visit.date"})
    assert [(c.field, c.guessed) for c in found.columns[-2:]] == [("visit.date", False), ("visit.time", True)]


@pytest.mark.parametrize("more", [("Patient",), ("First name", "Last name"), ("Name",)])
def test_two_headings_for_one_field_are_refused(more: tuple[str, ...]) -> None:
    assert [kind for kind, _ in refused(*PLAIN, *more)] == ["column-twice"]


@pytest.mark.parametrize("heading", ["Nam", "Names", "Pt. Nme", "DOB2"])
def test_no_heading_is_guessed_by_likeness(heading: str) -> None:
    assert understood(*PLAIN, heading).left_out == ((len(PLAIN), heading),)


@pytest.mark.parametrize(
    ("heading", "field", "unit"),
    [("Weight (kg)", "patient.weight", "kg"), ("WEIGHT LBS", "patient.weight", "lb"), ("Dose [mg]", "treatment.dose", "mg")],
)
def test_a_heading_may_say_the_unit(heading: str, field: str, unit: str) -> None:
    column = understood(*(item for item in PLAIN if item != "Weight"), heading).columns[-1]
    assert (column.field, column.unit) == (field, unit)


def test_a_unit_that_does_not_fit_its_field_is_no_unit() -> None:
    assert understood(*PLAIN, "Dose (kg)", "Name (kg)").left_out == ((len(PLAIN), "Dose (kg)"), (len(PLAIN) + 1, "Name (kg)"))


@pytest.mark.parametrize("field", NEEDED)
def test_a_field_that_every_patient_needs_must_have_a_column(field: str) -> None:
    headings = [heading for heading in PLAIN if KNOWN[plain_words(heading)] != field]
    ((kind, text),) = refused(*headings)
    assert kind == "column-missing"
    assert field in text
    if field in SAME_FOR_ALL:
        assert understood(*headings, defaults={field: "x"})


def test_half_a_name_asks_for_the_other_half() -> None:
    ((kind, text),) = refused(*(heading for heading in PLAIN if heading != "Name"), "First name")
    assert kind == "column-missing"
    assert "patient.last_name" in text


def test_a_first_row_that_is_a_patient_is_refused_and_not_repeated() -> None:
    first = [value for heading, value in RIGHT.items() if heading != "Signer"]
    ((kind, text),) = refused(*first)
    assert kind == "no-heading"
    assert "Ruiz" not in text
    assert "Ruiz" not in str(refused(*first, "patient"))  # a word of theirs that happens to be a heading


def test_a_heading_of_the_clinics_list_that_the_file_lacks_is_said() -> None:
    assert understood(*PLAIN, columns={"Allergy list": "patient.allergies"}).absent == ("Allergy list",)


@pytest.mark.parametrize(
    "settings",
    [
        {"columns": {"Name": "patient.nmae"}},
        {"defaults": {"patient.allergies": "none"}},  # that somebody asked cannot hold for all
        {"defaults": {"patient.name": "x"}},
        {"list_separator": " "},
        {"colums": {}},
    ],
)
def test_settings_that_name_what_cannot_be_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ScheduleSettings.model_validate(settings)


def test_the_guide_names_every_key_and_the_fields_made_of_two() -> None:
    text = (ROOT / "docs" / "schedule.md").read_text()
    keys = set(ScheduleSettings.model_fields) - {"values", "fhir"} | {
        "record_number_system",
        "companion_relationships",
        "services",
    }
    assert all(re.search(rf"\b{key}\b", text) for key in keys)
    assert all(f"`{part}`" in text for parts in PARTS.values() for part in parts)
