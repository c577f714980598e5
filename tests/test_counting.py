"""How far a long job is, told as people expect it."""

from __future__ import annotations

import sys

import pytest

from briefing.commands.counting import counting
from briefing.commands.reporting import Reporter


def count_to_three(*, quiet: bool = False, as_json: bool = False) -> None:
    with counting("packets", 3, Reporter(as_json, quiet, verbose=False)) as count:
        for done in (1, 2, 3):
            count(done)


def test_without_a_terminal_there_are_plain_lines_and_few(capsys: pytest.CaptureFixture[str]) -> None:
    count_to_three()
    told = capsys.readouterr()
    assert told.err == "3 of 3 packets\n"
    assert told.out == ""


def test_with_quiet_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    count_to_three(quiet=True)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")


@pytest.mark.parametrize("as_json", [False, True])
def test_a_terminal_gets_a_bar_unless_json_is_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    count_to_three(as_json=as_json)
    told = capsys.readouterr()
    assert told.out == ""
    assert ("\r" in told.err) is not as_json
    assert "3/3" in told.err or as_json
