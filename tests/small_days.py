"""A day of made-up patients in a small house: one short document, so that a packet takes a moment."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from briefing.catalogue import Catalogue
from briefing.choices import PLAIN
from briefing.day.work import Kit
from briefing.intake import parse_request, read_request
from briefing.models import PacketRequest
from briefing.schedule.parts import Row
from tests.conftest import ISSUED_ON, SAMPLES
from tests.packets import SECRET, sample_catalogue

_SHORT = ("companion",)


@cache
def small_house() -> Catalogue:
    """Return the sample clinic with one short document, which every packet has."""
    whole = sample_catalogue()
    return replace(whole, documents={name: whole.documents[name] for name in _SHORT})


def kit(catalogue: Catalogue | None = None) -> Kit:
    """Return what all tasks of a test's day have in common."""
    return Kit(catalogue or small_house(), SECRET, ISSUED_ON, PLAIN)


@cache
def _ana() -> dict[str, dict[str, object]]:
    tables = parse_request((SAMPLES / "requests" / "ana-ruiz.toml").read_text())
    return {name: table for name, table in tables.items() if isinstance(table, dict)}


def patient(number: int, **details: object) -> PacketRequest:
    """Return the request of a made-up patient; the same number gives the same one."""
    data = copy.deepcopy(_ana())
    own = {"name": f"Nora {_word(number)}", "preferred_name": "Nora", "record_number": f"MRN-{100_000 + number}"}
    data["patient"].update({**own, **details})
    return read_request(data, sample_catalogue(), ISSUED_ON)


def row(request: PacketRequest, number: int) -> Row:
    """Return a row that has nothing wrong with it."""
    known = request.patient
    return Row(f"row {number + 2}", request, (), (), known.record_number, known.name, request.visit.starts_at)


def rows(numbers: Iterable[int]) -> tuple[Row, ...]:
    """Return a row for each of some made-up patients."""
    return tuple(row(patient(number), number) for number in numbers)


def files(folder: Path) -> dict[str, bytes]:
    """Return the packets and manifests that lie in a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("packet-*"))}


def _word(number: int) -> str:
    """Return a surname that no other number has."""
    return "Q" + "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")
