"""Links stay in their document: a name that two documents use would lead from one into the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from briefing.packet.pdf_objects import as_list, resolved, tree_entries


def spell_out_destinations(reader: PdfReader) -> None:
    """Replace the names of places by the places themselves, before the document is bound."""
    places = _take_named_places(reader.root_object)
    for page in reader.pages:
        for annotation in as_list(page.get("/Annots")):
            link = annotation.get_object()
            _spell_out(link, "/Dest", places)
            _spell_out(resolved(link.get("/A")) or DictionaryObject(), "/D", places)


def _take_named_places(root: DictionaryObject) -> Mapping[str, ArrayObject]:
    names = resolved(root.get("/Names")) or DictionaryObject()
    named = [*tree_entries(names.pop("/Dests", None), "/Names"), *(resolved(root.pop("/Dests", None)) or {}).items()]
    return {str(name): _place(value) for name, value in named}


def _place(value: Any) -> ArrayObject:
    found = resolved(value)
    place = resolved(found["/D"]) if isinstance(found, DictionaryObject) else found
    assert isinstance(place, ArrayObject)  # noqa: S101 - WeasyPrint writes nothing else
    return place


def _spell_out(holder: DictionaryObject, key: str, places: Mapping[str, ArrayObject]) -> None:
    named = resolved(holder.get(key))
    if named is not None and not isinstance(named, ArrayObject):
        holder[NameObject(key)] = places[str(named)]
