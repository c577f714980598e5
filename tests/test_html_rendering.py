from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import TemplateRuntimeError
from markupsafe import Markup

from briefing.catalogue import Catalogue, CatalogueFile, Document, DocumentDefinition, Part
from briefing.errors import CatalogueError, TemplateError
from briefing.figures import INK, people
from briefing.html_rendering import HtmlPage, make_environment, refuse_blank, render_html
from briefing.selection import ChosenDocument
from briefing.template_context import Typed
from tests.conftest import ISSUED_ON
from tests.packets import sample_catalogue

FRAME = '{{% extends "layout/document.html.j2" %}}{{% block lead %}}Lead.{{% endblock %}}{{% block body %}}{}{{% endblock %}}'


class Anybody:
    """Stands in for the variables a test does not look at."""

    name = Typed("Willow Street Clinic")
    address = (Typed("1 Street"),)
    born = "April 2, 1986"


def with_template(text: str, audience: str = "patient") -> tuple[Catalogue, ChosenDocument]:
    base = sample_catalogue()
    path = "documents/trial/en.html.j2"
    files = {
        **base.files,
        path: CatalogueFile(path, text.encode(), "clinic", "0"),
        "documents/trial/document.toml": CatalogueFile("", b"", "clinic", "0"),
    }
    definition = DocumentDefinition.model_validate(
        {
            "version": 1,
            "title": {"en": "Trial"},
            "audience": audience,
            "kind": "handout",
            "order": 1,
            "action": "keep",
            "parts": [{"id": "body"}],
        }
    )
    document = Document("trial", definition, ("en",))
    return replace(base, files=files), ChosenDocument(document, "en", (Part(id="body"),), ())


def render(body: str, audience: str = "patient", **variables: object) -> HtmlPage:
    catalogue, chosen = with_template(FRAME.format(body), audience)
    more = {"patient": Anybody(), "clinic": Anybody(), **variables}
    return render_html(make_environment(catalogue), catalogue, chosen, more, ISSUED_ON)


@pytest.mark.parametrize("value", [None, "", " ", "\u00a0", True, False, 0.5, [], ["x"], {}, (), Markup(" ")])
def test_a_value_that_would_print_as_nothing_or_as_code_is_refused(value: object) -> None:
    with pytest.raises(TemplateRuntimeError):
        refuse_blank(value)
    with pytest.raises(TemplateError):
        render("{{ value }}", value=value)


@pytest.mark.parametrize(("value", "printed"), [(Decimal("40.0"), "40"), (Decimal("0.50"), "0.5"), (3, "3"), ("x", "x")])
def test_a_value_prints_plainly(value: object, printed: str) -> None:
    assert f">{printed}<" in render("<p>{{ value }}</p>", value=value).html


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        "{{7*7}}",
        "{% raw %}",
        '"><img src=file:///etc/passwd>',
        "&amp;",
        "http://example.org/",
        "a'b\"c",
        "\u202dx".strip("\u202d"),
    ],
)
def test_typed_text_prints_as_typed_and_isolated(text: str) -> None:
    html = render("<p>{{ name }}</p>", name=Typed(text)).html
    escaped = str(Markup.escape(text))
    assert f'<p><bdi dir="ltr">{escaped}</bdi></p>' in html


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Ana", "ltr"),
        ("+1 555 0142", "ltr"),
        ("911", "ltr"),
        ("محمد", "rtl"),
        ("(2) محمد", "rtl"),
        ("Dr. محمد", "ltr"),
        ("דוד", "rtl"),
    ],
)
def test_typed_text_runs_in_the_direction_of_its_first_letter(text: str, direction: str) -> None:
    assert f'<bdi dir="{direction}"' in Typed(text).__html__()


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_no_typed_text_can_become_markup(text: str) -> None:
    inner = re.sub('^<bdi dir="(ltr|rtl)"( class="wide")?>', "", Typed(text).__html__()).removesuffix("</bdi>")
    assert "<" not in inner
    assert ">" not in inner
    assert Markup(inner).unescape() == text


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ fact.__globals__ }}",
        "{{ cite.__closure__ }}",
        "{{ patient.__class__.__subclasses__() }}",
        "{% set x = [] %}{{ x.append(1) }}",
        "{{ ''|attr('__class__') }}",
        "{{ '{0.__class__}'.format(patient) }}",
        "{{ range(10 ** 9)|list }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../../etc/passwd' %}",
        "{% include 'file:///etc/passwd' %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(attack: str) -> None:
    with pytest.raises(TemplateError):
        render(attack)


def test_an_unknown_name_is_refused_and_named_with_its_place() -> None:
    with pytest.raises(TemplateError) as refused:
        render("\n\n{{ patientt.name }}")
    problem = refused.value.problems[0]
    assert "patientt" in problem.problem
    assert problem.where == "documents/trial/en.html.j2, line 3"


def test_a_template_that_is_not_jinja_is_refused_with_its_line() -> None:
    with pytest.raises(TemplateError) as refused:
        render("\n{{ patient.name ")
    assert refused.value.problems[0].where.startswith("documents/trial/en.html.j2, line")


def test_a_section_that_prints_nothing_is_refused() -> None:
    with pytest.raises(TemplateError):
        render("{# nothing #}")


def test_a_section_without_a_block_is_refused_by_name() -> None:
    catalogue, chosen = with_template('{% extends "layout/document.html.j2" %}{% block lead %}Lead.{% endblock %}')
    with pytest.raises(TemplateError, match="body"):
        render_html(make_environment(catalogue), catalogue, chosen, {"patient": Anybody(), "clinic": Anybody()}, ISSUED_ON)


