"""Weights and doses: exact, and written so that they cannot be misread."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.quantities import Dose, Weight, plain

steady = settings(derandomize=True, deadline=None, max_examples=300)
_SAFE_NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", re.ASCII)


@steady
@given(st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False))
def test_plain_has_no_trailing_zero_no_exponent_and_a_leading_zero(number: Decimal) -> None:
    assert _SAFE_NUMBER.fullmatch(plain(abs(number)))


@steady
@given(st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False))
def test_plain_loses_nothing(number: Decimal) -> None:
    assert Decimal(plain(number)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.50", "0.5"),
        (".5", "0.5"),
        ("5.0", "5"),
        ("50", "50"),
        ("1E+3", "1000"),
        ("1E-3", "0.001"),
        ("100", "100"),
        ("0.0", "0"),
    ],
)
def test_plain_writes_a_number_the_safe_way(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


@steady
@given(st.integers(min_value=4500, max_value=77000))
def test_pounds_become_kilograms_exactly(hundredths: int) -> None:
    weight = Weight.parse(f"{Decimal(hundredths).scaleb(-2)} lb")
    assert Fraction(weight.kilograms) == Fraction(hundredths, 100) * Fraction(45359237, 100_000_000)


@steady
@given(st.integers(min_value=2000, max_value=35000))
def test_kilograms_stay_what_was_typed(hundredths: int) -> None:
    typed = Decimal(hundredths).scaleb(-2)
    assert Weight.parse(f"{typed} kg").kilograms == typed


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("70 kg", "70 kg"),
        ("70kg", "70 kg"),
        ("70.50 kg", "70.5 kg"),
        ("070 kg", "70 kg"),
        ("154 lb", "154 lb (69.9 kg)"),
        ("100 lb", "100 lb (45.4 kg)"),
        ("220.5 lb", "220.5 lb (100 kg)"),
    ],
)
def test_a_weight_is_shown_as_typed_and_pounds_in_kilograms_too(typed: str, shown: str) -> None:
    assert str(Weight.parse(typed)) == shown


_NOT_NUMBERS = [
    "70,5{}",
    "7O{}",
    "1,000{}",
    "1 000{}",
    "1'000{}",
    "1_000{}",
    "+70{}",
    "-70{}",
    "7e1{}",
    "7E1{}",
    ".5{}",
    "70.{}",
    "70..5{}",
    "٧٠{}",
    "７０{}",
    "७०{}",
    "70½{}",
    "0x46{}",
    "about 70{}",
    "70-80{}",
    "NaN{}",
    "inf{}",
    "70.5555{}",
    "70000{}",
    "{}",
    "70{}\n",
    " 70{}",
]


@pytest.mark.parametrize("frame", _NOT_NUMBERS)
@pytest.mark.parametrize("unit", [" kg", " lb"])
def test_a_weight_that_could_be_read_two_ways_is_refused_without_repeating_it(frame: str, unit: str) -> None:
    with pytest.raises(ValueError, match=r"^this is not a weight with its unit$"):
        Weight.parse(frame.format(unit))


@pytest.mark.parametrize("frame", _NOT_NUMBERS)
def test_a_dose_that_could_be_read_two_ways_is_refused(frame: str) -> None:
    with pytest.raises(ValueError, match="not a dose in mg"):
        Dose.parse(frame.format(" mg"))


@pytest.mark.parametrize(
    "text", ["70", "70 KG", "70 Kg", "70 kgs", "70 pounds", "70 lbs", "70 g", "70 st", "70  kg", "70\u00a0kg"]
)
def test_a_weight_needs_one_of_two_units(text: str) -> None:
    with pytest.raises(ValueError, match="weight with its unit"):
        Weight.parse(text)


@pytest.mark.parametrize(
    "text", ["35", "35 MG", "35 g", "35 ug", "35 µg", "35 mcg", "35 mg/kg", "35 ml", "0.5mgs", "0 mg", "0.000 mg"]
)
def test_a_dose_is_a_positive_number_of_milligrams(text: str) -> None:
    with pytest.raises(ValueError, match="not a dose in mg"):
        Dose.parse(text)


@pytest.mark.parametrize("text", ["20 kg", "350 kg", "44.1 lb", "771.61 lb"])
def test_a_weight_at_the_edge_of_what_people_weigh_is_taken(text: str) -> None:
    assert 20 <= Weight.parse(text).kilograms <= 350


@pytest.mark.parametrize("text", ["19.99 kg", "350.01 kg", "44 lb", "771.62 lb", "0 kg", "7 kg", "999 lb"])
def test_a_weight_nobody_has_is_refused_and_the_unit_asked_about(text: str) -> None:
    with pytest.raises(ValueError, match="between 20 kg and 350 kg; is the unit right"):
        Weight.parse(text)


@steady
@given(st.integers(min_value=1, max_value=9_999_999))
def test_a_dose_is_kept_exactly_and_shown_plainly(thousandths: int) -> None:
    milligrams = Decimal(thousandths).scaleb(-3)
    dose = Dose.parse(f"{milligrams:f} mg")
    assert dose.milligrams == milligrams
    assert _SAFE_NUMBER.fullmatch(str(dose).removesuffix(" mg"))


@steady
@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused_as_a_value(text: str) -> None:
    for parse in (Weight.parse, Dose.parse):
        try:
            amount = parse(text)
        except ValueError:
            continue
        assert text.isascii()
        assert str(amount)


def test_doses_are_equal_by_amount_whatever_zeros_were_typed() -> None:
    assert Dose.parse("35 mg") == Dose.parse("35.0 mg") == Dose.parse("35.00mg")
