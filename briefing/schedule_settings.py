"""What a clinic says about its schedules: the `[schedule]` table of `clinic.toml`, and the fields that a schedule can fill."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from briefing.errors import nearest
from briefing.fields import Text, one_of
from briefing.models import Section

Kind = Literal["text", "digits", "day", "moment", "time", "weight", "dose", "count", "yes-no", "list"]

# Every field of a request, and what its cell holds. `digits` are written with digits, but are no numbers to reckon with.
FIELDS: Mapping[str, Kind] = MappingProxyType(
    {
        "patient.name": "text",
        "patient.preferred_name": "text",
        "patient.date_of_birth": "day",
        "patient.record_number": "digits",
        "patient.weight": "weight",
        "patient.language": "text",
        "patient.conditions": "list",
        "patient.medicines": "list",
        "patient.allergies": "list",
        "patient.needs": "list",
        "patient.pregnancy_possible": "yes-no",
        "companion.name": "text",
        "companion.phone": "digits",
        "visit.starts_at": "moment",
        "visit.stage": "text",
        "visit.session_number": "count",
        "visit.clinician": "text",
        "treatment.protocol": "text",
        "treatment.for_condition": "text",
        "treatment.dose": "dose",
        "signing.signer": "text",
        "signing.representative.name": "text",
        "signing.representative.authority": "text",
        "signing.representative.needs": "list",
        "signing.interpreter.name": "text",
        "signing.interpreter.id": "digits",
        "signing.interpreter.language": "text",
        "signing.interpreter.mode": "text",
        "signing.interpreter.is_minor": "yes-no",
        "signing.witness": "yes-no",
    }
)
# Fields that two columns may make together.
PARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"patient.name": ("patient.first_name", "patient.last_name"), "visit.starts_at": ("visit.date", "visit.time")}
)
KINDS: Mapping[str, Kind] = MappingProxyType(
    {**FIELDS, "patient.first_name": "text", "patient.last_name": "text", "visit.date": "day", "visit.time": "time"}
)
# What may be the same for all patients. Nothing that somebody must ask each patient is among them.
SAME_FOR_ALL = (
    "patient.language",
    "visit.stage",
    "visit.clinician",
    "treatment.protocol",
    "treatment.for_condition",
    "signing.signer",
    "signing.witness",
)


def plain_words(text: str) -> str:
    """Return a text as it is compared: without case, marks and doubled spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(letter if letter.isalnum() else " " for letter in folded).split())


def same_word(text: str) -> str:
    """Return a value as it is compared: without case and doubled spaces, but with its marks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _known(fields: tuple[str, ...]) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in fields:
            raise ValueError(f"it is not a field that can stand here. {nearest(str(value), fields)}".rstrip("."))
        return str(value)

    return check


def _word(value: object) -> str:
    """Let words through that no field of a request may hold: a clinic's list may well say `N/A`, or mean `none`."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("a word is needed here, in quotes")
    return value.strip()


Target = Annotated[str, BeforeValidator(_known(tuple(KINDS)))]
SameForAll = Annotated[str, BeforeValidator(_known(SAME_FOR_ALL))]
Word = Annotated[str, BeforeValidator(_word)]
ListSeparator = Annotated[str, BeforeValidator(one_of(";", ",", "|", "/"))]


def _ask(description: str, example: object) -> object:
    return Field(description=description, examples=[example])


class FhirSettings(Section):
    """What a FHIR schedule does not say by itself."""

    record_number_system: Annotated[
        Text | None, _ask("the system of the identifier that is the record number", "https://clinic.example/mrn")
    ] = None
    companion_relationships: Annotated[
        tuple[Word, ...], _ask("codes of the relationship that make a related person the companion", ["C"])
    ] = ()
    services: Annotated[
        Mapping[Word, Mapping[Target, Word]],
        _ask(
            "for each code or name of an appointment's type or service, the fields that it tells",
            {"KET-IV": {"treatment.protocol": "iv-depression"}},
        ),
    ] = {}


class ScheduleSettings(Section):
    """How the clinic's schedules are to be read. All of it may be left out."""

    columns: Annotated[Mapping[Word, Target], _ask("for each heading of yours, its field", {"Pt Name": "patient.name"})] = {}
    leave_out: Annotated[tuple[Word, ...], _ask("the headings of columns that are not to be read", ["Phone"])] = ()
    values: Annotated[
        Mapping[Target, Mapping[Word, Word]],
        _ask("for each field, your words and ours", {"visit.stage": {"new": "first-session"}}),
    ] = {}
    defaults: Annotated[Mapping[SameForAll, Word], _ask("what holds where nothing is given", {"signing.signer": "patient"})] = {}
    sheet: Annotated[Word | None, _ask("the name of the sheet to read, when a file has more than one", "Schedule")] = None
    list_separator: Annotated[ListSeparator, _ask("what stands between two conditions, medicines or allergies", ";")] = ";"
    fhir: Annotated[FhirSettings, Field(description="what a FHIR schedule does not say by itself")] = FhirSettings()
