"""Bookmarks: one for each document, and under it the questions it answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import Destination, Fit


def add_bookmarks(writer: PdfWriter, reader: PdfReader, title: str, first_page: int) -> None:
    """Add the bookmarks of a document that was appended.

    Args:
        writer: the packet.
        reader: the document.
        title: what it is called.
        first_page: its place in the packet, from 0.
    """
    parent = writer.add_outline_item(title=title, page_number=first_page, is_open=False)
    for heading in _second_level(reader.outline):
        page = reader.get_destination_page_number(heading)
        if page is not None and heading.title:
            place = Fit.xyz(left=_number(heading.left), top=_number(heading.top))
            writer.add_outline_item(title=heading.title, page_number=first_page + page, parent=parent, fit=place)


def _second_level(outline: Any) -> Iterator[Destination]:
    """Yield the headings under the title, which itself is the name of the document."""
    for entry in outline:
        if isinstance(entry, list):
            yield from (heading for heading in entry if isinstance(heading, Destination))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
