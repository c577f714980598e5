"""Finding templates by the names templates use for each other. No rendering happens here."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import PurePosixPath

from jinja2 import TemplateSyntaxError

from briefing.catalogue import Catalogue
from briefing.errors import Problem, TemplateError

BUILT_IN_PREFIX = "builtin:"
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")


def template_source(name: str, catalogue: Catalogue) -> str:
    """Return the text of a template: the clinic's wins, `builtin:` asks for the shipped one.

    Raises:
        TemplateError: there is no such template.
    """
    files = catalogue.built_in if name.startswith(BUILT_IN_PREFIX) else catalogue.files
    file = files.get(name.removeprefix(BUILT_IN_PREFIX))
    if file is None or not file.is_text:
        raise TemplateError(
            Problem("template-missing", name, "there is no such template.", "Check the name after extends, include or import.")
        )
    return file.text


def syntax_problem(name: str, error: TemplateSyntaxError) -> TemplateError:
    """Say where a template is not Jinja."""
    return TemplateError(Problem("template-syntax", f"{name}, line {error.lineno}", f"{error.message}.", "Mend the line."))


def closure(name: str, catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Return a template and all it extends, includes or imports, each with every word that stands in quotes in it.

    Whatever is quoted and is the name of a template counts as used: rather one too many than one too few.
    """
    found: dict[str, frozenset[str]] = {}
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = frozenset(filter(None, chain.from_iterable(_QUOTED.findall(template_source(name, catalogue)))))
            waiting.extend(word for word in found[name] if _is_template(word.removeprefix(BUILT_IN_PREFIX), catalogue))
    return found


def _is_template(name: str, catalogue: Catalogue) -> bool:
    return name in catalogue.files and catalogue.files[name].is_text


def is_shared(name: str, catalogue: Catalogue) -> bool:
    """Tell whether a template is the text of a document that is filled without any patient's details."""
    parts = PurePosixPath(name.removeprefix(BUILT_IN_PREFIX)).parts
    document = catalogue.documents.get(parts[1]) if parts[0] == "documents" else None
    return document is not None and document.definition.shared
