"""Holding a translation against its original: the same skeleton in the template, the same figures on the page.

Words differ, and so may their order. What may not differ, block by block: the elements of the page, the building blocks and
functions that are called and what they are called with, what is asked and what is printed. And on a finished page, section
by section: numbers, dates, clock times, phone numbers, citations and the lines to fill in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from string import Formatter

from babel.core import Locale
from jinja2 import Environment, nodes

_ENVIRONMENT = Environment(autoescape=True)
_SAME = {"the_clock": "clock"}  # what a language with articles says instead
_KINDS = {"date", "time", "mid", "wide", "line", "lines", "cell", "box", "signature", "signs", "open", "plain"}
_NAMING = {"fact", "facts", "cite", "number", "rate", "words"}  # they are called with names alone
_DRAWN = ("path", "rect", "circle", "text")  # a drawing leaves out what has no room; its title says it all
_TAG = re.compile(r"<(\w+)([^<>]*)>")
_CLASSES = re.compile(r'(class|scope|colspan|rowspan|dir|lang)="([^"]*)"')


def slots(text: str) -> Counter[str]:
    """Return what is to be filled in between the words of a label or of a fact's sentence."""
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def skeletons(template: str, kept: frozenset[str]) -> dict[str, tuple[tuple[str, ...], Counter[str]]]:
    """Return for each block of a template its elements in order, and how often each expression or question stands in it.

    Args:
        template: its source.
        kept: words in quotes that are names and not for reading, such as the ids of facts.
    """
    tree = _ENVIRONMENT.parse(template)
    found = {}
    blocks: list[nodes.Block | nodes.Macro] = [*tree.find_all(nodes.Block), *tree.find_all(nodes.Macro)]
    for block in blocks:
        found[block.name] = (tuple(_elements(block)), Counter(_asked(block, kept)))
    return found


def _elements(block: nodes.Node) -> Iterator[str]:
    for data in block.find_all(nodes.TemplateData):
        for name, attributes in _TAG.findall(data.data):
            yield " ".join([name, *(f"{key}={value}" for key, value in sorted(_CLASSES.findall(attributes)))])


def _asked(node: nodes.Node, kept: frozenset[str]) -> Iterator[str]:
    """Yield each expression that is printed, asked or called in a block, with the words for readers left out."""
    for child in node.iter_child_nodes():
        match child:
            case nodes.Output():
                for part in child.nodes:
                    if not isinstance(part, nodes.TemplateData):
                        yield from _printed(part, kept)
            case nodes.If() | nodes.CondExpr():
                yield f"if {_said(child.test, kept)}"
            case nodes.For():
                yield f"for {_said(child.target, kept)} in {_said(child.iter, kept)}"
            case nodes.Assign():
                yield f"set {_said(child.target, kept)} = {_said(child.node, kept)}"
            case nodes.CallBlock(call=nodes.Call(node=nodes.Getattr(attr="topic"))):
                # Its heading is words, and how it breaks over pages depends on how long they are.
                yield "call topic"
                yield from (found for part in child.body for found in _asked(nodes.Scope([part]), kept))
                continue
            case nodes.CallBlock():
                yield f"call {_said(child.call, kept)}"
        yield from _asked(child, kept)


def _printed(part: nodes.Expr, kept: frozenset[str]) -> Iterator[str]:
    if isinstance(part, nodes.CondExpr):
        yield from _printed(part.expr1, kept)
        if part.expr2 is not None:
            yield from _printed(part.expr2, kept)
    elif not (isinstance(part, nodes.Const) and isinstance(part.value, str)):
        yield _said(part, kept)


def _said(node: nodes.Node | None, kept: frozenset[str]) -> str:
    """Write an expression down, with dots for words that a reader reads."""
    if node is None:
        return ""
    plainly = _said_plainly(node, kept)
    if plainly is not None:
        return plainly
    parts = []
    for name, value in node.iter_fields():
        values = value if isinstance(value, list) else [value]
        said = [_said(one, kept) if isinstance(one, nodes.Node) else repr(one) for one in values if one is not None]
        parts.append(f"{name}: {', '.join(said)}")
    return f"{type(node).__name__}({'; '.join(parts)})"


