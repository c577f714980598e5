"""How pypdf's objects are read and made: what all rooms of the binding need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NullObject, PdfObject


def dictionary(**entries: Any) -> DictionaryObject:
    """Make a dictionary; each key is a name without its slash."""
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def own_copy(value: Any) -> DictionaryObject:
    """Return a dictionary of its own with the same entries; an empty one for anything else."""
    found = resolved(value)
    return DictionaryObject(found) if isinstance(found, DictionaryObject) else DictionaryObject()


def resolved(value: Any) -> Any:
    """Return what a reference stands for, or the value itself; None for nothing."""
    found = value.get_object() if isinstance(value, PdfObject) else value
    return None if isinstance(found, NullObject) else found


def as_list(value: Any) -> list[Any]:
    """Return an array's members, a single value as the only member, nothing as none. References stay references."""
    found = resolved(value)
    if found is None:
        return []
    return list(found) if isinstance(found, ArrayObject) else [value]


def tree_entries(node: Any, kind: str) -> Iterator[tuple[Any, Any]]:
    """Yield key and value of a name tree (`/Names`) or number tree (`/Nums`)."""
    found = resolved(node) or DictionaryObject()
    flat = as_list(found.get(kind))
    yield from zip(flat[::2], flat[1::2], strict=False)
    for kid in as_list(found.get("/Kids")):
        yield from tree_entries(kid, kind)


def stream_of(data: bytes, *, packed: bool = False) -> DecodedStreamObject | Any:
    """Make a stream."""
    stream = DecodedStreamObject()
    stream.set_data(data)
    return stream.flate_encode() if packed else stream


def kids_of(element: DictionaryObject) -> list[Any]:
    """Return what stands under a structure element: elements as references, content as numbers or dictionaries."""
    return as_list(element.raw_get("/K")) if "/K" in element else []


def is_element(kid: Any) -> bool:
    """Tell a structure element from content."""
    found = resolved(kid)
    return isinstance(found, DictionaryObject) and "/S" in found


def kind_of(element: DictionaryObject) -> str:
    """Return what kind of element it is, such as `/P`."""
    return str(element["/S"])


def elements_of(element: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield the elements right under an element."""
    for kid in kids_of(element):
        if is_element(kid):
            yield kid.get_object()


def all_elements(element: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield an element and all under it, in reading order."""
    yield element
    for kid in elements_of(element):
        yield from all_elements(kid)


def set_kids(element: DictionaryObject, kids: Iterable[Any]) -> None:
    """Put kids under an element; those that are elements themselves learn of their new parent."""
    listed = ArrayObject(kids)
    for kid in listed:
        if is_element(kid):
            kid.get_object()[NameObject("/P")] = element.indirect_reference
    element[NameObject("/K")] = listed
