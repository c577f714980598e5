"""Who is in front of us when a form is signed: how old, with which needs, and whether a witness has to be there.

Nothing here is about health; conditions and medicines are read in `vocabulary`.
"""

from __future__ import annotations

from datetime import date

from briefing.clinic import Clinic
from briefing.fields import Need
from briefing.models import PacketRequest

OF_AGE = 18  # years; where a state sets more, its clinics raise `youngest` in their own protocols
_CANNOT: frozenset[Need] = frozenset({"cannot-read", "cannot-write"})


def age_on(born: date, day: date) -> int:
    """Return the age in whole years. A year is full on the birthday; for who was born on a leap day, else on March 1."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_minor(request: PacketRequest) -> bool:
    """Tell whether the patient is not of age on the day of the visit."""
    return age_on(request.patient.date_of_birth, request.visit.starts_at.date()) < OF_AGE


def signer_needs(request: PacketRequest) -> frozenset[Need]:
    """Return what the person who signs needs: the patient, or the representative."""
    signing = request.signing
    who = signing.representative if signing.signer == "representative" else request.patient
    return frozenset((who.needs if who else None) or ())


def witness_signs(request: PacketRequest, clinic: Clinic | None) -> bool:
    """Tell whether a witness signs: because the request asks for one, or by the clinic's rule."""
    rule = clinic.rules.witness if clinic else None
    by_rule = rule == "always" or (rule == "when the signer cannot read or write" and bool(signer_needs(request) & _CANNOT))
    return request.signing.witness or by_rule
