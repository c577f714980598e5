"""The command line as a person or a script meets it: what it prints where, and the code it ends with."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from briefing import __version__
from briefing.commands import _COMMANDS
from tests.conftest import ISSUED_ON, ROOT, SAMPLES, Briefing, Ran, sample_requests
from tests.packets import sample_packet, written

CLINIC = SAMPLES / "clinic"
ANA = SAMPLES / "requests" / "ana-ruiz.toml"
AT_ANA = (ANA, "--clinic", CLINIC, "--issued-on", ISSUED_ON)
HEAVY = ("weasyprint", "pypdf", "pydantic", "jinja2", "babel", "fontTools", "pikepdf", "pypdfium2", "PIL")
DOCUMENT = """
version = 3
title.en = "Our own leaflet"
audience = "patient"
kind = "handout"
order = 1
action = "keep"
[[parts]]
id = "all"
[[parts]]
id = "spray"
when = { medicine = ["esketamine"] }
"""


def the_object(ran: Ran) -> dict[str, Any]:
    """Return the one JSON object that is all of the standard output."""
    assert ran.out.endswith("}\n")
    found = json.loads(ran.out)
    assert isinstance(found, dict)
    assert found["exit_code"] == ran.code
    assert found["ok"] is (ran.code == 0)
    return found


def outside(*arguments: object, cwd: Path = ROOT, env: dict[str, str] | None = None, door: tuple[str, ...] = ()) -> Ran:
    """Run the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, *(door or (str(ROOT / "cli.py"),)), *map(str, arguments)],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout.decode(errors="backslashreplace"), done.stderr.decode(errors="backslashreplace"))


@pytest.fixture
def own_document(clinic_folder: Path) -> Path:
    folder = clinic_folder / "documents" / "our-leaflet"
    folder.mkdir(parents=True)
    (folder / "document.toml").write_text(DOCUMENT)
    (folder / "en.html.j2").write_text("A leaflet of our own.")
    return clinic_folder


# --- Help and usage ---


def test_help_lists_every_command_with_its_purpose(briefing: Briefing) -> None:
    ran = briefing("--help")
    assert ran.code == 0
    for name, (_, purpose) in _COMMANDS.items():
        assert re.search(rf"^  {name}  +{re.escape(purpose.split()[0])}", ran.out, re.MULTILINE)


def test_the_purpose_in_the_list_is_the_one_of_the_command(briefing: Briefing) -> None:
    for name, (_, purpose) in _COMMANDS.items():
        assert purpose in " ".join(briefing(name, "--help").out.split())


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    script = f"""
import sys
from briefing.commands import _COMMANDS, cli
for name in ("", *_COMMANDS):
    try:
        cli.main(args=[*filter(None, [name]), "--help"], prog_name="briefing", standalone_mode=False)
    except SystemExit:
        pass
print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)
"""
    ran = outside(door=("-c", script))
    assert ran.err.strip() == "[]"
    assert "Make one patient's packet" in ran.out


def test_the_heavy_parts_would_be_noticed() -> None:
    ran = outside(door=("-c", "import sys, briefing.catalogue; print('pydantic' in sys.modules)"))
    assert ran.out.strip() == "True"


def test_the_version_is_told(briefing: Briefing) -> None:
    assert __version__ in briefing("--version").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("pakcet",),
        ("packet",),
        ("packet", ANA),
        ("packet", ANA, "--clinic", "/no/such/folder", "--out", "out"),
        ("check",),
        ("check", ANA, "--issued-on", "24.11.2026"),
        ("check", ANA, "--issued-on", "2026-11-31"),
        ("check", ANA, "--colour"),
        ("check", ANA, ANA),
        ("explain",),
        ("approve", "--clinic", CLINIC),
        ("proof", ANA, "--clinic", CLINIC, "--out", "out", "--dpi", "10000"),
        ("--no-such-option",),
    ],
)
@pytest.mark.parametrize("json_too", [False, True], ids=["words", "json"])
def test_what_was_typed_wrongly_ends_with_two(briefing: Briefing, arguments: tuple[object, ...], json_too: bool) -> None:
    ran = briefing(*arguments, *(("--json",) if json_too else ()))
    assert ran.code == 2
    if json_too:
        (problem,) = the_object(ran)["problems"]
        assert problem["kind"] == "usage"
    else:
        assert ran.out == ""
        assert ran.err


