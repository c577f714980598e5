"""Which column fills which field: by the clinic's own list, or by headings that can mean one thing only. Never by likeness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from briefing.errors import InputError, Problem
from briefing.schedule.tables import Line, letters
from briefing.schedule_settings import FIELDS, KINDS, PARTS, SAME_FOR_ALL, ScheduleSettings, plain_words

# Headings as they are compared, each with the only field it can mean.
KNOWN: Mapping[str, str] = MappingProxyType(
    {
        **{field.replace(".", " ").replace("_", " "): field for field in KINDS},
        **dict.fromkeys(("name", "full name", "patient", "legal name", "pt name"), "patient.name"),
        **dict.fromkeys(("first name", "given name", "patient first name", "forename"), "patient.first_name"),
        **dict.fromkeys(("last name", "surname", "family name", "patient last name"), "patient.last_name"),
        **dict.fromkeys(("preferred name", "likes to be called"), "patient.preferred_name"),
        **dict.fromkeys(("dob", "date of birth", "birth date", "birthdate", "patient dob"), "patient.date_of_birth"),
        **dict.fromkeys(("mrn", "record number", "medical record number", "patient mrn"), "patient.record_number"),
        **dict.fromkeys(("weight", "body weight"), "patient.weight"),
        **dict.fromkeys(("language", "preferred language"), "patient.language"),
        **dict.fromkeys(("conditions", "medical conditions", "problem list"), "patient.conditions"),
        **dict.fromkeys(("medicines", "medications", "current medications", "medication list"), "patient.medicines"),
        **dict.fromkeys(("allergies", "allergy list"), "patient.allergies"),
        **dict.fromkeys(("needs", "accessibility needs"), "patient.needs"),
        **dict.fromkeys(("pregnancy possible",), "patient.pregnancy_possible"),
        **dict.fromkeys(("companion", "companion name", "driver", "driver name"), "companion.name"),
        **dict.fromkeys(("companion phone", "driver phone"), "companion.phone"),
        **dict.fromkeys(("starts at", "appointment date time", "visit date time", "date time", "start"), "visit.starts_at"),
        **dict.fromkeys(("visit date", "appointment date", "appt date", "date of visit"), "visit.date"),
        **dict.fromkeys(("time", "visit time", "appointment time", "appt time", "start time"), "visit.time"),
        **dict.fromkeys(("stage", "visit stage"), "visit.stage"),
        **dict.fromkeys(("session number", "session no"), "visit.session_number"),
        **dict.fromkeys(("clinician", "clinician key"), "visit.clinician"),
        **dict.fromkeys(("protocol", "treatment protocol"), "treatment.protocol"),
        **dict.fromkeys(("for condition", "treated condition"), "treatment.for_condition"),
        **dict.fromkeys(("dose", "planned dose"), "treatment.dose"),
        **dict.fromkeys(("signer", "who signs"), "signing.signer"),
        **dict.fromkeys(("representative", "representative name"), "signing.representative.name"),
        **dict.fromkeys(("representative authority", "authority"), "signing.representative.authority"),
        **dict.fromkeys(("interpreter", "interpreter name"), "signing.interpreter.name"),
        **dict.fromkeys(("interpreter id", "interpreter number"), "signing.interpreter.id"),
        **dict.fromkeys(("interpreter language",), "signing.interpreter.language"),
        **dict.fromkeys(("interpreter mode",), "signing.interpreter.mode"),
        **dict.fromkeys(("witness",), "signing.witness"),
    }
)
# Headings that could mean this or that. Whoever knows the list has to say.
AMBIGUOUS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "date": ("visit.date", "patient.date_of_birth"),
        "birth": ("patient.date_of_birth", "patient.name"),
        "phone": ("companion.phone", "the patient's own phone"),
        "phone number": ("companion.phone", "the patient's own phone"),
        "contact": ("companion.name", "companion.phone"),
        "emergency contact": ("companion.name", "somebody else"),
        "id": ("patient.record_number", "signing.interpreter.id"),
        "number": ("patient.record_number", "visit.session_number"),
        "no": ("patient.record_number", "visit.session_number"),
        "patient id": ("patient.record_number", "a number of another program"),
        "account number": ("patient.record_number", "a number for bills"),
        "condition": ("patient.conditions", "treatment.for_condition"),
        "diagnosis": ("patient.conditions", "treatment.for_condition"),
        "diagnoses": ("patient.conditions", "treatment.for_condition"),
        "indication": ("patient.conditions", "treatment.for_condition"),
        "reason": ("treatment.for_condition", "visit.stage"),
        "session": ("visit.session_number", "visit.stage"),
        "visit": ("visit.starts_at", "visit.stage"),
        "appointment": ("visit.starts_at", "visit.stage"),
        "visit type": ("visit.stage", "treatment.protocol"),
        "appointment type": ("visit.stage", "treatment.protocol"),
        "type": ("visit.stage", "treatment.protocol"),
        "service": ("visit.stage", "treatment.protocol"),
        "treatment": ("treatment.protocol", "treatment.for_condition"),
        "medicine": ("patient.medicines", "treatment.protocol"),
        "medication": ("patient.medicines", "treatment.protocol"),
        "drug": ("patient.medicines", "treatment.protocol"),
        "doctor": ("visit.clinician", "a doctor who referred the patient"),
        "provider": ("visit.clinician", "a doctor who referred the patient"),
        "physician": ("visit.clinician", "a doctor who referred the patient"),
    }
)
NEEDED = (
    "patient.name",
    "patient.date_of_birth",
    "patient.record_number",
    "patient.language",
    "visit.starts_at",
    "visit.stage",
    "visit.clinician",
    "treatment.protocol",
    "treatment.for_condition",
    "signing.signer",
)
_UNITS: Mapping[str, str] = MappingProxyType({"kg": "kg", "lb": "lb", "lbs": "lb", "mg": "mg"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column that fills a field.

    Attributes:
        index: its place, counted from 0.
        heading: as it stands in the file.
        field: the field that it fills, or fills in part.
        unit: what its numbers are in, if the heading says so.
        guessed: whether the heading alone told it; otherwise the clinic's list did.
    """

    index: int
    heading: str
    field: str
    unit: str | None = None
    guessed: bool = True

    @property
    def place(self) -> str:
        """The column as a spreadsheet program shows it."""
        return f"column {letters(self.index)}"


