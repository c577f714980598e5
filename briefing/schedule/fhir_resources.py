"""FHIR files into resources that find each other. JSON only; releases R4, R4B and R5."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from briefing.errors import InputError, Problem

Data = Mapping[str, object]
_MOST_RESOURCES = 500_000
_BUNDLES = ("searchset", "collection", "document", "batch-response")
_EXPORT_ANEW = "Export the schedule anew, as a Bundle of kind searchset or collection."


class UnresolvedError(Exception):
    """A reference leads to nothing, or to more than one thing."""


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One resource, where it stands, and the address it came under."""

    data: Data = field(repr=False)
    place: str
    address: str = field(default="", repr=False)

    @property
    def kind(self) -> str:
        """Its type, such as Patient."""
        return str(self.data.get("resourceType"))

    @property
    def base(self) -> str:
        """The server it came from, as far as its address tells."""
        return self.address[: -len(self.key)] if self.address.endswith(f"/{self.key}") else ""

    @property
    def key(self) -> str:
        """Its type and id."""
        return f"{self.kind}/{self.data.get('id')}"


@dataclass(frozen=True, slots=True)
class Store:
    """All resources of a schedule."""

    resources: tuple[Resource, ...]
    _by_address: Mapping[str, Sequence[Resource]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    _by_key: Mapping[str, Sequence[Resource]] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def of_kind(self, *kinds: str) -> Iterator[Resource]:
        """Yield the resources of some types, in their order."""
        return (resource for resource in self.resources if resource.kind in kinds)

    def find(self, reference: object, holder: Resource) -> Resource:
        """Return what a reference leads to.

        Args:
            reference: as FHIR writes it: contained, relative, absolute or urn:uuid.
            holder: the resource that it stands in.

        Raises:
            UnresolvedError: it leads to nothing here, or to more than one thing.
        """
        text = str(reference.get("reference") or "") if isinstance(reference, Mapping) else ""
        if text.startswith("#"):
            found = [item for item in maps(holder.data.get("contained")) if item.get("id") == text[1:]]
            candidates: Sequence[Resource] = [Resource(item, holder.place, holder.address) for item in found]
        else:
            text = text.partition("/_history/")[0]
            candidates = (
                self._by_address.get(text, ()) or self._by_address.get(holder.base + text, ()) or self._by_key.get(text, ())
            )
        if not text or len(candidates) != 1:
            raise UnresolvedError
        return candidates[0]


def maps(value: object) -> list[Data]:
    """Return the objects of a list; of anything else, none. One object counts as a list of itself."""
    if isinstance(value, Mapping):
        return [value]
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def is_fhir(data: bytes) -> bool:
    """Whether a file's JSON is a FHIR resource."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(value, Mapping) and "resourceType" in value


def read_store(files: Sequence[bytes]) -> Store:
    """Read all resources of some files, each a Bundle or one resource.

    Raises:
        InputError: a file cannot be used.
    """
    resources: list[Resource] = []
    for number, data in enumerate(files, 1):
        place = f"file {number} of {len(files)} by name, " if len(files) > 1 else ""
        resources += _resources_of(_parsed(data, place), place)
        if len(resources) > _MOST_RESOURCES:
            raise InputError(
                Problem("too-large", "the schedule", "it holds too many resources.", "Give the schedule of one day.")
            )
    return _store(resources)


def _store(resources: Sequence[Resource]) -> Store:
    by_address: dict[str, list[Resource]] = defaultdict(list)
    by_key: dict[str, list[Resource]] = defaultdict(list)
    kept: list[Resource] = []
    for resource in resources:
        # A search may bring one resource twice. What is the same to the letter is one thing, anything else is two.
        same = by_address[resource.address] if resource.address else by_key[resource.key]
        if any(other.data == resource.data for other in same):
            continue
        kept.append(resource)
        if resource.address:
            by_address[resource.address].append(resource)
        if resource.data.get("id"):
            by_key[resource.key].append(resource)
    return Store(tuple(kept), MappingProxyType(by_address), MappingProxyType(by_key))


def _resources_of(data: Data, place: str) -> Iterator[Resource]:
    if data.get("resourceType") != "Bundle":
        yield Resource(data, f"{place}the resource" if not place else place.rstrip(", "))
        return
    if data.get("type") not in _BUNDLES:
        raise InputError(
            Problem("not-fhir", f"{place}Bundle.type", "a Bundle of this kind is no list of resources.", _EXPORT_ANEW)
        )
    if any(link.get("relation") == "next" for link in maps(data.get("link"))):
        problem = "it is one page of a longer answer: the rest of the day is missing."
        raise InputError(Problem("fhir-more-pages", f"{place}Bundle.link", problem, "Export all pages, into one folder perhaps."))
    for number, entry in enumerate(maps(data.get("entry")), 1):
        resource = entry.get("resource")
        if isinstance(resource, Mapping) and resource.get("resourceType") != "OperationOutcome":
            yield Resource(resource, f"{place}entry {number}", str(entry.get("fullUrl") or ""))


def _parsed(data: bytes, place: str) -> Data:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError("a key that stands twice")
        return dict(pairs)

    def refuse(_: str) -> object:
        raise ValueError("no number")

    try:
        value = json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=refuse, object_pairs_hook=once)
    except (ValueError, ArithmeticError, RecursionError):
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        problem = "it cannot be read as a FHIR resource in JSON."
        raise InputError(Problem("not-fhir", f"the schedule, {place}".rstrip(", "), problem, _EXPORT_ANEW))
    return value
