"""Approval: it binds the exact words. One letter, label or number of a fact changed, and the document is a draft again.

A translation stands only beside the approved original that somebody qualified has held it against.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from briefing.approval import Person, Standing, approval_of, standing_of, with_approvals, wording_digest, written
from briefing.catalogue import Approvals, Catalogue, CatalogueFile, Document, read_catalogue
from briefing.errors import CatalogueError
from briefing.exact_words import exact_words
from briefing.facts import FactRegister
from briefing.toml_reading import parse_toml
from briefing.wording import Wording
from tests.conftest import ROOT, Briefing
from tests.packets import sample_catalogue

Change = Callable[[Catalogue], Catalogue]
DOCTOR, TRANSLATOR = Person("Dr. Ngozi Okafor", "medical director"), Person("Inés Vidal", "certified medical translator")
ON = date(2026, 10, 14)
DEFINITION = """
version = 1
title.en = "A leaflet"
title.fr = "Un dépliant"
audience = "patient"
kind = "handout"
order = 10
action = "keep"
[[parts]]
id = "all"
"""


def approved(catalogue: Catalogue, *ids: str, language: str = "en", reviewer: Person | None = None) -> Catalogue:
    """Approve the words as they stand."""
    return replace(catalogue, approvals=with_approvals(catalogue, ids, language, DOCTOR, ON, reviewer))


@pytest.fixture
def leaflet(clinic_folder: Path) -> Path:
    """Return a clinic folder with a leaflet in the clinic's English and in French."""
    folder = clinic_folder / "documents" / "leaflet"
    folder.mkdir(parents=True)
    (folder / "document.toml").write_text(DEFINITION)
    (folder / "en.html.j2").write_text("Rest today.")
    (folder / "fr.html.j2").write_text("Reposez-vous.")
    (clinic_folder / "wording").mkdir(exist_ok=True)
    (clinic_folder / "wording" / "fr.toml").write_text((ROOT / "templates" / "wording" / "en.toml").read_text())
    (clinic_folder / "approvals.toml").write_text("")
    return clinic_folder


def state(catalogue: Catalogue, language: str = "fr") -> str:
    return standing_of(catalogue.documents["leaflet"], language, catalogue).state


def with_file(path: str, old: str, new: str) -> Change:
    def change(catalogue: Catalogue) -> Catalogue:
        file = catalogue.files[path]
        assert old in file.text
        changed = CatalogueFile(path, file.text.replace(old, new, 1).encode(), "clinic", "another")
        return replace(catalogue, files={**catalogue.files, path: changed})

    return change


def with_definition(**definition: object) -> Change:
    def change(catalogue: Catalogue) -> Catalogue:
        document = catalogue.documents["consent"]
        changed = Document("consent", document.definition.model_copy(update=definition), document.languages)
        return replace(catalogue, documents={**catalogue.documents, "consent": changed})

    return change


def with_label(language: str, key: str, label: str) -> Change:
    def change(catalogue: Catalogue) -> Catalogue:
        wording = catalogue.wordings[language]
        assert key in wording.labels
        changed = Wording(language, {**wording.labels, key: label})
        return replace(catalogue, wordings={**catalogue.wordings, language: changed})

    return change


def with_fact(fact_id: str, **definition: object) -> Change:
    def change(catalogue: Catalogue) -> Catalogue:
        fact = catalogue.facts.facts[fact_id]
        changed = replace(fact, definition=fact.definition.model_copy(update=definition))
        return replace(catalogue, facts=FactRegister({**catalogue.facts.facts, fact_id: changed}))

    return change


def with_source_number(fact_id: str, number: int) -> Change:
    def change(catalogue: Catalogue) -> Catalogue:
        fact = catalogue.facts.facts[fact_id]
        changed = replace(fact, source=fact.source.model_copy(update={"number": number}))
        return replace(catalogue, facts=FactRegister({**catalogue.facts.facts, fact_id: changed}))

    return change


