"""Made-up patients, one for each turn a packet of this clinic can take: so that its documents fail before a real one comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product

from briefing.catalogue import Catalogue
from briefing.clinic_answers import read_answers
from briefing.dosing import plan_dose
from briefing.errors import InputError
from briefing.intake import read_request
from briefing.models import PacketRequest
from briefing.protocols import DoseByClinician, DoseByDevice, DosePerKilogram
from briefing.quantities import Dose, Weight

_WEIGHTS = tuple(Weight.parse(f"{kilograms} kg") for kilograms in (70, 60, 80, 50, 90, 40, 110))
_CONDITIONS = {"depression": "treatment-resistant depression", "pain": "complex regional pain syndrome"}
_AHEAD = timedelta(days=7)
_TURNS = (("consultation", "plain"), ("first-session", "plain"), ("first-session", "helped"), ("next-session", "needs"))
_TOLD = {
    "plain": "",
    "helped": ", with representative, interpreter and witness",
    "needs": ", with needs and much to talk about",
}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A made-up request and what it is there to try, in words."""

    name: str
    request: PacketRequest


def rehearsals(catalogue: Catalogue, day: date) -> Iterator[Rehearsal]:
    """Yield made-up requests: for each protocol and language of the clinic, every stage, with turns for help and needs.

    Args:
        catalogue: with a clinic.
        day: the day of issue; the visits are a week later.

    Raises:
        InputError: no weight of 40 to 110 kg leads to a dose inside the limits of the protocol and the clinic.
    """
    clinic = catalogue.the_clinic()
    for protocol_id, language, (stage, turn) in product(clinic.protocols, clinic.texts, _TURNS):
        data = {
            "patient": _patient(language, turn, _weight(catalogue, protocol_id)),
            **({} if turn == "helped" else {"companion": {"name": "Robin Example", "phone": "+1 555 0199"}}),
            "visit": _visit(catalogue, stage, day),
            "treatment": _treatment(catalogue, protocol_id, stage),
            "signing": _signing(turn),
        }
        yield Rehearsal(f"{protocol_id}, {language}, {stage}{_TOLD[turn]}", read_request(data, catalogue, day))


def _patient(language: str, turn: str, weight: Weight | None) -> Mapping[str, object]:
    patient: dict[str, object] = {
        "name": "Alex Example",
        "date_of_birth": date(1980, 2, 28),
        "record_number": "MADE-UP-1",
        "language": language,
    }
    if weight:
        patient["weight"] = str(weight)
    if turn == "plain":
        patient |= {"conditions": ["asthma"], "medicines": ["lamotrigine 100 mg"], "allergies": []}
    if turn == "needs":
        patient |= {
            "needs": ["hearing", "sight", "cannot-read", "cannot-write"],
            "pregnancy_possible": True,
            "conditions": ["high blood pressure", "bipolar disorder", "mother had a stroke", "sleep apnea"],
            "medicines": ["lorazepam 1 mg at night", "levothyroxine 50 mcg", "a tea nobody knows"],
            "allergies": ["ketamine"],
        }
    return patient


def _visit(catalogue: Catalogue, stage: str, day: date) -> Mapping[str, object]:
    visit: dict[str, object] = {
        "starts_at": datetime.combine(day + _AHEAD, time(9)),
        "stage": stage,
        "clinician": next(iter(catalogue.the_clinic().clinicians)),
    }
    if stage != "consultation":
        visit["session_number"] = 1 if stage == "first-session" else 2
    return visit


def _treatment(catalogue: Catalogue, protocol_id: str, stage: str) -> Mapping[str, object]:
    protocol = catalogue.protocols[protocol_id]
    treatment: dict[str, object] = {"protocol": protocol_id, "for_condition": _CONDITIONS[protocol.indication]}
    if stage != "consultation" and isinstance(protocol.dose, DoseByClinician):
        treatment["dose"] = str(Dose(read_answers(protocol_id, protocol, catalogue.the_clinic())["lowest_dose"]))
    if stage == "next-session" and isinstance(protocol.dose, DoseByDevice):
        treatment["dose"] = str(Dose(protocol.dose.choices[0].value(catalogue.facts)))
    return treatment


def _signing(turn: str) -> Mapping[str, object]:
    if turn != "helped":
        return {"signer": "patient"}
    return {
        "signer": "representative",
        "representative": {"name": "Kim Example", "authority": "health care power of attorney", "needs": ["cannot-read"]},
        "interpreter": {"name": "Sam Example", "id": "00001", "language": "es", "mode": "video"},
        "witness": True,
    }


def _weight(catalogue: Catalogue, protocol_id: str) -> Weight | None:
    """Return a weight with which the protocol leads to a dose; None where it does not go by weight."""
    protocol = catalogue.protocols[protocol_id]
    if not isinstance(protocol.dose, DosePerKilogram):
        return None
    answers, refusal = read_answers(protocol_id, protocol, catalogue.the_clinic()), None
    for weight in _WEIGHTS:
        try:
            plan_dose(protocol, answers, catalogue.facts, weight=weight, entered=None, is_first=True)
        except InputError as error:
            refusal = error
        else:
            return weight
    assert refusal  # noqa: S101 - there are weights to try
    raise refusal
