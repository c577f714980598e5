"""Which documents and which of their sections a packet has, in which order, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from briefing.catalogue import Catalogue, Document, Part, When
from briefing.errors import CatalogueError, Problem
from briefing.models import PacketRequest


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is in the packet, and the reason in words."""

    name: str
    is_in: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ChosenDocument:
    """A document of this packet: the language it is printed in, its sections, and why they are in or out."""

    document: Document
    language: str
    parts: tuple[Part, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents of a packet in the order in which they are bound, and the decision on every document there is."""

    chosen: tuple[ChosenDocument, ...]
    decisions: tuple[Decision, ...]


def choose_documents(catalogue: Catalogue, request: PacketRequest) -> Selection:
    """Choose the documents for a request.

    Patients' and companions' documents come in the patient's language, those for staff in the clinic's, last and together.

    Raises:
        CatalogueError: a document that applies is not written in the language it is needed in, or none applies.
    """
    case = describe_case(catalogue, request)
    decisions, chosen, problems = [], [], []
    for document in sorted(catalogue.documents.values(), key=_place):
        decision = _decide(document.id, document.definition.when, case)
        decisions.append(decision)
        if not decision.is_in:
            continue
        language = _language(document, catalogue, request)
        if language not in document.languages:
            problems.append(_no_text(document))
        parts = tuple(part for part in document.definition.parts if _decide(part.id, part.when, case).is_in)
        part_decisions = tuple(_decide(part.id, part.when, case) for part in document.definition.parts)
        chosen.append(ChosenDocument(document, language, parts, part_decisions))
    if not chosen:
        problems.append(
            Problem("no-document", "the packet", "no document applies to this request.", "See: briefing explain REQUEST")
        )
    if problems:
        raise CatalogueError(problems)
    return Selection(tuple(chosen), tuple(decisions))


def describe_case(catalogue: Catalogue, request: PacketRequest) -> Mapping[str, str | bool]:
    """Describe the request in the words that a `when` can ask about. None of them is a patient's own detail."""
    protocol = catalogue.protocols[request.treatment.protocol]
    return {
        "stage": request.visit.stage,
        "protocol": request.treatment.protocol,
        "medicine": protocol.medicine,
        "route": protocol.route,
        "label_status": protocol.label_status,
        "signer": request.signing.signer,
        "companion": "known" if request.companion else "not known yet",
        "interpreter": request.signing.interpreter is not None,
        "witness": request.signing.witness,
    }


def _place(document: Document) -> tuple[bool, int, str]:
    return document.definition.audience == "staff", document.definition.order, document.id


def _language(document: Document, catalogue: Catalogue, request: PacketRequest) -> str:
    if document.definition.audience == "staff" and catalogue.clinic:
        return catalogue.clinic.language
    return request.patient.language


def _decide(name: str, when: When, case: Mapping[str, str | bool]) -> Decision:
    asked = when.model_dump(exclude_none=True)
    if not asked:
        return Decision(name, is_in=True, reason="always")
    misses = [
        f"{key} is {_say(case[key])}, not {_options(wanted)}" for key, wanted in asked.items() if not _matches(wanted, case[key])
    ]
    if misses:
        return Decision(name, is_in=False, reason="; ".join(misses))
    return Decision(name, is_in=True, reason="; ".join(f"{key} is {_say(case[key])}" for key in asked))


def _matches(wanted: object, actual: str | bool) -> bool:
    return actual in wanted if isinstance(wanted, tuple) else actual == wanted


def _options(wanted: object) -> str:
    return " or ".join(map(str, wanted)) if isinstance(wanted, tuple) else _say(wanted)


def _say(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _no_text(document: Document) -> Problem:
    whose = "the clinic's" if document.definition.audience == "staff" else "the patient's"
    return Problem(
        "language-missing",
        f"documents/{document.id}",
        f"it is not written in {whose} language.",
        f"It exists in: {', '.join(document.languages)}. Nothing is replaced by another language unasked.",
    )
