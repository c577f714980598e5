"""FHIR: one row for each booked appointment, every reference followed to the one thing it means, and nothing guessed."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from briefing.catalogue import Catalogue
from briefing.errors import InputError
from briefing.schedule import Row, Schedule, read_schedule
from tests.conftest import ISSUED_ON, SAMPLES
from tests.schedules import places, read

Resource = dict[str, Any]
ACTIVE = {"coding": [{"code": "active"}]}
NO_ALLERGY = {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]}
ANA: Resource = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": "0042"}],
    "name": [{"use": "official", "given": ["Ana"], "family": "Quxley"}, {"use": "nickname", "text": "Anita"}],
    "birthDate": "1986-04-02",
    "communication": [{"language": {"coding": [{"code": "en-US"}]}}],
}
OKAFOR: Resource = {"resourceType": "Practitioner", "id": "d1", "name": [{"text": "Dr. Ngozi Okafor"}]}
VISIT: Resource = {
    "resourceType": "Appointment",
    "id": "a1",
    "status": "booked",
    "start": "2026-12-01T15:00:00Z",
    "serviceType": [{"coding": [{"code": "first-iv-depression"}]}],
    "reasonCode": [{"text": "treatment-resistant depression"}],
    "participant": [{"actor": {"reference": "Patient/p1"}}, {"actor": {"reference": "Practitioner/d1"}}],
}
WEIGHT: Resource = {
    "resourceType": "Observation",
    "id": "w1",
    "status": "final",
    "code": {"coding": [{"code": "29463-7"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-11-20",
    "valueQuantity": {"value": 70.5, "code": "kg"},
}
DAY = (ANA, OKAFOR, VISIT, WEIGHT)


def bundle(*resources: Resource, **fields: object) -> bytes:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries, **fields}).encode()


def changed(resource: Resource, **fields: object) -> Resource:
    return {key: value for key, value in {**copy.deepcopy(resource), **fields}.items() if value is not None}


def about(kind: str, **fields: object) -> Resource:
    key = "patient" if kind in ("AllergyIntolerance", "RelatedPerson") else "subject"
    return {"resourceType": kind, "id": f"x{len(json.dumps(fields))}", key: {"reference": "Patient/p1"}, **fields}


@pytest.fixture
def day(catalogue: Catalogue, tmp_path: Path) -> Any:
    def make(*resources: Resource) -> Schedule:
        return read(bundle(*resources), catalogue, tmp_path, ".json")

    return make


@pytest.fixture
def one(day: Any) -> Any:
    def make(*more: Resource, **instead: Resource) -> Row:
        patient, visit, weight = instead.get("patient", ANA), instead.get("visit", VISIT), instead.get("weight", WEIGHT)
        (row,) = day(patient, OKAFOR, visit, weight, *more).rows
        assert isinstance(row, Row)
        return row

    return make


def test_an_appointment_with_its_patient_becomes_a_request(one: Any) -> None:
    request = one().request
    assert request is not None
    assert (request.patient.name, request.patient.preferred_name, request.patient.record_number) == (
        "Ana Quxley",
        "Anita",
        "0042",
    )
    assert (str(request.patient.weight), request.patient.language) == ("70.5 kg", "en")
    assert request.visit.starts_at == datetime(2026, 12, 1, 9)  # the clinic is six hours behind
    assert (request.visit.clinician, request.visit.stage, request.visit.session_number) == ("okafor", "first-session", 1)
    assert request.patient.allergies is None
    assert request.companion is None


@pytest.mark.parametrize(
    ("statuses", "rows"), [(["booked", "cancelled", "noshow"], 1), (["booked", "proposed", "entered-in-error"], 1)]
)
def test_only_booked_appointments_make_rows_and_the_others_are_counted(day: Any, statuses: list[str], rows: int) -> None:
    visits = [changed(VISIT, id=str(n), status=status) for n, status in enumerate(statuses)]
    schedule = day(ANA, OKAFOR, WEIGHT, *visits)
    assert len(schedule.rows) == rows
    assert "2 of them" in schedule.notes[0]


def test_known_to_have_none_and_not_asked_are_told_apart(one: Any) -> None:
    assert one(about("AllergyIntolerance", code=NO_ALLERGY, clinicalStatus=ACTIVE)).request.patient.allergies == ()
    assert one().request.patient.allergies is None
    both = one(about("AllergyIntolerance", code=NO_ALLERGY), about("AllergyIntolerance", code={"text": "penicillin"}))
    assert places(both.problems) == [("fhir-unclear", "entry 3, entry 1, AllergyIntolerance (patient.allergies)")]


@pytest.mark.parametrize(
    "resource",
    [
        about("Condition", code={"text": "asthma"}, clinicalStatus={"coding": [{"code": "resolved"}]}),
        about("Condition", code={"text": "asthma"}, verificationStatus={"coding": [{"code": "refuted"}]}),
        about("Condition", code={"text": "asthma"}, verificationStatus={"coding": [{"code": "entered-in-error"}]}),
        about("MedicationStatement", status="stopped", medicationCodeableConcept={"text": "x"}),
        about("MedicationRequest", status="cancelled", medicationCodeableConcept={"text": "x"}),
        about("AllergyIntolerance", code={"text": "x"}, clinicalStatus={"coding": [{"code": "inactive"}]}),
    ],
)
def test_what_is_over_or_was_a_mistake_is_left_out(one: Any, resource: Resource) -> None:
    patient = one(resource).request.patient
    assert (patient.conditions, patient.medicines, patient.allergies) == (None, None, None)


def test_medicines_are_read_in_the_shapes_of_each_release(one: Any) -> None:
    drug: Resource = {"resourceType": "Medication", "id": "m1", "code": {"text": "from a reference"}}
    inside = {"resourceType": "Medication", "id": "m2", "code": {"coding": [{"display": "contained"}]}}
    row = one(
        drug,
        about("MedicationStatement", status="active", medicationCodeableConcept={"text": "R4"}),
        about("MedicationStatement", status="recorded", medication={"concept": {"text": "R5"}}),
        about("MedicationRequest", status="active", medicationReference={"reference": "Medication/m1"}),
        about("MedicationRequest", status="active", contained=[inside], medication={"reference": {"reference": "#m2"}}),
    )
    assert row.request.patient.medicines == ("R4", "R5", "from a reference", "contained")


def test_a_medicine_without_words_stops_its_row_instead_of_vanishing(one: Any) -> None:
    row = one(about("MedicationRequest", status="active", medicationReference={"reference": "Medication/none"}))
    assert [problem.kind for problem in row.problems] == ["fhir-unclear"]


@pytest.mark.parametrize("address", ["urn:uuid:6f1c0a52-0000-4000-8000-000000000001", "https://a.example/fhir/Patient/p1"])
def test_a_reference_may_be_an_address(catalogue: Catalogue, tmp_path: Path, address: str) -> None:
    def pointed(resource: Resource) -> Resource:
        return json.loads(json.dumps(resource).replace('"Patient/p1"', f'"{address}"'))  # type: ignore[no-any-return]

    entries = [{"fullUrl": address, "resource": ANA}, *({"resource": pointed(item)} for item in (OKAFOR, VISIT, WEIGHT))]
    data = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    assert read(data, catalogue, tmp_path, ".json").rows[0].request is not None


def test_two_servers_with_one_patient_id_are_kept_apart(catalogue: Catalogue, tmp_path: Path) -> None:
    bo = changed(ANA, name=[{"text": "Bo Sand"}], identifier=[{"type": {"coding": [{"code": "MR"}]}, "value": "7"}])
    entries = [
        {"fullUrl": f"https://{server}.example/fhir/{item['resourceType']}/{item['id']}", "resource": item}
        for server, items in (("a", DAY), ("b", (bo, OKAFOR, VISIT, changed(WEIGHT, valueQuantity={"value": 90, "code": "kg"}))))
        for item in items
    ]
    data = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    rows = read(data, catalogue, tmp_path, ".json").rows
    assert [(row.name, str(row.request.patient.weight) if row.request else "") for row in rows] == [
        ("Ana Quxley", "70.5 kg"),
        ("Bo Sand", "90 kg"),
    ]


def test_a_patient_who_stands_twice_differently_is_nobody_for_sure(day: Any) -> None:
    (row,) = day(*DAY, changed(ANA, birthDate="1990-01-01")).rows
    assert ("fhir-reference", "entry 3, Appointment.participant") in places(row.problems)
    assert row.name is None
    assert day(*DAY, ANA).rows[0].request is not None  # the same to the letter is one


@pytest.mark.parametrize(
    ("instead", "where"),
    [
        ({"patient": changed(ANA, birthDate="1986-04")}, "entry 3, entry 1, Patient.birthDate (date_of_birth)"),
        ({"patient": changed(ANA, birthDate="1986")}, "entry 3, entry 1, Patient.birthDate (date_of_birth)"),
        ({"patient": changed(ANA, identifier=None)}, "entry 3 (record_number)"),
        (
            {"patient": changed(ANA, identifier=ANA["identifier"] * 1 + [{**ANA["identifier"][0], "value": "9"}])},
            "entry 3, entry 1, Patient.identifier (patient.record_number)",
        ),
        (
            {"patient": changed(ANA, name=[{"use": "official", "text": "A B"}, {"use": "official", "text": "C D"}])},
            "entry 3, entry 1, Patient.name (patient.name)",
        ),
        ({"patient": changed(ANA, deceasedBoolean=True)}, "entry 3, entry 1, Patient.active"),
        ({"patient": changed(ANA, link=[{"type": "replaced-by"}])}, "entry 3, entry 1, Patient.link"),
        ({"visit": changed(VISIT, start="2026-12-01T09:00:00")}, "entry 3, Appointment.start (visit.starts_at)"),
        ({"visit": changed(VISIT, start=None)}, "entry 3 (visit.starts_at)"),
        (
            {"visit": changed(VISIT, serviceType=[{"text": "first-iv-depression"}, {"text": "next-esketamine-nasal-4-84mg"}])},
            "entry 3, Appointment.serviceType",
        ),
        (
            {
                "visit": changed(
                    VISIT, participant=[*VISIT["participant"][:1], {"actor": {"display": "Dr. Who", "type": "Practitioner"}}]
                )
            },
            "entry 3, Appointment.participant",
        ),
        ({"visit": changed(VISIT, participant=VISIT["participant"][1:])}, "entry 3, Appointment.participant"),
        (
            {"weight": changed(WEIGHT, valueQuantity={"value": 70, "unit": "stone"})},
            "entry 3, entry 1, Observation (patient.weight)",
        ),
    ],
)
def test_what_is_unclear_is_a_problem_of_its_row(one: Any, instead: dict[str, Resource], where: str) -> None:
    row = one(**instead)
    assert row.request is None
    problems = [problem for problem in row.problems if problem.kind != "dose-outside-limits"]
    assert where in {problem.where for problem in problems}
    assert len(problems) <= 2  # what is unclear is not told to be missing as well
    assert "Quxley" not in str([problem.as_dict() for problem in row.problems])


def test_the_latest_weight_counts(one: Any) -> None:
    later = changed(WEIGHT, id="w2", effectiveDateTime="2026-11-23", valueQuantity={"value": 68, "code": "kg"})
    wrong = changed(later, id="w3", effectiveDateTime="2026-11-30", status="entered-in-error")
    assert str(one(later, wrong).request.patient.weight) == "68 kg"


def test_a_companion_is_who_takes_part_and_two_are_nobody(one: Any) -> None:
    def person(number: str) -> Resource:
        phone = {"system": "phone", "value": "+1 555 0100"}
        return {**about("RelatedPerson", name=[{"text": f"Person {number}"}], telecom=[phone]), "id": number}

    def coming(*numbers: str) -> Resource:
        actors = [{"actor": {"reference": f"RelatedPerson/{number}"}} for number in numbers]
        return changed(VISIT, participant=[*VISIT["participant"], *actors])

    people = person("A"), person("B")
    assert one(*people).request.companion is None
    assert one(*people, visit=coming("B")).request.companion.name == "Person B"
    both = one(*people, visit=coming("A", "B"))
    assert both.request.companion is None
    assert [flag.kind for flag in both.flags] == ["companion-unclear"]


def test_a_folder_is_one_day_and_its_file_names_are_not_told(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "day"
    folder.mkdir()
    for name, resource in zip(("qzx7-ruiz", "b", "c", "d"), DAY, strict=True):
        (folder / f"{name}.json").write_text(json.dumps(resource))
    (row,) = read_schedule(folder, catalogue, ISSUED_ON).rows
    assert row.request is not None
    (folder / "qzx7-ruiz.json").write_text("{")
    with pytest.raises(InputError) as found:
        read_schedule(folder, catalogue, ISSUED_ON)
    assert "qzx7" not in str(found.value)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"[]", "not-fhir"),
        (b"{", "not-fhir"),
        (b'{"a": 1, "a": 2}', "not-fhir"),
        (b'{"resourceType": "Patient", "x": NaN}', "not-fhir"),
        (b"[" * 100_000, "not-fhir"),
        (bundle(*DAY, type="transaction"), "not-fhir"),
        (bundle(*DAY, link=[{"relation": "next", "url": "x"}]), "fhir-more-pages"),
        (bundle(ANA), "no-appointment"),
    ],
)
def test_a_file_that_is_no_whole_day_is_refused(catalogue: Catalogue, tmp_path: Path, data: bytes, kind: str) -> None:
    with pytest.raises(InputError) as found:
        read(data, catalogue, tmp_path, ".json")
    assert found.value.problems[0].kind == kind


def test_records_of_nobody_here_are_counted(day: Any) -> None:
    stray = {**about("Condition", code={"text": "asthma"}), "subject": {"reference": "Patient/elsewhere"}}
    assert "1 of them" in day(*DAY, stray).notes[0]
    assert (SAMPLES / "schedule.fhir.json").exists()
