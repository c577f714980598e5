"""Approval: it binds the exact words. One letter, label or number of a fact changed, and the document is a draft again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from briefing.approval import approval_of
from briefing.catalogue import Catalogue, CatalogueFile
from briefing.facts import FactRegister
from tests.packets import sample_catalogue

Change = Callable[[Catalogue], Catalogue]


def with_file(path: str, old: str, new: str) -> Change:
    def change(catalogue: Catalogue) -> Catalogue:
        file = catalogue.files[path]
        assert old in file.text
        text = file.text.replace(old, new, 1)
        changed = CatalogueFile(path, text.encode(), "clinic", f"digest of {text}")
        return replace(catalogue, files={**catalogue.files, path: changed})

    return change


def with_fact(fact_id: str, **definition: object) -> Change:
    def change(catalogue: Catalogue) -> Catalogue:
        fact = catalogue.facts.facts[fact_id]
        changed = replace(fact, definition=fact.definition.model_copy(update=definition))
        return replace(catalogue, facts=FactRegister({**catalogue.facts.facts, fact_id: changed}))

    return change


def with_source_number(fact_id: str, number: int) -> Change:
    def change(catalogue: Catalogue) -> Catalogue:
        fact = catalogue.facts.facts[fact_id]
        changed = replace(fact, source=fact.source.model_copy(update={"number": number}))
        return replace(catalogue, facts=FactRegister({**catalogue.facts.facts, fact_id: changed}))

    return change


def is_approved(catalogue: Catalogue, document_id: str = "consent") -> bool:
    return approval_of(catalogue.documents[document_id], "en", catalogue) is not None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(with_file("documents/consent/en.html.j2", "I agree", "I aggree"), id="a letter of its text"),
        pytest.param(with_file("documents/consent/document.toml", "version = 1", "version = 2"), id="its definition"),
        pytest.param(with_file("layout/macros.html.j2", "class=", "class ="), id="a layout it uses"),
        pytest.param(with_file("wording/en.toml", "signature", "signatures"), id="a label"),
        pytest.param(with_fact("emergency-988", text={"en": "Call somebody."}), id="the sentence of a fact"),
        pytest.param(
            with_fact("iv-hemodynamic-third", numbers={"with": Decimal(3), "of": Decimal(100)}), id="the number of a fact"
        ),
        pytest.param(with_source_number("emergency-988", 999), id="the number of a source"),
        pytest.param(with_fact("ket-monitor-continuous", text={"en": "Nobody watches."}), id="a fact that a protocol prints"),
    ],
)
def test_whatever_is_changed_makes_it_a_draft_again(change: Change) -> None:
    assert is_approved(sample_catalogue())
    assert not is_approved(change(sample_catalogue()))


def test_changing_it_back_makes_it_approved_again() -> None:
    there = with_file("documents/consent/en.html.j2", "I agree", "I aggree")
    path = "documents/consent/en.html.j2"
    before = sample_catalogue()
    back = replace(there(before), files={**there(before).files, path: before.files[path]})
    assert is_approved(back)


def test_another_documents_words_change_nothing() -> None:
    change = with_file("documents/follow-up/en.html.j2", "helped you", "helped  you")
    assert is_approved(change(sample_catalogue()))
    assert not is_approved(change(sample_catalogue()), "follow-up")
