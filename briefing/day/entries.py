"""One packet of a stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from briefing.models import PacketRequest
from briefing.schedule import Row


@dataclass(frozen=True, slots=True)
class StackEntry:
    """One packet that goes into the stack.

    Attributes:
        row: the patient's row; it has a request.
        packet_id: the packet's id.
        path: where the packet lies.
        pages: how many pages it has.
        is_draft: whether a document of it is a draft.
        page_texts: what `packet_texts` read of it, when somebody has; else it is read again.
    """

    row: Row = field(repr=False)
    packet_id: str
    path: Path
    pages: int
    is_draft: bool = False
    page_texts: tuple[str, ...] = field(default=(), repr=False)

    @property
    def request(self) -> PacketRequest:
        """What the packet was made from."""
        if self.row.request is None:
            raise ValueError("a row without a request has no packet")
        return self.row.request
