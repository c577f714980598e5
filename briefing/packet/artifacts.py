"""What is on every page is not read out: text that no element holds becomes an artifact.

WeasyPrint tags the text in page margins, and the header row it repeats on every page of a table, like any other text.
"""

from __future__ import annotations

import re
from collections.abc import Set

from pypdf import PageObject, PdfWriter
from pypdf.generic import NameObject

from briefing.internals import add_object
from briefing.packet.pdf_objects import stream_of

# WeasyPrint writes text as hexadecimal digits only, so these bytes cannot stand inside a text.
_MARKED = re.compile(rb"/\w+\s*<<\s*/MCID\s+(\d+)\s*>>\s*BDC")
_ARTIFACT = b"/Artifact <</Type /Pagination>> BDC"


def marked_content(page: PageObject) -> list[int]:
    """Return the numbers of a page's pieces of tagged content, in the order in which they are drawn."""
    return [int(number) for number in _MARKED.findall(_data(page))]


def turn_into_artifacts(writer: PdfWriter, page: PageObject, numbers: Set[int]) -> None:
    """Take the tags off these pieces of content."""
    data = _MARKED.sub(lambda found: _ARTIFACT if int(found[1]) in numbers else found[0], _data(page))
    page[NameObject("/Contents")] = add_object(writer, stream_of(data, packed=True))


def _data(page: PageObject) -> bytes:
    contents = page.get_contents()
    return b"" if contents is None else contents.get_data()
