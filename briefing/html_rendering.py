"""One document to HTML: Jinja2, strict, sandboxed and escaped. Whatever is blank, unknown or out of place is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from briefing.approval import approval_of
from briefing.catalogue import Approval, Catalogue
from briefing.errors import BriefingError, Problem, TemplateError
from briefing.facts import Audience
from briefing.quantities import plain
from briefing.selection import ChosenDocument
from briefing.template_context import DocumentView, day_text
from briefing.template_files import syntax_problem, template_source
from briefing.template_functions import Record, TemplateFunctions
from briefing.wording import Wording


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """One document as HTML, with what it cited and which lines it leaves to be filled in by hand.

    `citations` are the same for every patient with this treatment; `citations_of_patient` are because of what was recorded
    of this one, and are told to nobody but the page's readers.
    """

    chosen: ChosenDocument
    title: str
    html: str
    approval: Approval | None
    version_line: str
    citations: tuple[str, ...]
    citations_of_patient: tuple[str, ...]
    cites_clinic: bool
    hand_lines: tuple[str, ...]
    is_large: bool = False

    @property
    def id(self) -> str:
        """Which document it is."""
        return self.chosen.document.id

    @property
    def language(self) -> str:
        """The language it is in."""
        return self.chosen.language

    @property
    def audience(self) -> str:
        """Who is to read it: patient, companion or staff."""
        return self.chosen.document.definition.audience

    @property
    def kind(self) -> str:
        """What kind of document it is: cover, form, handout and so on."""
        return self.chosen.document.definition.kind

    @property
    def version(self) -> int:
        """The version of its definition."""
        return self.chosen.document.definition.version

    @property
    def marks(self) -> Mapping[str, tuple[str, ...]]:
        """What each of its parts covers, by the id of the part; also of those that it lacks."""
        return {part.id: part.marks for part in (*self.chosen.parts, *self.chosen.lacks) if part.marks}

    @property
    def brought(self) -> None:
        """It was written here, and is no insert."""

    @property
    def is_draft(self) -> bool:
        """Whether nobody has approved its words."""
        return self.approval is None


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
    *,
    large_print: bool = False,
) -> HtmlPage:
    """Fill one document's template.

    Args:
        environment: from `make_environment`, for the same catalogue.
        catalogue: where facts, wording and approvals stand.
        chosen: the document, its language and its sections.
        variables: the contract; see `template_context.views`.
        issued_on: the day of issue.
        large_print: whether patients and companions get 18 point; pages for staff stay as they are.

    Raises:
        TemplateError: the template does not work with these variables.
        CatalogueError: it cites a fact that does not exist, or that its readers may not be told.
    """
    wording = catalogue.wording(chosen.language)
    approval = approval_of(chosen.document, chosen.language, catalogue)
    view = _document_view(chosen, wording, approval, large_print=large_print)
    record = Record()
    audience: Audience = "staff" if chosen.document.definition.audience == "staff" else "patient"
    is_large = view.look == "large"
    functions = TemplateFunctions(catalogue.facts, chosen.language, audience, record, is_large)
    context = {
        **variables,
        **functions.offered(),
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
        citations_of_patient=tuple(record.of_patient),
        cites_clinic=record.cites_clinic,
        hand_lines=tuple(record.hand_lines.labels.values()),
        is_large=is_large,
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


def _document_view(chosen: ChosenDocument, wording: Wording, approval: Approval | None, *, large_print: bool) -> DocumentView:
    definition = chosen.document.definition
    if approval:
        version_line = wording.say("version_approved", version=definition.version, date=_short(approval.on, wording))
    else:
        version_line = wording.say("version_draft", version=definition.version)
    return DocumentView(
        id=chosen.document.id,
        title=definition.title[chosen.language],
        action=wording[f"action_{definition.action}"],
        look="large" if large_print and definition.audience != "staff" else definition.look,
        kind=definition.kind,
        audience=definition.audience,
        version_line=version_line,
        is_draft=approval is None,
        is_shared=definition.shared,
    )


def _short(day: date, wording: Wording) -> str:
    return day_text(day, wording)
