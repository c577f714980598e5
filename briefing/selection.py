"""Which documents and which of their sections a packet has, in which order, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from briefing.catalogue import Catalogue, Document, Insert, Part, When
from briefing.errors import CatalogueError, Problem
from briefing.models import PacketRequest
from briefing.people import witness_signs


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

    @property
    def id(self) -> str:
        """Which document it is."""
        return self.document.id

    @property
    def audience(self) -> str:
        """Who is to read it."""
        return self.document.definition.audience


@dataclass(frozen=True, slots=True)
class ChosenInsert:
    """An insert of this packet, and the language of the file that is bound."""

    insert: Insert
    language: str

    @property
    def id(self) -> str:
        """Which insert it is."""
        return self.insert.id

    @property
    def audience(self) -> str:
        """Who is to read it."""
        return self.insert.definition.audience

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """It has no sections to decide on."""
        return ()


Chosen = ChosenDocument | ChosenInsert


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents of a packet in the order in which they are bound, and the decision on every document there is.

    Inserts stand among the documents.
    """

    chosen: tuple[Chosen, ...]
    decisions: tuple[Decision, ...]


def choose_documents(catalogue: Catalogue, request: PacketRequest) -> Selection:
    """Choose the documents for a request.

    Patients' and companions' documents come in the patient's language, those for staff in the clinic's, last and together.

    Raises:
        CatalogueError: a document that applies is not written in the language it is needed in, or none applies.
    """
    case = describe_case(catalogue, request)
    decisions: list[Decision] = []
    chosen: list[Chosen] = []
    problems: list[Problem] = []
    items: list[Document | Insert] = [*catalogue.documents.values(), *catalogue.inserts.values()]
    for item in sorted(items, key=_place):
        decision = _decide(item.id, item.definition.when, case)
        decisions.append(decision)
        if decision.is_in:
            found = _in_language(item, _language(item, catalogue, request), case)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                chosen.append(found)
    if not chosen and not problems:
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
        "indication": protocol.indication,
        "label_status": protocol.label_status,
        "signer": request.signing.signer,
        "companion": "known" if request.companion else "not known yet",
        "interpreter": request.signing.interpreter is not None,
        "witness": witness_signs(request, catalogue.clinic),
    }


def _in_language(item: Document | Insert, language: str, case: Mapping[str, str | bool]) -> Chosen | Problem:
    """Choose the text or file in a language, or say that there is none."""
    if isinstance(item, Insert):
        own = item.language_for(language)
        return _no_text(item, "inserts") if own is None else ChosenInsert(item, own)
    if language not in item.languages:
        return _no_text(item, "documents")
    decisions = tuple(_decide(part.id, part.when, case) for part in item.definition.parts)
    parts = tuple(part for part, decision in zip(item.definition.parts, decisions, strict=True) if decision.is_in)
    return ChosenDocument(item, language, parts, decisions)


def _place(item: Document | Insert) -> tuple[bool, int, str]:
    return item.definition.audience == "staff", item.definition.order, item.id


def _language(item: Document | Insert, catalogue: Catalogue, request: PacketRequest) -> str:
    if item.definition.audience == "staff" and catalogue.clinic:
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


def _no_text(item: Document | Insert, folder: str) -> Problem:
    whose = "the clinic's" if item.definition.audience == "staff" else "the patient's"
    return Problem(
        "language-missing",
        f"{folder}/{item.id}",
        f"it is not written in {whose} language.",
        f"It exists in: {', '.join(item.languages)}. Nothing is replaced by another language unasked.",
    )
