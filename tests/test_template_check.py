"""Reading templates without filling them: every fault is found, all at once, each with its file and line."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path

import pytest

from briefing import template_context
from briefing.catalogue import read_catalogue
from briefing.printing import _NEEDED
from briefing.template_check import template_problems
from briefing.template_context import VARIABLES
from tests.conftest import Briefing
from tests.packets import sample_catalogue
from tests.test_customising import with_texts

PATH = "documents/companion/en.html.j2"
OWN = '{% extends "builtin:documents/companion/en.html.j2" %}\n{% import "layout/macros.html.j2" as m with context %}\n'
FACT = """
[our-own]
text.en = "Half of our patients sleep."
holds_for = "our clinic"
source = "our-count"
level = "practice"
audience = "patient"
reviewed_on = 2026-11-01
review_by = 2027-11-01
"""


def told(text: str, path: str = PATH) -> list[tuple[str, str, str]]:
    """Return what is said of a text of the clinic's: kind, place and problem."""
    base, document = sample_catalogue(), path.split("/")[1]
    few = {name: file for name, file in base.files.items() if not name.startswith("documents/")}  # the others are tried above
    catalogue = replace(with_texts(replace(base, files=few), {path: text}), documents={document: base.documents[document]})
    return [(problem.kind, problem.where, problem.problem) for problem in template_problems(catalogue)]


def test_what_is_shipped_has_no_fault() -> None:
    assert template_problems(sample_catalogue()) == []


def test_the_contract_is_what_templates_are_given() -> None:
    """The variables of `views`, those of one rendering, and those a document asks for."""
    given = inspect.getsource(template_context.views).partition("return {")[2]
    of_a_packet = {name for name in VARIABLES if f'"{name}": ' in given}
    of_a_rendering = {"document", "parts", "w", "language", "issued", "packet_id"}
    assert set(VARIABLES) == of_a_packet | of_a_rendering | {name for names in _NEEDED.values() for name in names}
    keys = [line.strip().split('"')[1] for line in given.splitlines() if line.startswith('        "')]
    assert of_a_packet == set(keys)


@pytest.mark.parametrize(
    ("line", "kind", "problem"),
    [
        ("{{ patiant.name }}", "template-value", "'patiant' is undefined."),
        ("{{ patient.nam }}", "template-value", "'patient' has no 'nam'."),
        ("{{ clinic.rules.fasting }}", "template-value", "'clinic.rules' has no 'fasting'."),
        ("{{ signing.interpreter.nam }}", "template-value", "'signing.interpreter' has no 'nam'."),
        ("{{ times.leave.hour }}", "template-value", "'times.leave' has no 'hour'."),
        ('{{ fact("emergency-989") }}', "fact-unknown", "there is no such fact."),
        ('{{ cite("emergency-988", "emergency-989") }}', "fact-unknown", "there is no such fact."),
        ('{{ fact("ket-dose-studied") }}', "fact-unknown", "there is no such fact."),
        ('{{ number("emergency-988", "digits") }}', "fact-number", "it has no number digits."),
        ('{{ rate("emergency-988") }}', "fact-number", "it has no number with."),
        ('{{ w["signatur"] }}', "wording-unknown", "there is no label signatur."),
        ('{{ w.say("signatur") }}', "wording-unknown", "there is no label signatur."),
        ('{% include "layout/none.html.j2" %}', "template-missing", "there is no such template."),
        ("{{ issued|shout }}", "template-syntax", "No filter named 'shout'"),
        ("{% if companion %}", "template-syntax", None),
        ("{{ patient.name }", "template-syntax", None),
    ],
)
def test_each_fault_is_found_with_its_line(line: str, kind: str, problem: str | None) -> None:
    found = told(f"{OWN}{{% block lead %}}\nWords.\n{line}\n{{% endblock %}}\n")
    assert [found_kind for found_kind, _, _ in found] == [kind]
    ((_, where, said),) = found
    assert where.startswith(f"{PATH}, line ")
    assert problem is None or said.startswith(problem)
    if problem is not None:
        assert where.startswith(f"{PATH}, line 5")


@pytest.mark.parametrize(
    "text",
    [
        "{% for entry in parts %}{{ entry.whatever }}{% endfor %}",
        "{% set patient = document %}{{ patient.title }}",
        "{{ m.topic }}{{ super() }}{{ namespace(a=1).a }}",
        "{% if companion %}{{ companion.name }}{{ loop }}{% endif %}",
        '{{ times.starts.clock }}{{ plan.dose }}{{ protocol.title["en"] }}{{ clinic.rules.solid_food_hours }}',
        '{{ w[language] }}{{ fact("emergency-" ~ "988") }}',
    ],
)
def test_what_is_right_or_cannot_be_known_is_let_through(text: str) -> None:
    assert told(f"{OWN}{{% block lead %}}{text}{{% endblock %}}") == []


