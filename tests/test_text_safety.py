"""What a person may type: text that prints as it reads, and no empty word in disguise."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.text_safety import LONGEST_LINE, PLACEHOLDERS, clean_line


@pytest.mark.parametrize(
    "text",
    [
        "Ana Ruiz",
        "Nguyễn Thị Phương Anh",
        "محمد الحربي",
        "प्रिया नायर",
        "می\u200cخواهم",
        "क्\u200dष",
        "Jean-Luc d'Arc O’Brien",
        "<b>Bob</b> & Sons",
        "{{ 7 * 7 }} {% include 'x' %}",
        "https://example.org/?a=1#b",
        "0042",
        "Ana\u00a0Ruiz",
        "Nan Goldin",
        "None Taken",
        "Mary-Jane TBD Smith",
        "X",
    ],
)
def test_text_that_people_really_have_arrives_unchanged(text: str) -> None:
    assert clean_line(text) == text


def test_outer_white_space_is_dropped() -> None:
    assert clean_line("  \u00a0Ana Ruiz\u3000 ") == "Ana Ruiz"


def test_text_arrives_in_nfc() -> None:
    assert clean_line("Jose\u0301") == "Jos\u00e9"


@pytest.mark.parametrize(
    ("character", "code"),
    [
        ("\u202e", "U+202E"),
        ("\u2066", "U+2066"),
        ("\u061c", "U+061C"),
        ("\u200b", "U+200B"),
        ("\u00ad", "U+00AD"),
        ("\ufeff", "U+FEFF"),
        ("\x00", "U+0000"),
        ("\x1b", "U+001B"),
        ("\t", "U+0009"),
        ("\n", "U+000A"),
        ("\x85", "U+0085"),
        ("\u2028", "U+2028"),
        ("\u2029", "U+2029"),
        ("\ue000", "U+E000"),
        ("\ud800", "U+D800"),
        ("\u0378", "U+0378"),
        ("\U000e0041", "U+E0041"),
    ],
)
@pytest.mark.parametrize("frame", ["Ana{}Ruiz", "{}Ana", "Ana{}"])
def test_a_character_that_hides_or_turns_text_is_refused_by_its_code_point(character: str, code: str, frame: str) -> None:
    with pytest.raises(ValueError, match="U\\+") as refused:
        clean_line(frame.format(character))
    assert code in str(refused.value)
    assert character not in str(refused.value)
    assert "Ana" not in str(refused.value)


@pytest.mark.parametrize("text", ["", " ", "   ", "\u00a0", "\u2003\u3000", "\u2800", "\u3164", "\u115f\u1160", "\uffa0"])
def test_text_that_shows_nothing_is_blank(text: str) -> None:
    with pytest.raises(ValueError, match="it is blank"):
        clean_line(text)


@pytest.mark.parametrize(
    "text", ["\u200d", " \u200c ", "\u034f", "\ufe0f", "\U000e0100", "\u17b4", "\u180b", "\u0301", "\u200d\u034f"]
)
def test_marks_and_joiners_without_a_letter_are_blank(text: str) -> None:
    with pytest.raises(ValueError, match="it is blank"):
        clean_line(text)


@pytest.mark.parametrize("word", sorted(PLACEHOLDERS))
def test_a_word_for_nothing_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="placeholder"):
        clean_line(f"  {word}\u00a0")


@pytest.mark.parametrize("word", ["TBD", "N/A", "None", "nan", "NULL", "Undefined", "n/A", "…", "—"])
def test_case_does_not_save_a_word_for_nothing(word: str) -> None:
    for spelling in (word, word.upper(), word.lower(), word.title()):
        with pytest.raises(ValueError, match="placeholder"):
            clean_line(spelling)


@pytest.mark.parametrize("text", ["TBD\u200d", "N\u200c/A", "\u200dNone", "TBD\u034f", "n/a\ufe0f"])
def test_an_invisible_character_does_not_save_a_word_for_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r"placeholder|U\+"):
        clean_line(text)


def test_the_mark_of_text_that_was_lost_on_the_way_is_refused() -> None:
    with pytest.raises(ValueError, match="U\\+FFFD"):
        clean_line("Jos\ufffd Ruiz")


def test_length_is_counted_after_cleaning() -> None:
    assert len(clean_line(" " + "e\u0301" * LONGEST_LINE + " ")) == LONGEST_LINE
    with pytest.raises(ValueError, match=f"longer than {LONGEST_LINE}"):
        clean_line("a" * (LONGEST_LINE + 1))


def test_the_longest_line_can_be_chosen() -> None:
    assert clean_line("abc", 3) == "abc"
    with pytest.raises(ValueError, match="longer than 2"):
        clean_line("abc", 2)


# Mostly anything; often what is invisible, or part of a word for nothing.
_ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\u0301\u034f\u200d\u200c\ufe0f\u00a0 TBDna/")), max_size=20)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(_ANY_TEXT)
def test_any_text_is_refused_or_arrives_clean_and_stays_so(text: str) -> None:
    try:
        line = clean_line(text)
    except ValueError:
        return
    assert line == unicodedata.normalize("NFC", text).strip()
    assert clean_line(line) == line
    assert any(unicodedata.category(character)[0] in "LNPS" for character in line)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for character in line)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(_ANY_TEXT)
def test_a_refusal_never_repeats_the_text(text: str) -> None:
    said = ""
    try:
        clean_line("Qzx7" + text + "7xzQ")
    except ValueError as refused:
        said = str(refused)
    assert "Qzx7" not in said
    assert "7xzQ" not in said
