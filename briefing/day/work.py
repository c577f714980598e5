"""What a worker does: one patient's packet at a time, from a task to an outcome. Both are plain values that can be sent away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from briefing import __version__
from briefing.catalogue import Catalogue
from briefing.choices import Choices
from briefing.errors import BriefingError, ExitCode, Problem, bug
from briefing.identity import Secret
from briefing.kept import kept_of
from briefing.limits import limited, uncollected
from briefing.models import PacketRequest

if TYPE_CHECKING:
    from briefing.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Kit:
    """What all tasks of a day have in common. A worker gets it once. `caches` is a folder of this machine, if of any."""

    catalogue: Catalogue = field(repr=False)
    secret: Secret
    issued_on: date
    choices: Choices
    caches: Path | None = None
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Task:
    """One packet to make. `number` is the place of its row among the rows, from 0."""

    number: int
    place: str
    packet_id: str
    request: PacketRequest = field(repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """A proved packet and its manifest, as bytes."""

    task: Task
    packet: bytes = field(repr=False)
    manifest: bytes = field(repr=False)
    pages: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why this packet cannot be made. The others can."""

    task: Task
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Unready:
    """Why this worker can make no packet at all."""

    problems: tuple[Problem, ...]
    exit_code: ExitCode


Outcome = Made | Failed | Unready


def open_shop(kit: Kit) -> Workshop | Unready:
    """Load what all packets of the kit are made with."""
    from briefing.workshop import open_workshop  # it loads the renderer, which the main process does without

    try:
        return open_workshop(kit.catalogue, kept_of(kit.secret, kit.caches))
    except BriefingError as error:
        return Unready(error.problems, error.exit_code)


def make_one(task: Task, kit: Kit, workshop: Workshop) -> Made | Failed:
    """Make one packet. Whatever goes wrong is this packet's own trouble, and is told as such."""
    from briefing.pipeline import make_packet  # as above

    try:
        with limited(), uncollected():
            verified, manifest = make_packet(task.request, workshop, kit.secret, kit.issued_on, kit.choices)
    except BriefingError as error:
        return Failed(task, tuple(error.problems))
    except Exception as error:
        return Failed(task, (bug(error),))
    packet = verified.packet
    return Made(task, packet.data, manifest.as_bytes(), len(packet.strips), manifest.warnings)
