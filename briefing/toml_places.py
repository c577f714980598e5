"""In which line of a TOML file a key stands. The reader of TOML does not tell, and a person looks for lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from briefing.catalogue import CatalogueFile
from briefing.errors import Problem

_HEAD = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")


def with_line(problem: Problem, files: Mapping[str, CatalogueFile]) -> Problem:
    """Return the problem with the line of its key, if it names a key of a TOML file; otherwise as it is."""
    path, found, key = problem.where.partition(": ")
    if not found or not path.endswith(".toml") or path not in files:
        return problem
    line = line_of(key, files[path].text)
    return replace(problem, where=f"{path}, line {line}: {key}") if line else problem


def line_of(key: str, text: str) -> int | None:
    """Return the line, from 1, of a dotted key, or of the innermost table around it that stands there; None if none does."""
    wanted = key.split(".")
    best, length = None, 0
    for number, steps in _keys(text):
        if length < len(steps) <= len(wanted) and steps == wanted[: len(steps)]:
            best, length = number, len(steps)
    return best


def _keys(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every line that names a key or a table, with the path of it; entries of a list of tables count from 1."""
    table: list[str] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.fullmatch(line):
            table = _steps(head[2])
            if head[1] == "[[":
                counts[head[2]] = counts.get(head[2], 0) + 1
                table = [*table, str(counts[head[2]])]
            yield number, table
        elif key := _KEY.match(line):
            yield number, [*table, *_steps(key[1])]


def _steps(dotted: str) -> list[str]:
    return [step.strip().strip("\"'") for step in dotted.split(".")]
