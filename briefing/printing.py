"""Printing the chosen documents: first those that stand alone, then the sources they cite, then the contents of it all.

Inserts are not printed but prepared; they stand alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment

from briefing.catalogue import Catalogue
from briefing.choices import PLAIN, Choices
from briefing.clinic import Clinic
from briefing.clinic_answers import read_answers
from briefing.dosing import DosePlan
from briefing.errors import CatalogueError, Problem, RenderingError, TemplateError, TooMuchError
from briefing.html_rendering import HtmlPage, render_html
from briefing.inserts import prepare_insert
from briefing.intake import plan_for
from briefing.models import PacketRequest
from briefing.packet import PacketItem, place_documents
from briefing.pdf_rendering import PdfDocument, Press
from briefing.protocols import Protocol
from briefing.selection import Chosen, ChosenDocument
from briefing.session_times import SessionTimes, plan_times
from briefing.sources import list_contents, list_reviews, list_sources, list_versions, list_words, refuse_overdue
from briefing.template_context import shared_views, views
from briefing.wording import Wording

_MOST_TRIES = 3
_NEEDED: dict[str, tuple[str, ...]] = {
    "contents": ("contents",),
    "citations": ("sources", "versions", "reviews"),
    "glossary": ("glossary",),
}


def print_documents(
    chosen: Sequence[Chosen],
    request: PacketRequest,
    catalogue: Catalogue,
    environment: Environment,
    press: Press,
    packet_id: str,
    issued_on: date,
    choices: Choices = PLAIN,
) -> list[tuple[PacketItem, PdfDocument]]:
    """Render and print each document, and prepare each insert, in the order in which they were chosen.

    Raises:
        TemplateError: a template fails.
        CatalogueError: a fact, wording or setting it needs is missing, or the file of an insert cannot be used.
        RenderingError: a page cannot be drawn faithfully.
    """
    plan = plan_for(request, catalogue)
    job = _Job(request, catalogue, environment, press, packet_id, issued_on, choices, plan, _times(request, catalogue, plan))

    telling = [item for item in chosen if isinstance(item, ChosenDocument) and item.document.definition.needs]
    made = _make_all(job, [item for item in chosen if item not in telling])
    pages: dict[str, PacketItem] = {name: page for name, (page, _) in made.items()}
    # What tells of other documents is read a first time with nothing to tell, for what it cites itself.
    pages.update((item.id, job.render(item)) for item in telling)

    refuse_overdue([page for page in pages.values() if isinstance(page, HtmlPage)], catalogue, issued_on)
    made.update((item.id, job.make(item, **_told(item, chosen, pages, job))) for item in telling if not _needs(item, "contents"))
    with_contents = [item for item in telling if _needs(item, "contents")]
    counts = {item.id: made[item.id][1].page_count if item.id in made else 1 for item in chosen}
    for _ in range(_MOST_TRIES):
        before = dict(counts)
        places = place_documents([(pages[item.id], counts[item.id]) for item in chosen], duplex=choices.duplex)
        for item in with_contents:
            made[item.id] = job.make(item, contents=list_contents(places))
            counts[item.id] = made[item.id][1].page_count
        if counts == before:
            return [made[item.id] for item in chosen]
    raise CatalogueError(
        Problem(
            "contents-unsettled",
            "the contents",
            "its page numbers change its own length.",
            "Shorten the document that lists the contents.",
        )
    )


def _make_all(job: _Job, items: Iterable[Chosen]) -> dict[str, tuple[PacketItem, PdfDocument]]:
    """Make each document. All their problems are told at once; the first one's kind gives the exit code."""
    made, errors = {}, []
    for item in items:
        try:
            made[item.id] = job.make(item)
        except TooMuchError:
            raise
        except (TemplateError, CatalogueError, RenderingError) as error:
            errors.append(error)
    if errors:
        raise type(errors[0])([problem for error in errors for problem in error.problems])
    return made


