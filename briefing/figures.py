"""Drawings for the pages: a clock face, people in tens, and a session drawn to scale. Units are millimetres.

WeasyPrint takes a drawing's alternative text from its <title>, and applies no style sheet inside: every size and paint
is an attribute here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import cos, pi, sin

from markupsafe import Markup, escape

INK, ACCENT, LINE, PAPER = "#000", "#0b4a50", "#767676", "#fff"
_FONTS = "Atkinson Hyperlegible, IBM Plex Sans Arabic, Noto Sans"
_MM_PER_POINT = 25.4 / 72
_LABEL = 10.5  # points
_ROW_LABEL = 12.0


def _svg(width: float, height: float, title: str, body: str) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {w} {h}"><title>{title}</title>{body}</svg>'
    ).format(w=width, h=height, title=title, body=Markup(body))  # noqa: S704 - the body is drawn here, its words are escaped


def _words(
    x: float, y: float, words: str, *, size: float = _LABEL, bold: bool = False, anchor: str = "start", fill: str = INK
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-family="{_FONTS}" font-size="{size * _MM_PER_POINT:.2f}" '
        f'text-anchor="{anchor}" fill="{fill}"{weight}>{escape(words)}</text>'
    )


def _wiped(x: float, y: float, words: str) -> str:
    """Words on a white ground, so that a line behind them does not cross the letters."""
    size = _LABEL * _MM_PER_POINT
    width = len(words) * 0.47 * size + 1.6
    ground = f'<rect x="{x - 0.8:.2f}" y="{y - size:.2f}" width="{width:.2f}" height="{size * 1.3:.2f}" fill="{PAPER}"/>'
    return ground + _words(x, y, words)


def clock_face(hour: int, minute: int, title: str) -> Markup:
    """Draw a clock that shows a time."""

    def hand(angle: float, start: float, end: float, width: float) -> str:
        return (
            f'<path d="M{16 + start * sin(angle):.2f} {16 - start * cos(angle):.2f}L{16 + end * sin(angle):.2f} '
            f'{16 - end * cos(angle):.2f}" stroke="{INK}" stroke-width="{width}" stroke-linecap="round"/>'
        )

    body = [f'<circle cx="16" cy="16" r="14.6" fill="{PAPER}" stroke="{INK}" stroke-width="1"/>']
    body += [hand(tick * pi / 6, 11.6 if tick % 3 else 11, 12.7, 0.5 if tick % 3 else 1) for tick in range(12)]
    body += [hand((hour % 12 + minute / 60) * pi / 6, 0, 6.6, 1.8), hand(minute * pi / 30, 0, 10, 1.1)]
    body += [f'<circle cx="16" cy="16" r="1.3" fill="{INK}"/>']
    return _svg(32, 32, title, "".join(body))


def people(count: Decimal, title: str) -> Markup:
    """Draw ten people, `count` of them black, to the nearest half. A half is filled to the waist; nobody becomes none."""
    halves = max(1, int((count * 2).to_integral_value(ROUND_HALF_UP))) if count else 0
    body = "".join(_person(4.25 * place, min(1.0, max(0.0, halves / 2 - place))) for place in range(10))
    return _svg(42.5, 9.2, title, body)


def _person(x: float, share: float) -> str:
    shape = f"M{x + 0.45:.2f} 8.9V5.6a1.65 1.65 0 0 1 3.3 0V8.9z"
    head = f'<circle cx="{x + 2.1:.2f}" cy="1.9" r="1.45" '
    if share >= 1:
        return f'{head}fill="{INK}"/><path d="{shape}" fill="{INK}"/>'
    outline = f'fill="none" stroke="{LINE}" stroke-width=".28"/>'
    waist = f'<rect x="{x + 0.45:.2f}" y="6.4" width="3.3" height="2.5" fill="{INK}"/>' if share else ""
    return f'{head}{outline}<path d="{shape}" {outline}{waist}'


@dataclass(frozen=True, slots=True)
class SessionDrawing:
    """What a session chart shows. Minutes count from the first medicine; settling in lies before it.

    `rows` names the four rows (`|` breaks a line); `given` are the spans in which medicine is given, with a label each;
    `strongest` is what stands beside the curve (`|` breaks a line).
    """

    first: int
    last: int
    clocks: Sequence[tuple[int, str]]
    rows: Sequence[str]
    given: Sequence[tuple[int, int, str]]
    strongest_minute: int
    gone_minute: int
    strongest: str
    checks: Sequence[int]
    spans: Sequence[tuple[int, int, str]]
    title: str


_LEFT, _RIGHT, _EDGE, _HEIGHT = 48.0, 172.6, 175.5, 53  # time ends at _RIGHT; lines and boxes go on to _EDGE
_LABEL_GAP, _MOST_MOVED = 2.5, 7.0
_NARROW = ".\N{NO-BREAK SPACE}"  # as in 9:00 a. m.
_ROWS = (13.9, 27.5, 41.4, 50.4)
_CURVE_BASE, _CURVE_HEIGHT = 34.5, 16.0


def session_chart(drawing: SessionDrawing) -> Markup:
    """Draw a session to scale: when medicine is given, a sketch of how strong it feels, when we check, what you do.

    The curve is a sketch between the minute of the strongest feeling and the minute by which it has gone; the page must
    say so.
    """
    return _svg(176, _HEIGHT, drawing.title, "".join(_chart(drawing)))


def _chart(drawing: SessionDrawing) -> Iterator[str]:
    scale = (_RIGHT - _LEFT) / (drawing.last - drawing.first)

    def x(minute: float) -> float:
        return _LEFT + (min(max(minute, drawing.first), drawing.last) - drawing.first) * scale

    yield from _frame(drawing, x)
    for start, end, label in drawing.given:
        yield from _given(x(start), max(x(end) - x(start), 1.6), label)
    yield _curve(drawing, x(drawing.first), scale)
    yield f'<path d="M{_LEFT} {_CURVE_BASE}H{_EDGE}" stroke="{INK}" stroke-width=".25"/>'
    lines = drawing.strongest.split("|")
    beside = _beside(drawing, x, max(_width(line, _LABEL) for line in lines))
    for number, words in enumerate(lines):
        yield _wiped(beside, 20.5 + 4.8 * number, words)
    box = f'height="6.2" fill="{PAPER}" stroke="{INK}" stroke-width=".35"/>'
    yield f'<rect x="{_LEFT}" y="37" width="{_EDGE - _LEFT:.2f}" {box}'
    for minute in drawing.checks:
        yield f'<circle cx="{max(x(minute), _LEFT + 2.4):.2f}" cy="40.1" r="1.3" fill="{INK}"/>'
    for start, end, label in drawing.spans:
        right = _EDGE if end == drawing.last else x(end)
        yield f'<rect x="{x(start):.2f}" y="46" width="{right - x(start):.2f}" {box}'
        if _width(label, _LABEL) + 2 <= right - x(start):
            yield _words((x(start) + right) / 2, 50.4, label, anchor="middle")


def _frame(drawing: SessionDrawing, x: Callable[[float], float]) -> Iterator[str]:
    """Draw the clock times with their lines, and the names of the rows."""
    for minute, _ in drawing.clocks:
        yield f'<path d="M{x(minute):.2f} 6.5V{_HEIGHT}" stroke="{LINE}" stroke-width=".25" stroke-dasharray=".8 .8"/>'
    for left, label in _placed([(x(minute), label) for minute, label in drawing.clocks]):
        yield _words(left, 4.4, label, size=_ROW_LABEL, bold=True)
    yield f'<path d="M{_LEFT} 6.5H{_EDGE}" stroke="{INK}" stroke-width=".5"/>'
    for name, y in zip(drawing.rows, _ROWS, strict=True):
        lines = name.split("|")
        for number, line in enumerate(lines):
            yield _words(0, y + 5 * (number - (len(lines) - 1) / 2), line, size=_ROW_LABEL, bold=True)


def _given(left: float, width: float, label: str) -> Iterator[str]:
    """Draw a span in which medicine is given, its label inside it where it fits and beside it where not."""
    yield f'<rect x="{left:.2f}" y="9.5" width="{width:.2f}" height="6.2" fill="{INK}"/>'
    if label and width > len(label) * 1.9:
        yield _words(left + width / 2, 13.9, label, bold=True, anchor="middle", fill=PAPER)
    elif label:
        yield _wiped(left + width + 2.5, 13.9, label)


def _beside(drawing: SessionDrawing, x: Callable[[float], float], width: float) -> float:
    """Find room for words beside the curve: after its top, or else before it, and only then upon its tail."""
    after = x(drawing.strongest_minute + 0.55 * (drawing.gone_minute - drawing.strongest_minute))
    if after + width <= _EDGE:
        return after
    return _LEFT + 1.5 if _LEFT + 1.5 + width <= x(0.45 * drawing.strongest_minute) else _EDGE - width


def _width(words: str, size: float, *, bold: bool = False) -> float:
    """Guess the width of words, rather too wide than too narrow."""
    narrow = sum(character in _NARROW for character in words)
    return (len(words) - 0.4 * narrow) * (0.58 if bold else 0.5) * size * _MM_PER_POINT


def _placed(labels: Sequence[tuple[float, str]], *, hangs: bool = False) -> list[tuple[float, str]]:
    """Give each clock time a left edge so that none touches another; what has no room beside its line is left out.

    The first and the last time are always told. The list of steps beside the drawing tells them all. Where room is short, the
    first time `hangs` over the left end of the drawing, above the names of the rows.
    """
    widths = [_width(words, _ROW_LABEL, bold=True) for _, words in labels]
    wanted = [place - width / 2 for (place, _), width in zip(labels, widths, strict=True)]
    wanted[0], wanted[-1] = wanted[0] if hangs else labels[0][0], min(wanted[-1], _EDGE - widths[-1])
    lefts = wanted.copy()
    for number in range(1, len(labels)):
        lefts[number] = max(lefts[number], lefts[number - 1] + widths[number - 1] + _LABEL_GAP)
    lefts[-1] = min(lefts[-1], _EDGE - widths[-1])
    for number in range(len(labels) - 2, 0, -1):
        lefts[number] = min(lefts[number], lefts[number + 1] - widths[number] - _LABEL_GAP)
    lefts[0] = wanted[0]
    moved = [abs(left - want) for left, want in zip(lefts, wanted, strict=True)]
    crowded = any(left < before + width + 1 for left, before, width in zip(lefts[1:], lefts, widths, strict=False))
    middle = moved[1:-1]
    if middle and (crowded or max(middle) > _MOST_MOVED):
        if not hangs:
            return _placed(labels, hangs=True)
        worst = 1 + middle.index(max(middle))
        return _placed([*labels[:worst], *labels[worst + 1 :]])
    return [(left, words) for left, (_, words) in zip(lefts, labels, strict=True)]


def _curve(drawing: SessionDrawing, left: float, scale: float) -> str:
    strongest, gone, last = drawing.strongest_minute, drawing.gone_minute, drawing.last
    fade = gone - strongest
    sketch = [
        (0.0, 0.0),
        (0.3 * strongest, 0.25),
        (0.65 * strongest, 0.78),
        (float(strongest), 1.0),
        (strongest + 0.2 * fade, 0.8),
        (strongest + 0.5 * fade, 0.35),
        (float(gone), 0.0),
    ]
    points = [(left + (minute - drawing.first) * scale, _CURVE_BASE - _CURVE_HEIGHT * height) for minute, height in sketch]
    path = _smooth(points)
    if gone <= last:
        return f'<path d="{path}Z" fill="{ACCENT}"/>'
    # It goes on after the patient has left: the curve is cut at the edge, and drawn as cut.
    clip = f'<clipPath id="edge"><rect x="{_LEFT}" y="0" width="{_EDGE - _LEFT}" height="{_HEIGHT}"/></clipPath>'
    return f'{clip}<path d="{path}Z" fill="{ACCENT}" clip-path="url(#edge)"/>'


def _smooth(points: Sequence[tuple[float, float]]) -> str:
    """Lay a path through the points that never overshoots them (monotone cubic, after Fritsch and Carlson 1980)."""
    steps = [(x1 - x0, (y1 - y0) / (x1 - x0)) for (x0, y0), (x1, y1) in pairwise(points)]
    slopes = [0.0] + [0.0 if a * b <= 0 else 2 * a * b / (a + b) for (_, a), (_, b) in pairwise(steps)] + [0.0]
    path = [f"M{points[0][0]:.2f} {points[0][1]:.2f}"]
    for (start, end), (dx, _), (m0, m1) in zip(pairwise(points), steps, pairwise(slopes), strict=True):
        (x0, y0), (x1, y1) = start, end
        path.append(f"C{x0 + dx / 3:.2f} {y0 + m0 * dx / 3:.2f} {x1 - dx / 3:.2f} {y1 - m1 * dx / 3:.2f} {x1:.2f} {y1:.2f}")
    return "".join(path)
