"""The maker's tags, read out of a foreign file and written anew: standard kinds, known attributes, names of our own.

What is read is not trusted: it may be a ring, lack pages, use one piece twice. What is written is a tree as WeasyPrint's
would be, so that binding needs to know no second kind of tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from briefing.inserts.placing import Place as Placed
from briefing.inserts.placing import read_rectangle
from briefing.inserts.refusal import TagsUnusableError

_DEEPEST, _MOST = 40, 20_000  # levels, elements
_MOST_ROLES = 20
_GROUPS = "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private"
_BLOCKS = "P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot"
_INLINE = "Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form"
_STANDARD = frozenset(f"/{kind}" for kind in f"{_GROUPS} {_BLOCKS} {_INLINE}".split())
# Kinds that came with PDF 2.0, as the packet's own version of PDF says them.
_NEWER = {
    "/Title": "/P", "/Sub": "/Span", "/Em": "/Span", "/Strong": "/Span", "/Aside": "/Sect", "/FENote": "/Note",
    "/DocumentFragment": "/Div", **{f"/H{level}": "/H6" for level in range(7, 30)},
}  # fmt: skip
_WORDS = ("/Alt", "/ActualText", "/E", "/Lang")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_KEPT_EMPTY = ("/TD", "/TH")
_PICTURES = ("/Figure", "/Formula")
_SCOPES = ("/Row", "/Column", "/Both")
_LARGEST_SPAN = 1000
ObjectPlace = tuple[int, int]


@dataclass(slots=True)
class Piece:
    """A piece of a page's content, by its number."""

    page: int
    number: int


@dataclass(slots=True)
class Area:
    """A link or field, by its object number in the file."""

    place: ObjectPlace


@dataclass(slots=True)
class Element:
    """An element of the tree, apart from any file."""

    kind: str
    words: dict[str, str] = field(default_factory=dict)
    attributes: list[dict[str, Any]] = field(default_factory=list)
    name: str | None = None
    page: int | None = None
    kids: list[Element | Piece | Area] = field(default_factory=list)

    def elements_below(self) -> Iterator[Element]:
        """Yield the elements right under it."""
        yield from (kid for kid in self.kids if isinstance(kid, Element))

    def elements(self) -> Iterator[Element]:
        """Yield it and all under it, in reading order."""
        yield self
        for kid in self.elements_below():
            yield from kid.elements()


@dataclass(slots=True)
class Tree:
    """The tags of a file, and what keeps them from being as good as they say.

    `faults` has `kinds` when an element is of no known kind, `pictures` when a picture has no words.
    """

    top: Element
    faults: set[str] = field(default_factory=set)

    def held(self, page: int) -> set[int]:
        """Return the numbers of the pieces of a page that the tree holds."""
        kids = [kid for element in self.top.elements() for kid in element.kids]
        return {kid.number for kid in kids if isinstance(kid, Piece) and kid.page == page}

    def areas(self) -> set[ObjectPlace]:
        """Return the links and fields that the tree holds."""
        return {kid.place for element in self.top.elements() for kid in element.kids if isinstance(kid, Area)}

    def change(
        self, new: Callable[[Piece | Area], Sequence[Piece | Area]], fields: Mapping[ObjectPlace, Mapping[str, str]]
    ) -> None:
        """Replace pieces and areas by what has become of them.

        Args:
            new: tells what has become of one.
            fields: what each field says of itself that is print from now on.
        """
        for element in list(self.top.elements()):
            for kid in element.kids:
                if isinstance(kid, Area) and fields.get(kid.place) and element.kind == "/Form":
                    words = {key: value if key == "/Desc" else _Word(f"/{value}") for key, value in fields[kid.place].items()}
                    element.attributes = [{"/O": "/PrintField", **words}]
            element.kids = [other for kid in element.kids for other in ([kid] if isinstance(kid, Element) else new(kid))]


def read_tags(pdf: pikepdf.Pdf) -> Tree:
    """Read the tags of a file.

    Raises:
        TagsUnusableError: they cannot be followed, or the file itself says that they are not meant.
    """
    root, marked = pdf.Root.get("/StructTreeRoot"), pdf.Root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False)
    if not isinstance(root, pikepdf.Dictionary) or marked is not True:
        raise TagsUnusableError("none are meant")
    reading = _Reading(root, {page.obj.objgen: number for number, page in enumerate(pdf.pages)})
    top = Element("/Document", kids=reading.kids(root, None, 0))
    if len(top.kids) == 1 and isinstance(top.kids[0], Element) and top.kids[0].kind == "/Document":
        top = top.kids[0]
    for element in list(top.elements())[1:]:
        element.kind = "/Part" if element.kind == "/Document" else element.kind
    if not any(isinstance(kid, Piece) for element in top.elements() for kid in element.kids):
        raise TagsUnusableError("they hold nothing")
    return Tree(top, reading.faults)


