"""Made-up patients, as many as are wanted: mixed treatments, stages and languages, from the requests among the samples."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from briefing.intake import parse_request, read_text

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
ISSUED_ON = date(2026, 11, 24)  # the day the samples are written for
VISIT = datetime(2026, 12, 1, 8, 0)
_BASES = (
    *("ana-ruiz", "luz-castillo", "grace-okonkwo", "tom-becker", "irene-walsh", "daniel-novak", "priya-nair", "ben-carter"),
    *("rosa-delgado", "miguel-paredes", "teresa-flores", "walter-kim"),
)
FIRST = (
    *("Ada", "Bruno", "Carla", "Dario", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Leo", "Marta", "Nils"),
    *("Olga", "Paul", "Quinn", "Rita", "Sven", "Tara", "Ugo", "Vera", "Willa", "Xenia", "Yara", "Zeno"),
)
LAST = (
    *("Abbott", "Baxter", "Calloway", "Dalton", "Ellison", "Farrell", "Gallo", "Hartmann", "Iverson", "Jansen", "Keller"),
    *("Lindgren", "Marchetti", "Novotny", "Olsen", "Pereira", "Quist", "Romero", "Sandoval", "Tanaka", "Ulrich", "Vance"),
    *("Whitfield", "Xavier", "Yildiz", "Zamora"),
)
HEADINGS = (
    *("MRN", "Name", "DOB", "Weight (kg)", "Language", "Conditions", "Medications", "Allergies", "Companion"),
    *("Companion phone", "Appointment", "Provider", "Visit type", "Session number", "Protocol", "For condition", "Dose (mg)"),
)
_LANGUAGES = {"en": "English", "es": "Spanish"}
_CLINICIANS = {"okafor": "Dr. Ngozi Okafor", "lindqvist": "Dr. Erik Lindqvist"}
_VISITS = {"first-session": "new", "next-session": "return", "consultation": "consultation"}


def made_up(count: int, seed: int = 5) -> Iterator[dict[str, dict[str, object]]]:
    """Yield the requests of one day as plain data; no two of the same name, birth date or record number."""
    chance = random.Random(seed)  # noqa: S311 - for patients that are made up
    days_of_birth = [date(1950, 1, 1) + timedelta(days=day) for day in chance.sample(range(20_000), count)]
    bases = [parse_request(read_text(str(SAMPLES / "requests" / f"{name}.toml"))) for name in _BASES]
    for number in range(count):
        base = {key: dict(table) for key, table in bases[number % len(bases)].items() if isinstance(table, dict)}
        turn, names = number // len(FIRST), len(LAST)
        first, last = FIRST[number % len(FIRST)], LAST[(number + turn) % names]
        second = LAST[(turn // names) % names] if turn >= names else ""
        base["patient"] |= {
            "name": f"{first} {last}{f'-{second}' if second else ''}",
            "preferred_name": first,
            "date_of_birth": days_of_birth[number],
            "record_number": f"MRN-{number + 100_000:06}",
        }
        base["visit"]["starts_at"] = VISIT + timedelta(minutes=15 * (number % 36))
        yield base


def as_csv(requests: Sequence[Mapping[str, Mapping[str, object]]]) -> str:
    """Return requests as a schedule that `briefing day` reads. What a schedule has no column for is left out."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for request in requests:
        writer.writerow(_row(request))
    return out.getvalue()


def _row(request: Mapping[str, Mapping[str, object]]) -> list[str]:
    patient, visit, treatment = request["patient"], request["visit"], request["treatment"]
    companion = request.get("companion", {})
    cells = (
        *(patient["record_number"], patient["name"], patient["date_of_birth"], _number(patient.get("weight"), "kg")),
        _LANGUAGES[str(patient["language"])],
        *(_several(patient.get(key)) for key in ("conditions", "medicines", "allergies")),
        *(companion.get("name", ""), companion.get("phone", "")),
        str(visit["starts_at"])[:16],
        *(_CLINICIANS[str(visit["clinician"])], _VISITS[str(visit["stage"])], visit.get("session_number", "")),
        *(treatment["protocol"], treatment["for_condition"], _number(treatment.get("dose"), "mg")),
    )
    return [str(cell) for cell in cells]


def _several(items: object) -> str:
    if items is None:
        return ""
    return ";".join(map(str, items)) if isinstance(items, list) and items else "none"


def _number(quantity: object, unit: str) -> str:
    """Take off the unit, which stands in the heading; pounds are turned into kilograms, for made-up people."""
    if quantity is None:
        return ""
    value, _, own = str(quantity).partition(" ")
    return value if own == unit else f"{float(value) * 0.45359237:.1f}"
