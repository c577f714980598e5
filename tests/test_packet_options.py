"""The options of `briefing packet` that say how a packet is made: two-sided, with a booklet, for which use."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import click
import pytest

from briefing.commands.asking import ask_password
from briefing.errors import InputError
from briefing.pdf_reading import opens_with, read_pages
from tests.conftest import SAMPLES, Briefing, Ran
from tests.processes import made_in_two_processes, printed_in_two_processes

ANA = SAMPLES / "requests" / "ana-ruiz.toml"
ISSUED = ("--issued-on", "2026-11-24")
PASSWORD = "lamp.river.stone.violin"


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n")
    path.chmod(0o600)
    return path


def make(briefing: Briefing, clinic: Path, out: Path, *more: object, request: Path = ANA) -> Ran:
    return briefing("packet", request, "--clinic", clinic, "--out", out, *ISSUED, *more)


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) if folder.exists() else []


def test_a_booklet_lies_beside_its_packet_and_the_manifest_knows_it(
    briefing: Briefing, clinic_folder: Path, tmp_path: Path
) -> None:
    ran = make(briefing, clinic_folder, tmp_path / "out", "--booklet", "--duplex", "--json")
    told = json.loads(ran.out)
    assert ran.code == 0, ran
    booklet, packet, manifest = (Path(told[key]) for key in ("booklet", "packet", "manifest"))
    assert visible(tmp_path / "out") == sorted([booklet.name, packet.name, manifest.name])
    assert booklet.name == f"booklet-{told['packet_id']}.pdf"
    assert booklet.stat().st_mode & 0o777 == 0o600
    described = json.loads(manifest.read_text())
    assert described["booklet"]["file"] == booklet.name
    assert described["booklet"]["sha256"] == hashlib.sha256(booklet.read_bytes()).hexdigest()
    assert described["edition"] == "print"
    assert described["claims"] == ["PDF/UA-1", "PDF/A-2a"]
    assert len(described["blank_pages"]) > 2
    with read_pages(booklet.read_bytes()) as sides:
        assert len(sides) == 2 * described["booklet"]["sheets"]
        assert {side.width / side.height > 1 for side in sides} == {True}
    assert briefing("verify", packet).code == 0
    assert briefing("verify", booklet).code == 2
    booklet.write_bytes(booklet.read_bytes() + b" ")
    changed = briefing("verify", packet, "--json")
    assert changed.code == 7
    assert [problem["kind"] for problem in json.loads(changed.out)["problems"]] == ["booklet-changed"]


def test_a_booklet_that_cannot_be_written_leaves_nothing(
    briefing: Briefing, clinic_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = "briefing.delivery._write_part"
    from briefing.delivery import _write_part

    def full(folder: Path, name: str, data: bytes) -> Path:
        if name.startswith("booklet-"):
            raise OSError(28, "No space left on device")
        return _write_part(folder, name, data)

    monkeypatch.setattr(write, full)
    ran = make(briefing, clinic_folder, tmp_path / "out", "--booklet", "--json")
    assert ran.code == 8
    assert visible(tmp_path / "out") == []


def test_an_email_packet_is_locked_and_its_password_is_nowhere(
    briefing: Briefing, clinic_folder: Path, tmp_path: Path, password_file: Path
) -> None:
    ran = make(
        briefing, clinic_folder, tmp_path / "out", "--edition", "email", "--password-file", password_file, "--json", "--verbose"
    )
    assert ran.code == 0, ran
    told = json.loads(ran.out)
    data, manifest = Path(told["packet"]).read_bytes(), Path(told["manifest"]).read_text()
    assert not opens_with(data, None)
    with read_pages(data, PASSWORD) as pages:
        assert len(pages) == told["pages"]
        assert "Ana Ruiz" in pages[0].text_above(0)
    described = json.loads(manifest)
    assert described["packet_sha256"] == hashlib.sha256(data).hexdigest()
    assert (described["edition"], described["claims"], described["booklet"]) == ("email", ["PDF/UA-1"], None)
    assert not any(PASSWORD in said for said in (ran.out, ran.err, manifest))
    assert PASSWORD.encode() not in data


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--edition", "email", "--booklet"), "for paper"),
        (("--edition", "archive", "--booklet"), "for paper"),
        (("--password-file", "x"), "--edition email"),
        (("--edition", "archive", "--password-file", "x"), "--edition email"),
        (("--edition", "mail"), "email"),
        (("--edition", "email"), "--password-file"),
        (("--password", "x"), "No such option"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    options: tuple[str, ...], said: str, briefing: Briefing, clinic_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    ran = make(briefing, clinic_folder, tmp_path / "out", *options, "--json")
    assert ran.code == 2
    assert said in json.loads(ran.out)["problems"][0]["problem"]
    assert visible(tmp_path / "out") == []


def test_a_poor_or_guessable_password_stops_before_anything_is_made(
    briefing: Briefing, clinic_folder: Path, tmp_path: Path, password_file: Path
) -> None:
    for text, kind in (("short", "password"), ("lamp.river.ruiz", "password")):
        password_file.write_text(text)
        ran = make(briefing, clinic_folder, tmp_path / "out", "--edition", "email", "--password-file", password_file, "--json")
        assert ran.code == 3
        assert json.loads(ran.out)["problems"][0]["kind"] == kind
        assert text not in ran.out + ran.err
    assert visible(tmp_path / "out") == []


# --- Asking at the terminal ---


class Terminal:
    """Types passwords that nobody sees."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
        self.asked: list[str] = []
        answers = iter(typed)

        def answer(prompt: str) -> str:
            self.asked.append(prompt)
            return next(answers)

        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("click.termui.hidden_prompt_func", answer)


