"""One document bound on its own, without strips: the score card, and an insert before any packet sees it.

What binding or the proof cannot cope with in an insert shows here.
"""

from __future__ import annotations

import io
from datetime import date

import pikepdf
from pypdf import PdfReader, PdfWriter

from briefing.packet.binding import append
from briefing.packet.compacting import compact
from briefing.packet.description import CLAIMS, describe_packet
from briefing.packet.items import PacketItem
from briefing.packet.parts import place_documents
from briefing.packet.structure import Structure
from briefing.structure_proof import prove_structure

_ANY_DAY = date(2000, 1, 1)


def bind_alone(data: bytes, item: PacketItem, day: date = _ANY_DAY) -> bytes:
    """Bind a document as a packet does, without strips, and return the bytes.

    Args:
        data: the document as it was printed, or an insert as it was prepared.
        item: what it is.
        day: it becomes the file's date.
    """
    writer, reader = PdfWriter(), PdfReader(io.BytesIO(data))
    structure = Structure(writer, item.language)
    (document,) = place_documents([(item, len(reader.pages))])
    append(writer, structure, document, reader)
    structure.finish()
    describe_packet(writer, item.title, item.language, day, () if item.brought else CLAIMS)
    return compact(writer)


def faults_of(bound: bytes) -> list[str]:
    """Return what is wrong with the tags of an insert that was bound on its own."""
    with pikepdf.open(io.BytesIO(bound)) as pdf:
        return [problem for _, problem in prove_structure(pdf)]
