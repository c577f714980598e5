"""One document to HTML: Jinja2, strict, sandboxed and escaped. Whatever is blank, unknown or out of place is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from briefing.approval import approval_of
from briefing.catalogue import Approval, Catalogue
from briefing.errors import BriefingError, Problem, TemplateError
from briefing.facts import Audience, Fact
from briefing.figures import SessionDrawing, clock_face, people, session_chart
from briefing.quantities import plain
from briefing.selection import ChosenDocument
from briefing.template_context import DocumentView, Moment, day_text
from briefing.template_files import syntax_problem, template_source
from briefing.wording import Wording

CLINIC_SOURCE = 1  # the number in brackets that stands for the clinic's own rules


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """One document as HTML, with what it cited and which lines it leaves to be filled in by hand."""

    chosen: ChosenDocument
    title: str
    html: str
    approval: Approval | None
    version_line: str
    citations: tuple[str, ...]
    cites_clinic: bool
    hand_lines: tuple[str, ...]


@dataclass(slots=True)
class _Record:
    """What one rendering noted down: the facts it cited and its lines to fill in by hand."""

    citations: dict[str, None] = field(default_factory=dict)
    cites_clinic: bool = False
    hand_lines: list[str] = field(default_factory=list)


class _CatalogueLoader(BaseLoader):
    """Serves templates out of the catalogue; no file is opened."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        del environment
        return template_source(template, self._catalogue), template, lambda: True


def refuse_blank(value: object) -> object:
    """Let through what prints as something; the last gate before the page.

    Raises:
        TemplateRuntimeError: the value is None, blank, yes-or-no, or a number whose unit and form nobody chose.
    """
    if value is None or isinstance(value, bool | float | list | tuple | dict | set):
        raise TemplateRuntimeError(f"a value of type {type(value).__name__} would be printed here")
    if isinstance(value, str) and not value.strip():
        raise TemplateRuntimeError("a blank value would be printed here")
    return plain(value) if isinstance(value, Decimal) else value


def make_environment(catalogue: Catalogue) -> Environment:
    """Return the environment all templates of a catalogue run in. It holds nothing of any patient."""
    return ImmutableSandboxedEnvironment(
        loader=_CatalogueLoader(catalogue),
        undefined=StrictUndefined,
        finalize=refuse_blank,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_html(
    environment: Environment,
    catalogue: Catalogue,
    chosen: ChosenDocument,
    variables: Mapping[str, object],
    issued_on: date,
) -> HtmlPage:
    """Fill one document's template.

    Args:
        environment: from `make_environment`, for the same catalogue.
        catalogue: where facts, wording and approvals stand.
        chosen: the document, its language and its sections.
        variables: the contract; see `template_context.views`.
        issued_on: the day of issue.

    Raises:
        TemplateError: the template does not work with these variables.
        CatalogueError: it cites a fact that does not exist, or that its readers may not be told.
    """
    wording = catalogue.wording(chosen.language)
    approval = approval_of(chosen.document, chosen.language, catalogue)
    view = _document_view(chosen, wording, approval)
    record = _Record()
    context = {
        **variables,
        **_functions(catalogue, chosen, record),
        "document": view,
        "parts": chosen.parts,
        "w": wording,
        "language": chosen.language,
        "issued": day_text(issued_on, wording),
    }
    html = _fill(environment, chosen.document.template(chosen.language), context)
    return HtmlPage(
        chosen=chosen,
        title=view.title,
        html=html,
        approval=approval,
        version_line=view.version_line,
        citations=tuple(record.citations),
        cites_clinic=record.cites_clinic,
        hand_lines=tuple(record.hand_lines),
    )


def _fill(environment: Environment, name: str, context: Mapping[str, object]) -> str:
    try:
        return environment.get_template(name).render(context)
    except BriefingError:
        raise
    except TemplateSyntaxError as error:
        raise syntax_problem(error.name or name, error) from None
    except (UndefinedError, SecurityError, TemplateRuntimeError) as error:
        # Jinja names variables and attributes here, never their values.
        raise TemplateError(_template_problem(name, error, str(error.message))) from None
    except Exception as error:
        raise TemplateError(_template_problem(name, error, f"it failed with {type(error).__name__}")) from None


def _template_problem(name: str, error: Exception, reason: str) -> Problem:
    line, trace = 0, error.__traceback__
    place = name
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".html.j2"):
            place, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    where = f"{place}, line {line}" if line else place
    return Problem("template-value", where, f"{reason}.", "Mend the template; docs/template-context.md lists what it may use.")


