"""The catalogue: the clinic's files win one by one, a slip in a name or a key is never silent, and all is told at once."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from briefing.catalogue import Catalogue, read_catalogue
from briefing.errors import CatalogueError, Problem
from briefing.resources import templates_folder
from tests.conftest import SAMPLES

CLINIC = (SAMPLES / "clinic" / "clinic.toml").read_text().partition("[protocols.")[0]
NO_ANSWERS = "[protocols]\n"

SOURCES = """
[a-trial]
number = 10
title = "A trial"
kind = "trial"
published = "2017"
read_on = 2026-11-22
"""
FACT = """
[{id}]
text.en = "{{dose}} mg/kg for {{minutes}} minutes, {{hours}} hours, {{low}} to {{high}}."
numbers = {{ dose = 0.5, minutes = 40, hours = 6, low = 0.1, high = 0.75 }}
holds_for = "adults"
source = "a-trial"
level = "primary"
audience = "staff"
reviewed_on = 2026-11-22
review_by = 2027-11-22
"""
PROTOCOL = """
version = 1
title.en = "By drip"
medicine = "ketamine"
route = "intravenous"
indication = "depression"
label_status = "off-label"
label_facts = ["a-fact"]
youngest = 18
monitoring = ["a-fact"]
contraindications = ["a-fact"]
[dose]
rule = "per-kilogram"
per_kilogram = { fact = "a-fact", number = "dose" }
lowest_studied = { fact = "a-fact", number = "low" }
highest_studied = { fact = "a-fact", number = "high" }
[session]
given = { fact = "a-fact", number = "minutes", unit = "minutes" }
strongest = { fact = "a-fact", number = "minutes", unit = "minutes" }
gone = { fact = "a-fact", number = "hours", unit = "hours" }
[around]
no_food = { fact = "a-fact", number = "hours", unit = "hours" }
no_drink = { fact = "a-fact", number = "hours", unit = "hours" }
[asks]
settle_minutes = { kind = "minutes", what = "minutes before" }
stay_minutes = { kind = "minutes", what = "minutes after" }
check_every_minutes = { kind = "minutes", what = "minutes between checks" }
dose_step = { kind = "milligrams", what = "the step" }
lowest_dose_per_kilogram = { kind = "milligrams-per-kilogram", what = "the lowest" }
highest_dose_per_kilogram = { kind = "milligrams-per-kilogram", what = "the highest" }
largest_dose = { kind = "milligrams", what = "the largest" }
"""
ANSWERS = """
[protocols.drip]
settle_minutes = 30
stay_minutes = 80
check_every_minutes = 10
dose_step = "1 mg"
lowest_dose_per_kilogram = "0.3 mg/kg"
highest_dose_per_kilogram = "0.6 mg/kg"
largest_dose = "60 mg"
"""
DOCUMENT = """
version = 1
title.en = "A leaflet"
audience = "patient"
kind = "handout"
order = 10
action = "keep"
[[parts]]
id = "all"
[[parts]]
id = "more"
when = { stage = ["first-session"] }
"""
STANDARD = """
title.en = "A standard"
basis = "A law"
order = 1
forms = ["leaflet"]
[[elements]]
id = "S1"
name.en = "All of it"
"""
BUILT_IN = {
    "facts/sources.toml": SOURCES,
    "facts/few.toml": FACT.format(id="a-fact"),
    "protocols/drip.toml": PROTOCOL,
    "standards/small.toml": STANDARD,
    "wording/en.toml": 'direction = "ltr"\npage = "Page"\n',
    "documents/leaflet/document.toml": DOCUMENT,
    "documents/leaflet/en.html.j2": "A leaflet.",
    "layout/document.html.j2": "{% block all %}{% endblock %}",
    "style/look.css": "p { color: black }",
    "style/icons/here.svg": "<svg/>",
}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


class House:
    """A small set of built-in files and a clinic folder, both of this test's own."""

    def __init__(self, folder: Path) -> None:
        self.built_in = write(folder / "built-in", BUILT_IN)
        self.clinic = write(folder / "clinic", {"clinic.toml": CLINIC + NO_ANSWERS})

    def read(self, clinic_files: Mapping[str, str | bytes] | None = None, built_in: Mapping[str, str] | None = None) -> Catalogue:
        write(self.built_in, built_in or {})
        return read_catalogue(write(self.clinic, clinic_files or {}), self.built_in)

    def problems(
        self, clinic_files: Mapping[str, str | bytes] | None = None, built_in: Mapping[str, str] | None = None
    ) -> tuple[Problem, ...]:
        with pytest.raises(CatalogueError) as error:
            self.read(clinic_files, built_in)
        return error.value.problems


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