def test_a_fact_for_staff_is_refused_on_a_page_for_patients_and_let_through_for_staff() -> None:
    staff = next(name for name, fact in sample_catalogue().facts.facts.items() if fact.definition.audience == "staff")
    line = f'{{% block lead %}}{{{{ fact("{staff}") }}}}{{% endblock %}}'
    assert [kind for kind, *_ in told(OWN + line)] == ["fact-for-staff"]
    path = "documents/clinician-sheet/en.html.j2"
    assert told(OWN.replace("companion", "clinician-sheet") + line, path) == []


def test_a_macro_and_a_name_of_the_text_that_is_changed_are_known() -> None:
    text = '{% extends "builtin:documents/cover/en.html.j2" %}\n{% block lead %}{{ people() }}{% endblock %}'
    assert told(text, "documents/cover/en.html.j2") == []


def test_a_section_without_a_block_is_told() -> None:
    text = '{% extends "layout/document.html.j2" %}{% block lead %}Words.{% endblock %}'
    found = told(text)
    parts = sample_catalogue().documents["companion"].definition.parts
    assert [(kind, where) for kind, where, _ in found] == [("section-missing", PATH)] * len(parts)


def test_six_faults_of_six_kinds_are_told_at_once_each_with_its_place(briefing: Briefing, clinic_folder: Path) -> None:
    wording = (Path(__file__).parent.parent / "templates" / "wording" / "en.toml").read_text()
    files = {
        "wording/en.toml": wording.replace("\naction_keep =", "\naction_kep ="),
        "facts/our.toml": FACT,
        "documents/companion/en.html.j2": f'{OWN}{{% block lead %}}\n{{{{ fact("emergency-989") }}}}\n{{% endblock %}}',
        "documents/follow-up/en.html.j2": '{% extends "builtin:documents/follow-up/en.html.j2" %}\n{% block lead %}{{ patiant }}{% endblock %}',
        "documents/cover/en.html.j2": '{% extends "builtin:documents/cover/en.html.j2" %}\n\n{% block lead %}Welcome.',
        "documents/leaflet/document.toml": 'version = 1\naudience = "patient"\nkind = "handout"\norder = 1\naction = "keep"\nparts = [{ id = "all" }]\n',
        "documents/leaflet/en.html.j2": "A leaflet.",
    }
    for name, text in files.items():
        (clinic_folder / name).parent.mkdir(parents=True, exist_ok=True)
        (clinic_folder / name).write_text(text)
    ran = briefing("check", "--clinic", clinic_folder)
    assert ran.code == 4
    keep = wording[: wording.index("\naction_keep =")].count("\n") + 2
    for said in (
        f"wording/en.toml, line {keep}: action_kep: the label action_keep is missing.",
        "facts/our.toml, line 5: our-own.source: this source is not in facts/sources.toml.",
        "documents/companion/en.html.j2, line 4: fact emergency-989: there is no such fact.",
        "documents/follow-up/en.html.j2, line 2: 'patiant' is undefined.",
        "documents/cover/en.html.j2, line 3: Unexpected end of template.",
        "documents/leaflet/document.toml: title: it is missing.",
    ):
        assert said in ran.err, said
    assert ran.err.startswith("6 problems:"), "one fault is told twice"


def test_a_fault_of_a_fact_is_not_told_again_by_every_page_that_cites_it(briefing: Briefing, clinic_folder: Path) -> None:
    (clinic_folder / "facts").mkdir()
    path = "facts/standards.toml"
    text = sample_catalogue().files[path].text
    for broken, said in ((text.replace('audience = "', 'audienc = "'), "audienc"), (f"{text}\n[[[", "cannot be read as TOML")):
        (clinic_folder / path).write_text(broken)
        ran = briefing("check", "--clinic", clinic_folder, "--files-only")
        assert ran.code == 4
        assert said in ran.err
        assert "there is no such fact" not in ran.err


def test_a_title_that_lacks_the_language_of_a_text_is_told_when_the_folder_is_read(clinic_folder: Path) -> None:
    from briefing.errors import CatalogueError

    (clinic_folder / "documents" / "companion").mkdir(parents=True)
    (clinic_folder / "documents" / "companion" / "vi.html.j2").write_text("Words.")
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(clinic_folder)
    assert [problem.where for problem in refused.value.problems] == ["documents/companion/document.toml: title.vi"]
