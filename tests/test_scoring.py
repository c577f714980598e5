"""The consent score card: full for every sample with a form to sign, and a name for whatever is taken away."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from pikepdf import String

from briefing.catalogue import Catalogue, read_catalogue
from briefing.errors import BriefingError, InputError, VerificationError
from briefing.html_rendering import HtmlPage, make_environment
from briefing.packet import Packet
from briefing.pdf_rendering import PdfDocument
from briefing.printing import print_documents
from briefing.score_page import told_pages
from briefing.scoring import ScoreCard, score_packet
from briefing.selection import choose_documents
from tests.bound import bound, html_page, pair
from tests.conftest import ISSUED_ON, SAMPLES, sample_requests
from tests.packets import press, request_of, sample_catalogue, sample_packet, sealed, written
from tests.reading import elements

STANDARDS = sample_catalogue().standards
FULL = {"cms": 6, "cms-extras": 4, "joint-commission": 9, "common-rule": 12, "german-study": 8, "topics": 61}
SAMPLE = "ana-ruiz"
NUMBER = "999"  # of a source that nobody lists


def first_sessions() -> list[str]:
    return [path.stem for path in sample_requests() if request_of(path).visit.stage == "first-session"]


def score(packet: Packet) -> ScoreCard:
    return score_packet(packet.data, STANDARDS)


def missing(card: ScoreCard) -> set[str]:
    return {each.id for standard in card.standards for each in standard.elements if each.state == "missing"}


def lost(card: ScoreCard) -> set[str]:
    return {f"{section.document}: {section.part}" for section in card.lost}


@cache
def pages(name: str = SAMPLE) -> dict[str, HtmlPage]:
    """Return the pages of a sample by the id of their document."""
    return {page.id: page for page in written(sample_packet(name)[0])}


# Small documents with all that the card looks at: the elements each part covers, and its HTML.
PARTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "key-information": {"what": ("rule-key-information S12", "<p>Ketamine is not approved for this.</p>")},
    "consent": {
        "about": ("cms-facility rule-contacts tjc-risks", "<p>Willow Street Clinic. Call +1 555 0142.</p>"),
        "nothing": ("study-doing-nothing tjc-risks", "<h2>Doing nothing</h2><p>You may get better.</p>"),
        "help": ("tjc-likelihood", "<h2>Help</h2><ul><li>It helped 27 of 100 [56, 61].</li></ul>"),
        "sign": (
            "cms-signature cms-date-time",
            '<p>I agree.</p><div><div data-line="signature">Signature</div>'
            '<div data-line="date">Date</div><div data-line="time">Time</div></div>',
        ),
    },
    "sources": {
        "list": (
            "study-sources sources-listed",
            "<table><tr><td>56</td><th>One of 2020</th></tr><tr><td>61</td><th>Another</th></tr></table>",
        )
    },
    "clinician-sheet": {
        "weigh": ("S58", "<p>Weigh this. [77]</p>"),
        "sources": ("sources-listed", "<p>[77] A third one.</p>"),
    },
}


def small(document: str, change: Callable[[str], str] = str) -> tuple[HtmlPage, PdfDocument]:
    """Print a small document, perhaps with a change, which must change something."""
    body = f"<h1>A {document}</h1>" + "".join(f"<!-- part: {name} -->{html}" for name, (_, html) in PARTS[document].items())
    changed = change(body)
    assert (changed == body) == (change is str)
    page = html_page(document, "en", f"{changed}<!-- part: -->")
    like = sample_catalogue().documents["consent"].definition.parts[0]
    parts = tuple(
        like.model_copy(update={"id": name, "covers": (), "elements": tuple(covers.split())})
        for name, (covers, _) in PARTS[document].items()
    )
    marked = replace(page, chosen=replace(page.chosen, parts=parts))
    return marked, press().print_pdf(page.html, page.title)


def without(pattern: str, put: str = "") -> Callable[[str], str]:
    return lambda html: re.sub(pattern, put, html)


# ---- A full card ----


@pytest.mark.parametrize("name", first_sessions())
def test_every_first_session_has_all_that_consent_asks_for(name: str) -> None:
    packet, _ = sample_packet(name)
    card = score(packet)
    assert [(problem.where, problem.problem) for problem in card.missing()] == []
    counts = {standard.id: (standard.covered, standard.asked) for standard in card.standards}
    assert {name: counts[name] for name in FULL} == {name: (count, count) for name, count in FULL.items()}
    assert counts["ketamine-consent"] == (10, 10)
    assert card.sections > 60


def test_an_element_stands_on_the_pages_where_its_words_are_printed() -> None:
    packet, _ = sample_packet(SAMPLE)
    card = score(packet)
    first = {document.item.id: document.first_page for document in packet.documents}
    found = {each.id: each for standard in card.standards for each in standard.elements}
    assert found["cms-facility"].pages == (first["consent"],)
    assert found["rule-key-information"].places[0].part == "what_is_it"
    assert found["cms-signature"].pages[0] == next(d.last_page for d in packet.documents if d.item.id == "consent")
    assert set(found["study-sources"].pages) <= set(range(first["sources"], first["clinician-sheet"]))
    assert (card.packet_id, card.issued_on, card.pages) == (packet.packet_id, ISSUED_ON, len(packet.strips))
    consent = next(document for document in packet.documents if document.item.id == "consent")
    assert [(form.title, form.version, form.first_page, form.last_page) for form in card.forms] == [
        ("Consent form", consent.item.version_line, consent.first_page, consent.last_page)
    ]


def test_pages_in_a_row_are_told_as_one_run() -> None:
    found = next(each for standard in score(sample_packet(SAMPLE)[0]).standards for each in standard.elements)
    places = tuple(replace(found.places[0], pages=pages) for pages in ((1, 2, 3), (5,), (2,), (7, 8)))
    assert told_pages(replace(found, places=places)) == "1–3, 5, 7–8"
    assert told_pages(replace(found, state="missing")) == "missing"


# ---- Whatever is taken away has a name ----


PLANTED = {
    "a part is gone": (without(r"<!-- part: about -->.*?(?=<!)"), {"cms-facility", "rule-contacts"}),
    "only its heading is left": (without("<p>You may get better.</p>"), {"study-doing-nothing"}),
    "no line to sign": (without(' data-line="signature"'), {"cms-signature", "cms-date-time"}),
    "a line without a label": (without("Signature</div>", "</div>"), {"cms-signature", "cms-date-time"}),
    "no line for the date": (without(' data-line="date"'), {"cms-date-time"}),
    "no line for the time": (without(' data-line="time"'), {"cms-date-time"}),
    "nothing is said above the line": (without("I agree."), {"cms-signature", "cms-date-time"}),
    "no phone number": (without(r"\+1 555 0142"), {"rule-contacts"}),
    "no number but those of sources": (without("27 of 100"), {"tjc-likelihood"}),
    "its words are for the eye of nobody": (without("<p>You may", '<p style="display: none">You may'), {"study-doing-nothing"}),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_named(fault: str) -> None:
    change, expected = PLANTED[fault]
    whole = missing(score(bound(small("consent"))))
    assert missing(score(bound(small("consent", change)))) - whole == expected


def test_a_lost_element_is_told_with_what_it_lacks_and_the_way_out() -> None:
    card = score(bound(small("consent", without(' data-line="date"'))))
    (problem,) = (each for each in card.missing() if each.where == "CMS: on every consent form: Date and time of that signature")
    assert problem.kind == "not-covered"
    assert problem.problem == "sign in The consent has no line for the date."
    assert "cms-date-time" in problem.what_to_do


def test_a_number_in_brackets_that_no_list_has_is_found() -> None:
    consent, sources = small("consent"), small("sources")
    lists = {"study-sources", "sources-listed"}
    assert lists & missing(score(bound(consent, sources))) == set()
    assert lists <= missing(score(bound(small("consent", without("61", "62")), sources)))
    assert lists <= missing(score(bound(consent, small("sources", without("<td>61</td>", "<td>Old</td>")))))
    assert lists <= missing(score(bound(consent, sources, small("key-information", without("this", "this [99]")))))


def test_staff_pages_are_held_to_their_own_list() -> None:
    consent, sources = small("consent"), small("sources")
    assert "sources-listed" not in missing(score(bound(consent, sources, small("clinician-sheet"))))
    unlisted = small("clinician-sheet", without(r"\[77\] A", "[78] A"))
    assert "sources-listed" in missing(score(bound(consent, sources, unlisted)))


def test_key_information_counts_before_the_form_only() -> None:
    key, consent = small("key-information"), small("consent")
    assert "rule-key-information" not in missing(score(bound(key, consent)))
    assert "rule-key-information" in missing(score(bound(consent, key)))


def test_what_must_stand_on_the_form_does_not_count_beside_it() -> None:
    page, document = small("consent")
    chosen = replace(page.chosen, document=replace(page.chosen.document, id="letter"))
    letter = replace(page, chosen=chosen), document
    found = missing(score(bound(small("consent", PLANTED["a part is gone"][0]), letter)))
    assert "cms-facility" in found
    assert "rule-contacts" not in found


def test_an_element_may_be_asked_for_only_with_another_one() -> None:
    first = STANDARDS["cms"].elements[0].model_copy(update={"only_with": ("S1",)})
    cms = STANDARDS["cms"].model_copy(update={"elements": (first, *STANDARDS["cms"].elements[1:])})
    data = bound(small("consent", PLANTED["a part is gone"][0])).data
    scored = score_packet(data, {"cms": cms}).standards[0]
    assert (scored.elements[0].state, scored.asked, scored.covered) == ("not asked for", 5, 2)
    first = first.model_copy(update={"only_with": ("cms-signature",)})
    cms = cms.model_copy(update={"elements": (first, *cms.elements[1:])})
    assert score_packet(data, {"cms": cms}).standards[0].elements[0].state == "missing"


# ---- A clinic's own documents ----


def of_clinic(catalogue: Catalogue, documents: set[str]) -> Packet:
    """Print and bind some documents of the sample, as a clinic has them."""
    request = request_of(SAMPLES / "requests" / f"{SAMPLE}.toml")
    chosen = [item for item in choose_documents(catalogue, request).chosen if item.id in documents]
    made = print_documents(chosen, request, catalogue, make_environment(catalogue), press(), "AAAA-BBBB", ISSUED_ON)
    return bound(*made)


def emptied(clinic: Path, document: str, part: str) -> Catalogue:
    """Let a clinic leave nothing of a section but a heading; one that prints nothing is refused before."""
    folder = clinic / "documents" / document
    folder.mkdir(parents=True, exist_ok=True)
    text = f'{{% extends "builtin:documents/{document}/en.html.j2" %}}\n{{% block {part} %}}<h2>Soon</h2>{{% endblock %}}\n'
    (folder / "en.html.j2").write_text(text)
    return read_catalogue(clinic)


def dropped(clinic: Path, document: str, part: str, more: str = "") -> Catalogue:
    """Let a clinic take one part out of the definition of a document."""
    definition = sample_catalogue().built_in[f"documents/{document}/document.toml"].text
    kept = re.sub(rf'\[\[parts\]\]\nid = "{part}"\n(?:\w.*\n)*', "", definition)
    assert kept != definition
    folder = clinic / "documents" / document
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "document.toml").write_text(more + kept)
    return read_catalogue(clinic)


@pytest.mark.parametrize("delete", [emptied, dropped])
def test_a_section_that_a_clinic_deletes_is_named_though_others_say_the_same(
    delete: Callable[[Path, str, str], Catalogue], clinic_folder: Path
) -> None:
    """What `serious_ketamine` covers is covered by other parts, too; it is named all the same."""
    card = score(of_clinic(delete(clinic_folder, "consent", "serious_ketamine"), {"consent"}))
    assert lost(card) == {"Consent form: serious_ketamine"}
    assert "Consent form: serious_ketamine" in {problem.where for problem in card.missing() if problem.kind == "section-lost"}


def test_a_section_left_out_on_purpose_is_no_loss(clinic_folder: Path) -> None:
    catalogue = dropped(clinic_folder, "consent", "serious_ketamine", 'leaves_out = ["serious_ketamine"]\n')
    assert lost(score(of_clinic(catalogue, {"consent"}))) == set()


def test_a_section_that_does_not_apply_is_no_loss(clinic_folder: Path) -> None:
    assert lost(score(of_clinic(dropped(clinic_folder, "consent", "serious_spray"), {"consent"}))) == set()


def marked_parts() -> Iterator[tuple[str, str]]:
    for document, page in pages().items():
        yield from ((document, part) for part in page.marks)


@pytest.mark.long
def test_whichever_marked_section_a_clinic_deletes_is_named(tmp_path: Path) -> None:
    for document, part in marked_parts():
        clinic = tmp_path / f"{document}-{part}"
        shutil.copytree(SAMPLES / "clinic", clinic, ignore=shutil.ignore_patterns("secret.key", ".*"))
        title = pages()[document].title
        for delete in (emptied, dropped):
            if len(pages()[document].chosen.parts) == 1:
                continue
            shutil.rmtree(clinic / "documents", ignore_errors=True)
            card = score(of_clinic(delete(clinic, document, part), {"consent", document}))
            assert lost(card) == {f"{title}: {part}"}, delete


def test_a_clinics_own_standard_is_scored(clinic_folder: Path) -> None:
    (clinic_folder / "standards").mkdir()
    (clinic_folder / "standards" / "our-state.toml").write_text(
        'title.en = "Our state"\nbasis = "A law"\norder = 5\n'
        '[[elements]]\nid = "state-telehealth"\nname.en = "Telehealth"\n[[elements]]\nid = "state-copy"\nname.en = "A copy"\n'
    )
    catalogue = read_catalogue(clinic_folder)
    card = score_packet(bound(small("consent")).data, catalogue.standards)
    assert (card.standards[0].title, card.standards[0].covered, card.standards[0].asked) == ("Our state", 0, 2)
    assert {"state-telehealth", "state-copy"} <= missing(card)


# ---- What cannot be scored ----


def refusal(data: bytes, password: str = "") -> tuple[type[BriefingError], str]:
    with pytest.raises(BriefingError) as refused:
        score_packet(data, STANDARDS, password)
    return type(refused.value), refused.value.problems[0].kind


def test_a_packet_without_a_form_is_refused() -> None:
    assert refusal(sample_packet("ben-carter")[0].data) == (InputError, "no-form")


def test_a_packet_without_marks_is_refused() -> None:
    def unmarked(pdf: pikepdf.Pdf) -> None:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/S" in item and "/A" in item:
                del item["/A"]

    with pikepdf.open(io.BytesIO(sample_packet(SAMPLE)[0].data)) as pdf:
        unmarked(pdf)
        assert refusal(sealed(pdf)) == (InputError, "no-marks")


def test_what_somebody_else_made_tells_nothing_that_is_believed() -> None:
    with pikepdf.open(io.BytesIO(bound(small("key-information"), small("consent")).data)) as pdf:
        named = next(each for each in elements(pdf, "/Document") if str(each.get("/ID", "")) == "document:key-information")
        assert "rule-key-information" not in missing(score_packet(sealed(pdf), STANDARDS))
        named.ID = String("insert:key-information")
        assert "rule-key-information" in missing(score_packet(sealed(pdf), STANDARDS))


def test_tags_in_a_ring_end_in_a_refusal() -> None:
    with pikepdf.open(io.BytesIO(bound(small("consent")).data)) as pdf:
        document = elements(pdf, "/Document")[1]
        document.K[0].K = pikepdf.Array([document])
        assert refusal(sealed(pdf)) == (VerificationError, "damaged")


def test_a_pair_of_pages_without_our_documents_has_no_marks() -> None:
    assert refusal(pair().data)[1] == "no-marks"


# ---- How the marks get there ----


def test_the_comment_of_a_part_moves_nothing() -> None:
    html = pages()["consent"].html
    with_marks = press().print_pdf(html, "x")
    bare = press().print_pdf(re.sub(r"<!-- part:.*?-->", "", html), "x")
    with pikepdf.open(io.BytesIO(with_marks.data)) as one, pikepdf.open(io.BytesIO(bare.data)) as other:
        assert [page.Contents.read_bytes() for page in one.pages] == [page.Contents.read_bytes() for page in other.pages]


def test_nothing_that_printing_told_is_left_in_the_packet() -> None:
    packet, _ = sample_packet(SAMPLE)
    with pikepdf.open(io.BytesIO(packet.data)) as pdf:
        keys = {key for item in pdf.objects if isinstance(item, pikepdf.Dictionary) for key in item.keys()}  # noqa: SIM118 - pikepdf
        assert not {key for key in keys if key.startswith("/Briefing")}
        assert bool(pdf.Root.MarkInfo.UserProperties)


def test_a_part_goes_on_being_one_over_a_page_break() -> None:
    long = "<p>One sentence of it, again and again.</p>" * 80
    card = score(bound(small("consent", without("<p>Willow", f"{long}<p>Willow"))))
    found = next(each for standard in card.standards for each in standard.elements if each.id == "cms-facility")
    assert found.pages == (1, 2, 3)
