"""The contract with templates: the variables a template may use, and nothing else.

`docs/template-context.md` lists these classes and is tested against them. Text that a person typed is `Typed`: it
prints as it was typed, escaped, and isolated from the writing direction around it, so that nothing in a name can become
markup or turn a dose around.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from babel.core import Locale
from babel.dates import format_date, format_datetime
from markupsafe import Markup

from briefing.clinic import Clinic, ClinicRules
from briefing.dosing import DosePlan
from briefing.errors import CatalogueError, Problem
from briefing.facts import FactRegister
from briefing.health import Flag, Health, Recorded, Talk, read_health
from briefing.models import Interpreter, PacketRequest
from briefing.people import is_minor, signer_needs, witness_signs
from briefing.protocols import Protocol
from briefing.session_times import RuledTime, SessionTimes
from briefing.vocabulary import Vocabulary
from briefing.wording import Wording

_LAST_LETTER_OF_OUR_FONT = 0x17F  # Atkinson Hyperlegible covers Latin up to here; Noto Sans and Plex know the rest
_NOON = 12


class Typed(str):
    """Text that a person typed."""

    __slots__ = ()

    def __html__(self) -> str:
        # WeasyPrint goes by `dir` alone, and would turn a phone number around on a page that runs right to left.
        direction = _direction(self)
        # One font for the whole of it: letters borrowed one by one from another font look like a mistake.
        if all(ord(character) <= _LAST_LETTER_OF_OUR_FONT for character in self):
            return Markup('<bdi dir="{}">{}</bdi>').format(direction, str(self))
        return Markup('<bdi dir="{}" class="wide">{}</bdi>').format(direction, str(self))


class Measured(str):
    """A dose or weight on a page that runs right to left: its number and unit keep their order."""

    __slots__ = ()

    def __html__(self) -> str:
        return Markup('<bdi dir="ltr">{}</bdi>').format(str(self))


def _direction(text: str) -> str:
    """Return the direction of the first letter that has one; `ltr` if none has, as of a phone number."""
    kinds = map(unicodedata.bidirectional, text)
    return "rtl" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in the clinic's zone. `fact` is the fact that fixes it, None when a rule of the clinic does."""

    at: datetime
    wording: Wording
    fact: str | None = None

    @property
    def date(self) -> str:
        """Weekday, day, month and year."""
        return self._as("format_date")

    @property
    def day(self) -> str:
        """Weekday, day and month."""
        return self._as("format_day")

    @property
    def weekday(self) -> str:
        """The weekday alone."""
        return self._as("format_weekday")

    @property
    def clock(self) -> str:
        """The time of day; noon and midnight are said in words, as 12 am and 12 pm are mixed up."""
        if self.at.minute == 0 and self.at.hour in (0, _NOON):
            return self.wording["midnight" if self.at.hour == 0 else "noon"]
        half = str(format_datetime(self.at, "a", locale=self._locale))  # as Babel says it, which is not always as we do
        return self._as("format_clock").replace(half, self.wording["am" if self.at.hour < _NOON else "pm"])

    @property
    def the_clock(self) -> str:
        """The time of day with its article, where a language has one: las 9:00 a. m., but la 1:00 p. m."""
        return self.wording.say("the_clock_one" if self.at.hour % _NOON == 1 else "the_clock", clock=self.clock)

    @property
    def short_date(self) -> str:
        """Day, month and year."""
        return self._as("format_short_date")

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.wording.language, sep="-")

    def _as(self, pattern: str) -> str:
        return str(format_datetime(self.at, self.wording[pattern], locale=self._locale))


def day_text(day: date, wording: Wording) -> str:
    """Write a date without its weekday, such as April 2, 1986."""
    return str(format_date(day, wording["format_plain_date"], locale=Locale.parse(wording.language, sep="-")))


class RecordedFact(str):
    """The id of a fact that a page cites because of what was recorded of the patient. The manifest leaves it out."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class NeedView:
    """One of `patient.needs`. `key` is `hearing`, `sight`, `cannot-read` or `cannot-write`; `label` says it in words."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class TalkView:
    """A line for the patient to talk about with the clinic: what was recorded, as typed, and the facts to cite behind it."""

    recorded: tuple[Typed, ...]
    entry: str
    lines: Mapping[str, str]
    language: str
    facts: tuple[RecordedFact, ...]

    @property
    def text(self) -> str:
        """The line in the language of the page."""
        if self.language not in self.lines:
            problem = f"it has no line to talk about in language {self.language}."
            raise CatalogueError(Problem("language-missing", f"vocabulary: {self.entry}", problem, "Add the line under `talk`."))
        return self.lines[self.language]


