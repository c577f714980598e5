"""Who signs, with whose help, and from which day a person is of age."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from briefing.catalogue import Catalogue
from briefing.models import PacketRequest
from briefing.people import age_on, signer_needs, witness_signs

Data = dict[str, Any]
Check = Callable[[object], PacketRequest]


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 12, 1), date(2026, 11, 30), 17),
        (date(2008, 12, 1), date(2026, 12, 1), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2026, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_a_year_is_full_on_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


REPRESENTATIVE = {"signer": "representative", "representative": {"name": "Rosa Ruiz", "authority": "guardian"}}


@pytest.mark.parametrize(
    ("rule", "needs", "asked", "signs"),
    [
        (None, ["cannot-read"], False, False),
        (None, [], True, True),
        ("when the signer cannot read or write", ["cannot-read"], False, True),
        ("when the signer cannot read or write", ["cannot-write"], False, True),
        ("when the signer cannot read or write", ["hearing", "sight"], False, False),
        ("when the signer cannot read or write", None, False, False),
        ("when the signer cannot read or write", [], True, True),
        ("always", [], False, True),
        ("never", ["cannot-read"], False, False),
        ("never", ["cannot-read"], True, True),
    ],
)
def test_a_witness_signs_by_the_rule_or_because_one_is_asked_for(
    catalogue: Catalogue, request_of: Check, ana: Data, rule: str | None, needs: list[str] | None, asked: bool, signs: bool
) -> None:
    clinic = catalogue.the_clinic()
    clinic = clinic.model_copy(update={"rules": clinic.rules.model_copy(update={"witness": rule})})
    ana["patient"] |= {} if needs is None else {"needs": needs}
    ana["signing"]["witness"] = asked
    assert witness_signs(request_of(ana), clinic) is signs


def test_without_a_clinic_only_the_request_asks_for_a_witness(request_of: Check, ana: Data) -> None:
    ana["patient"]["needs"] = ["cannot-read"]
    assert not witness_signs(request_of(ana), None)


def test_the_needs_that_count_for_signing_are_those_of_who_signs(request_of: Check, ana: Data) -> None:
    ana["patient"]["needs"] = ["cannot-read"]
    ana["signing"] = {**REPRESENTATIVE, "representative": {**REPRESENTATIVE["representative"], "needs": ["sight"]}}  # type: ignore[dict-item]
    assert signer_needs(request_of(ana)) == {"sight"}
    assert signer_needs(request_of({**ana, "signing": {"signer": "patient"}})) == {"cannot-read"}
