"""The built-in documents: complete, sourced, plain, and clean of anything a template must not hold."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment

from briefing.catalogue import Catalogue, read_catalogue
from briefing.html_rendering import HtmlPage
from briefing.readability import Counts, counts_by_section
from briefing.rehearsal import rehearsals
from briefing.selection import ChosenDocument, choose_documents
from tests.conftest import ROOT, SAMPLES, sample_requests
from tests.packets import sample_catalogue, sample_pages

TEMPLATES = ROOT / "templates"
ROWS = {f"S{number}" for number in range(1, 62)}
ELEMENTS = {
    *("cms-facility", "cms-treatment", "cms-practitioner", "cms-explained", "cms-signature", "cms-date-time"),
    *("cms-who-talked", "cms-risk-list", "cms-witness", "cms-others"),
    *("tjc-treatment", "tjc-risks", "tjc-benefits", "tjc-side-effects", "tjc-alternatives", "tjc-likelihood", "tjc-recovery"),
    *("tjc-no-treatment", "tjc-confidentiality"),
    *("rule-key-information", "rule-purpose", "rule-duration", "rule-procedures", "rule-risks", "rule-benefits"),
    *("rule-alternatives", "rule-confidentiality", "rule-contacts", "rule-voluntary", "rule-time-to-consider", "rule-copy"),
    *("study-benefits", "study-risks", "study-alternatives", "study-doing-nothing", "study-numbers", "study-sources"),
    *("study-date", "study-authors"),
    *(
        "off-label",
        "stop-any-time",
        "questions",
        "teach-back",
        "who-signs",
        "interpreter",
        "representative",
        "witness",
        "capacity",
        "sources-listed",
    ),
}
FIRST_SESSIONS = [path.stem for path in sample_requests() if 'stage = "first-session"' in path.read_text()]
IN_ENGLISH = [name for name in FIRST_SESSIONS if 'language = "en"' in (SAMPLES / "requests" / f"{name}.toml").read_text()]
SECRETS = (
    *(
        "ketamin",
        "spravato",
        "depress",
        "off-label",
        "mg",
        "iv ",
        "drip",
        "spray",
        "injection",
        "tablet",
        "dose",
        "therapy",
        "ect ",
    ),
    *("depres", "fuera de etiqueta", "gote", "suero", "aerosol", "inyec", "dosis", "terapia", "tec", "dolor crónico", "psiqui"),
)
HIGHEST_GRADE = 8.0
AVERAGE_GRADE = 6.5


def all_pages() -> list[HtmlPage]:
    return [page for path in sample_requests() for page in sample_pages(path.stem)[0]]


def covered(name: str, what: str) -> set[str]:
    return {row for page in sample_pages(name)[0] for part in page.chosen.parts for row in getattr(part, what)}


def test_every_row_of_the_article_is_covered_by_some_section() -> None:
    documents = sample_catalogue().documents.values()
    found = {row for document in documents for part in document.definition.parts for row in part.covers}
    assert found == ROWS


@pytest.mark.parametrize("name", FIRST_SESSIONS)
def test_a_first_session_packet_covers_every_row_and_every_consent_element(name: str) -> None:
    assert covered(name, "covers") == ROWS
    missing = ELEMENTS - covered(name, "elements")
    off_label = sample_catalogue().protocols[protocol_of(name)].label_status == "off-label"
    assert missing <= (set() if off_label else {"off-label"})


PROTOCOLS = sorted(read_catalogue(None).protocols)


def marks(protocol_id: str, what: str, document_id: str | None = None) -> set[str]:
    """Return the marks of the sections that a first session by a protocol is given, of one document or of all."""
    catalogue = sample_catalogue()
    requests = (item.request for item in rehearsals(catalogue, date(2026, 11, 24)))
    request = next(item for item in requests if item.treatment.protocol == protocol_id and item.visit.stage == "first-session")
    chosen = choose_documents(catalogue, request).chosen
    parts = (
        part for item in chosen if isinstance(item, ChosenDocument) and document_id in (None, item.id) for part in item.parts
    )
    return {mark for part in parts for mark in getattr(part, what)}


@pytest.mark.parametrize("protocol_id", PROTOCOLS)
def test_the_consent_form_has_the_same_elements_for_every_protocol(protocol_id: str) -> None:
    assert marks(protocol_id, "elements", "consent") == marks("iv-depression", "elements", "consent")
    assert {"cms-risk-list", "tjc-benefits", "study-numbers", "off-label"} <= marks(protocol_id, "elements", "consent")


@pytest.mark.parametrize("protocol_id", PROTOCOLS)
def test_a_first_session_by_any_protocol_covers_every_row_and_element(protocol_id: str) -> None:
    assert marks(protocol_id, "covers") == ROWS
    assert marks(protocol_id, "elements") == ELEMENTS


def test_every_protocol_has_a_sample_of_a_first_session() -> None:
    assert {protocol_of(name) for name in FIRST_SESSIONS} == set(PROTOCOLS)


def patient_pages(name: str) -> list[HtmlPage]:
    return [page for page in sample_pages(name)[0] if page.audience != "staff" and page.kind != "sources"]


@pytest.mark.parametrize("name", IN_ENGLISH)
def test_nobody_is_told_of_a_drip_of_their_own_who_gets_none(name: str) -> None:
    protocol = sample_catalogue().protocols[protocol_of(name)]
    text = " ".join(re.sub(r"<[^>]*>", " ", page.html) for page in patient_pages(name))
    own = re.findall(r"\b(?:the|your|this) drip\b|(?<!ketamine )\bby drip into", text, re.IGNORECASE)
    assert bool(own) == (protocol.route == "intravenous")


@pytest.mark.parametrize("name", FIRST_SESSIONS)
def test_the_help_that_is_told_is_that_for_what_is_treated(name: str) -> None:
    is_pain = sample_catalogue().protocols[protocol_of(name)].indication == "pain"
    for page in patient_pages(name):
        if page.id in ("consent", "key-information"):
            told = {kind for kind in ("benefit-", "pain-crps") for fact_id in page.citations if fact_id.startswith(kind)}
            assert told == ({"pain-crps"} if is_pain else {"benefit-"}), page.id


def test_pages_for_pain_say_for_which_pain_the_evidence_is_weak() -> None:
    for page in patient_pages("irene-walsh"):
        if page.id in ("consent", "key-information", "about-ketamine"):
            assert {"pain-crps-moderate", "pain-sci-weak", "pain-weak-or-none", "pain-no-long-term"} <= set(page.citations)
            for kind in ("fibromyalgia", "migraine", "nerve", "back", "cancer"):
                assert kind in page.html.casefold(), (page.id, kind)


@pytest.mark.parametrize("name", ["rosa-delgado", "tom-becker", "irene-walsh"])
def test_counts_from_other_drips_say_so(name: str) -> None:
    for page in patient_pages(name):
        if {"iv-effects-half", "iv-hemodynamic-third"} & set(page.citations):
            assert re.search(r"counts? (here )?(is|are) from drips|studies of one drip|With drips|What to expect", page.html)
        if page.id in ("consent", "key-information") and name != "irene-walsh":
            assert "canmat-non-iv" in page.citations


def test_no_dose_by_weight_and_no_share_that_is_absorbed_is_told_to_patients() -> None:
    for path in sample_requests():
        for page in patient_pages(path.stem):
            assert "mg/kg" not in page.html, (path.stem, page.id)
            assert not [fact_id for fact_id in page.citations if "bioavailability" in fact_id]


def protocol_of(name: str) -> str:
    data = tomllib.loads((SAMPLES / "requests" / f"{name}.toml").read_text())
    return str(data["treatment"]["protocol"])


def test_no_section_claims_an_element_nobody_knows() -> None:
    documents = sample_catalogue().documents.values()
    assert {element for document in documents for part in document.definition.parts for element in part.elements} <= ELEMENTS


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html.j2"))


def visible_text(path: Path) -> str:
    """Return what a template prints by itself: without comments, expressions, tags and attributes."""
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|<style>.*?</style>", " ", path.read_text(), flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", text)


def quoted_words(path: Path) -> str:
    """Return the words a template hands over in quotes inside its expressions, but for ids and names."""
    expressions = " ".join(re.findall(r"\{[{%].*?[%}]\}", path.read_text(), flags=re.DOTALL))
    return " ".join(words for words in re.findall(r'"([^"]*)"', expressions) if " " in words)


NUMBER_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|ninety|hundred|thousand|"
    r"a third|a quarter|half an) (hours?|minutes?|days?|weeks?|months?|years?|percent|people|of|in|times)\b|"
    r"\b(dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|veinte|treinta|cuarenta|cincuenta|sesenta|noventa|cien|mil|"
    r"un tercio|un cuarto|media) (horas?|minutos?|días?|semanas?|mes(es)?|años?|por ciento|personas|de|en)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_number_is_typed_into_a_template(path: Path) -> None:
    text = f"{visible_text(path)} {quoted_words(path)}"
    assert not re.findall(r"\d+", text)
    assert not NUMBER_WORDS.findall(text)


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_nothing_typed_can_reach_an_attribute_or_a_style(path: Path) -> None:
    allowed = {
        "strip.filler.direction",
        "strip.filler.language",
        "statement.direction",
        "statement.language",
        "language",
        'w["direction"]',
        "document.look",
        "document.kind",
        "whose.fit",
        "kind",
        "lines[0].kind",
        'kind or "plain"',
    }
    inside = re.findall(r'[\w-]+="[^"<>]*?\{\{(.*?)\}\}', path.read_text())
    assert {expression.strip() for expression in inside} <= allowed
    assert not re.findall(r'\sstyle="', path.read_text())
    assert "| safe" not in path.read_text()


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_template_is_jinja(path: Path) -> None:
    Environment(autoescape=True).parse(path.read_text())


def test_the_words_that_stand_for_a_missing_value_are_never_used() -> None:
    for path in templates():
        assert not re.findall(r"\bNone\b|\bTBD\b|\bN/A\b|\bundefined\b", visible_text(path)), path


def for_readers(html: str) -> str:
    """Return a page with every typed text replaced by one short word: long names are not hard to read."""
    return re.sub(r"<bdi[^>]*>.*?</bdi>", "Ana", html, flags=re.DOTALL)


def test_every_section_is_easy_enough_to_read() -> None:
    # In English: the other languages are measured in test_translations.py.
    hard = {}
    for page in all_pages():
        definition = page.chosen.document.definition
        if page.language != "en":
            continue
        if definition.audience == "staff" or definition.kind == "sources":  # titles of publications are what they are
            continue
        for section, counts in counts_by_section(for_readers(page.html)).items():
            if counts.flesch_kincaid_grade > HIGHEST_GRADE:
                hard[page.chosen.document.id, section] = round(counts.flesch_kincaid_grade, 1)
    assert not hard


def test_patients_pages_are_easy_on_the_whole() -> None:
    for path in sample_requests():
        total = Counts()
        for page in sample_pages(path.stem)[0]:
            if page.audience != "staff" and page.kind != "sources" and page.language == "en":
                total = sum(counts_by_section(for_readers(page.html)).values(), total)
        assert not total.words or total.flesch_kincaid_grade <= AVERAGE_GRADE, path.stem


def given_away(html: str, *recorded: str) -> list[str]:
    """Return what a page tells of a condition, a medicine, a dose or a diagnosis, in English or in Spanish."""
    text = re.sub(r"<head>.*?</head>|<[^>]*>", " ", html, flags=re.DOTALL).casefold()
    return [secret for secret in (*SECRETS, *recorded) if secret.casefold() in text]


def test_the_companions_sheet_says_nothing_of_condition_medicine_or_dose() -> None:
    for path in sample_requests():
        data = tomllib.loads(path.read_text())
        for page in sample_pages(path.stem)[0]:
            if page.audience == "companion":
                given = data["treatment"]["for_condition"]
                recorded = [*data["patient"].get("conditions", []), *data["patient"].get("medicines", [])]
                assert not given_away(page.html, given, *recorded), path.stem


def test_a_companions_sheet_that_gives_something_away_is_found() -> None:
    good = "<p>Respira mal. Llame al 911. Trouble breathing. Call us.</p>"
    assert not given_away(good, "depression")
    for slip in ("Esketamina", "el goteo", "su Inyección", "depresión", "fuera de etiqueta", "the drip", "35 mg", "TEC"):
        assert given_away(good + slip), slip
    assert given_away(good + "fibromialgia", "fibromialgia")


def test_the_sample_clinic_has_approved_the_exact_words_of_every_document() -> None:
    # After a change of wording, from the checkout:
    # ./run approve all --clinic samples/clinic --by "Dr. Ngozi Okafor" --role "medical director" --on 2026-10-14
    drafts = {page.chosen.document.id for page in all_pages() if page.approval is None}
    assert not drafts


def test_every_fact_that_is_printed_was_in_date_when_the_samples_were_issued(catalogue: Catalogue) -> None:
    cited = {fact_id for page in all_pages() for fact_id in page.citations}
    assert not [fact_id for fact_id in cited if catalogue.facts.facts[fact_id].review(date(2026, 11, 24)) == "overdue"]


def test_facts_that_must_stand_together_do() -> None:
    together = [{"benefit-elektd-response", "benefit-ketect-remission"}, {"iv-bp-684", "iv-hemodynamic-third"}]
    for page in all_pages():
        for group in together:
            assert group.isdisjoint(page.citations) or group <= set(page.citations), (page.chosen.document.id, group)


def test_a_page_about_ketamine_gives_no_rate_of_esketamine_unmarked() -> None:
    for page in all_pages():
        if page.chosen.document.definition.audience == "staff":
            continue
        esketamine = [fact_id for fact_id in page.citations if fact_id.startswith("ae-esk-")]
        assert not esketamine or re.search(r"Spravato|esketamine", page.html), page.chosen.document.id


def test_built_in_templates_are_read_without_a_clinic() -> None:
    assert read_catalogue(None).documents.keys() == sample_catalogue().documents.keys()