def test_no_command_at_all_shows_the_help(briefing: Briefing) -> None:
    ran = briefing()
    assert "Commands" in ran.out + ran.err


# --- One JSON object, and nothing else on stdout ---


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", *AT_ANA), 0),
        (("check", "--clinic", CLINIC, "--files-only"), 0),
        (("explain", *AT_ANA), 0),
        (("documents", "--clinic", CLINIC), 0),
        (("documents",), 0),
        (("protocols", "--clinic", CLINIC), 0),
        (("facts", "--clinic", CLINIC), 0),
        (("facts", "--due", "--on", "2031-01-01"), 0),
        (("protocols",), 0),
        (("doctor",), 0),
        (("check", "no-such-file.toml"), 3),
        (("check", ANA, "--issued-on", "2027-01-01"), 3),
        (("explain", CLINIC, "--clinic", CLINIC), 3),
        (("packet", ANA, "--clinic", CLINIC, "--out", CLINIC / "out", "--issued-on", ISSUED_ON), 8),
        (("packet", "no-such-file.toml", "--clinic", CLINIC, "--out", "out"), 3),
        (("approve", "no-such-document", "--clinic", CLINIC, "--by", "Dr. A", "--role", "director"), 4),
    ],
)
def test_json_is_one_object_on_success_and_on_failure(briefing: Briefing, arguments: tuple[object, ...], code: int) -> None:
    before = sorted(SAMPLES.rglob("*"))
    ran = briefing(*arguments, "--json")
    assert ran.code == code, ran
    found = the_object(ran)
    if code:
        for problem in found["problems"]:
            assert set(problem) == {"kind", "where", "problem", "what_to_do"}
            assert all(problem.values())
    assert [path for path in sorted(SAMPLES.rglob("*")) if path.name != ".briefing.lock"] == [
        path for path in before if path.name != ".briefing.lock"
    ]


def test_words_for_people_go_to_stderr_when_something_is_wrong(briefing: Briefing) -> None:
    ran = briefing("check", ANA, "--issued-on", "2027-01-01")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("1 problem:\n  visit.starts_at: the visit lies before the day of issue.\n      Check the date")


def test_several_problems_are_counted(briefing: Briefing, tmp_path: Path) -> None:
    (tmp_path / "request.toml").write_text("[patient]\n")
    ran = briefing("check", tmp_path / "request.toml")
    count = int(ran.err.split()[0])
    assert ran.err.startswith(f"{count} problems:\n")
    assert len(re.findall(r"^  \S", ran.err, re.MULTILINE)) == count > 5


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("json_too", [(), ("--json",)], ids=["words", "json"])
def test_a_terminal_that_knows_few_letters_is_no_reason_to_fail(tmp_path: Path, encoding: str, json_too: tuple[str, ...]) -> None:
    request = tmp_path / "request.toml"
    request.write_text(ANA.read_text().replace("Ana Ruiz", "王小明"))
    env = {"PYTHONIOENCODING": encoding}
    ran = outside("check", request, "--clinic", CLINIC, "--issued-on", ISSUED_ON, *json_too, env=env)
    assert ran.code == 3
    assert "no-letter" in the_object(ran)["problems"][0]["kind"] if json_too else "patient.name" in ran.err
    assert "Traceback" not in ran.err


def test_a_file_name_that_is_no_text_is_told_and_no_bug(clinic_folder: Path) -> None:
    (Path(os.fsdecode(os.fsencode(clinic_folder) + b"/\xff.toml"))).touch()
    for json_too in ((), ("--json",)):
        ran = outside("check", "--clinic", clinic_folder, *json_too)
        assert ran.code == 4
        assert "Traceback" not in ran.err
        assert not json_too or the_object(ran)["problems"][0]["kind"] == "unknown-file"


# --- The commands ---


