"""Protocols: a treatment as data. Clinical numbers come from facts; what a clinic must decide is asked for by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from briefing.facts import FactRegister
from briefing.fields import Key, Language, Name, Text
from briefing.models import Section

Route = Literal["intravenous", "intranasal", "intramuscular", "sublingual", "oral"]
_MINUTES = {"minutes": Decimal(1), "hours": Decimal(60)}


class FactNumber(Section):
    """A number that stands in a fact: which fact, which of its numbers, and for a time its unit."""

    fact: Key
    number: Name
    unit: Literal["minutes", "hours"] | None = None

    def value(self, facts: FactRegister) -> Decimal:
        """Return the number; a time comes back in minutes.

        Raises:
            CatalogueError: there is no such fact or number.
        """
        return facts.get(self.fact, "staff").number(self.number) * _MINUTES[self.unit or "minutes"]


class DosePerKilogram(Section):
    """A dose worked out from the weight; the clinician's own figure is held against the same limits."""

    rule: Literal["per-kilogram"]
    per_kilogram: FactNumber
    lowest_studied: FactNumber
    highest_studied: FactNumber


class DoseByDevice(Section):
    """A dose that comes in whole devices. The first session has a fixed dose; later the clinician names one of the choices."""

    rule: Literal["by-device"]
    first: FactNumber
    choices: Annotated[tuple[FactNumber, ...], Field(min_length=1)]
    per_device: FactNumber


class SessionTimes(Section):
    """Minutes of a session, counted from the first medicine. What is left out is asked of the clinic."""

    given: FactNumber | None = None
    strongest: FactNumber
    gone: FactNumber
    earliest_leave: FactNumber | None = None
    check_at: tuple[FactNumber, ...] = ()


class BeforeAndAfter(Section):
    """The label's own rules around a session. The stricter of these and the clinic's rule is printed."""

    no_food: FactNumber
    no_drink: FactNumber
    no_driving: FactNumber | None = None
    no_driving_before_sleep: Annotated[tuple[Key, ...], Field(description="facts that ask for a night of sleep first")] = ()


class Ask(Section):
    """Something the clinic must set under `[protocols.<id>]` of its `clinic.toml`."""

    kind: Literal["minutes", "count", "milligrams", "milligrams-per-kilogram"]
    what: Text


class Protocol(Section):
    """One treatment: the whole of `protocols/<id>.toml`."""

    version: Annotated[int, Field(ge=1)]
    title: Annotated[Mapping[Language, Text], Field(min_length=1)]
    medicine: Literal["ketamine", "esketamine"]
    route: Route
    label_status: Literal["approved", "off-label"]
    label_facts: Annotated[tuple[Key, ...], Field(min_length=1, description="facts that state the label status")]
    youngest: Annotated[int, Field(ge=0, description="age in years from which the protocol may be used")]
    minors: Annotated[
        Literal["refused", "representative signs"], Field(description="what holds for patients who are old enough but not of age")
    ] = "refused"
    dose: Annotated[DosePerKilogram | DoseByDevice, Field(discriminator="rule")]
    session: SessionTimes
    around: BeforeAndAfter
    monitoring: Annotated[tuple[Key, ...], Field(min_length=1, description="facts that state how the patient is watched")]
    contraindications: Annotated[tuple[Key, ...], Field(min_length=1, description="facts that state who must not have it")]
    asks: Mapping[Name, Ask]

    def numbers(self) -> Iterator[FactNumber]:
        """Yield every number of the protocol that stands in a fact."""
        for table in (self.dose, self.session, self.around):
            for name in type(table).model_fields:
                value = getattr(table, name)
                yield from (item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, FactNumber))

    def told_facts(self) -> tuple[str, ...]:
        """Return the ids of the facts that the protocol has printed as sentences."""
        return (*self.label_facts, *self.monitoring, *self.contraindications, *self.around.no_driving_before_sleep)

    def facts(self) -> set[str]:
        """Return the ids of all facts the protocol names."""
        return {*self.told_facts(), *(number.fact for number in self.numbers())}

    def needed_asks(self) -> set[str]:
        """Return the names of the questions whose answers the arithmetic of this protocol uses."""
        names = {"settle_minutes", "stay_minutes", "check_every_minutes"}
        if self.session.given is None:
            names.add("minutes_between_devices")
        if isinstance(self.dose, DosePerKilogram):
            names |= {"dose_step", "lowest_dose_per_kilogram", "highest_dose_per_kilogram", "largest_dose"}
        return names
