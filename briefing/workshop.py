"""What all packets of a clinic are made with, loaded once: its documents, the templates' environment, the press."""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment

from briefing.catalogue import Catalogue
from briefing.fingerprint import Ingredients
from briefing.html_rendering import make_environment
from briefing.kept import Kept
from briefing.pdf_rendering import Press, RememberingPress


@dataclass(frozen=True, slots=True)
class Workshop:
    """Catalogue, environment, press, and what each packet is made from. It outlives packets and holds nothing of any patient."""

    catalogue: Catalogue
    environment: Environment
    press: Press
    ingredients: Ingredients


def open_workshop(catalogue: Catalogue, kept: Kept | None = None, *, remembering: bool = False) -> Workshop:
    """Load what the packets of a clinic are made with.

    Args:
        catalogue: with a clinic.
        kept: where pages that hold nothing of a patient are kept; for this run when left out.
        remembering: for made-up patients: what was printed once is not printed again. Never for real ones.

    Raises:
        SystemMissingError: WeasyPrint, its libraries or a font is not there.
        RenderingError: a style sheet is not understood.
    """
    make_press = RememberingPress if remembering else Press
    press = make_press(catalogue.files, catalogue.the_clinic().paper, kept)
    return Workshop(catalogue, make_environment(catalogue), press, Ingredients(catalogue))