# --- What is shipped ---


def test_the_shipped_catalogue_has_no_problem() -> None:
    catalogue = read_catalogue(None)
    assert catalogue.protocols
    assert catalogue.facts.facts
    assert catalogue.clinic is None


def test_the_sample_clinic_has_no_problem() -> None:
    assert read_catalogue(SAMPLES / "clinic").the_clinic().clinicians


def test_the_numbers_of_the_shipped_sources_are_their_own(catalogue: Catalogue) -> None:
    by_number: dict[int, str] = {}
    for fact in catalogue.facts.facts.values():
        assert by_number.setdefault(fact.source.number, fact.definition.source) == fact.definition.source


# --- The clinic's files win one by one ---


def test_the_small_house_of_these_tests_is_right(house: House) -> None:
    catalogue = house.read({"clinic.toml": CLINIC + ANSWERS})
    assert set(catalogue.documents) == {"leaflet"}
    assert {file.origin for file in catalogue.files.values() if file.path != "clinic.toml"} == {"built in"}


def test_a_file_of_the_clinic_wins_and_the_others_stay(house: House) -> None:
    catalogue = house.read({"documents/leaflet/en.html.j2": "Our own words."})
    text, definition = catalogue.files["documents/leaflet/en.html.j2"], catalogue.files["documents/leaflet/document.toml"]
    assert (text.text, text.origin) == ("Our own words.", "clinic")
    assert definition.origin == "built in"
    assert catalogue.built_in["documents/leaflet/en.html.j2"].text == "A leaflet."


def test_a_definition_of_the_clinic_wins_with_the_built_in_text(house: House) -> None:
    catalogue = house.read({"documents/leaflet/document.toml": DOCUMENT.replace("A leaflet", "Our leaflet")})
    assert catalogue.documents["leaflet"].definition.title["en"] == "Our leaflet"
    assert catalogue.files[catalogue.documents["leaflet"].template("en")].origin == "built in"


def test_a_facts_file_of_the_clinic_wins_as_a_whole(house: House) -> None:
    catalogue = house.read({"facts/few.toml": FACT.format(id="a-fact").replace("0.5", "0.4")})
    assert str(catalogue.facts.get("a-fact", "staff").number("dose")) == "0.4"


def test_the_clinic_adds_documents_and_languages(house: House) -> None:
    catalogue = house.read(
        {
            "documents/leaflet/document.toml": DOCUMENT.replace("title.en", 'title.es = "Una hoja"\ntitle.en'),
            "documents/leaflet/es.html.j2": "Una hoja.",
            "documents/our-own/document.toml": DOCUMENT,
            "documents/our-own/en.html.j2": "Ours.",
        }
    )
    assert catalogue.documents["leaflet"].languages == ("en", "es")
    assert "our-own" in catalogue.documents


def test_the_digest_of_a_file_is_that_of_its_bytes(house: House) -> None:
    catalogue = house.read({"style/look.css": "\ufeffp { color: red }"})
    file = catalogue.files["style/look.css"]
    assert file.text == "p { color: red }"
    assert file.sha256 == hashlib.sha256("\ufeffp { color: red }".encode()).hexdigest()


