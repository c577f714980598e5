"""Lines of keys: the key itself, or the innermost table around it."""

from __future__ import annotations

import pytest

from briefing.catalogue import CatalogueFile
from briefing.errors import Problem
from briefing.toml_places import line_of, with_line

TEXT = """# A comment
version = 1
title.en = "A"

[our-fact]
numbers = { with = 1 }
text.en = "x"
[[parts]]
id = "a"
[[parts]]
id = "b"
when = { stage = ["consultation"] }
[protocols."iv-depression"]  # a comment
settle_minutes = 30
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("version", 2),
        ("title.en", 3),
        ("our-fact", 5),
        ("our-fact.numbers.with", 6),
        ("our-fact.text.en", 7),
        ("our-fact.source", 5),
        ("parts.1.id", 9),
        ("parts.2.id", 11),
        ("parts.2.when.stage.1", 12),
        ("protocols.iv-depression.settle_minutes", 14),
        ("protocols.iv-depression.stay_minutes", 13),
        ("nothing", None),
    ],
)
def test_a_key_is_found_by_its_path(key: str, line: int | None) -> None:
    assert line_of(key, TEXT) == line


def test_a_problem_of_a_file_of_settings_gets_its_line_and_others_stay() -> None:
    files = {"a.toml": CatalogueFile("a.toml", TEXT.encode(), "clinic", "0")}

    def where(place: str) -> str:
        return with_line(Problem("missing", place, "it is missing.", "Add it."), files).where

    assert where("a.toml: our-fact.source") == "a.toml, line 5: our-fact.source"
    assert where("a.toml: nothing") == "a.toml: nothing"
    assert where("b.toml: version") == "b.toml: version"
    assert where("a.html.j2, line 3") == "a.html.j2, line 3"