@dataclass(frozen=True, slots=True)
class FlagFact:
    """One of the facts of a flag, and what it holds for: some are about the other medicine, or another country."""

    id: RecordedFact
    holds_for: str


@dataclass(frozen=True, slots=True)
class FlagView:
    """A known condition, medicine or allergy for the clinician: what was recorded, what it is, and what facts say of it."""

    recorded: tuple[Typed, ...]
    known_as: str
    facts: tuple[FlagFact, ...]
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class HealthView:
    """`health`: what was recorded of the patient's health, read with the vocabulary.

    `talk_medicines` and `talk_conditions` are for the patient, the others for staff alone. `to_check` has the texts that
    name something and say more, such as `no asthma`; `not_recognised` those that name nothing known.
    """

    talk_medicines: tuple[TalkView, ...]
    talk_conditions: tuple[TalkView, ...]
    flags: tuple[FlagView, ...]
    to_check: tuple[Typed, ...]
    not_recognised: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class PatientView:
    """`patient`. The lists are None when nobody has asked yet, and empty when asked and none; so is `pregnancy_possible`."""

    name: Typed
    call_name: Typed
    born: str
    record_number: Typed
    weight: str | None
    conditions: tuple[Typed, ...] | None
    medicines: tuple[Typed, ...] | None
    allergies: tuple[Typed, ...] | None
    needs: tuple[NeedView, ...] | None
    pregnancy_possible: bool | None
    is_minor: bool

    def has_need(self, key: str) -> bool:
        """Tell whether the patient has the need of this key."""
        return any(need.key == key for need in self.needs or ())


@dataclass(frozen=True, slots=True)
class CompanionView:
    """`companion`: who takes the patient home, or None when that is not known yet."""

    name: Typed
    phone: Typed


@dataclass(frozen=True, slots=True)
class ClinicianView:
    """`clinician`: who is in charge of the treatment."""

    name: Typed
    role: Typed


@dataclass(frozen=True, slots=True)
class ClinicView:
    """`clinic`: the clinic's settings, with its own sentences in the language of the page."""

    name: Typed
    address: tuple[Typed, ...]
    phone: Typed
    after_hours_phone: Typed
    emergency_number: Typed
    crisis_number: Typed
    opening_hours: Typed
    cost: Typed
    privacy: Typed
    interpreter_help: Typed
    rules: ClinicRules


@dataclass(frozen=True, slots=True)
class SharedTreatmentView:
    """`treatment` of a shared document: what is the same for all who get it."""

    title: str
    medicine: str
    route: str
    is_off_label: bool
    protocol_id: str
    protocol_version: int
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TreatmentView(SharedTreatmentView):
    """`treatment`: what is planned. `dose` is None at a consultation; `devices` is 1 where there are none."""

    for_condition: Typed
    dose: str | None
    devices: int


@dataclass(frozen=True, slots=True)
class RepresentativeView:
    """`signing.representative`: who signs for the patient, or None."""

    name: Typed
    authority: Typed


@dataclass(frozen=True, slots=True)
class StatementView:
    """What an interpreter states, in one language. `language` and `direction` are for the tag around it."""

    language: str
    direction: str
    text: str


@dataclass(frozen=True, slots=True)
class InterpreterView:
    """`signing.interpreter`: who interprets, or None. `mode` is the label of: in person, video, phone.

    `statements` has what the interpreter states: in the language of the page, in the one interpreted if there are labels in
    it, and in the clinic's own.
    """

    name: Typed
    id: Typed
    language: str
    mode: str
    statements: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class SigningView:
    """`signing`: who signs the form, and who else is in the room.

    `witness` holds by the request or by the clinic's rule. `signer_reads` and `signer_writes` are about who signs, not
    always the patient.
    """

    signer: str
    signer_reads: bool
    signer_writes: bool
    representative: RepresentativeView | None
    interpreter: InterpreterView | None
    witness: bool


