"""From TOML text to checked models: exact numbers, every problem with its place and its way out."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from briefing.errors import Problem
from briefing.fields import Count, Day, Key, Name, Text, YesNo
from briefing.models import Section
from briefing.toml_reading import UnreadableError, check, parse_toml, values_that_stand


class Inner(Section):
    color: Annotated[Text, Field(description="the color", examples=["green"])]
    since: Annotated[Day | None, Field(description="the day", examples=["2026-10-14"])] = None


class Round(Section):
    shape: Literal["round"]
    radius: Count


class Square(Section):
    shape: Literal["square"]
    side: Count


class Thing(Section):
    title: Annotated[Text, Field(description="the title", examples=["A thing"])]
    size: Annotated[int, Field(ge=1)] = 1
    ready: Annotated[YesNo, Field(description="whether it is ready", examples=[True])] = False
    tags: Annotated[tuple[Text, ...] | None, Field(description="the tags", examples=[["a", "b"]])] = None
    inner: Annotated[Inner | None, Field(description="the inner table", examples=[{"color": "green"}])] = None
    more: tuple[Inner, ...] = ()
    named: Mapping[Key, Inner] = {}
    form: Annotated[Round | Square, Field(discriminator="shape")] | None = None
    answers: Mapping[Name, Count | Text] = {}


def problems_of(data: object, where: str = "", file: str = "") -> list[Problem]:
    result = check(Thing, data, where, file)
    assert isinstance(result, list)
    return result


def test_decimals_come_back_exactly_as_written() -> None:
    assert parse_toml("a = 0.1\nb = 1.10") == {"a": Decimal("0.1"), "b": Decimal("1.10")}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = b", "line 1, column 5"),
        ('a = 1\nb = "x', "the end of the file"),
        ("a = 1\n\n= 2", "line 3, column 1"),
        ("a = 1\na = 2\nb = 3", "line 2, column 6"),
    ],
)
def test_what_is_no_toml_is_told_by_its_place(text: str, place: str) -> None:
    with pytest.raises(UnreadableError) as found:
        parse_toml(text)
    assert found.value.place == place


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 20_000, "a = " + "1" * 5_000, "a = 1e99999999999999999999", "a = 0b" + "1" * 99_000],
    ids=["deep", "long", "power", "binary"],
)
def test_a_value_no_file_needs_is_unreadable_and_no_bug(text: str) -> None:
    with contextlib.suppress(UnreadableError):
        assert parse_toml(text)


def test_a_right_table_becomes_a_frozen_model() -> None:
    thing = check(Thing, {"title": "A thing", "tags": ["a"], "inner": {"color": "green", "since": date(2026, 10, 14)}})
    assert isinstance(thing, Thing)
    assert thing.tags == ("a",)
    with pytest.raises(ValueError, match="frozen"):
        thing.title = "Another"


@pytest.mark.parametrize(
    ("data", "kind", "where", "to_do"),
    [
        ({}, "missing", "title", 'Give the title, such as: title = "A thing"'),
        ({"title": 7}, "wrong-value", "title", 'Give the title, such as: title = "A thing"'),
        ({"title": "a", "ready": 1}, "wrong-value", "ready", "Give whether it is ready, such as: ready = true"),
        ({"title": "a", "tags": "a"}, "wrong-type", "tags", 'Give the tags, such as: tags = ["a", "b"]'),
        ({"title": "a", "tags": ["a", ""]}, "wrong-value", "tags.2", 'Give the tags, such as: tags = ["a", "b"]'),
        ({"title": "a", "inner": 1}, "wrong-type", "inner", 'Give the inner table, such as: inner = { color = "green" }'),
        ({"title": "a", "inner": {}}, "missing", "inner.color", 'Give the color, such as: color = "green"'),
        (
            {"title": "a", "inner": {"color": "b", "since": "x"}},
            "wrong-value",
            "inner.since",
            "Give the day, such as: since = 2026-10-14",
        ),
        ({"title": None}, "null", "title", "Give a value, or leave the line out if the field may be absent."),
        (
            {"title": "a", "tags": ["a", None]},
            "null",
            "tags.2",
            "Give a value, or leave the line out if the field may be absent.",
        ),
        ({"title": "a", "size": 0}, "wrong-value", "size", "See docs/customising.md for what belongs here."),
    ],
)
def test_a_problem_has_its_kind_its_place_and_a_way_out(data: object, kind: str, where: str, to_do: str) -> None:
    (problem,) = problems_of(data)
    assert (problem.kind, problem.where, problem.what_to_do) == (kind, where, to_do)


def test_problems_are_told_all_at_once() -> None:
    data = {"tags": 1, "inner": {"colour": "a"}, "size": 0, "ready": None}
    assert sorted(problem.where for problem in problems_of(data)) == [
        "inner.color",
        "inner.colour",
        "ready",
        "size",
        "tags",
        "title",
    ]


def test_the_file_and_the_path_inside_it_stand_before_the_place() -> None:
    assert problems_of({}, "a-thing", "things/all.toml")[0].where == "things/all.toml: a-thing.title"
    assert problems_of({}, "", "things/all.toml")[0].where == "things/all.toml: title"


@pytest.mark.parametrize("data", [7, "text", [], [{"title": "a"}], True])
def test_what_is_no_table_at_all_is_refused_with_a_place(data: object) -> None:
    (problem,) = problems_of(data, "a-thing", "things/all.toml")
    assert (problem.kind, problem.where) == ("wrong-type", "things/all.toml: a-thing")


@pytest.mark.parametrize(
    ("data", "where", "meant"),
    [
        ({"titel": "a"}, "titel", "title"),
        ({"title": "a", "inner": {"color": "a", "sinse": 1}}, "inner.sinse", "since"),
        ({"title": "a", "more": [{"color": "a"}, {"color": "a", "sinse": 1}]}, "more.2.sinse", "since"),
        ({"title": "a", "named": {"one": {"color": "a", "sinse": 1}}}, "named.one.sinse", "since"),
    ],
    ids=["top", "table", "list", "named-tables"],
)
def test_an_unknown_key_is_told_the_nearest_known_one_at_every_depth(data: object, where: str, meant: str) -> None:
    problem = next(problem for problem in problems_of(data) if problem.kind == "unknown-key")
    assert (problem.where, problem.what_to_do) == (where, f"Did you mean {meant}?")


def test_a_key_that_is_already_set_is_not_suggested() -> None:
    (problem,) = problems_of({"title": "a", "titel": "b"})
    assert "title" not in problem.what_to_do


@pytest.mark.parametrize(
    ("data", "places"),
    [
        ({"title": "a", "form": {"shape": "round", "radios": 1}}, ["form.radios", "form.radius"]),
        ({"title": "a", "form": {"shape": "round", "radius": "1"}}, ["form.radius"]),
        ({"title": "a", "answers": {"minutes": True}}, ["answers.minutes"]),
        ({"title": "a", "answers": {"minutes": []}}, ["answers.minutes"]),
        ({"title": "a", "answers": {"Minutes!": 1}}, ["answers.Minutes!"]),
    ],
)
def test_a_place_is_the_path_in_the_file_and_nothing_else(data: object, places: list[str]) -> None:
    assert sorted({problem.where for problem in problems_of(data)}) == places


def test_a_choice_that_does_not_exist_lists_those_that_do() -> None:
    (problem,) = problems_of({"title": "a", "form": {"shape": "oval", "radius": 1}})
    assert "round" in problem.problem
    assert "square" in problem.problem
    assert "oval" not in problem.problem


@pytest.mark.parametrize("key", ["[key]", "", "0", "a.b"])
def test_no_key_is_strange_enough_to_be_a_bug(key: str) -> None:
    assert [problem.kind for problem in problems_of({"title": "a", key: 1})] == ["unknown-key"]


def test_values_that_stand_are_those_that_are_right_by_themselves() -> None:
    data = {"title": "a", "size": 0, "ready": True, "tags": ["a", 1], "inner": {"color": ""}, "unknown": 1}
    assert values_that_stand(Thing, data) == {"title": "a", "ready": True}
    assert values_that_stand(Thing, None) == {}
    assert values_that_stand(Thing, "text") == {}


_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.decimals(), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(sorted(Thing.model_fields)), st.text(max_size=5)),
        st.one_of(_VALUES, st.dictionaries(st.sampled_from(["color", "since", "shape", "radius"]), _VALUES)),
        max_size=5,
    )
)
def test_any_data_is_a_model_or_problems_that_name_a_place(data: dict[str, object]) -> None:
    result = check(Thing, data, "thing", "file.toml")
    if isinstance(result, list):
        assert result
        assert all(problem.where.startswith("file.toml: thing") and problem.what_to_do for problem in result)
