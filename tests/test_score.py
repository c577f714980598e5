"""`briefing score`, as staff and auditors meet it: a table, one JSON object, one page, and a code that a script can rely on."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
from pypdf import PdfWriter

from briefing.errors import ExitCode
from briefing.packet import Packet
from briefing.pdf_reading import read_pages
from briefing.score_page import print_score
from briefing.scoring import ScoreCard, score_packet
from tests.bound import bound
from tests.conftest import Briefing
from tests.packets import sample_catalogue, sample_packet
from tests.test_packet_structure import failures
from tests.test_scoring import SAMPLE, small

PASSWORD = "correct horse battery staple"


@cache
def poor() -> Packet:
    """Return a small packet whose consent lacks most of what is asked for."""
    return bound(small("consent"))


def card(packet: Packet) -> ScoreCard:
    return score_packet(packet.data, sample_catalogue().standards)


def put(folder: Path, data: bytes) -> Path:
    path = folder / "packet.pdf"
    path.write_bytes(data)
    return path


def test_a_full_card_is_told_as_a_table(briefing: Briefing, tmp_path: Path) -> None:
    packet, _ = sample_packet(SAMPLE)
    ran = briefing("score", put(tmp_path, packet.data))
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == f"Packet {packet.packet_id}, issued on 2026-11-24, {len(packet.strips)} pages"
    assert "CMS: on every consent form     6 of 6" in lines
    assert "Topics of the whole treatment  61 of 61" in lines
    assert "briefing verify" in lines[-1]
    assert "Ruiz" not in ran.out


def test_what_is_missing_is_told_with_code_7_and_the_table_all_the_same(briefing: Briefing, tmp_path: Path) -> None:
    ran = briefing("score", put(tmp_path, poor().data))
    assert ran.code == ExitCode.VERIFICATION
    assert "CMS: on every consent form     3 of 6" in ran.out
    assert "missing" in ran.out
    assert "CMS: on every consent form: Name of the treatment: no part covers it." in ran.err


def test_json_is_one_object_with_the_card_and_the_problems(briefing: Briefing, tmp_path: Path) -> None:
    ran = briefing("score", put(tmp_path, poor().data), "--json")
    told = json.loads(ran.out)
    assert (ran.code, told["ok"], told["exit_code"]) == (7, False, 7)
    cms = told["score"]["standards"][0]
    assert (cms["id"], cms["elements"][0]["state"], cms["elements"][0]["places"][0]["pages"]) == ("cms", "covered", [1])
    assert {problem["kind"] for problem in told["problems"]} == {"not-covered"}
    full = json.loads(briefing("score", put(tmp_path, sample_packet(SAMPLE)[0].data), "--json").out)
    assert (full["ok"], full["exit_code"], full["score"]["lost"]) == (True, 0, [])
    assert "Ruiz" not in json.dumps(full)


def test_the_card_prints_as_one_page_that_names_no_patient(briefing: Briefing, tmp_path: Path) -> None:
    packet, _ = sample_packet(SAMPLE)
    out = tmp_path / "card.pdf"
    assert briefing("score", put(tmp_path, packet.data), "--page", out).code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    with read_pages(out.read_bytes()) as (page,):
        text = page.text_above(0)
    assert packet.packet_id in text
    assert card(packet).sha256 in text
    assert "61 of 61" in text
    assert not [told for told in ("Ruiz", "Ana ", "1986", "MRN", "35 mg") if told in text]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["card.pdf", "packet.pdf"]


def test_a_card_with_everything_missing_is_one_page_too() -> None:
    for paper in ((612.0, 792.0), (595.3, 841.9)):
        data = print_score(replace(card(poor()), paper=paper), sample_catalogue())
        with pikepdf.open(io.BytesIO(data)) as pdf:
            (page,) = pdf.pages
            assert abs(float(page.MediaBox[2]) - paper[0]) < 1


def test_the_page_keeps_to_the_archives_standards_and_is_the_same_every_time() -> None:
    data = print_score(card(poor()), sample_catalogue())
    assert data == print_score(card(poor()), sample_catalogue())
    assert failures(data) == []


def test_the_page_is_written_whole_or_not_at_all(briefing: Briefing, tmp_path: Path) -> None:
    ran = briefing("score", put(tmp_path, poor().data), "--page", tmp_path / "none" / "card.pdf", "--json")
    assert (ran.code, json.loads(ran.out)["problems"][0]["kind"]) == (ExitCode.DELIVERY, "cannot-write")


def test_what_is_no_packet_is_bad_input(briefing: Briefing, tmp_path: Path) -> None:
    blank = PdfWriter()
    blank.add_blank_page(612, 792)
    blank.write(tmp_path / "blank.pdf")
    (tmp_path / "text.pdf").write_text("hello")
    for name, kind in (("blank.pdf", "not-a-packet"), ("text.pdf", "not-a-pdf"), ("none.pdf", "cannot-read")):
        ran = briefing("score", tmp_path / name, "--json")
        assert (ran.code, [problem["kind"] for problem in json.loads(ran.out)["problems"]]) == (ExitCode.INPUT, [kind]), name


def test_a_locked_packet_is_scored_with_its_password(briefing: Briefing, tmp_path: Path) -> None:
    out, words = io.BytesIO(), tmp_path / "password"
    words.write_text(PASSWORD + "\n")
    with pikepdf.open(io.BytesIO(poor().data)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user=PASSWORD, owner="another one", R=6))
    path = put(tmp_path, out.getvalue())
    assert "3 of 6" in briefing("score", path, "--password-file", words).out
    ran = briefing("score", path, "--json")
    assert (ran.code, json.loads(ran.out)["problems"][0]["kind"]) == (ExitCode.INPUT, "locked")


def test_a_clinics_own_standard_is_on_the_card(briefing: Briefing, tmp_path: Path, clinic_folder: Path) -> None:
    (clinic_folder / "standards").mkdir()
    (clinic_folder / "standards" / "our-state.toml").write_text(
        'title.en = "Our state"\nbasis = "A law"\norder = 5\n[[elements]]\nid = "state-copy"\nname.en = "A copy"\n'
    )
    path = put(tmp_path, sample_packet(SAMPLE)[0].data)
    ran = briefing("score", path, "--clinic", clinic_folder)
    assert ran.code == ExitCode.VERIFICATION
    assert "Our state: A copy: no part covers it." in ran.err
    assert briefing("score", path).code == 0
