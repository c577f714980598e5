"""Notes, filled-in fields and stamps become print; links inside the file stay links; whatever else could act is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf

from briefing.inserts.placing import Matrix, Rectangle, joined, operands, read_rectangle
from briefing.inserts.refusal import PRINT_ANEW, refusal

_HIDDEN, _PRINTED = 2, 4  # flags of an annotation
_MOST_PARENTS = 30
_MOST_NAMES = 20_000
_STRAIGHT: Matrix = (1, 0, 0, 1, 0, 0)
_ROLES = {"/Tx": "tv", "/Ch": "tv", "/Btn": "cb", "/Sig": "tv"}
_RADIO, _PUSH = 1 << 15, 1 << 16  # flags of a button
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Drawn:
    """An annotation that is printed: its drawing, the way from there to the page, and what it is if it is a field."""

    drawing: Any
    matrix: Matrix
    field: Mapping[str, str]

    def instructions(self, name: str) -> bytes:
        """Return what draws it, under a name among the page's drawings."""
        return b"q %b cm %b Do Q" % (operands(self.matrix), name.encode())


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside the file: its place, the page it leads to, counted from 0, the point on it, and its words."""

    area: Rectangle
    page: int
    point: tuple[float, float] | None
    words: str


@dataclass(slots=True)
class Annotations:
    """A page's annotations by their object numbers, and how many links lead out of the file."""

    drawn: dict[Place, Drawn]
    links: dict[Place, Link]
    left_out: int = 0


def read_annotations(pdf: pikepdf.Pdf, page: pikepdf.Page, targets: Targets) -> Annotations:
    """Read what lies on a page.

    Raises:
        RefusedError: a field was filled in, and no program has drawn what it says.
    """
    found = Annotations({}, {})
    for item in _items(pdf, page.obj):
        if item.get("/Subtype") == "/Link":
            link = targets.follow(item)
            if link is None:
                found.left_out += 1
            else:
                found.links[item.objgen] = link
        elif (drawn := _drawn(item, is_stale=_is_stale(pdf.Root))) is not None:
            found.drawn[item.objgen] = drawn
    return found


def _items(pdf: pikepdf.Pdf, page: Any) -> Iterator[Any]:
    items = page.get("/Annots")
    for number in range(len(items)) if isinstance(items, pikepdf.Array) else ():
        if isinstance(items[number], pikepdf.Dictionary):
            if not items[number].is_indirect:
                items[number] = pdf.make_indirect(items[number])
            yield items[number]


class Targets:
    """Where the links of a file lead.

    Args:
        pdf: the file.
    """

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self._places = dict(_named_places(pdf.Root))

    def follow(self, annotation: Any) -> Link | None:
        """Return a link that leads to a page of the file, and None for any other."""
        action = annotation.get("/A")
        target = annotation.get("/Dest")
        if target is None and isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/GoTo":
            target = action.get("/D")
        if isinstance(target, pikepdf.Name | pikepdf.String):
            target = self._places.get(str(target))
        if isinstance(target, pikepdf.Dictionary):
            target = target.get("/D")
        area = read_rectangle(annotation.get("/Rect"))
        if area is None or not isinstance(target, pikepdf.Array) or not len(target):
            return None
        page = self._pages.get(target[0].objgen) if isinstance(target[0], pikepdf.Dictionary) else None
        words = annotation.get("/Contents")
        return None if page is None else Link(area, page, _point(target), str(words) if isinstance(words, pikepdf.String) else "")


def _point(target: Any) -> tuple[float, float] | None:
    """Return the point to which a link leads, where it names one."""
    kind, numbers = (str(target[1]) if len(target) > 1 else ""), [_number(value) for value in list(target)[2:]]
    if kind == "/XYZ" and len(numbers) > 1 and numbers[0] is not None and numbers[1] is not None:
        return numbers[0], numbers[1]
    return None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _named_places(root: Any) -> Iterator[tuple[str, Any]]:
    old = root.get("/Dests")
    if isinstance(old, pikepdf.Dictionary):
        yield from old.items()
    names = root.get("/Names")
    waiting = [names.get("/Dests")] if isinstance(names, pikepdf.Dictionary) else []
    for _ in range(_MOST_NAMES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, pikepdf.Dictionary):
            waiting += list(node.get("/Kids", []))
            flat = list(node.get("/Names", []))
            yield from ((str(name), place) for name, place in zip(flat[::2], flat[1::2], strict=False))