def test_a_password_is_asked_for_twice_and_shown_never(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(monkeypatch, PASSWORD, PASSWORD)
    password = ask_password("email", None)
    assert password is not None
    assert password.text == PASSWORD
    assert len(terminal.asked) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert PASSWORD not in captured.err


def test_two_that_differ_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, PASSWORD, f"{PASSWORD}!", PASSWORD, PASSWORD)
    assert ask_password("email", None) is not None
    assert len(terminal.asked) == 4


def test_a_poor_one_typed_at_the_terminal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Terminal(monkeypatch, "short", "short")
    with pytest.raises(InputError):
        ask_password("email", None)


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(click.UsageError):
        ask_password("email", None)
    assert ask_password("print", None) is None


# --- The same input gives the same bytes ---

_DIGESTS = """
import hashlib
from briefing.choices import Choices
from tests.bound import CONSENT, HANDOUT, bound, printed
for choices in (Choices(duplex=True, booklet=True), Choices(edition="archive")):
    packet = bound(printed("consent", "en", CONSENT), printed("handout", "es", HANDOUT), choices=choices)
    print(hashlib.sha256(packet.data).hexdigest(), hashlib.sha256(packet.booklet.data if packet.booklet else b"").hexdigest())
"""


def test_two_sided_booklet_and_archive_give_the_same_bytes_in_separate_processes() -> None:
    told = printed_in_two_processes(_DIGESTS)
    assert told[0] == told[1]
    assert len(told[0].split()) == 4


@pytest.mark.long
@pytest.mark.parametrize("options", [("--duplex", "--booklet"), ("--edition", "archive")], ids=["two-sided", "archive"])
def test_a_whole_packet_gives_the_same_bytes_in_separate_processes(
    options: tuple[str, ...], clinic_folder: Path, tmp_path: Path
) -> None:
    made = made_in_two_processes(clinic_folder, tmp_path, *options)
    assert made[0] == made[1]
    assert len([name for name in made[0] if not name.startswith(".")]) == (3 if "--booklet" in options else 2)
