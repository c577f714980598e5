"""What is asked of the process that prepares an insert, and how a packet knows the insert afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from briefing.packet.items import Brought

SECONDS = 20
BYTES = 1024**3


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with a file.

    Attributes:
        id: the insert's.
        title: what it is called.
        language: what it is in.
        paper: width and height of the packet's paper in points.
        read_aloud: the clinic's words for each page, for a file without tags; or None.
        picture_words: what stands for a picture that its maker does not describe.
        scan_words: what stands for a page that is only a picture, with places for `page` and `pages`.
    """

    id: str
    title: str
    language: str
    paper: tuple[float, float]
    read_aloud: tuple[str, ...] | None
    picture_words: str
    scan_words: str


@dataclass(frozen=True, slots=True)
class InsertPage:
    """An insert as one document of a packet."""

    id: str
    title: str
    language: str
    audience: str
    kind: str
    version_line: str
    brought: Brought

    @property
    def version(self) -> str:
        """What its maker calls its version."""
        return self.version_line

    @property
    def is_draft(self) -> bool:
        """Its words are its maker's; the clinic stands by it by putting it into its folder."""
        return False

    @property
    def is_large(self) -> bool:
        """Its letters are as large as its maker made them."""
        return False

    @property
    def hand_lines(self) -> tuple[str, ...]:
        """Nobody knows which lines of its own it leaves to be filled in."""
        return ()

    @property
    def citations(self) -> tuple[str, ...]:
        """It cites no facts of ours."""
        return ()

    @property
    def marks(self) -> Mapping[str, tuple[str, ...]]:
        """It has no parts: what it covers is not known."""
        return {}
