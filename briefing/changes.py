"""What changed between two states of a document's exact words: word by word, each change with its place.

Own code is only what knows our texts: sections of a template, named lines of the rest. Words are compared by `difflib`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from briefing.template_files import BUILT_IN_PREFIX

_AROUND = 8  # words shown on either side of a change
_TOKEN = re.compile(r"({%.*?%}|{{.*?}}|{#.*?#}|<[^<>]*>|[^\s<{]+|[<{])(\s*)", re.DOTALL)
_BORDER = re.compile(r"({%-?\s*(?:block|macro)\s+\w+[^%]*%}|{%-?\s*end(?:block|macro)\b[^%]*%})")
_OPENED = re.compile(r"{%-?\s*(block|macro)\s+(\w+)")
_KINDS = {"{%": "logic", "{{": "logic", "{#": "notes", "<": "markup"}
_OUTSIDE = "outside of the sections"

_EXTENDS = re.compile(r"\s*{%-?\s*extends\b")
_SUPER = re.compile(r"{{-?\s*super\(\)\s*-?}}")

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words that stayed, were taken out (`old`), or were put in (`new`). `…` stands for more that stayed."""

    how: Literal["same", "old", "new"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `text` names the file or list, `place` the section or line, `touches` says what kind of thing changed.

    Without runs, only spaces, line breaks or the order of sections differ.
    """

    text: str
    place: str
    touches: tuple[str, ...]
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as it is, in one piece or as ours and the clinic's file that changes it, and by section or line."""

    pieces: tuple[str, ...]
    places: Mapping[str, str]


_NOTHING = _Text((), {})


def changes_between(old: Words, new: Words) -> Iterator[Change]:
    """Yield every change that leads from the old words to the new ones, in the order of the texts."""
    before, after = _texts(old), _texts(new)
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name, _NOTHING), after.get(name, _NOTHING)
        if was.pieces != now.pieces:
            found = list(_changes_of(name, was.places, now.places))
            yield from found or [Change(name, "", (), ())]


def _texts(words: Words) -> dict[str, _Text]:
    """Split every text. A clinic's file that replaces sections of ours is one text with it: what a reader gets of the two."""
    texts: dict[str, _Text] = {}
    for name, text in words.items():
        if not _is_template(name):
            texts[name] = _Text((text,), _named_lines(text))
        elif name.startswith(BUILT_IN_PREFIX) and (own := words.get(name.removeprefix(BUILT_IN_PREFIX))):
            texts[name.removeprefix(BUILT_IN_PREFIX)] = _Text((text, own), _overridden(_sections(text), _sections(own)))
        else:
            texts.setdefault(name, _Text((text,), _sections(text)))
    return texts


def _overridden(ours: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    replaced = {place: _SUPER.sub(lambda _: ours.get(place, ""), text) for place, text in own.items()}  # noqa: B023 - used at once
    added = (line for line in own[_OUTSIDE].splitlines(keepends=True) if line not in ours[_OUTSIDE] and not _EXTENDS.match(line))
    return {**ours, **replaced, _OUTSIDE: "".join((ours[_OUTSIDE], *added))}


def _is_template(name: str) -> bool:
    return name.endswith(".html.j2")


def _changes_of(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for place in dict.fromkeys((*new, *old)):
        # A line is short and makes sense as a whole; of a section only what stands around the change is shown.
        around = _AROUND if _is_template(name) else None
        for touches, runs in _hunks(old.get(place, ""), new.get(place, ""), around):
            yield Change(name, place, touches if _is_template(name) else ("words",), runs)


def _sections(text: str) -> dict[str, str]:
    """Split a template into its blocks and macros; what stands in an inner one is not told of the outer one."""
    sections = {_OUTSIDE: ""}
    open_now = [_OUTSIDE]
    for piece in _BORDER.split(text):
        if opened := _OPENED.match(piece):
            open_now.append(opened[2] if opened[1] == "block" else f"macro {opened[2]}")
            says_more = "" if piece == f"{{% block {opened[2]} %}}" else piece
            sections[open_now[-1]] = sections.get(open_now[-1], "") + says_more
        elif _BORDER.fullmatch(piece):
            open_now = open_now[:-1] or [_OUTSIDE]
        else:
            sections[open_now[-1]] += piece
    return sections


def _named_lines(text: str) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition(": ") for line in text.splitlines())}


def _hunks(before: str, after: str, around: int | None) -> Iterator[tuple[tuple[str, ...], tuple[Run, ...]]]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, [core for core, _ in old], [core for core, _ in new], autojunk=False)
    longest = max(len(old), len(new))
    for group in matcher.get_grouped_opcodes(longest if around is None else around):
        runs: list[Run] = []
        touched: set[str] = set()
        for tag, from_old, to_old, from_new, to_new in group:
            if tag == "equal":
                stayed = new[from_new:to_new]
                if around is not None:  # in a template; markup that stayed tells a reader nothing
                    stayed = [("", " ") if _kind(core) == "markup" else (core, space) for core, space in stayed]
                runs.append(Run("same", _joined(stayed)))
                continue
            touched |= {_kind(core) for core, _ in (*old[from_old:to_old], *new[from_new:to_new])}
            if from_old < to_old:
                runs.append(Run("old", _joined(old[from_old:to_old]).rstrip() + " "))
            if from_new < to_new:
                runs.append(Run("new", _joined(new[from_new:to_new])))
        if group[0][3] > 0 or group[0][1] > 0:
            runs.insert(0, Run("same", "… "))
        if group[-1][4] < len(new) or group[-1][2] < len(old):
            runs.append(Run("same", " …"))
        yield tuple(sorted(touched)), tuple(run for run in runs if run.text)


def _joined(tokens: list[tuple[str, str]]) -> str:
    return "".join(" ".join(core.split()) + (" " if space else "") for core, space in tokens)


def _kind(core: str) -> str:
    return next((kind for start, kind in _KINDS.items() if core.startswith(start) and len(core) > 1), "words")
