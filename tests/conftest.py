"""What the tests share: the samples, a clinic folder of one's own, and the command line as a person meets it."""

from __future__ import annotations

import copy
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from briefing.catalogue import Catalogue, read_catalogue
from briefing.commands import main
from briefing.intake import parse_request, read_request
from briefing.models import PacketRequest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
ISSUED_ON = date(2026, 11, 24)  # the day the samples are written for; nothing in a test reads the clock
REFUSED_SAMPLES = {"wang-xiaoming"}


def sample_requests() -> list[Path]:
    """Return the sample requests that can be printed."""
    return sorted(path for path in (SAMPLES / "requests").glob("*.toml") if path.stem not in REFUSED_SAMPLES)


SHORT = ("ana-ruiz", "mohammed-alharbi", "priya-nair")  # a drip, a name from right to left, a later session by spray


def each_sample() -> list[object]:
    """Return each sample for a test that prints its packet: three by default, the others with `-m long`."""
    return [pytest.param(path, id=path.stem, marks=() if path.stem in SHORT else pytest.mark.long) for path in sample_requests()]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that writes golden texts and generated pages anew, for a person to review."""
    parser.addoption("--update", action="store_true", help="write golden texts and generated docs anew")


@pytest.fixture
def hold(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a file that a person has reviewed; with --update, write it anew."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert path.read_text() == text, f"{path.name} has changed: read it, then run pytest with --update"

    return compare


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code and what it said."""

    code: int
    out: str
    err: str


Briefing = Callable[..., Ran]


@pytest.fixture
def briefing(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Briefing:
    """Run the command line in this process, with all of `main` around it."""

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["briefing", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capfd.readouterr()
        return Ran(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def clinic_folder(tmp_path: Path) -> Path:
    """Return a copy of the sample clinic that a test may change."""
    folder = tmp_path / "clinic"
    shutil.copytree(SAMPLES / "clinic", folder, ignore=shutil.ignore_patterns("secret.key", ".*"))
    return folder


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Return the built-in documents with the sample clinic. It is frozen, so all tests can share it."""
    return read_catalogue(SAMPLES / "clinic")


@pytest.fixture(scope="session")
def _ana() -> dict[str, dict[str, object]]:
    tables = parse_request((SAMPLES / "requests" / "ana-ruiz.toml").read_text())
    return {name: table for name, table in tables.items() if isinstance(table, dict)}


@pytest.fixture
def ana(_ana: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """Return Ana Ruiz's request as plain data that a test may change."""
    return copy.deepcopy(_ana)


@pytest.fixture
def request_of(catalogue: Catalogue) -> Callable[[object], PacketRequest]:
    """Check plain data against the sample clinic."""

    def check(data: object) -> PacketRequest:
        assert isinstance(data, dict)
        return read_request(data, catalogue, ISSUED_ON)

    return check


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests print out of the user's own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    """See that no test leaves a secret in the samples: tests that need one use a folder of their own."""
    before = (SAMPLES / "clinic" / "secret.key").exists()
    yield
    assert (SAMPLES / "clinic" / "secret.key").exists() == before