def _said_plainly(node: nodes.Node, kept: frozenset[str]) -> str | None:
    """Write down what has a short form of its own, and return None for anything else."""
    said: str | None = None
    match node:
        case nodes.Const():
            is_words = isinstance(node.value, str) and node.value not in kept and node.value not in _KINDS
            said = "…" if is_words else repr(node.value)
        case nodes.Name():
            said = node.name
        case nodes.Getattr():
            said = f"{_said(node.node, kept)}.{_SAME.get(node.attr, node.attr)}"
        case nodes.Concat():
            # Words may be joined in another order, and take another word more or less.
            said = " ~ ".join(sorted(filter(lambda one: one != "…", (_said(part, kept) for part in node.nodes)))) or "…"
        case nodes.Compare() | nodes.Filter() | nodes.Test():
            said = repr(node)
        case nodes.Call(node=nodes.Name(name=name)) if name in _NAMING:
            said = repr(node)
    return said


def template_differences(original: str, translation: str, kept: frozenset[str]) -> list[str]:
    """Say in which blocks a translated template differs from the original in more than its words."""
    one, other = skeletons(original, kept), skeletons(translation, kept)
    problems = [f"{name}: only in one of them" for name in sorted(one.keys() ^ other.keys())]
    for name in sorted(one.keys() & other.keys()):
        (elements, asked), (other_elements, other_asked) = one[name], other[name]
        problems += [f"{name}: missing {what}" for what in sorted(asked - other_asked)]
        problems += [f"{name}: added {what}" for what in sorted(other_asked - asked)]
        if elements != other_elements:
            problems.append(f"{name}: elements differ from {_first_difference(elements, other_elements)}")
    return problems


def _first_difference(one: Sequence[str], other: Sequence[str]) -> str:
    return next((f"<{a}> and <{b}>" for a, b in zip(one, other, strict=False) if a != b), "the end of the shorter one")


@dataclass(slots=True)
class Section:
    """What a section of a finished page says; what a person typed stands apart."""

    text: str = ""
    typed: list[str] = field(default_factory=list)
    citations: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)