def _document_view(chosen: ChosenDocument, wording: Wording, approval: Approval | None) -> DocumentView:
    definition = chosen.document.definition
    if approval:
        version_line = wording.say("version_approved", version=definition.version, date=_short(approval.on, wording))
    else:
        version_line = wording.say("version_draft", version=definition.version)
    return DocumentView(
        id=chosen.document.id,
        title=definition.title[chosen.language],
        action=wording[f"action_{definition.action}"],
        look=definition.look,
        kind=definition.kind,
        audience=definition.audience,
        version_line=version_line,
        is_draft=approval is None,
    )


def _short(day: date, wording: Wording) -> str:
    return day_text(day, wording)


def _functions(catalogue: Catalogue, chosen: ChosenDocument, record: _Record) -> dict[str, Callable[..., object]]:
    """Make the functions a template may call. Each notes what it printed in the record of this one rendering."""
    audience: Audience = "staff" if chosen.document.definition.audience == "staff" else "patient"

    def look_up(fact_id: str) -> Fact:
        found = catalogue.facts.get(fact_id, audience)
        record.citations[fact_id] = None
        return found

    def marker(numbers: set[int]) -> Markup:
        return Markup(' <span class="src">[{}]</span>').format(", ".join(map(str, sorted(numbers))))

    def cite(*fact_ids: str) -> Markup:
        """Print the numbers of the sources of facts, behind a sentence that says what they say."""
        return marker({look_up(fact_id).source.number for fact_id in fact_ids})

    def fact(fact_id: str) -> Markup:
        """Print a fact's sentence with the number of its source."""
        return Markup("{}{}").format(look_up(fact_id).text(chosen.language), cite(fact_id))

    def facts(fact_ids: tuple[str, ...]) -> tuple[Markup, ...]:
        """Return several facts, each as `fact` prints it."""
        return tuple(map(fact, fact_ids))

    def number(fact_id: str, name: str) -> Decimal:
        """Return one of a fact's numbers, for a sentence of the page's own. Cite the fact behind it."""
        return look_up(fact_id).number(name)

    def rate(fact_id: str) -> TenPeople:
        """Return a fact's rate in tens, for `draw_people`: `with_treatment` and `without`."""
        return TenPeople.of(look_up(fact_id))

    def cite_clinic() -> Markup:
        """Print the number that stands for the clinic's own rules."""
        record.cites_clinic = True
        return marker({CLINIC_SOURCE})

    def cite_time(moment: Moment) -> Markup:
        """Print the source of a moment: the fact that fixes it, or the clinic's rule."""
        return cite(moment.fact) if moment.fact else cite_clinic()

    def hand(label: str) -> str:
        """Print the label of a line to fill in by hand, and note it for the manifest."""
        record.hand_lines.append(label)
        return label

    def draw_clock(moment: Moment, title: str) -> Markup:
        """Draw a clock face that shows a moment; the title is read out instead of it."""
        return clock_face(moment.at.hour, moment.at.minute, title)

    def draw_people(filled: Decimal, title: str) -> Markup:
        """Draw ten people, so many of them black; the title is read out instead of them."""
        return people(filled, title)

    def draw_session(**what: Any) -> Markup:
        """Draw a session to scale; takes the fields of `SessionDrawing` by name."""
        return session_chart(SessionDrawing(**what))

    offered = (fact, facts, cite, number, rate, cite_clinic, cite_time, hand, draw_clock, draw_people, draw_session)
    return {function.__name__: function for function in offered}


@dataclass(frozen=True, slots=True)
class TenPeople:
    """A rate told in tens: `with_treatment` and `without`, each rounded to whole people of ten.

    Half a person stands for "fewer than 1 of 10"; nobody is ever rounded to none.
    """

    with_treatment: Decimal
    without: Decimal | None

    @classmethod
    def of(cls, fact: Fact) -> TenPeople:
        """Tell a fact's rate in tens."""
        rate = fact.rate()
        return cls(_tens(rate.with_treatment, rate.of), None if rate.without is None else _tens(rate.without, rate.of))


def _tens(count: Decimal, of: Decimal) -> Decimal:
    tens = count * 10 / of
    return Decimal("0.5") if tens < Decimal("0.75") else tens.quantize(Decimal(1), ROUND_HALF_UP)
