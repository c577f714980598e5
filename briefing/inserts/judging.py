"""By which of the packet's standards an insert can be read: never more than its maker says, and less where it lost something."""

from __future__ import annotations

import re
from typing import Any

import pikepdf

from briefing.packet.description import CLAIMS

_LARGEST = 1_000_000
_PART = re.compile(rb"pdf(ua|a)id:(part|conformance)(?:\s*=\s*[\"']|\s*>\s*)([0-9A-Za-z]+)")
_PDF_A_PARTS = (b"1", b"2", b"3")  # what is allowed in part 1, and in part 3 once its files are gone, is allowed in part 2
_FOUR_INKS = 4


def standards_of(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """Return the packet's standards that a file says it keeps to, or one that asks for as much."""
    told = {(standard, key): value for standard, key, value in _PART.findall(_metadata(pdf))}
    keeps = {
        "PDF/UA-1": told.get((b"ua", b"part")) == b"1",
        "PDF/A-2a": told.get((b"a", b"part")) in _PDF_A_PARTS and told.get((b"a", b"conformance"), b"").upper() == b"A",
    }
    if _is_meant_for_four_inks(pdf.Root):  # the packet's colors are meant for screens and office printers
        keeps["PDF/A-2a"] = False
    return tuple(claim for claim in CLAIMS if keeps[claim])


def _metadata(pdf: pikepdf.Pdf) -> bytes:
    metadata = pdf.Root.get("/Metadata")
    data = metadata.read_bytes() if isinstance(metadata, pikepdf.Stream) else b""
    return data if len(data) <= _LARGEST else b""


def _is_meant_for_four_inks(root: Any) -> bool:
    intents = root.get("/OutputIntents")
    profiles = [intent.get("/DestOutputProfile") for intent in intents] if isinstance(intents, pikepdf.Array) else []
    return any(isinstance(profile, pikepdf.Stream) and profile.get("/N") == _FOUR_INKS for profile in profiles)
