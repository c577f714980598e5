"""TOML and JSON into checked models: every problem at once, each with its place and its way out, none with its value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import UnionType
from typing import Annotated, TypeVar, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from briefing.errors import Problem, nearest
from briefing.models import Section

Model = TypeVar("Model", bound=Section)
_NOTHING = object()
_WHERE = re.compile(r"at line (\d+), column (\d+)")


class UnreadableError(ValueError):
    """The text is not TOML at all. `place` says where reading stopped."""

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(place)


def parse_toml(text: str) -> dict[str, object]:
    """Parse TOML; decimals come back exact.

    Raises:
        UnreadableError: the text is not TOML. The text itself is never part of the error.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _WHERE.search(str(error))
        raise UnreadableError(f"line {found[1]}, column {found[2]}" if found else "the end of the file") from None
    except RecursionError:
        raise UnreadableError("a table nested far too deep") from None
    except (ValueError, ArithmeticError):  # tomllib lets what int() and Decimal() raise pass through
        raise UnreadableError("a number that is far too long") from None


def check(model: type[Model], data: object, where: str = "", file: str = "") -> Model | list[Problem]:
    """Return the model, or every problem of the data. `where` is the path of the data inside `file`."""
    if broken := [_broken_key(path, file) for path in _broken_keys(data, where)]:
        return broken  # the checker refuses such a table as a whole
    nulls = [_null_problem(path, file) for path, value in _walk(data, where) if value is None]
    try:
        checked = model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=False)
        found = [_explain(model, data, detail, where, file) for detail in details]
        told: dict[str, Problem] = {}
        for problem in (*nulls, *found):
            told.setdefault(problem.where, problem)
        return list(told.values())
    return nulls or checked


def values_that_stand(model: type[Section], data: object) -> dict[str, object]:
    """Return those top-level values of the data that are right by themselves, whatever is wrong with the others."""
    good: dict[str, object] = {}
    for name, field in model.model_fields.items():
        if isinstance(data, Mapping) and name in data:
            annotated = field.rebuild_annotation()
            try:
                adapter: TypeAdapter[object] = TypeAdapter(annotated)
                good[name] = adapter.validate_python(data[name])
            except ValidationError:
                continue
    return good


def _walk(data: object, where: str) -> Iterator[tuple[str, object]]:
    """Yield every value with its path. Without recursion: a file may nest as deep as Python can."""
    waiting = [(where, data)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, Mapping):
            waiting.extend((_join(path, _shown(key)), inner) for key, inner in reversed(list(value.items())))
        elif isinstance(value, list):
            waiting.extend((_join(path, str(index)), inner) for index, inner in reversed(list(enumerate(value, 1))))


def _broken_keys(data: object, where: str) -> Iterator[str]:
    for path, value in _walk(data, where):
        if isinstance(value, Mapping):
            for key in value:
                if any("\ud800" <= character <= "\udfff" for character in str(key)):
                    yield _join(path, _shown(key))


def _broken_key(where: str, file: str) -> Problem:
    return Problem("unknown-key", _place(file, where), "this key holds half of a broken character.", "Write the key anew.")


def _null_problem(where: str, file: str) -> Problem:
    return Problem("null", _place(file, where), "it is null.", "Give a value, or leave the line out if the field may be absent.")


def _explain(model: type[Section], data: object, detail: ErrorDetails, where: str, file: str) -> Problem:
    path = _path(detail, data)
    place = _place(file, _join(where, *(_step(step) for step in path)))
    match detail["type"]:
        case "missing":
            return Problem("missing", place, "it is missing.", _how_to_give(model, path))
        case "extra_forbidden":
            known = [name for name in _keys_beside(model, path) if not _is_set(data, (*path[:-1], name))]
            return Problem("unknown-key", place, "this key is not known here.", nearest(str(path[-1]), known))
        case "model_type" | "dict_type" | "mapping_type" | "model_attributes_type" | "dataclass_type":
            return Problem("wrong-type", place, "a table is needed here.", _how_to_give(model, path))
        case "list_type" | "tuple_type":
            return Problem("wrong-type", place, "a list in square brackets is needed here.", _how_to_give(model, path))
        case "value_error":
            reason = str(detail.get("ctx", {}).get("error", "it is not right"))
            return Problem("wrong-value", place, f"{reason}.", _how_to_give(model, path))
        case _:
            return Problem("wrong-value", place, f"{_own_words(detail)}.", _how_to_give(model, path))


