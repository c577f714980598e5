"""A day's run: what is missing is made, what is there is kept, and a row that is bad stops itself only."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from briefing.day.bench import Bench
from briefing.day.crew import Crew
from briefing.day.ledger import Ledger
from briefing.day.plan import plan_day
from briefing.day.run import Team, make_all, open_ledger
from briefing.day.work import Failed, Kit, Made, Outcome, Task, Unready
from briefing.delivery import sole_run
from briefing.errors import ExitCode, Problem, SystemMissingError
from briefing.schedule.parts import Row
from tests.small_days import files, kit, patient, row, rows

WRONG = Problem("worker-died", "row 3", "it is wrong.", "Mend it.")


class Here:
    """Makes packets in this process, each once for all tests, and tells which it was asked for."""

    def __init__(self, kit: Kit, known: dict[str, Outcome]) -> None:
        self._bench, self._known = Bench(kit), known
        self.done: list[Task] = []

    def outcomes(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        for task in tasks:
            self.done.append(task)
            if task.packet_id not in self._known:
                self._known[task.packet_id] = self._bench.do(task)
            outcome = self._known[task.packet_id]
            assert not isinstance(outcome, Unready)
            yield replace(outcome, task=task)


def run(folder: Path, some: Iterable[Row], own: Kit, team: Team) -> Ledger:
    planned = plan_day(tuple(some), own)
    with sole_run(folder):
        ledger = open_ledger(folder, planned, own)
        make_all(folder, planned, own, ledger, team, lambda _: None)
        ledger.write("finished")
    return ledger


def states(ledger: Ledger) -> list[str]:
    return [entry.state for entry in ledger.entries]


@pytest.fixture(scope="module")
def own() -> Kit:
    return kit()


@pytest.fixture(scope="module")
def known() -> dict[str, Outcome]:
    return {}


@pytest.fixture
def team(own: Kit, known: dict[str, Outcome]) -> Here:
    return Here(own, known)


def test_each_row_gets_its_packet_and_its_manifest_for_the_owners_eyes_only(tmp_path: Path, own: Kit, team: Here) -> None:
    ledger = run(tmp_path, rows(range(3)), own, team)
    assert states(ledger) == ["made"] * 3
    for entry in ledger.entries:
        data = (tmp_path / f"packet-{entry.packet_id}.pdf").read_bytes()
        manifest = json.loads((tmp_path / f"packet-{entry.packet_id}.manifest.json").read_text())
        assert (manifest["packet_id"], manifest["pages"]) == (entry.packet_id, entry.pages)
        assert manifest["packet_sha256"] == hashlib.sha256(data).hexdigest()
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_what_is_there_is_kept_and_not_made_again(tmp_path: Path, own: Kit, team: Here) -> None:
    run(tmp_path, rows(range(3)), own, team)
    before = files(tmp_path)
    ledger = run(tmp_path, rows(range(3)), own, team)
    assert states(ledger) == ["kept"] * 3
    assert len(team.done) == 3
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    "fault", ["packet gone", "manifest gone", "packet torn", "manifest torn", "manifest of another", "forged"]
)
def test_a_packet_that_is_not_whole_is_made_again(tmp_path: Path, own: Kit, team: Here, fault: str) -> None:
    one, other = (entry.packet_id for entry in run(tmp_path, rows(range(2)), own, team).entries)
    before = files(tmp_path)
    packet, manifest = tmp_path / f"packet-{one}.pdf", tmp_path / f"packet-{one}.manifest.json"
    match fault:
        case "packet gone":
            packet.unlink()
        case "manifest gone":
            manifest.unlink()
        case "packet torn":
            packet.write_bytes(packet.read_bytes()[:-1])
        case "manifest torn":
            manifest.write_bytes(manifest.read_bytes()[:-9])
        case "manifest of another":
            manifest.write_bytes((tmp_path / f"packet-{other}.manifest.json").read_bytes())
        case "forged":
            packet.write_bytes(b"%PDF-1.7 of somebody else")
            data = json.loads(manifest.read_text()) | {"packet_sha256": hashlib.sha256(packet.read_bytes()).hexdigest()}
            manifest.write_text(json.dumps(data))
    ledger = run(tmp_path, rows(range(2)), own, team)
    assert states(ledger) == ["made", "kept"]
    assert files(tmp_path) == before


def test_a_bad_row_stops_itself_only(tmp_path: Path, own: Kit, team: Here) -> None:
    good = rows(range(2))
    bad = Row("row 9", None, (WRONG,), record_number="MRN-9", name="Zoe Zonk")
    ledger = run(tmp_path, (good[0], bad, good[1]), own, team)
    assert states(ledger) == ["made", "failed", "made"]
    assert ledger.entries[1].problems == (WRONG,)


def test_a_packet_that_cannot_be_made_stops_itself_only(tmp_path: Path, own: Kit, known: dict[str, Outcome]) -> None:
    class Stumbling(Here):
        def outcomes(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
            for outcome in super().outcomes(tasks):
                yield Failed(outcome.task, (WRONG,)) if isinstance(outcome, Made) and outcome.task.number == 1 else outcome

    ledger = run(tmp_path, rows(range(3)), own, Stumbling(own, known))
    assert states(ledger) == ["made", "failed", "made"]
    assert len(files(tmp_path)) == 4


def test_a_machine_that_lacks_something_stops_the_day(tmp_path: Path, own: Kit) -> None:
    class Lacking:
        def outcomes(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
            for _ in tasks:
                yield Unready((WRONG,), ExitCode.SYSTEM)

    with pytest.raises(SystemMissingError):
        run(tmp_path, rows(range(2)), own, Lacking())


def test_two_rows_that_lead_to_one_packet_are_both_stopped(tmp_path: Path, own: Kit, team: Here) -> None:
    twice = (row(patient(1), 1), row(patient(1), 2), row(patient(3), 3))
    ledger = run(tmp_path, twice, own, team)
    assert states(ledger) == ["failed", "failed", "made"]
    assert ledger.entries[0].problems[0].kind == "packet-id-twice"


def test_a_row_that_was_edited_supersedes_its_packet(tmp_path: Path, own: Kit, team: Here) -> None:
    first = run(tmp_path, rows(range(2)), own, team)
    before = files(tmp_path)
    edited = (row(patient(0, name="Nora Married"), 0), *rows([1]))
    second = run(tmp_path, edited, own, team)
    old, new = first.entries[0].packet_id, second.entries[0].packet_id
    assert states(second) == ["made", "kept"]
    told = json.loads((tmp_path / "day.json").read_text())["superseded"]
    assert told == [{"packet_id": old, "by": new}]
    assert files(tmp_path / "superseded") == {name: data for name, data in before.items() if old and old in name}
    assert not any(old in name for name in files(tmp_path) if old)


def test_an_edit_that_is_taken_back_makes_the_first_packet_current_again(tmp_path: Path, own: Kit, team: Here) -> None:
    run(tmp_path, rows([0]), own, team)
    before = files(tmp_path)
    changed = run(tmp_path, [row(patient(0, name="Nora Married"), 0)], own, team)
    ledger = run(tmp_path, rows([0]), own, team)
    assert files(tmp_path) == before
    assert [(each.packet_id, each.by) for each in ledger.superseded] == [
        (changed.entries[0].packet_id, ledger.entries[0].packet_id)
    ]


def test_a_row_that_is_gone_takes_its_packet_along(tmp_path: Path, own: Kit, team: Here) -> None:
    first = run(tmp_path, rows(range(2)), own, team)
    ledger = run(tmp_path, rows([1]), own, team)
    assert [(each.packet_id, each.by) for each in ledger.superseded] == [(first.entries[0].packet_id, None)]
    assert len(files(tmp_path)) == 2


def test_a_packet_that_no_ledger_names_is_left_alone(tmp_path: Path, own: Kit, team: Here) -> None:
    (tmp_path / "packet-AAAA-BBBB.pdf").write_bytes(b"made by hand")
    run(tmp_path, rows([0]), own, team)
    run(tmp_path, rows([1]), own, team)
    assert (tmp_path / "packet-AAAA-BBBB.pdf").read_bytes() == b"made by hand"


def test_a_run_that_was_killed_before_it_moved_a_packet_away_moves_it_next_time(tmp_path: Path, own: Kit, team: Here) -> None:
    first = run(tmp_path, rows(range(2)), own, team)
    old = first.entries[0].packet_id
    run(tmp_path, rows([1]), own, team)
    for path in (tmp_path / "superseded").iterdir():
        path.replace(tmp_path / path.name)
    run(tmp_path, rows([1]), own, team)
    assert not any(str(old) in name for name in files(tmp_path))
    assert any(str(old) in name for name in files(tmp_path / "superseded"))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"rows": 3}', '{"rows": [{"packet_id": "../../x"}]}', "\x00"])
def test_a_ledger_that_is_none_is_written_anew(tmp_path: Path, own: Kit, team: Here, text: str) -> None:
    (tmp_path / "day.json").write_text(text)
    ledger = run(tmp_path, rows([0]), own, team)
    assert ledger.superseded == ()
    assert json.loads((tmp_path / "day.json").read_text())["state"] == "finished"


def test_nothing_of_a_patient_stands_in_the_ledger_or_in_a_name(tmp_path: Path, own: Kit, team: Here) -> None:
    bad = Row("row 9", None, (WRONG,), record_number="MRN-000777", name="Zoe Zonk")
    run(tmp_path, (*rows([4]), bad), own, team)
    said = (tmp_path / "day.json").read_text() + "".join(path.name for path in tmp_path.rglob("*"))
    for secret in ("Nora", "Qaaae", "100004", "000777", "Zonk", "1986"):
        assert secret not in said


def test_the_ledger_is_written_before_anything_is_made(tmp_path: Path, own: Kit, known: dict[str, Outcome]) -> None:
    class Looking(Here):
        def outcomes(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
            told = json.loads((tmp_path / "day.json").read_text())
            assert [each["state"] for each in told["rows"]] == ["waiting", "waiting"]
            assert not files(tmp_path)
            yield from super().outcomes(tasks)

    run(tmp_path, rows(range(2)), own, Looking(own, known))


def test_the_bytes_are_the_same_however_many_workers_there_are(tmp_path: Path, own: Kit, team: Here) -> None:
    made = []
    for name, crew in (("here", team), ("one", Crew(own, 1)), ("two", Crew(own, 2))):
        (tmp_path / name).mkdir()
        run(tmp_path / name, rows(range(4)), own, crew)
        made.append(files(tmp_path / name))
    assert made[0] == made[1] == made[2]
    assert len(made[0]) == 8
