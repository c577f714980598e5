"""Inserts as a clinic meets them: in its folder, on the command line, on the cover, in the manifest."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pypdf import PdfReader

from briefing.catalogue import Catalogue, read_catalogue
from briefing.errors import CatalogueError, Problem, TemplateError, VerificationError
from briefing.fingerprint import typed_texts
from briefing.manifest import Manifest
from briefing.models import PacketRequest
from briefing.packet import Packet
from briefing.pipeline import make_packet
from briefing.selection import ChosenInsert, Selection, choose_documents
from briefing.template_files import template_source
from briefing.verification import verify_packet
from briefing.workshop import open_workshop
from tests.bound import opened
from tests.conftest import ISSUED_ON, SAMPLES, Briefing
from tests.foreign import changed, drawn, guide
from tests.packets import SECRET, request_of
from tests.packets import changed as packet_changed
from tests.reading import elements
from tests.test_catalogue import write
from tests.test_verification import foreign_font

ANA = SAMPLES / "requests" / "ana-ruiz.toml"
GUIDE = """
title.en = "Medication guide"
version.en = "Revised October 2025"
audience = "patient"
kind = "handout"
order = 45
"""
LEFTOVERS = b"BT /F 24 Tf 72 700 Td (TODO) Tj 0 -40 Td (TBD) Tj ET"


def with_inserts(folder: Path, **files: str | bytes) -> Path:
    """Put inserts into a clinic folder; `lab_en` is `inserts/lab/en.pdf`, `lab` its definition."""
    names = {key: key.split("_") for key in files}
    named = {
        f"inserts/{name[0]}/{f'{name[1]}.pdf' if len(name) > 1 else 'insert.toml'}": files[key] for key, name in names.items()
    }
    return write(folder, named)


@pytest.fixture
def lab(clinic_folder: Path) -> Callable[..., Catalogue]:
    """Read the sample clinic with inserts."""

    def read(**files: str | bytes) -> Catalogue:
        return read_catalogue(with_inserts(clinic_folder, **files))

    return read


def problems(read: Callable[..., object], **files: str | bytes) -> set[tuple[str, str]]:
    with pytest.raises(CatalogueError) as refused:
        read(**files)
    return {(problem.kind, problem.where) for problem in refused.value.problems}


# ---- In the clinic's folder ----


def test_an_insert_is_read_with_its_digest(lab: Callable[..., Catalogue]) -> None:
    catalogue = lab(lab=GUIDE, lab_en=guide())
    assert catalogue.inserts["lab"].languages == ("en",)
    assert catalogue.files["inserts/lab/en.pdf"].data == guide()
    assert len(catalogue.files["inserts/lab/en.pdf"].sha256) == 64


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"lab_en": b"x"}, ("insert-incomplete", "inserts/lab")),
        ({"lab": GUIDE}, ("insert-incomplete", "inserts/lab")),
        ({"lab": GUIDE, "lab_es": b"x"}, ("missing", "inserts/lab/insert.toml: title.es")),
        ({"lab": GUIDE + 'verison = "x"', "lab_en": b"x"}, ("unknown-key", "inserts/lab/insert.toml: verison")),
        ({"lab": GUIDE + 'serves.fr = ["es"]', "lab_en": b"x"}, ("unknown-key", "inserts/lab/insert.toml: serves.fr")),
        ({"lab": GUIDE + 'read_aloud.es = ["x"]', "lab_en": b"x"}, ("unknown-key", "inserts/lab/insert.toml: read_aloud.es")),
        ({"consent": GUIDE, "consent_en": b"x"}, ("insert-twice", "inserts/consent")),
        ({"lab": GUIDE.replace("Medication", "x" * 70), "lab_en": b"x"}, ("wrong-value", "inserts/lab/insert.toml: title.en")),
        ({"lab": GUIDE, "lab_english": b"x"}, ("unknown-file", "inserts/lab/english.pdf")),
    ],
)
def test_a_slip_in_the_folder_of_an_insert_is_told(
    lab: Callable[..., Catalogue], files: dict[str, str | bytes], problem: tuple[str, str]
) -> None:
    assert problem in problems(lab, **files)


def test_two_files_for_one_language_are_refused(lab: Callable[..., Catalogue]) -> None:
    both = GUIDE + 'title.es = "Guía"\nversion.es = "Revisada"\nserves.en = ["es"]'
    assert ("contradiction", "inserts/lab/insert.toml: serves") in problems(lab, lab=both, lab_en=b"x", lab_es=b"x")


def test_a_very_large_file_is_refused(lab: Callable[..., Catalogue], monkeypatch: pytest.MonkeyPatch) -> None:
    from briefing import catalogue

    monkeypatch.setattr(catalogue, "LARGEST_INSERT", 1000)
    assert ("unreadable-file", "inserts/lab/en.pdf") in problems(lab, lab=GUIDE, lab_en=guide())


def test_a_link_to_a_file_elsewhere_is_refused(clinic_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.pdf").write_bytes(guide())
    with_inserts(clinic_folder, lab=GUIDE)
    (clinic_folder / "inserts" / "lab" / "en.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    assert ("unreadable-file", "inserts/lab/en.pdf") in problems(lambda: read_catalogue(clinic_folder))


def test_a_template_cannot_take_an_insert_in(lab: Callable[..., Catalogue]) -> None:
    with pytest.raises(TemplateError):
        template_source("inserts/lab/en.pdf", lab(lab=GUIDE, lab_en=guide()))


# ---- Which packets it is in ----


@pytest.fixture
def choose(lab: Callable[..., Catalogue]) -> Callable[..., Selection]:
    def choice(language: str = "en", **files: str | bytes) -> Selection:
        request = request_of(ANA)
        patient = request.patient.model_copy(update={"language": language})
        return choose_documents(lab(**files), request.model_copy(update={"patient": patient}))

    return choice


def test_an_insert_stands_in_its_place_among_the_documents(choose: Callable[..., Selection]) -> None:
    order = [item.id for item in choose(lab=GUIDE, lab_en=guide()).chosen]
    assert order.index("consent") < order.index("lab") < order.index("clinician-sheet")
    staff = GUIDE.replace('"patient"', '"staff"').replace("order = 45", "order = 0")
    assert [item.audience for item in choose(lab=staff, lab_en=guide()).chosen][-2:] == ["staff", "staff"]


def test_it_follows_its_own_rule(choose: Callable[..., Selection]) -> None:
    selection = choose(lab=GUIDE + 'when = { medicine = ["esketamine"] }', lab_en=guide())
    (decision,) = (decision for decision in selection.decisions if decision.name == "lab")
    assert (decision.is_in, decision.reason) == (False, "medicine is ketamine, not esketamine")


def test_it_is_never_given_in_another_language_unasked(choose: Callable[..., Selection]) -> None:
    with pytest.raises(CatalogueError) as refused:
        choose("es", lab=GUIDE, lab_en=guide())
    assert (
        Problem("language-missing", "inserts/lab", "it is not written in the patient's language.", AMONG)
        in refused.value.problems
    )
    selection = choose("es", lab=GUIDE + 'serves.en = ["es"]', lab_en=guide())
    assert [item.language for item in selection.chosen if item.id == "lab"] == ["en"]


AMONG = "It exists in: en. Nothing is replaced by another language unasked."


def test_a_file_serves_the_languages_it_is_said_to_serve(choose: Callable[..., Selection]) -> None:
    staff = GUIDE.replace('"patient"', '"staff"').replace(".en", ".fr") + 'serves.fr = ["en"]'
    (item,) = (item for item in choose(lab=staff, lab_fr=guide()).chosen if isinstance(item, ChosenInsert))
    assert item.language == "fr"


# ---- A whole packet ----


@cache
def packet_with_inserts(folder: Path) -> tuple[Packet, Manifest, PacketRequest]:
    catalogue, request = read_catalogue(folder), request_of(ANA)
    verified, manifest = make_packet(request, open_workshop(catalogue), SECRET, ISSUED_ON)
    return verified.packet, manifest, request


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Packet, Manifest, PacketRequest]:
    """Make Ana Ruiz's packet with a tagged insert, and an untagged one full of words that no page of ours may have."""
    folder = tmp_path_factory.mktemp("clinic")
    for path in (SAMPLES / "clinic").glob("*.toml"):
        (folder / path.name).write_bytes(path.read_bytes())
    form = GUIDE.replace("Medication guide", "Lab form").replace("handout", "form").replace("order = 45", "order = 46")
    return packet_with_inserts(
        with_inserts(folder, guide=GUIDE, guide_en=guide(), labform=form, labform_en=drawn(LEFTOVERS)),
    )