def _own_words(detail: ErrorDetails) -> str:
    """Say in our words what pydantic found; only its type and its limits are used, never its text about the input."""
    limits = detail.get("ctx", {})
    words = {
        "literal_error": f"it must be one of: {limits.get('expected')}",
        "too_short": "it is empty",
        "union_tag_invalid": f"it must be one of: {limits.get('expected_tags')}",
        "union_tag_not_found": "its kind is missing",
        "greater_than_equal": f"it must be at least {limits.get('ge')}",
        "string_pattern_mismatch": "only small letters, digits and underscores may stand here",
        "int_type": "a whole number is needed here",
        "string_type": "text is needed here, in quotes",
    }
    return words.get(detail["type"], "it is not what is needed here")


def _path(detail: ErrorDetails, data: object) -> tuple[int | str, ...]:
    """Return the path in the data. pydantic puts marks of its own between the steps: union tags, `[key]`."""
    path: list[int | str] = []
    for number, step in enumerate(detail["loc"], 1):
        if (below := _below(data, step)) is not _NOTHING:
            data = below
        elif detail["type"] != "missing" or number < len(detail["loc"]):
            continue
        path.append(step)
    return tuple(path)


def _below(data: object, step: int | str) -> object:
    if isinstance(data, Mapping):
        return data.get(step, _NOTHING)
    if isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
        return data[step]
    return _NOTHING


def _step(step: int | str) -> str:
    return str(step + 1) if isinstance(step, int) else _shown(step)


def _shown(key: object) -> str:
    """Write a key so that a terminal shows it as it is, and not too much of it."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in str(key)[:60])


def _join(*steps: str) -> str:
    return ".".join(step for step in steps if step)


def _place(file: str, where: str) -> str:
    return f"{file}: {where}" if file and where else where or file


def _is_set(data: object, path: Sequence[int | str]) -> bool:
    for step in path:
        data = _below(data, step)
    return data is not _NOTHING


def _tables(annotation: object) -> list[type[Section]]:
    """Return the models that an annotation allows in its place."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [annotation]
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return [table for option in get_args(annotation) for table in _tables(option)]
    return []


def _inside(annotation: object, step: int | str) -> object:
    """Return the annotation of what lies one step further down, or None."""
    for table in _tables(annotation):
        if field := table.model_fields.get(str(step)):
            return field.annotation
    options = get_args(annotation) if get_origin(annotation) in (Annotated, Union, UnionType) else (annotation,)
    for option in options:
        if get_origin(option) is tuple:
            return get_args(option)[0]
        if get_origin(option) in (dict, Mapping):
            return get_args(option)[1]
    return None


def _tables_at(model: type[Section], path: Sequence[int | str]) -> list[type[Section]]:
    annotation: object = model
    for step in path:
        annotation = _inside(annotation, step)
    return _tables(annotation)


def _keys_beside(model: type[Section], path: Sequence[int | str]) -> list[str]:
    return list(dict.fromkeys(name for table in _tables_at(model, path[:-1]) for name in table.model_fields))


def _how_to_give(model: type[Section], path: Sequence[int | str]) -> str:
    for length in range(len(path), 0, -1):
        for table in _tables_at(model, path[: length - 1]):
            field = table.model_fields.get(str(path[length - 1]))
            if field is not None and field.description:
                example = f", such as: {path[length - 1]} = {_as_toml(field.examples[0])}" if field.examples else ""
                return f"Give {field.description}{example}"
    return "See docs/customising.md for what belongs here."


def _as_toml(example: object) -> str:
    if isinstance(example, bool):
        return str(example).lower()
    if isinstance(example, dict):
        return "{ " + ", ".join(f"{key} = {_as_toml(value)}" for key, value in example.items()) + " }"
    if isinstance(example, list):
        return "[" + ", ".join(_as_toml(value) for value in example) + "]"
    text = str(example)
    is_time = re.fullmatch(r"\d{4}-\d{2}-\d{2}(T[\d:]+)?", text)
    return text if isinstance(example, int) or is_time else f'"{text}"'
