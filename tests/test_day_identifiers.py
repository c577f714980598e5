"""Every other patient's identifiers are found on a page, wherever lines were broken, and nothing is found on a clean one."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path
from time import process_time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from briefing.day.identifiers import Identifiers, own_words, packet_texts
from briefing.models import PacketRequest
from briefing.strip_reading import squeeze
from briefing.template_context import day_text
from tests.conftest import SAMPLES, SHORT
from tests.days import patient
from tests.packets import request_of, sample_catalogue, sample_packet

WORDINGS = tuple(sample_catalogue().wordings.values())
WORDS = (
    "Your first ketamine session",
    "Please be here by 8:45 am.",
    "Page 3 of 30",
    "Call us at 555 0142.",
    "35 mg over 40 minutes",
)
ANA = patient("Ana Ruiz", "MRN-004217", preferred="Ana", companion=("Luis Ruiz", "+1 555 0100"))
BEN = patient(
    "Ben Carter", "0012345", born=date(1974, 11, 20), companion=("Mia", "+1 (555) 0177"), representative="Eve O'Hara-Lund"
)


def day(*requests: PacketRequest, own: tuple[str, ...] = WORDS) -> Identifiers:
    return Identifiers.of(requests, own, WORDINGS)


def is_foreign(text: str, mine: PacketRequest = ANA, *others: PacketRequest) -> bool:
    return day(mine, *(others or (BEN,))).foreign(mine.patient.record_number, [text]) == (1,)


@pytest.mark.parametrize(
    "planted",
    [
        *("Ben Carter", "0012345", "November 20, 1974", "20 de noviembre de 1974", "Mia", "+1 (555) 0177", "Eve O'Hara-Lund"),
        *("Ben\r\nCarter", "Be\r\nn Cart\r\ner", "Eve O'Hara\x02\r\nLund", "Eve O'Hara\ufffe\r\nLund", "November\r\n20,\r\n1974"),
        *("(Ben Carter)", "Ben Carter, born", "Ben\N{NO-BREAK SPACE}Carter"),
    ],
)
def test_each_identifier_of_another_patient_is_found_wherever_its_line_was_broken(planted: str) -> None:
    assert is_foreign(f"Your first session\r\nFor {planted} here.")


@pytest.mark.parametrize("planted", ["Ben Carter", "0012345", "November 20, 1974", "+1 (555) 0177", "Eve O'Hara-Lund"])
def test_without_white_space_what_is_long_enough_is_found_too(planted: str) -> None:
    assert is_foreign(squeeze(f"Your first session For {planted} here."))


@pytest.mark.parametrize(
    "clean",
    [
        *("Ben Cartersen", "Reben Carter", "10012345", "00123456", "Miami", "November 20, 19745", "1November 20, 1974"),
        *("001 2345", "Ben", "Carter", "BEN CARTER", "Maria"),
    ],
)
def test_a_part_of_a_longer_word_or_number_is_none(clean: str) -> None:
    assert not is_foreign(f"Your first session for {clean} here.")


def test_the_pages_are_told_by_number() -> None:
    assert day(ANA, BEN).foreign("MRN-004217", ["Ana Ruiz", "Ben Carter", "Ana Ruiz", "0012345"]) == (2, 4)


def test_twins_are_told_apart_by_one_digit_of_their_birth_dates_and_numbers() -> None:
    one = patient("Kim Lee", "MRN-1001", born=date(2001, 5, 2))
    other = patient("Tim Lee", "MRN-1002", born=date(2001, 5, 12))
    for mine, others in ((one, other), (other, one)):
        own = f"{mine.patient.name}, {mine.patient.record_number}, " + ", ".join(
            day_text(mine.patient.date_of_birth, wording) for wording in WORDINGS
        )
        assert not is_foreign(own, mine, others)
        assert not is_foreign(squeeze(own), mine, others)
        for wording in WORDINGS:
            assert is_foreign(f"born {day_text(others.patient.date_of_birth, wording)}", mine, others)
            assert is_foreign(squeeze(f"born {day_text(others.patient.date_of_birth, wording)}"), mine, others)
        assert is_foreign(f"No. {others.patient.record_number}", mine, others)


def test_names_that_hold_each_other_count_only_outside_the_patients_own() -> None:
    short, long = patient("Ana Ruiz", "MRN-1"), patient("Ana Ruiz López", "MRN-2", born=date(1990, 1, 1))
    assert is_foreign("For Ana Ruiz López, born", short, long)
    assert not is_foreign("For Ana Ruiz, born", short, long)
    assert not is_foreign("For Ana Ruiz López, born", long, short)
    assert is_foreign("For Ana Ruiz, born", long, short)
    assert not is_foreign(squeeze("For Ana Ruiz López, born"), long, short)
    assert is_foreign(squeeze("For Ana Ruiz, born"), long, short)


def test_what_two_patients_share_is_no_strangers() -> None:
    one = patient("Ida Berg", "MRN-00001", companion=("Per Berg", "+1 555 0199"))
    two = patient("Eva Berg", "MRN-00002", companion=("Per Berg", "+1 555 0199"))
    assert not is_foreign("Per Berg, +1 555 0199, born April 2, 1986", one, two)
    three = patient("Jo Lind", "MRN-00003", born=date(1970, 1, 1))
    assert day(one, two, three).foreign("MRN-00003", ["Per Berg"]) == (1,)


def test_a_patients_own_words_may_hold_another_ones_name() -> None:
    mine = patient("Ana Ruiz", "MRN-1", conditions=("pain since Ben Carter left",))
    assert not is_foreign("On record: pain since Ben Carter left.", mine)


def test_what_stands_in_the_clinics_own_words_is_not_searched_and_is_told() -> None:
    will = patient("William Poe", "MRN-90001", born=date(1970, 1, 1), preferred="Will", companion=("Jo", "911 00"))
    ids = day(ANA, will, own=("Will you drive? Call 911 00.",))
    assert ids.foreign("MRN-004217", ["Will you drive? Call 911 00."]) == ()
    assert {told.kind for told in ids.unsearchable} == {"preferred name", "companion's name", "companion's phone"}
    assert ids.foreign("MRN-004217", ["For William Poe"]) == (1,)
    assert "Will" not in repr(ids)


@pytest.mark.parametrize("record_number", ["12", "2026", "7"])
def test_a_number_too_short_to_mean_somebody_is_told(record_number: str) -> None:
    ids = day(ANA, patient("Zoe Quist", record_number, born=date(1970, 1, 1)))
    assert [told.kind for told in ids.unsearchable] == ["record number"]
    assert ids.foreign("MRN-004217", [f"{record_number} mg, page {record_number}"]) == ()


NOURA, OMAR = "نورة الحربي", "عمر الحربي"


def test_a_name_in_shaped_letters_is_found_in_whatever_order_its_letters_come_back() -> None:
    noura, omar = patient(NOURA, "MRN-1"), patient(OMAR, "MRN-2", born=date(1970, 1, 1))
    for told in (OMAR, "الحريب عمر", "1990 11, March born ,الحريب عمر For"):
        assert is_foreign(told, noura, omar)
        assert not is_foreign(told, omar, noura)
    assert is_foreign(squeeze(f"For {OMAR}, born"), noura, omar)
    assert not is_foreign("الحربي", noura, omar)


def test_a_name_in_shaped_letters_within_ones_own_is_ones_own() -> None:
    long, short = patient("عمر نورة الحربي", "MRN-1"), patient(NOURA, "MRN-2", born=date(1970, 1, 1))
    assert not is_foreign("For عمر نورة الحريب, born", long, short)
    assert is_foreign("For نورة الحريب, born", long, short)


@pytest.mark.parametrize("name", SHORT)
def test_real_packets_are_clean_and_every_page_is_somebody_elses_to_everybody_else(name: str, tmp_path: Path) -> None:

    request = request_of(SAMPLES / "requests" / f"{name}.toml")
    stranger = patient("Zoltan Quist", "MRN-990001", born=date(1950, 1, 1))
    path = tmp_path / "packet.pdf"
    path.write_bytes(sample_packet(name)[0].data)
    texts = packet_texts(path)
    ids = day(request, stranger, own=tuple(own_words(sample_catalogue())))
    assert ids.unsearchable == ()
    assert ids.foreign(request.patient.record_number, texts) == ()
    every = tuple(range(1, len(texts) + 1))
    assert ids.foreign("MRN-990001", texts) == every
    assert ids.foreign("MRN-990001", [squeeze(text) for text in texts]) == every


def test_it_goes_to_workers_and_searches_a_packet_in_a_few_hundredths_of_a_second() -> None:
    requests = [
        patient(
            f"Nam{i} Sur{i}name",
            f"MRN-{i:06}",
            born=date(1950 + i % 50, 1 + i % 12, 1 + i % 28),
            companion=(f"Com{i} Pan", f"+1 555 {i:05}"),
        )
        for i in range(500)
    ]
    ids = pickle.loads(pickle.dumps(day(*requests)))
    page = " ".join(["Please be here by the time we told you, and bring somebody along who stays."] * 25)
    before = process_time()
    assert ids.foreign("MRN-000007", [page] * 30) == ()
    assert process_time() - before < 0.2  # ten times what it takes


LETTERS = st.sampled_from("abcdeilmnorstuéñøß")
NAMES = st.builds(lambda first, rest: first + rest, st.sampled_from("ABCDEJLMNØ"), st.text(LETTERS, min_size=2, max_size=9))
FULL_NAMES = st.lists(NAMES, min_size=1, max_size=3).flatmap(
    lambda words: st.sampled_from((" ", "-")).map(lambda gap: gap.join(words))
)
DATES = st.dates(date(1940, 1, 1), date(2008, 12, 31))
NUMBERS = st.one_of(st.integers(10_000, 9_999_999).map(str), st.integers(0, 999_999).map("MRN-{:06}".format))
PHONES = st.integers(100_000, 9_999_999).map("+1 555 {:07}".format)
PEOPLE = st.builds(
    lambda name, number, born, mate, phone: patient(name, number, born=born, companion=(mate, phone)),
    *(FULL_NAMES, NUMBERS, DATES, FULL_NAMES, PHONES),
)


def said_of(request: PacketRequest) -> list[str]:
    who, mate = request.patient, request.companion
    assert mate is not None
    return [who.name, who.record_number, mate.name, mate.phone, *(day_text(who.date_of_birth, wording) for wording in WORDINGS)]


@given(st.lists(PEOPLE, min_size=2, max_size=6, unique_by=lambda request: request.patient.record_number), st.data())
def test_of_any_day_what_is_planted_is_found_and_clean_pages_are_clean(people: list[PacketRequest], data: st.DataObject) -> None:
    ids = day(*people)
    mine, other = people[0], people[1]
    clean = [*said_of(mine), *WORDS]
    page = " — ".join(data.draw(st.permutations(clean)))
    assert ids.foreign(mine.patient.record_number, [page, squeeze(page)]) == ()
    planted = data.draw(st.sampled_from(said_of(other)))
    assume(not any(planted in own for own in said_of(mine)))
    assume(planted not in {told.text for told in ids.unsearchable})
    at = data.draw(st.integers(0, len(clean)))
    dirty = " — ".join([*clean[:at], planted, *clean[at:]])
    assert ids.foreign(mine.patient.record_number, [dirty]) == (1,)
