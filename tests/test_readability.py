"""Reading grades: the formulas give the published figures for published counts; the counters are right for plain words."""

from __future__ import annotations

import pytest

from briefing.readability import Counts, count, counts_by_section, sentences, syllables


@pytest.mark.parametrize(
    ("counts", "formula", "published"),
    [
        (Counts(1, 6, 6), "flesch_reading_ease", 116.145),
        (Counts(2, 10, 10), "flesch_kincaid_grade", -1.84),
        (Counts(1, 13, 24), "flesch_reading_ease", 37.455),
        (Counts(1, 13, 24), "flesch_kincaid_grade", 11.265),
        (Counts(1, 13, 24, 4), "smog_grade", 14.5546),
        (Counts(1, 16, 23), "flesch_reading_ease", 68.983),
        (Counts(1, 5, 7, 1), "flesch_kincaid_grade", 2.88),
        (Counts(1, 5, 7, 1), "smog_grade", 8.842),
        (Counts(1, 5, 7, 1), "fernandez_huerta_ease", 117.74),
        (Counts(5, 100, 190), "fernandez_huerta_ease", 72.44),
        *((Counts(1, 20, 30, many), "smog_grade", grade) for many, grade in enumerate((8.842, 11.208, 13.023), 1)),
    ],
)
def test_a_formula_gives_the_published_figure(counts: Counts, formula: str, published: float) -> None:
    assert getattr(counts, formula) == pytest.approx(published, abs=0.001)


def test_the_misprinted_form_for_spanish_is_not_the_one_used() -> None:
    assert Counts(5, 100, 190).fernandez_huerta_ease != pytest.approx(87.74, abs=0.01)


def test_text_is_counted() -> None:
    assert count("The cat sat on the mat. The dog ran fast.") == Counts(2, 10, 10, 0)
    assert count("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.") == Counts(1, 13, 24, 4)
    assert count("¿Qué es la ketamina? Es una medicina.", "es") == Counts(2, 7, 14, 2)


def test_sentences_end_where_a_reader_takes_a_breath() -> None:
    assert sentences("Call us. Call 911! “Stop.” It hurts: why?") == ["Call us.", "Call 911!", "“Stop.", "It hurts:", "why?"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ketamine", 3),
        ("medicine", 3),
        ("walked", 1),
        ("needed", 2),
        ("people", 2),
        ("table", 2),
        ("minutes", 2),
        ("FDA", 3),
        ("dose", 1),
        ("40", 1),
    ],
)
def test_english_syllables_are_counted_as_they_are_spoken(word: str, expected: int) -> None:
    assert syllables(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ketamina", 4),
        ("sangre", 2),
        ("presión", 2),
        ("día", 2),
        ("que", 1),
        ("guerra", 2),
        ("agua", 2),
        ("cuidado", 3),
        ("oír", 2),
        ("leer", 2),
        ("hoy", 1),
        ("ayuda", 3),
        ("médico", 3),
        ("vergüenza", 3),
        ("y", 1),
        ("consentimiento", 5),
    ],
)
def test_spanish_syllables_are_counted_as_they_are_spoken(word: str, expected: int) -> None:
    assert syllables(word, "es") == expected


def test_sections_are_counted_apart_and_labels_left_out() -> None:
    page = "<h2>Risks</h2><p>You may feel sick. Tell us.</p><h2>Sign</h2><p>Date</p><p>You can always say no to us.</p>"
    found = counts_by_section(page)
    assert list(found) == ["Risks", "Sign"]
    assert found["Risks"].sentences == 2
    assert found["Sign"].words == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Llegue a las 8:45 a. m. o antes. Puede irse a la 1:00 p. m. Venga pronto.", 3),
        ("Hasta las 9:00 a.\N{NO-BREAK SPACE}m., no coma.", 1),
        ("La cita es a las 9:00 a. m. ¿Puede venir?", 2),
        ("Tome un plato de sopa. Mire bien.", 2),
    ],
)
def test_the_points_of_a_spanish_clock_time_end_no_sentence(text: str, expected: int) -> None:
    assert len(sentences(text)) == expected
