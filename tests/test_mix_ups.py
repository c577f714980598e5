"""The search for mix-ups finds them; the days that it searches are made for being mixed up."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import mix_ups
from benchmarks.mix_ups import Engine, a_day, foreign_on, mixed_sheets, names_of, one_day, small_clinic, with_blank_rows

ANA, BEN = frozenset({"AnaRuiz", "MRN-1", "April2,1986"}), frozenset({"BenRuiz", "MRN-2", "April2,1986"})
NAMES = {"MRN-1": ANA, "MRN-2": BEN}
OWNERS = {"AAAA-AAAA": "MRN-1", "BBBB-BBBB": "MRN-2"}
FEW = 2  # the seed of a day of five patients


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine.of(small_clinic(tmp_path_factory.mktemp("house")))


def test_a_day_has_nobody_elses_page_and_a_planted_one_is_found(engine: Engine, tmp_path: Path) -> None:
    for name in ("right", "wrong"):
        (tmp_path / name).mkdir()
    right = one_day(engine, FEW, tmp_path / "right")
    assert right.packets >= 2
    assert right.pages > right.packets * mix_ups.PAGES * 2  # each once in its packet, and once in the stack
    assert right.hits == ()
    wrong = one_day(engine, FEW, tmp_path / "wrong", planted=True)
    assert [(name.startswith("packet-"), page) for name, page in wrong.hits] == [(True, mix_ups.PAGES + 2)]


def test_the_same_seed_makes_the_same_day_and_families_are_among_them() -> None:
    assert a_day(7) == a_day(7)
    days = [a_day(seed) for seed in range(1, 11)]
    assert all(mix_ups.FEWEST <= len(day) <= mix_ups.MOST for day in days)
    for day in days:
        assert len({str(request["patient"]["record_number"]) for request in day}) == len(day)
    surnames = [str(request["patient"]["name"]).split(" ", maxsplit=1)[1] for day in days for request in day]
    assert len(set(surnames)) < len(surnames)


def test_blank_rows_lose_no_row() -> None:
    table = "a,b\n" + "".join(f"{number},x\n" for number in range(100))
    mixed = with_blank_rows(table, 3).splitlines()
    assert mixed.count(",") > 0
    assert [line for line in mixed if line != ","] == table.splitlines()


def test_what_two_patients_share_names_neither_of_them_wrongly() -> None:
    assert not foreign_on("About AnaRuiz, bornApril2,1986", "MRN-1", NAMES)
    assert foreign_on("About AnaRuiz and BenRuiz", "MRN-1", NAMES)


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        (["AAAA-AAAA AnaRuiz", "AAAA-AAAA"], []),
        (["AAAA-AAAA AnaRuiz", "BBBB-BBBB BenRuiz"], [0]),  # two packets on one sheet
        (["", "", "AAAA-AAAA AnaRuiz", "AAAA-AAAA BenRuiz"], [2]),  # one packet that names another patient
        (["BenRuiz", ""], [0]),  # of no packet, and yet a patient is named
    ],
)
def test_a_sheet_is_one_patients(pages: list[str], found: list[int]) -> None:
    assert list(mixed_sheets(pages, OWNERS, NAMES)) == found


def test_identifiers_are_searched_as_they_are_printed() -> None:
    request = a_day(7)[0]
    names = names_of(request)
    assert "".join(str(request["patient"]["name"]).split()) in names
    assert len(names) == 5
