"""A new file of an insert's pages: what they draw, in its place on the packet's paper, with tags, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

import pikepdf

from briefing.inserts.annotations import Drawn, Link, Targets, read_annotations
from briefing.inserts.cleaning import clean, take_marks_off, used_resources
from briefing.inserts.content import Content, in_order, unmarked
from briefing.inserts.opening import open_file
from briefing.inserts.order import Order
from briefing.inserts.placing import Place, inherited, operands, place_page
from briefing.inserts.refusal import TagsUnusableError, broken
from briefing.inserts.survey import Survey
from briefing.inserts.tags import Area, ObjectPlace, Piece, Tree, Writing, finish
from briefing.inserts.untagged import CONTENT, tags_for

_TAKEN = "/Strip"  # what binding calls its own drawing on each page
_PRINTED = 4  # a flag of an annotation
_GROUP = ("/S", "/CS", "/I", "/K")


class ForeignFile:
    """A file that was opened and looked through, ready to be built anew.

    Args:
        order: what is to be done with it.
        data: its bytes.

    Raises:
        RefusedError: it cannot be an insert.
    """

    def __init__(self, order: Order, data: bytes) -> None:
        self.order = order
        self.pdf = open_file(data)
        self.notes: list[str] = []
        warnings = self.pdf.get_warnings()
        targets = Targets(self.pdf)
        self.pages = [_ForeignPage(self.pdf, page, order.paper, targets) for page in self.pdf.pages]
        self._survey = Survey()
        for page in self.pages:
            page.shows_text = self._survey.shows_text(page.page, page.resources)
            for drawn in page.annotations.drawn.values():
                page.shows_text = self._survey.drawing(drawn.drawing, drawn.drawing.get("/Resources")) or page.shows_text
        self._survey.refuse_missing_fonts()
        take_marks_off(self._survey)
        if warnings or self.pdf.get_warnings():
            self.notes.append("repaired")
            if not all(page.contents().strip() for page in self.pages):
                raise broken("it was damaged, and a page has lost what it draws")
        if any(page.annotations.drawn for page in self.pages):
            self.notes.append("fields-printed")

    @property
    def links_out(self) -> int:
        """How many of its links lead out of it, and are print from now on."""
        return sum(page.annotations.left_out for page in self.pages)

    @property
    def links_inside(self) -> int:
        """How many of its links lead to a page of its own."""
        return sum(len(page.annotations.links) for page in self.pages)

    def with_own_tags(self, tree: Tree) -> tuple[bytes, bool]:
        """Build it anew with its own tags.

        Returns:
            the new file, and whether some of it is both told and left out on purpose.

        Raises:
            TagsUnusableError: text stands on its pages that the tags leave out.
        """
        built, contents = _NewFile(self), []
        told = tree.areas()
        moved: dict[ObjectPlace, Piece] = {}
        for number, page in enumerate(self.pages):
            content = in_order(page.page, page.resources, tree.held(number), self._has_text)
            if content.has_loose_text:
                raise TagsUnusableError("text is left out")
            contents.append(content)
            built.draw_tagged(number, content, told, moved)
        links = {place: found for place, found in self._links().items() if place in told}
        fields = {place: drawn.field for page in self.pages for place, drawn in page.annotations.drawn.items()}
        tree.change(lambda kid: _as_built(kid, contents, moved, links), fields)
        return built.finished(tree, links), any(content.crosses for content in contents)

    def without_tags(self) -> tuple[bytes, Tree]:
        """Build it anew with tags of our own: one for each page. Returns the new file and the tags."""
        built = _NewFile(self)
        tree = tags_for([page.shows_text for page in self.pages], self.order.read_aloud, self.order.scan_words)
        for number, element in enumerate(tree.top.elements_below()):
            built.draw_whole(number, element.kind)
        return built.finished(tree, {}), tree

    def _links(self) -> dict[ObjectPlace, tuple[int, Link]]:
        return {place: (number, link) for number, page in enumerate(self.pages) for place, link in page.annotations.links.items()}

    def _has_text(self, drawing: Any) -> bool:
        return drawing is not None and self._survey.drawing(drawing, None)


class _ForeignPage:
    """A page of the file as it came."""

    def __init__(self, pdf: pikepdf.Pdf, page: pikepdf.Page, paper: tuple[float, float], targets: Targets) -> None:
        self.page = page
        self.place = place_page(page, paper)
        resources = inherited(page.obj, "/Resources")
        self.resources = resources if isinstance(resources, pikepdf.Dictionary) else pikepdf.Dictionary()
        self.annotations = read_annotations(pdf, page, targets)
        self.shows_text = False

    def drawn(self) -> Iterator[tuple[ObjectPlace, Drawn, str]]:
        """Yield each annotation that is drawn, with a name that no drawing of the page has."""
        taken = self.resources.get("/XObject", pikepdf.Dictionary())
        number = 0
        for place, drawn in self.annotations.drawn.items():
            while f"/Annotation{number}" in taken:
                number += 1
            yield place, drawn, f"/Annotation{number}"
            number += 1

    def used(self) -> pikepdf.Dictionary:
        """Return what it draws with, its annotations included."""
        resources = used_resources(self.resources)
        drawings = resources.get("/XObject", pikepdf.Dictionary())
        for _, drawn, name in self.drawn():
            drawings[name] = drawn.drawing
        resources.XObject = drawings
        return resources

    def contents(self) -> bytes:
        """Return what it draws, as it came."""
        contents = self.page.obj.get("/Contents")
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        return b"\n".join(stream.read_bytes() for stream in streams if isinstance(stream, pikepdf.Stream))


class _NewFile:
    """The new file while it is built."""

    def __init__(self, source: ForeignFile) -> None:
        self._source = source
        self.pdf = pikepdf.new()
        for _ in source.pages:
            self.pdf.add_blank_page(page_size=(source.order.paper[0], source.order.paper[1]))

    def draw_tagged(self, number: int, content: Content, told: Container[ObjectPlace], moved: dict[ObjectPlace, Piece]) -> None:
        """Draw a page piece by piece, with its marks.

        Args:
            number: which page, from 0.
            content: what it draws, put in order.
            told: the annotations that the tags tell of.
            moved: grows by those of them that are now pieces of the page.
        """
        page, data, free = self._source.pages[number], [content.data], content.pieces
        for place, drawn, name in page.drawn():
            mark = b"/Artifact BMC"
            if place in told:
                moved[place] = Piece(number, free)
                mark, free = b"/Form <</MCID %d>> BDC" % free, free + 1
            data.append(b"%b %b EMC" % (mark, drawn.instructions(name)))
        resources = page.used()
        if _TAKEN in resources.XObject:
            raise TagsUnusableError("a name is taken")
        new = self.pdf.pages[number].obj
        new.Resources = self._copied(resources)
        new.Contents = self.pdf.make_stream(_placed(page.place, b"\n".join(data)))
        self._take_group(page, new)

    def draw_whole(self, number: int, kind: str) -> None:
        """Draw a page as one drawing under one tag."""
        page = self._source.pages[number]
        in_order = unmarked(page.page, page.resources)
        data = [page.contents() if in_order is None else in_order]
        data += [drawn.instructions(name) for _, drawn, name in page.drawn()]
        drawing = self.pdf.make_stream(
            b"\n".join(data),
            Type=pikepdf.Name("/XObject"),
            Subtype=pikepdf.Name("/Form"),
            BBox=pikepdf.Array(list(page.place.seen)),
            Resources=self._copied(page.used()),
        )
        self._take_group(page, drawing)
        new = self.pdf.pages[number].obj
        new.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=drawing))
        mark = b"%b <</MCID %d>> BDC\n" % (kind.encode(), CONTENT)
        new.Contents = self.pdf.make_stream(mark + _placed(page.place, b"/Page Do") + b"\nEMC")

    def finished(self, tree: Tree, links: Mapping[ObjectPlace, tuple[int, Link]]) -> bytes:
        """Clean it, add links and tags, and return its bytes."""
        finish(tree, self._source.order.picture_words)
        clean(self.pdf)
        places = [page.place for page in self._source.pages]
        areas = {place: self._link(number, link, places) for place, (number, link) in links.items()}
        Writing(self.pdf, places, areas, self._source.order.id).write(tree.top)
        out = io.BytesIO()
        self.pdf.save(out, deterministic_id=True, recompress_flate=True)  # makers of PDFs can be careless with check sums
        return out.getvalue()

    def _link(self, number: int, link: Link, places: list[Place]) -> Any:
        """Put a link on its page, and return it."""
        page, target = self.pdf.pages[number].obj, self.pdf.pages[link.page].obj
        view: list[Any] = [target, pikepdf.Name("/Fit")]
        if link.point is not None:
            view = [target, pikepdf.Name("/XYZ"), *(round(side, 3) for side in places[link.page].point(*link.point)), None]
        annotation = self.pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name("/Annot"),
                Subtype=pikepdf.Name("/Link"),
                Rect=pikepdf.Array([round(side, 3) for side in places[number].rectangle(link.area)]),
                Border=pikepdf.Array([0, 0, 0]),
                F=_PRINTED,
                P=page,
                Contents=pikepdf.String(link.words or self._source.order.title),
                Dest=pikepdf.Array(view),
            )
        )
        page.Annots = pikepdf.Array([*page.get("/Annots", []), annotation])
        return annotation

    def _copied(self, resources: pikepdf.Dictionary) -> Any:
        return self.pdf.copy_foreign(self._source.pdf.make_indirect(resources))

    def _take_group(self, page: _ForeignPage, holder: Any) -> None:
        """Keep how a page's colors are mixed where it is seen through."""
        group = page.page.obj.get("/Group")
        if isinstance(group, pikepdf.Dictionary) and group.get("/S") == "/Transparency":
            holder.Group = self._copied(pikepdf.Dictionary({key: group[key] for key in _GROUP if key in group}))


def _placed(place: Place, body: bytes) -> bytes:
    """Return what draws a page in its place on the paper, and nothing of what lies outside of it."""
    left, bottom, right, top = place.seen
    window = operands((left, bottom, right - left, top - bottom))
    return b"q %b cm %b re W n\n%b\nQ" % (operands(place.matrix), window, body)


def _as_built(
    kid: Piece | Area, contents: Sequence[Content], moved: Mapping[ObjectPlace, Piece], links: Container[ObjectPlace]
) -> list[Piece | Area]:
    """Return what has become of a piece or area: nothing if it is no longer there."""
    if isinstance(kid, Piece):
        return [Piece(kid.page, number) for number in contents[kid.page].numbers.get(kid.number, ())]
    if kid.place in moved:
        return [moved[kid.place]]
    return [kid] if kid.place in links else []
