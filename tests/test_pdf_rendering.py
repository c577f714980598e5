from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest

from briefing.errors import RenderingError
from briefing.kept import Kept
from briefing.pdf_rendering import Press
from tests.packets import press, sample_catalogue

PAGE = '<html lang="en"><title>Trial</title><body>{}</body></html>'


def kinds(body: str) -> set[str]:
    with pytest.raises(RenderingError) as refused:
        press().print_pdf(PAGE.format(body), "Trial")
    return {problem.kind for problem in refused.value.problems}


@pytest.mark.parametrize(
    "body",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<img src="FiLe:///etc/passwd" alt="x">',
        '<img src="/etc/passwd" alt="x">',
        '<img src="data:image/png;base64,iVBORw0KGgo=" alt="x">',
        '<p style="background: url(file:///etc/passwd)">x</p>',
        '<ul><li style="display: list-item; list-style: url(file:///etc/passwd)">x</ul>',
        "<style>@import url(file:///etc/passwd);</style><p>x",
        "<style>@font-face { font-family: Y; src: url(file:///etc/passwd) } p { font-family: Y }</style><p>x",
        '<link rel="stylesheet" href="file:///etc/passwd"><p>x',
        '<link rel="attachment" href="file:///etc/passwd"><p>x',
        '<embed src="file:///etc/passwd">',
        '<object data="file:///etc/passwd"></object>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd" width="9" height="9"/></svg>',
        "<style>p::before { content: url(file:///etc/passwd) }</style><p>x",
        '<img src="briefing:style/icons/../../clinic.toml" alt="x">',
        '<img src="briefing:clinic.toml" alt="x">',
    ],
)
def test_no_file_and_no_host_is_ever_fetched(body: str) -> None:
    assert kinds(body) & {"fetch-refused", "render-warning"}


def test_our_own_icons_are_served() -> None:
    assert (
        press().print_pdf(PAGE.format('<img src="briefing:style/icons/logo.svg" alt="x" style="width: 9mm">'), "Trial").page_count
        == 1
    )


def test_a_letter_that_no_font_has_is_refused_and_named() -> None:
    with pytest.raises(RenderingError) as refused:
        press().print_pdf(PAGE.format("<p>王</p>"), "Trial")
    assert refused.value.problems[0].kind == "no-letter"
    assert "U+738B" in refused.value.problems[0].problem


def test_a_style_that_is_not_understood_is_refused() -> None:
    assert kinds("<style>p { colour: red }</style><p>x") == {"render-warning"}


@pytest.mark.parametrize(
    "body",
    [
        f'<p style="white-space: nowrap">{"word " * 60}</p>',
        '<div style="height: 5mm; overflow: hidden"><p>one</p><p>two</p><p>three</p></div>',
        '<p style="position: absolute; left: 250mm">outside</p>',
        '<p style="position: absolute; top: -60mm">outside</p>',
    ],
)
def test_text_that_is_cut_off_or_leaves_the_page_is_refused(body: str) -> None:
    assert kinds(body) == {"cut-off"}


def test_a_name_without_a_space_stays_inside_the_page() -> None:
    body = f"<p><bdi>{'W' * 280}</bdi></p><table><tr><td><bdi>{'W' * 280}</bdi></td></tr></table>"
    assert press().print_pdf(PAGE.format(body), "Trial").page_count == 1


@pytest.mark.parametrize("body", ["<div>" * 3000, '<p style="font-size: 1e8px">x</p>'])
def test_a_page_that_cannot_be_built_is_refused(body: str) -> None:
    assert kinds(body) & {"cannot-draw", "cut-off", "render-warning"}


def test_only_our_fonts_are_embedded() -> None:
    data = press().print_pdf(PAGE.format("<p style='font-family: serif'>a <b>b</b> Ж محمد <code>c</code></p>"), "Trial").data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        names = {
            str(item.BaseFont).partition("+")[2]
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        }
    assert names
    assert all(name.startswith(("Atkinson-Hyperlegible", "IBM-Plex-Sans-Arabic", "Noto-Sans")) for name in names)


def test_the_same_page_gives_the_same_bytes() -> None:
    page = PAGE.format("<p>The same, ever again: أ Ж ị.</p>")
    other = Press(sample_catalogue().files, "letter")
    assert press().print_pdf(page, "Trial").data == other.print_pdf(page, "Trial").data


@pytest.mark.parametrize(("paper", "size"), [("letter", (612, 792)), ("a4", (595, 842))])
def test_the_paper_is_the_clinics(paper: str, size: tuple[int, int]) -> None:
    data = Press(sample_catalogue().files, paper).print_pdf(PAGE.format("<p>x"), "Trial").data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        box = [round(float(value)) for value in pdf.pages[0].mediabox]
    assert tuple(box[2:]) == size


def test_no_error_repeats_the_text_of_a_page() -> None:
    with pytest.raises(RenderingError) as refused:
        press().print_pdf(
            PAGE.format('<p style="colour: red">Ana Ruiz</p><p style="position: absolute; left: 250mm">Ana Ruiz</p>'), "Trial"
        )
    assert "Ruiz" not in str(refused.value)


def test_only_a_page_that_is_said_to_be_shared_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    first = Press(sample_catalogue().files, "letter", kept)
    page = PAGE.format("<p>About the treatment.</p>")
    own = first.print_pdf(page, "Trial")
    assert not kept._known
    shared = first.print_pdf(page, "Trial", shared=True)
    assert shared.data == own.data
    again = Press(sample_catalogue().files, "letter", kept)
    monkeypatch.setattr(again, "_print", lambda *_, **__: pytest.fail("it was printed again"))
    assert again.print_pdf(page, "Trial", shared=True) == shared


@pytest.mark.parametrize("other", [{"fillable": True}, {"tagged": False}])
def test_a_page_is_kept_with_how_it_was_printed(other: dict[str, bool]) -> None:
    kept = Kept()
    one = Press(sample_catalogue().files, "letter", kept)
    page = PAGE.format('<h1>x</h1><form><input class="field" type="checkbox" name="x" title="x"></form>')
    assert one.print_pdf(page, "Trial", shared=True).data != one.print_pdf(page, "Trial", shared=True, **other).data
    assert len(kept._known) == 2


def test_another_look_or_paper_does_not_find_what_was_kept() -> None:
    kept, files = Kept(), sample_catalogue().files
    page = PAGE.format("<p>About the treatment.</p>")
    style = files["style/look.css"]
    changed = {**files, "style/look.css": replace(style, data=style.data + b"\np { color: #111 }\n")}
    for made_by in (Press(files, "letter", kept), Press(files, "a4", kept), Press(changed, "letter", kept)):
        made_by.print_pdf(page, "Trial", shared=True)
    assert len(kept._known) == 3
