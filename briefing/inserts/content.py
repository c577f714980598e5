"""What a page draws, with its marks in order: what the tags hold is marked once, everything else is left out on purpose.

The stream is read by qpdf's own tokenizer, so that nothing inside of a text or picture can be taken for a mark.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from briefing.inserts.survey import parse

_BEGINS_PATH = ("m", "re", "l", "c", "v", "y", "h")
_ENDS_PATH = ("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n")
_SHOWS = ("Tj", "TJ", "'", '"')
_MARKS = ("BDC", "BMC", "EMC", "MP", "DP")
_NEVER = ("MP", "DP", "BX", "EX")
_KEPT = ("/ActualText", "/Alt", "/E", "/Lang")
_NOTHING = b" \x00\x03"  # what a space is, in the fonts of most programs
_ARTIFACT = ([pikepdf.Name("/Artifact")], pikepdf.Operator("BMC"))
_END: tuple[list[Any], pikepdf.Operator] = ([], pikepdf.Operator("EMC"))


@dataclass(frozen=True, slots=True)
class Content:
    """What a page draws, put in order.

    Attributes:
        data: the stream.
        numbers: for each number of the maker's, those that its pieces have now.
        has_loose_text: whether text stands there that no tag holds and that is not left out on purpose.
        crosses: whether something is both told and left out on purpose.
    """

    data: bytes
    numbers: dict[int, list[int]]
    has_loose_text: bool
    crosses: bool

    @property
    def pieces(self) -> int:
        """How many pieces it has now; they are numbered from 0."""
        return sum(map(len, self.numbers.values()))


def in_order(page: pikepdf.Page, resources: Any, held: Container[int], shows_text: Callable[[Any], bool]) -> Content:
    """Put a page with tags in order.

    Args:
        page: the page.
        resources: what it draws with.
        held: the numbers of those pieces that the maker's tags hold.
        shows_text: tells of a drawing whether it shows text.
    """
    marking = _Marking(resources, held, shows_text)
    for instruction in parse(page):
        marking.follow(instruction)
    marking.end()
    data = pikepdf.unparse_content_stream(marking.out)
    return Content(data, marking.numbers, marking.has_loose_text, marking.crosses)


def unmarked(holder: Any, resources: Any) -> bytes | None:
    """Return what a page or drawing draws, without marks; None if it has none and is in order as it is."""
    if _is_in_order(parse(holder, f"q Q {' '.join(_MARKS)}")):
        return None
    marking = _Marking(resources, (), lambda _: False, keeps_artifacts=False)
    for instruction in parse(holder):
        marking.follow(instruction)
    marking.end()
    return pikepdf.unparse_content_stream(marking.out)


def _is_in_order(instructions: Iterable[Any]) -> bool:
    depth = 0
    for instruction in instructions:
        operator = str(instruction.operator)
        if operator in _MARKS:
            return False
        depth += 1 if operator == "q" else -1
        if depth < 0:
            return False
    return depth == 0


@dataclass(slots=True)
class _Marking:
    """A page's instructions while their marks are put in order. Each open mark is a tag, an artifact, other, or dropped."""

    resources: Any
    held: Container[int]
    shows_text: Callable[[Any], bool]
    keeps_artifacts: bool = True
    out: list[Any] = field(default_factory=list)
    open_marks: list[str] = field(default_factory=list)
    numbers: dict[int, list[int]] = field(default_factory=dict)
    used: int = 0
    depth: int = 0
    in_text: bool = False
    in_path: bool = False
    path_is_marked: bool = False
    has_loose_text: bool = False
    crosses: bool = False

    def follow(self, instruction: Any) -> None:
        """Follow the next instruction of the page."""
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            self._draw(instruction)
            return
        operator = str(instruction.operator)
        if operator in ("BDC", "BMC"):
            self._open(instruction)
        elif operator == "EMC":
            self._close()
        elif operator == "Q":
            if self.depth:
                self.depth -= 1
                self.out.append(instruction)
        elif operator in _BEGINS_PATH or operator in _ENDS_PATH:
            self._path(instruction, ends=operator in _ENDS_PATH)
        elif operator in _SHOWS or operator in ("Do", "sh"):
            self.has_loose_text = self.has_loose_text or (self._is_loose and self._tells(instruction, operator))
            self._draw(instruction)
        elif operator not in _NEVER:
            self.depth += operator == "q"
            self.in_text = operator == "BT" or (self.in_text and operator != "ET")
            self.out.append(instruction)

    def end(self) -> None:
        """Close what the page left open."""
        if self.path_is_marked:
            self.out += [([], pikepdf.Operator("n")), _END]
        while self.open_marks:
            self._close()
        if self.in_text:
            self.out.append(([], pikepdf.Operator("ET")))
        self.out += [([], pikepdf.Operator("Q"))] * self.depth

    @property
    def _is_loose(self) -> bool:
        return self.keeps_artifacts and not {"tag", "artifact"} & set(self.open_marks)

    def _draw(self, instruction: Any) -> None:
        self.out += [_ARTIFACT, instruction, _END] if self._is_loose else [instruction]

    def _path(self, instruction: Any, *, ends: bool) -> None:
        """Take a step of a path. It is marked as a whole: no mark may stand inside of it."""
        if not self.in_path and self._is_loose:
            self.path_is_marked = True
            self.out.append(_ARTIFACT)
        self.in_path = not ends
        self.out.append(instruction)
        if ends and self.path_is_marked:
            self.path_is_marked = False
            self.out.append(_END)

    def _tells(self, instruction: Any, operator: str) -> bool:
        if operator == "sh" or not instruction.operands:
            return False
        if operator == "Do":
            drawings = self.resources.get("/XObject", pikepdf.Dictionary())
            return self.shows_text(drawings.get(str(instruction.operands[0])))
        shown = instruction.operands[-1]
        pieces = list(shown) if isinstance(shown, pikepdf.Array) else [shown]
        return any(bytes(piece).strip(_NOTHING) for piece in pieces if isinstance(piece, pikepdf.String))

    def _open(self, instruction: Any) -> None:
        name = instruction.operands[0] if instruction.operands else None
        about = self._about(instruction)
        number = about.get("/MCID")
        if isinstance(number, int) and number in self.held:
            self.crosses = self.crosses or "artifact" in self.open_marks
            self.numbers.setdefault(number, []).append(self.used)
            self._mark("tag", name, pikepdf.Dictionary({"/MCID": self.used, **_kept(about)}))
            self.used += 1
        elif (name == "/Artifact" or number is not None) and self._is_loose:
            self._mark("artifact", None, None)
        elif kept := _kept(about):
            self._mark("other", name, pikepdf.Dictionary(kept))
        else:
            self.crosses = self.crosses or (name == "/Artifact" and "tag" in self.open_marks)
            self.open_marks.append("dropped")

    def _about(self, instruction: Any) -> Any:
        """Return what a mark says of its content, in place or by a name among the page's resources."""
        about = instruction.operands[1] if len(instruction.operands) > 1 else None
        if isinstance(about, pikepdf.Name):
            named = self.resources.get("/Properties", pikepdf.Dictionary())
            about = named.get(str(about)) if isinstance(named, pikepdf.Dictionary) else None
        return about if isinstance(about, pikepdf.Dictionary) else pikepdf.Dictionary()

    def _mark(self, kind: str, name: Any, about: Any) -> None:
        self.open_marks.append(kind)
        kept = name if isinstance(name, pikepdf.Name) else pikepdf.Name("/Span")
        self.out.append(_ARTIFACT if kind == "artifact" else ([kept, about], pikepdf.Operator("BDC")))

    def _close(self) -> None:
        if self.open_marks and self.open_marks.pop() != "dropped":
            self.out.append(_END)


def _kept(about: Any) -> dict[str, Any]:
    return {key: about[key] for key in _KEPT if isinstance(about.get(key), pikepdf.String)}
