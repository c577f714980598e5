"""The contract with templates: the variables a template may use, and nothing else.

`docs/template-context.md` lists these classes and is tested against them. Text that a person typed is `Typed`: it
prints as it was typed, escaped, and isolated from the writing direction around it, so that nothing in a name can become
markup or turn a dose around.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel.core import Locale
from babel.dates import format_date, format_datetime
from markupsafe import Markup

from briefing.clinic import Clinic, ClinicRules
from briefing.dosing import DosePlan
from briefing.models import PacketRequest
from briefing.protocols import Protocol
from briefing.session_times import RuledTime, SessionTimes
from briefing.wording import Wording

_LAST_LETTER_OF_OUR_FONT = 0x17F  # Atkinson Hyperlegible covers Latin up to here; Noto Sans and Plex know the rest
_NOON = 12


class Typed(str):
    """Text that a person typed."""

    __slots__ = ()

    def __html__(self) -> str:
        # One font for the whole of it: letters borrowed one by one from another font look like a mistake.
        if all(ord(character) <= _LAST_LETTER_OF_OUR_FONT for character in self):
            return Markup("<bdi>{}</bdi>").format(str(self))
        return Markup('<bdi class="wide">{}</bdi>').format(str(self))


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


@dataclass(frozen=True, slots=True)
class PatientView:
    """`patient`. The three lists are None when nobody has asked yet, and empty when asked and none."""

    name: Typed
    call_name: Typed
    born: str
    record_number: Typed
    weight: str | None
    conditions: tuple[Typed, ...] | None
    medicines: tuple[Typed, ...] | None
    allergies: tuple[Typed, ...] | None


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
class TreatmentView:
    """`treatment`: what is planned. `dose` is None at a consultation; `devices` is 1 where there are none."""

    title: str
    medicine: str
    route: str
    for_condition: Typed
    is_off_label: bool
    dose: str | None
    devices: int
    protocol_id: str
    protocol_version: int
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RepresentativeView:
    """`signing.representative`: who signs for the patient, or None."""

    name: Typed
    authority: Typed


@dataclass(frozen=True, slots=True)
class InterpreterView:
    """`signing.interpreter`: who interprets, or None. `mode` is the label of: in person, video, phone."""

    name: Typed
    id: Typed
    language: str
    mode: str


@dataclass(frozen=True, slots=True)
class SigningView:
    """`signing`: who signs the form, and who else is in the room."""

    signer: str
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
class VisitView:
    """`visit`: the appointment. `session_number` is None when it was not given."""

    starts: Moment
    stage: str
    session_number: int | None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """`document`: the page's own title and version. A draft has no signature lines."""

    id: str
    title: str
    action: str
    look: str
    kind: str
    audience: str
    version_line: str
    is_draft: bool


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
class VersionEntry:
    """One line of `versions`: a document of the packet, its version, who approved it, and whether somebody else made it."""

    title: str
    version_line: str
    approved_by: Typed | None
    is_insert: bool = False


def views(
    request: PacketRequest,
    clinic: Clinic,
    protocol: Protocol,
    plan: DosePlan | None,
    times: SessionTimes | None,
    wording: Wording,
) -> dict[str, object]:
    """Build the variables about the patient, the visit and the clinic, in the language of the wording."""
    texts = clinic.texts[wording.language]
    clinician = clinic.clinicians[request.visit.clinician]
    starts = request.visit.starts_at.replace(tzinfo=clinic.time_zone)
    return {
        "patient": _patient(request, wording),
        "companion": CompanionView(Typed(request.companion.name), Typed(request.companion.phone)) if request.companion else None,
        "clinician": ClinicianView(Typed(clinician.name), Typed(clinician.role[wording.language])),
        "clinic": ClinicView(
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
        ),
        "treatment": _treatment(request, clinic, protocol, plan, wording),
        "signing": _signing(request, wording),
        "times": _times(times, wording) if times else None,
        "visit": VisitView(Moment(starts, wording), request.visit.stage, request.visit.session_number),
        "protocol": protocol,
        "plan": plan,
    }


def _typed(texts: tuple[str, ...] | None) -> tuple[Typed, ...] | None:
    return None if texts is None else tuple(map(Typed, texts))


def _patient(request: PacketRequest, wording: Wording) -> PatientView:
    patient = request.patient
    return PatientView(
        name=Typed(patient.name),
        call_name=Typed(patient.preferred_name or patient.name),
        born=day_text(patient.date_of_birth, wording),
        record_number=Typed(patient.record_number),
        weight=str(patient.weight) if patient.weight else None,
        conditions=_typed(patient.conditions),
        medicines=_typed(patient.medicines),
        allergies=_typed(patient.allergies),
    )


def _treatment(
    request: PacketRequest, clinic: Clinic, protocol: Protocol, plan: DosePlan | None, wording: Wording
) -> TreatmentView:
    return TreatmentView(
        title=protocol.title[wording.language],
        medicine=wording[f"medicine_{protocol.medicine}"],
        route=wording[f"route_{protocol.route}"],
        for_condition=Typed(request.treatment.for_condition),
        is_off_label=protocol.label_status == "off-label",
        dose=str(plan.dose) if plan else None,
        devices=plan.devices if plan else 1,
        protocol_id=request.treatment.protocol,
        protocol_version=protocol.version,
        answers={name: str(answer) for name, answer in clinic.protocols.get(request.treatment.protocol, {}).items()},
    )


def _signing(request: PacketRequest, wording: Wording) -> SigningView:
    signing = request.signing
    who, interpreter = signing.representative, signing.interpreter
    return SigningView(
        signer=signing.signer,
        representative=RepresentativeView(Typed(who.name), Typed(who.authority)) if who else None,
        interpreter=InterpreterView(
            Typed(interpreter.name),
            Typed(interpreter.id),
            _language_name(interpreter.language, wording),
            wording[f"mode_{interpreter.mode.replace(' ', '_')}"],
        )
        if interpreter
        else None,
        witness=signing.witness,
    )


def _language_name(code: str, wording: Wording) -> str:
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
