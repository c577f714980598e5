"""What screen readers go by, proved on the finished file: every piece of text leads to its element, and back.

A checker of conformance does not tell this. Of six packets broken on purpose, veraPDF let three pass: an element taken
away with its text, two tags swapped, a name used twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from briefing.finished import Place, kids_of

_DRAWS = "Tj TJ ' \" Do sh EI f F f* B B* b b* s S"
_MARKS = "BDC BMC EMC"


def prove_structure(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    """Yield place and problem of everything in a packet's structure that does not fit together.

    Args:
        pdf: the open packet.
    """
    root = pdf.Root.get("/StructTreeRoot")
    if not isinstance(root, pikepdf.Dictionary):
        yield "the packet", "it has no tags"
        return
    tree = _Tree({_place_of(page): number for number, page in enumerate(pdf.pages, 1)})
    tree.walk(root)
    leads = dict(_entries(root.get("/ParentTree"), "/Nums"))
    findings = [*tree.findings, *_parent_tree(root, leads), *_names(root, tree), *_documents(pdf, tree)]
    used: Counter[int] = Counter()
    for number, page in enumerate(pdf.pages, 1):
        findings += [(f"packet page {number}", problem) for problem in _page(page, tree, leads, used)]
    findings += _keys(leads, used)
    yield from dict.fromkeys(findings)


@dataclass(slots=True)
class _Tree:
    """The tree as it is read from its root: what each element holds, and what is odd about it."""

    pages: Mapping[Place, int]
    elements: dict[Place, Any] = field(default_factory=dict)
    content: dict[tuple[Place | None, int], Place] = field(default_factory=dict)
    annotations: dict[Place, Place] = field(default_factory=dict)
    owners: dict[Place | None, set[int]] = field(default_factory=dict)  # the documents whose elements hold text of a page
    findings: list[tuple[str, str]] = field(default_factory=list)

    def walk(self, root: Any) -> None:
        """Read all elements. Without recursion: a broken tree may be a ring."""
        documents = 0
        waiting: list[tuple[Any, Any, Any, int]] = [(kid, root, None, 0) for kid in reversed(kids_of(root))]
        while waiting:
            element, parent, page, document = waiting.pop()
            if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
                self._odd("something in the tree is no element")
                continue
            if element.objgen in self.elements:
                self._odd("an element stands in the tree twice")
                continue
            self.elements[element.objgen] = element
            if not isinstance(element.get("/P"), pikepdf.Dictionary) or element.P.objgen != parent.objgen:
                self._odd("an element does not know its parent")
            if element.S == "/Figure" and not str(element.get("/Alt", "")).strip():
                self._odd("a picture has no words that stand for it")
            if parent.get("/P") is not None and parent.P.objgen == root.objgen and element.S == "/Document":
                documents += 1
                document = documents
            own_page = element.get("/Pg", page)
            below = [kid for kid in kids_of(element) if not self._hold(element, kid, own_page, document)]
            waiting += [(kid, element, own_page, document) for kid in reversed(below)]

    def _hold(self, element: Any, kid: Any, page: Any, document: int) -> bool:
        """Note down a piece of content; tell whether it was one."""
        if isinstance(kid, int):
            self._hold_content(element, page, kid, document)
        elif isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/MCR":
            self._hold_content(element, kid.get("/Pg", page), int(kid.MCID), document)
        elif isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR":
            if self.annotations.setdefault(kid.Obj.objgen, element.objgen) != element.objgen:
                self._odd("two elements hold one link or field")
        else:
            return False
        return True

    def _hold_content(self, element: Any, page: Any, number: int, document: int) -> None:
        place = None if page is None else page.objgen
        self.owners.setdefault(place, set()).add(document)
        if place not in self.pages:
            self._odd("an element holds text of a page that is not bound")
        if (place, number) in self.content:
            self._odd("a piece of text is held twice")
        self.content[place, number] = element.objgen

    def _odd(self, problem: str) -> None:
        self.findings.append(("the packet", problem))


def _place_of(page: pikepdf.Page) -> Place:
    number, generation = page.obj.objgen
    return number, generation


def _entries(node: Any, kind: str) -> Iterator[tuple[Any, Any]]:
    if not isinstance(node, pikepdf.Dictionary):
        return
    flat = list(node.get(kind, []))
    yield from zip(flat[::2], flat[1::2], strict=False)
    for kid in node.get("/Kids", []):
        yield from _entries(kid, kind)


def _parent_tree(root: Any, leads: Mapping[int, Any]) -> Iterator[tuple[str, str]]:
    keys = [int(key) for key, _ in _entries(root.get("/ParentTree"), "/Nums")]
    if keys != sorted(set(keys)):
        yield "the packet", "the way back from text to tags is out of order"
    if int(root.get("/ParentTreeNextKey", -1)) <= max(leads, default=-1):
        yield "the packet", "the next free number for tags is taken"


def _names(root: Any, tree: _Tree) -> Iterator[tuple[str, str]]:
    """Compare the elements' names with the list of them, and with the headers that cells ask for."""
    named = [(str(element.ID), place) for place, element in tree.elements.items() if "/ID" in element]
    listed = [(str(name), element.objgen) for name, element in _entries(root.get("/IDTree"), "/Names")]
    if len({name for name, _ in named}) != len(named):
        yield "the packet", "two elements have one name"
    if sorted(named) != sorted(listed):
        yield "the packet", "the list of named elements is not that of the elements"
    names = {name for name, place in named if tree.elements[place].S == "/TH"}
    for element in tree.elements.values():
        if any(str(header) not in names for header in _headers(element)):
            yield "the packet", "a cell names a header that does not exist"