def _is_stale(root: Any) -> bool:
    """Tell whether fields say something else than what is drawn in them, until a program draws them anew."""
    form = root.get("/AcroForm")
    return isinstance(form, pikepdf.Dictionary) and bool(form.get("/NeedAppearances", False))


def _drawn(annotation: Any, *, is_stale: bool) -> Drawn | None:
    flags = annotation.get("/F", 0)
    if annotation.get("/Subtype") == "/Popup" or flags & _HIDDEN:
        return None
    drawing, area = _appearance(annotation), read_rectangle(annotation.get("/Rect"))
    is_field, is_printed = annotation.get("/Subtype") == "/Widget", bool(flags & _PRINTED)
    if is_field and _has_text(annotation) and (drawing is None or is_stale or not is_printed):
        raise refusal("insert-undrawn", "a field is filled in, and what it says is not drawn for paper.", PRINT_ANEW)
    if not is_printed:
        return None
    box = read_rectangle(drawing.get("/BBox")) if drawing is not None else None
    if drawing is None or area is None or box is None:
        return None
    return Drawn(drawing, _way(box, _matrix(drawing), area), _field(annotation) if is_field else {})


def _appearance(annotation: Any) -> Any:
    drawings = annotation.get("/AP")
    normal = drawings.get("/N") if isinstance(drawings, pikepdf.Dictionary) else None
    if isinstance(normal, pikepdf.Stream):
        return normal
    state = annotation.get("/AS")
    if isinstance(normal, pikepdf.Dictionary) and isinstance(state, pikepdf.Name):
        normal = normal.get(str(state))
    return normal if isinstance(normal, pikepdf.Stream) else None


def _matrix(drawing: Any) -> Matrix:
    numbers = [_number(value) for value in drawing.get("/Matrix", [])]
    known = tuple(number for number in numbers if number is not None)
    if len(numbers) != len(_STRAIGHT) or len(known) < len(numbers):
        return _STRAIGHT
    a, b, c, d, e, f = known
    return a, b, c, d, e, f


def _way(box: Rectangle, own: Matrix, area: Rectangle) -> Matrix:
    """Return the way from a drawing to its place on the page, as the PDF standard works it out."""
    corners = [
        (own[0] * x + own[2] * y + own[4], own[1] * x + own[3] * y + own[5]) for x in (box[0], box[2]) for y in (box[1], box[3])
    ]
    across, up = zip(*corners, strict=True)
    width, height = max(across) - min(across), max(up) - min(up)
    wide = (area[2] - area[0]) / width if width else 1
    high = (area[3] - area[1]) / height if height else 1
    return joined((1, 0, 0, 1, -min(across), -min(up)), (wide, 0, 0, high, area[0], area[1]))


def _field(annotation: Any) -> dict[str, str]:
    """Return what a field on paper says of itself to a screen reader."""
    kind, flags = str(_of_field(annotation, "/FT")), _of_field(annotation, "/Ff")
    role = _ROLES.get(kind, "tv")
    if kind == "/Btn" and isinstance(flags, int):
        role = "pb" if flags & _PUSH else "rb" if flags & _RADIO else "cb"
    told = {"/Role": role}
    if role in ("cb", "rb"):
        told["/checked"] = "off" if annotation.get("/AS", "/Off") == "/Off" else "on"
    label = _of_field(annotation, "/TU")
    return {**told, "/Desc": str(label)} if isinstance(label, pikepdf.String) and str(label).strip() else told


def _has_text(annotation: Any) -> bool:
    value = _of_field(annotation, "/V")
    return isinstance(value, pikepdf.String) and bool(str(value).strip())


def _of_field(field: Any, key: str) -> Any:
    for _ in range(_MOST_PARENTS):
        if not isinstance(field, pikepdf.Dictionary):
            break
        if (value := field.get(key)) is not None:
            return value
        field = field.get("/Parent")
    return None