def is_approved(catalogue: Catalogue, document_id: str = "consent") -> bool:
    return approval_of(catalogue.documents[document_id], "en", catalogue) is not None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(with_file("documents/consent/en.html.j2", "I agree", "I aggree"), id="a letter of its text"),
        pytest.param(with_definition(version=2), id="its version"),
        pytest.param(with_definition(title={"en": "Consent"}), id="its title"),
        pytest.param(
            lambda catalogue: with_definition(parts=catalogue.documents["consent"].definition.parts[1:])(catalogue),
            id="a section",
        ),
        pytest.param(with_file("layout/macros.html.j2", "class=", "class ="), id="a layout it uses"),
        pytest.param(with_label("en", "draft", "DRAFTED"), id="a label"),
        pytest.param(with_fact("emergency-988", text={"en": "Call somebody."}), id="the sentence of a fact"),
        pytest.param(
            with_fact("iv-hemodynamic-third", numbers={"with": Decimal(3), "of": Decimal(100)}), id="the number of a fact"
        ),
        pytest.param(
            with_fact(
                "iv-hemodynamic-third", text={"xx": "In words nobody reads here."}, numbers={"with": Decimal(3), "of": Decimal(4)}
            ),
            id="the number of a fact without a sentence",
        ),
        pytest.param(with_source_number("emergency-988", 999), id="the number of a source"),
        pytest.param(with_fact("ket-monitor-continuous", text={"en": "Nobody watches."}), id="a fact that a protocol prints"),
    ],
)
def test_whatever_is_changed_makes_it_a_draft_again(change: Change) -> None:
    before = approved(sample_catalogue(), "consent")
    assert is_approved(before)
    after = change(before)
    assert not is_approved(after)
    assert standing_of(after.documents["consent"], "en", after).state == "changed"


def test_changing_it_back_makes_it_approved_again() -> None:
    before = approved(sample_catalogue(), "consent")
    path = "documents/consent/en.html.j2"
    there = with_file(path, "I agree", "I aggree")(before)
    assert not is_approved(there)
    assert is_approved(replace(there, files={**there.files, path: before.files[path]}))


def test_another_documents_words_change_nothing() -> None:
    before = approved(sample_catalogue(), "consent", "follow-up")
    after = with_file("documents/follow-up/en.html.j2", "helped you", "helped  you")(before)
    assert is_approved(after)
    assert not is_approved(after, "follow-up")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            with_fact("emergency-988", text={**sample_catalogue().facts.facts["emergency-988"].definition.text, "xx": "!"}),
            id="a sentence",
        ),
        pytest.param(
            with_definition(title={**sample_catalogue().documents["consent"].definition.title, "xx": "!"}), id="a title"
        ),
        pytest.param(
            with_file(
                "documents/consent/en.html.j2",
                sample_catalogue().files["documents/consent/en.html.j2"].text,
                sample_catalogue().files["documents/consent/en.html.j2"].text.replace("\n", "\r\n"),
            ),
            id="the line ends of another machine",
        ),
    ],
)
def test_what_no_reader_of_this_language_sees_changes_nothing(change: Change) -> None:
    assert is_approved(change(approved(sample_catalogue(), "consent")))


def test_a_label_of_the_front_desk_is_bound_only_to_a_text_that_can_print_it() -> None:
    catalogue = sample_catalogue()
    wording = catalogue.wordings["en"]
    changed = replace(wording, labels={**wording.labels, "desk_time": "Hour"})

    def binds_it(before: Catalogue) -> bool:
        return not is_approved(replace(before, wordings={**before.wordings, "en": changed}))

    assert not binds_it(approved(catalogue, "consent"))
    for text in ('{{ w["desk_time"] }}', "{% for key in w.labels %}{{ w[key] }}{% endfor %}"):
        assert binds_it(approved(with_file("documents/consent/en.html.j2", "{% block", f"{text}{{% block")(catalogue), "consent"))


def test_only_what_a_page_can_print_of_the_vocabulary_is_bound_to_it() -> None:
    catalogue = sample_catalogue()
    bound = {name for name, document in catalogue.documents.items() if "vocabulary" in exact_words(document, "en", catalogue)}
    assert {"before-you-come", "clinician-sheet"} <= bound
    assert not {"consent", "cover", "follow-up"} & bound, "they say `mental health.` and print none of it"