def test_check_says_that_nothing_is_wrong_and_makes_nothing(
    briefing: Briefing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = briefing("check", *AT_ANA)
    assert (ran.code, ran.out, ran.err) == (0, "No problems.\n", "")
    assert list(tmp_path.iterdir()) == []


def test_check_without_a_clinic_holds_the_request_against_itself(briefing: Briefing) -> None:
    assert briefing("check", ANA, "--issued-on", ISSUED_ON).code == 0


def test_check_of_a_clinic_folder_tells_its_problems(briefing: Briefing, clinic_folder: Path) -> None:
    (clinic_folder / "clinc.toml").touch()
    ran = briefing("check", "--clinic", clinic_folder)
    assert ran.code == 4
    assert "Did you mean clinic.toml?" in ran.err


def test_today_is_the_clinics_today(briefing: Briefing, clinic_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far_behind = ZoneInfo("Pacific/Pago_Pago")
    settings = clinic_folder / "clinic.toml"
    settings.write_text(settings.read_text().replace("America/Chicago", far_behind.key))
    # Twenty-five hours apart: the machine's day is never the clinic's.
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        day = dt.datetime.now(far_behind).date()
        request = clinic_folder.parent / "request.toml"
        request.write_text(ANA.read_text().replace("2026-12-01T09:00:00", f"{day}T23:59:00"))
        ran = briefing("check", request, "--clinic", clinic_folder)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (ran.code, ran.err) == (0, "")


def test_explain_gives_the_reason_for_every_document_and_section(briefing: Briefing, own_document: Path) -> None:
    ran = briefing("explain", ANA, "--clinic", own_document, "--issued-on", ISSUED_ON)
    assert "in   our-leaflet (en): always\n" in ran.out
    assert "       in  all: always\n" in ran.out
    assert "       out spray: medicine is ketamine, not esketamine\n" in ran.out
    found = the_object(briefing("explain", ANA, "--clinic", own_document, "--issued-on", ISSUED_ON, "--json"))
    ours = next(document for document in found["documents"] if document["id"] == "our-leaflet")
    assert ours["sections"][1] == {"id": "spray", "in": False, "reason": "medicine is ketamine, not esketamine"}


TERESA = SAMPLES / "requests" / "teresa-flores.toml"


def test_explain_says_how_what_was_recorded_was_read_and_what_comes_of_it(briefing: Briefing) -> None:
    ran = briefing("explain", TERESA, "--clinic", CLINIC, "--issued-on", ISSUED_ON)
    assert "read patient.conditions.1 (HTN): names high-blood-pressure through “HTN”\n" in ran.out
    assert "       a line to talk about in before-you-come: facts ci-ketamine-bp, iv-bp-684\n" in ran.out
    assert "names stroke through “stroke”, but says more: mother had. To check" in ran.out
    assert "read patient.medicines.3 (passion flower tea): not recognised" in ran.out
    assert "witness: signs, by the clinic's rule: when the signer cannot read or write" in ran.out
    found = the_object(briefing("explain", TERESA, "--clinic", CLINIC, "--issued-on", ISSUED_ON, "--json"))
    states = {item["where"]: item["state"] for item in found["recorded"]}
    assert states["patient.conditions.3"] == "to check"
    assert states["patient.medicines.3"] == "not recognised"
    assert [talk["because_of"] for talk in found["talk"] if talk["entry"] == "benzodiazepines"] == [["patient.medicines.1"]]
    assert {flag["entry"]: flag["check"] for flag in found["flags"]}["stroke"] is True
    (name,) = found["recorded"][0]["names"]
    assert name == {"kind": "conditions", "entry": "high-blood-pressure", "through": "HTN"}


def test_at_a_consultation_there_is_no_page_with_lines_to_talk_about(briefing: Briefing, tmp_path: Path) -> None:
    request = (
        (SAMPLES / "requests" / "ben-carter.toml")
        .read_text()
        .replace('language = "en"', 'language = "en"\nmedicines = ["Xanax"]')
    )
    (tmp_path / "request.toml").write_text(request)
    ran = briefing("explain", tmp_path / "request.toml", "--clinic", CLINIC, "--issued-on", ISSUED_ON)
    assert "names benzodiazepines through “Xanax”" in ran.out
    assert "a flag in clinician-sheet" in ran.out
    assert "to talk about" not in ran.out


def test_explain_names_what_is_left_out(briefing: Briefing, own_document: Path) -> None:
    definition = own_document / "documents" / "our-leaflet" / "document.toml"
    definition.write_text(DOCUMENT.replace("[[parts]]", "[when]\nwitness = true\n[[parts]]", 1))
    ran = briefing("explain", ANA, "--clinic", own_document, "--issued-on", ISSUED_ON)
    assert "out  our-leaflet: witness is no, not yes\n" in ran.out


def test_documents_tells_whose_file_wins(briefing: Briefing, own_document: Path) -> None:
    rows = the_object(briefing("documents", "--clinic", own_document, "--json"))["documents"]
    ours = next(row for row in rows if row["id"] == "our-leaflet")
    assert (ours["title"], ours["version"], ours["origin"]) == ("Our own leaflet", 3, "clinic")
    assert ours["approved"].startswith("no")
    assert {row["origin"] for row in rows} >= {"clinic"}
    assert "Our own leaflet" in briefing("documents", "--clinic", own_document).out


def test_approve_is_seen_by_documents_until_a_word_changes(briefing: Briefing, own_document: Path) -> None:
    ran = briefing("approve", "our-leaflet", "--clinic", own_document, "--by", "Dr. A", "--role", "director", "--on", ISSUED_ON)
    assert (ran.code, ran.out) == (0, "Approved: our-leaflet.\n")

    def approved() -> str:
        rows = the_object(briefing("documents", "--clinic", own_document, "--json"))["documents"]
        return str(next(row["approved"] for row in rows if row["id"] == "our-leaflet"))

    assert approved() == f"{ISSUED_ON} by Dr. A"
    (own_document / "documents" / "our-leaflet" / "en.html.j2").write_text("A leaflet of our own!")
    assert approved().startswith("no")


@pytest.mark.parametrize("option", ["--by", "--role"])
@pytest.mark.parametrize("value", ["", " ", "TBD", "Dr. \u202eA", "x" * 400])
def test_an_approval_by_nobody_is_refused_and_no_bug(briefing: Briefing, own_document: Path, option: str, value: str) -> None:
    options = {"--by": "Dr. A", "--role": "director", option: value}
    ran = briefing("approve", "our-leaflet", "--clinic", own_document, *(word for pair in options.items() for word in pair))
    assert ran.code in (2, 3, 4)
    assert "our-leaflet" not in (own_document / "approvals.toml").read_text()


def test_protocols_tells_what_a_clinic_is_asked(briefing: Briefing) -> None:
    alone, with_clinic = briefing("protocols").out, briefing("protocols", "--clinic", CLINIC).out
    assert "    dose_step = not set   # the step to which a dose is rounded\n" in alone
    assert "    dose_step = 1 mg   # the step to which a dose is rounded\n" in with_clinic
    rows = the_object(briefing("protocols", "--clinic", CLINIC, "--json"))["protocols"]
    drip = next(row for row in rows if row["id"] == "iv-depression")
    assert drip["asks"]["settle_minutes"]["set_to"] == 30


def test_schema_is_a_json_schema_of_a_request(briefing: Briefing) -> None:
    ran = briefing("schema")
    found = json.loads(ran.out)
    assert ran.code == 0
    assert {"patient", "visit", "treatment", "signing"} <= set(found["required"])
    assert found["additionalProperties"] is False
    patient = found["$defs"]["Patient"]
    assert patient["properties"]["name"]["description"]
    assert re.match(patient["properties"]["weight"]["anyOf"][0]["pattern"], "70 kg")


def test_doctor_finds_this_machine_ready(briefing: Briefing) -> None:
    ran = briefing("doctor")
    assert ran.code == 0
    assert "MISSING" not in ran.out
    for what in ("Python", "weasyprint", "fonts", "a test page"):
        assert re.search(rf"^ok +{what}: ", ran.out, re.MULTILINE)


def test_doctor_tells_what_is_missing_and_ends_with_nine(briefing: Briefing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefing.resources._FONT_FILES", (("a", "A", False, "fontpkg-no-such-font", "a.ttf"),))
    ran = briefing("doctor", "--json")
    assert ran.code == 9
    assert "fonts" in [problem["where"] for problem in the_object(ran)["problems"]]


def test_doctor_tells_a_missing_package_instead_of_falling_over_it(briefing: Briefing, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_pikepdf(package: str) -> str:
        if package == "pikepdf":
            raise PackageNotFoundError(package)
        return version(package)

    monkeypatch.setattr("briefing.commands.doctor.version", without_pikepdf)
    ran = briefing("doctor")
    assert ran.code == 9
    assert "pikepdf" in ran.err


def test_a_busy_folder_is_told_with_seventy_five(briefing: Briefing, own_document: Path) -> None:
    from briefing.delivery import sole_run

    with sole_run(own_document):
        ran = briefing("approve", "our-leaflet", "--clinic", own_document, "--by", "Dr. A", "--role", "director", "--json")
    assert ran.code == 75
    assert the_object(ran)["problems"][0]["kind"] == "busy"


# --- When something goes wrong that should not ---


def chained(*_: object, **__: object) -> None:
    """Fail like a bug that has a patient's values all over it."""
    name = "Ana Ruiz"
    failure = RuntimeError(f"could not handle {name}", {"name": name})
    failure.add_note(f"the name was {name}")
    raise failure from KeyError(name)


@pytest.mark.parametrize("json_too", [(), ("--json",)], ids=["words", "json"])
def test_a_bug_prints_its_place_and_no_value_and_ends_with_one(
    briefing: Briefing, monkeypatch: pytest.MonkeyPatch, json_too: tuple[str, ...]
) -> None:
    monkeypatch.setattr("briefing.intake.read_request", chained)
    ran = briefing("check", *AT_ANA, "--verbose", *json_too)
    assert ran.code == 1
    assert "Ruiz" not in ran.out + ran.err
    assert "Traceback" not in ran.out + ran.err
    assert "RuntimeError" in ran.out + ran.err
    assert not json_too or the_object(ran)["problems"][0]["kind"] == "bug"
    assert json_too or ran.out == ""


@pytest.mark.parametrize("json_too", [(), ("--json",)], ids=["words", "json"])
def test_an_interruption_ends_with_one_hundred_and_thirty(
    briefing: Briefing, monkeypatch: pytest.MonkeyPatch, json_too: tuple[str, ...]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("briefing.intake.read_request", interrupted)
    ran = briefing("check", *AT_ANA, *json_too)
    assert ran.code == 130
    assert "Interrupted" in ran.err
    assert not json_too or the_object(ran)["exit_code"] == 130


# --- The folder a person happens to be in ---


@pytest.mark.parametrize("door", [(str(ROOT / "cli.py"),), ("-m", "briefing")], ids=["cli.py", "-m"])
def test_python_files_in_the_working_folder_are_never_imported(tmp_path: Path, door: tuple[str, ...]) -> None:
    marker = tmp_path / "imported"
    for name in ("click", "json", "tomllib", "pydantic", "babel", "jinja2", "weasyprint", "templates", "secrets", "tempfile"):
        (tmp_path / f"{name}.py").write_text(f"open({str(marker)!r}, 'a').write({name!r})\n")
    ran = outside("check", *AT_ANA, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, door=door)
    assert not marker.exists(), marker.read_text()
    assert (ran.code, ran.out) == (0, "No problems.\n")


def test_the_marker_of_that_test_would_be_written(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("open('imported', 'w')\n")
    outside(door=("-c", "import click"), cwd=tmp_path)
    assert (tmp_path / "imported").exists()


def test_facts_tells_what_is_due_and_who_cites_it(briefing: Briefing) -> None:
    rows = {row["id"]: row for row in the_object(briefing("facts", "--clinic", CLINIC, "--json"))["facts"]}
    assert rows["emergency-988"]["review_by"] == "2027-02-22"
    assert "consent" in rows["emergency-988"]["cited_by"]
    assert "protocol iv-depression" in rows["iv-effects-peak-1h"]["cited_by"]
    assert rows["pain-ci-liver"]["cited_by"][-1] == "vocabulary conditions"
    told = briefing("facts", "--clinic", CLINIC, "--due", "--on", "2027-01-10").out
    assert "emergency-988" in told
    assert "due on 2027-02-22" in told
    assert "iv-effects-peak-1h" not in told
    assert "overdue since 2027-02-22" in briefing("facts", "--due", "--on", "2027-02-23").out
    assert briefing("facts", "--due", "--on", "2026-11-24").out == "No review is due within 60 days.\n"


def test_facts_names_every_document_that_cites_one(briefing: Briefing) -> None:
    cited_by = {row["id"]: row["cited_by"] for row in the_object(briefing("facts", "--clinic", CLINIC, "--json"))["facts"]}
    for path in sample_requests():
        for page in written(sample_packet(path.stem)[0]):
            missing = [fact_id for fact_id in page.citations if page.id not in cited_by[fact_id]]
            # A time comes with the fact it was worked out from; that one is named by the protocol.
            assert all(any(who.startswith("protocol ") for who in cited_by[fact_id]) for fact_id in missing), missing
