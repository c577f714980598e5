"""One tree of headings, lists and tables over all documents, each in its language, each piece of text in its place.

pypdf copies pages without their tags. The tags are copied here with pypdf's own `clone`, which knows what has become of
every page and annotation; then the tree is put right, and the table that leads from text to elements is made anew from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NullObject, NumberObject, TextStringObject

from briefing.internals import add_object
from briefing.packet.artifacts import marked_content, turn_into_artifacts
from briefing.packet.fragments import join_fragments
from briefing.packet.items import PacketItem
from briefing.packet.marks import write_marks
from briefing.packet.pdf_objects import (
    all_elements,
    dictionary,
    elements_of,
    is_element,
    kids_of,
    kind_of,
    own_copy,
    resolved,
    set_kids,
)
from briefing.packet.roles import adopt_names, use_names
from briefing.packet.tables import relate_cells

_POINTS_PER_PIXEL = 0.75


class Structure:
    """The structure tree of a packet while it grows.

    Args:
        writer: the packet.
        language: what the packet as a whole is in.
    """

    def __init__(self, writer: PdfWriter, language: str) -> None:
        self._writer = writer
        self._roles, self._classes = DictionaryObject(), DictionaryObject()
        self._root = _added(writer, dictionary(Type=NameObject("/StructTreeRoot")))
        self._top = _added(writer, dictionary(Type=NameObject("/StructElem"), S=NameObject("/Document")))
        self._top[NameObject("/Lang")] = TextStringObject(language)
        set_kids(self._root, [self._top.indirect_reference])
        set_kids(self._top, [])

    def add(self, reader: PdfReader, item: PacketItem) -> None:
        """Add the tags of a document whose pages were appended.

        Args:
            reader: the document. The tags of an insert were put in order before (`inserts/tags`): they are taken as they are.
            item: what it is; its id is what its names start with.
        """
        source = own_copy(reader.root_object["/StructTreeRoot"].clone(self._writer))
        document = _only_document(self._writer, source)
        set_kids(self._top, [*kids_of(self._top), document.indirect_reference])
        if item.brought is None:
            self._put_in_order(document, source, item)
        document[NameObject("/T")] = TextStringObject(item.title)
        document[NameObject("/Lang")] = TextStringObject(item.language)
        document[NameObject("/ID")] = TextStringObject(f"{'insert' if item.brought else 'document'}:{item.id}")

    def _put_in_order(self, document: DictionaryObject, source: DictionaryObject, item: PacketItem) -> None:
        """Make of WeasyPrint's tags what they should be."""
        key = item.id
        roles = adopt_names(self._roles, source.get("/RoleMap"), key)
        use_names(document, roles, adopt_names(self._classes, source.get("/ClassMap"), key))
        join_fragments(document)
        relate_cells(document, key)
        for element in list(all_elements(document)):
            self._mend(element)
        write_marks(document, item.marks)

    def _mend(self, element: DictionaryObject) -> None:
        """Put right what WeasyPrint says wrongly of a single element."""
        if kind_of(element) == "/Figure":
            _mend_place(element)
        elif kind_of(element) == "/LI":
            _mend_item(self._writer, element)
        elif kind_of(element) == "/Form":
            _mend_field(element)
        elif any(map(_is_link, kids_of(element))):
            _mend_link(element)

    def finish(self) -> None:
        """Lead from every piece of text to its element, and take out of the text what no element holds."""
        held = _Held.by(self._top)
        numbers = ArrayObject()
        for page in self._writer.pages:
            _number(page, "/StructParents", self._lead_back(page, held), numbers)
        for annotation, element in held.annotations:
            _number(annotation, "/StructParent", element.indirect_reference, numbers)
        self._root[NameObject("/ParentTree")] = add_object(self._writer, dictionary(Nums=numbers))
        self._root[NameObject("/ParentTreeNextKey")] = NumberObject(len(numbers) // 2)
        self._root.update({NameObject(key): value for key, value in self._maps() if value})
        catalog = self._writer.root_object
        catalog[NameObject("/StructTreeRoot")] = self._root.indirect_reference

    def _lead_back(self, page: PageObject, held: _Held) -> Any:
        """Return a page's elements by the number of the content they hold."""
        mine = held.content.get(page.indirect_reference, {})
        if loose := set(marked_content(page)) - set(mine):
            turn_into_artifacts(self._writer, page, loose)
        leads = (
            mine[number].indirect_reference if number in mine else NullObject() for number in range(max(mine, default=-1) + 1)
        )
        return add_object(self._writer, ArrayObject(leads))

    def _maps(self) -> Iterator[tuple[str, DictionaryObject]]:
        yield "/RoleMap", self._roles
        yield "/ClassMap", self._classes
        named = sorted(
            (element for element in all_elements(self._top) if "/ID" in element), key=lambda element: str(element["/ID"])
        )
        if named:
            flat = [item for element in named for item in (element["/ID"], element.indirect_reference)]
            yield "/IDTree", dictionary(Names=ArrayObject(flat))


@dataclass(frozen=True, slots=True)
class _Held:
    """What the elements hold: pieces of content by page and number, and annotations."""

    content: dict[Any, dict[int, DictionaryObject]] = field(default_factory=dict)
    annotations: list[tuple[DictionaryObject, DictionaryObject]] = field(default_factory=list)

    @classmethod
    def by(cls, top: DictionaryObject) -> _Held:
        """Note down what is held under an element."""
        held = cls()
        for element in all_elements(top):
            for kid in kids_of(element):
                if not is_element(kid):
                    held.note(element, resolved(kid))
        return held

    def note(self, element: DictionaryObject, content: Any) -> None:
        """Note down one piece of what an element holds."""
        if isinstance(content, NumberObject):
            self.content.setdefault(element.raw_get("/Pg"), {})[int(content)] = element
        elif content["/Type"] == "/MCR":
            page = content.raw_get("/Pg") if "/Pg" in content else element.raw_get("/Pg")
            self.content.setdefault(page, {})[int(content["/MCID"])] = element
        else:
            self.annotations.append((resolved(content["/Obj"]), element))


def _added(writer: PdfWriter, element: DictionaryObject) -> DictionaryObject:
    add_object(writer, element)
    return element


def _only_document(writer: PdfWriter, root: DictionaryObject) -> DictionaryObject:
    """Return the element that stands for a whole document; one is made where the document has none, or several."""
    tops = list(elements_of(root))
    if len(tops) == 1 and kind_of(tops[0]) == "/Document":
        return tops[0]
    document = _added(writer, dictionary(Type=NameObject("/StructElem"), S=NameObject("/Document")))
    set_kids(document, kids_of(root))
    return document


def _number(holder: DictionaryObject, key: str, leads_to: Any, numbers: ArrayObject) -> None:
    number = NumberObject(len(numbers) // 2)
    holder[NameObject(key)] = number
    numbers.extend((number, leads_to))


def _mend_place(figure: DictionaryObject) -> None:
    """Tell where a figure is in points from the lower edge; WeasyPrint tells it in pixels from the upper one."""
    place, height = resolved(figure["/A"]), float(resolved(figure["/Pg"])["/MediaBox"][3])
    left, top, right, bottom = (float(pixels) * _POINTS_PER_PIXEL for pixels in place["/BBox"])
    points = (left, height - bottom, right, height - top)
    place[NameObject("/BBox")] = ArrayObject(FloatObject(round(value, 3)) for value in points)


def _mend_item(writer: PdfWriter, item: DictionaryObject) -> None:
    """Put what an item says into its body; WeasyPrint leaves a paragraph beside its bullet."""
    loose = [kid for kid in kids_of(item) if not is_element(kid) or kid.get_object()["/S"] not in ("/Lbl", "/LBody")]
    if loose:
        body = _added(writer, dictionary(Type=NameObject("/StructElem"), S=NameObject("/LBody"), Pg=item.raw_get("/Pg")))
        set_kids(body, loose)
        set_kids(item, [*(kid for kid in kids_of(item) if kid not in loose), body.indirect_reference])


def _mend_field(element: DictionaryObject) -> None:
    """Let a field stand under its element by itself, not as the only one of a list.

    Only there do programs that check signatures look for it: else a second signature makes the first one suspicious.
    """
    if len(kids := kids_of(element)) == 1:
        element[NameObject("/K")] = kids[0]


def _mend_link(link: DictionaryObject) -> None:
    """Make one link of <a><b>..</b></a>, where WeasyPrint makes a second one of the inner box."""
    link[NameObject("/S")] = NameObject("/Link")
    for inner in list(all_elements(link))[1:]:
        if areas := [kid for kid in kids_of(inner) if _is_link(kid)]:
            inner[NameObject("/S")] = NameObject("/Span")
            set_kids(inner, [kid for kid in kids_of(inner) if not _is_link(kid)])
            set_kids(link, [*kids_of(link), *areas])


def _is_link(kid: Any) -> bool:
    content = resolved(kid)
    if not isinstance(content, DictionaryObject) or content.get("/Type") != "/OBJR":
        return False
    return bool(resolved(content["/Obj"]).get("/Subtype") == "/Link")