def pages_of(packet: Packet, name: str) -> range:
    (document,) = (document for document in packet.documents if document.item.id == name)
    return range(document.first_page, document.last_page + 1)


def texts(packet: Packet) -> Iterator[str]:
    with pypdfium2.PdfDocument(packet.data) as pdf:
        for page in pdf:
            yield " ".join(page.get_textpage().get_text_range().split())


Made = tuple[Packet, Manifest, PacketRequest]


def test_the_cover_tells_where_inserts_stand(made: Made) -> None:
    packet, _, _ = made
    cover = next(texts(packet))
    first, last = pages_of(packet, "guide")[0], pages_of(packet, "guide")[-1]
    assert f"Medication guide {first} to {last}" in cover
    assert f"Lab form page {pages_of(packet, 'labform')[0]}" in cover


def test_every_page_of_an_insert_has_its_strip(made: Made) -> None:
    packet, _, _ = made
    for number, text in enumerate(texts(packet), 1):
        assert "Ana Ruiz" in text
        if number in pages_of(packet, "guide"):
            assert "Medication guide Revised October 2025" in text
            assert f"{number} of {len(packet.strips)}" in text


def test_the_versions_page_says_that_others_made_it(made: Made) -> None:
    whole = " ".join(texts(made[0]))
    assert "Medication guide Revised October 2025 Does not apply: others made it" in whole


