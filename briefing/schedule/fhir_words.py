"""What single FHIR resources say, in words: names, numbers, what is recorded as current. What they leave open stays open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from briefing.schedule.fhir_resources import Data, Resource, Store, UnresolvedError, maps

_RECORD_NUMBER = "MR"  # of the code system v2-0203
_NONE_KNOWN = frozenset(
    {
        "716186003",  # SNOMED CT: no known allergy
        "no-known-allergies",  # the International Patient Summary's own codes
        "no-known-medications",
        "no-known-problems",
    }
)
_NOT_ASKED = frozenset({"no-allergy-info", "no-medication-info", "no-problem-info"})
_NOT_CURRENT = frozenset({"inactive", "resolved", "remission", "refuted", "entered-in-error"})
_NOT_TAKEN = frozenset({"completed", "entered-in-error", "stopped", "not-taken", "cancelled", "draft", "ended"})
_UNITS = {"kg": "kg", "[lb_av]": "lb"}
BODY_WEIGHT = "29463-7"  # LOINC


class UnclearError(Exception):
    """A resource says two things, or nothing that can be used. The two texts never repeat it."""

    def __init__(self, problem: str, what_to_do: str) -> None:
        self.problem = problem
        self.what_to_do = what_to_do
        super().__init__(problem)


def codings(concept: object) -> list[Data]:
    """Return the codings of a concept, R5's CodeableReference included."""
    found = maps(concept)
    inner = [deeper for item in found for deeper in maps(item.get("concept"))]
    return [coding for item in (*found, *inner) for coding in maps(item.get("coding"))]


def words_of(concept: object) -> str | None:
    """Return the words of a concept: its text, or the display of a coding; those that a person chose come first."""
    found = maps(concept)
    inner = [deeper for item in found for deeper in maps(item.get("concept"))]
    for item in (*found, *inner):
        if isinstance(text := item.get("text"), str) and text.strip():
            return text.strip()
    chosen = sorted(codings(concept), key=lambda coding: coding.get("userSelected") is not True)
    return next((text.strip() for coding in chosen if isinstance(text := coding.get("display"), str) and text.strip()), None)


def name_of(resource: Resource) -> str | None:
    """Return the official name, else the usual one, else the only one.

    Raises:
        UnclearError: more than one name could be meant.
    """
    names = [name for name in maps(resource.data.get("name")) if not _is_over(name)]
    for use in ("official", "usual", None):
        found = {text for name in names if name.get("use") == use and (text := _full(name))}
        if len(found) > 1:
            raise UnclearError("more than one name could be meant.", "Mark the legal name as official in the record.")
        if found:
            return found.pop()
    return None


def nickname_of(patient: Resource) -> str | None:
    """Return the name the patient likes to be called by, if just one is recorded."""
    found = {text for name in maps(patient.data.get("name")) if name.get("use") == "nickname" and (text := _full(name))}
    return found.pop() if len(found) == 1 else None


def record_number_of(patient: Resource, system: str | None) -> str | None:
    """Return the record number: the identifier of the clinic's system, or of the type MR.

    Raises:
        UnclearError: there is more than one.
    """
    found = {
        str(item.get("value") or "").strip()
        for item in maps(patient.data.get("identifier"))
        if item.get("use") != "old"
        and not _is_over(item)
        and (item.get("system") == system if system else _is_record_number(item))
    } - {""}
    if len(found) > 1:
        advice = "Name the system of yours under [schedule.fhir] of clinic.toml: record_number_system = ..."
        raise UnclearError("more than one identifier is a record number.", advice)
    return found.pop() if found else None


def phone_of(person: Resource) -> str | None:
    """Return the first phone that is recorded; a mobile one comes first."""
    phones = [item for item in maps(person.data.get("telecom")) if item.get("system") == "phone" and item.get("use") != "old"]
    phones.sort(key=lambda item: item.get("use") != "mobile")
    return str(phones[0].get("value") or "") or None if phones else None


