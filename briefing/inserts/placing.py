"""Each page in the room that the packet's paper leaves: whole, upright, never enlarged, clear of the strip and the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf

from briefing.inserts.refusal import broken

_POINTS_PER_MILLIMETRE = 72 / 25.4
_FOOT = 29 * _POINTS_PER_MILLIMETRE  # the strip's, as in the layout
_EDGE = 8 * _POINTS_PER_MILLIMETRE  # printers do not reach the edge of the paper
_SMALLEST, _LARGEST = 20, 20_000  # points; what is smaller or larger is a slip in the file
_MOST_PARENTS = 50
_SIDES = 4

Matrix = tuple[float, float, float, float, float, float]
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page goes: the part of it that is seen, in its own measure, and the way from there to the paper."""

    seen: Rectangle
    matrix: Matrix

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the page as one of the paper."""
        a, b, c, d, e, f = self.matrix
        return a * x + c * y + e, b * x + d * y + f

    def rectangle(self, box: Rectangle) -> Rectangle:
        """Return a rectangle of the page as one of the paper."""
        corners = [self.point(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        across, up = zip(*corners, strict=True)
        return min(across), min(up), max(across), max(up)


def place_page(page: pikepdf.Page, paper: tuple[float, float]) -> Place:
    """Find the place of a page.

    Args:
        page: a page of the file.
        paper: width and height of the packet's paper in points.

    Raises:
        RefusedError: the page has no size, or an impossible one.
    """
    media = read_rectangle(inherited(page.obj, "/MediaBox"))
    if media is None:
        raise broken("a page does not tell its size")
    seen = _common(media, read_rectangle(inherited(page.obj, "/CropBox")) or media) or media
    unit = _number(page.obj.get("/UserUnit")) or 1.0
    turn = round(_number(inherited(page.obj, "/Rotate")) or 0) % 360
    if not all(_SMALLEST <= side * unit <= _LARGEST for side in (seen[2] - seen[0], seen[3] - seen[1])):
        raise broken("a page has an impossible size")
    return Place(seen, _fitted(_turned(seen, turn), seen, turn, unit, paper))


def read_rectangle(value: Any) -> Rectangle | None:
    """Return a rectangle with its lower left corner first, or None if it is none."""
    sides = [_number(side) for side in value] if isinstance(value, pikepdf.Array) else []
    if len(sides) != _SIDES or None in sides:
        return None
    left, bottom, right, top = (side or 0.0 for side in sides)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def joined(first: Matrix, then: Matrix) -> Matrix:
    """Return one matrix that does what two do one after the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def operands(values: Sequence[float]) -> bytes:
    """Write numbers as a content stream has them."""
    return " ".join(f"{value:.5f}".rstrip("0").rstrip(".") for value in values).replace("-0 ", "0 ").encode()


def _turned(seen: Rectangle, turn: int) -> Matrix:
    """Return the way to a page that stands upright with its lower left corner at 0, 0."""
    left, bottom, right, top = seen
    match turn:
        case 90:
            return 0, -1, 1, 0, -bottom, right
        case 180:
            return -1, 0, 0, -1, right, top
        case 270:
            return 0, 1, -1, 0, top, -left
        case _:
            return 1, 0, 0, 1, -left, -bottom


def _fitted(upright: Matrix, seen: Rectangle, turn: int, unit: float, paper: tuple[float, float]) -> Matrix:
    width, height = seen[2] - seen[0], seen[3] - seen[1]
    if turn in (90, 270):
        width, height = height, width
    room = paper[0] - 2 * _EDGE, paper[1] - _FOOT - _EDGE
    scale = min(unit, room[0] / width, room[1] / height)
    across, up = (paper[0] - scale * width) / 2, _FOOT + (room[1] - scale * height) / 2
    return joined(upright, (scale, 0, 0, scale, across, up))


def inherited(page: Any, key: str) -> Any:
    """Return what a page says itself, or what the tree of pages says for it."""
    for _ in range(_MOST_PARENTS):
        if not isinstance(page, pikepdf.Dictionary):
            return None
        if (value := page.get(key)) is not None:
            return value
        page = page.get("/Parent")
    return None


def _common(one: Rectangle, other: Rectangle) -> Rectangle | None:
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, right, top) if left < right and bottom < top else None


def _number(value: Any) -> float | None:
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None