@dataclass(frozen=True, slots=True)
class TimesView:
    """`times`: the moments of the visit and the minutes of the session; None at a consultation."""

    arrive: Moment
    starts: Moment
    medicine_starts: Moment
    medicine_ends: Moment
    no_food_from: Moment
    no_drink_from: Moment
    strongest: Moment
    gone: Moment
    leave: Moment
    no_driving_before: Moment
    sleep_before_driving: tuple[str, ...]
    settle_minutes: int
    given_minutes: int
    strongest_minute: int
    gone_minute: int
    leave_minute: int
    check_minutes: tuple[int, ...]
    plan: SessionTimes

    def minute(self, minute: int) -> Moment:
        """Return the clock time of a minute of the session, counted from the first medicine."""
        return Moment(self.plan.minute(minute), self.starts.wording)


@dataclass(frozen=True, slots=True)
class SharedVisitView:
    """`visit` of a shared document."""

    stage: str


@dataclass(frozen=True, slots=True)
class VisitView(SharedVisitView):
    """`visit`: the appointment. `session_number` is None when it was not given."""

    starts: Moment
    session_number: int | None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """`document`: the page's own title and version. A draft has no signature lines; a shared one names no patient."""

    id: str
    title: str
    action: str
    look: str
    kind: str
    audience: str
    version_line: str
    is_draft: bool
    is_shared: bool


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """One line of `contents`: a document of the packet and the packet pages it stands on."""

    id: str
    title: str
    audience: str
    kind: str
    first_page: int
    last_page: int


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One line of `sources`: a publication that this packet cites, and the day by which it is read again."""

    number: int
    title: Typed
    check_by: str
    is_due: bool


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """One line of `reviews`: a fact this packet cites that is to be read again within 60 days, or should have been."""

    fact: str
    source: int
    check_by: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One line of `versions`: a document of the packet, its version, who approved it, and whether somebody else made it.

    `translation_by` is who held a translation against its original; None where nothing was translated.
    """

    title: str
    version_line: str
    approved_by: Typed | None
    translation_by: Typed | None = None
    is_insert: bool = False


# Every variable a template may use, with its class where it has one. Lists and plain values have none.
VARIABLES: Mapping[str, type | None] = {
    "patient": PatientView,
    "companion": CompanionView,
    "clinician": ClinicianView,
    "clinic": ClinicView,
    "health": HealthView,
    "treatment": TreatmentView,
    "signing": SigningView,
    "times": TimesView,
    "visit": VisitView,
    "protocol": Protocol,
    "plan": DosePlan,
    "document": DocumentView,
    "w": Wording,
    **dict.fromkeys(("parts", "language", "issued", "packet_id", "contents", "sources", "versions", "reviews", "glossary")),
}

# What a document may use that is filled without any patient's details: `shared = true` in its definition.
SHARED_VARIABLES: Mapping[str, type | None] = {
    "clinic": ClinicView,
    "treatment": SharedTreatmentView,
    "visit": SharedVisitView,
    "protocol": Protocol,
    "document": DocumentView,
    "w": Wording,
    **dict.fromkeys(("parts", "language", "issued")),
}


def shared_views(stage: str, protocol_id: str, protocol: Protocol, clinic: Clinic, wording: Wording) -> dict[str, object]:
    """Build the variables of a shared document. No request is given here, so nothing of a patient can get into it.

    Args:
        stage: the stage of the treatment, such as `first-session`.
        protocol_id: the id of the treatment.
        protocol: the treatment.
        clinic: the clinic's settings.
        wording: the labels of the page's language.
    """
    return {
        "clinic": _clinic(clinic, wording),
        "treatment": _shared_treatment(protocol_id, protocol, clinic, wording),
        "visit": SharedVisitView(stage),
        "protocol": protocol,
    }


