"""Lines to fill in by hand: what each is called, on paper, in the manifest, and as a form field.

A label is for everybody, the manifest included, and so holds nothing of the patient; a field's name is made from it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, get_args

HandKind = Literal["line", "lines", "cell", "box", "signature"]
HAND_KINDS: tuple[HandKind, ...] = get_args(HandKind)
_MARK = "briefing:"  # what a field of ours is called until it is bound: `briefing:line:patient-date`
_LONGEST_NAME = 60
_KEPT_WORDS = 3


@dataclass(slots=True)
class HandLines:
    """The lines of one document while it is rendered: the label of each by the name of its field, in order."""

    labels: dict[str, str] = field(default_factory=dict)

    def add(self, label: str) -> tuple[str, str]:
        """Note a line; return its label and the name of its field, with a number where another line has the same."""
        free = _numbered(label, " ", self.labels.values())
        name = _numbered(_name(free), "-", self.labels)
        self.labels[name] = free
        return free, name


def _numbered(text: str, before_number: str, taken: Container[str]) -> str:
    numbered = (f"{text}{before_number}{number}" for number in count(2))
    return text if text not in taken else next(other for other in numbered if other not in taken)


def _name(label: str) -> str:
    """Return a label's letters and digits, small, with hyphens between: of long questions both ends, where they differ."""
    words = re.findall(r"[^\W_]+", label.casefold())
    while len("-".join(words)) > _LONGEST_NAME and len(words) > _KEPT_WORDS:
        words = [*words[:-_KEPT_WORDS], *words[1 - _KEPT_WORDS :]]
    return "-".join(words)[:_LONGEST_NAME]


def marked_name(kind: HandKind, name: str) -> str:
    """Return what a field is called until it is bound; it says what the field becomes."""
    return f"{_MARK}{kind}:{name}"


def read_mark(marked: str) -> tuple[HandKind, str] | None:
    """Return kind and name of a field of ours, or None for any other."""
    found = (kind for kind in HAND_KINDS if marked.startswith(marked_name(kind, "")))
    return next(((kind, marked.removeprefix(marked_name(kind, ""))) for kind in found), None)
