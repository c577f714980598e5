"""A plain plot as SVG: several curves over the same numbers, each in a field of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

Points = Sequence[tuple[float, float]]
_WIDTH, _FIELD, _LEFT, _RIGHT, _TOP = 640, 220, 70, 20, 50


def draw(title: str, curves: Sequence[tuple[str, Points]]) -> str:
    """Return an SVG picture.

    Args:
        title: what it shows.
        curves: for each, what is measured, and its points; the horizontal axis is logarithmic, the vertical begins at 0.
    """
    height = _TOP + _FIELD * len(curves)
    fields = "".join(_field(name, points, _TOP + number * _FIELD) for number, (name, points) in enumerate(curves))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="12" role="img">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>'
        f'<text x="{_LEFT}" y="24" font-size="16">{escape(title)}</text>{fields}</svg>\n'
    )


def _field(name: str, points: Points, top: float) -> str:
    if not points:
        return ""
    floor, roof = top + _FIELD - 50, top + 20
    largest = max(value for _, value in points) or 1.0
    span = math.log10(max(across for across, _ in points)) or 1.0

    def place(across: float, value: float) -> tuple[float, float]:
        return (
            _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log10(across) / span,
            floor - (floor - roof) * value / (1.1 * largest),
        )

    line = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in points)
    marks = "".join(_mark(*place(*point), f"{point[1]:.3g}", f"{point[0]:g}", floor) for point in points)
    return (
        f'<text x="{_LEFT}" y="{top + 8}">{escape(name)}</text>'
        f'<path d="M{_LEFT} {roof}V{floor}H{_WIDTH - _RIGHT}" fill="none" stroke="black"/>'
        f'<polyline points="{line}" fill="none" stroke="black" stroke-width="2"/>{marks}'
        f'<text x="{_WIDTH - _RIGHT}" y="{floor + 34}" text-anchor="end">patients</text>'
    )


def _mark(x: float, y: float, value: str, across: str, floor: float) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/><text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{value}</text>'
        f'<text x="{x:.1f}" y="{floor + 16:.1f}" text-anchor="middle">{across}</text>'
    )
