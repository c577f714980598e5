"""What was recorded of a patient, read with the vocabulary: what to talk about, what to flag, and what nobody recognised.

A plain reading is told to the patient and to the clinician, a doubtful one to the clinician alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from briefing.models import PacketRequest
from briefing.vocabulary import Entry, Kind, Means, Reading, Vocabulary

_LISTS: tuple[Kind, ...] = ("conditions", "medicines", "allergies")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One text of a list of the request: which list, its place in it from 1, and how it was read."""

    kind: Kind
    number: int
    reading: Reading

    @property
    def where(self) -> str:
        """Where it stands in the request."""
        return f"patient.{self.kind}.{self.number}"


@dataclass(frozen=True, slots=True)
class Talk:
    """A line for the patient to talk about, by language: which texts it is about, and the facts behind it."""

    recorded: tuple[Recorded, ...]
    entry: Entry
    lines: Mapping[str, str]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """An entry that facts name, for the clinician: which texts name it, and whether plainly."""

    recorded: tuple[Recorded, ...]
    entry: Entry
    facts: tuple[str, ...]
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Health:
    """Everything that was recorded, for one medicine."""

    recorded: tuple[Recorded, ...]
    medicine: str

    def talks(self, *kinds: Kind) -> tuple[Talk, ...]:
        """Return the lines about what stands in these lists, each once."""
        lines: dict[tuple[str, ...], Talk] = {}
        for item, entry, means in self._meant():
            if item.reading.is_plain and item.kind in kinds and means.talk:
                key = tuple(means.talk.values())
                known = lines.get(key)
                lines[key] = Talk(_with(known, item), entry, means.talk, means.facts)
        return tuple(lines.values())

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Every entry that was named and that facts name, plain ones first."""
        flags: dict[tuple[bool, str, str], Flag] = {}
        for item, entry, means in self._meant():
            key = (item.reading.is_doubtful, entry.kind, entry.id)
            known = flags.get(key)
            facts = (*known.facts, *means.facts) if known else means.facts
            flags[key] = Flag(_with(known, item), entry, tuple(dict.fromkeys(facts)), item.reading.is_doubtful)
        return tuple(sorted(flags.values(), key=lambda flag: flag.is_doubtful))

    @property
    def to_check(self) -> tuple[Recorded, ...]:
        """The texts that name something and say more about it."""
        return tuple(item for item in self.recorded if item.reading.is_doubtful)

    @property
    def not_recognised(self) -> tuple[Recorded, ...]:
        """The texts that name nothing that is known."""
        return tuple(item for item in self.recorded if not item.reading.found)

    def _meant(self) -> Iterator[tuple[Recorded, Entry, Means]]:
        for item in self.recorded:
            for found in item.reading.found:
                for means in found.entry.means_for(self.medicine):
                    yield item, found.entry, means


def _with(known: Talk | Flag | None, item: Recorded) -> tuple[Recorded, ...]:
    """Return what is told of already, and one more."""
    told = known.recorded if known else ()
    return told if item in told else (*told, item)


def read_health(request: PacketRequest, vocabulary: Vocabulary, medicine: str) -> Health:
    """Read everything that a request records of the patient's health.

    Args:
        request: a checked request.
        vocabulary: what is known.
        medicine: ketamine or esketamine.
    """
    patient = request.patient
    texts = {"conditions": patient.conditions, "medicines": patient.medicines, "allergies": patient.allergies}
    recorded = [
        Recorded(kind, number, vocabulary.read_allergy(text) if kind == "allergies" else vocabulary.read(text))
        for kind in _LISTS
        for number, text in enumerate(texts[kind] or (), 1)
    ]
    return Health(tuple(recorded), medicine)
