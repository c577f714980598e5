"""The request: what a person at the clinic types about one patient and one visit. Every value is frozen and checked."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from briefing.fields import (
    Count,
    Day,
    Key,
    Language,
    LocalTime,
    OneMode,
    OneNeed,
    OneSigner,
    OneStage,
    Phone,
    Text,
    TypedDose,
    TypedWeight,
    YesNo,
)


class Section(BaseModel):
    """A table of the request or of the clinic's settings. Unknown keys are refused; nothing can be changed afterwards."""

    # Field values are kept out of every error text and every repr: they are a patient's.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, arbitrary_types_allowed=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


def _ask(description: str, example: object) -> object:
    return Field(description=description, examples=[example])


class Patient(Section):
    """Who gets the treatment."""

    name: Annotated[Text, _ask("the legal name, exactly as it must be printed", "Ana Ruiz")]
    preferred_name: Annotated[Text | None, _ask("the name the patient likes to be called by", "Ana")] = None
    date_of_birth: Annotated[Day, _ask("the whole date of birth", "1986-04-02")]
    record_number: Annotated[Text, _ask("the record number in quotes, so that leading zeros stay", "MRN-004217")]
    weight: Annotated[TypedWeight | None, _ask("the weight with its unit, kg or lb", "70 kg")] = None
    language: Annotated[Language, _ask("the code of the language the patient reads", "en")]
    conditions: Annotated[tuple[Text, ...] | None, _ask("the known conditions; [] when asked and none", ["asthma"])] = None
    medicines: Annotated[tuple[Text, ...] | None, _ask("the medicines; [] when asked and none", ["lamotrigine 100 mg"])] = None
    allergies: Annotated[tuple[Text, ...] | None, _ask("the allergies; [] when asked and none", ["penicillin"])] = None
    needs: Annotated[
        tuple[OneNeed, ...] | None, _ask("hearing, sight, cannot-read, cannot-write; [] when asked and none", ["hearing"])
    ] = None
    pregnancy_possible: Annotated[YesNo | None, _ask("true or false, once somebody has asked", True)] = None


class Companion(Section):
    """Who takes the patient home. Leave the whole table out when it is not known yet: lines to fill in are printed."""

    name: Annotated[Text, _ask("the name of the person who takes the patient home", "Luis Ruiz")]
    phone: Annotated[Phone, _ask("a phone number that reaches this person", "+1 555 0100")]


class Visit(Section):
    """When the patient comes, at which stage, and to whom."""

    starts_at: Annotated[LocalTime, _ask("date and time in the clinic's own time zone", "2026-12-01T09:00:00")]
    stage: Annotated[OneStage, _ask("consultation, first-session or next-session", "first-session")]
    session_number: Annotated[Count | None, _ask("the number of this session in the series", 1)] = None
    clinician: Annotated[Key, _ask("a key of the clinic's list of clinicians", "okafor")]


class Treatment(Section):
    """What is planned."""

    protocol: Annotated[Key, _ask("the id of a protocol; `briefing protocols` lists them", "iv-depression")]
    for_condition: Annotated[Text, _ask("what the treatment is for", "treatment-resistant depression")]
    dose: Annotated[TypedDose | None, _ask("the clinician's own figure in mg, when there is one", "35 mg")] = None


class Representative(Section):
    """Who signs when the patient cannot."""

    name: Annotated[Text, _ask("the name of the person who signs", "Rosa Ruiz")]
    authority: Annotated[Text, _ask("what gives this person the right to sign", "health care power of attorney")]
    needs: Annotated[tuple[OneNeed, ...] | None, _ask("what the person who signs needs, as for the patient", ["sight"])] = None


class Interpreter(Section):
    """Who interprets the talk. Nobody under age may: see `intake`."""

    name: Annotated[Text, _ask("the interpreter's name", "Marta Solano")]
    id: Annotated[Text, _ask("the interpreter's number, in quotes", "20418")]
    language: Annotated[Language, _ask("the code of the language interpreted", "es")]
    mode: Annotated[OneMode, _ask("in person, video or phone", "video")]
    is_minor: Annotated[YesNo, _ask("false: whoever interprets is of age", False)] = False


class Signing(Section):
    """Who signs the consent form, and who else is in the room."""

    signer: Annotated[OneSigner, _ask("patient or representative", "patient")]
    representative: Annotated[
        Representative | None, _ask("name and authority of the person who signs for the patient", {"name": "Rosa Ruiz"})
    ] = None
    interpreter: Annotated[Interpreter | None, _ask("name, id, language and mode", {"name": "Marta Solano"})] = None
    witness: Annotated[YesNo, _ask("true when a witness signs too, whatever the clinic's rule", False)] = False


class PacketRequest(Section):
    """One patient, one visit: everything a packet is made from, apart from the clinic folder and the day of issue."""

    patient: Annotated[Patient, Field(description="who gets the treatment")]
    companion: Annotated[Companion | None, Field(description="who takes the patient home")] = None
    visit: Annotated[Visit, Field(description="when, at which stage, and to whom")]
    treatment: Annotated[Treatment, Field(description="what is planned")]
    signing: Annotated[Signing, Field(description="who signs")]
