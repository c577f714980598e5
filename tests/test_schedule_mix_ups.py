"""Patients of one day who could be taken for each other: stopped where one could get the other's packet, flagged where names look alike."""

from __future__ import annotations

import json
import random
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.catalogue import Catalogue
from briefing.schedule import Row
from briefing.schedule.mix_ups import _one_slip_apart, stop_and_flag
from briefing.schedule.row_reading import ReadRow
from tests.schedules import as_csv, places, read, table

Person = tuple[str, str, str]
ANA = ("1001", "Ana Ruiz", "1986-04-02")


def held(*people: Person) -> list[Row]:
    read_rows = [
        ReadRow(Row(f"row {number}", None, record_number=mrn, name=name), date.fromisoformat(born))
        for number, (mrn, name, born) in enumerate(people, 2)
    ]
    return stop_and_flag(read_rows)


def kinds(row: Row) -> list[str]:
    return [problem.kind for problem in (*row.problems, *row.flags)]


@pytest.mark.parametrize("number", ["mrn 1001", "MRN1001", "ＭＲＮ１００１", "Mrn 10 01"])
def test_one_number_with_two_names_stops_both(number: str) -> None:
    rows = held(("MRN1001", "Ana Ruiz", "1986-04-02"), ("2002", "Bo Sand", "1970-01-01"), (number, "Cy Cole", "1990-01-01"))
    assert [kinds(row) for row in rows] == [["number-two-names"], [], ["number-two-names"]]
    assert "row 4" in rows[0].problems[0].problem
    assert "row 2" in rows[2].problems[0].problem


def test_one_number_twice_with_one_name_stops_both_and_names_the_other_row() -> None:
    rows = held(ANA, ANA)
    assert [kinds(row) for row in rows] == [["number-twice"], ["number-twice"]]


def test_a_stopped_row_has_no_request_and_others_keep_theirs(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = read(
        as_csv(table({}, {"Name": "Bo Sand"}, {"MRN": "7", "Name": "Cy Cole", "DOB": "1970-01-01"})), catalogue, tmp_path
    ).rows
    assert [row.request is not None for row in rows] == [False, False, True]


def test_a_row_with_a_slip_still_guards_its_number(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = read(as_csv(table({}, {"Name": "Bo Sand", "DOB": "x"})), catalogue, tmp_path).rows
    assert places(rows[0].problems) == [("number-two-names", "row 2")]


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (("2002", "Ana Ruiz", "1986-04-02"), "patient-two-numbers"),
        (("l00l", "Bo Sand", "1970-01-01"), "number-alike"),
        (("10O1", "Bo Sand", "1970-01-01"), "number-alike"),
        (("2002", "ANA RUÍZ", "1970-01-01"), "name-alike"),
        (("2002", "Anaruiz", "1970-01-01"), "name-alike"),
        (("2002", "Ruiz Ana", "1970-01-01"), "name-alike"),
        (("2002", "Alba Ruiz", "1970-01-01"), "name-alike"),
        (("2002", "Eva Ruiz", "1986-04-02"), "name-alike"),
        (("2002", "Eva Ruiz", "1986-04-03"), "name-alike"),
    ],
)
def test_look_alikes_are_flagged_in_both_rows_and_stop_nothing(other: Person, kind: str) -> None:
    rows = held(ANA, ("9", "Zora Quill", "1950-05-05"), other)
    assert [kinds(row) for row in rows] == [[kind], [], [kind]]
    assert not rows[0].problems
    assert "row 4" in rows[0].flags[0].problem
    assert "row 2" in rows[2].flags[0].problem


@pytest.mark.parametrize("name", ["Daniel Novacek", "Daniel Novaceks", "Danile Novacek", "Danel Novacek"])
def test_long_names_one_slip_apart_are_flagged(name: str) -> None:
    rows = held(("1", "Daniel Novacek", "1950-01-01"), ("2", name, "1977-07-17"))
    assert [kinds(row) for row in rows] == [["name-alike"]] * 2


@pytest.mark.parametrize(
    "other", [("2002", "Eva Ruiz", "1970-07-18"), ("2002", "Bo Sand", "1986-04-02"), ("1002", "Bo Sand", "1970-01-01")]
)
def test_patients_who_differ_are_not_flagged(other: Person) -> None:
    assert [kinds(row) for row in held(ANA, other)] == [[], []]


def test_no_flag_repeats_a_value() -> None:
    rows = held(ANA, ("2002", "Ana Ruiz", "1986-04-02"), ("1001", "Qzx7 Ruiz", "1986-04-02"))
    said = json.dumps([problem.as_dict() for row in rows for problem in (*row.problems, *row.flags)])
    assert not any(word in said for word in ("Ana", "Ruiz", "Qzx7", "1001", "2002", "1986"))


def _distance_at_most_one(one: str, other: str) -> bool:
    changed = {one[:i] + letter + one[i + 1 :] for i in range(len(one)) for letter in other}
    less = {one[:i] + one[i + 1 :] for i in range(len(one))}
    more = {one[:i] + letter + one[i:] for i in range(len(one) + 1) for letter in other}
    swapped = {one[:i] + one[i + 1] + one[i] + one[i + 2 :] for i in range(len(one) - 1)}
    return other in {one} | changed | less | more | swapped


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_a_slip_is_what_trying_every_slip_finds(one: str, other: str) -> None:
    assert _one_slip_apart(one, other) == _distance_at_most_one(one, other)


def test_five_thousand_rows_take_seconds_even_if_all_are_alike() -> None:
    chance = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [f"{''.join(chance.choices(letters, k=6))} {''.join(chance.choices(letters, k=8))}" for _ in range(4000)]
    people = [(str(n), name, "1986-04-02") for n, name in enumerate(names)]
    people += [(str(10_000 + n), "Ana Ruiz", "1986-04-02") for n in range(1000)]
    start = time.process_time()
    rows = held(*people)
    assert time.process_time() - start < 10
    assert all(kinds(row) for row in rows[4000:])
    assert max(len(flag.problem) for row in rows for flag in row.flags) < 300
