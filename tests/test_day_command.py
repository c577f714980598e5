"""`briefing day` as the front desk runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ISSUED_ON, ROOT, SAMPLES, Briefing

SCHEDULE = (SAMPLES / "schedule.csv").read_text().splitlines()
ON = ("--issued-on", ISSUED_ON.isoformat(), "--workers", "2")


@pytest.fixture
def small_clinic(clinic_folder: Path) -> Path:
    """Return the sample clinic; all but two documents are for a stage that no row has, so that a packet takes a moment."""
    for path in (ROOT / "templates" / "documents").iterdir():
        if path.name not in ("companion", "goals-and-questions"):
            own = clinic_folder / "documents" / path.name
            own.mkdir(parents=True, exist_ok=True)
            text = (path / "document.toml").read_text()
            head, _, rest = text.partition("[[parts]]")
            lines = [line for line in head.splitlines() if not line.startswith("when")]
            (own / "document.toml").write_text("\n".join([*lines, "when = { interpreter = true }", ""]) + "\n[[parts]]" + rest)
    return clinic_folder


def schedule(folder: Path, *rows: str) -> Path:
    path = folder / "tomorrow.csv"
    path.write_text("\n".join([SCHEDULE[0], *rows]) + "\n")
    return path


def test_a_day_is_made_then_kept_then_only_what_changed_is_made(briefing: Briefing, small_clinic: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    rows = SCHEDULE[1:4]

    def run(*listed: str) -> dict[str, object]:
        ran = briefing("day", schedule(tmp_path, *listed), "--clinic", small_clinic, "--out", out, *ON, "--json")
        told = json.loads(ran.out)
        assert isinstance(told, dict)
        assert told["exit_code"] == ran.code
        return told

    first = run(*rows)
    assert (first["made"], first["kept"], first["failed"], first["exit_code"]) == (3, 0, 0, 0)
    assert {path.name for path in out.iterdir()} > {"print-all.pdf", "exceptions.pdf", "exceptions.csv", "day.json"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in out.iterdir())
    again = run(*rows)
    assert (again["made"], again["kept"]) == (0, 3)
    edited = run(rows[0], rows[1].replace("67.1", "68.1"), rows[2])
    assert (edited["made"], edited["kept"], edited["superseded"]) == (1, 2, 1)
    assert len(list((out / "superseded").glob("*.pdf"))) == 1


def test_a_bad_row_stops_itself_only_and_the_code_says_so(briefing: Briefing, small_clinic: Path, tmp_path: Path) -> None:
    bad = SCHEDULE[2].replace("1979-03-14", "14/03/1979")
    where = schedule(tmp_path, SCHEDULE[1], bad)
    ran = briefing("day", where, "--clinic", small_clinic, "--out", tmp_path / "out", *ON)
    assert ran.code == 10
    assert ran.out.strip().endswith("print-all.pdf")
    assert "row 3, column C (date_of_birth)" in ran.err
    assert "1 of 2 packets: 1 made, 0 kept, 1 failed" in ran.err
    assert "14/03/1979" not in ran.err
    assert "Castillo" not in ran.err


def test_two_rows_with_one_record_number_get_no_packet(briefing: Briefing, small_clinic: Path, tmp_path: Path) -> None:
    number = SCHEDULE[1].split(",")[0]
    other = ",".join([number, *SCHEDULE[3].split(",")[1:]])
    where = schedule(tmp_path, SCHEDULE[1], other)
    ran = briefing("day", where, "--clinic", small_clinic, "--out", tmp_path / "out", *ON)
    assert ran.code == 10
    assert not list((tmp_path / "out").glob("packet-*"))
    assert "row 2" in ran.err
    assert "row 3" in ran.err


def test_a_second_run_is_told_to_wait(briefing: Briefing, small_clinic: Path, tmp_path: Path) -> None:
    from briefing.delivery import prepare_folder, sole_run

    folder = prepare_folder(tmp_path / "out", small_clinic)
    with sole_run(folder):
        ran = briefing("day", schedule(tmp_path, SCHEDULE[1]), "--clinic", small_clinic, "--out", folder, *ON)
    assert ran.code == 75


def test_workers_and_a_cluster_exclude_each_other(briefing: Briefing, small_clinic: Path, tmp_path: Path) -> None:
    where = schedule(tmp_path, SCHEDULE[1])
    ran = briefing("day", where, "--clinic", small_clinic, "--out", tmp_path / "out", *ON, "--cluster", "tcp://127.0.0.1:1")
    assert ran.code == 2


def start(schedule_file: Path, clinic: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "cli.py"), "day", str(schedule_file), "--clinic", str(clinic), "--out", str(out), *ON]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def wait_for_packets(out: Path, count: int) -> None:
    until = time.monotonic() + 100
    while len(list(out.glob("packet-*.pdf"))) < count and time.monotonic() < until:
        time.sleep(0.02)


def test_ctrl_c_ends_cleanly_and_running_again_goes_on(briefing: Briefing, small_clinic: Path, tmp_path: Path) -> None:
    where, out = schedule(tmp_path, *SCHEDULE[1:8]), tmp_path / "out"
    with start(where, small_clinic, out) as process:
        wait_for_packets(out, 2)
        os.kill(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Run the same command again to go on." in told
    assert json.loads((out / "day.json").read_text())["state"] == "interrupted"
    assert not list(out.glob(".briefing-*.part"))
    ran = briefing("day", where, "--clinic", small_clinic, "--out", out, *ON, "--json")
    told_again = json.loads(ran.out)
    assert ran.code == 0
    assert told_again["kept"] >= 2
    assert told_again["made"] + told_again["kept"] == 7


@pytest.mark.long
@pytest.mark.parametrize("seconds", [1.0, 2.2, 3.1, 3.6, 4.2, 4.9, 5.7, 6.6])
def test_a_run_that_is_killed_leaves_nothing_torn_and_goes_on(
    briefing: Briefing, small_clinic: Path, tmp_path: Path, seconds: float
) -> None:
    where, out = schedule(tmp_path, *SCHEDULE[1:8]), tmp_path / "out"
    with start(where, small_clinic, out) as process:
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    left = {path.name: path.read_bytes() for path in out.glob("packet-*.pdf")} if out.exists() else {}
    ran = briefing("day", where, "--clinic", small_clinic, "--out", out, *ON, "--json")
    told = json.loads(ran.out)
    assert ran.code == 0
    assert told["made"] + told["kept"] == 7
    assert len(list(out.glob("packet-*.pdf"))) == len(list(out.glob("*.manifest.json"))) == 7
    assert all((out / name).read_bytes() == data for name, data in left.items())
    assert not list(out.glob(".briefing-*.part"))
