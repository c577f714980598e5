"""`briefing explain`: why each document and section is in a packet or not, and how what was recorded was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.reporting import DAY, FOLDER, Reporter, output_options

if TYPE_CHECKING:
    from briefing.catalogue import Catalogue
    from briefing.health import Flag, Health, Talk
    from briefing.models import PacketRequest
    from briefing.selection import Selection
    from briefing.vocabulary import Reading


@click.command()
@click.argument("request", metavar="REQUEST")
@click.option("--clinic", "clinic_folder", type=FOLDER, help="The clinic's folder; the built-in documents alone when left out.")
@click.option("--issued-on", type=DAY, help="The day of issue, as year-month-day; today when left out.")
@output_options
def explain(request: str, clinic_folder: Path | None, issued_on: datetime | None, reporter: Reporter) -> None:
    """Say why each document and section is in a packet or not.

    Says also how each recorded condition, medicine and allergy was read: which entry of the vocabulary it names, through which
    name, and which lines come from it. What is said here is a patient's: it is for the screen of whoever makes the packet.
    """
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.commands.making import day_of_issue
    from briefing.health import read_health
    from briefing.intake import parse_request, read_request, read_text
    from briefing.selection import choose_documents

    text = read_text(request)
    catalogue = read_catalogue(clinic_folder)
    day = day_of_issue(issued_on, catalogue.clinic)
    checked = read_request(parse_request(text), catalogue, day)
    selection = choose_documents(catalogue, checked)
    health = read_health(checked, catalogue.vocabulary, catalogue.protocols[checked.treatment.protocol].medicine)
    places = _Places(_telling("health.talk", selection, catalogue), _telling("health.flags", selection, catalogue))
    witness, condition = _witness(checked, catalogue), _condition(checked, catalogue)
    lines = (*_lines(selection), *_recorded_lines(health, places), f"for_condition: {condition}", f"witness: {witness}")
    talks = health.talks("conditions", "medicines", "allergies") if places.talks else ()
    data = {
        "documents": list(_data(selection)),
        "recorded": list(_recorded(health)),
        "talk": [{**_told(talk), "in": places.talks} for talk in talks],
        "flags": [{**_told(flag), "check": flag.is_doubtful, "in": places.flags} for flag in health.flags],
        "for_condition": condition,
        "witness": witness,
    }
    reporter.result("\n".join(lines), data)


def _lines(selection: Selection) -> Iterator[str]:
    for chosen in selection.chosen:
        yield f"in   {chosen.id} ({chosen.language}): {_reason(selection, chosen.id)}"
        for decision in chosen.decisions:
            yield f"       {'in ' if decision.is_in else 'out'} {decision.name}: {decision.reason}"
    for decision in selection.decisions:
        if not decision.is_in:
            yield f"out  {decision.name}: {decision.reason}"


def _reason(selection: Selection, name: str) -> str:
    return next(decision.reason for decision in selection.decisions if decision.name == name)


def _data(selection: Selection) -> Iterator[dict[str, object]]:
    parts = {chosen.id: chosen.decisions for chosen in selection.chosen}
    for decision in selection.decisions:
        sections = [{"id": part.name, "in": part.is_in, "reason": part.reason} for part in parts.get(decision.name, ())]
        yield {"id": decision.name, "in": decision.is_in, "reason": decision.reason, "sections": sections}


@dataclass(frozen=True, slots=True)
class _Places:
    """In which documents of the packet lines to talk about stand, and in which flags."""

    talks: list[str]
    flags: list[str]


def _telling(what: str, selection: Selection, catalogue: Catalogue) -> list[str]:
    """Return the documents of a packet whose templates print something of the contract."""
    from briefing.selection import ChosenDocument  # `--help` must be quick
    from briefing.template_files import closure, template_source

    return [
        item.id
        for item in selection.chosen
        if isinstance(item, ChosenDocument)
        and any(what in template_source(name, catalogue) for name in closure(item.document.template(item.language), catalogue))
    ]


def _recorded_lines(health: Health, places: _Places) -> Iterator[str]:
    """Yield a line for each recorded text, and below it what comes of it."""
    for item in health.recorded:
        yield f"read {item.where} ({item.reading.text}): {_how(item.reading)}"
        for talk in health.talks(item.kind) if places.talks else ():
            if item in talk.recorded:
                yield f"       a line to talk about in {', '.join(places.talks)}: facts {', '.join(talk.facts)}"
        for flag in health.flags if places.flags else ():
            if item in flag.recorded:
                check = ", to check" if flag.is_doubtful else ""
                yield f"       a flag{check} in {', '.join(places.flags)}: {flag.entry.id}, facts {', '.join(flag.facts)}"


def _how(reading: Reading) -> str:
    names = ", ".join(f"{found.entry.id} through “{found.through}”" for found in reading.found)
    if reading.is_doubtful:
        return f"names {names}, but says more: {' '.join(reading.rest)}. To check"
    return f"names {names}" if names else "not recognised"


def _recorded(health: Health) -> Iterator[dict[str, object]]:
    for item in health.recorded:
        yield {
            "where": item.where,
            "text": item.reading.text,
            "state": "recognised" if item.reading.is_plain else "to check" if item.reading.is_doubtful else "not recognised",
            "names": [
                {"kind": found.entry.kind, "entry": found.entry.id, "through": found.through} for found in item.reading.found
            ],
            "words_left": list(item.reading.rest),
        }


def _told(line: Talk | Flag) -> dict[str, object]:
    return {
        "kind": line.entry.kind,
        "entry": line.entry.id,
        "because_of": [item.where for item in line.recorded],
        "facts": list(line.facts),
    }


def _condition(request: PacketRequest, catalogue: Catalogue) -> str:
    """Say how what is treated is printed on the patient's pages."""
    language = request.patient.language
    if catalogue.clinic is None or language == catalogue.clinic.language:
        return "printed as typed"
    name = catalogue.vocabulary.name_of_condition(request.treatment.for_condition, language)
    return f"printed as “{name}” on pages in {language}" if name else f"not recognised, printed as typed on pages in {language}"


def _witness(request: PacketRequest, catalogue: Catalogue) -> str:
    from briefing.people import witness_signs  # `--help` must be quick

    rule = catalogue.clinic.rules.witness if catalogue.clinic else None
    if request.signing.witness:
        return "signs, as the request asks for one"
    if witness_signs(request, catalogue.clinic):
        return f"signs, by the clinic's rule: {rule}"
    return f"does not sign, by the clinic's rule: {rule}" if rule else "does not sign, as nobody asks for one"
