"""The score card as one page to print, for an auditor: tagged and fit for the archive, like a packet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from briefing.catalogue import Catalogue
from briefing.html_rendering import make_environment
from briefing.packet import bind_alone
from briefing.pdf_rendering import Press
from briefing.scoring import ScoreCard, ScoredElement
from briefing.template_context import day_text

_TEMPLATE = "layout/score.html.j2"
_LANGUAGE = "en"  # the standards are American, and so are those who ask for the card
_A4_IS_NARROWER = 600  # points: letter is 612 wide, A4 is 595


@dataclass(frozen=True, slots=True)
class _Page:
    """The page as one document to bind."""

    title: str
    id: str = "score"
    language: str = _LANGUAGE
    audience: str = "staff"
    kind: str = "staff"
    version: int = 1
    version_line: str = ""
    is_draft: bool = False
    is_large: bool = False
    hand_lines: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    brought: None = None
    marks: ClassVar[Mapping[str, tuple[str, ...]]] = {}


def print_score(card: ScoreCard, catalogue: Catalogue) -> bytes:
    """Print a score card on the paper that its packet is on; the same card gives the same bytes.

    Args:
        card: the card.
        catalogue: where the layout stands.

    Raises:
        RenderingError: it cannot be printed faithfully.
    """
    told = {element.id: told_pages(element) for standard in card.standards for element in standard.elements}
    issued = day_text(card.issued_on, catalogue.wording(_LANGUAGE))
    html = make_environment(catalogue).get_template(_TEMPLATE).render(card=card, told=told, issued=issued)
    press = Press(catalogue.files, "a4" if card.paper[0] < _A4_IS_NARROWER else "letter")
    page = _Page(f"Consent score card of packet {card.packet_id}")
    return bind_alone(press.print_pdf(html, "the score card").data, page, card.issued_on)


def told_pages(element: ScoredElement) -> str:
    """Say in a few letters where an element stands: `4, 6-8`, `missing` or `not asked`."""
    return element.state if element.state != "covered" else ", ".join(_runs(element.pages))


def _runs(pages: Sequence[int]) -> list[str]:
    """Write pages that follow each other as one run."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}\N{EN DASH}{run[-1]}" for run in runs]
