"""The manifest: what went into a packet and what came out, for the clinic's files. It holds nothing of the patient."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from briefing import __version__
from briefing.catalogue import Catalogue
from briefing.choices import PLAIN, Choices
from briefing.identity import Secret
from briefing.packet import BoundDocument, Brought, Packet, PacketItem
from briefing.verification import VerifiedPacket

FORMAT = 2
OWN_DIGEST = "manifest_keyed_digest"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A description of one packet, ready to be written."""

    data: dict[str, object]
    warnings: tuple[str, ...]

    def as_bytes(self) -> bytes:
        """Return it as JSON with a line for each value."""
        return (json.dumps(self.data, indent=1, ensure_ascii=False) + "\n").encode()


def describe(
    verified: VerifiedPacket, catalogue: Catalogue, secret: Secret, request: bytes, choices: Choices = PLAIN
) -> Manifest:
    """Describe a packet; `docs/manifest.md` explains every line.

    Args:
        verified: the proved packet, as it is handed out.
        catalogue: what it was made from.
        secret: the clinic's secret, for the digests of what a patient's data went into.
        request: the request, in its canonical form.
        choices: how it was made.
    """
    packet = verified.packet
    reviews = {fact_id: catalogue.facts.facts[fact_id].review(packet.issued_on) for fact_id in cited_facts(packet)}
    overdue, soon = ([fact_id for fact_id, review in reviews.items() if review == how] for how in ("overdue", "soon"))
    drafts = [document.item.title for document in packet.documents if document.item.is_draft]
    hard_to_read = [document.item.title for document in packet.documents if _is_hard_to_read(document.item.brought)]
    small = [document.item.title for document in packet.documents if choices.large_print and _stays_small(document.item)]
    data: dict[str, object] = {
        "format": FORMAT,
        "briefing": __version__,
        "packet_id": packet.packet_id,
        "issued_on": packet.issued_on.isoformat(),
        "edition": choices.edition,
        "large_print": choices.large_print,
        "pages": len(packet.strips),
        "claims": list(packet.claims),
        "blank_pages": [document.filler_page for document in packet.documents if document.filler_page],
        "packet_sha256": hashlib.sha256(packet.data).hexdigest(),
        "booklet": describe_booklet(packet),
        "request_keyed_digest": secret.digest("request", request),
        "page_text_keyed_digests": [page_digest(secret, text) for text in verified.page_texts],
        "documents": [describe_document(document) for document in packet.documents],
        "lines_to_fill_in_by_hand": [
            {"document": document.item.id, "line": line} for document in packet.documents for line in document.item.hand_lines
        ],
        "facts": list(reviews),
        "facts_overdue": overdue,
        "facts_due_soon": soon,
        "files": [
            {"path": file.path, "origin": file.origin, "sha256": file.sha256} for _, file in sorted(catalogue.files.items())
        ],
    }
    return Manifest(
        data | {OWN_DIGEST: manifest_digest(secret, data)}, tuple(_warnings(drafts, overdue, soon, hard_to_read, small))
    )


def warnings_of(data: Mapping[str, object]) -> Iterator[str]:
    """Yield what a manifest that was written warns of: drafts, and facts whose review is due or overdue."""
    documents, overdue, soon = data["documents"], data["facts_overdue"], data["facts_due_soon"]
    assert isinstance(documents, list)  # noqa: S101 - `describe` wrote it so
    drafts = [str(document["title"]) for document in documents if document["draft"]]
    assert isinstance(overdue, list)  # noqa: S101 - as above
    assert isinstance(soon, list)  # noqa: S101 - as above
    yield from _warnings(drafts, map(str, overdue), map(str, soon), (), ())


def page_digest(secret: Secret, text: str) -> str:
    """Return the keyed digest of what one page says."""
    return secret.digest("page text", text.encode())


def manifest_digest(secret: Secret, data: Mapping[str, object]) -> str:
    """Return the keyed digest of everything else that a manifest says, in whatever order and spacing."""
    told = {key: value for key, value in data.items() if key != OWN_DIGEST}
    return secret.digest("manifest", json.dumps(told, sort_keys=True, ensure_ascii=False).encode())


def describe_booklet(packet: Packet) -> dict[str, object] | None:
    """Describe the booklet of a packet; None where there is none."""
    if packet.booklet is None:
        return None
    return {
        "file": f"booklet-{packet.packet_id}.pdf",
        "packet_pages": list(packet.booklet.packet_pages),
        "sheets": len(packet.booklet.strips) // 4,
        "sha256": hashlib.sha256(packet.booklet.data).hexdigest(),
    }


def cited_facts(packet: Packet) -> list[str]:
    """Return the ids of the facts that a packet cites, each once, in order."""
    return list(dict.fromkeys(fact_id for document in packet.documents for fact_id in document.item.citations))


def _warnings(
    drafts: Iterable[str], overdue: Iterable[str], soon: Iterable[str], hard_to_read: Iterable[str], small: Iterable[str]
) -> Iterator[str]:
    if titles := ", ".join(drafts):
        yield f"DRAFT, nobody has approved these words: {titles}. See: briefing approve --help"
    if names := ", ".join(overdue):
        yield f"The review of these facts is overdue: {names}. See: briefing facts --due"
    if names := ", ".join(soon):
        yield f"The review of these facts comes due within 60 days: {names}. See: briefing facts --due"
    if titles := ", ".join(hard_to_read):
        yield f"A screen reader cannot rely on these inserts, so the packet does not say that it is accessible: {titles}."
    if titles := ", ".join(small):
        yield f"These inserts are not in large print; ask their makers for it: {titles}."


def describe_document(document: BoundDocument) -> dict[str, object]:
    """Describe one document of a packet, as the manifest and `--json` list it."""
    item = document.item
    return {
        "id": item.id,
        "title": item.title,
        "language": item.language,
        "version": item.version,
        "draft": item.is_draft,
        "first_page": document.first_page,
        "last_page": document.last_page,
        **({"insert": _describe_insert(item.brought)} if item.brought else {}),
    }


def _is_hard_to_read(brought: Brought | None) -> bool:
    return brought is not None and "PDF/UA-1" not in brought.standards


def _stays_small(item: PacketItem) -> bool:
    return item.audience != "staff" and not item.is_large


def _describe_insert(brought: Brought) -> dict[str, object]:
    return {
        "accessible": "PDF/UA-1" in brought.standards,
        "tags": brought.tags,
        "standards": list(brought.standards),
        "notes": list(brought.notes),
    }
