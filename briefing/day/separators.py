"""The sheet before each packet of a stack, and the pages that are blank on purpose: whose packet comes next, in large letters.

It says nothing of a condition, a medicine or a treatment: it lies on top of a heap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from briefing.day.entries import StackEntry
from briefing.packet import draw_code
from briefing.pdf_rendering import PdfDocument
from briefing.template_context import Moment, Typed, day_text
from briefing.workshop import Workshop

_TEMPLATE = "layout/separator.html.j2"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one sheet says; `sheets` in `layout/separator.html.j2`. On its back, and after the packet, only `packet` stands."""

    name: Typed
    born: str
    date: str
    clock: str
    clinician: Typed
    packet: str
    pages: int
    place: str
    is_draft: bool
    has_flags: bool
    drawing: Markup


def print_separators(entries: Sequence[StackEntry], workshop: Workshop) -> PdfDocument:
    """Print two pages for each packet, the sheet and a blank one, and after all of them a blank one that names no packet.

    Raises:
        RenderingError: a name cannot be drawn.
    """
    wording = workshop.catalogue.wording(workshop.catalogue.the_clinic().language)
    sheets = [_sheet(entry, workshop) for entry in entries]
    html = workshop.environment.get_template(_TEMPLATE).render(sheets=sheets, w=wording, language=wording.language)
    return workshop.press.print_pdf(html, "the separator sheets", tagged=False)


def sheet_code(packet_id: str) -> str:
    """Return what the QR code of a sheet says: the packet, and nothing of the patient."""
    return f"BRF:{packet_id.replace('-', '')}"


def _sheet(entry: StackEntry, workshop: Workshop) -> Sheet:
    clinic = workshop.catalogue.the_clinic()
    wording, request = workshop.catalogue.wording(clinic.language), entry.request
    starts = Moment(request.visit.starts_at.replace(tzinfo=clinic.time_zone), wording)
    return Sheet(
        name=Typed(request.patient.name),
        born=day_text(request.patient.date_of_birth, wording),
        date=starts.date,
        clock=starts.clock,
        clinician=Typed(clinic.clinicians[request.visit.clinician].name),
        packet=entry.packet_id,
        pages=entry.pages,
        place=entry.row.place,
        is_draft=entry.is_draft,
        has_flags=bool(entry.row.flags),
        drawing=draw_code(sheet_code(entry.packet_id)),
    )
