"""From FHIR's appointments to the patients of the day, one entry for each that is booked. What FHIR cannot know is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from zoneinfo import ZoneInfo

from briefing.clinic import Clinic
from briefing.errors import InputError, Problem
from briefing.schedule.entries import Entry, Given
from briefing.schedule.fhir_resources import Resource, Store, UnresolvedError, maps
from briefing.schedule.fhir_words import (
    UnclearError,
    codings,
    language_of,
    listed,
    name_of,
    nickname_of,
    phone_of,
    record_number_of,
    weight_of,
    words_of,
)
from briefing.schedule_settings import FIELDS, same_word

_BOOKED = ("booked", "arrived", "checked-in")
_RECORDED = ("Condition", "MedicationStatement", "MedicationRequest", "AllergyIntolerance", "Observation", "RelatedPerson")
_LISTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "patient.conditions": ("Condition",),
        "patient.medicines": ("MedicationStatement", "MedicationRequest"),
        "patient.allergies": ("AllergyIntolerance",),
    }
)
_CORRECT = "Correct the record, and export the schedule anew."


def entries_of(store: Store, clinic: Clinic) -> tuple[list[Entry], list[str]]:
    """Return the patients of the day, and what was left out.

    Raises:
        InputError: there is no booked appointment.
    """
    by_patient, strays = _by_patient(store)
    booked = [item for item in store.of_kind("Appointment") if item.data.get("status") in _BOOKED]
    if not booked:
        problem = "it holds no appointment that is booked, and without one nobody knows who comes when."
        raise InputError(Problem("no-appointment", "the schedule", problem, "Export the appointments with their patients."))
    others = sum(1 for item in store.of_kind("Appointment") if item.data.get("status") not in _BOOKED)
    notes = [f"Appointments that are not booked, {others} of them, are left out."] if others else []
    if strays:
        notes.append(f"Recorded entries that name no patient of this file, {strays} of them, are left out.")
    return [_Appointment(item, store, clinic, by_patient).entry() for item in booked], notes


def _by_patient(store: Store) -> tuple[Mapping[int, Sequence[Resource]], int]:
    """Return what is recorded about each patient, by the identity of the patient's own data, and how much is about nobody."""
    found: dict[int, list[Resource]] = defaultdict(list)
    strays = 0
    for resource in store.of_kind(*_RECORDED):
        key = (
            "subject" if resource.kind in ("Condition", "MedicationStatement", "MedicationRequest", "Observation") else "patient"
        )
        try:
            found[id(store.find(resource.data.get(key), resource).data)].append(resource)
        except UnresolvedError:
            strays += 1
    return found, strays


