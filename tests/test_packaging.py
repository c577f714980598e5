"""What ships is tested as shipped: the wheel, the editable install and the bare checkout, each run from elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_editable, build_sdist, build_wheel

from tests.conftest import ROOT

PRINT_WHERE = "from briefing.resources import templates_folder; print(templates_folder())"


def shipped(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".") and path.name != "secret.key"
    }


def run(code: str, cwd: Path, path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONSAFEPATH": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def in_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("in_checkout")
def test_the_wheel_holds_the_code_and_every_template_and_nothing_else(tmp_path: Path) -> None:
    wheel = tmp_path / build_wheel(str(tmp_path))
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == shipped("briefing") | {f"briefing/{name}" for name in shipped("templates")}


@pytest.mark.usefixtures("in_checkout")
def test_the_wheel_works_from_elsewhere(tmp_path: Path) -> None:
    wheel = tmp_path / build_wheel(str(tmp_path))
    home = tmp_path / "home"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(home)
    assert run(PRINT_WHERE, tmp_path, home) == str(home / "briefing" / "templates")
    code = "import sys; sys.argv = ['briefing', 'doctor']; from briefing.commands import main; main()"
    assert "printed" in run(code, tmp_path, home)


@pytest.mark.usefixtures("in_checkout")
def test_an_editable_install_uses_the_checkouts_templates(tmp_path: Path) -> None:
    wheel = tmp_path / build_editable(str(tmp_path))
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        paths = [archive.read(name).decode().split() for name in names if name.endswith(".pth")]
    assert not [name for name in names if name.endswith(".j2")]  # a copy would go stale
    assert paths == [[str(ROOT)]]
    assert run(PRINT_WHERE, tmp_path, ROOT) == str(ROOT / "templates")


def test_a_bare_checkout_runs_from_anywhere(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, ROOT / "cli.py", "doctor"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "printed" in done.stdout


@pytest.mark.usefixtures("in_checkout")
def test_the_source_archive_can_build_the_wheel_and_run_the_tests(tmp_path: Path) -> None:
    import tarfile

    archive = tmp_path / build_sdist(str(tmp_path))
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {"pyproject.toml", "requirements.lock", "requirements-dev.lock", "run", "cli.py", "LICENSE", "README.md"} <= names
    assert shipped("templates") | shipped("briefing") | shipped("samples") | shipped("tests") <= names


def test_the_locks_name_no_registry_and_pin_every_package_by_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pins = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert pins
        assert all(line.endswith("\\") for line in pins)
    assert not (ROOT / "uv.lock").exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="what is tracked can only be asked of git")
def test_no_clinics_secret_is_in_the_repository() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert "secret.key" not in tracked