@dataclass(frozen=True, slots=True)
class _Job:
    """What all documents of one packet share. It lives as long as one packet."""

    request: PacketRequest
    catalogue: Catalogue
    environment: Environment
    press: Press
    packet_id: str
    issued_on: date
    choices: Choices
    plan: DosePlan | None
    times: SessionTimes | None

    def make(self, item: Chosen, **more: object) -> tuple[PacketItem, PdfDocument]:
        """Render and print a document, or prepare an insert."""
        if not isinstance(item, ChosenDocument):
            return prepare_insert(item.insert, item.language, self.catalogue)
        page = self.render(item, **more)
        shared = item.document.definition.shared
        return page, self.press.print_pdf(page.html, page.title, fillable=self.choices.fillable, shared=shared)

    def render(self, item: ChosenDocument, **more: object) -> HtmlPage:
        """Render a document; what it needs to know of others and is not given yet is empty."""
        unknown = {name: () for need in item.document.definition.needs for name in _NEEDED[need]}
        clinic, protocol, wording = self._in_language(item.language)
        if item.document.definition.shared:
            stage, protocol_id = self.request.visit.stage, self.request.treatment.protocol
            variables = shared_views(stage, protocol_id, protocol, clinic, wording)
        else:
            known, words, facts = self.catalogue.wordings, self.catalogue.vocabulary, self.catalogue.facts
            own = views(self.request, clinic, protocol, self.plan, self.times, wording, known, words, facts)
            variables = {**own, **unknown, **more, "packet_id": self.packet_id}
        large = self.choices.large_print
        return render_html(self.environment, self.catalogue, item, variables, self.issued_on, large_print=large)

    def _in_language(self, language: str) -> tuple[Clinic, Protocol, Wording]:
        """Return what a document in this language is filled from, once it is known that all of it speaks it."""
        clinic, protocol_id = self.catalogue.the_clinic(), self.request.treatment.protocol
        if language not in clinic.texts:
            problem = f"there is no table for language {language}."
            raise CatalogueError(
                Problem(
                    "clinic-must-set", f"clinic.toml: texts.{language}", problem, "Write the clinic's sentences in this language."
                )
            )
        protocol = self.catalogue.protocols[protocol_id]
        if language not in protocol.title:
            problem = f"it has no title in language {language}."
            raise CatalogueError(Problem("language-missing", f"protocols/{protocol_id}.toml", problem, "Add the title."))
        return clinic, protocol, self.catalogue.wording(language)


def _needs(item: ChosenDocument, what: str) -> bool:
    return what in item.document.definition.needs


def _told(item: ChosenDocument, chosen: Sequence[Chosen], pages: Mapping[str, PacketItem], job: _Job) -> dict[str, object]:
    """Return what a document tells of the others: of those for staff when it is for staff, and else of the patient's."""
    others = [pages[other.id] for other in chosen if _for_staff(other) == _for_staff(item)]
    written = [page for page in others if isinstance(page, HtmlPage)]
    told: dict[str, object] = {}
    if _needs(item, "citations"):
        wording = job.catalogue.wording(item.language)
        told["sources"] = list_sources(written, job.catalogue, job.issued_on, wording)
        told["versions"] = list_versions(others)
        every = [page for page in pages.values() if isinstance(page, HtmlPage)]
        told["reviews"] = list_reviews(every, job.catalogue, job.issued_on, wording)
    if _needs(item, "glossary"):
        told["glossary"] = list_words([page for page in written if page.id != item.id], job.catalogue, item.language)
    return told


def _for_staff(item: Chosen) -> bool:
    return item.audience == "staff"


def _times(request: PacketRequest, catalogue: Catalogue, plan: DosePlan | None) -> SessionTimes | None:
    if plan is None:
        return None
    clinic, protocol_id = catalogue.the_clinic(), request.treatment.protocol
    protocol = catalogue.protocols[protocol_id]
    answers = read_answers(protocol_id, protocol, clinic)
    return plan_times(request.visit.starts_at, clinic.time_zone, protocol, clinic.rules, answers, catalogue.facts, plan.devices)