def _headers(element: Any) -> Iterator[Any]:
    attributes = element.get("/A")
    for owner in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if isinstance(owner, pikepdf.Dictionary):
            yield from owner.get("/Headers", [])


def _documents(pdf: pikepdf.Pdf, tree: _Tree) -> Iterator[tuple[str, str]]:
    if not str(pdf.Root.get("/Lang", "")):
        yield "the packet", "it does not tell its language"
    owners = [tree.owners.get(_place_of(page), set()) for page in pdf.pages]
    if any(len(each) > 1 for each in owners):
        yield "the packet", "the text of one page belongs to two documents"
    in_order = [document for each in owners for document in each]
    if in_order != sorted(in_order):
        yield "the packet", "its tags tell its documents in another order than its pages"


def _page(page: pikepdf.Page, tree: _Tree, leads: Mapping[int, Any], used: Counter[int]) -> Iterator[str]:
    back = _lead(page.obj, "/StructParents", leads, used)
    if not isinstance(back, pikepdf.Array):
        yield "no way leads from its text to its tags"
        back = pikepdf.Array()
    yield from _texts(page, tree, back)
    for annotation in page.get("/Annots", []):
        led = _lead(annotation, "/StructParent", leads, used)
        if not isinstance(led, pikepdf.Dictionary) or tree.annotations.get(annotation.objgen) != led.objgen:
            yield "a link or field has no tag, or the wrong one"


def _texts(page: pikepdf.Page, tree: _Tree, back: pikepdf.Array) -> Iterator[str]:
    """Follow each piece of a page's text to its element and back."""
    numbers, loose = _marked_content(page)
    here = _place_of(page)
    held = {number for place, number in tree.content if place == here}
    led = {number: place for number in range(len(back)) if (place := _place(back, number)) is not None}
    if loose:
        yield "something on it is neither tagged nor left out on purpose"
    if len(set(numbers)) != len(numbers):
        yield "two pieces of text have one number"
    if set(numbers) - set(led):
        yield "a piece of text has no tag"
    if any(number in led and tree.content.get((here, number)) != led[number] for number in numbers):
        yield "a piece of text leads to a tag that does not hold it"
    if held - set(numbers):
        yield "a tag holds text that is not there"
    if set(led) - set(numbers):
        yield "a tag is led to from text that is not there"


def _lead(holder: Any, key: str, leads: Mapping[int, Any], used: Counter[int]) -> Any:
    if key not in holder:
        return None
    number = int(holder[key])
    used[number] += 1
    return leads.get(number)


def _place(back: Any, number: int) -> Place | None:
    found = back[number] if number < len(back) else None
    return found.objgen if isinstance(found, pikepdf.Dictionary) else None


def _keys(leads: Mapping[int, Any], used: Counter[int]) -> Iterator[tuple[str, str]]:
    if any(count > 1 for count in used.values()):
        yield "the packet", "two pages, links or fields lead to the same tags"
    if set(leads) - set(used):
        yield "the packet", "tags are led to from a page, link or field that is not there"


def _marked_content(page: pikepdf.Page) -> tuple[list[int], bool]:
    """Return the numbers of a page's tagged pieces, and whether anything is drawn outside of them and of artifacts."""
    numbers: list[int] = []
    open_marks: list[bool] = []
    loose = False
    for instruction in pikepdf.parse_content_stream(page, f"{_MARKS} {_DRAWS}"):
        operator = str(instruction.operator)
        if operator in ("BDC", "BMC"):
            number = _number(instruction)
            numbers += [] if number is None else [number]
            open_marks.append(number is not None or instruction.operands[0] == "/Artifact")
        elif operator == "EMC":
            loose = loose or not open_marks
            open_marks = open_marks[:-1]
        else:
            loose = loose or not any(open_marks)
    return numbers, loose


def _number(instruction: Any) -> int | None:
    properties = instruction.operands[1] if len(instruction.operands) > 1 else None
    return int(properties.MCID) if isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties else None
