"""Every document in every language, for every treatment and stage, in normal and in large print: printed and proved.

Each turn is a whole packet, which takes seconds, so most of them run only with `-m long`. Treatments and languages come from the
sample clinic: whatever is added to it is tried without a line here.
"""

from __future__ import annotations

from functools import cache

import pytest

from briefing.catalogue import Catalogue
from briefing.choices import Choices
from briefing.pipeline import make_packet
from briefing.rehearsal import Rehearsal, rehearsals
from briefing.workshop import Workshop, open_workshop
from tests.conftest import ISSUED_ON
from tests.packets import SECRET, sample_catalogue

TURNS = tuple(rehearsals(sample_catalogue(), ISSUED_ON))
PRINTS = (Choices(), Choices(large_print=True))
SHORTEST = "consultation"  # its packets have the fewest pages


@cache
def remembering() -> Workshop:
    """Return a workshop that prints a page only once which is the same in two packets of made-up patients."""
    return open_workshop(sample_catalogue(), remembering=True)


def all_there_is(catalogue: Catalogue) -> set[tuple[str, str]]:
    """Return each document for patients and companions with each language it must be had in, and those for staff in the clinic's."""
    clinic = catalogue.the_clinic()
    return {
        (document.id, language)
        for document in catalogue.documents.values()
        for language in ([clinic.language] if document.definition.audience == "staff" else clinic.texts)
    }


def print_and_prove(turn: Rehearsal, choices: Choices) -> set[tuple[str, str]]:
    """Make a packet; whatever is wrong with it, a warning of the renderer included, is raised. Return what is in it."""
    verified, manifest = make_packet(turn.request, remembering(), SECRET, ISSUED_ON, choices)
    readers = [document.item for document in verified.packet.documents if document.item.audience != "staff"]
    assert {item.is_large for item in readers} == {choices.large_print}
    assert manifest.data["large_print"] is choices.large_print
    return {(document.item.id, document.item.language) for document in verified.packet.documents}


def named(choices: Choices) -> str:
    return "large" if choices.large_print else "normal"


@pytest.mark.long
@pytest.mark.parametrize("choices", PRINTS, ids=named)
@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: turn.name)
def test_every_turn_is_printed_and_proved(turn: Rehearsal, choices: Choices) -> None:
    assert print_and_prove(turn, choices)


@pytest.mark.parametrize("language", sorted(sample_catalogue().the_clinic().texts))
def test_one_turn_of_each_language_in_large_print(language: str) -> None:
    turn = next(turn for turn in TURNS if turn.request.patient.language == language and turn.request.visit.stage == SHORTEST)
    assert print_and_prove(turn, PRINTS[1])


def test_the_turns_leave_no_document_protocol_language_or_stage_out() -> None:
    from briefing.selection import choose_documents

    catalogue = sample_catalogue()
    clinic = catalogue.the_clinic()
    chosen = {(item.id, item.language) for turn in TURNS for item in choose_documents(catalogue, turn.request).chosen}
    assert chosen == all_there_is(catalogue)
    assert {(turn.request.treatment.protocol, turn.request.patient.language, turn.request.visit.stage) for turn in TURNS} == {
        (protocol, language, stage)
        for protocol in clinic.protocols
        for language in clinic.texts
        for stage in ("consultation", "first-session", "next-session")
    }
    assert {turn.request.treatment.protocol for turn in TURNS} == set(catalogue.protocols), "the sample clinic offers them all"


def test_no_section_is_left_out_by_all_turns() -> None:
    """A section that no made-up patient gets would be printed for the first time for a real one."""
    from briefing.selection import ChosenDocument, choose_documents

    catalogue = sample_catalogue()
    tried = {
        (item.id, part.id)
        for turn in TURNS
        for item in choose_documents(catalogue, turn.request).chosen
        if isinstance(item, ChosenDocument)
        for part in item.parts
    }
    there = {(document.id, part.id) for document in catalogue.documents.values() for part in document.definition.parts}
    routes = {protocol.route for protocol in catalogue.protocols.values()}
    waiting = {
        (document.id, part.id)
        for document in catalogue.documents.values()
        for part in document.definition.parts
        if part.when.route and not routes & set(part.when.route)
    }
    assert there - tried <= waiting