def test_the_same_words_of_another_document_are_not_approved_with_it(leaflet: Path) -> None:
    catalogue = approved(read_catalogue(leaflet), "leaflet")
    document = catalogue.documents["leaflet"]
    assert wording_digest(document, "en", catalogue) != wording_digest(document, "fr", catalogue)
    assert standing_of(document, "fr", catalogue) == Standing("never approved", None)


def test_a_translation_stands_beside_the_approved_original(leaflet: Path) -> None:
    original = approved(read_catalogue(leaflet), "leaflet")
    both = approved(original, "leaflet", language="fr", reviewer=TRANSLATOR)
    assert (state(both, "en"), state(both)) == ("approved", "approved")
    approval = approval_of(both.documents["leaflet"], "fr", both)
    assert approval is not None
    assert approval.translation is not None
    assert (approval.translation.of, approval.translation.by) == ("en", TRANSLATOR.name)
    assert approval.translation.digest == wording_digest(both.documents["leaflet"], "en", both)


def test_a_change_of_the_original_makes_the_translation_a_draft_until_it_is_reviewed_again(leaflet: Path) -> None:
    both = approved(approved(read_catalogue(leaflet), "leaflet"), "leaflet", language="fr", reviewer=TRANSLATOR)
    changed = with_file("documents/leaflet/en.html.j2", "today", "for two days")(both)
    assert (state(changed, "en"), state(changed)) == ("changed", "original changed")
    again = approved(changed, "leaflet")
    assert (state(again, "en"), state(again)) == ("approved", "original changed")
    assert state(approved(again, "leaflet", language="fr", reviewer=TRANSLATOR)) == "approved"
    back = replace(changed, files=both.files)
    assert state(back) == "approved"


def test_a_change_of_the_translation_leaves_the_original_approved(leaflet: Path) -> None:
    both = approved(approved(read_catalogue(leaflet), "leaflet"), "leaflet", language="fr", reviewer=TRANSLATOR)
    changed = with_file("documents/leaflet/fr.html.j2", "Reposez-vous", "Dormez")(both)
    assert (state(changed, "en"), state(changed)) == ("approved", "changed")


def test_a_translation_of_what_nobody_stands_by_any_more_is_a_draft(leaflet: Path) -> None:
    both = approved(approved(read_catalogue(leaflet), "leaflet"), "leaflet", language="fr", reviewer=TRANSLATOR)
    only = {"leaflet": {"fr": both.approvals.documents["leaflet"]["fr"]}}
    assert state(replace(both, approvals=Approvals(documents=only))) == "original not approved"


def test_an_approval_from_the_time_when_it_was_no_translation_is_none_of_the_translation(leaflet: Path) -> None:
    settings = leaflet / "clinic.toml"
    settings.write_text(settings.read_text().replace('language = "en"', 'language = "fr"'))
    french = approved(read_catalogue(leaflet), "leaflet", language="fr")
    assert state(french) == "approved"
    settings.write_text(settings.read_text().replace('language = "fr"', 'language = "en"'))
    assert state(replace(read_catalogue(leaflet), approvals=french.approvals)) == "translation not reviewed"


def test_a_translation_that_nobody_qualified_reviewed_is_refused_with_the_way_out(leaflet: Path) -> None:
    original = approved(read_catalogue(leaflet), "leaflet")
    with pytest.raises(CatalogueError) as refused:
        approved(original, "leaflet", language="fr")
    assert [problem.kind for problem in refused.value.problems] == ["translation-unreviewed"]
    assert "--translation-by NAME --translation-role" in refused.value.problems[0].what_to_do


def test_a_translation_of_a_draft_is_refused(leaflet: Path) -> None:
    with pytest.raises(CatalogueError) as refused:
        approved(read_catalogue(leaflet), "leaflet", language="fr", reviewer=TRANSLATOR)
    assert [problem.kind for problem in refused.value.problems] == ["translation-of-draft"]


