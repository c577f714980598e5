"""What the commands that make a packet have in common: from the options to a proved packet in a folder that is held."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from briefing.catalogue import read_catalogue
from briefing.choices import PLAIN, Choices
from briefing.clinic import Clinic
from briefing.commands.reporting import Reporter
from briefing.delivery import prepare_folder, sole_run
from briefing.identity import clinic_secret
from briefing.intake import parse_request, read_request, read_text
from briefing.kept import kept_of
from briefing.limits import limited, uncollected
from briefing.passwords import Password, refuse_guessable

if TYPE_CHECKING:
    from briefing.manifest import Manifest
    from briefing.packet import Packet


@dataclass(frozen=True, slots=True)
class Made:
    """A proved packet, its manifest, and the folder it may be written to while the run lasts."""

    packet: Packet
    manifest: Manifest
    folder: Path


def day_of_issue(option: datetime | None, clinic: Clinic | None) -> date:
    """Return the day that was asked for, or today by the clinic's own calendar: the only clock of the product."""
    if option:
        return option.date()
    return datetime.now(clinic.time_zone).date() if clinic else date.today()


def cache_folder() -> Path | None:
    """Return where this user's programs keep what can be made again; None for an account without a home."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "briefing"
    except RuntimeError:
        return None


@contextmanager
def stdout_for_results_only() -> Iterator[None]:
    """Send what native libraries may write to the standard output to the standard error instead."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


@contextmanager
def make(
    request: str,
    clinic_folder: Path,
    out_folder: Path,
    issued_on: datetime | None,
    reporter: Reporter,
    choices: Choices = PLAIN,
    password: Password | None = None,
) -> Iterator[Made]:
    """Make a packet and hold its folder until it is written."""
    with reporter.watch("read"):
        text = read_text(request)
        catalogue = read_catalogue(clinic_folder)
        day = day_of_issue(issued_on, catalogue.clinic)
        checked = read_request(parse_request(text), catalogue, day)
        if password is not None:
            refuse_guessable(password, checked)
    with reporter.watch("import"):
        from briefing.pipeline import make_packet  # it loads the renderer
        from briefing.workshop import open_workshop

    folder = prepare_folder(out_folder, clinic_folder)
    with sole_run(folder):
        with limited(), uncollected(), stdout_for_results_only():
            secret = clinic_secret(clinic_folder)
            with reporter.watch("load"):
                workshop = open_workshop(catalogue, kept_of(secret, cache_folder()))
            verified, manifest = make_packet(checked, workshop, secret, day, choices, reporter.watch, password)
        yield Made(verified.packet, manifest, folder)
