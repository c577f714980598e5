"""What pages draw with: fonts that are not in the file, drawings that are missing, text inside of drawings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf.models import PdfParsingError

from briefing.inserts.refusal import broken, refusal

_DEEPEST = 12  # drawings inside of drawings
_OPERATORS = "q Q Tf Tr gs Tj TJ ' \" Do"
_SHOWS = ("Tj", "TJ", "'", '"')
_INVISIBLE = 3  # a way to show text: for the machine only, as beneath a scanned page
_PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")
_LONGEST_NAME = 40
Place = tuple[int, int]


@dataclass(slots=True)
class Survey:
    """What was found so far. A drawing that stands on many pages is looked at once."""

    fonts: dict[str, None] = field(default_factory=dict)
    with_text: dict[Place, bool] = field(default_factory=dict)
    drawings: list[tuple[Any, Any]] = field(default_factory=list)

    def shows_text(self, holder: Any, resources: Any, depth: int = 0) -> bool:
        """Look at a page or a drawing, and tell whether it shows any text.

        Raises:
            RefusedError: it draws something that is not there, or is nested without end.
        """
        if depth > _DEEPEST:
            raise broken("its drawings are nested without end")
        shows = False
        state: tuple[Any, int] = (None, 0)
        kept = [state]
        for instruction in parse(holder, _OPERATORS):
            match str(instruction.operator):
                case "q":
                    kept.append(state)
                case "Q":
                    state = kept.pop() if len(kept) > 1 else state
                case "Tf":
                    state = (_named(resources, "/Font", instruction), state[1])
                case "Tr":
                    state = (state[0], int(instruction.operands[0]))
                case "gs":
                    look = _named(resources, "/ExtGState", instruction)
                    own = look.get("/Font") if isinstance(look, pikepdf.Dictionary) else None
                    state = (own[0], state[1]) if isinstance(own, pikepdf.Array) and len(own) else state
                case "Do":
                    shows = self.drawing(_named(resources, "/XObject", instruction), resources, depth) or shows
                case _:
                    shows = True
                    self._use_font(*state)
        for drawing in _drawn_by_the_way(resources):
            self.drawing(drawing, resources, depth)
        return shows

    def drawing(self, drawing: Any, resources: Any, depth: int = 0) -> bool:
        """Look at a drawing, and tell whether it shows any text.

        Args:
            drawing: a picture, a form or the tile of a pattern.
            resources: what the page draws with: a drawing may have nothing of its own.
            depth: how deep it is nested.
        """
        if not isinstance(drawing, pikepdf.Stream):
            raise broken("something that it draws is missing")
        is_form = drawing.get("/Subtype") == "/Form" or drawing.get("/PatternType") == 1
        if not is_form:
            return False
        if drawing.objgen not in self.with_text:
            self.with_text[drawing.objgen] = False  # for the time being: a drawing may not draw itself
            own = drawing.get("/Resources", resources)
            self.drawings.append((drawing, own))
            self.with_text[drawing.objgen] = self.shows_text(drawing, own, depth + 1)
        return self.with_text[drawing.objgen]

    def _use_font(self, font: Any, mode: int) -> None:
        if not isinstance(font, pikepdf.Dictionary):
            raise broken("it shows text in a font that is missing")
        if mode != _INVISIBLE and not _is_embedded(font):
            self.fonts[_name(font)] = None

    def refuse_missing_fonts(self) -> None:
        """Refuse text in fonts that are not in the file: each machine would print it in another one.

        Raises:
            RefusedError: with their names.
        """
        if self.fonts:
            problem = f"it shows text in fonts that are not in it ({', '.join(self.fonts)})."
            raise refusal("insert-fonts", problem, "Export or print it to a PDF once more, with all fonts embedded.")


def parse(holder: Any, operators: str = "") -> list[Any]:
    """Return the instructions of a page or a drawing.

    Raises:
        RefusedError: they cannot be read.
    """
    try:
        return list(pikepdf.parse_content_stream(holder, operators))
    except (pikepdf.PdfError, PdfParsingError, TypeError, ValueError):
        raise broken("what a page draws is damaged") from None


def _named(resources: Any, kind: str, instruction: Any) -> Any:
    named = resources.get(kind) if isinstance(resources, pikepdf.Dictionary) else None
    name = instruction.operands[0] if len(instruction.operands) else None
    if not isinstance(named, pikepdf.Dictionary) or not isinstance(name, pikepdf.Name):
        return None
    return named.get(str(name))


def _drawn_by_the_way(resources: Any) -> Iterator[Any]:
    """Yield what is drawn without being called by name: tiles of a pattern, masks."""
    if not isinstance(resources, pikepdf.Dictionary):
        return
    for pattern in _values(resources.get("/Pattern")):
        if isinstance(pattern, pikepdf.Stream):
            yield pattern
    for look in _values(resources.get("/ExtGState")):
        mask = look.get("/SMask") if isinstance(look, pikepdf.Dictionary) else None
        if isinstance(mask, pikepdf.Dictionary) and isinstance(mask.get("/G"), pikepdf.Stream):
            yield mask.G


def _values(table: Any) -> list[Any]:
    return [value for _, value in table.items()] if isinstance(table, pikepdf.Dictionary) else []


def _is_embedded(font: Any) -> bool:
    if font.get("/Subtype") == "/Type3":
        return True
    holders = font.get("/DescendantFonts") if font.get("/Subtype") == "/Type0" else [font]
    holder = holders[0] if isinstance(holders, list | pikepdf.Array) and len(holders) else None
    described = holder.get("/FontDescriptor") if isinstance(holder, pikepdf.Dictionary) else None
    return isinstance(described, pikepdf.Dictionary) and any(isinstance(described.get(key), pikepdf.Stream) for key in _PROGRAMS)


def _name(font: Any) -> str:
    name = str(font.get("/BaseFont", "/without a name")).removeprefix("/")
    return "".join(letter for letter in name if letter.isascii() and letter.isprintable())[:_LONGEST_NAME] or "without a name"
