"""Whole packets, from a request on disk to files on disk, read back with a library that did not write them."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path

import pytest

from briefing.choices import PLAIN
from briefing.fingerprint import whole_input
from briefing.identity import Secret
from briefing.pdf_reading import read_pages
from briefing.pipeline import make_packet
from briefing.workshop import open_workshop
from tests.conftest import ISSUED_ON, ROOT, SAMPLES, Briefing, Ran, each_sample
from tests.packets import SECRET, request_of, sample_catalogue, sample_packet, written
from tests.processes import made_in_two_processes
from tests.test_wording_golden import words

ANA = SAMPLES / "requests" / "ana-ruiz.toml"
BEN = SAMPLES / "requests" / "ben-carter.toml"  # a consultation, with few pages
ISSUED = ("--issued-on", "2026-11-24")


def squeezed(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if not character.isspace() and unicodedata.category(character) != "Cf")


def texts(data: bytes) -> list[str]:
    with read_pages(data) as pages:
        return [page.text_below(page.height) for page in pages]


def make(briefing: Briefing, request: Path, clinic: Path, out: Path, *more: str) -> Ran:
    return briefing("packet", request, "--clinic", clinic, "--out", out, *ISSUED, *more)


def with_name(folder: Path, name: str) -> Path:
    request = folder / "request.json"
    data = tomllib.loads(BEN.read_text())
    data["patient"]["name"] = name
    data["patient"].pop("preferred_name", None)
    request.write_text(json.dumps(data, default=lambda value: value.isoformat()))
    return request


def test_a_packet_and_its_manifest_are_written_and_told_as_one_json_object(
    briefing: Briefing, clinic_folder: Path, tmp_path: Path
) -> None:
    ran = make(briefing, ANA, clinic_folder, tmp_path / "out", "--json")
    told = json.loads(ran.out)
    packet, manifest = Path(told["packet"]), Path(told["manifest"])
    assert ran.code == 0
    assert packet.name == f"packet-{told['packet_id']}.pdf"
    assert manifest.name == f"packet-{told['packet_id']}.manifest.json"
    assert {packet.stat().st_mode & 0o777, manifest.stat().st_mode & 0o777} == {0o600}
    assert told["documents"][0]["first_page"] == 1
    assert told["documents"][-1]["last_page"] == told["pages"] == len(texts(packet.read_bytes()))
    assert {"id", "title", "language", "first_page", "last_page"} <= told["documents"][0].keys()
    described = json.loads(manifest.read_text())
    assert described["packet_sha256"] == hashlib.sha256(packet.read_bytes()).hexdigest()
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")) == sorted(
        [packet.name, manifest.name]
    )


@pytest.mark.parametrize("path", each_sample())
def test_no_patients_detail_is_anywhere_but_in_the_packet(path: Path) -> None:
    packet, manifest = sample_packet(path.stem)
    patient = tomllib.loads(path.read_text())["patient"]
    outside = manifest.as_bytes().decode()
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(packet.data)) as pdf:
        outside += str(dict(pdf.docinfo)) + "".join(item.title for item in pdf.open_outline().root)
    for detail in (patient["name"], patient["record_number"], str(patient["date_of_birth"]), *patient["name"].split()):
        assert not re.search(rf"\b{re.escape(detail)}\b", outside)


def test_a_packet_is_the_same_whatever_the_workshop_made_before() -> None:
    sample_packet("mohammed-alharbi")
    after_another, _ = sample_packet("ben-carter")
    first, _ = make_packet(request_of(BEN), open_workshop(sample_catalogue()), SECRET, ISSUED_ON)
    assert first.packet.data == after_another.data


@pytest.mark.parametrize("path", each_sample())
def test_the_cover_tells_the_right_packet_pages(path: Path) -> None:
    packet, _ = sample_packet(path.stem)
    cover = words(written(packet)[0].html, packet.packet_id)
    told = [document for document in packet.documents[1:] if document.item.audience != "staff"]
    for document in told:
        match = re.search(rf"{re.escape(document.item.title)}\D*?(\d+)", cover)
        assert match, document.item.title
        assert int(match[1]) == document.first_page, document.item.title


@pytest.mark.parametrize("path", each_sample())
def test_every_number_in_brackets_stands_in_the_list_of_sources(path: Path) -> None:
    packet, _ = sample_packet(path.stem)
    pages = written(packet)
    for staff in (False, True):
        html = "".join(page.html for page in pages if (page.audience == "staff") is staff)
        cited = {number for group in re.findall(r'class="src">\s\[([\d, ]+)\]', html) for number in group.split(", ")}
        listed = set(
            re.findall(r"\[(\d+)\] <bdi", html) if staff else re.findall(r">\s*(\d+)\s*</t[dh]>\s*<t[dh][^>]*>\s*<bdi", html)
        )
        assert cited
        assert cited == listed


@pytest.mark.parametrize("path", each_sample())
def test_documents_for_staff_come_last_and_together(path: Path) -> None:
    audiences = [document.item.audience == "staff" for document in sample_packet(path.stem)[0].documents]
    assert audiences == sorted(audiences)
    assert any(audiences)


@pytest.mark.parametrize(
    "name",
    [
        "<b>Bold</b>",
        "{{7*7}}",
        "{% raw %}",
        "<img src=file:///etc/passwd>",
        "https://example.org/x",
        "W" * 280,
        'O\'Brien & "Sons"',
        "None Such",
    ],
)
def test_a_name_prints_as_typed_inside_the_page(name: str, briefing: Briefing, clinic_folder: Path, tmp_path: Path) -> None:
    ran = make(briefing, with_name(tmp_path, name), clinic_folder, tmp_path / "out", "--json")
    assert ran.code == 0, ran.out
    pages = texts(Path(json.loads(ran.out)["packet"]).read_bytes())
    assert all(squeezed(name) in squeezed(page) for page in pages)


@pytest.mark.parametrize(
    "name", ["Ana \u202eRuiz", "Ana \u0000Ruiz", "Ana \ud800Ruiz", "Ana \u2066Ruiz", "Ana\u200bRuiz", "王小明"]
)
def test_a_name_that_could_mislead_or_cannot_be_drawn_is_refused(
    name: str, briefing: Briefing, clinic_folder: Path, tmp_path: Path
) -> None:
    ran = make(briefing, with_name(tmp_path, name), clinic_folder, tmp_path / "out", "--json")
    assert ran.code == 3
    assert [problem["where"] for problem in json.loads(ran.out)["problems"]] == ["patient.name"]
    assert not (tmp_path / "out").exists()


def test_the_same_request_gives_the_same_bytes_in_separate_processes(clinic_folder: Path, tmp_path: Path) -> None:
    made = made_in_two_processes(clinic_folder, tmp_path)
    assert made[0] == made[1]
    assert len(made[0]) == 3  # packet, manifest and the lock of the folder


def test_nothing_depends_on_the_clock(
    clinic_folder: Path, tmp_path: Path, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = make(briefing, ANA, clinic_folder, tmp_path / "today", "--json")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1924992000")
    monkeypatch.setattr("time.time", lambda: 1924992000.0)  # in 2031
    later = make(briefing, ANA, clinic_folder, tmp_path / "later", "--json")
    files = [Path(json.loads(ran.out)["packet"]).read_bytes() for ran in (today, later)]
    assert files[0] == files[1]


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ('name = "Ana Ruiz"', 'name = "Ana Ruis"'),
        ('weight = "70 kg"', 'weight = "71 kg"'),
        ("2026-12-01T09:00:00", "2026-12-01T09:15:00"),
    ],
)
def test_another_detail_gives_another_packet_id(line: str, changed: str, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(ANA.read_text().replace(line, changed, 1))
    assert packet_id(ANA) == packet_id(ANA)
    assert packet_id(other) != packet_id(ANA)


def test_another_clinics_secret_gives_another_packet_id() -> None:
    assert packet_id(ANA, Secret(b"another clinic's")) != packet_id(ANA)


def packet_id(path: Path, secret: Secret = SECRET) -> str:
    return secret.packet_id(whole_input(request_of(path), sample_catalogue(), ISSUED_ON, PLAIN))


def test_the_packet_id_of_a_packet_is_that_of_its_input() -> None:
    assert sample_packet("ana-ruiz")[0].packet_id == packet_id(ANA)


def test_a_packet_that_fails_its_proof_is_not_written(
    briefing: Briefing, clinic_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from briefing.packet import strips

    draw_over = strips._draw_over
    monkeypatch.setattr("briefing.packet.binding.page_code", lambda *_: "BRF:WRONG")
    monkeypatch.setattr(
        strips, "_draw_over", lambda writer, page, *drawn: None if page == writer.pages[2] else draw_over(writer, page, *drawn)
    )
    ran = make(briefing, ANA, clinic_folder, tmp_path / "out", "--json")
    assert ran.code == 7
    assert [path for path in (tmp_path / "out").iterdir() if path.suffix != ".lock"] == []


def test_a_runaway_template_is_stopped(
    briefing: Briefing, clinic_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from briefing import limits

    folder = clinic_folder / "documents" / "after-your-session"
    folder.mkdir(parents=True)
    bomb = (
        "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}x"
    )
    (folder / "en.html.j2").write_text(
        '{% extends "builtin:documents/after-your-session/en.html.j2" %}{% block lead %}' + bomb + "{% endblock %}"
    )
    monkeypatch.setattr("briefing.commands.making.limited", lambda: limits.limited(seconds=3))
    ran = make(briefing, ANA, clinic_folder, tmp_path / "out", "--json")
    assert ran.code == 6
    assert json.loads(ran.out)["problems"][0]["kind"] == "too-slow"


@pytest.mark.parametrize("where", ["clinic", "inside", "around", "link"])
def test_packets_never_go_into_the_clinic_folder(where: str, briefing: Briefing, clinic_folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    out = {"clinic": clinic_folder, "inside": clinic_folder / "out", "around": tmp_path, "link": link}[where]
    ran = make(briefing, ANA, clinic_folder, out, "--json")
    assert ran.code == 8


def test_a_packet_on_a4_has_the_same_documents(briefing: Briefing, clinic_folder: Path, tmp_path: Path) -> None:
    settings = clinic_folder / "clinic.toml"
    settings.write_text(settings.read_text().replace('paper = "letter"', 'paper = "a4"'))
    told = json.loads(make(briefing, ANA, clinic_folder, tmp_path / "out", "--json").out)
    letter, _ = sample_packet("ana-ruiz")
    assert [entry["id"] for entry in told["documents"]] == [document.item.id for document in letter.documents]
    with read_pages(Path(told["packet"]).read_bytes()) as pages:
        assert {(round(page.width), round(page.height)) for page in pages} == {(595, 842)}


def test_proof_makes_a_picture_of_every_page_in_a_folder_of_its_own(
    briefing: Briefing, clinic_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("kept")
    ran = briefing("proof", ANA, "--clinic", clinic_folder, "--out", tmp_path / "out", *ISSUED, "--dpi", "40", "--json")
    told = json.loads(ran.out)
    assert ran.code == 0
    assert len(told["pages"]) == len(sample_packet("ana-ruiz")[0].strips)
    assert all(
        Path(page).read_bytes().startswith(b"\x89PNG") and Path(page).stat().st_mode & 0o777 == 0o600 for page in told["pages"]
    )
    assert (tmp_path / "out" / "mine.txt").read_text() == "kept"


def test_a_request_can_come_from_the_standard_input(clinic_folder: Path, tmp_path: Path) -> None:
    command: list[str | Path] = [
        sys.executable,
        ROOT / "cli.py",
        "packet",
        "-",
        "--clinic",
        clinic_folder,
        "--out",
        tmp_path / "out",
        *ISSUED,
    ]
    done = subprocess.run(command, input=ANA.read_bytes(), capture_output=True, check=False)
    assert done.returncode == 0
    assert Path(done.stdout.decode().strip()).is_file()
    assert done.stdout.count(b"\n") == 1