@pytest.mark.parametrize("name", ["README.md", "README.txt", "secret.key", ".gitignore", ".git/config", "documents/.DS_Store"])
def test_what_lies_beside_is_not_read(house: House, name: str) -> None:
    assert name not in house.read({name: "anything"}).files


# --- Files that fit nothing ---


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("clinc.toml", "Did you mean clinic.toml?"),
        ("Clinic.toml", "Did you mean clinic.toml?"),
        ("documents.toml", "Did you mean documents?"),
        ("documets/leaflet/en.html.j2", "Did you mean documents?"),
        ("protocol/drip.toml", "Did you mean protocols?"),
        ("fact/few.toml", "Did you mean facts?"),
    ],
)
def test_a_file_that_fits_nothing_is_refused_with_the_nearest_name(house: House, name: str, advice: str) -> None:
    (problem,) = house.problems({name: ""})
    assert (problem.kind, problem.where, problem.what_to_do) == ("unknown-file", name, advice)


@pytest.mark.parametrize(
    "name",
    [
        "documents/leaflet/en.html",
        "documents/leaflet/english.html.j2",
        "documents/leaflet/documents.toml",
        "documents/leaflet/picture.png",
        "documents/Leaflet/en.html.j2",
        "documents/en.html.j2",
        "protocols/drip.TOML",
        "protocols/drip/protocol.toml",
        "facts/few.toml.bak",
        "wording/en.json",
        "layout/helper.py",
        "style/look.css~",
        "style/icons/here.png",
        "style/icons/deep/here.svg",
    ],
)
def test_a_file_of_another_name_or_kind_is_refused(house: House, name: str) -> None:
    assert [(problem.kind, problem.where) for problem in house.problems({name: ""})] == [("unknown-file", name)]


def test_a_link_a_pipe_a_huge_file_and_no_text_are_refused_together(house: House) -> None:
    write(house.clinic, {"style/our.css": "", "wording/es.toml": b"\xff\xfe", "layout/big.html.j2": b"x" * 1_000_001})
    (house.clinic / "facts").mkdir()
    (house.clinic / "facts" / "linked.toml").symlink_to(house.built_in / "facts" / "few.toml")
    os.mkfifo(house.clinic / "facts" / "pipe.toml")
    found = {problem.where: problem.kind for problem in house.problems()}
    assert found == dict.fromkeys(
        ["facts/linked.toml", "facts/pipe.toml", "layout/big.html.j2", "wording/es.toml"], "unreadable-file"
    )


def test_a_linked_folder_is_refused(house: House, tmp_path: Path) -> None:
    (house.clinic / "documents").symlink_to(tmp_path / "built-in" / "documents")
    assert [problem.where for problem in house.problems()] == ["documents"]


# --- TOML and keys ---


def test_a_slip_in_toml_names_file_and_line(house: House) -> None:
    (problem,) = house.problems({"style/our.css": "", "approvals.toml": "[leaflet.en]\nby = Nobody\n"})
    assert (problem.kind, problem.where) == ("not-toml", "approvals.toml, line 2, column 6")


def test_several_broken_files_are_told_together(house: House) -> None:
    found = house.problems(
        {
            "clinic.toml": CLINIC.replace('paper = "letter"', 'paper = "A3"') + NO_ANSWERS,
            "documents/leaflet/document.toml": DOCUMENT.replace("order = 10", "order = ten"),
            "wording/es.toml": 'direction = "ltr"\n',
            "clinc.toml": "",
        }
    )
    assert {(problem.kind, problem.where.partition(",")[0]) for problem in found} >= {
        ("wrong-value", "clinic.toml: paper"),
        ("not-toml", "documents/leaflet/document.toml"),
        ("wording-missing", "wording/es.toml"),
        ("unknown-file", "clinc.toml"),
    }


