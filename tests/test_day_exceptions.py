"""The list of exceptions: what the front desk reads before a packet is handed out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from briefing.catalogue import Catalogue, read_catalogue
from briefing.day.exceptions import Exceptional, ExceptionList, list_exceptions
from briefing.day.exceptions_page import print_exceptions
from briefing.errors import Problem
from briefing.models import Interpreter
from briefing.pdf_reading import read_pages, read_texts
from briefing.workshop import open_workshop
from tests.days import patient, row
from tests.packets import sample_catalogue, workshop

COMPANION = ("Luis Ruiz", "+1 555 0100")
PLAIN = patient("Ana Ruiz", "MRN-1", companion=COMPANION)
UNIT = Problem("wrong-value", "row 5, column D (weight)", "a unit is missing.", "Write it as 70 kg or 154 lb.")
ALIKE = Problem("look-alike", "row 2", "its name looks like that of row 13: one letter differs.", "Compare both birth dates.")
WARNING = "The review of these facts is overdue: driving. See: briefing facts --due"


def listed(*rows: Exceptional) -> ExceptionList:
    return list_exceptions(rows, sample_catalogue())


def told(found: ExceptionList) -> list[tuple[str, str, str]]:
    return [(line.kind, line.place, str(sentence)) for line in found.lines for sentence in line.sentences]


def made(number: int, name: str, **details: Any) -> Exceptional:
    request = patient(name, f"MRN-{number}", companion=COMPANION, **details)
    return Exceptional(row(number, request), packet_id="AAAA-BBBB")


def pages(found: ExceptionList) -> list[str]:
    return [page.whole for page in read_texts(print_exceptions(found, workshop()))]


def test_a_day_without_exceptions_says_so_with_its_counts() -> None:
    found = listed(made(2, "Ana Ruiz"), replace(made(3, "Ben Carter"), hand_lines=40))
    assert (found.lines, found.for_all) == ((), ())
    (page,) = pages(found)
    assert "Nothing to see to: every patient has a packet" in " ".join(page.split())
    assert "2 patients on the schedule, 2 with a packet, 0 without." in " ".join(page.split())


def test_who_has_no_packet_is_told_with_place_reason_and_way_out() -> None:
    bare = Exceptional(row(5, None, problems=(UNIT,)))
    assert told(listed(bare)) == [
        ("failed", "row 5", "row 5, column D (weight): a unit is missing. Write it as 70 kg or 154 lb.")
    ]
    (line,) = listed(bare).lines
    assert (line.name, line.born, line.clock) == ("no name", None, "8:30 am")


def test_problems_of_the_run_stand_beside_those_of_the_row_each_once() -> None:
    both = Exceptional(row(5, PLAIN, problems=(UNIT,)), problems=(UNIT, replace(UNIT, where="row 5")))
    assert [sentence.partition(":")[0] for _, _, sentence in told(listed(both))] == ["row 5, column D (weight)", "row 5"]


def test_look_alikes_are_told_by_name_and_birth_date_of_both() -> None:
    rows = [Exceptional(row(2, PLAIN, flags=(ALIKE,)), packet_id="AAAA-BBBB"), made(1, "Bea Roth"), made(13, "Ana Ruis")]
    found = listed(*rows)
    assert told(found) == [
        ("mix_up", "row 2", "row 2: its name looks like that of row 13: one letter differs. Compare both birth dates."),
        ("mix_up", "row 2", "row 13: Ana Ruis, born April 2, 1986"),
    ]
    assert found.lines[0].name == "Ana Ruiz"


def test_what_nobody_recognises_and_what_is_not_plain_goes_to_the_clinician() -> None:
    one = made(2, "Ana Ruiz", conditions=("zorbitis", "no asthma"), medicines=("lamotrigine",))
    assert told(listed(one)) == [
        ("clinical", "row 2", "Recorded, and not recognized; ask: zorbitis."),
        ("clinical", "row 2", "Recorded, and not plain; ask: no asthma."),
    ]


def test_what_has_to_be_ready_is_told() -> None:
    request = patient("Ana Ruiz", "MRN-1", needs=("hearing",), allergies=None)
    interpreter = Interpreter(name="Eva Sol", id="20418", language="es", mode="video")
    request = request.model_copy(update={"signing": request.signing.model_copy(update={"interpreter": interpreter})})
    found = listed(Exceptional(row(2, request), packet_id="AAAA-BBBB", hand_lines=12))
    assert [sentence for _, _, sentence in told(found)] == [
        "Needs help with hearing.",
        "Interpreter: Spanish, by video.",
        "Nobody is named yet who takes the patient home.",
        "Not asked yet: allergies.",
        "12 lines are to be filled in by hand.",
    ]


def test_the_most_urgent_comes_first_and_then_the_earlier() -> None:
    late, early = datetime(2026, 12, 1, 15), datetime(2026, 12, 1, 8)
    rows = [
        made(2, "Ana Ruiz", conditions=("zorbitis",)),
        Exceptional(replace(row(3, None, problems=(UNIT,)), starts_at=late)),
        Exceptional(replace(row(4, None, problems=(UNIT,)), starts_at=None)),
        Exceptional(replace(row(5, None, problems=(UNIT,)), starts_at=early)),
        Exceptional(row(6, PLAIN, flags=(ALIKE,)), packet_id="AAAA-BBBB"),
    ]
    assert [(line.kind, line.place) for line in listed(*rows).lines] == [
        *(("failed", "row 5"), ("failed", "row 3"), ("failed", "row 4")),
        *(("mix_up", "row 6"), ("clinical", "row 2")),
    ]


def test_what_is_true_of_many_packets_is_told_once() -> None:
    rows = [replace(made(number, "Ana Ruiz"), warnings=(WARNING,)) for number in range(2, 9)]
    assert listed(*rows).for_all == (WARNING,)
    assert sum(page.count("driving") for page in pages(listed(*rows))) == 1


def test_each_page_says_that_it_is_for_staff_and_repeats_the_head_of_the_table() -> None:
    rows = [Exceptional(row(number, None, problems=(UNIT, replace(UNIT, where="b")))) for number in range(2, 62)]
    read = pages(listed(*rows))
    assert len(read) > 3
    assert all("For staff only. Do not hand out." in page for page in read)
    assert all("What to know, what to do" in page for page in read)
    assert sum(page.count("a unit is missing.") for page in read) == 120


def test_a_name_prints_as_it_was_typed_and_cannot_turn_what_stands_beside_it() -> None:
    typed = "<b>Al</b> {{ 7 * 7 }} {place} %s"
    one = Exceptional(row(2, patient(typed, "MRN-1", companion=COMPANION), flags=(ALIKE,)), packet_id="AAAA-BBBB")
    other = made(13, typed, conditions=(typed, "أبو"))
    text = "".join("".join(pages(listed(one, other))).split())
    assert text.count("".join(typed.split())) == 4
    assert "48" not in text
    assert '<bdi dir="rtl" class="wide">أبو</bdi>' in listed(other).lines[0].sentences[1].__html__()


@pytest.mark.parametrize(("language", "paper"), [("es", "a4"), ("en", "letter")])
def test_it_is_in_the_clinics_language_and_on_its_paper(language: str, paper: str, clinic_folder: Path) -> None:
    clinic = _catalogue(language, paper, clinic_folder)
    data = print_exceptions(list_exceptions([Exceptional(row(5, None, problems=(UNIT,)))], clinic), open_workshop(clinic))
    with read_pages(data) as read:
        assert round(read[0].width) == (595 if paper == "a4" else 612)
        assert ("Sin paquete" if language == "es" else "No packet") in read[0].text_above(0)


def _catalogue(language: str, paper: str, folder: Path) -> Catalogue:
    path = folder / "clinic.toml"
    text = (
        path.read_text().replace('language = "en"', f'language = "{language}"').replace('paper = "letter"', f'paper = "{paper}"')
    )
    path.write_text(text)
    return read_catalogue(folder)
