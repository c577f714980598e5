"""What a packet knows of each of its documents, be it written here or brought along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Brought:
    """What is known of an insert: a file that somebody else made, and what became of it before it was bound.

    Attributes:
        tags: `kept` when the maker's own tags are told to screen readers, `made` when the file had none that could be used.
        standards: those of the packet's standards to which its pages keep as well.
        notes: what its readers lose or should look at, each as a short name; `docs/customising.md` explains them.
    """

    tags: str
    standards: tuple[str, ...]
    notes: tuple[str, ...]


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
    def version(self) -> int | str:
        """Its version: a number, or what the maker of an insert calls it."""

    @property
    def version_line(self) -> str:
        """Its version as the strip tells it."""

    @property
    def is_draft(self) -> bool:
        """Whether nobody has approved its words."""

    @property
    def is_large(self) -> bool:
        """Whether all of it is in large print."""

    @property
    def hand_lines(self) -> tuple[str, ...]:
        """The lines it leaves to be filled in by hand."""

    @property
    def citations(self) -> tuple[str, ...]:
        """The ids of the facts it cites."""

    @property
    def marks(self) -> Mapping[str, tuple[str, ...]]:
        """What each of its marked parts covers, or should: ids of elements of the standards, by the id of the part."""

    @property
    def brought(self) -> Brought | None:
        """What is known of it as an insert; None for a document that was written here."""
