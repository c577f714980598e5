"""What templates are given about who is in front of us, seen on the pages: each line where it belongs and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from briefing.catalogue import Catalogue
from briefing.errors import CatalogueError
from briefing.html_rendering import HtmlPage
from briefing.intake import read_request
from briefing.models import PacketRequest
from briefing.template_context import TalkView, TreatmentView, Typed, views
from briefing.wording import Wording
from tests.conftest import ISSUED_ON
from tests.packets import page_of, sample_catalogue

Data = dict[str, Any]
Check = Callable[[object], PacketRequest]


def words(page: HtmlPage) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.html))


@pytest.fixture
def shown(request_of: Check, ana: Data) -> Callable[..., str]:
    """Return the words of a page for Ana Ruiz with other details."""

    def show(document: str, catalogue: Catalogue | None = None, **changes: Mapping[str, object]) -> str:
        data = {**ana, **{table: {**ana.get(table, {}), **values} for table, values in changes.items()}}
        return words(page_of(request_of(data), document, catalogue))

    return show


Shown = Callable[..., str]


def test_each_known_medicine_and_condition_is_talked_about_once(shown: Shown) -> None:
    text = shown("before-you-come", patient={"medicines": ["Ativan 1 mg", "lorazepam", "lithium"], "conditions": ["HTN"]})
    assert text.count("Talk with us about:") == 2
    assert text.count("Ativan 1 mg, lorazepam. With ketamine it can slow your breathing") == 1
    assert text.count("HTN. Blood pressure can rise more") == 1
    assert text.count("Do not stop or skip any medicine unless Dr. Ngozi Okafor tells you") == 1
    assert "lithium. " not in text  # known, and nothing to say to a patient


def test_the_patients_page_says_nothing_of_what_must_be_checked_or_is_not_known(shown: Shown) -> None:
    text = shown("before-you-come", patient={"medicines": ["zorbafex"], "conditions": ["mother had a stroke"]})
    assert "zorbafex" in text
    assert "mother had a stroke" in text
    assert "Talk with us about:" not in text
    assert "recognised" not in text


def test_the_clinician_is_told_of_flags_doubts_and_what_is_not_known(shown: Shown) -> None:
    text = shown("clinician-sheet", patient={"medicines": ["zorbafex"], "conditions": ["stroke?", "glaucoma"], "allergies": []})
    assert re.search(r"glaucoma ?high pressure in the eye \(glaucoma\).*Pain|glaucoma.*pressure in your head or your eye", text)
    assert "Holds for: ketamine by drip; chronic pain." in text
    assert "Read as given, check what is meant: stroke?." in text
    assert "Not recognised: zorbafex." in text
    assert re.search(r"stroke\? ?stroke ?Check", text)


def test_the_clinician_is_told_when_sources_name_nothing(shown: Shown) -> None:
    text = shown("clinician-sheet", patient={"medicines": ["cetirizine"], "conditions": [], "allergies": []})
    assert "Our sources name nothing of what was recorded." in text
    assert "Not recognised" not in text


def test_the_companion_is_told_nothing_of_it(shown: Shown) -> None:
    same = shown("companion", patient={"medicines": [], "conditions": []})
    needs = {"needs": ["hearing", "cannot-read"], "pregnancy_possible": True}
    assert shown("companion", patient={"medicines": ["Ativan"], "conditions": ["psychosis"], **needs}) == same


def test_what_is_cited_for_the_record_alone_is_kept_apart(request_of: Check, ana: Data) -> None:
    ana["patient"] |= {"medicines": ["Adderall"], "conditions": ["bipolar disorder"]}
    page, without = page_of(request_of(ana), "clinician-sheet"), {**ana["patient"], "medicines": [], "conditions": []}
    plain = page_of(request_of({**ana, "patient": without}), "clinician-sheet")
    assert page.citations == plain.citations
    assert set(page.citations_of_patient) - set(plain.citations_of_patient) >= {"benefit-bipolar-small", "med-sympathomimetics"}


def test_a_line_that_is_missing_in_the_language_of_the_page_is_no_line_in_another() -> None:
    line = TalkView((Typed("x"),), "some-entry", {"en": "Tell us."}, "fr", ())
    with pytest.raises(CatalogueError) as refused:
        _ = line.text
    (problem,) = refused.value.problems
    assert (problem.kind, problem.where) == ("language-missing", "vocabulary: some-entry")


def test_what_is_treated_is_named_in_the_language_of_the_page_and_else_printed_as_typed(
    request_of: Check, ana: Data, catalogue: Catalogue
) -> None:
    def printed(typed: str, language: str) -> str:
        request = request_of({**ana, "treatment": {**ana["treatment"], "for_condition": typed}})
        protocol, wordings = catalogue.protocols["iv-depression"], with_spanish(catalogue).wordings
        clinic = catalogue.the_clinic()
        texts = {**clinic.texts, "es": clinic.texts["en"]}
        roles = {key: each.model_copy(update={"role": {"en": "x", "es": "y"}}) for key, each in clinic.clinicians.items()}
        both = clinic.model_copy(update={"texts": texts, "clinicians": roles})
        bilingual = protocol.model_copy(update={"title": {"en": "x", "es": "y"}})
        known = catalogue.vocabulary
        seen = views(request, both, bilingual, None, None, wordings[language], wordings, known, catalogue.facts)["treatment"]
        assert isinstance(seen, TreatmentView)
        return seen.for_condition

    assert printed("PTSD", "es") == "TEPT (trastorno de estrés postraumático)"
    assert printed("PTSD", "en") == "PTSD"
    assert printed("severe PTSD", "es") == "severe PTSD"


# ---- Needs, pregnancy and signing


def test_needs_are_said_on_the_cover_and_the_clinicians(shown: Shown) -> None:
    patient = {"needs": ["hearing", "sight", "hearing"]}
    assert "We noted that you need: help with hearing, help with seeing." in shown("cover", patient=patient)
    assert "We noted" not in shown("cover", patient={"needs": []})
    assert "We noted" not in shown("cover")
    assert "Needshelp with hearing, help with seeing" in shown("clinician-sheet", patient=patient).replace("Needs ", "Needs")
    assert "Ask about hearing, sight, reading and writing" in shown("clinician-sheet")
    assert "The patient needs no help" in shown("clinician-sheet", patient={"needs": []})


def test_pregnancy_is_asked_about_told_or_left_out(shown: Shown) -> None:
    asked = {None: {}, True: {"pregnancy_possible": True}, False: {"pregnancy_possible": False}}
    pages = {key: shown("clinician-sheet", patient=patient) for key, patient in asked.items()}
    assert "Not asked yet. Ask, where it applies:" in pages[None]
    assert "Possible, says the patient. Ketamine is not advised if you are pregnant." in pages[True]
    assert "Ask for agreement to a test" in pages[True]
    assert "Not possible, says the patient." in pages[False]
    before = {key: shown("before-you-come", patient=patient) for key, patient in asked.items()}
    assert "Pregnancy. You told us that it is possible. Ketamine is not advised then." in before[True]
    assert "Pregnancy." not in before[None]
    assert "Pregnancy." not in before[False]


def test_a_line_for_a_result_stands_there_whatever_was_said_so_that_the_manifest_tells_nothing(
    request_of: Check, ana: Data
) -> None:
    lines = []
    for said in (True, False):
        ana["patient"] |= {"pregnancy_possible": said, "needs": ["cannot-read", "hearing"] if said else []}
        pages = [page_of(request_of(ana), name) for name in ("clinician-sheet", "before-you-come", "cover")]
        lines.append([page.hand_lines for page in pages])
    assert lines[0] == lines[1]
    assert "Pregnancy test: date and result" in lines[0][0]


def test_who_cannot_read_or_write_has_it_read_and_signs_with_a_mark_before_a_witness(shown: Shown) -> None:
    text = shown("consent", patient={"needs": ["cannot-read", "cannot-write"]})
    assert "This whole form was read to me." in text
    assert "I have read this form" not in text
    assert "I sign with a mark." in text
    assert "The whole form was read to Ana Ruiz." in text
    assert "I heard this whole form read to Ana Ruiz. I saw Ana Ruiz sign this form or make a mark." in text


def test_who_reads_and_writes_signs_as_ever(shown: Shown) -> None:
    text = shown("consent", patient={"needs": ["sight"]})
    assert "I have read this form or heard it read." in text
    assert "mark before" not in text
    assert "Does not apply: none was booked. Do you sign with a mark" in text


REPRESENTATIVE = {"name": "Rosa Ruiz", "authority": "guardian"}


def test_the_needs_of_the_representative_count_when_one_signs(shown: Shown) -> None:
    signing = {"signer": "representative", "representative": {**REPRESENTATIVE, "needs": ["cannot-read"]}}
    text = shown("consent", signing=signing)
    assert "The whole form was read to Rosa Ruiz." in text
    assert "I heard this whole form read to Rosa Ruiz." in text
    assert "read to" not in shown(
        "consent", patient={"needs": ["cannot-read"]}, signing={**signing, "representative": REPRESENTATIVE}
    )


INTERPRETER = {"name": "Marta Solano", "id": "20418", "language": "es", "mode": "video"}


def with_spanish(catalogue: Catalogue) -> Catalogue:
    spanish = {
        **catalogue.wording("en").labels,
        "interpreter_statement": "Declaro: {language}, {mode}.",
        "mode_video": "por video",
    }
    return replace(catalogue, wordings={"en": catalogue.wording("en"), "es": Wording("es", spanish)})


def test_the_interpreters_statement_stands_in_both_languages(request_of: Check, ana: Data) -> None:
    ana["signing"]["interpreter"] = INTERPRETER
    for document in ("consent",):
        html = page_of(request_of(ana), document, with_spanish(sample_catalogue())).html
        english, spanish = re.findall(r'<p lang="(\w+)" dir="ltr">([^<]*)</p>', html)
        assert english == ("en", "I am an adult. I put the whole talk and this form into Spanish, by video. " + LEFT_NOTHING_OUT)
        assert spanish == ("es", "Declaro: español, por video.")


LEFT_NOTHING_OUT = "I left nothing out and added nothing."


@pytest.mark.parametrize(("language", "spoken"), [("es-MX", ["en", "es"]), ("en", ["en"]), ("ase", ["en"]), ("vi", ["en"])])
def test_a_statement_stands_once_for_each_language_that_has_labels(
    request_of: Check, ana: Data, language: str, spoken: list[str]
) -> None:
    ana["signing"]["interpreter"] = {**INTERPRETER, "language": language}
    html = page_of(request_of(ana), "consent", with_spanish(sample_catalogue())).html
    assert re.findall(r'<p lang="(\w+)" dir="ltr">', html) == spoken


def test_a_minor_is_asked_too_and_a_representative_signs(catalogue: Catalogue, ana: Data) -> None:
    protocol = catalogue.protocols["iv-depression"].model_copy(update={"youngest": 12, "minors": "representative signs"})
    own = replace(catalogue, protocols={**catalogue.protocols, "iv-depression": protocol})
    ana["patient"]["date_of_birth"] = date(2011, 5, 1)
    ana["signing"] = {"signer": "representative", "representative": REPRESENTATIVE}
    page = page_of(read_request(ana, own, ISSUED_ON), "consent", own)
    assert "I want this treatment. If I do not want it, I do not sign." in words(page)
    assert "Ana Ruiz is not of age yet. I asked Ana Ruiz, too" in words(page)
    assert "I found that Ana Ruiz cannot" not in words(page)
    assert "Why the patient cannot make this choice now" not in page.hand_lines