class _Reading:
    def __init__(self, root: Any, pages: Mapping[ObjectPlace, int]) -> None:
        self._roles, self._classes, self._pages = root.get("/RoleMap"), root.get("/ClassMap"), pages
        self._seen: set[ObjectPlace] = set()
        self._held: set[tuple[int, int]] = set()
        self._areas: set[ObjectPlace] = set()
        self.faults: set[str] = set()

    def kids(self, parent: Any, page: int | None, depth: int) -> list[Element | Piece | Area]:
        value = parent.get("/K")
        listed = list(value) if isinstance(value, pikepdf.Array) else [value]
        if len(listed) > _MOST:
            raise TagsUnusableError("too many")
        read = (self._kid(kid, page, depth) for kid in listed)
        return [kid for kid in read if kid is not None]

    def _kid(self, kid: Any, page: int | None, depth: int) -> Element | Piece | Area | None:
        if isinstance(kid, int) and not isinstance(kid, bool):
            return self._piece(page, kid)
        if not isinstance(kid, pikepdf.Dictionary):
            return None
        if "/S" in kid:
            return self._element(kid, page, depth + 1)
        if kid.get("/Type") == "/MCR":
            if "/Stm" in kid:
                raise TagsUnusableError("pieces inside of a drawing")
            return self._piece(self._page(kid, page), kid.get("/MCID"))
        target = kid.get("/Obj")
        if kid.get("/Type") != "/OBJR" or not isinstance(target, pikepdf.Dictionary) or target.objgen in self._areas:
            return None
        self._areas.add(target.objgen)
        return Area(target.objgen)

    def _piece(self, page: int | None, number: Any) -> Piece | None:
        if page is None or not isinstance(number, int) or (page, number) in self._held:
            return None
        self._held.add((page, number))
        return Piece(page, number)

    def _page(self, holder: Any, inherited: int | None) -> int | None:
        own = holder.get("/Pg")
        return self._pages.get(own.objgen) if isinstance(own, pikepdf.Dictionary) else inherited

    def _element(self, source: Any, page: int | None, depth: int) -> Element | None:
        if source.objgen in self._seen and source.is_indirect:
            return None
        self._seen.add(source.objgen)
        if depth > _DEEPEST or len(self._seen) > _MOST:
            raise TagsUnusableError("nested without end")
        page = self._page(source, page)
        words = {key: str(source[key]) for key in _WORDS if isinstance(source.get(key), pikepdf.String)}
        if not _LANGUAGE.fullmatch(words.get("/Lang", "en")):
            del words["/Lang"]
        name = str(source.ID) if isinstance(source.get("/ID"), pikepdf.String) else None
        element = Element(self._kind(source), words, list(self._attributes(source)), name, page)
        element.kids = self.kids(source, page, depth)
        return element

    def _kind(self, source: Any) -> str:
        kind = str(source.S)
        for _ in range(_MOST_ROLES):
            if kind in _STANDARD:
                return kind
            if kind in _NEWER:
                return _NEWER[kind]
            kind = str(self._roles.get(kind)) if isinstance(self._roles, pikepdf.Dictionary) else ""
        self.faults.add("kinds")
        return "/Div" if isinstance(source.get("/K"), pikepdf.Array) else "/Span"

    def _attributes(self, source: Any) -> Iterator[dict[str, Any]]:
        names = source.get("/C")
        for name in names if isinstance(names, pikepdf.Array) else [names]:
            if isinstance(name, pikepdf.Name) and isinstance(self._classes, pikepdf.Dictionary):
                yield from _read_attributes(self._classes.get(str(name)))
        yield from _read_attributes(source.get("/A"))


def _read_attributes(value: Any) -> Iterator[dict[str, Any]]:
    for table in list(value) if isinstance(value, pikepdf.Array) else [value]:
        if isinstance(table, pikepdf.Dictionary):
            owner = str(table.get("/O"))
            known = {key: _attribute(owner, key, value) for key, value in table.items()}
            if kept := {key: value for key, value in known.items() if value is not None}:
                yield {"/O": owner, **kept}


def _attribute(owner: str, key: str, value: Any) -> Any:
    """Return an attribute that is known, in plain Python; None for any other."""
    read = _KNOWN.get((owner, key))
    return None if read is None else read(value)


class _Word(str):
    """A word that PDF writes as a name, not as a text."""

    __slots__ = ()


def _word(value: Any) -> _Word | None:
    return _Word(str(value)) if isinstance(value, pikepdf.Name) else None


def _scope(value: Any) -> _Word | None:
    return _word(value) if value in _SCOPES else None


def _span(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 < value <= _LARGEST_SPAN else None


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, pikepdf.String) else None


def _names(value: Any) -> list[str] | None:
    return [str(name) for name in value] if isinstance(value, pikepdf.Array) else None


# What is kept of an element's attributes; measures of the maker's own layout mean nothing on another paper.
_KNOWN: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("/Layout", "/BBox"): read_rectangle,
    ("/Layout", "/Placement"): _word,
    ("/Layout", "/WritingMode"): _word,
    ("/Table", "/Scope"): _scope,
    ("/Table", "/RowSpan"): _span,
    ("/Table", "/ColSpan"): _span,
    ("/Table", "/Headers"): _names,
    ("/Table", "/Summary"): _text,
    ("/List", "/ListNumbering"): _word,
    ("/PrintField", "/Role"): _word,
    ("/PrintField", "/checked"): _word,
    ("/PrintField", "/Desc"): _text,
}


