"""Passwords: only good ones are taken, only from where nobody else can read them, and none is ever told again."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from briefing.errors import InputError
from briefing.models import PacketRequest
from briefing.passwords import LONGEST, SHORTEST, Password, new_password, read_password, refuse_guessable

GOOD = "lamp.river.stone.violin"


def refused(text: str) -> str:
    with pytest.raises(InputError) as error:
        new_password(text, "here")
    told = str(error.value)
    assert {problem.kind for problem in error.value.problems} == {"password"}
    assert not text.strip() or text not in told
    return told


def kept_in(path: Path, data: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "fewer"),
        ("abcdefghijk", "fewer"),
        ("x" * 3 + GOOD * 6, "more than"),
        ("pässwörter sind gut", "do not agree"),
        ("lamp\triver stone", "do not agree"),
        ("lamp river\nstone violin", "do not agree"),
        (f" {GOOD}", "space"),
        (f"{GOOD} ", "space"),
        ("aaaaaaaaaaaaaaaa", "repeats"),
        ("abababababababab", "repeats"),
    ],
)
def test_a_poor_password_is_refused_without_being_told(text: str, said: str) -> None:
    assert said in refused(text)


@pytest.mark.parametrize("text", [GOOD, "Tr0ub4dor&3xyz", "four words with spaces", "abcdef" * 2, GOOD * 5])
def test_a_good_password_is_taken(text: str) -> None:
    assert SHORTEST <= len(text) <= LONGEST
    assert new_password(text, "here").text == text


def test_a_password_is_never_shown() -> None:
    password = new_password(GOOD, "here")
    assert repr(password) == str(password) == "Password()"


def test_the_owners_password_is_another_one_each_time() -> None:
    owners = {new_password(GOOD, "here").owner for _ in range(5)}
    assert len(owners) == 5
    assert GOOD not in owners


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_only_line_of_a_file_is_taken(end: bytes, tmp_path: Path) -> None:
    assert read_password(kept_in(tmp_path / "password", GOOD.encode() + end)).text == GOOD


@pytest.mark.parametrize("data", [b"", b"\n", GOOD.encode() + b"\n\n", GOOD.encode() + b"\nmore\n", GOOD.encode() + b" \n"])
def test_a_file_that_holds_something_else_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_password(kept_in(tmp_path / "password", data))
    assert {problem.kind for problem in error.value.problems} == {"password"}


def file_problem(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_password(path)
    (problem,) = error.value.problems
    assert problem.kind == "password-file"
    assert problem.where == "--password-file"
    return problem.problem


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o602, 0o660])
def test_a_file_that_others_can_reach_is_refused(mode: int, tmp_path: Path) -> None:
    assert "other users" in file_problem(kept_in(tmp_path / "password", GOOD.encode(), mode))


def test_what_is_no_plain_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "plain file" in file_problem(tmp_path / "pipe")
    assert "plain file" in file_problem(tmp_path)
    assert "no such file" in file_problem(tmp_path / "missing")
    assert "not text" in file_problem(kept_in(tmp_path / "picture", b"\x89PNG\xff\xfe"))


# --- What whoever knows the patient would try ---


@pytest.mark.parametrize(
    "text",
    [
        "Ana.lamp.river",
        "lamp.river.RUIZ",
        "MRN-004217.lamp",
        "lamp.02/04/1986",
        "lamp.04/02/1986",
        "lamp 1986-04-02",
        "lamp.river.860402",
    ],
)
def test_a_password_made_of_the_patients_details_is_refused(
    text: str, ana: dict[str, dict[str, object]], request_of: Callable[[object], PacketRequest]
) -> None:
    request = request_of(ana)
    assert (request.patient.name, request.patient.date_of_birth) == ("Ana Ruiz", date(1986, 4, 2))
    with pytest.raises(InputError) as error:
        refuse_guessable(Password(text, ""), request)
    told = str(error.value)
    assert not any(detail in told for detail in (text, "Ruiz", "1986", "004217"))


@pytest.mark.parametrize("text", [GOOD, "ruin zebra 1985 lamp"])
def test_other_words_are_let_through(
    text: str, ana: dict[str, dict[str, object]], request_of: Callable[[object], PacketRequest]
) -> None:
    refuse_guessable(Password(text, ""), request_of(ana))