def views(
    request: PacketRequest,
    clinic: Clinic,
    protocol: Protocol,
    plan: DosePlan | None,
    times: SessionTimes | None,
    wording: Wording,
    wordings: Mapping[str, Wording],
    vocabulary: Vocabulary,
    facts: FactRegister,
) -> dict[str, object]:
    """Build the variables about the patient, the visit and the clinic, in the language of the wording.

    Args:
        request: a checked request.
        clinic: the clinic's settings.
        protocol: the treatment.
        plan: the dose, worked out; None at a consultation.
        times: the clock times; None at a consultation.
        wording: the labels of the page's language.
        wordings: those of all languages, for what stands in more than one.
        vocabulary: the known conditions and medicines.
        facts: the facts, to tell which of them patients may read.
    """
    clinician = clinic.clinicians[request.visit.clinician]
    starts = request.visit.starts_at.replace(tzinfo=clinic.time_zone)
    return {
        "patient": _patient(request, wording),
        "companion": CompanionView(Typed(request.companion.name), Typed(request.companion.phone)) if request.companion else None,
        "clinician": ClinicianView(Typed(clinician.name), Typed(clinician.role[wording.language])),
        "clinic": _clinic(clinic, wording),
        "health": _health(read_health(request, vocabulary, protocol.medicine), wording, facts),
        "treatment": _treatment(request, clinic, protocol, plan, wording, vocabulary),
        "signing": _signing(request, clinic, wording, wordings),
        "times": _times(times, wording) if times else None,
        "visit": VisitView(request.visit.stage, Moment(starts, wording), request.visit.session_number),
        "protocol": protocol,
        "plan": plan,
    }


def _measured(text: str, wording: Wording) -> str:
    return Measured(text) if wording.direction == "rtl" else text


def _typed(texts: tuple[str, ...] | None) -> tuple[Typed, ...] | None:
    return None if texts is None else tuple(map(Typed, texts))


def _patient(request: PacketRequest, wording: Wording) -> PatientView:
    patient = request.patient
    return PatientView(
        name=Typed(patient.name),
        call_name=Typed(patient.preferred_name or patient.name),
        born=day_text(patient.date_of_birth, wording),
        record_number=Typed(patient.record_number),
        weight=_measured(str(patient.weight), wording) if patient.weight else None,
        conditions=_typed(patient.conditions),
        medicines=_typed(patient.medicines),
        allergies=_typed(patient.allergies),
        needs=None if patient.needs is None else tuple(_need(key, wording) for key in dict.fromkeys(patient.needs)),
        pregnancy_possible=patient.pregnancy_possible,
        is_minor=is_minor(request),
    )


def _need(key: str, wording: Wording) -> NeedView:
    return NeedView(key, wording[f"need_{key.replace('-', '_')}"])


def _health(health: Health, wording: Wording, facts: FactRegister) -> HealthView:
    def texts(items: tuple[Recorded, ...]) -> tuple[Typed, ...]:
        return tuple(Typed(item.reading.text) for item in items)

    def talk(line: Talk) -> TalkView:
        told = tuple(RecordedFact(name) for name in line.facts if facts.facts[name].definition.audience == "patient")
        return TalkView(texts(line.recorded), line.entry.id, line.lines, wording.language, told)

    def flag(item: Flag) -> FlagView:
        name = item.entry.name(wording.language) or next(iter(item.entry.definition.name.values()))
        told = tuple(FlagFact(RecordedFact(fact_id), facts.facts[fact_id].definition.holds_for) for fact_id in item.facts)
        return FlagView(texts(item.recorded), name, told, item.is_doubtful)

    return HealthView(
        talk_medicines=tuple(map(talk, health.talks("medicines"))),
        talk_conditions=tuple(map(talk, health.talks("conditions", "allergies"))),
        flags=tuple(map(flag, health.flags)),
        to_check=texts(health.to_check),
        not_recognised=texts(health.not_recognised),
    )


def _treatment(
    request: PacketRequest,
    clinic: Clinic,
    protocol: Protocol,
    plan: DosePlan | None,
    wording: Wording,
    vocabulary: Vocabulary,
) -> TreatmentView:
    typed = request.treatment.for_condition
    # What staff typed is in the clinic's language.
    name = None if wording.language == clinic.language else vocabulary.name_of_condition(typed, wording.language)
    return TreatmentView(
        **asdict(_shared_treatment(request.treatment.protocol, protocol, clinic, wording)),
        for_condition=Typed(name or typed),
        dose=_measured(str(plan.dose), wording) if plan else None,
        devices=plan.devices if plan else 1,
    )


