"""Reading a request: from a file to a checked, frozen `PacketRequest`, or every problem at once. No value is echoed."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from briefing.catalogue import Catalogue
from briefing.clinic_answers import read_answers
from briefing.dosing import DosePlan, plan_dose
from briefing.errors import InputError, Problem, nearest
from briefing.glyphs import undrawable
from briefing.models import Companion, Interpreter, PacketRequest, Patient, Section, Signing, Treatment, Visit
from briefing.people import OF_AGE, age_on
from briefing.protocols import Protocol
from briefing.quantities import Dose, Weight
from briefing.resources import fonts
from briefing.toml_reading import UnreadableError, check, parse_toml, values_that_stand

LARGEST_REQUEST = 100_000
OLDEST_AGE = 130
FARTHEST_VISIT = 5
_SECTIONS: dict[str, type[Section]] = {
    "patient": Patient,
    "companion": Companion,
    "visit": Visit,
    "treatment": Treatment,
    "signing": Signing,
}


def read_text(path: str) -> str:
    """Read a request's text from a regular file, or from the standard input when the path is `-`.

    Raises:
        InputError: there is no such file, it is not a plain file, is too large or is not UTF-8.
    """
    try:
        if path == "-":
            data = sys.stdin.buffer.read(LARGEST_REQUEST + 1)
        else:
            if not stat.S_ISREG(Path(path).stat().st_mode):
                raise InputError(
                    Problem(
                        "not-a-file",
                        "the request",
                        "this is not a regular file.",
                        "Give the path of a .toml or .json file, or -.",
                    )
                )
            with Path(path).open("rb") as file:
                data = file.read(LARGEST_REQUEST + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise InputError(
            Problem("cannot-read", "the request", f"it cannot be read: {reason}.", "Check the path and the rights.")
        ) from None
    if len(data) > LARGEST_REQUEST:
        raise InputError(
            Problem("too-large", "the request", "it is larger than any request can be.", "Give the file of one patient.")
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(Problem("not-utf8", "the request", "it is not UTF-8 text.", "Save the file as UTF-8.")) from None


def parse_request(text: str) -> dict[str, object]:
    """Turn TOML, or JSON of the same shape, into plain data.

    Raises:
        InputError: the text is neither; says at which line reading stopped.
    """
    return _parse_json(text) if text.lstrip().startswith("{") else _parse_toml(text)


def read_request(data: Mapping[str, object], catalogue: Catalogue, issued_on: date) -> PacketRequest:
    """Check a request against itself, the catalogue and the day of issue.

    Args:
        data: what `parse_request` returned.
        catalogue: with a clinic, its clinicians and limits are checked too.
        issued_on: the day the packet is made; a visit before it is refused.

    Raises:
        InputError: with every problem of the file.
    """
    checked = check(PacketRequest, data)
    problems = checked if isinstance(checked, list) else []
    known = {problem.where for problem in problems}
    sense = _Sense(catalogue, issued_on, {name: _values_of(name, checked, data) for name in _SECTIONS})
    # Whoever is told what is wrong inside a table need not be told that the table is not right.
    problems += [item for item in sense.problems() if not any(f"{where}.".startswith(f"{item.where}.") for where in known)]
    if problems or isinstance(checked, list):
        raise InputError(problems)
    return checked


def plan_for(request: PacketRequest, catalogue: Catalogue) -> DosePlan | None:
    """Work out the dose of a checked request; a consultation has none.

    Raises:
        CatalogueError: the clinic has not set what the protocol asks.
        InputError: the dose is missing or outside the limits.
    """
    if request.visit.stage == "consultation":
        return None
    protocol = catalogue.protocols[request.treatment.protocol]
    return plan_dose(
        protocol,
        read_answers(request.treatment.protocol, protocol, catalogue.the_clinic()),
        catalogue.facts,
        weight=request.patient.weight,
        entered=request.treatment.dose,
        is_first=request.visit.stage == "first-session",
    )


def _values_of(name: str, checked: PacketRequest | list[Problem], data: Mapping[str, object]) -> dict[str, object]:
    """Return what was given in a table and is right. Where the whole request is right, nothing needs to be tried by itself."""
    if isinstance(checked, list):
        return values_that_stand(_SECTIONS[name], data.get(name))
    section = getattr(checked, name)
    return {field: getattr(section, field) for field in section.model_fields_set} if section else {}


def _parse_toml(text: str) -> dict[str, object]:
    try:
        return parse_toml(text)
    except UnreadableError as error:
        raise InputError(
            Problem(
                "not-toml", f"the request, {error.place}", "it cannot be read as TOML.", "Mend the line; text stands in quotes."
            )
        ) from None


def _parse_json(text: str) -> dict[str, object]:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise UnreadableError("a key that stands twice")
        return dict(pairs)

    try:
        data = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
    except UnreadableError as error:
        place = error.place
    except (RecursionError, ValueError):
        place = "a value that is far too deep or too long"
    else:
        if isinstance(data, dict):
            return data
        place = "its beginning"
    raise InputError(
        Problem("not-json", f"the request, {place}", "it cannot be read as JSON.", "Mend it there, or write the request as TOML.")
    )


@dataclass(frozen=True, slots=True)
class _Sense:
    """Checks across fields, on whatever fields are right by themselves, so that one slip does not hide another."""

    catalogue: Catalogue
    issued_on: date
    values: Mapping[str, Mapping[str, object]]

    def problems(self) -> Iterator[Problem]:
        yield from self._dates()
        yield from self._session()
        yield from self._signing()
        yield from self._clinician()
        yield from self._protocol()
        yield from self._letters()

    @property
    def protocol(self) -> Protocol | None:
        return self.catalogue.protocols.get(str(self.values["treatment"].get("protocol")))

    def _dates(self) -> Iterator[Problem]:
        born, starts = self.values["patient"].get("date_of_birth"), self.values["visit"].get("starts_at")
        if isinstance(born, date):
            if born > self.issued_on:
                yield Problem("date-of-birth", "patient.date_of_birth", "it lies after the day of issue.", "Check the year.")
            elif self.issued_on.year - born.year > OLDEST_AGE:
                yield Problem(
                    "date-of-birth", "patient.date_of_birth", f"it is more than {OLDEST_AGE} years ago.", "Check the year."
                )
        if isinstance(starts, datetime):
            if starts.date() < self.issued_on:
                yield Problem(
                    "visit-in-the-past",
                    "visit.starts_at",
                    "the visit lies before the day of issue.",
                    "Check the date, or give the right day with --issued-on.",
                )
            elif starts.year - self.issued_on.year > FARTHEST_VISIT:
                yield Problem(
                    "wrong-value", "visit.starts_at", f"it is more than {FARTHEST_VISIT} years away.", "Check the year."
                )
            else:
                yield from self._clock_change(starts)

    def _clock_change(self, starts: datetime) -> Iterator[Problem]:
        if self.catalogue.clinic is None:
            return
        zone = self.catalogue.clinic.time_zone
        if not _exists(starts, zone):
            yield Problem("clock-change", "visit.starts_at", "the clocks skip this time on that day.", "Give a time that exists.")
        elif starts.replace(tzinfo=zone).utcoffset() != starts.replace(tzinfo=zone, fold=1).utcoffset():
            yield Problem("clock-change", "visit.starts_at", "the clocks show this time twice on that day.", "Give another time.")

    def _session(self) -> Iterator[Problem]:
        stage, number = self.values["visit"].get("stage"), self.values["visit"].get("session_number")
        where = "visit.session_number"
        if stage in ("first-session", "next-session") and "session_number" not in self.values["visit"]:
            yield Problem("missing", where, "it is missing.", "Give the number of this session in the series: session_number = 1")
        elif stage == "first-session" and number != 1:
            yield Problem(
                "contradiction", where, "a first session has number 1.", "Change the number, or make the stage next-session."
            )
        elif stage == "next-session" and isinstance(number, int) and number < 2:  # noqa: PLR2004 - after the first comes the second
            yield Problem(
                "contradiction",
                where,
                "a next session has number 2 or more.",
                "Change the number, or make the stage first-session.",
            )

    def _signing(self) -> Iterator[Problem]:
        signer, representative = self.values["signing"].get("signer"), self.values["signing"].get("representative")
        where = "signing.representative"
        if signer == "representative" and representative is None:
            yield Problem(
                "missing", where, "it is missing, and a representative signs.", "Give name and authority of the person who signs."
            )
        if signer == "patient" and representative is not None:
            yield Problem(
                "contradiction", where, "it is given, but the patient signs.", "Remove it, or set signer to representative."
            )
        interpreter = self.values["signing"].get("interpreter")
        if isinstance(interpreter, Interpreter) and interpreter.is_minor:
            yield Problem(
                "minor-interprets",
                "signing.interpreter.is_minor",
                "whoever interprets must be of age.",
                "Book a trained interpreter, in person, by video or by phone.",
            )

    def _clinician(self) -> Iterator[Problem]:
        key, clinic = self.values["visit"].get("clinician"), self.catalogue.clinic
        if clinic and isinstance(key, str) and key not in clinic.clinicians:
            yield Problem(
                "unknown-clinician",
                "visit.clinician",
                "the clinic's list has no clinician of this key.",
                nearest(key, list(clinic.clinicians)),
            )

    def _protocol(self) -> Iterator[Problem]:
        if "protocol" not in self.values["treatment"]:
            return
        protocol = self.protocol
        if protocol is None:
            yield Problem(
                "unknown-protocol",
                "treatment.protocol",
                "there is no protocol of this id.",
                nearest(str(self.values["treatment"]["protocol"]), list(self.catalogue.protocols)),
            )
            return
        yield from self._age(protocol)
        if self.values["visit"].get("stage") in ("first-session", "next-session"):
            yield from self._dose(protocol)
        elif self.values["visit"].get("stage") == "consultation" and self.values["treatment"].get("dose") is not None:
            yield Problem(
                "contradiction",
                "treatment.dose",
                "a dose is given, but nothing is given at a consultation.",
                "Remove it, or change the stage.",
            )

    def _age(self, protocol: Protocol) -> Iterator[Problem]:
        born, starts = self.values["patient"].get("date_of_birth"), self.values["visit"].get("starts_at")
        if not isinstance(born, date) or not isinstance(starts, datetime):
            return
        age = age_on(born, starts.date())
        if 0 <= age < protocol.youngest:
            yield Problem(
                "too-young",
                "patient.date_of_birth",
                f"this protocol is for people from {protocol.youngest} years on.",
                "Choose another protocol.",
            )
        elif 0 <= age < OF_AGE and protocol.minors == "refused":
            yield Problem(
                "too-young",
                "patient.date_of_birth",
                f"this protocol is not for patients under {OF_AGE}.",
                "Choose another protocol.",
            )
        elif 0 <= age < OF_AGE and self.values["signing"].get("signer") == "patient":
            yield Problem(
                "minor-signs",
                "signing.signer",
                f"the patient is under {OF_AGE} on the day of the visit, so a representative signs.",
                "Set signer to representative, and give name and authority of the person who signs.",
            )

    def _dose(self, protocol: Protocol) -> Iterator[Problem]:
        weight, entered = self.values["patient"].get("weight"), self.values["treatment"].get("dose")
        if self.catalogue.clinic is None:
            return
        try:
            plan_dose(
                protocol,
                read_answers(str(self.values["treatment"]["protocol"]), protocol, self.catalogue.clinic),
                self.catalogue.facts,
                weight=weight if isinstance(weight, Weight) else None,
                entered=entered if isinstance(entered, Dose) else None,
                is_first=self.values["visit"].get("stage") == "first-session",
            )
        except InputError as error:
            yield from error.problems

    def _letters(self) -> Iterator[Problem]:
        drawn = fonts()
        for where, text in _texts(self.values, ""):
            if missing := undrawable(text, drawn):
                names = ", ".join(
                    f"{character} (U+{ord(character):04X})" for character in sorted(missing)
                )  # not as the name reads
                yield Problem(
                    "no-letter",
                    where,
                    f"no font here can draw: {names}.",
                    "Write it in letters of the Latin, Greek, Cyrillic, Arabic or Devanagari script, as the patient's papers do.",
                )


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


def _texts(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Yield every text a person typed, with its path."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{where}.{key}" if where else str(key))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value, 1):
            yield from _texts(inner, f"{where}.{number}")
    elif hasattr(value, "model_dump"):
        yield from _texts(value.model_dump(), where)
