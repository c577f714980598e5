"""Labels, dates and clock times, in each language."""

from __future__ import annotations

from datetime import datetime

import pytest

from briefing.catalogue import read_catalogue
from briefing.template_context import Moment, day_text
from briefing.wording import Wording
from tests.packets import sample_catalogue
from tests.translations import slots

DAY = datetime(2026, 12, 1)


def wording(language: str) -> Wording:
    return sample_catalogue().wording(language)


def at(hour: int, minute: int, language: str) -> Moment:
    return Moment(DAY.replace(hour=hour, minute=minute), wording(language))


def said(text: str) -> str:
    """Return a text with ordinary spaces, that a test can be read."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", sorted(set(read_catalogue(None).wordings) - {"en"}))
def test_every_language_has_the_same_labels_with_the_same_slots(language: str) -> None:
    english, other = wording("en").labels, wording(language).labels
    assert other.keys() == english.keys()
    assert {key: slots(label) for key, label in other.items()} == {key: slots(label) for key, label in english.items()}


@pytest.mark.parametrize(
    ("hour", "minute", "english", "spanish", "with_article"),
    [
        (0, 0, "12 midnight", "12 de la noche", "las 12 de la noche"),
        (0, 5, "12:05 am", "12:05 a. m.", "las 12:05 a. m."),
        (1, 0, "1:00 am", "1:00 a. m.", "la 1:00 a. m."),
        (9, 15, "9:15 am", "9:15 a. m.", "las 9:15 a. m."),
        (11, 59, "11:59 am", "11:59 a. m.", "las 11:59 a. m."),
        (12, 0, "12 noon", "12 del mediodía", "las 12 del mediodía"),
        (12, 1, "12:01 pm", "12:01 p. m.", "las 12:01 p. m."),
        (13, 45, "1:45 pm", "1:45 p. m.", "la 1:45 p. m."),
        (23, 30, "11:30 pm", "11:30 p. m.", "las 11:30 p. m."),
    ],
)
def test_a_clock_time_is_said_as_people_say_it(hour: int, minute: int, english: str, spanish: str, with_article: str) -> None:
    assert (at(hour, minute, "en").clock, at(hour, minute, "en").the_clock) == (english, english)
    assert said(at(hour, minute, "es").clock) == spanish
    assert said(at(hour, minute, "es").the_clock) == with_article


def test_a_spanish_clock_time_never_breaks_over_two_lines() -> None:
    # Nor does it hold the narrow space that Babel writes there, which not every font draws.
    for hour in range(24):
        assert not {" ", "\N{NARROW NO-BREAK SPACE}"} & set(at(hour, 30, "es").the_clock)


def test_a_date_is_said_as_people_say_it() -> None:
    assert at(9, 0, "en").date == "Tuesday, December 1, 2026"
    assert at(9, 0, "es").date == "martes 1 de diciembre de 2026"
    assert at(9, 0, "es").day == "martes 1 de diciembre"
    assert at(9, 0, "es").weekday == "martes"
    assert at(9, 0, "es").short_date == "1 dic 2026"
    assert day_text(DAY.date(), wording("es")) == "1 de diciembre de 2026"