def _shared_treatment(protocol_id: str, protocol: Protocol, clinic: Clinic, wording: Wording) -> SharedTreatmentView:
    return SharedTreatmentView(
        title=protocol.title[wording.language],
        medicine=wording[f"medicine_{protocol.medicine}"],
        route=wording[f"route_{protocol.route}"],
        is_off_label=protocol.label_status == "off-label",
        protocol_id=protocol_id,
        protocol_version=protocol.version,
        answers={name: str(answer) for name, answer in clinic.protocols.get(protocol_id, {}).items()},
    )


def _clinic(clinic: Clinic, wording: Wording) -> ClinicView:
    texts = clinic.texts[wording.language]
    return ClinicView(
        name=Typed(clinic.name),
        address=_typed(clinic.address) or (),
        phone=Typed(clinic.phone),
        after_hours_phone=Typed(clinic.after_hours_phone),
        emergency_number=Typed(clinic.emergency_number),
        crisis_number=Typed(clinic.crisis_number),
        opening_hours=Typed(texts.opening_hours),
        cost=Typed(texts.cost),
        privacy=Typed(texts.privacy),
        interpreter_help=Typed(texts.interpreter_help),
        rules=clinic.rules,
    )


def _signing(request: PacketRequest, clinic: Clinic, wording: Wording, wordings: Mapping[str, Wording]) -> SigningView:
    signing, needs = request.signing, signer_needs(request)
    who, interpreter = signing.representative, signing.interpreter
    return SigningView(
        signer=signing.signer,
        signer_reads="cannot-read" not in needs,
        signer_writes="cannot-write" not in needs,
        representative=RepresentativeView(Typed(who.name), Typed(who.authority)) if who else None,
        interpreter=InterpreterView(
            Typed(interpreter.name),
            Typed(interpreter.id),
            language_name(interpreter.language, wording),
            _mode(interpreter, wording),
            tuple(_statement(interpreter, one) for one in _spoken(interpreter, wording, clinic, wordings)),
        )
        if interpreter
        else None,
        witness=witness_signs(request, clinic),
    )


def _mode(interpreter: Interpreter, wording: Wording) -> str:
    return wording[f"mode_{interpreter.mode.replace(' ', '_')}"]


def _spoken(interpreter: Interpreter, wording: Wording, clinic: Clinic, wordings: Mapping[str, Wording]) -> Iterator[Wording]:
    """Yield the languages in which an interpreter states what was done, each once."""
    wanted = (wording.language, interpreter.language, interpreter.language.split("-", maxsplit=1)[0], clinic.language)
    known = [wordings[language] for language in dict.fromkeys(wanted) if language in wordings]
    for number, one in enumerate(known):
        if not any(one.language.split("-")[0] == other.language.split("-")[0] for other in known[:number]):
            yield one


def _statement(interpreter: Interpreter, wording: Wording) -> StatementView:
    language = language_name(interpreter.language, wording)
    text = wording.say("interpreter_statement", language=language, mode=_mode(interpreter, wording))
    return StatementView(wording.language, wording.direction, text)


def language_name(code: str, wording: Wording) -> str:
    """Return what a language is called in the language of the wording."""
    names = Locale.parse(wording.language, sep="-").languages
    return str(names.get(code) or names.get(code.split("-", maxsplit=1)[0], code))


def _times(times: SessionTimes, wording: Wording) -> TimesView:
    def ruled(time: RuledTime) -> Moment:
        return Moment(time.at, wording, time.fact)

    return TimesView(
        arrive=Moment(times.arrive, wording),
        starts=Moment(times.starts, wording),
        medicine_starts=Moment(times.medicine_starts, wording),
        medicine_ends=Moment(times.medicine_ends, wording),
        no_food_from=ruled(times.no_food_from),
        no_drink_from=ruled(times.no_drink_from),
        strongest=Moment(times.minute(times.strongest_minute), wording, times.strongest_fact),
        gone=Moment(times.minute(times.gone_minute), wording, times.gone_fact),
        leave=ruled(times.leave),
        no_driving_before=ruled(times.no_driving_before),
        sleep_before_driving=times.sleep_before_driving,
        settle_minutes=times.settle_minutes,
        given_minutes=times.given_minutes,
        strongest_minute=times.strongest_minute,
        gone_minute=times.gone_minute,
        leave_minute=times.leave_minute,
        check_minutes=times.check_minutes,
        plan=times,
    )