class _Appointment:
    """One appointment on its way to an entry."""

    def __init__(self, appointment: Resource, store: Store, clinic: Clinic, by_patient: Mapping[int, Sequence[Resource]]) -> None:
        self.appointment = appointment
        self.store = store
        self.clinic = clinic
        self.by_patient = by_patient
        self.given: dict[str, Given] = {}
        self.problems: list[Problem] = []
        self.flags: list[Problem] = []
        self.unclear: set[str] = set()

    def entry(self) -> Entry:
        self._take("visit.starts_at", self.appointment, "Appointment.start", self._start)
        self._take("treatment.for_condition", self.appointment, "Appointment.reason", self._reason)
        self._services()
        self._clinician()
        patient = self._patient()
        if patient is not None:
            self._about(patient)
        else:
            self.unclear.update(target for target in FIELDS if target.startswith("patient."))
        return Entry(self.appointment.place, self.given, tuple(self.problems), tuple(self.flags), frozenset(self.unclear))

    def _take(
        self, target: str, resource: Resource, element: str, read: Callable[[], str | datetime | tuple[str, ...] | None]
    ) -> None:
        """Take a value if there is one; what is unclear about it becomes a problem with its place."""
        try:
            value = read()
        except UnclearError as error:
            self.unclear.add(target)
            self._problem("fhir-unclear", f"{self._element(resource, element)} ({target})", error.problem, error.what_to_do)
        else:
            if value is not None:
                self.given[target] = Given(value, self._element(resource, element))

    def _element(self, resource: Resource, element: str) -> str:
        return element if resource.place == self.appointment.place else f"{resource.place}, {element}"

    def _problem(self, kind: str, element: str, problem: str, what_to_do: str = _CORRECT) -> None:
        self.problems.append(Problem(kind, f"{self.appointment.place}, {element}", problem, what_to_do))

    def _start(self) -> datetime | None:
        text = self.appointment.data.get("start")
        if text is None:
            return None
        try:
            start = datetime.fromisoformat(str(text))
        except ValueError:
            start = None
        if start is None or start.tzinfo is None:
            raise UnclearError("the start is no moment with its offset from UTC.", _CORRECT)
        return _local(start, self.clinic.time_zone)

    def _reason(self) -> str | None:
        """Return what the visit is for, if the appointment says so in words or names a recorded condition."""
        data = self.appointment.data
        texts = {text for item in (*maps(data.get("reasonCode")), *maps(data.get("reason"))) if (text := words_of(item))}
        references = [
            *maps(data.get("reasonReference")),
            *(ref for item in maps(data.get("reason")) for ref in maps(item.get("reference"))),
        ]
        for reference in references:
            try:
                text = words_of(self.store.find(reference, self.appointment).data.get("code"))
            except UnresolvedError:
                continue
            texts |= {text} if text else set()
        if len(texts) > 1:
            raise UnclearError("the appointment names more than one reason.", "Leave one reason, or name it in clinic.toml.")
        return texts.pop() if texts else None

    def _services(self) -> None:
        """Take what the clinic's list says of the appointment's type and services."""
        known = {same_word(name): fields for name, fields in self.clinic.schedule.fhir.services.items()}
        found: dict[str, set[str]] = defaultdict(set)
        for name in self._service_names():
            for target, value in known.get(same_word(name), {}).items():
                found[target].add(value)
        for target, values in found.items():
            if len(values) > 1:
                self.unclear.add(target)
                problem = f"its type and services say different things about {target}."
                self._problem(
                    "fhir-unclear", "Appointment.serviceType", problem, "Correct services under [schedule.fhir] of clinic.toml."
                )
            else:
                self.given[target] = Given(values.pop(), "Appointment.serviceType")

    def _service_names(self) -> Iterator[str]:
        data = self.appointment.data
        for concept in (*maps(data.get("appointmentType")), *maps(data.get("serviceType"))):
            for coding in codings(concept):
                yield str(coding.get("code") or "")
                yield str(coding.get("display") or "")
            yield words_of(concept) or ""

    def _clinician(self) -> None:
        """Take the practitioner who is known to the clinic, by identifier or name."""
        words = self.clinic.schedule.values.get("visit.clinician", {})
        known = {same_word(word): key for word, key in words.items()}
        known |= {same_word(person.name): key for key, person in self.clinic.clinicians.items()}
        names = [name for actor in self._actors("Practitioner", "PractitionerRole") for name in self._names_of(actor)]
        found = {known[word] for name in names if (word := same_word(name)) in known}
        if len(found) > 1:
            self.unclear.add("visit.clinician")
            self._problem("fhir-unclear", "Appointment.participant", "more than one clinician takes part.", "Leave one of them.")
        elif found:
            self.given["visit.clinician"] = Given(found.pop(), "Appointment.participant")
        elif names:
            self.unclear.add("visit.clinician")
            problem = "none of those who take part is a clinician of the clinic's list."
            advice = 'Add the identifier or name in clinic.toml: [schedule.values] "visit.clinician" = { "name" = "key" }'
            self._problem("fhir-unclear", "Appointment.participant", problem, advice)

    def _names_of(self, actor: Mapping[str, object]) -> Iterator[str]:
        yield str(actor.get("display") or "")
        try:
            resource = self.store.find(actor, self.appointment)
        except UnresolvedError:
            return
        for identifier in maps(resource.data.get("identifier")):
            yield str(identifier.get("value") or "")
        for name in maps(resource.data.get("name")):
            yield str(name.get("text") or "")

    def _actors(self, *kinds: str) -> list[Mapping[str, object]]:
        """Return the references to those of some types who take part and have not declined."""
        taking_part = [item for item in maps(self.appointment.data.get("participant")) if item.get("status") != "declined"]
        actors = [actor for item in taking_part for actor in maps(item.get("actor"))]
        return [actor for actor in actors if self._kind_of(actor) in kinds]

    def _kind_of(self, actor: Mapping[str, object]) -> str:
        try:
            return self.store.find(actor, self.appointment).kind
        except UnresolvedError:
            pieces = str(actor.get("reference") or "").split("/")
            return str(actor.get("type") or (pieces[-2] if len(pieces) > 1 else ""))

    def _patient(self) -> Resource | None:
        actors = [*self._actors("Patient"), *maps(self.appointment.data.get("subject"))]
        try:
            found = {id(patient.data): patient for actor in actors for patient in [self.store.find(actor, self.appointment)]}
        except UnresolvedError:
            problem = "the patient it names is not in the file, or more than once."
            self._problem(
                "fhir-reference", "Appointment.participant", problem, "Export each patient once, with the appointments."
            )
            return None
        if len(found) != 1:
            self._problem("fhir-reference", "Appointment.participant", "it must name one patient, and names none or several.")
            return None
        return next(iter(found.values()))

    def _about(self, patient: Resource) -> None:
        data, records = patient.data, self.by_patient.get(id(patient.data), ())
        if data.get("deceasedBoolean") is True or "deceasedDateTime" in data or data.get("active") is False:
            problem = "the record of this patient is closed."
            self._problem(
                "fhir-patient", self._element(patient, "Patient.active"), problem, "Look into the record before anything else."
            )
        if any(link.get("type") == "replaced-by" for link in maps(data.get("link"))):
            problem = "the record of this patient was replaced by another one."
            self._problem(
                "fhir-patient", self._element(patient, "Patient.link"), problem, "Book the appointment for the other record."
            )
        system = self.clinic.schedule.fhir.record_number_system
        self._take("patient.name", patient, "Patient.name", lambda: name_of(patient))
        self._take("patient.preferred_name", patient, "Patient.name", lambda: nickname_of(patient))
        self._take("patient.date_of_birth", patient, "Patient.birthDate", lambda: _text(data.get("birthDate")))
        self._take("patient.record_number", patient, "Patient.identifier", lambda: record_number_of(patient, system))
        self._take("patient.language", patient, "Patient.communication", lambda: self._language(patient))
        for target, kinds in _LISTS.items():
            own = [record for record in records if record.kind in kinds]
            self._take(target, patient, "/".join(kinds), partial(listed, own, self.store))
        weights = [record for record in records if record.kind == "Observation"]
        self._take("patient.weight", patient, "Observation", lambda: weight_of(weights))
        self._companion([record for record in records if record.kind == "RelatedPerson"])

    def _language(self, patient: Resource) -> str | None:
        """Return the language; where the clinic's texts have no `en-US`, their `en` is the same to them."""
        code = language_of(patient)
        plain = code.partition("-")[0] if code else None
        return plain if code not in self.clinic.texts and plain in self.clinic.texts else code

    def _companion(self, related: Sequence[Resource]) -> None:
        """Take the one related person who takes part in the appointment, or whose relationship the clinic names."""
        wanted = set(self.clinic.schedule.fhir.companion_relationships)
        there = [person for person in related if person.data.get("active") is not False and self._comes(person, wanted)]
        if len(there) > 1:
            problem = "more than one related person could be the companion, so the companion's lines are left to fill in."
            self.flags.append(Problem("companion-unclear", self.appointment.place, problem, "Ask who takes the patient home."))
        elif there:
            self._take("companion.name", there[0], "RelatedPerson.name", lambda: name_of(there[0]))
            self._take("companion.phone", there[0], "RelatedPerson.telecom", lambda: phone_of(there[0]))

    def _comes(self, person: Resource, wanted: set[str]) -> bool:
        codes = {str(coding.get("code")) for coding in codings(person.data.get("relationship"))}
        return bool(codes & wanted) or any(self._is(actor, person) for actor in self._actors("RelatedPerson"))

    def _is(self, actor: Mapping[str, object], person: Resource) -> bool:
        try:
            return self.store.find(actor, self.appointment) is person
        except UnresolvedError:
            return False


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