def finish(tree: Tree, picture_words: str) -> None:
    """Put right what no longer holds once links and fields are print: empty elements, links that lead nowhere, headings.

    Args:
        tree: the tags.
        picture_words: what stands for a picture that its maker does not describe.
    """
    _prune(tree.top)
    _number_headings(tree.top, 1)
    headers = {element.name for element in tree.top.elements() if element.kind == "/TH"}
    for element in tree.top.elements():
        if element.kind in ("/Link", "/Annot") and not any(isinstance(kid, Area) for kid in element.kids):
            element.kind = "/Span"
        if element.kind in _PICTURES and not element.words.get("/Alt", "").strip():
            if not element.words.get("/ActualText", "").strip():
                tree.faults.add("pictures")
            element.words["/Alt"] = element.words.get("/ActualText", "").strip() or picture_words
        for table in element.attributes:
            if "/Headers" in table:
                table["/Headers"] = [name for name in table["/Headers"] if name in headers]


def _prune(parent: Element) -> None:
    for element in parent.elements_below():
        _prune(element)
    parent.kids = [kid for kid in parent.kids if not isinstance(kid, Element) or kid.kids or kid.kind in _KEPT_EMPTY]


def _number_headings(parent: Element, level: int) -> None:
    """Give headings that go by their depth alone a number: the rest of the packet has such."""
    own = list(parent.elements_below())
    has_heading = any(element.kind == "/H" for element in own)
    for element in own:
        if element.kind == "/H":
            element.kind = f"/H{min(level, 6)}"
        _number_headings(element, level + has_heading)


@dataclass(slots=True)
class Writing:
    """What writing the tags into a new file needs to know.

    Attributes:
        pdf: the new file, with its pages.
        places: where each page went.
        areas: the new annotation for each area.
        key: what names start with; no other document of a packet has the same.
    """

    pdf: pikepdf.Pdf
    places: list[Placed]
    areas: Mapping[ObjectPlace, Any]
    key: str
    names: dict[str, str] = field(default_factory=dict)

    def write(self, top: Element) -> None:
        """Write the tree."""
        self._name([element for element in top.elements() if element.name is not None or element.kind == "/Note"])
        root = self.pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name("/StructTreeRoot")))
        root.K = pikepdf.Array([self._element(top, root)])
        self.pdf.Root.StructTreeRoot = root
        self.pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)

    def _name(self, named: list[Element]) -> None:
        """Give names of our own: unique, and no other document has the same."""
        for number, element in enumerate(named, 1):
            old, element.name = element.name, f"{self.key}.{number}"
            if old is not None:
                self.names.setdefault(old, element.name)

    def _element(self, element: Element, parent: Any) -> Any:
        written = self.pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name("/StructElem"), S=pikepdf.Name(element.kind), P=parent)
        )
        for key, words in element.words.items():
            written[key] = pikepdf.String(words)
        if element.name is not None:
            written.ID = pikepdf.String(element.name)
        if element.attributes:
            tables = [self._attributes(table, element) for table in element.attributes]
            written.A = tables[0] if len(tables) == 1 else pikepdf.Array(tables)
        pages = {kid.page for kid in element.kids if isinstance(kid, Piece)}
        if len(pages) == 1:
            written.Pg = self.pdf.pages[next(iter(pages))].obj
        elif element.kind == "/Figure" and element.page is not None:
            written.Pg = self.pdf.pages[element.page].obj
        written.K = pikepdf.Array([self._kid(kid, written, one_page=len(pages) == 1) for kid in element.kids])
        return written

    def _kid(self, kid: Element | Piece | Area, parent: Any, *, one_page: bool) -> Any:
        if isinstance(kid, Element):
            return self._element(kid, parent)
        if isinstance(kid, Area):
            area = self.areas[kid.place]
            return pikepdf.Dictionary(Type=pikepdf.Name("/OBJR"), Obj=area, Pg=area.P)
        if one_page:
            return kid.number
        page = self.pdf.pages[kid.page].obj
        return pikepdf.Dictionary(Type=pikepdf.Name("/MCR"), Pg=page, MCID=kid.number)

    def _attributes(self, table: Mapping[str, Any], element: Element) -> Any:
        written = pikepdf.Dictionary()
        for key, value in table.items():
            if key == "/BBox":
                page = next((kid.page for kid in element.kids if isinstance(kid, Piece)), element.page)
                box = value if page is None else self.places[page].rectangle(value)
                written[key] = pikepdf.Array([round(side, 3) for side in box])
            elif key == "/Headers":
                written[key] = pikepdf.Array([pikepdf.String(self.names[name]) for name in value])
            elif key == "/O" or isinstance(value, _Word):
                written[key] = pikepdf.Name(str(value))
            else:
                written[key] = pikepdf.String(value) if isinstance(value, str) else value
        return written
