"""The benchmarks run as they are written, and measure what they say."""

from __future__ import annotations

import pytest

from benchmarks.binding import CASES, HEAD, STAGES, measure, row
from tests.conftest import SAMPLES


def test_every_case_is_a_sample() -> None:
    for name, _ in CASES.values():
        assert (SAMPLES / "requests" / f"{name}.toml").is_file()


@pytest.mark.long
def test_binding_and_proving_cost_less_than_rendering() -> None:
    measured = measure("first session")
    assert measured["pages"] > 20
    assert measured["bind"] + measured["verify"] < measured["render"]
    assert set(STAGES) < set(measured)


@pytest.mark.long
def test_a_row_fits_the_head_of_the_table() -> None:
    assert row("next session", 1).count("|") == HEAD.splitlines()[0].count("|")
