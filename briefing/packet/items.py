"""What a packet knows of each of its documents, be it written here or brought along."""

from __future__ import annotations

from typing import Protocol


class PacketItem(Protocol):
    """One document of a packet, apart from its pages."""

    @property
    def id(self) -> str:
        """Which document it is; no other one of the packet has the same."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def language(self) -> str:
        """The language it is in."""

    @property
    def audience(self) -> str:
        """Who is to read it: patient, companion or staff."""

    @property
    def kind(self) -> str:
        """What kind of document it is: cover, form, handout and so on."""

    @property
    def version(self) -> int:
        """Its version as a number."""

    @property
    def version_line(self) -> str:
        """Its version as the strip tells it."""

    @property
    def is_draft(self) -> bool:
        """Whether nobody has approved its words."""

    @property
    def hand_lines(self) -> tuple[str, ...]:
        """The lines it leaves to be filled in by hand."""

    @property
    def citations(self) -> tuple[str, ...]:
        """The ids of the facts it cites."""