def test_a_fact_prints_its_sentence_and_its_source_and_is_noted() -> None:
    page = render('<p>{{ fact("ketamine-schedule-iii") }}</p>')
    number = sample_catalogue().facts.facts["ketamine-schedule-iii"].source.number
    assert page.citations == ("ketamine-schedule-iii",)
    assert f'<span class="src">\N{NO-BREAK SPACE}[{number}]</span>' in page.html


def test_an_unknown_fact_is_refused_with_the_nearest() -> None:
    with pytest.raises(CatalogueError) as refused:
        render('{{ fact("ketamine-schedule-iv") }}')
    assert "ketamine-schedule-iii" in refused.value.problems[0].what_to_do


def test_a_fact_for_staff_is_refused_on_a_patients_page_and_printed_for_staff() -> None:
    with pytest.raises(CatalogueError):
        render('{{ fact("iv-dose-standard") }}')
    assert render('{{ fact("iv-dose-standard") }}', audience="staff").citations == ("iv-dose-standard",)


def test_lines_to_fill_in_by_hand_are_noted() -> None:
    page = render('{% import "layout/macros.html.j2" as m with context %}{{ m.line("Blood pressure") }}')
    assert page.hand_lines == ("Blood pressure",)


def test_two_lines_of_one_label_are_two_lines() -> None:
    page = render(
        '{% import "layout/macros.html.j2" as m with context %}{{ m.line("Date") }}{{ m.line("Date") }}{{ m.ruled("Date") }}'
    )
    assert page.hand_lines == ("Date", "Date 2", "Date 3")
    assert [name.partition('"')[0] for name in page.html.split('name="')[1:]] == [
        "briefing:line:date",
        "briefing:line:date-2",
        "briefing:lines:date-3",
    ]


@pytest.mark.parametrize(
    "field",
    [
        'field(name, "line")',
        'field("Phone of " ~ name)',
        'field("Phone", detail=name)',
        'field(fact("ketamine-schedule-iii"))',
        'field(" ?! ")',
        'field("Phone", "radio")',
    ],
)
def test_a_label_holds_no_typed_text_and_is_never_blank(field: str) -> None:
    with pytest.raises(TemplateError) as refused:
        render(f"<p>x{{{{ {field} }}}}</p>", name=Typed("Ana Ruiz"))
    assert "Ana" not in str(refused.value)


def test_what_is_only_read_out_is_not_listed() -> None:
    page = render("""<p>x{{ field("Pulse at minute 15", detail='9:45 "am" <b>') }}</p>""")
    assert page.hand_lines == ("Pulse at minute 15",)
    assert 'title="Pulse at minute 15 (9:45 &#34;am&#34; &lt;b&gt;)"' in page.html


def test_what_nobody_approved_is_a_draft_without_signature_lines() -> None:
    page = render('{% import "layout/macros.html.j2" as m with context %}{{ m.signature("Patient", "Ana Ruiz") }}')
    assert page.approval is None
    assert 'class="drafted"' in page.html
    assert page.hand_lines == ()


def test_two_renderings_share_nothing() -> None:
    first = render('{{ fact("ketamine-schedule-iii") }}')
    second = render("<p>x</p>")
    assert first.citations != second.citations
    assert second.citations == ()


@pytest.mark.parametrize(
    ("count", "whole", "halves"), [("5.5", 5, 1), ("2.9", 3, 0), ("1.4", 1, 1), ("0.05", 0, 1), ("0", 0, 0), ("10", 10, 0)]
)
def test_people_are_drawn_to_the_nearest_half_and_nobody_becomes_none(count: str, whole: int, halves: int) -> None:
    drawing = str(people(Decimal(count), "so many"))
    assert drawing.count(f'fill="{INK}"/><path') == whole
    assert drawing.count("<rect") == halves


def test_rates_are_told_with_their_own_numbers() -> None:
    body = '{% import "layout/macros.html.j2" as m with context %}{{ m.compare("Trial", "A", "B", [("dizzy", "ae-esk-dizziness")]) }}'
    html = render(body).html
    assert ">29 of 100<" in html
    assert ">8 of 100<" in html


def test_a_clinic_can_change_one_block_and_keep_the_rest(clinic_folder: Path) -> None:
    from briefing.catalogue import read_catalogue
    from tests.packets import request_of, written

    folder = clinic_folder / "documents" / "after-your-session"
    folder.mkdir(parents=True)
    (folder / "en.html.j2").write_text(
        '{% extends "builtin:documents/after-your-session/en.html.j2" %}{% block lead %}Our own first line.{% endblock %}'
    )
    own = read_catalogue(clinic_folder)
    assert own.files["documents/after-your-session/en.html.j2"].origin == "clinic"
    from briefing.identity import Secret
    from briefing.pipeline import make_packet
    from briefing.workshop import open_workshop
    from tests.conftest import SAMPLES

    request = request_of(SAMPLES / "requests" / "ana-ruiz.toml")
    verified, manifest = make_packet(request, open_workshop(own), Secret(b"1"), date(2026, 11, 24))
    page = next(page for page in written(verified.packet) if page.id == "after-your-session")
    assert "Our own first line." in page.html
    assert page.approval is None  # the built-in words were approved, not these
    assert any("After your session" in warning for warning in manifest.warnings)