class _Sections(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sections = [Section()]
        self._cites = self._skips = self._is_typed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "h2":
            self.sections.append(Section())
        if tag == "input":
            self.sections[-1].fields.append((given.get("class") or "").replace("field field-", ""))
        elif tag not in ("bdi", *_DRAWN):
            self.sections[-1].elements.append(tag)
        self._cites, self._is_typed = given.get("class") == "src", tag == "bdi"
        self._skips = tag in ("head", "style", "text") or (self._skips and tag != "body")
        self.sections[-1].text += " "

    def handle_endtag(self, tag: str) -> None:
        self._cites = self._is_typed = False
        self._skips &= tag != "text"
        self.sections[-1].text += "" if tag in ("b", "strong", "bdi", "span") else " "

    def handle_data(self, data: str) -> None:
        if self._cites:
            self.sections[-1].citations.append(data.strip())
        elif self._is_typed:
            self.sections[-1].typed.append(data)
        elif not self._skips:
            self.sections[-1].text += data


def sections(html: str) -> list[Section]:
    """Return the sections of a page, the first one being what stands before the first heading."""
    parser = _Sections()
    parser.feed(html)
    parser.close()
    return parser.sections


@dataclass(frozen=True, slots=True)
class Figures:
    """How a language writes dates and clock times, as patterns that bring them to one form."""

    clock: re.Pattern[str]
    halves: Mapping[str, str]
    date: re.Pattern[str]
    language: str

    def of(self, text: str) -> Counter[str]:
        """Return every date, weekday, clock time and number of a text, in a form that is the same in all languages."""
        plain = re.sub(r"\s+", " ", unescape(text).replace("\N{NO-BREAK SPACE}", " "))
        found: list[str] = []

        def take_clock(match: re.Match[str]) -> str:
            half = self.halves[match["half"]]
            hour = match["hour"] + (match["minute"] or ":00")
            found.append(f"{hour} {half}")
            return " "

        def take_date(match: re.Match[str]) -> str:
            found.append(f"{match['year'] or ''}-{self._month(match['month'])}-{match['day']}")
            return " "

        rest = self.clock.sub(take_clock, plain)
        rest = self.date.sub(take_date, rest)
        weekdays = Locale.parse(self.language).days["format"]["wide"]
        for number, name in weekdays.items():
            found += [f"weekday {number}"] * len(re.findall(rf"\b{name}\b(?!es\b|s\b)", rest, re.IGNORECASE))
        # A phone number is one figure, and so is what holds a point or a hyphen, such as an id.
        found += re.findall(r"\+?\d[\d.,-]*\d|\d(?: ?\d{3,})*", rest)
        return Counter(found)

    def _month(self, name: str) -> int:
        months = Locale.parse(self.language).months["format"]
        return next(
            int(number)
            for width in ("wide", "abbreviated")
            for number, known in months[width].items()
            if known.rstrip(".").casefold() == name.casefold()
        )


def _months(language: str) -> str:
    months = Locale.parse(language).months["format"]
    names = {name.rstrip(".") for width in ("wide", "abbreviated") for name in months[width].values()}
    return "|".join(sorted(names, key=len, reverse=True))


FIGURES = {
    "en": Figures(
        re.compile(r"\b(?P<hour>\d{1,2})(?P<minute>:\d\d)? (?P<half>am|pm|noon|midnight)\b"),
        {"am": "am", "pm": "pm", "noon": "noon", "midnight": "midnight"},
        re.compile(rf"\b(?P<month>{_months('en')}) (?P<day>\d{{1,2}})\b(?:, (?P<year>\d{{4}}))?"),
        "en",
    ),
    "es": Figures(
        re.compile(
            r"\b(?P<hour>\d{1,2})(?P<minute>:\d\d)? (?P<half>a\. m\.|p\. m\.|del mediodía|de la noche|de la mañana|de la tarde)"
        ),
        {
            "a. m.": "am",
            "p. m.": "pm",
            "del mediodía": "noon",
            "de la noche": "midnight",
            "de la mañana": "am",
            "de la tarde": "pm",
        },
        re.compile(rf"\b(?P<day>\d{{1,2}}) (?:de )?(?P<month>{_months('es')})\b(?: (?:de )?(?P<year>\d{{4}}))?"),
        "es",
    ),
}


def page_differences(original: str, translation: str, language: str) -> list[str]:
    """Say in which sections of a finished page a translation has other figures, citations, lines or elements.

    Args:
        original: the page in English.
        translation: the page in another language.
        language: which one; `FIGURES` must know it.
    """
    one, other = sections(original), sections(translation)
    if len(one) != len(other):
        return [f"{len(one)} and {len(other)} sections"]
    problems = []
    # What a person typed, such as an address or the title of a publication, is the same in every language or another text.
    for number, (mine, its) in enumerate(zip(one, other, strict=True)):
        pairs = {
            "citations": (Counter(mine.citations), Counter(its.citations)),
            "figures": (
                FIGURES["en"].of(" ".join([mine.text, *(Counter(mine.typed) - Counter(its.typed))])),
                FIGURES[language].of(" ".join([its.text, *(Counter(its.typed) - Counter(mine.typed))])),
            ),
            "lines to fill in": (Counter(mine.fields), Counter(its.fields)),
            "elements": (Counter(mine.elements), Counter(its.elements)),
        }
        for what, (here, there) in pairs.items():
            if here != there:
                problems.append(f"section {number}: {what}: only here {dict(here - there)}, only there {dict(there - here)}")
    return problems
