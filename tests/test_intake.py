"""Reading a request: every slip is told with its place and a way out, all at once, and no value is repeated."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import logging
import os
import sys
import tracemalloc
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.catalogue import Catalogue
from briefing.errors import InputError, Problem
from briefing.intake import LARGEST_REQUEST, parse_request, plan_for, read_request, read_text
from briefing.models import PacketRequest
from briefing.quantities import Dose
from tests.conftest import ISSUED_ON, SAMPLES, Briefing

Data = dict[str, Any]
Check = Callable[[object], PacketRequest]

NONCE = "Qzx7"  # stands in no message of ours
ANA_TEXT = (SAMPLES / "requests" / "ana-ruiz.toml").read_text()
REQUIRED = [
    "patient.name",
    "patient.date_of_birth",
    "patient.record_number",
    "patient.weight",
    "patient.language",
    "companion.name",
    "companion.phone",
    "visit.starts_at",
    "visit.stage",
    "visit.session_number",
    "visit.clinician",
    "treatment.protocol",
    "treatment.for_condition",
    "signing.signer",
]
OPTIONAL = ["patient.preferred_name", "treatment.dose", "signing.witness"]
LISTS = ["patient.conditions", "patient.medicines", "patient.allergies"]


def with_value(data: Data, path: str, value: object) -> Data:
    changed = copy.deepcopy(data)
    table, key = path.split(".")
    changed[table][key] = value
    return changed


def without(data: Data, path: str) -> Data:
    changed = copy.deepcopy(data)
    table, key = path.split(".")
    del changed[table][key]
    return changed


def refused(check: Check, data: object) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as found:
        check(data)
    return found.value.problems


def places(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.where for problem in problems]


def everything_said(problems: tuple[Problem, ...]) -> str:
    error = InputError(problems)
    return "\n".join([str(error), repr(error), json.dumps([problem.as_dict() for problem in problems], ensure_ascii=False)])


def as_json(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False, default=lambda value: value.isoformat())


# --- Required fields, one by one ---


def test_the_sample_itself_is_right(request_of: Check, ana: Data) -> None:
    assert request_of(ana).patient.name == "Ana Ruiz"


@pytest.mark.parametrize("path", REQUIRED)
def test_a_missing_field_is_asked_for_by_its_path(request_of: Check, ana: Data, path: str) -> None:
    (problem,) = refused(request_of, without(ana, path))
    assert (problem.kind, problem.where) == ("missing", path)
    assert "Give" in problem.what_to_do
    assert path.split(".")[1] in problem.what_to_do


@pytest.mark.parametrize("table", ["patient", "visit", "treatment", "signing"])
def test_a_missing_table_is_asked_for_by_its_name(request_of: Check, ana: Data, table: str) -> None:
    del ana[table]
    problem = next(problem for problem in refused(request_of, ana) if problem.where == table)
    assert problem.kind == "missing"
    assert problem.what_to_do.startswith("Give ")


def test_a_missing_companion_is_no_slip_because_lines_are_printed(request_of: Check, ana: Data) -> None:
    del ana["companion"]
    assert request_of(ana).companion is None


@pytest.mark.parametrize("path", REQUIRED + OPTIONAL + LISTS)
def test_null_is_refused_in_every_field(request_of: Check, ana: Data, path: str) -> None:
    problems = refused(request_of, parse_request(as_json(with_value(ana, path, None))))
    assert [(problem.kind, problem.where) for problem in problems] == [("null", path)]


@pytest.mark.parametrize("table", ["patient", "companion", "visit", "treatment", "signing"])
def test_a_table_that_is_null_is_refused(request_of: Check, ana: Data, table: str) -> None:
    problems = refused(request_of, {**ana, table: None})
    assert ("null", table) in [(problem.kind, problem.where) for problem in problems]


@pytest.mark.parametrize("path", REQUIRED + OPTIONAL)
@pytest.mark.parametrize("value", ["", " ", " \t ", "TBD", "tbd", "N/A", "None", "nan", "\u00a0", "?", "-", "\u3164", "\u200d"])
def test_nothing_in_disguise_is_refused_in_every_field(request_of: Check, ana: Data, path: str, value: str) -> None:
    problems = refused(request_of, with_value(ana, path, value))
    assert places(problems) == [path]
    assert problems[0].what_to_do.startswith("Give ")


@pytest.mark.parametrize("path", REQUIRED + OPTIONAL)
@pytest.mark.parametrize(
    "value",
    [734215, -1, Decimal("7342.15"), [f"{NONCE}"], [], {"name": f"{NONCE}"}, {}, datetime(1831, 5, 6, 7, 8)],
    ids=["number", "negative", "decimal", "list", "empty-list", "table", "empty-table", "date-time"],
)
def test_a_value_of_the_wrong_kind_is_refused_and_not_repeated(request_of: Check, ana: Data, path: str, value: object) -> None:
    problems = refused(request_of, with_value(ana, path, value))
    assert places(problems) == [path]
    said = everything_said(problems)
    assert problems[0].what_to_do
    for typed in (NONCE, "7342", "1831"):
        assert typed not in said


@pytest.mark.parametrize("table", ["patient", "companion", "visit", "treatment", "signing"])
@pytest.mark.parametrize("value", [f"{NONCE}", 734215, [f"{NONCE}"], True], ids=["text", "number", "list", "yes"])
def test_something_else_where_a_table_belongs_is_refused(request_of: Check, ana: Data, table: str, value: object) -> None:
    problems = refused(request_of, {**ana, table: value})
    assert table in places(problems)
    assert NONCE not in everything_said(problems)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("value", [f"{NONCE}", 7342, {"a": f"{NONCE}"}, True], ids=["text", "number", "table", "yes"])
def test_a_list_must_be_a_list(request_of: Check, ana: Data, path: str, value: object) -> None:
    problems = refused(request_of, with_value(ana, path, value))
    assert [(problem.kind, problem.where) for problem in problems] == [("wrong-type", path)]
    assert "square brackets" in problems[0].problem
    assert NONCE not in everything_said(problems)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "value", ["", "TBD", 7342, None, [f"{NONCE}"], {"a": 1}], ids=["blank", "tbd", "number", "null", "list", "table"]
)
def test_a_wrong_item_of_a_list_is_named_by_its_number(request_of: Check, ana: Data, path: str, value: object) -> None:
    problems = refused(request_of, with_value(ana, path, ["asthma", value, "fever"]))
    assert places(problems) == [f"{path}.2"]


@pytest.mark.parametrize("path", LISTS)
def test_asked_and_none_is_not_the_same_as_not_asked(request_of: Check, ana: Data, path: str) -> None:
    field = path.split(".")[1]
    assert getattr(request_of(with_value(ana, path, [])).patient, field) == ()
    del ana["patient"][field]
    assert getattr(request_of(ana).patient, field) is None


# --- All at once, and nothing repeated ---


def test_every_problem_of_a_file_is_told_in_one_go(request_of: Check, ana: Data) -> None:
    broken = with_value(ana, "patient.name", "")
    broken = with_value(broken, "patient.weight", "70")
    broken = with_value(broken, "companion.phone", "soon")
    broken = with_value(broken, "visit.starts_at", datetime(2026, 11, 1, 9))
    broken = with_value(broken, "treatment.protocol", "iv-depresion")
    assert sorted(places(refused(request_of, broken))) == [
        "companion.phone",
        "patient.name",
        "patient.weight",
        "treatment.protocol",
        "visit.starts_at",
    ]


def test_a_slip_in_one_field_does_not_hide_contradictions_in_others(request_of: Check, ana: Data) -> None:
    broken = with_value(ana, "patient.name", "")
    broken = with_value(broken, "patient.date_of_birth", date(2020, 1, 1))
    broken = with_value(broken, "visit.session_number", 3)
    broken = with_value(broken, "visit.clinician", "okafr")
    broken = with_value(broken, "signing.representative", {"name": "Rosa Ruiz", "authority": "daughter"})
    broken = with_value(broken, "treatment.dose", "500 mg")
    assert {problem.kind for problem in refused(request_of, broken)} == {
        "wrong-value",
        "too-young",
        "contradiction",
        "unknown-clinician",
        "dose-outside-limits",
    }


def test_one_place_is_named_once(request_of: Check, ana: Data) -> None:
    everything_wrong = {table: dict.fromkeys(values, "TBD") for table, values in ana.items()}
    found = places(refused(request_of, everything_wrong))
    assert len(found) == len(set(found)) == sum(map(len, ana.values()))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("patient.name", f"{NONCE}\u202eRuiz"),
        ("patient.record_number", f"{NONCE}\x00"),
        ("patient.date_of_birth", f"2 {NONCE} 1986"),
        ("patient.weight", f"{NONCE} kg"),
        ("patient.language", f"{NONCE}"),
        ("patient.language", f"en.{NONCE}"),
        ("patient.language", f"en@{NONCE}"),
        ("companion.name", f"{NONCE}" * 100),
        ("companion.phone", f"555 {NONCE}"),
        ("visit.starts_at", f"{NONCE}"),
        ("visit.stage", f"{NONCE}"),
        ("visit.session_number", f"{NONCE}"),
        ("visit.clinician", "qzx7"),
        ("visit.clinician", f"{NONCE}!"),
        ("treatment.protocol", "qzx7"),
        ("treatment.for_condition", f"{NONCE}\u2028"),
        ("treatment.dose", f"{NONCE} mg"),
        ("signing.signer", f"{NONCE}"),
        ("signing.witness", f"{NONCE}"),
        ("signing.interpreter", {"name": f"{NONCE}", "id": 7, "language": f"{NONCE}", "mode": f"{NONCE}"}),
        ("signing.representative", f"{NONCE}"),
    ],
)
@pytest.mark.parametrize("json_too", [(), ("--json",)], ids=["words", "json"])
def test_no_message_json_or_log_repeats_what_was_typed(
    briefing: Briefing,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    ana: Data,
    path: str,
    value: object,
    json_too: tuple[str, ...],
) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "request.json"
    file.write_text(as_json(with_value(ana, path, value)))
    ran = briefing("check", file, "--clinic", SAMPLES / "clinic", "--issued-on", ISSUED_ON, "--verbose", *json_too)
    assert ran.code == 3
    assert path in ran.out + ran.err
    assert "qzx7" not in (ran.out + ran.err + caplog.text).casefold()


def test_the_names_of_a_right_request_are_in_no_repr(request_of: Check, ana: Data) -> None:
    request = request_of(ana)
    for shown in (repr(request), str(request), f"{request.patient}", repr(request.companion), repr([request.patient])):
        assert "Ruiz" not in shown


def test_letters_that_cannot_be_drawn_are_told_without_spelling_the_name(request_of: Check, ana: Data) -> None:
    (problem,) = refused(request_of, with_value(ana, "patient.name", "王小明"))
    assert (problem.kind, problem.where) == ("no-letter", "patient.name")
    assert "U+738B" in problem.problem
    assert "王小明" not in everything_said((problem,))


def test_a_missing_letter_in_a_list_is_named_by_its_place(request_of: Check, ana: Data) -> None:
    (problem,) = refused(request_of, with_value(ana, "patient.allergies", ["nuts", "青霉素"]))
    assert (problem.kind, problem.where) == ("no-letter", "patient.allergies.2")


# --- Keys ---


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("patient.medicine", "medicines"),
        ("patient.alergies", "allergies"),
        ("patient.prefered_name", "preferred_name"),
        ("treatment.doze", "dose"),
        ("signing.witnes", "witness"),
        ("signing.interpretor", "interpreter"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(request_of: Check, ana: Data, path: str, meant: str) -> None:
    table, key = path.split(".")
    ana[table].pop(meant, None)
    (problem,) = refused(request_of, with_value(ana, path, f"{NONCE}"))
    assert (problem.kind, problem.where) == ("unknown-key", path)
    assert problem.what_to_do == f"Did you mean {meant}?"
    assert key not in problem.what_to_do.split()


def test_an_unknown_table_is_refused_with_the_nearest_known_one(request_of: Check, ana: Data) -> None:
    del ana["companion"]
    (problem,) = refused(request_of, {**ana, "compagnon": {"name": f"{NONCE}"}})
    assert (problem.kind, problem.where, problem.what_to_do) == ("unknown-key", "compagnon", "Did you mean companion?")


def test_an_unknown_key_of_an_inner_table_is_refused_with_the_nearest_known_one(request_of: Check, ana: Data) -> None:
    interpreter = {"name": "Marta Solano", "id": "1", "langauge": "es", "mode": "video"}
    found = {problem.where: problem for problem in refused(request_of, with_value(ana, "signing.interpreter", interpreter))}
    assert found["signing.interpreter.langauge"].what_to_do == "Did you mean language?"
    assert found["signing.interpreter.language"].kind == "missing"


@pytest.mark.parametrize("key", ["[key]", "", "a.b", "0", "__class__", "model_fields", "self"])
@pytest.mark.parametrize("table", [None, "patient", "companion"])
def test_a_strange_key_is_refused_like_any_other(request_of: Check, ana: Data, key: str, table: str | None) -> None:
    (ana if table is None else ana[table])[key] = f"{NONCE}"
    problems = refused(request_of, ana)
    assert [problem.kind for problem in problems] == ["unknown-key"]
    assert NONCE not in everything_said(problems)


@pytest.mark.parametrize("key", ["a\x1b[2Jb", "a\u202eb", "a\nb", "\ud800"], ids=ascii)
@pytest.mark.parametrize("table", [None, "patient"])
def test_a_key_that_would_spoil_the_terminal_is_told_in_plain_letters(
    request_of: Check, ana: Data, key: str, table: str | None
) -> None:
    (ana if table is None else ana[table])[key] = 1
    for problem in refused(request_of, ana):
        assert problem.where
        assert not any(unicodedata.category(character)[0] == "C" for character in problem.where)


# --- Weight and dose ---


@pytest.mark.parametrize(
    "weight", ["70", "70,5 kg", "1.070 kg g", "7 0 kg", "seventy kg", "70 stone", "19 kg", "351 kg", "154 pounds"]
)
def test_a_weight_that_is_not_sure_is_refused(request_of: Check, ana: Data, weight: str) -> None:
    (problem,) = refused(request_of, with_value(ana, "patient.weight", weight))
    assert (problem.kind, problem.where) == ("wrong-value", "patient.weight")
    assert '"70 kg"' in problem.what_to_do


def test_pounds_typed_as_kilograms_leave_the_limits_of_the_dose(request_of: Check, ana: Data) -> None:
    (problem,) = refused(request_of, with_value(ana, "patient.weight", "154 kg"))
    assert (problem.kind, problem.where) == ("dose-outside-limits", "patient.weight")
    assert "unit" in problem.what_to_do
    assert request_of(with_value(ana, "patient.weight", "154 lb"))


def test_a_protocol_by_device_needs_no_weight(request_of: Check, ana: Data) -> None:
    nasal = with_value(without(ana, "patient.weight"), "treatment.protocol", "esketamine-nasal")
    assert request_of(nasal).patient.weight is None


def test_a_consultation_needs_neither_weight_nor_session_number(request_of: Check, ana: Data, catalogue: Catalogue) -> None:
    consultation = with_value(without(without(ana, "patient.weight"), "visit.session_number"), "visit.stage", "consultation")
    assert plan_for(request_of(consultation), catalogue) is None


def test_a_figure_of_the_clinician_is_held_against_the_limits(request_of: Check, ana: Data, catalogue: Catalogue) -> None:
    plan = plan_for(request_of(with_value(ana, "treatment.dose", "40 mg")), catalogue)
    assert plan is not None
    assert plan.dose == Dose(Decimal(40))
    for dose in ("20 mg", "43 mg", "350 mg"):
        (problem,) = refused(request_of, with_value(ana, "treatment.dose", dose))
        assert (problem.kind, problem.where) == ("dose-outside-limits", "treatment.dose")


def test_a_dose_that_would_be_left_out_of_a_consultation_is_refused(request_of: Check, ana: Data) -> None:
    consultation = with_value(without(ana, "visit.session_number"), "visit.stage", "consultation")
    (problem,) = refused(request_of, with_value(consultation, "treatment.dose", "35 mg"))
    assert (problem.kind, problem.where) == ("contradiction", "treatment.dose")


# --- Dates and times ---


def test_a_visit_before_the_day_of_issue_is_refused(request_of: Check, ana: Data) -> None:
    (problem,) = refused(request_of, with_value(ana, "visit.starts_at", datetime(2026, 11, 23, 23, 59)))
    assert (problem.kind, problem.where) == ("visit-in-the-past", "visit.starts_at")
    assert "--issued-on" in problem.what_to_do


def test_a_visit_on_the_day_of_issue_is_fine(request_of: Check, ana: Data) -> None:
    assert request_of(with_value(ana, "visit.starts_at", datetime(2026, 11, 24, 0, 0)))


@pytest.mark.parametrize("starts_at", [datetime(9999, 12, 31, 23, 59), datetime(1, 1, 1)])
def test_a_visit_at_the_end_of_the_calendar_is_refused_and_no_bug(request_of: Check, ana: Data, starts_at: datetime) -> None:
    assert places(refused(request_of, with_value(ana, "visit.starts_at", starts_at))) == ["visit.starts_at"]


@pytest.mark.parametrize("born", [date(2026, 11, 25), date(2062, 4, 2), date(1895, 4, 1), date(1, 1, 1), date(9999, 12, 31)])
def test_a_birth_in_the_future_or_too_long_ago_is_refused(request_of: Check, ana: Data, born: date) -> None:
    problem = refused(request_of, with_value(ana, "patient.date_of_birth", born))[0]
    assert (problem.kind, problem.where) == ("date-of-birth", "patient.date_of_birth")


@pytest.mark.parametrize(
    ("born", "old_enough"),
    [
        (date(2008, 12, 1), True),
        (date(2008, 12, 2), False),
        (date(2008, 11, 24), True),
        (date(2026, 11, 24), False),
        (date(2015, 1, 1), False),
    ],
)
def test_age_is_counted_on_the_day_of_the_visit(request_of: Check, ana: Data, born: date, old_enough: bool) -> None:
    data = with_value(ana, "patient.date_of_birth", born)
    if old_enough:
        assert request_of(data)
    else:
        (problem,) = refused(request_of, data)
        assert (problem.kind, problem.where) == ("too-young", "patient.date_of_birth")


def for_the_young(catalogue: Catalogue, minors: str) -> Catalogue:
    protocol = catalogue.protocols["iv-depression"].model_copy(update={"youngest": 12, "minors": minors})
    return replace(catalogue, protocols={**catalogue.protocols, "iv-depression": protocol})


REPRESENTED = {"signer": "representative", "representative": {"name": "Rosa Ruiz", "authority": "guardian"}}


@pytest.mark.parametrize(
    ("minors", "born", "represented", "kind"),
    [
        ("refused", date(2008, 12, 1), False, None),
        ("refused", date(2008, 12, 2), False, "too-young"),
        ("refused", date(2008, 12, 2), True, "too-young"),
        ("representative signs", date(2008, 12, 1), False, None),
        ("representative signs", date(2008, 12, 2), False, "minor-signs"),
        ("representative signs", date(2008, 12, 2), True, None),
        ("representative signs", date(2014, 12, 1), True, None),
        ("representative signs", date(2014, 12, 2), True, "too-young"),
    ],
)
def test_under_age_a_representative_signs_or_it_is_refused_as_the_protocol_says(
    catalogue: Catalogue, ana: Data, minors: str, born: date, represented: bool, kind: str | None
) -> None:
    data = with_value(ana, "patient.date_of_birth", born) | ({"signing": REPRESENTED} if represented else {})
    own = for_the_young(catalogue, minors)
    if kind is None:
        assert read_request(data, own, ISSUED_ON)
    else:
        with pytest.raises(InputError) as refusal:
            read_request(data, own, ISSUED_ON)
        assert [problem.kind for problem in refusal.value.problems] == [kind]


def test_the_built_in_protocols_are_for_adults(catalogue: Catalogue) -> None:
    assert {protocol.minors for protocol in catalogue.protocols.values()} == {"refused"}


def test_nobody_under_age_interprets(request_of: Check, ana: Data) -> None:
    interpreter = {"name": "Marta Solano", "id": "20418", "language": "es", "mode": "video"}
    assert request_of(with_value(ana, "signing.interpreter", interpreter | {"is_minor": False}))
    (problem,) = refused(request_of, with_value(ana, "signing.interpreter", interpreter | {"is_minor": True}))
    assert (problem.kind, problem.where) == ("minor-interprets", "signing.interpreter.is_minor")


@pytest.mark.parametrize("needs", [["hearing", "sight", "cannot-read", "cannot-write"], []])
def test_needs_are_of_known_kinds(request_of: Check, ana: Data, needs: list[str]) -> None:
    assert request_of(with_value(ana, "patient.needs", needs)).patient.needs == tuple(needs)
    (problem,) = refused(request_of, with_value(ana, "patient.needs", ["deaf"]))
    assert (problem.where, problem.problem) == (
        "patient.needs.1",
        "it must be one of: hearing, sight, cannot-read, cannot-write.",
    )


def test_who_is_born_on_a_leap_day_comes_of_age_on_the_first_of_march(catalogue: Catalogue, ana: Data) -> None:
    data = with_value(ana, "patient.date_of_birth", date(2008, 2, 29))
    read_request(with_value(data, "visit.starts_at", datetime(2026, 3, 1, 9)), catalogue, date(2026, 2, 1))
    with pytest.raises(InputError, match="from 18 years"):
        read_request(with_value(data, "visit.starts_at", datetime(2026, 2, 28, 9)), catalogue, date(2026, 2, 1))


@pytest.mark.parametrize(
    ("starts_at", "word"),
    [
        (datetime(2026, 3, 8, 2, 0), "skip"),
        (datetime(2026, 3, 8, 2, 59), "skip"),
        (datetime(2026, 11, 1, 1, 0), "twice"),
        (datetime(2026, 11, 1, 1, 59), "twice"),
    ],
)
def test_a_time_that_the_clocks_skip_or_show_twice_is_refused(
    catalogue: Catalogue, ana: Data, starts_at: datetime, word: str
) -> None:
    with pytest.raises(InputError) as found:
        read_request(with_value(ana, "visit.starts_at", starts_at), catalogue, date(2026, 1, 5))
    (problem,) = found.value.problems
    assert (problem.kind, problem.where) == ("clock-change", "visit.starts_at")
    assert word in problem.problem


@pytest.mark.parametrize(
    "starts_at",
    [datetime(2026, 3, 8, 1, 59), datetime(2026, 3, 8, 3, 0), datetime(2026, 11, 1, 0, 59), datetime(2026, 11, 1, 2, 0)],
)
def test_the_times_beside_a_clock_change_are_fine(catalogue: Catalogue, ana: Data, starts_at: datetime) -> None:
    request = read_request(with_value(ana, "visit.starts_at", starts_at), catalogue, date(2026, 1, 5))
    assert request.visit.starts_at == starts_at


def test_an_offset_is_refused_because_the_clinic_has_one_clock(request_of: Check) -> None:
    data = parse_request(ANA_TEXT.replace("2026-12-01T09:00:00", "2026-12-01T09:00:00-06:00"))
    (problem,) = refused(request_of, data)
    assert problem.where == "visit.starts_at"
    assert "offset" in problem.problem


# --- What contradicts itself, what is not in the lists ---


@pytest.mark.parametrize(
    ("stage", "number"), [("first-session", 2), ("first-session", 0), ("next-session", 1), ("next-session", 0)]
)
def test_stage_and_session_number_must_agree(request_of: Check, ana: Data, stage: str, number: int) -> None:
    data = with_value(with_value(ana, "visit.stage", stage), "visit.session_number", number)
    (problem,) = refused(request_of, data)
    assert (problem.kind, problem.where) == ("contradiction", "visit.session_number")


@pytest.mark.parametrize(("stage", "number"), [("first-session", 1), ("next-session", 2), ("next-session", 40)])
def test_stages_with_the_right_number_are_fine(request_of: Check, ana: Data, stage: str, number: int) -> None:
    data = with_value(with_value(ana, "visit.stage", stage), "visit.session_number", number)
    assert request_of(data).visit.session_number == number


def test_a_representative_who_signs_must_be_named(request_of: Check, ana: Data) -> None:
    (problem,) = refused(request_of, with_value(ana, "signing.signer", "representative"))
    assert (problem.kind, problem.where) == ("missing", "signing.representative")


def test_a_representative_who_does_not_sign_is_a_contradiction(request_of: Check, ana: Data) -> None:
    data = with_value(ana, "signing.representative", {"name": f"{NONCE}", "authority": "parent"})
    problems = refused(request_of, data)
    assert [(problem.kind, problem.where) for problem in problems] == [("contradiction", "signing.representative")]
    assert NONCE not in everything_said(problems)


@pytest.mark.parametrize("part", ["name", "authority"])
def test_a_representative_needs_name_and_authority(request_of: Check, ana: Data, part: str) -> None:
    person = {"name": "Rosa Ruiz", "authority": "health care power of attorney"}
    del person[part]
    data = with_value(with_value(ana, "signing.signer", "representative"), "signing.representative", person)
    assert places(refused(request_of, data)) == [f"signing.representative.{part}"]


@pytest.mark.parametrize("part", ["name", "id", "language", "mode"])
def test_an_interpreter_is_given_whole(request_of: Check, ana: Data, part: str) -> None:
    person = {"name": "Marta Solano", "id": "20418", "language": "es", "mode": "video"}
    del person[part]
    assert places(refused(request_of, with_value(ana, "signing.interpreter", person))) == [f"signing.interpreter.{part}"]


@pytest.mark.parametrize(
    ("path", "typed", "meant"),
    [("visit.clinician", "okafr", "okafor"), ("treatment.protocol", "iv-depresion", "iv-depression")],
)
def test_a_key_that_is_in_no_list_is_refused_with_the_nearest(
    request_of: Check, ana: Data, path: str, typed: str, meant: str
) -> None:
    (problem,) = refused(request_of, with_value(ana, path, typed))
    assert problem.where == path
    assert problem.kind.startswith("unknown-")
    assert problem.what_to_do == f"Did you mean {meant}?"
    assert f" {typed}" not in everything_said((problem,))


# --- Characters ---


@pytest.mark.parametrize("character", ["\u202e", "\u2067", "\u0007", "\u007f", "\u0378", "\ue123", "\u200e", "\u2029"], ids=ascii)
@pytest.mark.parametrize(
    "path",
    ["patient.name", "patient.preferred_name", "patient.record_number", "companion.name", "treatment.for_condition"],
)
def test_a_character_that_hides_or_turns_text_is_refused_everywhere(
    request_of: Check, ana: Data, path: str, character: str
) -> None:
    (problem,) = refused(request_of, with_value(ana, path, f"{NONCE}{character}Ruiz"))
    assert problem.where == path
    assert f"U+{ord(character):04X}" in problem.problem
    assert character not in everything_said((problem,))
    assert NONCE not in everything_said((problem,))


def test_half_of_a_broken_character_in_json_is_refused(request_of: Check) -> None:
    text = as_json(dict(parse_request(ANA_TEXT))).replace("Ana Ruiz", r"Ana \ud800 Ruiz")
    (problem,) = refused(request_of, parse_request(text))
    assert problem.where == "patient.name"
    assert "U+D800" in problem.problem


def test_a_name_in_nfd_arrives_in_nfc(request_of: Check, ana: Data) -> None:
    nfd = unicodedata.normalize("NFD", "Nguyễn Thị Phương Ánh")
    assert request_of(with_value(ana, "patient.name", nfd)).patient.name == "Nguyễn Thị Phương Ánh"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "<bdi>Ana</bdi> & <b>",
        "{{ clinic.name }}",
        "{% include 'secret.key' %}",
        "{name} {0} %s %(name)s",
        "https://example.org/x.png",
        "file:///etc/passwd",
        "url(file:///etc/passwd)",
        "Robert'); DROP TABLE patients;--",
        "../../etc/passwd",
        "Ana\\nRuiz",
        "=cmd|' /C calc'!A0",
        "None Null",
        "O'Brien-Smith, Jr.",
        "محمد الحربي",
        "प्रिया नायर",
    ],
)
def test_a_name_is_text_whatever_it_looks_like(request_of: Check, ana: Data, name: str) -> None:
    assert request_of(with_value(ana, "patient.name", name)).patient.name == name


# --- TOML and JSON ---


def test_json_of_the_same_shape_gives_the_same_request(request_of: Check, ana: Data) -> None:
    assert request_of(parse_request(as_json(ana))) == request_of(ana)


def test_json_with_everything_given_gives_the_same_request(request_of: Check, ana: Data) -> None:
    full = with_value(ana, "treatment.dose", "35 mg")
    full = with_value(full, "signing.signer", "representative")
    full = with_value(full, "signing.representative", {"name": "Rosa Ruiz", "authority": "parent"})
    full = with_value(full, "signing.interpreter", {"name": "Marta", "id": "0204", "language": "es", "mode": "in person"})
    from_json = request_of(parse_request("\n  " + as_json(full)))
    assert from_json == request_of(full)
    assert from_json.signing.interpreter is not None
    assert from_json.signing.interpreter.id == "0204"


@pytest.mark.parametrize(
    "text",
    [
        '{"patient": {"name": "Qzx7", "name": "Qzx7"}}',
        '{"a": 1, "a": 2}',
        '{"patient": ',
        '{"patient": "Qzx7',
        "{'patient': 'Qzx7'}",
        '{"a": 1} {"b": 2}',
        '{"a": 1,}',
        '{"a": ' + "1" * 5000 + "}",
        '{"a":' * 20_000,
        "{" * 90_000,
    ],
    ids=["twice", "twice-at-top", "cut-off", "cut-off-text", "single-quotes", "two", "comma", "long-number", "deep", "deeper"],
)
def test_what_is_no_json_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InputError) as found:
        parse_request(text)
    (problem,) = found.value.problems
    assert problem.kind == "not-json"
    assert problem.where.startswith("the request, ")
    assert NONCE not in everything_said((problem,))


def test_a_slip_in_json_is_told_by_line_and_column() -> None:
    with pytest.raises(InputError) as found:
        parse_request('{\n "patient": {\n  "name" "Ana"\n }\n}')
    assert found.value.problems[0].where == "the request, line 3, column 10"


@pytest.mark.parametrize(
    "text",
    [
        "name = Qzx7",
        '[patient]\nname = "Qzx7',
        '[patient]\nname = "Qzx7"\nname = "Qzx7"',
        '[patient]\nname = "\\ud800"',
        '[patient]\nname = "Qzx7\x00"',
        "[patient]\n[patient]",
        "date = 2026-02-30",
        "number = " + "1" * 5000,
        "number = 1e9999999999999999999999",
        "x = " + "[" * 20_000,
        "x = " + "{a=" * 5_000,
        '["Qzx7"]\nQzx7',
        '[["Qzx7"',
        "\ufeff\ufeffa = 1",
    ],
    ids=[
        "no-quotes",
        "open-quote",
        "twice",
        "surrogate",
        "nul",
        "table-twice",
        "no-such-day",
        "long-number",
        "huge-power",
        "deep-list",
        "deep-table",
        "no-value",
        "open-bracket",
        "mark-twice",
    ],
)
def test_what_is_no_toml_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InputError) as found:
        parse_request(text)
    (problem,) = found.value.problems
    assert problem.kind == "not-toml"
    assert problem.where.startswith("the request, ")
    assert NONCE not in everything_said((problem,))


def test_a_slip_in_toml_is_told_by_line_and_column() -> None:
    with pytest.raises(InputError) as found:
        parse_request('[patient]\nname = "Ana"\nweight = 70 kg\n')
    assert found.value.problems[0].where == "the request, line 3, column 13"


@pytest.mark.parametrize(
    "text",
    [
        '{"x": ' + "[" * 900 + "]" * 900 + "}",
        '{"x": ' + '{"a": ' * 900 + "1" + "}" * 900 + "}",
        ".".join(["a"] * 2_000) + " = 1",
        "[" + ".".join(["a"] * 2_000) + "]",
        "x = " + "[" * 400 + "]" * 400,
    ],
    ids=["json-list", "json-table", "toml-dotted-key", "toml-dotted-table", "toml-list"],
)
def test_what_nests_too_deep_is_refused_and_no_bug(request_of: Check, text: str) -> None:
    with pytest.raises(InputError):
        request_of(parse_request(text))


@pytest.mark.parametrize("frame", ['{"x": %s%s}', '{"patient": {"name": %s%s}}'])
def test_no_depth_of_nesting_is_a_bug(catalogue: Catalogue, frame: str) -> None:
    for depth in range(900, 1_000):
        for opening, closing in (("[", "]"), ('{"a": ', "}")):
            with pytest.raises(InputError):
                read_request(parse_request(frame % (opening * depth + "1", closing * depth)), catalogue, ISSUED_ON)


# --- Files ---


def test_a_file_is_read_with_and_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "request.toml"
    file.write_bytes(b"\xef\xbb\xbf" + ANA_TEXT.encode())
    assert parse_request(read_text(str(file))) == parse_request(ANA_TEXT)


def test_line_ends_of_windows_are_fine(request_of: Check) -> None:
    assert request_of(parse_request(ANA_TEXT.replace("\n", "\r\n"))) == request_of(parse_request(ANA_TEXT))


@pytest.mark.parametrize("data", ["Ana Ruíz".encode("latin-1"), ANA_TEXT.encode("utf-16"), b"\xff\xfe", b"\xed\xa0\x80"])
def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "request.toml"
    file.write_bytes(data)
    with pytest.raises(InputError) as found:
        read_text(str(file))
    assert found.value.problems[0].kind == "not-utf8"


def test_a_file_larger_than_any_request_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    file = tmp_path / "request.toml"
    file.touch()
    os.truncate(file, 300_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as found:
            read_text(str(file))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert found.value.problems[0].kind == "too-large"


def test_the_largest_file_is_still_read(tmp_path: Path) -> None:
    file = tmp_path / "request.toml"
    file.write_text(ANA_TEXT + "#" * (LARGEST_REQUEST - len(ANA_TEXT.encode())))
    assert parse_request(read_text(str(file)))
    file.write_text(ANA_TEXT + "#" * (LARGEST_REQUEST - len(ANA_TEXT.encode()) + 1))
    with pytest.raises(InputError, match="larger"):
        read_text(str(file))


@pytest.mark.parametrize("kind", ["folder", "fifo", "device"])
def test_what_is_not_a_regular_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"{NONCE}.toml"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path = Path("/dev/zero")
    with pytest.raises(InputError) as found:
        read_text(str(path))
    assert found.value.problems[0].kind == "not-a-file"
    assert NONCE not in everything_said(found.value.problems)


@pytest.mark.parametrize("name", ["missing.toml", f"{NONCE}/missing.toml", "x" * 300])
def test_a_missing_file_is_told_without_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as found:
        read_text(str(tmp_path / name))
    assert found.value.problems[0].kind == "cannot-read"
    assert name not in everything_said(found.value.problems)


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "request.toml").write_text(ANA_TEXT)
    (tmp_path / "link").symlink_to("request.toml")
    assert read_text(str(tmp_path / "link")) == ANA_TEXT


@pytest.mark.parametrize("text", [ANA_TEXT, as_json(dict(parse_request(ANA_TEXT)))], ids=["toml", "json"])
def test_a_hyphen_reads_the_standard_input(briefing: Briefing, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert briefing("check", "-", "--clinic", SAMPLES / "clinic", "--issued-on", ISSUED_ON).code == 0


def test_an_empty_standard_input_asks_for_every_table(briefing: Briefing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    ran = briefing("check", "-", "--issued-on", ISSUED_ON)
    assert ran.code == 3
    for table in ("patient", "visit", "treatment", "signing"):
        assert f"  {table}: it is missing" in ran.err


# --- Anything at all ---

steady = settings(derandomize=True, deadline=None)
_ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**6), 10**6),
        st.decimals(allow_nan=True),
        st.text(max_size=12),
        st.text("0123456789.,-+ kgmlbT:Z", max_size=16),
        st.dates(),
        st.datetimes(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=6), inner, max_size=2)),
    max_leaves=4,
)


def _paths() -> Iterator[str]:
    yield from [*REQUIRED, *OPTIONAL, *LISTS, "signing.representative", "signing.interpreter"]


def outcome(data: object, catalogue: Catalogue) -> PacketRequest | tuple[Problem, ...]:
    assert isinstance(data, dict)
    try:
        return read_request(data, catalogue, ISSUED_ON)
    except InputError as error:
        return error.problems


@settings(steady, max_examples=60)
@given(text=st.text(st.characters(max_codepoint=0x24FF), max_size=20))
def test_any_text_as_a_name_arrives_unchanged_or_is_refused_at_its_place(catalogue: Catalogue, text: str) -> None:
    result = outcome(with_value(parse_request(ANA_TEXT), "patient.name", text), catalogue)
    if isinstance(result, tuple):
        assert places(result) == ["patient.name"]
    else:
        assert result.patient.name == unicodedata.normalize("NFC", text).strip()


@settings(steady, max_examples=60)
@given(text=st.text(max_size=10), path=st.sampled_from([path for path in REQUIRED if path != "visit.session_number"]))
def test_any_text_in_any_field_is_never_repeated(catalogue: Catalogue, text: str, path: str) -> None:
    result = outcome(with_value(parse_request(ANA_TEXT), path, f"{NONCE}{text}{NONCE}"), catalogue)
    if isinstance(result, tuple):
        assert NONCE not in everything_said(result)
        assert set(places(result)) == {path}


@settings(steady, max_examples=150)
@given(value=_ANYTHING, path=st.sampled_from(list(_paths())))
def test_anything_in_any_field_is_taken_or_refused_and_never_a_bug(catalogue: Catalogue, value: object, path: str) -> None:
    result = outcome(with_value(parse_request(ANA_TEXT), path, value), catalogue)
    if isinstance(result, tuple):
        assert result
        assert all(problem.where.startswith(path) for problem in result)


@settings(steady, max_examples=150)
@given(
    text=st.one_of(
        st.text(max_size=60),
        st.text('{}[]"=.,:\\ntrue0123e+-\n', max_size=40).map("{".__add__),
        st.text('[]"=.,:\\ue{}x\n0123456789-', max_size=40),
    )
)
def test_any_text_is_parsed_or_refused_and_never_a_bug(text: str) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(parse_request(text), dict)
