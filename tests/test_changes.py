"""What changed since an approval: every change is shown, word by word, in its place, and nothing that stayed is called new."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.changes import Change, Run, changes_between
from tests.conftest import ISSUED_ON, ROOT, Briefing
from tests.test_approval import leaflet  # noqa: F401 - a fixture

BY = ("--by", "Dr. A", "--role", "director", "--on", ISSUED_ON)
PATH = "documents/leaflet/en.html.j2"
TEXT = """{% extends "layout/document.html.j2" %}
{% import "layout/macros.html.j2" as m with context %}
{% macro rest(hours) %}<p>Rest for {{ hours }} hours.</p>{% endmacro %}
{% block lead %}Read this at home with somebody you trust.{% endblock %}
{% block after %}
{% if companion %}<p class="note">You go home with {{ companion.name }}.</p>{% endif %}
<p>Do not drive today. Do not sign papers. Do not drink wine. Do not cook. Do not lift your child. Sleep well tonight.</p>
{% endblock %}
"""


def only(old: str, new: str, name: str = PATH) -> Change:
    """Return the one change that one replacement in the text makes."""
    assert TEXT.count(old) == 1
    (change,) = changes_between({name: TEXT}, {name: TEXT.replace(old, new)})
    return change


def told(change: Change) -> str:
    marks = {"same": "{}", "old": "[-{}-]", "new": "{{+{}+}}"}
    return " ".join(" ".join(marks[run.how].format(run.text.strip()) for run in change.runs).split())


def test_one_word_is_told_with_what_stands_around_it_and_where() -> None:
    change = only("cook", "knit")
    assert (change.text, change.place, change.touches) == (PATH, "after", ("words",))
    assert (
        told(change)
        == "… sign papers. Do not drink wine. Do not [-cook.-] {+knit.+} Do not lift your child. Sleep well tonight. …"
    )


def test_a_changed_condition_is_marked_as_logic() -> None:
    change = only("{% if companion %}", "{% if companion and visit %}")
    assert (change.place, change.touches) == ("after", ("logic",))
    assert "[-{% if companion %}-] {+{% if companion and visit %}+}" in told(change)


@pytest.mark.parametrize(
    ("old", "new", "place", "touches"),
    [
        ("companion.name", "clinician.name", "after", ("logic",)),
        ('class="note"', 'class="hero"', "after", ("markup",)),
        ("hours }} hours", "hours }} long hours", "macro rest", ("words",)),
        ("rest(hours)", "rest(days)", "macro rest", ("logic",)),
        ("as m with context", "as n with context", "outside of the sections", ("logic",)),
        ("Read this", "{# why #}Read this", "lead", ("notes",)),
        ("at home with", "at <em>home</em> with", "lead", ("markup",)),
    ],
)
def test_each_kind_of_change_is_told_with_its_section(old: str, new: str, place: str, touches: tuple[str, ...]) -> None:
    change = only(old, new)
    assert (change.place, change.touches) == (place, touches)


def test_changes_far_apart_are_told_one_by_one() -> None:
    other = TEXT.replace("drive today", "run today").replace("Sleep well", "Sleep long")
    found = list(changes_between({PATH: TEXT}, {PATH: other}))
    assert [change.place for change in found] == ["after", "after"]


def test_spaces_and_the_order_of_sections_are_told_though_no_word_differs() -> None:
    assert list(changes_between({PATH: TEXT}, {PATH: TEXT.replace("Do not cook", "Do  not cook")})) == [Change(PATH, "", (), ())]


def test_nothing_changed_is_nothing() -> None:
    assert list(changes_between({PATH: TEXT, "labels": "draft: DRAFT\n"}, {PATH: TEXT, "labels": "draft: DRAFT\n"})) == []


def test_a_text_that_came_or_went_is_told_whole() -> None:
    (came,) = changes_between({}, {"layout/more.html.j2": "One more. Two more."})
    (went,) = changes_between({"layout/more.html.j2": "One more. Two more."}, {})
    assert came.runs == (Run("new", "One more. Two more."),)
    assert [run.text.strip() for run in went.runs] == ["One more. Two more."]
    assert went.runs[0].how == "old"


def test_a_fact_is_told_by_its_id_with_the_whole_old_and_new_sentence() -> None:
    words = "In a trial of many people with {} of hard-to-treat low mood, {} of 100 felt better at the end of the week"
    old = f"ket-works: {words.format('years', 29)}\nket-works source: 11\nother: Stays.\n"
    new = f"ket-works: {words.format('years', 31)}\nket-works source: 12\nother: Stays.\n"
    sentence, source = changes_between({"facts": old}, {"facts": new})
    assert (sentence.place, source.place) == ("ket-works", "ket-works source")
    assert told(sentence) == f"{words.format('years', '[-29-] {+31+}')}"
    assert told(source) == "[-11-] {+12+}"


def test_a_file_that_replaces_one_section_of_ours_shows_that_section_only() -> None:
    own = '{% extends "builtin:documents/leaflet/en.html.j2" %}\n{% import "layout/macros.html.j2" as m with context %}\n'
    own += "{% block lead %}Read this here. {{ super() }}{% endblock %}"
    (change,) = changes_between({PATH: TEXT}, {PATH: own, f"builtin:{PATH}": TEXT})
    assert change.place == "lead"
    assert told(change) == "{+Read this here.+} Read this at home with somebody you trust."


WORDS = st.lists(
    st.sampled_from(["rest", "sleep", "<b>", "</b>", "{{ day }}", "{% if a %}", "{% endif %}", "{# x #}", "a<b", "{"]),
    max_size=30,
)


@given(WORDS, WORDS)
def test_old_and_new_can_be_put_together_again_from_what_is_told_of_a_line(old: list[str], new: list[str]) -> None:
    """Of a line everything is shown: what stayed and was taken out is the old one, what stayed and was put in the new one."""
    before, after = " ".join(old), " ".join(new)
    found = list(changes_between({"facts": f"f: {before}\n"}, {"facts": f"f: {after}\n"}))
    assert bool(found) == (before != after)
    for change in found:
        for how, line in (("old", before), ("new", after)):
            shown = " ".join(run.text for run in change.runs if run.how in ("same", how)).split()
            assert "".join(shown) == "".join(line.split())


# --- The command ---


def test_changes_tells_a_document_that_nobody_has_approved_how_to(briefing: Briefing, leaflet: Path) -> None:  # noqa: F811
    ran = briefing("changes", "leaflet", "--clinic", leaflet)
    assert (ran.code, ran.err) == (0, "")
    assert "leaflet (en): nobody has approved it yet. Read it, then: briefing approve leaflet --clinic" in ran.out
    assert "--translation-by" not in ran.out
    assert "--translation-by" in briefing("changes", "leaflet", "--language", "fr", "--clinic", leaflet).out


def test_changes_shows_the_words_and_that_they_were_changed_back(briefing: Briefing, leaflet: Path) -> None:  # noqa: F811
    assert briefing("approve", "leaflet", "--clinic", leaflet, *BY).code == 0
    nothing = f"leaflet (en): nothing has changed since Dr. A approved it on {ISSUED_ON}.\n"
    assert briefing("changes", "leaflet", "--clinic", leaflet).out == nothing
    text = leaflet / "documents" / "leaflet" / "en.html.j2"
    text.write_text("Rest tomorrow.")
    ran = briefing("changes", "leaflet", "--clinic", leaflet)
    assert ran.out.splitlines() == [
        f"leaflet (en): it has changed since Dr. A approved it on {ISSUED_ON}.",
        "",
        "  documents/leaflet/en.html.j2",
        "    outside of the sections",
        "      Rest [-today.-] {+tomorrow.+}",
    ]
    text.write_text("Rest today.")
    assert briefing("changes", "leaflet", "--clinic", leaflet).out == nothing


def test_changes_of_a_translation_shows_what_changed_in_its_original_too(briefing: Briefing, leaflet: Path) -> None:  # noqa: F811
    reviewed = ("--language", "fr", "--translation-by", "Inés Vidal", "--translation-role", "translator")
    for options in ((), reviewed, ()):  # the last one approves the same words once more
        ran = briefing("approve", "leaflet", "--clinic", leaflet, *BY, *options)
        assert (ran.code, ran.err) == (0, "")
    (leaflet / "documents" / "leaflet" / "en.html.j2").write_text("Rest tomorrow.")
    again = briefing("approve", "leaflet", "--clinic", leaflet, *BY)  # what was held side by side is still kept
    assert again.err == "leaflet (fr) is a draft until its translation is reviewed again: the original has changed.\n"
    ran = briefing("changes", "leaflet", "--clinic", leaflet, "--language", "fr")
    assert "leaflet (fr): no word of it has changed since Dr. A approved it" in ran.out
    assert "The text in en has changed since Inés Vidal held the two side by side" in ran.out
    assert "Rest [-today.-] {+tomorrow.+}" in ran.out
    (data,) = json.loads(briefing("changes", "leaflet", "--clinic", leaflet, "--language", "fr", "--json").out)["documents"]
    assert (data["state"], data["original"], data["changes"]) == ("original changed", "en", [])
    assert data["changes_of_original"][0]["runs"][1] == {"how": "old", "text": "today. "}
    listed = json.loads(briefing("documents", "--clinic", leaflet, "--json").out)["documents"]
    assert [row["approved"] for row in listed if row["id"] == "leaflet"] == [
        f"{ISSUED_ON} by Dr. A",
        f"no: the text in en has changed since {ISSUED_ON}, see: briefing changes leaflet --language fr",
    ]


def test_all_stands_for_every_document_of_the_language(briefing: Briefing, leaflet: Path) -> None:  # noqa: F811
    ran = briefing("changes", "all", "--clinic", leaflet)
    assert ran.out.count("nobody has approved it yet") == len(list((ROOT / "templates" / "documents").iterdir())) + 1
    assert "leaflet (fr)" in briefing("changes", "all", "--clinic", leaflet, "--language", "fr").out


def test_colors_stand_on_a_terminal_only_and_not_for_those_who_want_none(
    briefing: Briefing,
    leaflet: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert briefing("approve", "leaflet", "--clinic", leaflet, *BY).code == 0
    (leaflet / "documents" / "leaflet" / "en.html.j2").write_text("Rest tomorrow.")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = briefing("changes", "leaflet", "--clinic", leaflet)
    assert "[-" not in ran.out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "[-today.-] {+tomorrow.+}" in briefing("changes", "leaflet", "--clinic", leaflet).out


@pytest.mark.parametrize("names", [("leaflett",), ("leaflet", "--language", "de"), ("all", "--language", "de")])
def test_changes_of_what_is_not_there_is_told(briefing: Briefing, leaflet: Path, names: tuple[str, ...]) -> None:  # noqa: F811
    ran = briefing("changes", *names, "--clinic", leaflet)
    assert ran.code == 4
    assert "there is no such document" in ran.err or "not written in language de" in ran.err
