"""After the packets: whoever is named on another's page is found, and the stack and the exceptions tell what came of each row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from briefing.day.finishing import PAGES, TABLE, search_all, write_stack
from briefing.day.ledger import Ledger
from briefing.day.plan import Planned, plan_day
from briefing.day.run import open_ledger
from briefing.day.work import Failed, Kit, Made, make_one
from briefing.delivery import deliver
from briefing.errors import Problem
from briefing.pdf_reading import read_texts
from briefing.schedule import Row
from briefing.workshop import Workshop, open_workshop
from tests.small_days import kit, patient, rows

STOPPED = Problem("cell", "row 9, column D (weight)", "it is not a number in kg or lb.", "Write it with its unit.")


@pytest.fixture(scope="module")
def own() -> Kit:
    return kit()


@pytest.fixture(scope="module")
def workshop(own: Kit) -> Workshop:
    return open_workshop(own.catalogue)


@pytest.fixture(scope="module")
def made(own: Kit, workshop: Workshop) -> list[Made]:
    """Make the packets of three rows once for all tests."""
    tasks = (each.task(number) for number, each in enumerate(planned_day(own)))
    outcomes = [make_one(task, own, workshop) for task in tasks if task]
    assert not any(isinstance(outcome, Failed) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, Made)]


def planned_day(own: Kit) -> tuple[Planned, ...]:
    """Return a day of three patients and a row that was stopped."""
    return plan_day([*rows((1, 2, 3)), Row("row 9", None, (STOPPED,), name="Somebody Stopped")], own)


@pytest.fixture
def day(tmp_path: Path, own: Kit, made: list[Made]) -> Iterator[tuple[Path, tuple[Planned, ...], Ledger]]:
    """Lay the packets of a day into a folder."""
    planned = planned_day(own)
    ledger = open_ledger(tmp_path, planned, own)
    for outcome in made:
        lay(tmp_path, outcome)
        ledger.made(outcome.task.number, outcome.pages)
    return tmp_path, planned, ledger  # type: ignore[return-value]  # nothing is left to tidy up


def lay(folder: Path, outcome: Made, under: str | None = None) -> None:
    name = f"packet-{under or outcome.task.packet_id}"
    deliver(folder, {f"{name}.manifest.json": outcome.manifest, f"{name}.pdf": outcome.packet})


Day = tuple[Path, tuple[Planned, ...], Ledger]


def test_nothing_is_found_in_packets_that_are_right(day: Day, own: Kit) -> None:
    folder, planned, ledger = day
    search_all(folder, planned, own.catalogue, ledger)
    assert [entry.state for entry in ledger.entries] == ["made", "made", "made", "failed"]
    assert not (folder / "withdrawn").exists()


def test_a_packet_that_is_anothers_is_withdrawn_and_told(day: Day, own: Kit, workshop: Workshop, made: list[Made]) -> None:
    folder, planned, ledger = day
    wrong = made[1].task.packet_id
    (folder / f"packet-{wrong}.pdf").write_bytes(made[2].packet)
    search_all(folder, planned, own.catalogue, ledger)
    assert [entry.state for entry in ledger.entries] == ["made", "withdrawn", "made", "failed"]
    assert sorted(path.name for path in (folder / "withdrawn").iterdir()) == [
        f"packet-{wrong}.manifest.json",
        f"packet-{wrong}.pdf",
    ]
    assert [problem.kind for problem in ledger.entries[1].problems] == ["identity"]
    finished = write_stack(folder, planned, own, ledger, workshop)
    assert wrong not in "".join(page.whole for page in read_texts(finished.stack[0]))
    assert "its packet named another patient of the day" in (folder / TABLE).read_text("utf-8-sig")


def test_the_stack_has_the_exceptions_first_and_each_patient_in_order(day: Day, own: Kit, workshop: Workshop) -> None:
    folder, planned, ledger = day
    finished = write_stack(folder, planned, own, ledger, workshop)
    assert [path.name for path in finished.stack] == ["print-all.pdf"]
    texts = [page.whole for page in read_texts(finished.stack[0])]
    assert "Somebody Stopped" in texts[0]
    ids = [each.packet_id for each in planned if each.packet_id]
    first = [next(at for at, text in enumerate(texts) if str(packet_id) in text and at > 0) for packet_id in ids]
    assert first == sorted(first)
    assert all(at % 2 == 0 for at in first)  # counted from 0: the front of a sheet


def test_who_has_no_packet_and_why_stands_in_the_table(day: Day, own: Kit, workshop: Workshop) -> None:
    folder, planned, ledger = day
    write_stack(folder, planned, own, ledger, workshop, with_stack=False)
    assert not list(folder.glob("print-all*"))
    assert (folder / PAGES).is_file()
    lines = list(csv.reader(io.StringIO((folder / TABLE).read_text("utf-8-sig"))))
    stopped = [line for line in lines if "row 9" in line]
    assert len(stopped) == 1
    assert "column D (weight): it is not a number in kg or lb." in stopped[0][-1]


def test_a_stack_in_which_nothing_changed_is_not_written_again(day: Day, own: Kit, workshop: Workshop) -> None:
    folder, planned, ledger = day
    stack = write_stack(folder, planned, own, ledger, workshop).stack[0]
    stack.write_bytes(b"as it was left")
    write_stack(folder, planned, own, ledger, workshop)
    assert stack.read_bytes() == b"as it was left"
    more = replace(planned[3], row=replace(planned[3].row, name="Another Name"))
    write_stack(folder, (*planned[:3], more), own, ledger, workshop)
    assert stack.read_bytes().startswith(b"%PDF")


def test_a_stack_that_was_removed_is_written_again(day: Day, own: Kit, workshop: Workshop) -> None:
    folder, planned, ledger = day
    stack = write_stack(folder, planned, own, ledger, workshop).stack[0]
    stack.unlink()
    assert write_stack(folder, planned, own, ledger, workshop).stack[0].is_file()


def test_a_name_that_stands_in_the_clinics_own_words_is_told_as_one_that_cannot_be_searched_for(
    day: Day, own: Kit, workshop: Workshop
) -> None:
    del workshop
    folder, planned, ledger = day
    common = patient(1).model_copy(update={"patient": patient(1).patient.model_copy(update={"name": "Willow Street"})})
    changed = replace(planned[0], row=replace(planned[0].row, request=common))
    ledger.entries[0] = replace(ledger.entries[0], state="failed")
    assert search_all(folder, (changed, *planned[1:]), own.catalogue, ledger) == (planned[0].row.place,)


def test_nothing_of_a_patient_stands_in_the_ledger_after_the_stack(day: Day, own: Kit, workshop: Workshop) -> None:
    folder, planned, ledger = day
    write_stack(folder, planned, own, ledger, workshop)
    ledger.write("finished")
    told = (folder / "day.json").read_text()
    assert json.loads(told)["stack_keyed_digest"]
    for each in planned:
        if each.row.request:
            who = each.row.request.patient
            assert who.name not in told
            assert who.record_number not in told
