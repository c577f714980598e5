"""Everything a packet is made from, as bytes in a fixed order: what its id and its digests are derived from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date

from briefing import __version__
from briefing.approval import approval_of
from briefing.catalogue import Catalogue
from briefing.choices import Choices
from briefing.models import PacketRequest
from briefing.selection import Chosen, ChosenDocument, ChosenInsert, choose_documents
from briefing.template_files import BUILT_IN_PREFIX, closure

# Where one file is one document's, one insert's or one treatment's, and where one line is one document's approval.
_APART = ("documents/", "inserts/", "protocols/", "approvals.toml")


def request_bytes(request: PacketRequest) -> bytes:
    """Return a request in one canonical form; the same details give the same bytes however they were typed."""
    return json.dumps(request.model_dump(mode="python"), sort_keys=True, ensure_ascii=False, default=str).encode()


class Ingredients:
    """What the packets of a catalogue are made from. What many of them share is worked out once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._shared = self._listed(path for path in catalogue.files if not path.startswith(_APART))
        self._known: dict[tuple[str, str], str] = {}

    def of(self, request: PacketRequest, issued_on: date, choices: Choices) -> bytes:
        """Return request, day of issue, choices, product version and the files the packet is made from, as one canonical text.

        Files and approvals of documents that are not in the packet, other treatments, and texts in other languages do not
        count: changing them changes nothing in this packet.

        Raises:
            CatalogueError: a document that applies is not written in the language it is needed in, or none applies.
            TemplateError: a template is missing.
        """
        chosen = choose_documents(self._catalogue, request).chosen
        treatment = self._listed([f"protocols/{request.treatment.protocol}.toml"])
        files = "".join((self._shared, treatment, *map(self._item, chosen)))
        told = (issued_on.isoformat(), json.dumps(asdict(choices), sort_keys=True), __version__, files)
        return b"\0\0".join((request_bytes(request), *map(str.encode, told)))

    def _item(self, item: Chosen) -> str:
        """Return the files of one document or insert, and the approval that makes it no draft, each on a line."""
        key = (item.id, item.language)
        if key not in self._known:
            own = _document_files(item, self._catalogue) if isinstance(item, ChosenDocument) else _insert_files(item)
            self._known[key] = self._listed(own) + f"{item.id}\0{_approval(item, self._catalogue)}\n"
        return self._known[key]

    def _listed(self, paths: Iterable[str]) -> str:
        """Return each path with the digests of the file and of the built-in one that it stands for: it may build on that."""
        return "".join(f"{path}\0{self._digest(path)}\n" for path in sorted(paths))

    def _digest(self, path: str) -> str:
        both = (self._catalogue.files.get(path), self._catalogue.built_in.get(path))
        return " ".join(file.sha256 for file in both if file)


def whole_input(request: PacketRequest, catalogue: Catalogue, issued_on: date, choices: Choices) -> bytes:
    """Return what one packet is made from; see `Ingredients.of`."""
    return Ingredients(catalogue).of(request, issued_on, choices)


def typed_texts(request: PacketRequest) -> tuple[str, ...]:
    """Return every text that a person typed into the request."""
    return tuple(_texts(request.model_dump(mode="python")))


def _document_files(item: ChosenDocument, catalogue: Catalogue) -> set[str]:
    templates = closure(item.document.template(item.language), catalogue)
    return {f"documents/{item.id}/document.toml", *(name.removeprefix(BUILT_IN_PREFIX) for name in templates)}


def _insert_files(item: ChosenInsert) -> set[str]:
    return {f"inserts/{item.id}/insert.toml", item.insert.path(item.language)}


def _approval(item: Chosen, catalogue: Catalogue) -> str:
    """Return the approval that makes a document no draft, as far as the packet can tell of it."""
    found = approval_of(item.document, item.language, catalogue) if isinstance(item, ChosenDocument) else None
    return found.model_dump_json() if found else "none"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)
