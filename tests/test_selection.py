"""Which documents and sections a packet has: by their own rules, in order, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from briefing.catalogue import Catalogue, Document, DocumentDefinition
from briefing.errors import CatalogueError
from briefing.models import PacketRequest
from briefing.selection import ChosenDocument, Selection, choose_documents, describe_case

Data = dict[str, Any]
Check = Callable[[object], PacketRequest]


def document(
    name: str, order: int = 10, audience: str = "patient", languages: tuple[str, ...] = ("en",), **more: object
) -> Document:
    definition = {
        "version": 1,
        "title": {"en": name},
        "audience": audience,
        "kind": "handout",
        "order": order,
        "action": "keep",
        "parts": [{"id": "all"}],
        **more,
    }
    return Document(name, DocumentDefinition.model_validate(definition), languages)


def choose(catalogue: Catalogue, request: PacketRequest, *documents: Document) -> Selection:
    return choose_documents(replace(catalogue, documents={item.id: item for item in documents}, inserts={}), request)


def chosen(selection: Selection) -> list[str]:
    return [item.id for item in selection.chosen]


@pytest.fixture
def request_(request_of: Check, ana: Data) -> PacketRequest:
    return request_of(ana)


def test_a_document_without_a_rule_is_always_in(catalogue: Catalogue, request_: PacketRequest) -> None:
    selection = choose(catalogue, request_, document("plain"))
    assert chosen(selection) == ["plain"]
    assert selection.decisions[0].reason == "always"


@pytest.mark.parametrize(
    ("when", "is_in", "reason"),
    [
        ({"stage": ["first-session"]}, True, "stage is first-session"),
        ({"stage": ["consultation", "next-session"]}, False, "stage is first-session, not consultation or next-session"),
        ({"protocol": ["iv-depression"]}, True, "protocol is iv-depression"),
        ({"medicine": ["esketamine"]}, False, "medicine is ketamine, not esketamine"),
        ({"route": ["intravenous", "oral"]}, True, "route is intravenous"),
        ({"label_status": ["approved"]}, False, "label_status is off-label, not approved"),
        ({"indication": ["pain"]}, False, "indication is depression, not pain"),
        ({"signer": ["representative"]}, False, "signer is patient, not representative"),
        ({"companion": ["not known yet"]}, False, "companion is known, not not known yet"),
        ({"interpreter": True}, False, "interpreter is no, not yes"),
        ({"interpreter": False}, True, "interpreter is no"),
        ({"witness": True}, False, "witness is no, not yes"),
        ({"medicine": ["ketamine"], "witness": False}, True, "medicine is ketamine; witness is no"),
        ({"medicine": ["ketamine"], "witness": True}, False, "witness is no, not yes"),
        ({"medicine": ["esketamine"], "witness": True}, False, "medicine is ketamine, not esketamine; witness is no, not yes"),
    ],
)
def test_a_rule_is_answered_with_its_reason(
    catalogue: Catalogue, request_: PacketRequest, when: dict[str, object], is_in: bool, reason: str
) -> None:
    selection = choose(catalogue, request_, document("plain"), document("ruled", order=20, when=when))
    decision = next(decision for decision in selection.decisions if decision.name == "ruled")
    assert (decision.is_in, decision.reason) == (is_in, reason)
    assert ("ruled" in chosen(selection)) is is_in


def test_sections_follow_their_own_rules(catalogue: Catalogue, request_: PacketRequest) -> None:
    parts = [
        {"id": "all"},
        {"id": "spray", "when": {"medicine": ["esketamine"]}},
        {"id": "drip", "when": {"medicine": ["ketamine"]}},
    ]
    (item,) = choose(catalogue, request_, document("plain", parts=parts)).chosen
    assert isinstance(item, ChosenDocument)
    assert [part.id for part in item.parts] == ["all", "drip"]
    assert [(decision.name, decision.is_in) for decision in item.decisions] == [("all", True), ("spray", False), ("drip", True)]


def test_documents_come_in_order_and_those_for_staff_last_and_together(catalogue: Catalogue, request_: PacketRequest) -> None:
    selection = choose(
        catalogue,
        request_,
        document("staff-b", order=2, audience="staff"),
        document("zulu", order=10),
        document("alpha", order=10),
        document("companion", order=5, audience="companion"),
        document("staff-a", order=1, audience="staff"),
        document("last", order=90),
    )
    assert chosen(selection) == ["companion", "alpha", "zulu", "last", "staff-a", "staff-b"]


def test_every_document_there_is_has_a_decision(catalogue: Catalogue, request_: PacketRequest) -> None:
    selection = choose(catalogue, request_, document("plain"), document("other", when={"witness": True}))
    assert {decision.name for decision in selection.decisions} == {"plain", "other"}


def test_patients_and_companions_read_their_language_and_staff_the_clinics(
    catalogue: Catalogue, request_of: Check, ana: Data
) -> None:
    ana["patient"]["language"] = "es"
    selection = choose(
        catalogue,
        request_of(ana),
        document("plain", languages=("en", "es")),
        document("companion", audience="companion", languages=("en", "es")),
        document("staff", audience="staff", languages=("en",)),
    )
    assert [(item.id, item.language) for item in selection.chosen] == [
        ("companion", "es"),
        ("plain", "es"),
        ("staff", "en"),
    ]


def test_a_language_that_is_missing_stops_the_packet_and_all_such_documents_are_named(
    catalogue: Catalogue, request_of: Check, ana: Data
) -> None:
    ana["patient"]["language"] = "es"
    with pytest.raises(CatalogueError) as error:
        choose(
            catalogue,
            request_of(ana),
            document("one"),
            document("two", languages=("en", "vi")),
            document("fine", languages=("en", "es")),
            document("not-in", when={"witness": True}),
        )
    assert [(problem.kind, problem.where) for problem in error.value.problems] == [
        ("language-missing", "documents/one"),
        ("language-missing", "documents/two"),
    ]
    assert "en, vi" in error.value.problems[1].what_to_do


def test_a_language_that_is_missing_is_told_without_what_was_typed(catalogue: Catalogue, request_of: Check, ana: Data) -> None:
    ana["patient"]["language"] = "yue"
    with pytest.raises(CatalogueError) as error:
        choose(catalogue, request_of(ana), document("one"))
    (problem,) = error.value.problems
    assert "yue" not in "".join(problem.as_dict().values())


def test_a_packet_without_any_document_is_refused(catalogue: Catalogue, request_: PacketRequest) -> None:
    for documents in ([], [document("other", when={"witness": True})]):
        with pytest.raises(CatalogueError) as error:
            choose(catalogue, request_, *documents)
        assert error.value.problems


def test_the_case_holds_nothing_of_the_patient(catalogue: Catalogue, request_: PacketRequest) -> None:
    case = describe_case(catalogue, request_)
    assert set(case) == {
        "stage",
        "protocol",
        "medicine",
        "route",
        "indication",
        "label_status",
        "signer",
        "companion",
        "interpreter",
        "witness",
    }
    assert case["companion"] == "known"


def test_a_companion_who_is_not_known_yet_is_a_case_of_its_own(catalogue: Catalogue, request_of: Check, ana: Data) -> None:
    del ana["companion"]
    assert describe_case(catalogue, request_of(ana))["companion"] == "not known yet"
