"""The list of exceptions as pages to print."""

from __future__ import annotations

from briefing.day.exceptions import ExceptionList
from briefing.workshop import Workshop

_TEMPLATE = "layout/exceptions.html.j2"


def print_exceptions(listed: ExceptionList, workshop: Workshop) -> bytes:
    """Print the list; of a day without exceptions, a page that says so.

    Raises:
        RenderingError: a name cannot be drawn.
    """
    clinic = workshop.catalogue.the_clinic()
    wording = workshop.catalogue.wording(clinic.language)
    sections = [(wording[f"desk_{kind}"], lines) for kind, lines in listed.by_kind]
    counts = wording.say("desk_counts", rows=listed.rows, made=listed.made, failed=listed.rows - listed.made)
    html = workshop.environment.get_template(_TEMPLATE).render(
        sections=sections, counts=counts, for_all=listed.for_all, clinic=clinic, w=wording, language=wording.language
    )
    return workshop.press.print_pdf(html, "the exceptions").data
