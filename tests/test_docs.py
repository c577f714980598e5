"""Pages that list things are made from the code, or held against it."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from briefing import template_context
from briefing.catalogue import Catalogue, When
from briefing.commands import _COMMANDS
from briefing.figures import SessionDrawing
from briefing.glossary import GlossaryWord
from briefing.packet import StripPage
from briefing.packet.strips import StripPlace
from briefing.protocols import (
    Ask,
    BeforeAndAfter,
    DoseByClinician,
    DoseByDevice,
    DosePerKilogram,
    FactNumber,
    Protocol,
    SessionTimes,
)
from briefing.template_functions import Record, TemplateFunctions
from tests.conftest import ROOT

DOCS = ROOT / "docs"
HEAD = """# What a template may use

Made from the code by `./run test tests/test_docs.py --update`; a test holds the two together. Whatever is not listed here
may change without notice. Values that are absent print nothing and are refused, so ask first: `{% if companion %}`.

Text that a person typed prints as typed, whatever it looks like. It must not stand in an attribute.
"""
PLAIN = """
## Plain values

- `document`, `parts`: this document and its sections that apply
- `language`, `issued`, `packet_id`: the language code, the day of issue in words, the packet's id
- `w`: the labels of the language, as `w["signature"]` or `w.say("count_of", count=3, of=10)`
- `protocol`, `plan`: the protocol and the worked-out plan, for pages for staff (see `briefing/protocols.py`, `briefing/dosing.py`)
- `contents`, `sources`, `versions`, `reviews`, `glossary`: only in a document whose definition says it `needs` them
"""


def described(cls: type) -> Iterator[str]:
    yield f"\n### {cls.__name__}\n"
    yield f"{inspect.getdoc(cls)}\n"
    if dataclasses.is_dataclass(cls):
        yield from (f"- `{field.name}`: {str(field.type).replace('|', 'or')}" for field in dataclasses.fields(cls))
    for name, member in vars(cls).items():
        if isinstance(member, property) and not name.startswith("_"):
            yield f"- `{name}`: {inspect.getdoc(member)}"


def page(functions: dict[str, Callable[..., object]]) -> str:
    classes = [
        cls for _, cls in inspect.getmembers(template_context, inspect.isclass) if cls.__module__ == template_context.__name__
    ]
    lines = [HEAD, "## Functions\n"]
    lines += [f"- `{name}{signature(function)}`: {inspect.getdoc(function)}" for name, function in functions.items()]
    lines += [PLAIN, "## Variables and their fields"]
    for cls in (*sorted(classes, key=lambda cls: cls.__name__), GlossaryWord, SessionDrawing, StripPage, StripPlace):
        lines += described(cls)
    return "\n".join(lines) + "\n"


def signature(function: Callable[..., object]) -> str:
    return re.sub(r": '([^']*)'", r": \1", str(inspect.signature(function)).partition(" ->")[0])


def test_the_template_contract_is_documented(catalogue: Catalogue, hold: Callable[[Path, str], None]) -> None:
    functions = TemplateFunctions(catalogue.facts, "en", "patient", Record())
    hold(DOCS / "template-context.md", page(functions.offered()))


def test_every_field_a_template_may_use_is_explained() -> None:
    for _, cls in inspect.getmembers(template_context, dataclasses.is_dataclass):
        assert inspect.getdoc(cls), cls


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"briefing {command}" in (ROOT / "README.md").read_text()


def test_every_module_is_in_the_architecture() -> None:
    text = (DOCS / "architecture.md").read_text()
    for path in (ROOT / "briefing").glob("*.py"):
        if not path.stem.startswith("_"):
            assert f"`{path.stem}`" in text or f"{path.stem}." in text, path.stem


def test_the_guide_names_every_file_a_clinic_may_add() -> None:
    text = (DOCS / "customising.md").read_text()
    for name in (
        "clinic.toml",
        "approvals.toml",
        "documents/",
        "inserts/",
        "protocols/",
        "facts/",
        "wording/",
        "layout/",
        "style/",
        "secret.key",
    ):
        assert name in text


def test_every_link_between_our_pages_leads_somewhere() -> None:
    for path in (ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), (path.name, target)


def keys_of(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_the_guide_to_protocols_names_every_key_rule_kind_and_protocol(catalogue: Catalogue) -> None:
    named = set(re.findall(r"[\w.<>-]+", " ".join(re.findall(r"`([^`]*)`", (DOCS / "protocols.md").read_text()))))
    rules = (DosePerKilogram, DoseByDevice, DoseByClinician)
    tables = (SessionTimes, BeforeAndAfter, Ask, FactNumber)
    keys = {key for model in (Protocol, *rules, *tables) for key in keys_of(model)} - {
        "title",
        "dose",
        "session",
        "around",
        "asks",
    }
    assert keys <= named
    assert {value for model in rules for value in get_args(model.model_fields["rule"].annotation)} <= named
    assert set(get_args(Ask.model_fields["kind"].annotation)) <= named
    assert set(catalogue.protocols) <= named
    asked = {name for protocol in catalogue.protocols.values() for name in protocol.asks}
    assert asked <= named


def test_the_guide_to_customising_names_what_a_when_can_ask() -> None:
    text = (DOCS / "customising.md").read_text()
    assert all(f"`{key}`" in text for key in keys_of(When))
