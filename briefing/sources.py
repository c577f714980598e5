"""What some documents tell of the others: the contents of the packet, the sources it cites, the versions of its pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from briefing.catalogue import Catalogue
from briefing.errors import CatalogueError, Problem
from briefing.facts import Source
from briefing.html_rendering import HtmlPage
from briefing.packet import BoundDocument, PacketItem
from briefing.template_context import ContentsEntry, ReviewEntry, SourceEntry, Typed, VersionEntry, day_text
from briefing.template_functions import CLINIC_SOURCE
from briefing.wording import Wording


def list_contents(documents: Iterable[BoundDocument]) -> tuple[ContentsEntry, ...]:
    """List the documents of a packet with their packet pages."""
    return tuple(
        ContentsEntry(
            id=document.item.id,
            title=document.item.title,
            audience=document.item.audience,
            kind=document.item.kind,
            first_page=document.first_page,
            last_page=document.last_page,
        )
        for document in documents
    )


def list_sources(pages: Sequence[HtmlPage], catalogue: Catalogue, issued_on: date, wording: Wording) -> tuple[SourceEntry, ...]:
    """List every publication the pages cite, by its number, with the first day on which one of its facts is to be read again."""
    review_by: dict[int, date] = {}
    cited: dict[int, Source] = {}
    for fact_id in all_citations(pages):
        fact = catalogue.facts.facts[fact_id]
        number, day = fact.source.number, fact.definition.review_by
        cited[number] = fact.source
        review_by[number] = min(day, review_by.get(number, day))
    entries = [
        SourceEntry(number, Typed(source.title), day_text(review_by[number], wording), review_by[number] < issued_on)
        for number, source in cited.items()
    ]
    clinic = catalogue.the_clinic()
    if any(page.cites_clinic for page in pages):
        title = Typed(wording.say("source_clinic", clinic=clinic.name, date=day_text(clinic.rules.reviewed_on, wording)))
        check_by = clinic.rules.review_by
        entries.append(SourceEntry(CLINIC_SOURCE, title, day_text(check_by, wording), check_by < issued_on))
    return tuple(sorted(entries, key=lambda entry: entry.number))


def all_citations(pages: Iterable[HtmlPage]) -> tuple[str, ...]:
    """Return the ids of all facts that pages cite, each once, those because of the patient's record among them."""
    return tuple(dict.fromkeys(name for page in pages for name in (*page.citations, *page.citations_of_patient)))


def list_reviews(pages: Sequence[HtmlPage], catalogue: Catalogue, issued_on: date, wording: Wording) -> tuple[ReviewEntry, ...]:
    """List the facts that pages cite and that are to be read again within 60 days, or should have been, oldest first."""
    facts = [catalogue.facts.facts[fact_id] for fact_id in all_citations(pages)]
    due = sorted(
        (fact for fact in facts if fact.review(issued_on) != "later"), key=lambda fact: (fact.definition.review_by, fact.id)
    )
    return tuple(
        ReviewEntry(
            fact.id, fact.source.number, day_text(fact.definition.review_by, wording), fact.review(issued_on) == "overdue"
        )
        for fact in due
    )


def refuse_overdue(pages: Sequence[HtmlPage], catalogue: Catalogue, issued_on: date) -> None:
    """Refuse a packet that cites a fact whose review is overdue, if the clinic's rule says so.

    Raises:
        CatalogueError: naming those facts; but not one that is cited only because of what was recorded of the patient.
    """
    if catalogue.the_clinic().rules.overdue_facts != "refuse":
        return
    always = {fact_id for page in pages for fact_id in page.citations}
    overdue = [name for name in all_citations(pages) if catalogue.facts.facts[name].review(issued_on) == "overdue"]
    problems = [_overdue(f"fact {name}", "its review is overdue") for name in overdue if name in always]
    if not always.issuperset(overdue):
        problems.append(_overdue("the patient's record", "the review of a fact on something that was recorded is overdue"))
    if problems:
        raise CatalogueError(problems)


def _overdue(where: str, problem: str) -> Problem:
    way_out = "Read it again and set its review_by; see: briefing facts --due. Or change rules.overdue_facts in clinic.toml."
    return Problem("fact-overdue", where, f"{problem}, and the clinic's rule is to refuse such a packet.", way_out)


def list_versions(items: Iterable[PacketItem]) -> tuple[VersionEntry, ...]:
    """List the documents of a packet with their versions, who approved them, and who reviewed a translation."""
    return tuple(_version(item) for item in items)


def _version(item: PacketItem) -> VersionEntry:
    approval = item.approval if isinstance(item, HtmlPage) else None
    translation = approval.translation if approval else None
    return VersionEntry(
        title=item.title,
        version_line=item.version_line,
        approved_by=Typed(approval.by) if approval else None,
        translation_by=Typed(translation.by) if translation else None,
        is_insert=item.brought is not None,
    )