def language_of(patient: Resource) -> str | None:
    """Return the code of the language that is preferred, or of the only one."""
    spoken = maps(patient.data.get("communication"))
    chosen = [item for item in spoken if item.get("preferred") is True] or spoken
    codes = {str(coding.get("code") or "") for item in chosen for coding in codings(item.get("language"))} - {""}
    if len(codes) > 1:
        raise UnclearError("more than one language could be meant.", "Mark one of them as preferred in the record.")
    return codes.pop() if codes else None


def listed(resources: Sequence[Resource], store: Store) -> tuple[str, ...] | None:
    """Return what is recorded as current, each once; an empty list when "none known" is recorded; None when nothing is.

    Raises:
        UnclearError: an entry has no words, or "none known" stands beside an entry.
    """
    texts: list[str] = []
    none_known = False
    for resource in filter(_is_current, resources):
        concept = _what(resource, store)
        codes = {str(coding.get("code")) for coding in codings(concept)}
        if codes & _NONE_KNOWN:
            none_known = True
        elif not codes & _NOT_ASKED:
            if (text := words_of(concept)) is None:
                raise UnclearError("an entry of the record has no words.", "Give it a text or a display in the record.")
            texts.append(text)
    if none_known and texts:
        raise UnclearError("the record says both that there are none and that there are some.", "Correct the record.")
    return tuple(dict.fromkeys(texts)) if texts or none_known else None


def weight_of(observations: Sequence[Resource]) -> str | None:
    """Return the latest body weight with its unit.

    Raises:
        UnclearError: the latest cannot be told, or has no unit that is known.
    """
    found = [item for item in observations if _is_weight(item)]
    if not found:
        return None
    days = [str(item.data.get("effectiveDateTime") or "")[:10] for item in found]
    latest = max(days)
    weights = {_amount(item) for item, day in zip(found, days, strict=True) if day == latest}
    if len(weights) > 1 or (len(found) > 1 and "" in days):
        raise UnclearError("it cannot be told which weight is the latest.", "Correct the dates of the weights in the record.")
    return weights.pop()


def _what(resource: Resource, store: Store) -> object:
    """Return the concept of an entry; a medicine may stand in a resource of its own."""
    data = resource.data
    concept = data.get("code") or data.get("medicationCodeableConcept") or data.get("medication")
    reference = data.get("medicationReference") or next(
        (inner for item in maps(data.get("medication")) for inner in maps(item.get("reference"))), None
    )
    if reference is None:
        return concept
    try:
        return store.find(reference, resource).data.get("code")
    except UnresolvedError:
        return None


def _is_current(resource: Resource) -> bool:
    data = resource.data
    statuses = {str(coding.get("code")) for key in ("clinicalStatus", "verificationStatus") for coding in codings(data.get(key))}
    return not (statuses & _NOT_CURRENT or data.get("status") in _NOT_TAKEN or data.get("doNotPerform") is True)


def _is_weight(resource: Resource) -> bool:
    codes = {str(coding.get("code")) for coding in codings(resource.data.get("code"))}
    return BODY_WEIGHT in codes and resource.data.get("status") in ("final", "amended", "corrected")


def _amount(observation: Resource) -> str:
    quantity = observation.data.get("valueQuantity")
    value, unit = (quantity.get("value"), _UNITS.get(str(quantity.get("code")))) if isinstance(quantity, dict) else (None, None)
    if unit is None or isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise UnclearError("the body weight has no number with a unit that is known.", "Record it in kg or in pounds.")
    return f"{value} {unit}"


def _is_record_number(identifier: Data) -> bool:
    return any(coding.get("code") == _RECORD_NUMBER for coding in codings(identifier.get("type")))


def _full(name: Data) -> str:
    if isinstance(text := name.get("text"), str) and text.strip():
        return text.strip()
    return " ".join(_pieces(name))


def _pieces(name: Data) -> Iterator[str]:
    for key in ("given", "family", "suffix"):
        value = name.get(key)
        for piece in value if isinstance(value, list) else [value]:
            if isinstance(piece, str) and piece.strip():
                yield piece.strip()


def _is_over(item: Data) -> bool:
    period = item.get("period")
    return isinstance(period, dict) and "end" in period
