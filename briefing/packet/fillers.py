"""Printed on both sides, every document starts on a sheet of its own; the side left over says that it is blank on purpose.

No sheet then holds two documents, and none holds two packets when several are printed in one go: a sheet that is taken out,
signed or handed on takes nothing else with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pypdf import PageObject, PdfWriter

from briefing.wording import Wording


@dataclass(frozen=True, slots=True)
class FillerWords:
    """What a filler page says in large words, for whoever reads the document before it."""

    text: str
    language: str
    direction: str

    @classmethod
    def of(cls, wording: Wording) -> FillerWords:
        """Say it in the language of this wording."""
        return cls(wording["filler"], wording.language, wording.direction)


def page_after(last_page: int) -> int | None:
    """Return the packet page of the filler after a document that starts on a right-hand page; None if its last sheet is full."""
    return last_page + 1 if last_page % 2 else None


def add_filler(writer: PdfWriter, paper: PageObject) -> None:
    """Add an empty page; the strip is laid over it later, with its words.

    Args:
        writer: the packet.
        paper: a page of the right size.
    """
    writer.add_blank_page(float(paper.mediabox.width), float(paper.mediabox.height))
