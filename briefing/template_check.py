"""Reading every template without filling it: whatever it names must exist. All problems are found, each with its line.

What only shows with a patient's data, `briefing check` finds with made-up patients afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass, replace
from pathlib import PurePosixPath
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

from jinja2 import Environment, TemplateSyntaxError, meta, nodes
from pydantic import BaseModel

from briefing.catalogue import Catalogue
from briefing.customising import blocks_of
from briefing.errors import BriefingError, Problem, TemplateError, nearest
from briefing.html_rendering import make_environment
from briefing.template_context import SHARED_VARIABLES, VARIABLES
from briefing.template_files import closure, is_shared, syntax_problem, template_source
from briefing.template_functions import OFFERED
from briefing.toml_reading import UnreadableError, parse_toml

_TELLING_FACTS = ("fact", "words", "cite", "number", "rate")
_PRINTING_FACTS = ("fact", "words")
# What the strips, and layout/score, separator and exceptions, are given.
_OF_LAYOUTS = ("strips", "whose", "card", "told", "sheets", "sections", "counts", "for_all")
_OF_JINJA = ("self", "super", "caller", "loop", "varargs", "kwargs")


def template_problems(catalogue: Catalogue) -> list[Problem]:
    """Return what is wrong with the templates of a catalogue, and with the sections of its documents."""
    environment = make_environment(catalogue)
    found: list[Problem] = []
    trees: dict[str, nodes.Template] = {}
    for path in sorted(path for path in catalogue.files if path.endswith(".html.j2")):
        try:
            trees[path] = environment.parse(template_source(path, catalogue), path)
            environment.compile(trees[path], path)  # it also knows the names of filters
        except TemplateSyntaxError as error:
            found += syntax_problem(error.name or path, error).problems
    known_later = _facts_that_stand_somewhere(catalogue)
    names, of_ours = _Names(catalogue, environment), _labels_of_ours(catalogue)
    for path, tree in trees.items():
        found += _Reader(path, tree, catalogue, names.known_in(path), known_later, of_ours).problems()
    return [*found, *_section_problems(catalogue), *_label_problems(catalogue, of_ours)]


class _Reader:
    """Reads one template."""

    def __init__(
        self,
        path: str,
        tree: nodes.Template,
        catalogue: Catalogue,
        known: frozenset[str],
        known_later: frozenset[str] | None,
        told_labels: frozenset[str],
    ) -> None:
        self._path, self._tree, self._catalogue, self._known, self._known_later = path, tree, catalogue, known, known_later
        parts = PurePosixPath(path).parts
        self._document = catalogue.documents.get(parts[1]) if parts[0] == "documents" else None
        self._language = parts[-1].removesuffix(".html.j2") if parts[0] == "documents" else None
        self._told_labels = told_labels
        self._contract = SHARED_VARIABLES if is_shared(path, catalogue) else VARIABLES
        # A name that the template sets itself, as in a loop, says nothing about the variable of that name.
        self._own = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}

    def problems(self) -> Iterator[Problem]:
        """Yield what it names and is not there."""
        for node in self._tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            yield from self._reference(node)
        undeclared = _undeclared(self._tree) - self._known
        for name in self._tree.find_all(nodes.Name):
            if name.name in undeclared:
                yield self._not_there(name, f"'{name.name}' is undefined.", nearest(name.name, sorted(self._known)))
        for part in self._tree.find_all(nodes.Getattr):
            yield from self._attribute(part)
        for call in self._tree.find_all(nodes.Call):
            yield from self._call(call)
        for item in self._tree.find_all(nodes.Getitem):
            if isinstance(item.node, nodes.Name) and item.node.name == "w":
                yield from self._label(item.arg)

    def _not_there(self, node: nodes.Node, problem: str, what_to_do: str) -> Problem:
        return Problem("template-value", f"{self._path}, line {node.lineno}", problem, what_to_do)

    def _tried(self, node: nodes.Node, error: BriefingError) -> Iterator[Problem]:
        """Yield the problems of something that was tried, with the place where the template asks for it."""
        for problem in error.problems:
            yield replace(problem, where=f"{self._path}, line {node.lineno}: {problem.where}")

    def _reference(self, node: nodes.Node) -> Iterator[Problem]:
        template = getattr(node, "template", None)
        if isinstance(template, nodes.Const):
            try:
                template_source(str(template.value), self._catalogue)
            except TemplateError as error:
                yield from self._tried(node, error)

    def _attribute(self, node: nodes.Getattr) -> Iterator[Problem]:
        """Yield a problem if a variable, or what lies in it, has nothing of this name."""
        of = self._class_of(node.node)
        if of is not None and node.attr not in (names := _names_in(of)):
            yield self._not_there(node, f"'{_dotted(node.node)}' has no '{node.attr}'.", nearest(node.attr, names))

    def _class_of(self, node: nodes.Node) -> type | None:
        """Return the class of a variable or of what lies in it; None where the contract does not say."""
        if isinstance(node, nodes.Name):
            return None if node.name in self._own else self._contract.get(node.name)
        if isinstance(node, nodes.Getattr) and (of := self._class_of(node.node)):
            return _one_class(get_type_hints(of).get(node.attr))
        return None

    def _call(self, call: nodes.Call) -> Iterator[Problem]:
        called, words = call.node, [argument.value for argument in call.args if isinstance(argument, nodes.Const)]
        if isinstance(called, nodes.Name) and called.name in _TELLING_FACTS and called.name not in self._own:
            yield from self._facts(call, called.name, list(map(str, words)))
        if isinstance(called, nodes.Getattr) and _dotted(called) == "w.say" and call.args:
            yield from self._label(call.args[0])

    def _facts(self, call: nodes.Call, function: str, words: list[str]) -> Iterator[Problem]:
        audience = "patient" if self._document and self._document.definition.audience != "staff" else "staff"
        for fact_id in words[:1] if function == "number" else words:
            if fact_id not in self._catalogue.facts.facts and (self._known_later is None or fact_id in self._known_later):
                continue  # it is told where it stands
            try:
                fact = self._catalogue.facts.get(fact_id, "patient" if audience == "patient" else "staff")
                if function == "number" and len(words) > 1:
                    fact.number(words[1])
                if function == "rate":
                    fact.rate()
                if function in _PRINTING_FACTS and self._language:
                    fact.text(self._language)
            except BriefingError as error:
                yield from self._tried(call, error)

    def _label(self, node: nodes.Node) -> Iterator[Problem]:
        wordings = self._catalogue.wordings
        wording = wordings.get(self._language or "") or next(iter(wordings.values()), None)
        if wording and isinstance(node, nodes.Const) and node.value not in self._told_labels:
            try:
                _ = wording[str(node.value)]
            except BriefingError as error:
                yield from self._tried(node, error)


def _undeclared(tree: nodes.Template) -> set[str]:
    try:
        return meta.find_undeclared_variables(tree)
    except TemplateSyntaxError:
        return set()  # a filter that does not exist; it was told when the template was compiled


class _Names:
    """The names that templates may use: the contract, and what the templates they are built from set."""

    def __init__(self, catalogue: Catalogue, environment: Environment) -> None:
        self._catalogue, self._environment = catalogue, environment
        self._always = {*OFFERED, *environment.globals, *_OF_JINJA, *_OF_LAYOUTS}
        self._set_in: dict[str, set[str]] = {}

    def known_in(self, path: str) -> frozenset[str]:
        """Return the names that one template may use."""
        try:
            used = list(closure(path, self._catalogue))
        except TemplateError:
            used = [path]
        contract = SHARED_VARIABLES if is_shared(path, self._catalogue) else VARIABLES
        return frozenset(self._always.union(contract, *map(self._own, used)))

    def _own(self, name: str) -> set[str]:
        if name not in self._set_in:
            self._set_in[name] = self._read(name)
        return self._set_in[name]

    def _read(self, name: str) -> set[str]:
        try:
            tree = self._environment.parse(template_source(name, self._catalogue), name)
        except (TemplateSyntaxError, TemplateError):
            return set()  # told by itself
        stored = {found.name for found in tree.find_all(nodes.Name) if found.ctx == "store"}
        imported = {found.target for found in tree.find_all(nodes.Import)}
        return stored | imported | {macro.name for macro in tree.find_all(nodes.Macro)}


def _facts_that_stand_somewhere(catalogue: Catalogue) -> frozenset[str] | None:
    """Return the ids of all facts there are, also of those with a fault; None while a file of them cannot be read."""
    ids: set[str] = set()
    for path, file in catalogue.files.items():
        if path.startswith("facts/"):
            try:
                ids |= parse_toml(file.text).keys()
            except UnreadableError:
                return None
    return frozenset(ids)


def _labels_of_ours(catalogue: Catalogue) -> frozenset[str]:
    """Return the labels that are shipped. If a clinic's wording lacks one of them, that is told once, where it lacks it."""
    return frozenset(
        key for path, file in catalogue.built_in.items() if path.startswith("wording/") for key in parse_toml(file.text)
    )


