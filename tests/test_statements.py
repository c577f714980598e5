"""Statements about one thing come from one place: change the rule, and every page of the packet says the new one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from briefing.catalogue import Catalogue
from briefing.clinic import Clinic
from briefing.html_rendering import HtmlPage
from briefing.models import PacketRequest
from tests.conftest import ROOT, SAMPLES
from tests.packets import pages_of, request_of, sample_catalogue
from tests.test_wording_golden import words

Change = Callable[[Clinic], Clinic]
ODD = datetime(2026, 12, 1, 9, 7)  # no other time of the packet falls on these minutes by chance
COUNTED = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce"


def rule(**changes: int) -> Change:
    return lambda clinic: clinic.model_copy(update={"rules": clinic.rules.model_copy(update=changes)})


def answer(**changes: int) -> Change:
    def change(clinic: Clinic) -> Clinic:
        answers = {protocol: {**given, **changes} for protocol, given in clinic.protocols.items()}
        return clinic.model_copy(update={"protocols": answers})

    return change


def changed(change: Change) -> Catalogue:
    catalogue = sample_catalogue()
    return replace(catalogue, clinic=change(catalogue.the_clinic()))


def request(name: str) -> PacketRequest:
    found = request_of(SAMPLES / "requests" / f"{name}.toml")
    return found.model_copy(update={"visit": found.visit.model_copy(update={"starts_at": ODD})})


def said_in(pages: list[HtmlPage], text: str) -> set[str]:
    return {page.id for page in pages if re.search(rf"(?<!\d){text}", words(page.html, "no packet"))}


# What is changed, and what the pages say of it before and after. Each hour and minute is told of that one thing alone.
RULES: dict[str, tuple[str, Change, str, Change, str, int]] = {
    "arrive": ("ana-ruiz", rule(arrive_minutes_early=16), "8:51 am", rule(arrive_minutes_early=19), "8:48 am", 2),
    "food": ("ana-ruiz", rule(solid_food_hours=7), "2:07 am", rule(solid_food_hours=9), "12:07 am", 1),
    "drink": ("ana-ruiz", rule(clear_drinks_hours=3), "6:07 am", rule(clear_drinks_hours=4), "5:07 am", 1),
    "driving, a drip": ("ana-ruiz", rule(no_driving_hours=30), "4:17 pm", rule(no_driving_hours=33), "7:17 pm", 3),
    "driving, a spray": ("grace-okonkwo", rule(no_driving_hours=30), "3:42 pm", rule(no_driving_hours=33), "6:42 pm", 3),
    "leaving": ("ana-ruiz", answer(stay_minutes=86), "11:43 am", answer(stay_minutes=95), "11:52 am", 3),
    "leaving, a spray": ("grace-okonkwo", answer(stay_minutes=141), "12:03 pm", answer(stay_minutes=155), "12:17 pm", 3),
    "company": ("ana-ruiz", rule(companion_stays_hours=17), "17 hours", rule(companion_stays_hours=19), "19 hours", 3),
    "checks": (
        "ana-ruiz",
        answer(check_every_minutes=17),
        "every 17 minutes",
        answer(check_every_minutes=19),
        "every 19 minutes",
        1,
    ),
}


@pytest.mark.parametrize(("name", "before", "old", "after", "new", "least"), RULES.values(), ids=RULES)
def test_every_page_follows_a_rule(name: str, before: Change, old: str, after: Change, new: str, least: int) -> None:
    first, _ = pages_of(request(name), changed(before))
    second, _ = pages_of(request(name), changed(after))
    assert len(said_in(first, old)) >= least, sorted(said_in(first, old))
    assert said_in(second, new) == said_in(first, old)
    assert said_in(second, old) == said_in(first, new) == set()


def test_a_page_that_has_a_time_of_its_own_would_be_found() -> None:
    pages, _ = pages_of(request("ana-ruiz"), changed(rule(no_driving_hours=30)))
    stale = [replace(page, html=page.html.replace("</body>", "") + "<p>Do not drive until 7:17 pm.</p>") for page in pages]
    assert said_in(stale, "7:17 pm") != set()


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.j2")), ids=lambda path: path.parent.name)
def test_no_length_of_time_is_written_out_in_a_template(path: object) -> None:
    from pathlib import Path

    assert isinstance(path, Path)
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]+>", " ", path.read_text(), flags=re.DOTALL)
    assert (
        re.findall(rf"(?i)\b(?:{COUNTED})\s+(?:an?\s+)?(?:hours?|minutes?|days?|weeks?|horas?|minutos?|días?|semanas?)\b", text)
        == []
    )
