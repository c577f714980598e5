"""Made-up patients of one day, for tests: nothing of them is anybody's."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from briefing.day.entries import StackEntry
from briefing.errors import Problem
from briefing.models import Companion, PacketRequest, Patient, Representative, Signing
from briefing.schedule import Row
from tests.bound import bound, printed
from tests.conftest import SAMPLES
from tests.packets import request_of

ANA = request_of(SAMPLES / "requests" / "ana-ruiz.toml")
BORN = date(1986, 4, 2)


def patient(
    name: str,
    record_number: str,
    *,
    born: date = BORN,
    preferred: str | None = None,
    companion: tuple[str, str] | None = None,
    representative: str | None = None,
    **details: Any,
) -> PacketRequest:
    """Return the request of a patient of the day, checked field by field."""
    who = {"name": name, "record_number": record_number, "date_of_birth": born, "language": "en", "preferred_name": preferred}
    signing = Signing(signer="patient")
    if representative:
        signing = Signing(signer="representative", representative=Representative(name=representative, authority="parent"))
    return ANA.model_copy(
        update={
            "patient": Patient.model_validate({**who, "conditions": (), "medicines": (), "allergies": (), **details}),
            "companion": Companion(name=companion[0], phone=companion[1]) if companion else None,
            "signing": signing,
        }
    )


def row(
    number: int, request: PacketRequest | None, *, problems: tuple[Problem, ...] = (), flags: tuple[Problem, ...] = ()
) -> Row:
    """Return a row of the day's schedule."""
    name = request.patient.name if request else None
    starts_at = request.visit.starts_at if request else datetime(2026, 12, 1, 8, 30)
    return Row(f"row {number}", request, problems, flags, None, name, starts_at)


def entry(folder: Path, number: int, name: str, packet_id: str, pages: int) -> StackEntry:
    """Bind a small packet of so many pages, and lay it into a folder."""
    body = "".join(f'<p style="break-after: page">Words for {name}, {at}.</p>' for at in range(1, pages)) + f"<h1>{name}</h1>"
    path = folder / f"packet-{packet_id}.pdf"
    path.write_bytes(bound(printed("handout", "en", body), name=name, packet_id=packet_id).data)
    return StackEntry(row(number, patient(name, f"MRN-{number:05}")), packet_id, path, pages)
