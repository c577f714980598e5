"""The drawing of a session tells its clock times, in a language that writes them long, too."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from briefing.figures import SessionDrawing, session_chart

ENGLISH = ("9:00 am", "9:30 am", "10:10 am", "11:30 am")
SPANISH = tuple(label.replace(" am", "\N{NO-BREAK SPACE}a.\N{NO-BREAK SPACE}m.") for label in ENGLISH)
LEAST_BETWEEN = 2.0  # millimetres
LETTER = 2.5  # millimetres: a bold letter of a clock time, rather too wide


def labels(drawing: str) -> list[tuple[float, str]]:
    found = re.findall(r'<text x="([\d.]+)" y="4.40"[^>]*>([^<]*)</text>', drawing)
    return [(float(left), label) for left, label in found]


def drawn(clocks: tuple[str, ...], minutes: tuple[int, ...] = (-30, 0, 40, 120)) -> list[tuple[float, str]]:
    return labels(
        session_chart(
            SessionDrawing(
                first=minutes[0],
                last=minutes[-1],
                clocks=tuple(zip(minutes, clocks, strict=True)),
                rows=("Medicina", "Qué tan fuerte|puede sentirse", "Le revisamos", "Qué hace usted"),
                given=((0, 40, "40 minutos"),),
                strongest_minute=40,
                gone_minute=120,
                strongest="sube, llega a un|pico y luego baja",
                checks=(0, 15),
                spans=((minutes[0], 0, "se acomoda"),),
                title="Su sesión",
            )
        )
    )


@pytest.mark.parametrize("clocks", [ENGLISH, SPANISH], ids=["en", "es"])
def test_every_clock_time_of_a_usual_session_is_told_and_none_touches_another(clocks: tuple[str, ...]) -> None:
    told = drawn(clocks)
    assert tuple(label for _, label in told) == clocks
    for (left, label), (following, _) in pairwise(told):
        narrow = sum(character in ".:\N{NO-BREAK SPACE}" for character in label)
        assert left + (len(label) - narrow / 2) * LETTER + LEAST_BETWEEN <= following, label


def test_where_there_is_no_room_the_first_and_the_last_time_stay() -> None:
    told = drawn(SPANISH, (-10, 0, 10, 300))
    assert (told[0][1], told[-1][1]) == (SPANISH[0], SPANISH[-1])
    assert len(told) < len(SPANISH)
