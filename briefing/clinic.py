"""The clinic's own settings, `clinic.toml`: who it is, who works there, and the rules that only a clinic can set.

Nothing here has a built-in value. What a clinic must decide is asked for by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from briefing.fields import Count, Day, Key, Language, Name, OneOverdueRule, OnePaper, OneWitnessRule, Phone, Text, TimeZone
from briefing.models import Section
from briefing.schedule_settings import ScheduleSettings


def _ask(description: str, example: object) -> object:
    return Field(description=description, examples=[example])


class Clinician(Section):
    """A person who can be in charge of a treatment."""

    name: Annotated[Text, _ask("the name as patients know it", "Dr. Ngozi Okafor")]
    role: Annotated[
        Mapping[Language, Text], Field(min_length=1), _ask("what this person is, once for each language", {"en": "psychiatrist"})
    ]


class ClinicRules(Section):
    """Rules that differ between clinics. They are printed with the clinic itself as their source."""

    arrive_minutes_early: Annotated[Count, _ask("minutes before the appointment at which patients arrive", 15)]
    solid_food_hours: Annotated[Count, _ask("hours without solid food before the appointment", 6)]
    clear_drinks_hours: Annotated[Count, _ask("hours without any drink before the appointment", 2)]
    no_driving_hours: Annotated[Count, _ask("hours without driving after the medicine ends", 24)]
    companion_stays_hours: Annotated[Count, _ask("hours for which somebody stays with the patient at home", 6)]
    consent_covers_sessions: Annotated[Count, _ask("sessions that one signed consent form covers", 6)]
    consent_valid_days: Annotated[Count, _ask("days for which a signed consent form holds", 60)]
    reviewed_on: Annotated[Day, _ask("the day on which the clinic last read these rules", "2026-10-14")]
    review_by: Annotated[Day, _ask("the day by which the clinic reads them again", "2027-10-14")]
    witness: Annotated[OneWitnessRule | None, _ask("when a witness signs", "when the signer cannot read or write")] = None
    overdue_facts: Annotated[
        OneOverdueRule, _ask("print or refuse: what becomes of a packet with a fact whose review is overdue", "print")
    ] = "print"


class ClinicTexts(Section):
    """Sentences that only the clinic can write, once per language. Plain text."""

    opening_hours: Annotated[Text, _ask("when the phone is answered", "Monday to Friday, 8 am to 5 pm")]
    cost: Annotated[Text, _ask("what a session costs and who pays", "A session costs 450 dollars. Ask us what your plan pays.")]
    privacy: Annotated[Text, _ask("who may see the record", "Only the people who treat you can read your record.")]
    interpreter_help: Annotated[Text, _ask("how to get an interpreter or another format", "Call us two days before you come.")]


class Clinic(Section):
    """One clinic: the whole of `clinic.toml`."""

    name: Annotated[Text, _ask("the clinic's name", "Willow Street Clinic")]
    address: Annotated[
        tuple[Text, ...], Field(min_length=1), _ask("the address, line by line", ["214 Willow Street", "Springfield"])
    ]
    phone: Annotated[Phone, _ask("the phone in opening hours", "+1 555 0142")]
    after_hours_phone: Annotated[Phone, _ask("the phone at night and on weekends", "+1 555 0143")]
    emergency_number: Annotated[Text, _ask("the emergency number patients call", "911")]
    crisis_number: Annotated[Text, _ask("the suicide and crisis line patients call", "988")]
    time_zone: Annotated[TimeZone, _ask("the clinic's time zone", "America/Chicago")]
    paper: Annotated[OnePaper, _ask("letter or a4", "letter")]
    language: Annotated[Language, _ask("the language of the pages for staff", "en")]
    rules: Annotated[ClinicRules, Field(description="the clinic's rules")]
    clinicians: Annotated[dict[Key, Clinician], Field(description="one table for each clinician, by key", min_length=1)]
    texts: Annotated[dict[Language, ClinicTexts], Field(description="one table for each language", min_length=1)]
    protocols: Annotated[
        Mapping[Key, Mapping[Name, Count | Text]], Field(description="what each protocol asks the clinic to set")
    ] = {}
    schedule: Annotated[ScheduleSettings, Field(description="how a day's schedule is to be read")] = ScheduleSettings()