@pytest.mark.parametrize(
    ("old", "new", "where", "meant"),
    [
        ("order =", "ordr =", "ordr", "order"),
        ("id =", "idd =", "parts.1.idd", "id"),
        ("{ stage =", "{ stages =", "parts.2.when.stages", "stage"),
    ],
)
def test_an_unknown_key_of_a_definition_names_the_nearest(house: House, old: str, new: str, where: str, meant: str) -> None:
    path = "documents/leaflet/document.toml"
    problem = next(item for item in house.problems({path: DOCUMENT.replace(old, new)}) if item.kind == "unknown-key")
    assert (problem.where, problem.what_to_do) == (f"{path}: {where}", f"Did you mean {meant}?")


@pytest.mark.parametrize(
    ("old", "new", "where", "meant"),
    [
        ("crisis_number", "crisis_numbr", "crisis_numbr", "crisis_number"),
        ("clear_drinks_hours", "clear_drink_hours", "rules.clear_drink_hours", "clear_drinks_hours"),
        ('name = "Dr. Ngozi Okafor"', 'nme = "Dr. Ngozi Okafor"', "clinicians.okafor.nme", "name"),
        ("opening_hours", "openning_hours", "texts.en.openning_hours", "opening_hours"),
    ],
)
def test_an_unknown_key_of_the_clinic_names_the_nearest(house: House, old: str, new: str, where: str, meant: str) -> None:
    problem = next(
        item for item in house.problems({"clinic.toml": CLINIC.replace(old, new) + NO_ANSWERS}) if item.kind == "unknown-key"
    )
    assert (problem.where, problem.what_to_do) == (f"clinic.toml: {where}", f"Did you mean {meant}?")


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('number = "dose" }', 'numbr = "dose" }', "dose.per_kilogram.numbr"),
        ('rule = "per-kilogram"', 'rule = "per-kilo"', "dose"),
        ("dose_step = {", "Dose-Step = {", "asks.Dose-Step"),
    ],
)
def test_a_slip_in_a_protocol_is_told_by_its_path_in_the_file(house: House, old: str, new: str, where: str) -> None:
    path = "protocols/drip.toml"
    assert f"{path}: {where}" in [problem.where for problem in house.problems({path: PROTOCOL.replace(old, new)})]


@pytest.mark.parametrize(
    "key",
    ["name", "address", "phone", "after_hours_phone", "emergency_number", "crisis_number", "time_zone", "paper", "language"],
)
def test_what_a_clinic_must_decide_is_asked_for_by_name(house: House, key: str) -> None:
    lines = CLINIC.splitlines(keepends=True)
    without = "".join(line for line in lines if not (line.startswith(f"{key} =") and line not in lines[25:]))
    found = {problem.where: problem for problem in house.problems({"clinic.toml": without + NO_ANSWERS})}
    assert found[f"clinic.toml: {key}"].kind == "missing"
    assert f"such as: {key} = " in found[f"clinic.toml: {key}"].what_to_do


def test_a_folder_without_clinic_toml_is_refused(house: House) -> None:
    (house.clinic / "clinic.toml").unlink()
    (problem,) = house.problems()
    assert (problem.kind, problem.where) == ("clinic-missing", "clinic.toml")


def test_a_clinic_that_answers_no_protocol_yet_can_be_read(house: House) -> None:
    assert house.read({"clinic.toml": CLINIC}).the_clinic().protocols == {}


# --- What points nowhere or stands twice ---


def test_a_fact_in_two_files_is_refused(house: House) -> None:
    (problem,) = house.problems({"facts/own.toml": FACT.format(id="a-fact")})
    assert (problem.kind, problem.where) == ("fact-twice", "facts/own.toml: a-fact")


def test_ids_that_differ_only_in_case_are_refused(house: House) -> None:
    assert house.problems({"facts/own.toml": FACT.format(id="A-fact")})


def test_languages_that_differ_only_in_case_are_refused(house: House) -> None:
    assert house.problems({"documents/leaflet/pt-BR.html.j2": "Um.", "documents/leaflet/pt-br.html.j2": "Dois."})


def test_two_sources_of_one_number_are_refused(house: House) -> None:
    (problem,) = house.problems({"facts/sources.toml": SOURCES + SOURCES.replace("a-trial", "b-trial")})
    assert (problem.kind, problem.where) == ("source-number", "facts/sources.toml: b-trial")
    assert "a-trial" in problem.problem


