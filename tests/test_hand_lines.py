"""What lines to fill in by hand are called."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.hand_lines import HAND_KINDS, HandKind, HandLines, marked_name, read_mark

LABELS = st.text(min_size=1, max_size=200).filter(lambda label: any(map(str.isalnum, label)))


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Patient: Date", "patient-date"),
        ("Pulse at minute 15", "pulse-at-minute-15"),
        ("Severe heart disease, (pre-)eclampsia?", "severe-heart-disease-pre-eclampsia"),
        ("  What_helped  you? ", "what-helped-you"),
        ("التاريخ", "التاريخ"),
    ],
)
def test_a_name_is_made_of_the_words_of_its_label(label: str, name: str) -> None:
    assert HandLines().add(label) == (label, name)


def test_long_questions_keep_the_end_that_tells_no_from_yes() -> None:
    lines, question = HandLines(), "Would a big rise in blood pressure put you in serious danger? Then you must not get ketamine."
    assert lines.add(f"{question} No")[1].endswith("ketamine-no")
    assert lines.add(f"{question} Yes")[1].endswith("ketamine-yes")


def test_labels_that_differ_keep_their_words_when_their_names_would_be_one() -> None:
    lines = HandLines()
    assert [lines.add(label) for label in ("Date", "date?", "DATE", "Date")] == [
        ("Date", "date"),
        ("date?", "date-2"),
        ("DATE", "date-3"),
        ("Date 2", "date-2-2"),
    ]


@given(st.lists(LABELS, max_size=9))
def test_no_two_lines_of_a_document_share_label_or_name(labels: list[str]) -> None:
    lines = HandLines()
    added = [lines.add(label) for label in labels]
    assert len({label for label, _ in added}) == len({name for _, name in added}) == len(labels)
    assert list(lines.labels.items()) == [(name, label) for label, name in added]
    assert all(not re.search(r"[.:\s]", name) for _, name in added)  # a point would part a field's name from its group's


@given(st.sampled_from(HAND_KINDS), LABELS)
def test_a_mark_is_read_back_and_nothing_else_is_taken_for_one(kind: HandKind, label: str) -> None:
    _, name = HandLines().add(label)
    assert read_mark(marked_name(kind, name)) == (kind, name)
    assert read_mark(name) is None
    assert read_mark(f"briefing:other:{name}") is None
