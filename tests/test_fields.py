"""The gates of single values: what passes each of them, and that a refusal never repeats what was typed."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from briefing import fields
from briefing.quantities import Dose, Weight

GATES: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(getattr(fields, name))
    for name in (
        "Text",
        "Sentences",
        "Phone",
        "Key",
        "Language",
        "Day",
        "LocalTime",
        "YesNo",
        "Count",
        "TypedWeight",
        "TypedDose",
        "TimeZone",
        "OneStage",
        "OneSigner",
        "OneMode",
        "OnePaper",
    )
}
_TEXT_GATES = ("Text", "Sentences", "Phone", "Key", "Language", "TypedWeight", "TypedDose", "TimeZone")


def reasons(gate: str, value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        GATES[gate].validate_python(value)
    return "; ".join(detail["msg"] for detail in refused.value.errors(include_input=False, include_url=False))


@pytest.mark.parametrize("gate", _TEXT_GATES)
@pytest.mark.parametrize("value", [42, Decimal("1.5"), 1.5, True, None, [], {}, ["a"], b"text", date(2026, 1, 1)])
def test_text_is_text_and_nothing_that_could_become_text(gate: str, value: object) -> None:
    assert "text is needed here" in reasons(gate, value)


@pytest.mark.parametrize("gate", _TEXT_GATES)
@pytest.mark.parametrize("value", ["", " \u00a0", "TBD", "n/a", "a\u202eb"])
def test_every_text_gate_refuses_nothing_in_disguise(gate: str, value: str) -> None:
    assert any(word in reasons(gate, value) for word in ("blank", "placeholder", "U+202E"))


@pytest.mark.parametrize(
    "number",
    [
        "+1 555 0100",
        "911",
        "988",
        "(312) 555-0100",
        "+1 (312) 555-0100",
        "312-555-0100",
        "312.555.0100",
        "+44 20 7946 0958",
        "555 0100 x12",
        "555 0100 ext. 4",
        "+49 30/901820",
    ],
)
def test_phone_numbers_as_people_write_them_are_taken(number: str) -> None:
    assert GATES["Phone"].validate_python(number) == number


@pytest.mark.parametrize(
    "number", ["12", "call me", "555-CALL", "+", "٥٥٥٠١٠٠", "555 0100;ext=4", "tel:+15550100", "5" * 40, "555   0100"]
)
def test_what_cannot_be_dialled_is_no_phone_number(number: str) -> None:
    reason = reasons("Phone", number)
    assert "not a phone number" in reason
    assert number not in reason


@pytest.mark.parametrize("key", ["okafor", "iv-depression", "dr-2", "7"])
def test_keys_are_small_letters_digits_and_single_hyphens(key: str) -> None:
    assert GATES["Key"].validate_python(key) == key


@pytest.mark.parametrize("key", ["Okafor", "a_b", "a--b", "-a", "a-", "a b", "é", "а", "../x", "a/b", "a.b"])
def test_what_could_be_a_path_or_a_look_alike_is_no_key(key: str) -> None:
    assert "a key has only" in reasons("Key", key)


@pytest.mark.parametrize("code", ["en", "es", "vi", "ar", "ase", "pt-BR", "zh-Hant"])
def test_language_codes_are_taken(code: str) -> None:
    assert GATES["Language"].validate_python(code) == code


@pytest.mark.parametrize(
    "code", ["english", "x", "zz", "e", "en-", "-en", "12", "en.Ana Ruiz", "en@Ana Ruiz", "en_US.UTF-8", "../en"]
)
def test_what_is_no_language_code_is_refused_without_repeating_it(code: str) -> None:
    assert reasons("Language", code) == "Value error, this is not a language code"


@pytest.mark.parametrize("value", [date(1986, 4, 2), "1986-04-02"])
def test_a_whole_date_is_taken_from_toml_and_from_json(value: object) -> None:
    assert GATES["Day"].validate_python(value) == date(1986, 4, 2)


@pytest.mark.parametrize(
    "value",
    [
        "1986",
        "1986-04",
        "02/03/1984",
        "2.3.1984",
        "19860402",
        "1986-4-2",
        "1986-04-02T00:00:00",
        "1986-02-30",
        "١٩٨٦-٠٤-٠٢",
        "April 2, 1986",
        19860402,
        45000,
        Decimal("45000.0"),
        None,
        datetime(1986, 4, 2),
    ],
)
def test_half_a_date_or_a_date_that_reads_two_ways_is_refused(value: object) -> None:
    reason = reasons("Day", value)
    assert "date is needed" in reason or "no such day" in reason
    assert str(value) not in reason


@pytest.mark.parametrize("value", ["2026-12-01T09:00:00", "2026-12-01T09:00", "2026-12-01 09:00", datetime(2026, 12, 1, 9)])
def test_a_local_time_is_taken_from_toml_and_from_json(value: object) -> None:
    assert GATES["LocalTime"].validate_python(value) == datetime(2026, 12, 1, 9)


@pytest.mark.parametrize(
    "value",
    [
        "2026-12-01T09:00:00Z",
        "2026-12-01T09:00:00-06:00",
        "2026-12-01",
        "09:00",
        "2026-12-01T25:00",
        "2026-02-30T09:00",
        "2026-12-01T9am",
        "2026-W49-2T09:00",
        "2026-12-01T09:00:30",
        date(2026, 12, 1),
        datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=-6))),
        datetime(2026, 12, 1, 9, 0, 30),
        datetime(2026, 12, 1, 9, 0, 0, 1),
        1796118000,
        None,
    ],
)
def test_a_time_with_an_offset_seconds_or_half_missing_is_refused(value: object) -> None:
    reason = reasons("LocalTime", value)
    assert any(word in reason for word in ("date with a time", "without an offset", "whole minutes", "no such day or time"))


@pytest.mark.parametrize("value", ["true", "yes", 1, 0, "", None, [], Decimal(1)])
def test_yes_and_no_are_true_and_false_only(value: object) -> None:
    assert "true or false is needed" in reasons("YesNo", value)


@pytest.mark.parametrize("value", ["1", 1.0, Decimal(1), True, -1, 100_001, None, "one", float("nan")])
def test_a_count_is_a_whole_number_and_not_something_that_looks_like_one(value: object) -> None:
    assert "whole number is needed" in reasons("Count", value)


def test_amounts_come_out_as_amounts() -> None:
    assert GATES["TypedWeight"].validate_python("154 lb") == Weight(Decimal(154), "lb")
    assert GATES["TypedDose"].validate_python("35 mg") == Dose(Decimal(35))


def test_a_time_zone_is_a_place_known_by_name() -> None:
    assert GATES["TimeZone"].validate_python("America/Chicago") == ZoneInfo("America/Chicago")
    for wrong in ("Chicago", "CST6", "../America/Chicago", "/etc/localtime", "UTC-6"):
        assert "not the name of a time zone" in reasons("TimeZone", wrong)


@pytest.mark.parametrize(
    ("gate", "good", "wrong"),
    [
        ("OneStage", "first-session", "second-session"),
        ("OneSigner", "representative", "mother"),
        ("OneMode", "in person", "in-person"),
        ("OnePaper", "a4", "A3"),
    ],
)
def test_a_choice_is_one_of_its_words_and_a_refusal_lists_them(gate: str, good: str, wrong: str) -> None:
    assert GATES[gate].validate_python(good) == good
    reason = reasons(gate, wrong)
    assert good in reason
    assert wrong not in reason


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(GATES)),
    st.one_of(
        st.text(max_size=30),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.none(),
        st.lists(st.text(), max_size=2),
        st.decimals(),
        st.datetimes(),
        st.dates(),
    ),
)
def test_any_value_passes_a_gate_or_is_refused_as_a_value(gate: str, value: object) -> None:
    with contextlib.suppress(ValidationError):
        assert GATES[gate].validate_python(value) is not None