def test_a_fact_without_a_source_is_refused_with_the_nearest(house: House) -> None:
    fact = FACT.format(id="b-fact").replace('source = "a-trial"', 'source = "a-trail"')
    (problem,) = house.problems({"facts/own.toml": fact})
    assert (problem.kind, problem.what_to_do) == ("fact-source", "Did you mean a-trial?")


@pytest.mark.parametrize("table", ["label_facts", "monitoring", "contraindications"])
def test_a_protocol_that_names_no_fact_is_refused(house: House, table: str) -> None:
    protocol = PROTOCOL.replace(f'{table} = ["a-fact"]', f'{table} = ["a-fakt"]')
    (problem,) = house.problems({"protocols/drip.toml": protocol})
    assert (problem.kind, problem.where, problem.what_to_do) == ("fact-unknown", "protocols/drip.toml", "Did you mean a-fact?")


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ('{ fact = "a-fact", number = "dose" }', '{ fact = "a-fakt", number = "dose" }', "fact-unknown"),
        ('{ fact = "a-fact", number = "dose" }', '{ fact = "a-fact", number = "doze" }', "fact-number"),
        ('gone = { fact = "a-fact", number = "hours"', 'gone = { fact = "a-fact", number = "ours"', "fact-number"),
    ],
)
def test_a_number_of_a_protocol_that_is_nowhere_is_told_when_the_folder_is_read(
    house: House, old: str, new: str, kind: str
) -> None:
    assert [problem.kind for problem in house.problems({"protocols/drip.toml": PROTOCOL.replace(old, new)})] == [kind]


@pytest.mark.parametrize(
    "name",
    ["settle_minutes", "stay_minutes", "check_every_minutes", "dose_step", "lowest_dose_per_kilogram", "largest_dose"],
)
def test_a_protocol_that_does_not_ask_what_its_rule_needs_is_refused(house: House, name: str) -> None:
    lines = [line for line in PROTOCOL.splitlines(keepends=True) if not line.startswith(f"{name} =")]
    assert any(name in problem.where + problem.problem for problem in house.problems({"protocols/drip.toml": "".join(lines)}))


@pytest.mark.parametrize(
    ("old", "new", "kind", "where"),
    [
        ("settle_minutes", "settel_minutes", "unknown-key", "settel_minutes"),
        ("stay_minutes = 80\n", "", "clinic-must-set", "stay_minutes"),
        ('"1 mg"', '"1 g"', "wrong-value", "dose_step"),
        ("= 30", "= true", "wrong-value", "settle_minutes"),
    ],
)
def test_a_slip_in_what_a_protocol_asks_is_told_when_the_folder_is_read(
    house: House, old: str, new: str, kind: str, where: str
) -> None:
    found = house.problems({"clinic.toml": CLINIC + ANSWERS.replace(old, new)})
    assert (kind, f"clinic.toml: protocols.drip.{where}") in [(problem.kind, problem.where) for problem in found]


def test_answers_for_a_protocol_that_does_not_exist_are_refused_with_the_nearest(house: House) -> None:
    (problem,) = house.problems({"clinic.toml": CLINIC + ANSWERS.replace("drip", "dripp")})
    assert (problem.where, problem.what_to_do) == ("clinic.toml: protocols.dripp", "Did you mean drip?")


def test_an_approval_of_no_document_is_refused_with_the_nearest(house: House) -> None:
    approvals = '[leflet.en]\ndigest = "' + "0" * 64 + '"\nby = "Dr. A"\nrole = "director"\non = 2026-10-14\n'
    (problem,) = house.problems({"approvals.toml": approvals})
    assert (problem.kind, problem.what_to_do) == ("approval-unknown", "Did you mean leaflet?")


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"documents/own/document.toml": DOCUMENT}, "documents/own"),
        ({"documents/leaflets/en.html.j2": "A leaflet."}, "documents/leaflets"),
    ],
)
def test_half_a_document_is_refused(house: House, files: dict[str, str], where: str) -> None:
    (problem,) = house.problems(files)
    assert (problem.kind, problem.where) == ("document-incomplete", where)