@dataclass(frozen=True, slots=True)
class Understanding:
    """How the columns of a table were understood.

    Attributes:
        columns: those that fill a field.
        left_out: those that fill none, as index and heading.
        absent: headings of the clinic's list that the file does not have.
    """

    columns: tuple[Column, ...]
    left_out: tuple[tuple[int, str], ...]
    absent: tuple[str, ...]


def understand(heading: Line, settings: ScheduleSettings) -> Understanding:
    """Tell which column fills which field.

    Raises:
        InputError: a heading can mean two fields, two headings mean one, or a field that every patient needs has no
            column. Only headings that are known are named: where a heading is missing, its place may hold a patient's details.
    """
    headings = [(index, cell.strip()) for index, cell in enumerate(heading.cells) if isinstance(cell, str) and cell.strip()]
    mapped = {plain_words(text): field for text, field in settings.columns.items()}
    out = set(map(plain_words, settings.leave_out))
    kept = [(index, text) for index, text in headings if plain_words(text) not in out]
    columns = [column for index, text in kept if (column := _column(index, text, mapped))]
    if not columns:
        raise InputError(_no_heading(heading))
    problems = [*_unclear(kept, mapped, heading), *_twice(columns, heading), *_missing(columns, settings)]
    if problems:
        raise InputError(problems)
    used = {column.index for column in columns}
    present = {plain_words(text) for _, text in headings}
    return Understanding(
        tuple(columns),
        tuple((index, text) for index, text in headings if index not in used),
        tuple(text for text in (*settings.columns, *settings.leave_out) if plain_words(text) not in present),
    )


def _column(index: int, text: str, mapped: Mapping[str, str]) -> Column | None:
    words = plain_words(text)
    rest, _, last = words.rpartition(" ")
    unit = _UNITS.get(last)
    field = mapped.get(words) or KNOWN.get(words) or (KNOWN.get(rest) if unit else None)
    if field is None:
        return None
    takes_unit = {"weight": ("kg", "lb"), "dose": ("mg",)}.get(KINDS[field], ())
    if unit not in takes_unit:
        if unit and words not in mapped and words not in KNOWN:
            return None  # such as `Name kg`: nobody knows what it means
        unit = None
    return Column(index, text, field, unit, guessed=words not in mapped)


def _unclear(headings: Sequence[tuple[int, str]], mapped: Mapping[str, str], heading: Line) -> Iterator[Problem]:
    for index, text in headings:
        words = plain_words(text)
        if words in AMBIGUOUS and words not in mapped:
            one, other = AMBIGUOUS[words]
            yield Problem(
                "column-ambiguous",
                f"row {heading.number}, column {letters(index)} (`{text}`)",
                f"it could mean {one}, or {other}.",
                f"Say which under [schedule] of clinic.toml: {_ways_out(text, one, other)}",
            )


def _ways_out(text: str, *fields: str) -> str:
    ways = [f'columns = {{ "{text}" = "{field}" }}' for field in fields if field in KINDS]
    return ", or ".join((*ways, f'leave_out = ["{text}"]'))


def _twice(columns: Sequence[Column], heading: Line) -> Iterator[Problem]:
    """Tell of fields that two columns claim, whole or in parts."""
    for field in FIELDS:
        whole = [column for column in columns if column.field == field]
        parts = {part: [column for column in columns if column.field == part] for part in PARTS.get(field, ())}
        claims = [whole, *parts.values()]
        if any(len(claim) > 1 for claim in claims) or (whole and any(parts.values())):
            named = " and ".join(f"{column.place} (`{column.heading}`)" for claim in claims for column in claim)
            yield Problem(
                "column-twice",
                f"row {heading.number}",
                f"more than one column fills {field}: {named}.",
                "Keep one: name the others under leave_out in [schedule] of clinic.toml, or change a heading that stands twice.",
            )


def _missing(columns: Sequence[Column], settings: ScheduleSettings) -> Iterator[Problem]:
    filled = {column.field for column in columns} | set(settings.defaults)
    for field in NEEDED:
        parts = PARTS.get(field, ())
        absent = [part for part in parts if part not in filled]
        if field in filled or (parts and not absent):
            continue
        wanted = field if len(absent) == len(parts) else absent[0]
        also = f', or defaults = {{ "{field}" = ... }} where all patients have the same' if field in SAME_FOR_ALL else ""
        yield Problem(
            "column-missing",
            "the schedule",
            f"no column fills {wanted}.",
            f'Name its heading under [schedule] of clinic.toml: columns = {{ "Your heading" = "{wanted}" }}{also}.',
        )


def _no_heading(heading: Line) -> Problem:
    return Problem(
        "no-heading",
        f"row {heading.number}",
        "the first row with anything in it must hold the headings, and none of its cells is a heading that is known.",
        "Put the headings into the first row, or name yours under [schedule] of clinic.toml. See docs/schedule.md.",
    )
