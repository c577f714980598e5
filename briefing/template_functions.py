"""The functions a template may call. Each notes what it printed in the record of one rendering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jinja2.exceptions import TemplateRuntimeError
from markupsafe import Markup

from briefing import figures
from briefing.facts import Audience, Fact, FactRegister, Rate
from briefing.hand_lines import HAND_KINDS, HandKind, HandLines, marked_name
from briefing.template_context import Moment, RecordedFact

CLINIC_SOURCE = 1  # the number in brackets that stands for the clinic's own rules
OFFERED = (
    *("fact", "facts", "cite", "number", "rate", "cite_clinic", "cite_time"),
    *("words", "field", "draw_clock", "draw_people", "draw_session"),
)


@dataclass(slots=True)
class Record:
    """What one rendering noted down: the facts it cited and its lines to fill in by hand."""

    citations: dict[str, None] = field(default_factory=dict)
    of_patient: dict[str, None] = field(default_factory=dict)  # cited because of what was recorded of the patient
    cites_clinic: bool = False
    hand_lines: HandLines = field(default_factory=HandLines)


@dataclass(frozen=True, slots=True)
class TemplateFunctions:
    """The functions for one rendering, for readers of one language who are patients or staff, in normal or large print."""

    register: FactRegister
    language: str
    audience: Audience
    record: Record
    is_large: bool = False

    def offered(self) -> dict[str, Callable[..., object]]:
        """Return the functions by the names that templates use."""
        return {name: getattr(self, name) for name in OFFERED}

    def fact(self, fact_id: str) -> Markup:
        """Print a fact's sentence with the number of its source."""
        return Markup("{}{}").format(self._look_up(fact_id).text(self.language), self.cite(fact_id))

    def words(self, fact_id: str) -> str:
        """Return a fact's sentence alone, for the label of a field beside it."""
        return self._look_up(fact_id).text(self.language)

    def facts(self, fact_ids: tuple[str, ...]) -> tuple[Markup, ...]:
        """Return several facts, each as `fact` prints it."""
        return tuple(map(self.fact, fact_ids))

    def cite(self, *fact_ids: str) -> Markup:
        """Print the numbers of the sources of facts, behind a sentence that says what they say."""
        return _marker({self._look_up(fact_id).source.number for fact_id in fact_ids})

    def number(self, fact_id: str, name: str) -> Decimal:
        """Return one of a fact's numbers, for a sentence of the page's own. Cite the fact behind it."""
        return self._look_up(fact_id).number(name)

    def rate(self, fact_id: str) -> Rate:
        """Return a fact's rate: `with_treatment` and, where there is a comparison, `without`, each of `of` people."""
        return self._look_up(fact_id).rate()

    def cite_clinic(self) -> Markup:
        """Print the number that stands for the clinic's own rules."""
        self.record.cites_clinic = True
        return _marker({CLINIC_SOURCE})

    def cite_time(self, moment: Moment) -> Markup:
        """Print the source of a moment: the fact that fixes it, or the clinic's rule."""
        return self.cite(moment.fact) if moment.fact else self.cite_clinic()

    def field(self, label: str, kind: HandKind = "line", detail: str = "") -> Markup:
        """Put a form field where a person writes: a `line`, `lines`, `cell`, `box` or `signature`; see docs/customising.md."""
        if kind not in HAND_KINDS:
            raise TemplateRuntimeError(f"a field is one of: {', '.join(HAND_KINDS)}")
        if not any(map(str.isalnum, label)) or any(hasattr(text, "__html__") for text in (label, detail)):
            raise TemplateRuntimeError("the label of a field is blank, or holds text that a person typed")
        noted, name = self.record.hand_lines.add(label)
        # A check box, whatever it becomes when bound: for text, WeasyPrint would embed a whole font in each document.
        return Markup('<input class="field field-{}" type="checkbox" name="{}" title="{}">').format(
            kind, marked_name(kind, name), f"{noted} ({detail})" if detail else noted
        )

    def draw_clock(self, moment: Moment, title: str) -> Markup:
        """Draw a clock face that shows a moment; the title is read out instead of it."""
        return figures.clock_face(moment.at.hour, moment.at.minute, title)

    def draw_people(self, count: Decimal, of: Decimal, title: str) -> Markup:
        """Draw ten people for so many of so many, to the nearest half; the title is read out instead of them."""
        return figures.people(count * 10 / of, title)

    def draw_session(self, **what: Any) -> Markup:
        """Draw a session to scale; takes the fields of `SessionDrawing` by name."""
        return figures.session_chart(figures.SessionDrawing(**what), large=self.is_large)

    def _look_up(self, fact_id: str) -> Fact:
        found = self.register.get(fact_id, self.audience)
        noted = self.record.of_patient if isinstance(fact_id, RecordedFact) else self.record.citations
        noted[found.id] = None
        return found


def _marker(numbers: set[int]) -> Markup:
    return Markup('<span class="src">\N{NO-BREAK SPACE}[{}]</span>').format(", ".join(map(str, sorted(numbers))))
