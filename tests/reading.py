"""Reading a packet as a screen reader does: by its tags, in their order, with the text that each of them holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>")
_SHOWS = "BDC BMC EMC Tf Tj TJ"
Texts = dict[tuple[tuple[int, int], int], str]


class Reader:
    """Reads an open packet.

    Args:
        pdf: the packet.
    """

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._root = pdf.Root.StructTreeRoot
        self._texts: Texts = {}
        for page in pdf.pages:
            self._texts |= _page_texts(page)

    def told(self) -> list[tuple[str, str]]:
        """Return kind and text of each element that holds text itself, in reading order."""
        return self.told_under(self._root)

    def told_under(self, element: Any) -> list[tuple[str, str]]:
        """Return the same for what stands under an element."""
        return list(self._walk(element, element.get("/Pg")))

    def text(self, element: Any) -> str:
        """Return all text that is read out for an element."""
        return "".join(text for _, text in self._walk(element, element.get("/Pg")))

    def _walk(self, element: Any, page: Any) -> Iterator[tuple[str, str]]:
        page = element.get("/Pg", page)
        for kid in _kids(element):
            if isinstance(kid, int):
                drawn = self._texts.get((page.objgen, kid), "")
                yield str(element.S), str(element.get("/ActualText", drawn))
            elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield from self._walk(kid, page)


def elements(pdf: pikepdf.Pdf, kind: str) -> list[Any]:
    """Return the elements of a kind, in reading order."""
    return elements_under(pdf.Root.StructTreeRoot, kind)


def elements_under(top: Any, kind: str) -> list[Any]:
    """Return the elements of a kind under another one, in reading order."""
    return [element for element in _elements(top) if element.get("/S") == kind]


def _elements(element: Any) -> Iterator[Any]:
    yield element
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield from _elements(kid)


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _page_texts(page: pikepdf.Page) -> Texts:
    texts: Texts = {}
    marks: list[int | None] = []
    letters: Mapping[int, str] = {}
    place = page.obj.objgen
    for instruction in pikepdf.parse_content_stream(page, _SHOWS):
        operands, operator = instruction.operands, instruction.operator
        if str(operator) in ("BDC", "BMC"):
            tagged = len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]
            marks.append(int(operands[1].MCID) if tagged else None)
            if marks[-1] is not None:
                texts[place, marks[-1]] = ""
        elif str(operator) == "EMC":
            marks.pop()
        elif str(operator) == "Tf":
            letters = _letters(page.Resources.Font[str(operands[0])])
        elif marks and marks[-1] is not None:
            texts[place, marks[-1]] += _decode(operands[0], letters)
    return texts


def _letters(font: Any) -> Mapping[int, str]:
    pairs = _PAIR.findall(font.ToUnicode.read_bytes())
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs if len(code) == 4}


def _decode(shown: Any, letters: Mapping[int, str]) -> str:
    strings = [item for item in (shown if isinstance(shown, pikepdf.Array) else [shown]) if isinstance(item, pikepdf.String)]
    codes = b"".join(bytes(string) for string in strings)
    return "".join(letters[int.from_bytes(codes[at : at + 2], "big")] for at in range(0, len(codes), 2))
