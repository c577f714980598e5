"""Names that documents give to their own kinds of elements and classes: where two differ, the later one gets a new name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from briefing.packet.pdf_objects import all_elements, resolved

Renamed = Mapping[str, str]


def adopt_names(whole: DictionaryObject, own: Any, prefix: str) -> Renamed:
    """Add a document's role map or class map to the packet's.

    Args:
        whole: the packet's map; it grows.
        own: the document's map, or None.
        prefix: the document's key.

    Returns:
        the document's names that now have another one.
    """
    names = resolved(own) or DictionaryObject()
    renamed = {name: f"{name}-{prefix}" for name, meaning in names.items() if whole.get(name, meaning) != meaning}
    for name in names:
        meaning = names.raw_get(name)
        whole[NameObject(renamed.get(name, name))] = _renamed(meaning, renamed)
    return renamed


def use_names(top: DictionaryObject, roles: Renamed, classes: Renamed) -> None:
    """Use the new names in a document."""
    for element in all_elements(top):
        element[NameObject("/S")] = _renamed(element["/S"], roles)
        if "/C" in element:
            own = resolved(element["/C"])
            many = isinstance(own, ArrayObject)
            element[NameObject("/C")] = ArrayObject(_renamed(name, classes) for name in own) if many else _renamed(own, classes)


def _renamed(name: Any, renamed: Renamed) -> Any:
    return NameObject(renamed.get(name, name)) if isinstance(name, NameObject) else name
