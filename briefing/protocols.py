"""Protocols: a treatment as data. Clinical numbers come from facts; what a clinic must decide is asked for by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from briefing.facts import FactRegister
from briefing.fields import Key, Language, Name, Text
from briefing.models import Section

Route = Literal["intravenous", "intranasal", "intramuscular", "sublingual", "oral"]
Indication = Literal["depression", "pain"]
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


@dataclass(frozen=True, slots=True)
class DoseAsks:
    """What a clinic is asked about doses by weight: the names of the dose itself, its lowest and its highest."""

    dose: str
    lowest: str
    highest: str


class DosePerKilogram(Section):
    """A dose worked out from the weight, or from the weight and the hours of a drip.

    The clinician's own figure is held against the same limits. Where no source fixes the dose, the clinic is asked for it.
    """

    rule: Literal["per-kilogram", "per-kilogram-hour"]
    per_kilogram: FactNumber | None = None
    lowest_studied: FactNumber
    highest_studied: FactNumber
    compare_with: Annotated[tuple[Key, ...], Field(description="facts that stand beside the working")] = ()

    @property
    def is_hourly(self) -> bool:
        """Whether the dose is so much for each hour of the drip."""
        return self.rule == "per-kilogram-hour"

    @property
    def asked(self) -> DoseAsks:
        """The names under which the clinic sets its own doses by weight."""
        per = f"dose_{self.rule.replace('-', '_')}"
        return DoseAsks(per, f"lowest_{per}", f"highest_{per}")


class DoseByClinician(Section):
    """A dose that only the clinician can name, in milligrams. It is held against the clinic's own lowest and largest dose."""

    rule: Literal["by-clinician"]
    compare_with: Annotated[tuple[Key, ...], Field(description="facts that stand beside the working")] = ()


class DoseByDevice(Section):
    """A dose that comes in whole devices. The first session has a fixed dose; later the clinician names one of the choices."""

    rule: Literal["by-device"]
    first: FactNumber
    choices: Annotated[tuple[FactNumber, ...], Field(min_length=1)]
    per_device: FactNumber


class SessionTimes(Section):
    """Minutes of a session, counted from the first medicine. What is left out is asked of the clinic.

    `given` is for how long the medicine is given; a shot is given "at-once".
    """

    given: FactNumber | Literal["at-once"] | None = None
    strongest: FactNumber | None = None
    gone: FactNumber | None = None
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

    kind: Literal["minutes", "count", "milligrams", "milligrams-per-kilogram", "milligrams-per-kilogram-hour"]
    what: Text


class Protocol(Section):
    """One treatment: the whole of `protocols/<id>.toml`."""

    version: Annotated[int, Field(ge=1)]
    title: Annotated[Mapping[Language, Text], Field(min_length=1)]
    medicine: Literal["ketamine", "esketamine"]
    route: Route
    indication: Annotated[Indication, Field(description="what the treatment is for; the texts differ")]
    label_status: Literal["approved", "off-label"]
    label_facts: Annotated[tuple[Key, ...], Field(min_length=1, description="facts that state the label status")]
    youngest: Annotated[int, Field(ge=0, description="age in years from which the protocol may be used")]
    minors: Annotated[
        Literal["refused", "representative signs"], Field(description="what holds for patients who are old enough but not of age")
    ] = "refused"
    dose: Annotated[DosePerKilogram | DoseByDevice | DoseByClinician, Field(discriminator="rule")]
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
        compared = () if isinstance(self.dose, DoseByDevice) else self.dose.compare_with
        return (*self.label_facts, *self.monitoring, *self.contraindications, *self.around.no_driving_before_sleep, *compared)

    def facts(self) -> set[str]:
        """Return the ids of all facts the protocol names."""
        return {*self.told_facts(), *(number.fact for number in self.numbers())}

    def given_minutes(self, answers: Mapping[str, Decimal], facts: FactRegister, devices: int = 1) -> int:
        """Return for how many minutes the medicine is given: by a fact, by the clinic, or from the first device to the last.

        Raises:
            CatalogueError: there is no such fact or number.
        """
        given = self.session.given
        if isinstance(given, FactNumber):
            return int(given.value(facts))
        if given == "at-once":
            return 0
        if isinstance(self.dose, DoseByDevice):
            return int(answers["minutes_between_devices"]) * (devices - 1)
        return int(answers["given_minutes"])

    def needed_asks(self) -> set[str]:
        """Return the names of the questions whose answers the arithmetic of this protocol uses."""
        names = {"settle_minutes", "stay_minutes", "check_every_minutes"}
        names |= {f"{name}_minute" for name in ("strongest", "gone") if getattr(self.session, name) is None}
        if self.session.given is None:
            names.add("minutes_between_devices" if isinstance(self.dose, DoseByDevice) else "given_minutes")
        return names | self._dose_asks()

    def _dose_asks(self) -> set[str]:
        if isinstance(self.dose, DosePerKilogram):
            asked = self.dose.asked
            own = {asked.dose} if self.dose.per_kilogram is None else set()
            return own | {"dose_step", asked.lowest, asked.highest, "largest_dose"}
        return {"lowest_dose", "largest_dose"} if isinstance(self.dose, DoseByClinician) else set()