def test_a_text_in_a_misspelt_folder_names_the_document_that_was_meant(house: House) -> None:
    (problem,) = house.problems({"documents/leaflets/en.html.j2": "A leaflet."})
    assert problem.what_to_do == "Did you mean leaflet?"


# --- Wording ---


def test_every_language_has_the_same_labels(house: House) -> None:
    (problem,) = house.problems({"wording/es.toml": 'direction = "ltr"\n'})
    assert (problem.kind, problem.where) == ("wording-missing", "wording/es.toml")
    assert "page" in problem.problem


def test_a_label_that_only_one_language_has_is_missed_in_the_others(house: House) -> None:
    (problem,) = house.problems({"wording/es.toml": 'direction = "ltr"\npage = "Página"\nfoot = "Pie"\n'})
    assert (problem.kind, problem.where) == ("wording-missing", "wording/en.toml")


def test_labels_of_the_front_desk_are_asked_for_in_the_clinics_own_language_alone(clinic_folder: Path) -> None:
    shipped = (templates_folder() / "wording" / "es.toml").read_text().splitlines()
    (clinic_folder / "wording").mkdir()
    (clinic_folder / "wording" / "fr.toml").write_text("\n".join(line for line in shipped if "desk_time" not in line))
    assert "fr" in read_catalogue(clinic_folder).wordings
    settings = clinic_folder / "clinic.toml"
    settings.write_text(settings.read_text().replace('language = "en"', 'language = "fr"'))
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(clinic_folder)
    told = [(problem.kind, problem.problem) for problem in refused.value.problems if "desk_" in problem.problem]
    assert told == [("wording-missing", "the label desk_time is missing.")]


@pytest.mark.parametrize("value", ['""', '"  "', "7", "[]", "{}"])
def test_an_empty_label_is_refused(house: House, value: str) -> None:
    assert ("wording-empty", "wording/en.toml: page") in [
        (problem.kind, problem.where) for problem in house.problems({"wording/en.toml": f'direction = "ltr"\npage = {value}\n'})
    ]


def test_the_labels_of_an_unknown_language_are_an_error_that_lists_those_there_are(house: House) -> None:
    with pytest.raises(CatalogueError) as error:
        house.read().wording("es")
    (problem,) = error.value.problems
    assert (problem.kind, problem.where) == ("language-missing", "wording/es.toml")
    assert "en" in problem.what_to_do


def test_what_needs_a_clinic_says_so() -> None:
    with pytest.raises(CatalogueError) as error:
        read_catalogue(None).the_clinic()
    assert error.value.problems[0].kind == "clinic-missing"


def test_what_a_clinician_is_must_be_said_in_every_language_of_the_clinic(house: House) -> None:
    french = '[texts.fr]\nopening_hours = "x"\ncost = "x"\nprivacy = "x"\ninterpreter_help = "x"\n'
    problems = house.problems({"clinic.toml": CLINIC + french + NO_ANSWERS})
    assert {problem.where for problem in problems if problem.kind == "clinic-must-set"} == {
        "clinic.toml: clinicians.okafor.role.fr",
        "clinic.toml: clinicians.lindqvist.role.fr",
    }


def test_what_a_clinician_is_is_a_table_by_language(house: House) -> None:
    old = re.sub(r"^role\.es.*\n", "", CLINIC, flags=re.MULTILINE).replace(
        'role.en = "anesthesiologist"', 'role = "anesthesiologist"'
    )
    problem = next(item for item in house.problems({"clinic.toml": old + NO_ANSWERS}) if "role" in item.where)
    assert problem.where == "clinic.toml: clinicians.lindqvist.role"
    assert problem.what_to_do.endswith('such as: role = { en = "psychiatrist" }')
