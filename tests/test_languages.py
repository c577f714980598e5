"""A new language is a set of files: made here out of English as docs/languages.md says, without a line of Python touched."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from briefing.approval import standing_of, with_approvals
from briefing.catalogue import Catalogue, read_catalogue, survey
from briefing.errors import CatalogueError
from briefing.intake import parse_request, read_request
from briefing.pipeline import make_packet
from briefing.selection import choose_documents
from briefing.template_check import template_problems
from tests.conftest import ISSUED_ON, ROOT, SAMPLES, Briefing
from tests.packets import SECRET, written
from tests.test_approval import DOCTOR, ON, TRANSLATOR

TEMPLATES = ROOT / "templates"
_NOT_PRINTED = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|{\w*}|<[^>]*>|&\w+;", re.DOTALL)
_BESIDE = re.compile(r'^([\w.]*?\b)en( = )("""(?s:.*?)"""|".*?"|\[[^\]]*\])(?=\s*(?:#.*)?$)', re.MULTILINE)
_INLINE = re.compile(r'{ en = "([^"]*)"')
_NOT_TRANSLATED = re.compile(r"direction|format_\w+|am|pm")


def french(text: str) -> str:
    """Translate what is printed into something that is not English and as long."""
    kept = [match.group() for match in _NOT_PRINTED.finditer(text)]
    words = [piece.replace("e", "é").replace("a", "à") for piece in _NOT_PRINTED.split(text)]
    return "".join(word + mark for word, mark in zip(words, [*kept, ""], strict=True))


def with_french(toml: str) -> str:
    """Write an `fr` beside every `en`."""
    toml = re.sub(r"^(?:title|text|talk|name|words|role)\.fr = .*\n", "", toml, flags=re.MULTILINE)
    toml = _BESIDE.sub(lambda found: f"{found[0]}\n{found[1]}fr{found[2]}{french(found[3])}", toml)
    return _INLINE.sub(lambda found: f'{{ fr = "{french(found[1])}", en = "{found[1]}"', toml)


def labels() -> str:
    lines = (TEMPLATES / "wording" / "en.toml").read_text().splitlines(keepends=True)
    translated = []
    for line in lines:
        key, is_label, text = line.partition(" = ")
        translated.append(line if not is_label or _NOT_TRANSLATED.fullmatch(key) else f"{key} = {french(text)}")
    return "".join(translated)


def steps(folder: Path) -> list[tuple[str, dict[str, str]]]:
    """Return the files of each step of the guide."""
    settings = (folder / "clinic.toml").read_text()
    texts = re.search(r"^\[texts\.en\]\n.*?(?=^\[|^#)", settings, re.MULTILINE | re.DOTALL)
    assert texts
    clinic = with_french(settings) + french(texts[0]).replace("[téxts.én]", "\n[texts.fr]")
    for key in ("opening_hours", "cost", "privacy", "interpreter_help"):
        clinic = clinic.replace(french(key), key)

    def beside(pattern: str) -> dict[str, str]:
        found = (path for path in sorted(TEMPLATES.glob(pattern)) if path.name != "sources.toml")
        return {str(path.relative_to(TEMPLATES)): with_french(path.read_text()) for path in found}

    documents: dict[str, str] = {}
    for path in sorted(TEMPLATES.glob("documents/*/document.toml")):
        if 'audience = "staff"' not in path.read_text():
            name = f"documents/{path.parent.name}"
            documents |= {f"{name}/document.toml": with_french(path.read_text())}
            documents |= {f"{name}/fr.html.j2": french((path.parent / "en.html.j2").read_text())}
    return [
        ("labels", {"wording/fr.toml": labels()}),
        ("the clinic's own sentences", {"clinic.toml": clinic}),
        ("facts", beside("facts/*.toml")),
        ("treatments", beside("protocols/*.toml")),
        ("conditions and medicines", beside("vocabulary/[!h]*.toml")),
        ("documents", documents),
    ]


@pytest.fixture
def folder(clinic_folder: Path) -> Path:
    """Return a clinic folder with a whole set of French files."""
    for _, files in steps(clinic_folder):
        for name, text in files.items():
            (clinic_folder / name).parent.mkdir(parents=True, exist_ok=True)
            (clinic_folder / name).write_text(text)
    return clinic_folder


def approved(catalogue: Catalogue) -> Catalogue:
    """Approve every document, the translations beside their originals."""
    english = replace(catalogue, approvals=with_approvals(catalogue, sorted(catalogue.documents), "en", DOCTOR, ON))
    ids = [name for name, document in sorted(catalogue.documents.items()) if "fr" in document.languages]
    return replace(english, approvals=with_approvals(english, ids, "fr", DOCTOR, ON, TRANSLATOR))


def test_a_new_language_makes_a_real_packet_without_any_python(folder: Path) -> None:
    catalogue = approved(read_catalogue(folder))
    assert template_problems(catalogue) == []
    data = parse_request((SAMPLES / "requests" / "ben-carter.toml").read_text().replace('language = "en"', 'language = "fr"'))
    verified, _ = make_packet(read_request(data, catalogue, ISSUED_ON), catalogue, SECRET, ISSUED_ON)
    pages = written(verified.packet)
    assert {page.language for page in pages} == {"fr", "en"}
    assert {page.id for page in pages if page.language == "en"} == {page.id for page in pages if page.audience == "staff"}
    assert not [page.id for page in pages if page.is_draft]
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(verified.packet.data)).pages)
    for words in (
        french("Your goals and questions"),  # the title of a document
        french("This packet is yours,") + " Ben Carter.",  # words of a page
        french("Keep at home"),  # a label
        f"{TRANSLATOR.name} " + french("checked the translation."),
        french("of 100"),  # a fact
    ):
        assert words in text, words
    assert "This packet is yours" not in text


def test_every_page_can_be_approved_in_the_new_language(folder: Path) -> None:
    catalogue = approved(read_catalogue(folder))
    for document in catalogue.documents.values():
        if document.definition.audience != "staff":
            assert standing_of(document, "fr", catalogue).state == "approved", document.id


def test_nothing_is_wrong_after_any_step_and_the_packet_is_refused_until_the_last(clinic_folder: Path) -> None:
    data = parse_request((SAMPLES / "requests" / "ana-ruiz.toml").read_text().replace('language = "en"', 'language = "fr"'))
    all_steps = steps(clinic_folder)
    for number, (step, files) in enumerate(all_steps, 1):
        for name, text in files.items():
            (clinic_folder / name).parent.mkdir(parents=True, exist_ok=True)
            (clinic_folder / name).write_text(text)
        catalogue, problems = survey(clinic_folder)
        assert problems == [], step
        if number < len(all_steps):
            with pytest.raises(CatalogueError):
                choose_documents(catalogue, read_request(data, catalogue, ISSUED_ON))
    assert choose_documents(catalogue, read_request(data, catalogue, ISSUED_ON)).chosen


def test_a_fact_that_was_forgotten_is_named_by_every_page_that_prints_it(briefing: Briefing, folder: Path) -> None:
    path = folder / "facts" / "side-effects-ketamine.toml"
    text = path.read_text()
    start = text.index("text.fr = ", text.index("[iv-effects-4h]"))
    path.write_text(text[:start] + text[text.index("\n", start) + 1 :])
    ran = briefing("check", "--clinic", folder, "--files-only")
    assert ran.code == 5
    assert "fr.html.j2, line " in ran.err
    assert "fact iv-effects-4h: it has no text in language fr." in ran.err
