"""Finding and parsing templates by the names templates use for each other. No rendering happens here."""

from __future__ import annotations

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from briefing.catalogue import Catalogue
from briefing.errors import Problem, TemplateError

BUILT_IN_PREFIX = "builtin:"


def template_source(name: str, catalogue: Catalogue) -> str:
    """Return the text of a template: the clinic's wins, `builtin:` asks for the shipped one.

    Raises:
        TemplateError: there is no such template.
    """
    files = catalogue.built_in if name.startswith(BUILT_IN_PREFIX) else catalogue.files
    file = files.get(name.removeprefix(BUILT_IN_PREFIX))
    if file is None:
        raise TemplateError(
            Problem("template-missing", name, "there is no such template.", "Check the name after extends, include or import.")
        )
    return file.text


def parse_template(name: str, catalogue: Catalogue) -> nodes.Template:
    """Parse a template.

    Raises:
        TemplateError: there is no such template, or it is not Jinja.
    """
    try:
        return Environment(autoescape=True).parse(template_source(name, catalogue))
    except TemplateSyntaxError as error:
        raise syntax_problem(name, error) from None


def syntax_problem(name: str, error: TemplateSyntaxError) -> TemplateError:
    """Say where a template is not Jinja."""
    return TemplateError(Problem("template-syntax", f"{name}, line {error.lineno}", f"{error.message}.", "Mend the line."))


def closure(name: str, catalogue: Catalogue) -> dict[str, nodes.Template]:
    """Return a template and all it extends, includes or imports, parsed, by name."""
    found: dict[str, nodes.Template] = {}
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = parse_template(name, catalogue)
            waiting.extend(reference for reference in meta.find_referenced_templates(found[name]) if reference)
    return found
