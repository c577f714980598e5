"""Amounts with their units: weight and dose. Decimal throughout, so that nothing is lost on the way to the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

KILOGRAMS_PER_POUND = Decimal("0.45359237")  # exact by the international agreement of 1959

_WEIGHT = re.compile(r"(?a:(\d{1,3}(?:\.\d{1,2})?) ?(kg|lb))")
_DOSE = re.compile(r"(?a:(\d{1,4}(?:\.\d{1,3})?) ?mg)")

# Outside these a weight is a slip of the pen, not a person this product has a protocol for.
_LIGHTEST, _HEAVIEST = Decimal(20), Decimal(350)


def plain(number: Decimal) -> str:
    """Write a number the safe way: no trailing zero, always a leading zero, no exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Weight:
    """A body weight as it was typed: `amount` in `unit`."""

    amount: Decimal
    unit: Literal["kg", "lb"]

    @classmethod
    def parse(cls, text: str) -> Weight:
        """Read `70 kg` or `154 lb`.

        Raises:
            ValueError: with a message for the user that does not repeat the text.
        """
        match = _WEIGHT.fullmatch(text)
        if match is None:
            raise ValueError("this is not a weight with its unit")
        weight = cls(Decimal(match[1]), "kg" if match[2] == "kg" else "lb")
        if not _LIGHTEST <= weight.kilograms <= _HEAVIEST:
            raise ValueError(f"a weight must lie between {_LIGHTEST} kg and {_HEAVIEST} kg; is the unit right?")
        return weight

    @property
    def kilograms(self) -> Decimal:
        """The weight in kilograms, exact."""
        return self.amount if self.unit == "kg" else self.amount * KILOGRAMS_PER_POUND

    def __str__(self) -> str:
        """As typed; pounds are followed by the kilograms, to one decimal."""
        typed = f"{plain(self.amount)} {self.unit}"
        if self.unit == "kg":
            return typed
        return f"{typed} ({plain(self.kilograms.quantize(Decimal('0.1'), ROUND_HALF_EVEN))} kg)"


@dataclass(frozen=True, slots=True, order=True)
class Dose:
    """An amount of medicine in milligrams."""

    milligrams: Decimal

    @classmethod
    def parse(cls, text: str) -> Dose:
        """Read `35 mg`.

        Raises:
            ValueError: with a message for the user that does not repeat the text.
        """
        match = _DOSE.fullmatch(text)
        if match is None or not Decimal(match[1]):
            raise ValueError("this is not a dose in mg")
        return cls(Decimal(match[1]))

    def __str__(self) -> str:
        return f"{plain(self.milligrams)} mg"