def test_bookmarks_and_tags_have_the_inserts_in_their_place(made: Made) -> None:
    packet, _, _ = made
    titles = [document.item.title for document in packet.documents]
    bookmarks = [entry.title for entry in PdfReader(io.BytesIO(packet.data)).outline if not isinstance(entry, list)]
    assert bookmarks == titles
    with opened(packet) as pdf:
        names = [str(part.ID) for part in elements(pdf, "/Document")[1:]]
    assert names == [f"{'insert' if document.item.brought else 'document'}:{document.item.id}" for document in packet.documents]
    assert "insert:labform" in names


def test_the_manifest_tells_what_became_of_each_insert(made: Made) -> None:
    packet, manifest, _ = made
    documents: Any = manifest.data["documents"]
    about = {document["id"]: document["insert"] for document in documents if "insert" in document}
    assert about == {
        "guide": {
            "accessible": True,
            "tags": "kept",
            "standards": ["PDF/UA-1", "PDF/A-2a"],
            "notes": ["links-left-out"],
        },
        "labform": {"accessible": False, "tags": "made", "standards": [], "notes": ["no-tags"]},
    }
    assert manifest.data["claims"] == []
    assert packet.claims == ()
    assert any("Lab form" in warning and "Medication guide" not in warning for warning in manifest.warnings)
    files = manifest.data["files"]
    assert isinstance(files, list)
    assert {"path", "origin", "sha256"} <= {key for file in files for key in file}


def test_the_packets_id_hangs_on_the_file_of_an_insert(clinic_folder: Path) -> None:
    from briefing.choices import PLAIN
    from briefing.fingerprint import whole_input

    request = request_of(ANA)
    one = whole_input(request, read_catalogue(with_inserts(clinic_folder, lab=GUIDE, lab_en=guide())), ISSUED_ON, PLAIN)
    other = whole_input(request, read_catalogue(with_inserts(clinic_folder, lab_en=guide() + b"\n")), ISSUED_ON, PLAIN)
    assert one != other


def test_a_font_of_an_insert_is_still_a_fault_on_a_page_of_ours(made: Made) -> None:
    packet, _, request = made
    verify_packet(packet, typed_texts(request))
    with pytest.raises(VerificationError) as refused:
        verify_packet(packet_changed(packet, foreign_font), typed_texts(request))
    assert "foreign-font" in {problem.kind for problem in refused.value.problems}


# ---- On the command line ----


def test_documents_lists_inserts(briefing: Briefing, clinic_folder: Path) -> None:
    ran = briefing("documents", "--clinic", with_inserts(clinic_folder, lab=GUIDE, lab_en=guide()), "--json")
    (row,) = (row for row in json.loads(ran.out)["documents"] if row["id"] == "lab")
    assert (row["title"], row["version"], row["origin"]) == ("Medication guide", "Revised October 2025", "clinic")
    assert row["approved"] == "does not apply: an insert"


def test_explain_says_why_an_insert_is_in(briefing: Briefing, clinic_folder: Path) -> None:
    with_inserts(clinic_folder, lab=GUIDE + 'when = { medicine = ["ketamine"] }', lab_en=guide())
    ran = briefing("explain", ANA, "--clinic", clinic_folder, "--issued-on", ISSUED_ON)
    assert "in   lab (en): medicine is ketamine\n" in ran.out


def test_check_tells_what_becomes_of_each_insert(briefing: Briefing, clinic_folder: Path) -> None:
    with_inserts(clinic_folder, lab=GUIDE, lab_en=guide(tagged=False))
    ran = briefing("check", "--clinic", clinic_folder, "--files-only")
    assert (ran.code, ran.out) == (0, "No problems.\n")
    assert ran.err == "inserts/lab (en): does not say that it is accessible; tags made; no-tags; links-left-out\n"
    assert json.loads(briefing("check", "--clinic", clinic_folder, "--files-only", "--json").out)["inserts"][0]["tags"] == "made"


def test_check_names_every_insert_that_cannot_be_used(briefing: Briefing, clinic_folder: Path) -> None:
    locked = changed(guide(), lambda _: None, encryption=pikepdf.Encryption(user="asked", owner="x"))
    with_inserts(clinic_folder, lab=GUIDE, lab_en=b"no PDF", other=GUIDE, other_en=locked)
    ran = briefing("check", "--clinic", clinic_folder, "--json")
    told = {(problem["kind"], problem["where"]) for problem in json.loads(ran.out)["problems"]}
    assert ran.code == 4
    assert told == {("insert-unreadable", "inserts/lab/en.pdf"), ("insert-locked", "inserts/other/en.pdf")}


def test_a_bad_insert_stops_the_packet_and_writes_nothing(briefing: Briefing, clinic_folder: Path, tmp_path: Path) -> None:
    with_inserts(clinic_folder, lab=GUIDE.replace("order = 45", "order = 0"), lab_en=b"no PDF")
    ran = briefing("packet", ANA, "--clinic", clinic_folder, "--out", tmp_path / "out", "--issued-on", ISSUED_ON)
    assert ran.code == 4
    assert "inserts/lab/en.pdf" in ran.err
    assert not list((tmp_path / "out").glob("*.pdf"))
