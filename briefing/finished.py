"""A finished packet as it lies there, opened once for all proofs, with the documents it says it holds."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pikepdf

from briefing.errors import InputError, Problem

INSERT = "insert:"  # begins the name of the element of a document that a clinic brought along
OURS = "document:"
Place = tuple[int, int]  # an object's number and generation
AGAIN = "Do not use this packet. Make it again from its request, or fetch it again from where it was written."
REPORT = "Nothing was written. Please report this with the output of `briefing doctor`."
# What reading raises of a file that was tampered with, and holds something else where a packet holds what it should.
BROKEN = (
    pikepdf.PdfError,
    pikepdf.OutlineStructureError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """One bookmark under a document: what it says, and the page and height in points it leads to, where it tells them."""

    title: str
    page: int | None
    height: float | None


@dataclass(frozen=True, slots=True)
class ToldDocument:
    """One document, as bookmarks and tags tell of it. Packet pages count from 1; the last one includes filler pages."""

    name: str
    title: str
    language: str
    first_page: int
    last_page: int
    headings: tuple[Heading, ...]

    @property
    def is_insert(self) -> bool:
        """Whether a clinic brought it along: its fonts and its look are not ours."""
        return self.name.startswith(INSERT)


@dataclass(frozen=True, slots=True)
class Finished:
    """An open packet. `documents` are those of the bookmarks; `tagged` are title and language of those of the tags."""

    data: bytes
    pdf: pikepdf.Pdf
    pages: Mapping[Place, int]
    documents: tuple[ToldDocument, ...]
    tagged: tuple[tuple[str, str], ...]

    def document_of(self, page: int) -> ToldDocument | None:
        """Return the document that a packet page belongs to."""
        return next((each for each in self.documents if each.first_page <= page <= each.last_page), None)

    def where(self, page: int) -> str:
        """Name a packet page for a person."""
        document = self.document_of(page)
        return f"{document.title}, packet page {page}" if document else f"packet page {page}"

    def target(self, place: Any) -> tuple[int, float | None] | None:
        """Return page and height of a spelled-out place in the packet; None when it leads nowhere."""
        if not isinstance(place, pikepdf.Array) or not isinstance(place[0], pikepdf.Dictionary):
            return None
        page = self.pages.get(place[0].objgen)
        height = float(place[3]) if len(place) > 3 and place[1] == "/XYZ" and place[3] is not None else None  # noqa: PLR2004 - as PDF lays it down
        return None if page is None else (page, height)


@contextmanager
def open_finished(data: bytes, password: str = "") -> Iterator[Finished]:
    """Open a packet.

    Raises:
        InputError: it is no PDF, or cannot be opened without a password, or not with this one.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a password for a file that needs none does no harm
            pdf = pikepdf.open(io.BytesIO(data), password=password)
    except pikepdf.PasswordError:
        what = "this is not its password." if password else "it is locked with a password."
        raise InputError(Problem("locked", "the packet", what, "Give the packet's password: --password-file FILE")) from None
    except pikepdf.PdfError:
        problem = "it is damaged, or is no PDF."
        raise InputError(
            Problem("not-a-pdf", "the packet", problem, "Fetch the packet again from where it was written.")
        ) from None
    with pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        bare = Finished(data, pdf, pages, (), ())
        tagged = tuple(_tagged(pdf))
        documents = tuple(_documents(bare, [name for name, _, _ in tagged], [language for _, _, language in tagged]))
        yield Finished(data, pdf, pages, documents, tuple((title, language) for _, title, language in tagged))


def _tagged(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str, str]]:
    """Yield name, title and language of each document of the tags."""
    root = pdf.Root.get("/StructTreeRoot")
    for top in kids_of(root):
        for kid in kids_of(top):
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/S") == "/Document":
                yield str(kid.get("/ID", "")), str(kid.get("/T", "")), str(kid.get("/Lang", ""))


def kids_of(element: Any) -> list[Any]:
    """Return what stands right under a structure element, or under the root of the tree."""
    kids = element.get("/K") if isinstance(element, pikepdf.Dictionary) else None
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _documents(bare: Finished, names: list[str], languages: list[str]) -> Iterator[ToldDocument]:
    with bare.pdf.open_outline() as outline:
        told = [(item.title, bare.target(place_of(item)), list(_headings(bare, item))) for item in outline.root]
    firsts = [0 if target is None else target[0] for _, target, _ in told]
    ends = [*(first - 1 for first in firsts[1:]), len(bare.pages)]
    names, languages = (each + [""] * len(told) for each in (names, languages))
    for (title, _, headings), first, last, name, language in zip(told, firsts, ends, names, languages, strict=False):
        yield ToldDocument(name, title, language, first, last, tuple(headings))


def _headings(bare: Finished, item: pikepdf.OutlineItem) -> Iterator[Heading]:
    for child in item.children:
        page, height = bare.target(place_of(child)) or (None, None)
        yield Heading(child.title, page, height)
        yield from _headings(bare, child)


def place_of(holder: Any) -> Any:
    """Return the place that a bookmark leads to."""
    action = holder.action
    return holder.destination if action is None else action.get("/D")
