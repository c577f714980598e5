"""TOML and JSON into checked models: every problem at once, each with its place and its way out, none with its value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from briefing.errors import Problem, nearest
from briefing.models import Section

Model = TypeVar("Model", bound=Section)
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


def check(model: type[Model], data: object, where: str = "", file: str = "") -> Model | list[Problem]:
    """Return the model, or every problem of the data. `where` is the path of the data inside `file`."""
    nulls = [_null_problem(path, file) for path in _nulls(data, where)]
    try:
        checked = model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=False)
        found = [_explain(model, data, detail, where, file) for detail in details]
        known = {problem.where for problem in nulls}
        return [*nulls, *(problem for problem in found if problem.where not in known)]
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


def _nulls(data: object, where: str) -> Iterator[str]:
    if data is None:
        yield where
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _nulls(value, _join(where, str(key)))
    elif isinstance(data, list):
        for index, value in enumerate(data, 1):
            yield from _nulls(value, _join(where, str(index)))


def _null_problem(where: str, file: str) -> Problem:
    return Problem("null", _place(file, where), "it is null.", "Give a value, or leave the line out if the field may be absent.")


def _explain(model: type[Section], data: object, detail: ErrorDetails, where: str, file: str) -> Problem:
    path = tuple(step for step in detail["loc"] if step != "[key]")
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


def _step(step: int | str) -> str:
    return str(step + 1) if isinstance(step, int) else step


def _join(*steps: str) -> str:
    return ".".join(step for step in steps if step)


def _place(file: str, where: str) -> str:
    return f"{file}: {where}" if file and where else where or file


def _is_set(data: object, path: Sequence[int | str]) -> bool:
    for step in path:
        if not isinstance(data, Mapping) or step not in data:
            return False
        data = data[step]
    return True


def _model_at(model: type[Section], path: Sequence[int | str]) -> type[Section] | None:
    """Return the model whose table lies at this path, if it is a plain table of ours."""
    for step in path:
        field = model.model_fields.get(str(step))
        inner = _section_in(field.annotation) if field else None
        if inner is None:
            return None
        model = inner
    return model


def _section_in(annotation: object) -> type[Section] | None:
    options = (annotation, *getattr(annotation, "__args__", ()))
    return next((option for option in options if isinstance(option, type) and issubclass(option, Section)), None)


def _keys_beside(model: type[Section], path: Sequence[int | str]) -> list[str]:
    table = _model_at(model, path[:-1])
    return list(table.model_fields) if table else []


def _how_to_give(model: type[Section], path: Sequence[int | str]) -> str:
    for length in range(len(path), 0, -1):
        table = _model_at(model, path[: length - 1])
        field = table.model_fields.get(str(path[length - 1])) if table else None
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
