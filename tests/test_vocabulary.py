"""The vocabulary: every name finds its own entry and no other, and a text that says more than a name is never taken plainly."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.catalogue import read_catalogue
from briefing.facts import FactRegister
from briefing.health import read_health
from briefing.models import PacketRequest
from briefing.readability import count
from briefing.vocabulary import KINDS, Entry, Reading, Vocabulary, read_vocabulary
from tests.conftest import SAMPLES
from tests.packets import request_of, sample_catalogue

VOCABULARY = sample_catalogue().vocabulary
FACTS = sample_catalogue().facts
HARDEST = 8.0  # grade, as for a section of a patient's page
NAMED = [(entry, spelling) for entry in VOCABULARY.entries for spelling in entry.spellings]
HEALTH = [(entry, spelling) for entry, spelling in NAMED if entry.kind != "allergies"]


def read(entry: Entry, text: str) -> Reading:
    return VOCABULARY.read_allergy(text) if entry.kind == "allergies" else VOCABULARY.read(text)


def ids(reading: Reading) -> list[str]:
    return [found.entry.id for found in reading.found]


def test_every_name_finds_its_own_entry_and_no_other() -> None:
    wrong = [(entry.id, text) for entry, text in NAMED if not read(entry, text).is_plain or ids(read(entry, text)) != [entry.id]]
    assert not wrong


def test_every_code_finds_its_own_entry_and_the_codes_below_it_do_too() -> None:
    for entry in VOCABULARY.entries:
        for code in entry.definition.icd10:
            for text in (code, f"ICD-10 {code}", f"icd10: {code.lower()}", f"({code})", code.replace(".", "")):
                assert ids(read(entry, text)) == [entry.id], text
        for code in entry.definition.rxnorm:
            for text in (f"RxNorm {code}", f"rxcui:{code}", f"RXNORM code {code}"):
                assert ids(read(entry, text)) == [entry.id], text
            assert not read(entry, code).found  # a number alone may be anything


def test_everything_is_said_in_both_languages_and_without_a_number() -> None:
    for entry in VOCABULARY.entries:
        assert {"en", "es"} <= entry.definition.name.keys(), entry.id
        for means in entry.definition.means:
            assert means.talk.keys() in (set(), {"en", "es"}), entry.id


def test_every_line_to_talk_about_is_easy_to_read() -> None:
    lines = {line for entry in VOCABULARY.entries for means in entry.definition.means if (line := means.talk.get("en"))}
    assert not [line for line in lines if count(line).flesch_kincaid_grade > HARDEST]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lamotrigine 100 mg", ["lamotrigine"]),
        ("Lamictal XR 200mg bid", ["lamotrigine"]),
        ("LAMOTRIGINE", ["lamotrigine"]),
        ("Lorazepam 1mg po q6h prn", ["benzodiazepines"]),
        ("Percocet 5/325, 1 tab q4-6h prn pain", ["opioids"]),
        ("Tylenol #3", ["opioids"]),
        ("Tylenol 3 times a day", ["pain-and-fever-medicines"]),
        ("Tylenol PM", ["sleep-and-calming-drugs"]),
        ("metformin 2000 mg", ["diabetes-medicines"]),
        ("vitamin D3 2,000 IU", ["vitamins-and-supplements"]),
        ("estradiol patch 50 mcg/24 h", ["hormones"]),
        ("levotiroxina 50 mcg una vez al día", ["thyroid-hormone"]),
        ("St. John's wort", ["liver-enzyme-speeders"]),
        ("HTN", ["high-blood-pressure"]),
        ("controlled hypertension", ["high-blood-pressure"]),
        ("Hipertension arterial", ["high-blood-pressure"]),
        ("ocular hypertension", ["pressure-in-the-eye"]),
        ("intracranial hypertension", ["pressure-in-the-head"]),
        ("headaches", ["headache"]),
        ("type 2 diabetes", ["diabetes"]),
        ("Crohn’s disease", ["stomach-or-bowel-condition"]),
        ("I10", ["high-blood-pressure"]),
        ("ICD-10 F33.2", ["major-depression"]),
        ("F33.3", ["psychosis"]),
        ("RxNorm 28439", ["lamotrigine"]),
        ("bipolar II disorder", ["bipolar-disorder"]),
        ("sleep apnea on CPAP", ["sleep-apnea"]),
        ("hemorrhagic stroke", ["bleeding-in-the-brain"]),
    ],
)
def test_a_text_that_says_nothing_more_is_read_plainly(text: str, expected: list[str]) -> None:
    reading = VOCABULARY.read(text)
    assert (ids(reading), reading.rest) == (expected, ())


@pytest.mark.parametrize(
    "text",
    [
        *("no asthma", "asthma?", "asthma (-)", "not asthma", "denies asthma", "without asthma", "r/o asthma", "w/o asthma"),
        *("mother had stroke", "family history of stroke", "h/o stroke", "stroke 2019", "stroke in childhood", "s/p stroke"),
        *("lorazepam stopped", "d/c lorazepam", "off lorazepam", "lorazepam → none", "lorazepam until May", "¬ lorazepam"),
        *("lithium 2019", "asma: no", "sin asma", "nunca asma", "mi madre tuvo asma", "possible asthma", "prednisone MI"),
        *("retinal migraine", "white coat hypertension", "portal hypertension", "asthma ❌", "brain cancer", "HTN, MI, DM"),
    ],
)
def test_a_text_that_says_more_is_to_be_checked(text: str) -> None:
    reading = VOCABULARY.read(text)
    assert reading.is_doubtful
    assert not reading.is_plain


@pytest.mark.parametrize("text", ["passion flower tea", "28439", "🙂", "?", "mg", "of the", "RxNorm 99999999", "Z99.89", "жар"])
def test_a_text_that_names_nothing_known_is_not_recognised(text: str) -> None:
    assert VOCABULARY.read(text).found == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lorazepam and lithium", {"benzodiazepines", "lithium"}),
        ("hypertension/diabetes", {"high-blood-pressure", "diabetes"}),
        ("lamotrigine 100 mg for bipolar disorder", {"lamotrigine", "bipolar-disorder"}),
        ("treatment-resistant depression (F33.2)", {"treatment-resistant-depression", "major-depression"}),
        ("depression with psychotic features", {"depression", "psychosis"}),
    ],
)
def test_a_text_that_names_two_things_names_both(text: str, expected: set[str]) -> None:
    reading = VOCABULARY.read(text)
    assert set(ids(reading)) == expected
    assert reading.is_plain


MENTIONED = {
    "ketamine": {
        *("high blood pressure", "aneurysm", "AVM", "stroke", "brain bleed", "heart failure", "glaucoma", "psychosis"),
        *("bipolar disorder", "mania", "drug addiction", "sleep apnea", "COPD", "hyperthyroidism", "cirrhosis"),
        *("interstitial cystitis", "pregnant", "brain injury", "eclampsia", "alcoholism", "intracranial hypertension"),
        *("alprazolam", "oxycodone", "alcohol", "zolpidem", "theophylline", "pseudoephedrine", "vasopressin", "levothyroxine"),
        *("lamotrigine", "lithium", "ketoconazole", "rifampin", "Adderall", "lisinopril", "latanoprost"),
    },
    "esketamine": {
        *("aneurysm", "AVM", "brain bleed", "heart attack", "psychosis", "mania", "hyperthyroidism", "sleep apnea", "COPD"),
        *("cirrhosis", "bladder pain", "pregnant", "breastfeeding", "drug addiction", "high blood pressure"),
        *("alprazolam", "oxycodone", "alcohol", "methylphenidate", "modafinil", "phenelzine", "levothyroxine"),
        *("aminophylline", "ergometrine", "vasopressin", "Flonase", "Afrin"),
    },
}


@pytest.mark.parametrize(
    ("medicine", "text"), [(medicine, text) for medicine, texts in MENTIONED.items() for text in sorted(texts)]
)
def test_whatever_the_facts_warn_of_is_flagged(medicine: str, text: str) -> None:
    (found,) = VOCABULARY.read(text).found
    assert [means for means in found.entry.means_for(medicine) if means.facts]


def test_every_family_that_is_flagged_for_ketamine_alone_says_nothing_of_esketamine() -> None:
    (lamotrigine,) = VOCABULARY.read("lamotrigine").found
    assert list(lamotrigine.entry.means_for("ketamine"))
    assert not list(lamotrigine.entry.means_for("esketamine"))


@pytest.mark.parametrize(
    ("text", "language", "printed"),
    [
        ("treatment-resistant depression", "es", "depresión resistente al tratamiento"),
        ("TRD", "es", "depresión resistente al tratamiento"),
        ("Treatment Resistant Depression", "es", "depresión resistente al tratamiento"),
        ("PTSD", "es", "TEPT (trastorno de estrés postraumático)"),
        ("dolor crónico", "en", "chronic pain"),
        ("severe treatment-resistant depression", "es", None),  # a name would say less
        ("chronic pain syndrome", "es", None),  # narrower than the entry
        ("schizophrenia", "es", None),
        ("PTSD and chronic pain", "es", None),
        ("treatment-resistant depression", "fr", None),
        ("lamotrigine", "es", None),
        ("something else", "es", None),
    ],
)
def test_a_condition_is_named_in_another_language_only_if_the_name_says_the_same(
    text: str, language: str, printed: str | None
) -> None:
    assert VOCABULARY.name_of_condition(text, language) == printed


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_is_read_and_none_is_dropped(text: str) -> None:
    for reading in (VOCABULARY.read(text), VOCABULARY.read_allergy(text)):
        assert reading.text == text
        assert [reading.is_plain, reading.is_doubtful, not reading.found].count(True) == 1


WORDS = st.sampled_from([spelling for _, spelling in HEALTH] + ["no", "maybe", "mother", "zzz", "?", "100 mg", "and", ",", "(-)"])


@settings(max_examples=200, deadline=None)
@given(conditions=st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), max_size=4))
def test_whatever_is_recorded_is_told_or_flagged(conditions: list[str]) -> None:
    request = with_conditions(tuple(conditions))
    health = read_health(request, VOCABULARY, "ketamine")
    plain = [item for item in health.recorded if item.reading.is_plain]
    assert len(plain) + len(health.to_check) + len(health.not_recognised) == len(conditions)
    assert [item.reading.text for item in health.recorded] == conditions
    told = [item for talk in health.talks(*KINDS) for item in talk.recorded]
    assert all(item.reading.is_plain for item in told)


def with_conditions(conditions: tuple[str, ...]) -> PacketRequest:
    request = request_of(SAMPLES / "requests" / "ana-ruiz.toml")
    patient = request.patient.model_copy(update={"conditions": conditions, "medicines": None, "allergies": None})
    return request.model_copy(update={"patient": patient})


@settings(max_examples=300, deadline=None)
@given(
    named=st.sampled_from([(entry, text) for entry, text in HEALTH if entry.kind == "medicines"]),
    change=st.sampled_from([str.upper, str.lower, str.title, lambda text: unicodedata.normalize("NFD", text)]),
    around=st.sampled_from(["{} 50 mg", "{}, 1 tablet twice a day", "{} 2x daily", "({})", "{} 0.5 mg/ml", "{} prn", " {}."]),
)
def test_letters_accents_and_doses_do_not_matter(named: tuple[Entry, str], change: Any, around: str) -> None:
    entry, text = named
    reading = VOCABULARY.read(around.format(change(text)))
    assert (ids(reading), reading.rest) == ([entry.id], ())


@settings(max_examples=200, deadline=None)
@given(
    named=st.sampled_from(HEALTH), word=st.sampled_from(["no", "not", "stopped", "past", "mother", "sin", "nunca", "former", "?"])
)
def test_a_word_that_may_turn_the_meaning_is_never_passed_over(named: tuple[Entry, str], word: str) -> None:
    for text in (f"{word} {named[1]}", f"{named[1]} {word}"):
        reading = VOCABULARY.read(text)
        assert not reading.is_plain or len(VOCABULARY.read(text).found[0].through.split()) > len(named[1].split()), text


def made(facts: FactRegister = FACTS, **tables: Mapping[str, object]) -> tuple[Vocabulary, list[str]]:
    vocabulary, problems = read_vocabulary({kind: [table] for kind, table in tables.items()}, facts)
    return vocabulary, [f"{problem.kind} {problem.where}" for problem in problems]


def entry(*words: str, **more: object) -> dict[str, object]:
    return {"name": {"en": words[0]}, "words": list(words[1:]), **more}


def test_two_entries_with_one_name_are_told_even_if_written_otherwise() -> None:
    _, problems = made(conditions={"a": entry("Migraine"), "b": entry("b", "migraines")}, medicines={"c": entry("MIGRAINE")})
    assert problems == ["vocabulary-clash vocabulary/conditions.toml: b", "vocabulary-clash vocabulary/medicines.toml: c"]


def test_two_entries_with_one_code_are_told() -> None:
    _, problems = made(
        conditions={"a": entry("a", icd10=["I10"]), "b": entry("b", icd10=["I10"])},
        medicines={"c": entry("c", rxnorm=["123"]), "d": entry("d", rxnorm=["123"])},
    )
    assert problems == ["vocabulary-clash vocabulary/conditions.toml: b", "vocabulary-clash vocabulary/medicines.toml: d"]


@pytest.mark.parametrize(
    ("means", "problem"),
    [
        ({"facts": ["no-such-fact"]}, "fact-unknown vocabulary/conditions.toml: a.means"),
        ({"facts": []}, "wrong-value vocabulary/conditions.toml: a.means.1.facts"),
        ({"facts": ["med-lithium-none"], "talk": {"en": "Tell us."}}, "fact-for-staff vocabulary/conditions.toml: a.means"),
        ({"facts": ["ci-esk-ich"], "talk": {"en": "In 6 weeks."}}, "wrong-value vocabulary/conditions.toml: a.means.1"),
        ({"facts": ["ci-esk-ich"], "medicine": ["aspirin"]}, "wrong-value vocabulary/conditions.toml: a.means.1.medicine.1"),
    ],
)
def test_a_meaning_without_a_right_fact_is_told(means: dict[str, object], problem: str) -> None:
    _, problems = made(conditions={"a": entry("a", means=[{"medicine": ["ketamine"], **means}])})
    assert problem in problems


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ({"conditions": {"a": entry("a", wrds=["b"])}}, "unknown-key vocabulary/conditions.toml: a.wrds"),
        ({"conditions": {"a": entry("- / -")}}, "vocabulary-word vocabulary/conditions.toml: a"),
        ({"conditions": {"a": entry("a", icd10=["x"])}}, "wrong-value vocabulary/conditions.toml: a.icd10.1"),
        ({"harmless": {"medicine": {"words": {"en": ["mg"]}}}}, "unknown-key vocabulary/harmless.toml: medicine"),
    ],
)
def test_a_slip_in_a_file_is_told_by_its_place(tables: dict[str, Any], problem: str) -> None:
    assert made(**tables)[1] == [problem]


def test_a_clinics_entries_win_one_by_one(clinic_folder: Any) -> None:
    own = clinic_folder / "vocabulary" / "medicines.toml"
    own.parent.mkdir()
    own.write_text('[lamotrigine]\nname.en = "lamotrigine, as we say"\n[our-tea]\nname.en = "our tea"\n')
    vocabulary = read_catalogue(clinic_folder).vocabulary
    (lamotrigine,) = vocabulary.read("lamotrigine, as we say").found
    assert lamotrigine.entry.definition.means == ()
    assert ids(vocabulary.read("our tea")) == ["our-tea"]
    assert ids(vocabulary.read("Xanax")) == ["benzodiazepines"]
