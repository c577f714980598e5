"""Everything a packet is made from, as bytes in a fixed order: what its id and its digests are derived from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from briefing import __version__
from briefing.catalogue import Catalogue
from briefing.choices import Choices
from briefing.models import PacketRequest


def request_bytes(request: PacketRequest) -> bytes:
    """Return a request in one canonical form; the same details give the same bytes however they were typed."""
    return json.dumps(request.model_dump(mode="python"), sort_keys=True, ensure_ascii=False, default=str).encode()


def whole_input(request: PacketRequest, catalogue: Catalogue, issued_on: date, choices: Choices) -> bytes:
    """Return request, day of issue, choices, product version and every file of the catalogue, as one canonical text."""
    files = "".join(f"{path}\0{file.sha256}\n" for path, file in sorted(catalogue.files.items()))
    told = (issued_on.isoformat(), json.dumps(asdict(choices), sort_keys=True), __version__, files)
    return b"\0\0".join((request_bytes(request), *map(str.encode, told)))


def typed_texts(request: PacketRequest) -> tuple[str, ...]:
    """Return every text that a person typed into the request."""
    return tuple(_texts(request.model_dump(mode="python")))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)
