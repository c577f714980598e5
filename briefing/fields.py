"""The kinds of value a person can type, each with its gate. Messages say what is wrong and never what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, UnknownLocaleError
from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from briefing.quantities import Dose, Weight
from briefing.text_safety import clean_line

_PHONE = re.compile(r"(?a:\+?\(?\d(?:[ .()/-]{0,2}\d){2,19}(?: ?(?:x|ext\.?) ?\d{1,6})?)")
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"(?a:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)")
LONGEST_SENTENCES = 1000
_LARGEST_COUNT = 100_000
_ISO_DATE = re.compile(r"(?a:\d{4}-\d{2}-\d{2})")
_ISO_LOCAL = re.compile(r"(?a:\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::00)?)")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("text is needed here, in quotes")
    return clean_line(value)


def _sentences(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("text is needed here, in quotes")
    return clean_line(value, LONGEST_SENTENCES)


def _phone(value: object) -> str:
    text = _text(value)
    if not _PHONE.fullmatch(text):
        raise ValueError("this is not a phone number")
    return text


def _key(value: object) -> str:
    text = _text(value)
    if not _KEY.fullmatch(text):
        raise ValueError("a key has only small letters, digits and single hyphens")
    return text


def _date(value: object) -> date:
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("there is no such day in the calendar") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("a whole date is needed, as year-month-day")


def _local_time(value: object) -> datetime:
    if isinstance(value, str) and _ISO_LOCAL.fullmatch(value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("there is no such day or time") from None
    if not isinstance(value, datetime):
        raise ValueError("a date with a time is needed")
    if value.tzinfo is not None:
        raise ValueError("it must be the clinic's own local time, without an offset or Z")
    if value.time() != time(value.hour, value.minute):
        raise ValueError("whole minutes are needed")
    return value


def _yes_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false is needed here, without quotes")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST_COUNT:
        raise ValueError("a whole number is needed here, without quotes")
    return value


def _weight(value: object) -> Weight:
    return value if isinstance(value, Weight) else Weight.parse(_text(value))


def _dose(value: object) -> Dose:
    return value if isinstance(value, Dose) else Dose.parse(_text(value))


def _language(value: object) -> str:
    text = _text(value)
    if not _LANGUAGE.fullmatch(text):  # Babel takes "en.anything" and "en@anything" too
        raise ValueError("this is not a language code")
    try:
        Locale.parse(text, sep="-")
    except (ValueError, UnknownLocaleError):
        # Sign languages have names but no locale data of their own.
        if text not in Locale("en").languages:
            raise ValueError("this is not a language code") from None
    return text


def _time_zone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    text = _text(value)
    if text not in available_timezones():
        raise ValueError("this is not the name of a time zone")
    return ZoneInfo(text)


def one_of(*choices: str) -> Callable[[object], str]:
    """Make a gate that lets exactly these words through."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value.strip() not in choices:
            raise ValueError(f"it must be one of: {', '.join(choices)}")
        return value.strip()

    return check


Text = Annotated[str, BeforeValidator(_text)]
Sentences = Annotated[str, BeforeValidator(_sentences)]
Phone = Annotated[str, BeforeValidator(_phone)]
Key = Annotated[str, BeforeValidator(_key)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Language = Annotated[str, BeforeValidator(_language)]
Day = Annotated[date, BeforeValidator(_date)]
LocalTime = Annotated[datetime, BeforeValidator(_local_time)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Count = Annotated[int, BeforeValidator(_count)]
TypedWeight = Annotated[
    Weight,
    PlainValidator(_weight),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)? ?(kg|lb)$"}),
]
TypedDose = Annotated[
    Dose,
    PlainValidator(_dose),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)? ?mg$"}),
]
TimeZone = Annotated[ZoneInfo, PlainValidator(_time_zone), WithJsonSchema({"type": "string"})]

Stage = Literal["consultation", "first-session", "next-session"]
Signer = Literal["patient", "representative"]
InterpreterMode = Literal["in person", "video", "phone"]
Paper = Literal["letter", "a4"]
Need = Literal["hearing", "sight", "cannot-read", "cannot-write"]
WitnessRule = Literal["when the signer cannot read or write", "always", "never"]
OverdueRule = Literal["print", "refuse"]
OneStage = Annotated[Stage, BeforeValidator(one_of(*get_args(Stage)))]
OneSigner = Annotated[Signer, BeforeValidator(one_of(*get_args(Signer)))]
OneMode = Annotated[InterpreterMode, BeforeValidator(one_of(*get_args(InterpreterMode)))]
OnePaper = Annotated[Paper, BeforeValidator(one_of(*get_args(Paper)))]
OneNeed = Annotated[Need, BeforeValidator(one_of(*get_args(Need)))]
OneWitnessRule = Annotated[WitnessRule, BeforeValidator(one_of(*get_args(WitnessRule)))]
OneOverdueRule = Annotated[OverdueRule, BeforeValidator(one_of(*get_args(OverdueRule)))]