def _section_problems(catalogue: Catalogue) -> Iterator[Problem]:
    """Yield every section of a definition that a text of the document does not have."""
    for document in catalogue.documents.values():
        for language in document.languages:
            path = document.template(language)
            try:
                blocks = blocks_of(path, catalogue)
            except TemplateError:
                continue  # told where the template asks for it
            for part in document.definition.parts:
                if part.id not in blocks and "{% extends" in template_source(path, catalogue):
                    advice = f"Add it: {{% block {part.id} %}}. {nearest(part.id, list(blocks))}"
                    yield Problem(
                        "section-missing", path, f"it has no block {part.id}, which is a section of the document.", advice
                    )


def _label_problems(catalogue: Catalogue, told: frozenset[str]) -> Iterator[Problem]:
    """Yield every document whose action has no label."""
    for document in catalogue.documents.values():
        where, key = f"documents/{document.id}/document.toml: action", f"action_{document.definition.action}"
        for language in document.languages:
            wording = catalogue.wordings.get(language)
            if wording and key not in wording.labels and key not in told:
                known = [label for label in wording.labels if label.startswith("action_")]
                problem = f"there is no label {key} in wording/{language}.toml."
                yield Problem("wording-unknown", where, problem, nearest(key, known))


def _names_in(cls: type) -> list[str]:
    fields = cls.model_fields if issubclass(cls, BaseModel) else ()
    return sorted({name for name in (*dir(cls), *fields) if not name.startswith(("_", "model_"))})


def _one_class(annotation: object) -> type | None:
    """Return the class of an annotation whose names are known; of `X | None` it is X."""
    if get_origin(annotation) in (Union, UnionType):
        options = [option for option in get_args(annotation) if option is not type(None)]
        return _one_class(options[0]) if len(options) == 1 else None
    known = isinstance(annotation, type) and (is_dataclass(annotation) or issubclass(annotation, BaseModel))
    return annotation if known and isinstance(annotation, type) else None


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "this"
