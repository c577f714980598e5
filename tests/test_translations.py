"""Every translation says what the original says: the same sections, facts, numbers, dates and lines to fill in."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import cast

import pytest

from briefing.html_rendering import HtmlPage, make_environment
from briefing.intake import read_request
from briefing.models import PacketRequest
from briefing.pdf_rendering import PdfDocument, Press
from briefing.printing import print_documents
from briefing.readability import Counts, counts_by_section
from briefing.rehearsal import rehearsals
from briefing.selection import choose_documents
from tests.conftest import ISSUED_ON, SAMPLES, sample_requests
from tests.packets import press, sample_catalogue
from tests.test_documents import for_readers, given_away
from tests.translations import page_differences, slots, template_differences

LANGUAGES = sorted(set(sample_catalogue().the_clinic().texts) - {"en"})
FOR_PATIENTS = [document for document in sample_catalogue().documents.values() if document.definition.audience != "staff"]
NAMES = frozenset({*sample_catalogue().facts.facts, *sample_catalogue().wording("en").labels})
TRANSLATED = [(document.id, language) for language in LANGUAGES for document in FOR_PATIENTS if language in document.languages]
REHEARSED = {rehearsal.name: rehearsal.request for rehearsal in rehearsals(sample_catalogue(), ISSUED_ON)}
LOWEST_EASE, AVERAGE_EASE = 65.0, 75.0


class Unprinted:
    """Stands in for the press: what is looked at here is the text, not the page."""

    def print_pdf(self, html: str, name: str, *, fillable: bool = False, shared: bool = False) -> PdfDocument:
        del html, name, fillable, shared
        return PdfDocument(b"", 1)


def pages_of(request: PacketRequest) -> dict[str, HtmlPage]:
    """Return what a patient and a companion get to read, by document."""
    catalogue = sample_catalogue()
    chosen, press = choose_documents(catalogue, request).chosen, cast(Press, Unprinted())
    made = print_documents(chosen, request, catalogue, make_environment(catalogue), press, "AAAA-AAAA", ISSUED_ON)
    return {page.id: page for page, _ in made if isinstance(page, HtmlPage) and page.audience != "staff"}


@cache
def rehearsed(name: str) -> dict[str, HtmlPage]:
    return pages_of(REHEARSED[name])


@cache
def sample(name: str, language: str) -> dict[str, HtmlPage]:
    data = tomllib.loads((SAMPLES / "requests" / f"{name}.toml").read_text())
    data["patient"]["language"] = language
    return pages_of(read_request(data, sample_catalogue(), ISSUED_ON))


def template(document_id: str, language: str) -> str:
    return sample_catalogue().files[sample_catalogue().documents[document_id].template(language)].text


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_a_patient_reads_is_there_in_the_language(language: str) -> None:
    catalogue = sample_catalogue()
    assert not [document.id for document in FOR_PATIENTS if language not in document.languages]
    assert not [document.id for document in FOR_PATIENTS if language not in document.definition.title]
    assert not [name for name, protocol in catalogue.protocols.items() if language not in protocol.title]
    told = [fact for fact in catalogue.facts.facts.values() if fact.definition.audience == "patient"]
    assert not [fact.id for fact in told if language not in fact.definition.text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fact_tells_the_same_numbers_in_every_language(language: str) -> None:
    for fact in sample_catalogue().facts.facts.values():
        if language in fact.definition.text:
            assert slots(fact.definition.text[language]) == slots(fact.definition.text["en"]), fact.id


@pytest.mark.parametrize(("document_id", "language"), TRANSLATED)
def test_a_template_differs_from_the_original_in_nothing_but_words(document_id: str, language: str) -> None:
    assert not template_differences(template(document_id, "en"), template(document_id, language), NAMES)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('{{ cite("emergency-988") }}', "", "clear_talk: missing"),
        ('cite("emergency-988")', 'cite("emergency-911")', "clear_talk: added"),
        ("{{ clinic.crisis_number }}", "{{ clinic.phone }}", "clear_talk: added clinic.phone"),
        ("{{ clinic.crisis_number }}", "el número", "clear_talk: missing clinic.crisis_number"),
        ("{% block what_matters %}", "{% block what_counts %}", "what_counts: only in one of them"),
        ("<p>Marque", "<p>Léalo.</p><p>Marque", "questions: elements differ"),
        ('{{ m.ruled("Mis propias preguntas", 2) }}', '{{ m.ruled("Mis propias preguntas", 1) }}', "own_questions: missing"),
        ('  ("¿Cuánto voy a pagar?", "Cuánto voy a pagar"),\n', "", "questions: missing for"),
        ("{% block own_questions %}", "{% block own_questions %}{% if companion %}Sí.{% endif %}", "own_questions: added if"),
    ],
)
def test_a_slip_in_a_translated_template_is_found(was: str, becomes: str, told: str) -> None:
    good = template("goals-and-questions", "es")
    assert was in good
    found = template_differences(template("goals-and-questions", "en"), good.replace(was, becomes, 1), NAMES)
    assert any(problem.startswith(told) for problem in found), found


def differences(original: dict[str, HtmlPage], translation: dict[str, HtmlPage], language: str) -> dict[str, list[str]]:
    assert list(translation) == list(original)
    assert {name: [part.id for part in page.chosen.parts] for name, page in translation.items()} == {
        name: [part.id for part in page.chosen.parts] for name, page in original.items()
    }
    # A list of words is as long as each language needs it to be.
    compared = {name: page for name, page in original.items() if "glossary" not in page.chosen.document.definition.needs}
    found = {name: page_differences(page.html, translation[name].html, language) for name, page in compared.items()}
    return {name: problems for name, problems in found.items() if problems}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in REHEARSED if ", en, " in name])
def test_made_up_patients_read_the_same_figures_in_every_language(name: str, language: str) -> None:
    assert not differences(rehearsed(name), rehearsed(name.replace(", en, ", f", {language}, ")), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [path.stem for path in sample_requests() if "interpreter" not in path.read_text()])
def test_sample_patients_read_the_same_figures_in_every_language(name: str, language: str) -> None:
    assert not differences(sample(name, "en"), sample(name, language), language)


@pytest.mark.parametrize(
    ("document_id", "was", "becomes", "what"),
    [
        ("cover", "9:00\N{NO-BREAK SPACE}a.", "9:00\N{NO-BREAK SPACE}p.", "figures"),
        ("cover", "Martes 1", "Martes 2", "figures"),
        ("cover", "Martes", "Jueves", "figures"),
        ("cover", "diciembre", "octubre", "figures"),
        ("cover", "0142", "0141", "figures"),
        ("consent", "del miércoles", "del martes", "figures"),
        ("consent", "100 personas", "10 personas", "figures"),
        ("consent", "[22]", "[23]", "citations"),
        ("consent", "<li>Para la depresión", "<p>Para la depresión", "elements"),
        ("companion", "field-line", "field-box", "lines to fill in"),
        ("companion", "<h2>Su parte</h2>", "Su parte", "sections"),
    ],
)
def test_a_slip_on_a_translated_page_is_found(document_id: str, was: str, becomes: str, what: str) -> None:
    original, good = sample("ana-ruiz", "en")[document_id].html, sample("ana-ruiz", "es")[document_id].html
    assert was in good
    found = page_differences(original, good.replace(was, becomes, 1), "es")
    assert any(what in problem for problem in found), found


def measured(pages: dict[str, HtmlPage], language: str) -> dict[str, dict[str, Counts]]:
    """Return the counts of each section of each page; titles of publications are what they are, and are left out."""
    return {name: counts_by_section(for_readers(page.html), language) for name, page in pages.items() if page.kind != "sources"}


@pytest.mark.parametrize("name", [name for name in REHEARSED if ", es, " in name])
def test_spanish_is_easy_to_read(name: str) -> None:
    hard = {}
    for document_id, sections in measured(rehearsed(name), "es").items():
        whole = sum(sections.values(), Counts()).fernandez_huerta_ease
        if whole < AVERAGE_EASE:
            hard[document_id, "all of it"] = round(whole, 1)
        for heading, counts in sections.items():
            if counts.fernandez_huerta_ease < LOWEST_EASE:
                hard[document_id, heading] = round(counts.fernandez_huerta_ease, 1)
    assert not hard


@pytest.mark.parametrize("name", [name for name in REHEARSED if re.search(r", (?!en, )\w+, first-session$", name)])
def test_key_information_stays_on_one_page(name: str) -> None:
    page = rehearsed(name)["key-information"]
    assert press().print_pdf(page.html, page.title).page_count == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_companions_sheet_gives_anything_away(language: str) -> None:
    for name in REHEARSED:
        if f", {language}, " in name and "companion" in rehearsed(name):
            assert not given_away(rehearsed(name)["companion"].html), name


@pytest.mark.parametrize("name", [name for name in REHEARSED if ", es, " in name])
def test_spanish_sentences_end_once(name: str) -> None:
    # A clock time ends with a point of its own: a. m.
    for document_id, page in rehearsed(name).items():
        text = re.sub(r"<[^>]*>", "", re.sub(r"<span class=\"src\">.*?</span>", "", page.html))
        assert not re.findall(r".{20}(?:\.\.|,,|,\.|::)", text), document_id
