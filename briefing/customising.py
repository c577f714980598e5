"""Starting points for a clinic's own texts: a file that changes one section of ours, or a new document that works at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from briefing.approval import document_in
from briefing.catalogue import Catalogue
from briefing.errors import CatalogueError, DeliveryError, Problem, nearest
from briefing.fields import Key
from briefing.template_files import BUILT_IN_PREFIX, is_shared, template_source

_BORDER = re.compile(r"{%-?\s*(?:block\s+(\w+)|endblock).*?%}", re.DOTALL)
_EXTENDS = re.compile(r"{%-?\s*extends\s+[\"']([^\"']+)[\"']")
_HEADING = re.compile(r"{%-?\s*call\s+m\.\w+\(\"([^\"]+)\"")
_NOT_WORDS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>|[\"'{}#]", re.DOTALL)
_SUMMARY = 90

_HEAD = """{{% extends "{prefix}{path}" %}}
{{% import "layout/macros.html.j2" as m with context %}}
"""
_FOR_WHOM = "for_whom"  # the frame's line with the patient's name, which a shared document has not
_LIST = """{{# Our text of this document, unchanged. To change a section, write here a block of its name:
   briefing customise {document} --block NAME puts our words of it into this file. The sections:
{sections}
#}}
"""
_DEFINITION = """# What this document is. docs/customising.md explains every key.
version = 1                      # raise it when the words change
title.{language} = "{title}"
audience = "patient"             # patient, companion (never told condition or medicine) or staff
kind = "handout"
order = {order}
action = "keep"
# when = {{ stage = ["first-session"] }}   # without it the document is in every packet

[[parts]]
id = "first_part"                # its text is the block of this name
"""
_TEXT = """{% extends "layout/document.html.j2" %}
{% import "layout/macros.html.j2" as m with context %}
{% block lead %}Say here in one sentence what this page is for.{% endblock %}
{% block first_part %}
{% call m.topic("A heading") %}
<p>Write here what your patients should know. Use short sentences. Say one thing in each.</p>
{% endcall %}
{% endblock %}
"""


def blocks_of(path: str, catalogue: Catalogue) -> dict[str, str]:
    """Return the blocks a template has, with their source, those of the frames it extends behind its own.

    Raises:
        TemplateError: a template it extends is missing.
    """
    blocks: dict[str, str] = {}
    seen: set[str] = set()
    waiting: str | None = path
    while waiting and waiting not in seen:
        seen.add(waiting)
        text = template_source(waiting, catalogue)
        blocks = {**dict(_blocks_in(text)), **blocks}
        extended = _EXTENDS.search(text)
        waiting = extended[1] if extended else None
    if is_shared(path, catalogue):
        blocks.pop(_FOR_WHOM, None)
    return blocks


def change_of(catalogue: Catalogue, document_id: str, language: str, block: str | None) -> dict[str, str]:
    """Return the file that changes a document of ours, by its path: nothing yet, or one block, as it is, ready to change.

    A file of the clinic's that already changes other blocks gets this block too.

    Raises:
        CatalogueError: there is no such document or block, or it is the clinic's own document.
        DeliveryError: the clinic has a file there that would be overwritten.
    """
    path = document_in(catalogue, document_id, language).template(language)
    if path not in catalogue.built_in:
        problem, advice = "this document is your own: there are no words of ours to start from.", "Change the file itself."
        raise CatalogueError(Problem("own-document", path, problem, advice))
    blocks = blocks_of(f"{BUILT_IN_PREFIX}{path}", catalogue)
    if block is not None and block not in blocks:
        raise CatalogueError(Problem("block-unknown", path, f"it has no block {block}.", nearest(block, list(blocks))))
    file = catalogue.files[path]
    if file.origin == "clinic":
        if block is None or not _EXTENDS.search(file.text) or block in dict(_blocks_in(file.text)):
            raise _already_there(path)
        return {path: f"{file.text.rstrip()}\n{blocks[block]}\n"}
    head = _HEAD.format(prefix=BUILT_IN_PREFIX, path=path)
    if block is not None:
        return {path: f"{head}{blocks[block]}\n"}
    sections = "\n".join(f"   {name}: {_summary(source)}" for name, source in blocks.items())
    return {path: head + _LIST.format(document=document_id, sections=sections)}


def new_document(catalogue: Catalogue, document_id: str, language: str) -> dict[str, str]:
    """Return the files of a new document, by path: a definition and a text of one section.

    Raises:
        CatalogueError: the id is not a key.
        DeliveryError: there is a document or an insert of this id.
    """
    try:
        TypeAdapter(Key).validate_python(document_id)
    except ValidationError:
        problem, advice = "this cannot be the name of a folder.", "Use small letters, digits and single hyphens."
        raise CatalogueError(Problem("wrong-value", "DOCUMENT", problem, advice)) from None
    folder = f"documents/{document_id}"
    if document_id in catalogue.documents or document_id in catalogue.inserts:
        raise _already_there(folder)
    handouts = [item.definition.order for item in catalogue.documents.values() if item.definition.kind == "handout"]
    title = document_id.replace("-", " ").capitalize()
    definition = _DEFINITION.format(language=language, title=title, order=max(handouts, default=0) + 1)
    return {f"{folder}/document.toml": definition, f"{folder}/{language}.html.j2": _TEXT}


def _blocks_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield the blocks of one file with their source, outer ones before those inside."""
    opened: list[tuple[str, int]] = []
    found: list[tuple[int, str, str]] = []
    for border in _BORDER.finditer(text):
        if border[1]:
            opened.append((border[1], border.start()))
        elif opened:
            name, start = opened.pop()
            found.append((start, name, text[start : border.end()]))
    yield from ((name, source) for _, name, source in sorted(found))


def _summary(source: str) -> str:
    """Say in one line what a block says: its heading, or its first words."""
    heading = _HEADING.search(source)
    words = " ".join(_NOT_WORDS.sub(" ", heading[1] if heading else source).split())
    if not any(map(str.isalpha, words)):
        return "filled in from the request"
    return words if len(words) <= _SUMMARY else f"{words[:_SUMMARY].rsplit(' ', 1)[0]} ..."


def _already_there(path: str) -> DeliveryError:
    problem, advice = "there is such a file or folder already, and it would be lost.", "Change it by hand, or move it away."
    return DeliveryError(Problem("already-there", path, problem, advice))
