"""The error family: one exit code each, and a page that explains every kind of problem."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from briefing import errors
from briefing.errors import BriefingError, ExitCode, Problem, nearest
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "errors.md"
CODES = {
    "InputError": 3,
    "CatalogueError": 4,
    "TemplateError": 5,
    "RenderingError": 6,
    "VerificationError": 7,
    "DeliveryError": 8,
    "SystemMissingError": 9,
    "UnfinishedError": 10,
    "BusyError": 75,
}


def family(error: type[BriefingError] = BriefingError) -> Iterator[type[BriefingError]]:
    for child in error.__subclasses__():
        yield child
        yield from family(child)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""


def texts(node: ast.AST) -> set[str]:
    return {item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str)}


def kinds_in(trees: list[ast.Module]) -> set[str]:
    """Return every kind a `Problem` is made with: given in place, or handed to a function that makes one."""
    kinds: set[str] = set()
    makers: dict[str, int] = {}
    for tree in trees:
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            names = [argument.arg for argument in function.args.args if argument.arg != "self"]
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call) and called(node) == "Problem"):
                if isinstance(call.args[0], ast.Name) and call.args[0].id in names:
                    makers[function.name] = names.index(call.args[0].id)
    for tree in trees:
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if called(call) == "Problem":
                found = texts(call.args[0])
                assert found or isinstance(call.args[0], ast.Name), ast.unparse(call)
                kinds |= found
            elif called(call) in makers:
                found = texts(call.args[makers[called(call)]])
                assert found, ast.unparse(call)
                kinds |= found
    return kinds


def kinds_of_the_code() -> set[str]:
    return kinds_in([ast.parse(path.read_text()) for path in sorted((ROOT / "briefing").rglob("*.py"))])


def headings() -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    code = -1
    for line in PAGE.read_text().splitlines():
        if section := re.match(r"## (\d+)\b", line):
            code = int(section[1])
            assert code not in found, f"two sections for {code}"
            found[code] = []
        elif line.startswith("### "):
            found[code].append(line.removeprefix("### ").strip("` "))
    return found


def test_every_error_has_the_exit_code_that_scripts_rely_on() -> None:
    assert {error.__name__: int(error.exit_code) for error in BriefingError.__subclasses__()} == CODES
    assert {int(error.exit_code) for error in family()} == set(CODES.values())


def test_no_two_errors_share_an_exit_code() -> None:
    codes = [error.exit_code for error in BriefingError.__subclasses__()]
    assert len(codes) == len(set(codes))


def test_the_other_exit_codes_are_what_they_always_were() -> None:
    others = {"OK": 0, "BUG": 1, "USAGE": 2, "INTERRUPTED": 130}
    assert {name: code for name, code in ExitCode.__members__.items() if code not in CODES.values()} == others


def test_the_collector_finds_kinds_in_place_and_through_a_function() -> None:
    source = """
def made(where, kind):
    return Problem(kind, where, "a", "b")
class Many(list):
    def take(self, kind):
        self.append(Problem(kind, "a", "b", "c"))
raise InputError(Problem("in-place", "a", "b", "c"))
made("there", "through-function")
many.take("through-method")
"""
    assert kinds_in([ast.parse(source)]) == {"in-place", "through-function", "through-method"}


def test_every_kind_of_problem_is_explained_and_nothing_else() -> None:
    explained = [kind for kinds in headings().values() for kind in kinds]
    assert sorted(explained) == sorted(kinds_of_the_code())


def test_every_exit_code_has_its_section() -> None:
    assert list(headings()) == sorted(int(code) for code in ExitCode)


def test_every_kind_is_a_short_plain_name() -> None:
    for kind in kinds_of_the_code():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind), kind


def test_every_explanation_says_something() -> None:
    for piece in PAGE.read_text().split("\n### ")[1:]:
        _, _, words = piece.partition("\n")
        assert len(words.partition("\n## ")[0].split()) >= 12, piece[:40]


def test_one_problem_or_many_become_one_error() -> None:
    one, two = Problem("a", "here", "is wrong.", "mend it"), Problem("b", "there", "is missing.", "add it")
    assert errors.InputError(one).problems == (one,)
    assert errors.InputError([one, two]).problems == (one, two)
    assert str(errors.InputError([one, two])) == "here: is wrong.; there: is missing."


def test_a_problem_cannot_be_changed_and_gives_its_four_texts() -> None:
    problem = Problem("a", "here", "is wrong.", "mend it")
    with pytest.raises(AttributeError):
        problem.kind = "b"  # type: ignore[misc]  # that it cannot be set is what is tested
    assert problem.as_dict() == {"kind": "a", "where": "here", "problem": "is wrong.", "what_to_do": "mend it"}


@pytest.mark.parametrize(
    ("word", "known", "advice"),
    [
        ("wieght", ["name", "weight"], "Did you mean weight?"),
        ("qqqq", ["name", "weight"], "Known here: name, weight."),
        ("qqqq", [], "Nothing is allowed here."),
        ("", ["name"], "Known here: name."),
    ],
)
def test_the_nearest_word_is_suggested_or_all_are_listed(word: str, known: list[str], advice: str) -> None:
    assert nearest(word, known) == advice
