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
_LARGE_LABEL = 18.0


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


def _wiped(x: float, y: float, words: str, points: float, *, bold: bool = False) -> str:
    """Words on a white ground, so that a line behind them does not cross the letters."""
    size = points * _MM_PER_POINT
    width = len(words) * (0.55 if bold else 0.47) * size + 1.6
    ground = f'<rect x="{x - 0.8:.2f}" y="{y - size:.2f}" width="{width:.2f}" height="{size * 1.3:.2f}" fill="{PAPER}"/>'
    return ground + _words(x, y, words, size=points, bold=bold)


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


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a session chart has what: heights from its upper edge, in millimetres; sizes of letters in points.

    `beside` is whether the rows have their names beside them, and not above; then lines of the chart run behind the names.
    """

    beside: bool
    left: float
    height: float
    label: float
    row_label: float
    clock: float
    rule: float
    names: tuple[float, float, float, float]
    given: float
    band: float
    words: float
    curve_base: float
    curve_height: float
    strongest: float
    line: float
    checks: float
    dot: float
    spans: float
    inset: float


_NORMAL = _Layout(
    beside=True,
    left=48.0,
    height=53,
    label=_LABEL,
    row_label=_ROW_LABEL,
    clock=4.4,
    rule=6.5,
    names=(13.9, 27.5, 41.4, 50.4),
    given=9.5,
    band=6.2,
    words=4.4,
    curve_base=34.5,
    curve_height=16.0,
    strongest=20.5,
    line=4.8,
    checks=37,
    dot=1.3,
    spans=46,
    inset=2,
)
_LARGE = _Layout(
    beside=False,
    left=0.5,
    height=108,
    label=_LARGE_LABEL,
    row_label=_LARGE_LABEL,
    clock=6,
    rule=9,
    names=(17.5, 40, 74, 94.5),
    given=20.5,
    band=9.5,
    words=6.9,
    curve_base=65,
    curve_height=20.0,
    strongest=46,
    line=8,
    checks=77,
    dot=2,
    spans=97.5,
    inset=0,  # the guessed width is too wide by as much
)
_RIGHT, _EDGE = 172.6, 175.5  # time ends at _RIGHT; lines and boxes go on to _EDGE
_LABEL_GAP, _MOST_MOVED = 2.5, 7.0
_NARROW = ".\N{NO-BREAK SPACE}"  # as in 9:00 a. m.


def session_chart(drawing: SessionDrawing, *, large: bool = False) -> Markup:
    """Draw a session to scale: when medicine is given, a sketch of how strong it feels, when we check, what you do.

    The curve is a sketch between the minute of the strongest feeling and the minute by which it has gone; the page must
    say so. A large one is for pages in large print.
    """
    layout = _LARGE if large else _NORMAL
    return _svg(176, layout.height, drawing.title, "".join(_chart(drawing, layout)))


def _chart(drawing: SessionDrawing, layout: _Layout) -> Iterator[str]:
    left, scale = layout.left, (_RIGHT - layout.left) / (drawing.last - drawing.first)

    def x(minute: float) -> float:
        return left + (min(max(minute, drawing.first), drawing.last) - drawing.first) * scale

    yield from _frame(drawing, layout, x)
    for start, end, label in drawing.given:
        yield from _given(layout, x(start), max(x(end) - x(start), 1.6), label)
    yield _curve(drawing, layout, x(drawing.first), scale)
    yield f'<path d="M{left} {layout.curve_base}H{_EDGE}" stroke="{INK}" stroke-width=".25"/>'
    lines = drawing.strongest.split("|")
    beside = _beside(drawing, layout, x, max(_width(line, layout.label) for line in lines))
    for number, words in enumerate(lines):
        yield _wiped(beside, layout.strongest + layout.line * number, words, layout.label)
    box = f'height="{layout.band}" fill="{PAPER}" stroke="{INK}" stroke-width=".35"/>'
    yield f'<rect x="{left}" y="{layout.checks}" width="{_EDGE - left:.2f}" {box}'
    for minute in drawing.checks:
        center = max(x(minute), left + layout.dot + 1.1)
        yield f'<circle cx="{center:.2f}" cy="{layout.checks + layout.band / 2:.2f}" r="{layout.dot}" fill="{INK}"/>'
    for start, end, label in drawing.spans:
        right = _EDGE if end == drawing.last else x(end)
        yield f'<rect x="{x(start):.2f}" y="{layout.spans}" width="{right - x(start):.2f}" {box}'
        if _width(label, layout.label) + layout.inset <= right - x(start):
            yield _words((x(start) + right) / 2, layout.spans + layout.words, label, size=layout.label, anchor="middle")


def _frame(drawing: SessionDrawing, layout: _Layout, x: Callable[[float], float]) -> Iterator[str]:
    """Draw the clock times with their lines, and the names of the rows."""
    dashed = f'{layout.height}" stroke="{LINE}" stroke-width=".25" stroke-dasharray=".8 .8"/>'
    for minute, _ in drawing.clocks:
        yield f'<path d="M{x(minute):.2f} {layout.rule}V{dashed}'
    for place, label in _placed([(x(minute), label) for minute, label in drawing.clocks], layout):
        yield _words(place, layout.clock, label, size=layout.row_label, bold=True)
    yield f'<path d="M{layout.left} {layout.rule}H{_EDGE}" stroke="{INK}" stroke-width=".5"/>'
    for name, y in zip(drawing.rows, layout.names, strict=True):
        if layout.beside:
            lines = name.split("|")
            for number, line in enumerate(lines):
                yield _words(0, y + 5 * (number - (len(lines) - 1) / 2), line, size=layout.row_label, bold=True)
        else:
            yield _wiped(layout.left, y, name.replace("|", " "), layout.row_label, bold=True)


def _given(layout: _Layout, left: float, width: float, label: str) -> Iterator[str]:
    """Draw a span in which medicine is given, its label inside it where it fits and beside it where not."""
    yield f'<rect x="{left:.2f}" y="{layout.given}" width="{width:.2f}" height="{layout.band}" fill="{INK}"/>'
    y = layout.given + layout.words
    if label and width > len(label) * 0.51 * layout.label * _MM_PER_POINT:
        yield _words(left + width / 2, y, label, size=layout.label, bold=True, anchor="middle", fill=PAPER)
    elif label:
        yield _wiped(left + width + 2.5, y, label, layout.label)


def _beside(drawing: SessionDrawing, layout: _Layout, x: Callable[[float], float], width: float) -> float:
    """Find room for words beside the curve: after its top, or else before it, and only then upon its tail."""
    after = x(drawing.strongest_minute + 0.55 * (drawing.gone_minute - drawing.strongest_minute))
    if after + width <= _EDGE:
        return after
    before = layout.left + 1.5
    return before if before + width <= x(0.45 * drawing.strongest_minute) else _EDGE - width


def _width(words: str, size: float, *, bold: bool = False) -> float:
    """Guess the width of words, rather too wide than too narrow."""
    narrow = sum(character in _NARROW for character in words)
    return (len(words) - 0.4 * narrow) * (0.58 if bold else 0.5) * size * _MM_PER_POINT


def _placed(labels: Sequence[tuple[float, str]], layout: _Layout, *, hangs: bool = False) -> list[tuple[float, str]]:
    """Give each clock time a left edge so that none touches another; what has no room beside its line is left out.

    The first and the last time are always told. The list of steps beside the drawing tells them all. Where room is short, the
    first time `hangs` over the left end of the drawing, above the names of the rows that stand beside it.
    """
    widths = [_width(words, layout.row_label, bold=True) for _, words in labels]
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
    if middle and (crowded or max(middle) > _MOST_MOVED * layout.row_label / _ROW_LABEL):
        if layout.beside and not hangs:
            return _placed(labels, layout, hangs=True)
        worst = 1 + middle.index(max(middle))
        return _placed([*labels[:worst], *labels[worst + 1 :]], layout)
    return [(left, words) for left, (_, words) in zip(lefts, labels, strict=True)]


def _curve(drawing: SessionDrawing, layout: _Layout, left: float, scale: float) -> str:
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
    base, height = layout.curve_base, layout.curve_height
    points = [(left + (minute - drawing.first) * scale, base - height * share) for minute, share in sketch]
    path = _smooth(points)
    if gone <= last:
        return f'<path d="{path}Z" fill="{ACCENT}"/>'
    # It goes on after the patient has left: the curve is cut at the edge, and drawn as cut.
    edge = f'<rect x="{layout.left}" y="0" width="{_EDGE - layout.left}" height="{layout.height}"/>'
    return f'<clipPath id="edge">{edge}</clipPath><path d="{path}Z" fill="{ACCENT}" clip-path="url(#edge)"/>'


def _smooth(points: Sequence[tuple[float, float]]) -> str:
    """Lay a path through the points that never overshoots them (monotone cubic, after Fritsch and Carlson 1980)."""
    steps = [(x1 - x0, (y1 - y0) / (x1 - x0)) for (x0, y0), (x1, y1) in pairwise(points)]
    slopes = [0.0] + [0.0 if a * b <= 0 else 2 * a * b / (a + b) for (_, a), (_, b) in pairwise(steps)] + [0.0]
    path = [f"M{points[0][0]:.2f} {points[0][1]:.2f}"]
    for (start, end), (dx, _), (m0, m1) in zip(pairwise(points), steps, pairwise(slopes), strict=True):
        (x0, y0), (x1, y1) = start, end
        path.append(f"C{x0 + dx / 3:.2f} {y0 + m0 * dx / 3:.2f} {x1 - dx / 3:.2f} {y1 - m1 * dx / 3:.2f} {x1:.2f} {y1:.2f}")
    return "".join(path)