def test_what_is_written_in_another_language_alone_is_no_translation(leaflet: Path) -> None:
    (leaflet / "documents" / "leaflet" / "en.html.j2").unlink()
    assert state(approved(read_catalogue(leaflet), "leaflet", language="fr")) == "approved"


def test_what_is_written_down_is_read_back(leaflet: Path) -> None:
    both = approved(approved(read_catalogue(leaflet), "leaflet"), "leaflet", language="fr", reviewer=Person('A "B"', "ünïcode"))
    text = written(both.approvals)
    assert Approvals.model_validate({"documents": parse_toml(text)}) == both.approvals
    (leaflet / "approvals.toml").write_text(text)
    assert state(read_catalogue(leaflet)) == "approved"
    assert written(read_catalogue(leaflet).approvals) == text


def test_a_digest_that_is_none_is_refused(leaflet: Path) -> None:
    text = written(approved(read_catalogue(leaflet), "leaflet").approvals)
    (leaflet / "approvals.toml").write_text(text.replace('digest = "', 'digest = "../../'))
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(leaflet)
    assert refused.value.problems[0].where == "approvals.toml: documents.leaflet.en.digest"


# --- The command ---

BY = ("--by", "Dr. A", "--role", "director", "--on", "2026-11-24")
REVIEWED = ("--translation-by", "Inés Vidal", "--translation-role", "certified medical translator")


def listed(briefing: Briefing, folder: Path) -> dict[str, str]:
    """Return what `documents` says of the leaflet's approval, by language."""
    rows = json.loads(briefing("documents", "--clinic", folder, "--json").out)["documents"]
    return {row["language"]: row["approved"] for row in rows if row["id"] == "leaflet"}


def test_the_command_approves_the_clinics_own_language_and_then_the_translation(briefing: Briefing, leaflet: Path) -> None:
    assert listed(briefing, leaflet) == dict.fromkeys(("en", "fr"), "no: nobody has approved it")
    assert briefing("approve", "leaflet", "--clinic", leaflet, *BY).code == 0
    assert listed(briefing, leaflet) == {"en": "2026-11-24 by Dr. A", "fr": "no: nobody has approved it"}
    assert briefing("approve", "leaflet", "--clinic", leaflet, "--language", "fr", *BY, *REVIEWED).code == 0
    assert listed(briefing, leaflet)["fr"] == "2026-11-24 by Dr. A, translation held against en by Inés Vidal"
    (leaflet / "documents" / "leaflet" / "fr.html.j2").write_text("Dormez.")
    assert listed(briefing, leaflet)["fr"] == "no: changed since 2026-11-24, see: briefing changes leaflet --language fr"


def test_all_leaves_out_what_is_not_written_in_the_language_and_says_so(briefing: Briefing, leaflet: Path) -> None:
    assert briefing("approve", "all", "--clinic", leaflet, *BY).code == 0
    ran = briefing("approve", "all", "--clinic", leaflet, "--language", "fr", *BY, *REVIEWED)
    assert (ran.code, ran.out) == (0, "Approved: leaflet.\n")
    assert "Not written in fr: " in ran.err
    assert "consent" in ran.err
    assert briefing("approve", "all", "--clinic", leaflet, "--language", "zu", *BY, *REVIEWED).code == 4


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--language", "fr"), 4, "--translation-by NAME --translation-role"),
        (("--language", "fr", *REVIEWED[:2]), 2, "go together"),
        (("--language", "fr", *REVIEWED[2:]), 2, "go together"),
        (REVIEWED, 2, "nothing was translated"),
        (("--language", "fr", *REVIEWED), 4, "briefing approve leaflet --language en"),
        (("--language", "fr", "--translation-by", " ", *REVIEWED[2:]), 2, "--translation-by"),
        (("--language", "fr", *REVIEWED[:2], "--translation-role", "TBD"), 2, "--translation-role"),
    ],
)
def test_an_approval_without_what_it_needs_is_refused_and_records_nothing(
    briefing: Briefing, leaflet: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    ran = briefing("approve", "leaflet", "--clinic", leaflet, *BY, *options)
    assert ran.code == code
    assert said in " ".join(ran.err.split())
    assert (leaflet / "approvals.toml").read_text() == ""
