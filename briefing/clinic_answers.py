"""What a protocol asks the clinic to set, read from `clinic.toml` by name. Nothing is assumed in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from briefing.clinic import Clinic
from briefing.errors import CatalogueError, Problem, nearest
from briefing.protocols import Ask, Protocol

_UNITS = {"milligrams": "mg", "milligrams-per-kilogram": "mg/kg", "milligrams-per-kilogram-hour": "mg/kg/h"}
_EXAMPLES = {
    "minutes": "30",
    "count": "6",
    "milligrams": '"60 mg"',
    "milligrams-per-kilogram": '"0.5 mg/kg"',
    "milligrams-per-kilogram-hour": '"0.5 mg/kg/h"',
}


def read_answers(protocol_id: str, protocol: Protocol, clinic: Clinic) -> Mapping[str, Decimal]:
    """Return the clinic's answers to a protocol's questions, as numbers in the unit the question names.

    Raises:
        CatalogueError: answers are missing, of the wrong kind, or to questions nobody asked; all at once.
    """
    given = clinic.protocols.get(protocol_id, {})
    problems = list(_problems(protocol_id, protocol, given))
    if problems:
        raise CatalogueError(problems)
    return {name: value for name, ask in protocol.asks.items() if (value := _value(ask, given[name])) is not None}


def _problems(protocol_id: str, protocol: Protocol, given: Mapping[str, int | str]) -> Iterator[Problem]:
    for name, ask in protocol.asks.items():
        where = f"clinic.toml: protocols.{protocol_id}.{name}"
        how = f"Set {ask.what}, such as: {name} = {_EXAMPLES[ask.kind]}"
        if name not in given:
            yield Problem("clinic-must-set", where, "the clinic has not set it.", how)
        elif _value(ask, given[name]) is None:
            yield Problem("wrong-value", where, "it is not what is needed here.", how)
    for name in given:
        if name not in protocol.asks:
            where = f"clinic.toml: protocols.{protocol_id}.{name}"
            yield Problem("unknown-key", where, "the protocol does not ask for this.", nearest(name, list(protocol.asks)))


def _value(ask: Ask, answer: int | str) -> Decimal | None:
    if unit := _UNITS.get(ask.kind):
        match = re.fullmatch(rf"(?a:(\d{{1,4}}(?:\.\d{{1,3}})?) ?{unit})", answer) if isinstance(answer, str) else None
        number = Decimal(match[1]) if match else None
    else:
        number = Decimal(answer) if isinstance(answer, int) else None
    return number or None  # nothing that is asked for can be zero
