"""Writing: whole or not at all, for the owner's eyes only, and one run to a folder at a time."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from briefing.delivery import deliver, prepare_folder, sole_run
from briefing.errors import BusyError, DeliveryError
from tests.conftest import ROOT


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    folder = tmp_path / "clinic"
    folder.mkdir()
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".briefing.lock")


def failing(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


# --- The folder ---


def test_a_folder_that_is_missing_is_made_for_the_owner_only(tmp_path: Path, clinic: Path) -> None:
    folder = prepare_folder(tmp_path / "new" / "out", clinic)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_is_there_is_taken(out: Path, clinic: Path) -> None:
    assert prepare_folder(out, clinic) == out.resolve()


@pytest.mark.parametrize("where", [".", "out", "documents/out", "../clinic", "../clinic/../clinic/out", ".."])
def test_a_folder_that_is_holds_or_lies_in_the_clinic_is_refused(clinic: Path, where: str) -> None:
    before = sorted(clinic.parent.rglob("*"))
    with pytest.raises(DeliveryError) as error:
        prepare_folder(clinic / where, clinic)
    assert error.value.problems[0].kind == "out-in-clinic"
    assert sorted(clinic.parent.rglob("*")) == before


def test_a_neighbour_whose_name_begins_like_the_clinic_is_fine(tmp_path: Path, clinic: Path) -> None:
    assert prepare_folder(tmp_path / "clinic-out", clinic).is_dir()


def test_a_link_is_refused_wherever_it_leads(tmp_path: Path, out: Path, clinic: Path) -> None:
    for target in (out, clinic, tmp_path / "nowhere"):
        link = tmp_path / "link"
        link.symlink_to(target)
        with pytest.raises(DeliveryError) as error:
            prepare_folder(link, clinic)
        assert error.value.problems[0].kind == "out-is-link"
        link.unlink()


def test_a_way_into_the_clinic_through_a_link_is_refused(tmp_path: Path, clinic: Path) -> None:
    (tmp_path / "link").symlink_to(clinic)
    with pytest.raises(DeliveryError) as error:
        prepare_folder(tmp_path / "link" / "out", clinic)
    assert error.value.problems[0].kind == "out-in-clinic"
    with pytest.raises(DeliveryError):
        prepare_folder(clinic / "out", tmp_path / "link")


@pytest.mark.parametrize("kind", ["file", "under-file", "loop", "long", "kernel"])
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, clinic: Path, kind: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    folder = {
        "file": tmp_path / "file",
        "under-file": tmp_path / "file" / "out",
        "loop": tmp_path / "loop" / "out",
        "long": tmp_path / ("x" * 300),
        "kernel": Path("/proc/briefing-out"),
    }[kind]
    with pytest.raises(DeliveryError) as error:
        prepare_folder(folder, clinic)
    assert error.value.problems[0].where == "--out"


# --- Files ---


def test_files_appear_whole_and_for_the_owner_only(out: Path) -> None:
    old = os.umask(0)
    try:
        paths = deliver(out, {"a.json": b"{}", "b.pdf": b"%PDF" * 10_000})
    finally:
        os.umask(old)
    assert paths == (out / "a.json", out / "b.pdf")
    assert (out / "b.pdf").read_bytes() == b"%PDF" * 10_000
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o600, 0o600]
    assert names(out) == ["a.json", "b.pdf"]


def test_a_file_that_was_there_with_open_rights_is_closed(out: Path) -> None:
    (out / "a.pdf").write_bytes(b"old")
    (out / "a.pdf").chmod(0o666)
    deliver(out, {"a.pdf": b"new"})
    assert stat.S_IMODE((out / "a.pdf").stat().st_mode) == 0o600
    assert (out / "a.pdf").read_bytes() == b"new"


def test_a_link_in_the_way_is_replaced_and_not_followed(tmp_path: Path, out: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (out / "a.pdf").symlink_to(tmp_path / "victim")
    deliver(out, {"a.pdf": b"new"})
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert not (out / "a.pdf").is_symlink()


def test_a_link_in_place_of_a_half_made_file_is_not_followed(tmp_path: Path, out: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (out / ".briefing-a.pdf.part").symlink_to(tmp_path / "victim")
    with sole_run(out):
        deliver(out, {"a.pdf": b"new"})
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert (out / "a.pdf").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_step_that_fails_leaves_the_old_file_and_nothing_half_made(
    out: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (out / "a.pdf").write_bytes(b"old")
    monkeypatch.setattr(*((os, "fsync", failing) if step == "fsync" else (Path, "replace", failing)))
    with pytest.raises(DeliveryError, match="no space left"):
        deliver(out, {"a.pdf": b"new", "b.pdf": b"new"})
    assert (out / "a.pdf").read_bytes() == b"old"
    assert names(out) == ["a.pdf"]


def test_an_interruption_while_writing_leaves_nothing_of_the_patient(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        deliver(out, {"a.pdf": b"new", "b.pdf": b"new"})
    assert names(out) == []


def test_a_name_that_is_a_folder_is_told_and_the_folder_stays(out: Path) -> None:
    (out / "a.pdf").mkdir()
    with pytest.raises(DeliveryError):
        deliver(out, {"a.pdf": b"new"})
    assert names(out) == ["a.pdf"]


def test_what_a_killed_run_left_half_made_does_not_stop_the_next(out: Path) -> None:
    (out / ".briefing-a.pdf.part").write_bytes(b"half")
    (out / ".briefing-other.pdf.part").write_bytes(b"half")
    (out / "keep.part").write_bytes(b"mine")
    with sole_run(out):
        assert names(out) == ["keep.part"]
        deliver(out, {"a.pdf": b"new"})
    assert names(out) == ["a.pdf", "keep.part"]


def test_half_made_files_in_a_folder_below_do_not_stop_the_next_run_either(out: Path, clinic: Path) -> None:
    below = out / "proof-7K4M-92QD"
    below.mkdir()
    (below / ".briefing-page-01.png.part").write_bytes(b"half")
    with sole_run(out):
        deliver(prepare_folder(below, clinic), {"page-01.png": b"new"})
    assert names(below) == ["page-01.png"]


# --- One run at a time ---

_HOLD = """
import sys
from pathlib import Path
from briefing.delivery import sole_run
with sole_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_run(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_run_is_told_to_wait_and_touches_nothing(out: Path) -> None:
    with another_run(out):
        (out / ".briefing-a.pdf.part").write_bytes(b"the other run's")
        with pytest.raises(BusyError) as error, sole_run(out):
            pass
        assert error.value.problems[0].kind == "busy"
        assert names(out) == [".briefing-a.pdf.part"]


def test_the_folder_is_free_once_the_other_run_was_killed(out: Path) -> None:
    with another_run(out) as process:
        process.kill()
        process.wait()
        with sole_run(out):
            pass


def test_the_folder_is_free_after_a_run_that_failed(out: Path) -> None:
    with pytest.raises(RuntimeError), sole_run(out):
        raise RuntimeError
    with sole_run(out):
        pass


def test_two_folders_do_not_wait_for_each_other(tmp_path: Path, out: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with sole_run(out), sole_run(other):
        pass


def test_a_lock_that_is_a_link_is_refused(tmp_path: Path, out: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (out / ".briefing.lock").symlink_to(tmp_path / "victim")
    with pytest.raises(DeliveryError), sole_run(out):
        pass
    assert (tmp_path / "victim").read_bytes() == b"mine"


def test_a_folder_that_vanished_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError), sole_run(tmp_path / "gone"):
        pass
    with pytest.raises(DeliveryError):
        deliver(tmp_path / "gone", {"a.pdf": b"new"})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told(out: Path) -> None:
    out.chmod(0o500)
    with pytest.raises(DeliveryError) as error, sole_run(out):
        pass
    assert error.value.problems[0].kind == "cannot-write"


def test_a_read_only_file_system_is_told_to_root_too(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object, **__: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(DeliveryError, match="read-only file system"), sole_run(out):
        pass
    with pytest.raises(DeliveryError, match="read-only file system"):
        deliver(out, {"a.pdf": b"new"})
