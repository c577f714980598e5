"""What each part of a document covers, written into its tags, so that it goes where the printed words go.

User properties are PDF's own way to say more of an element than its kind: each has a name and a value. A part tells its name
and the elements of the standards that it covers; a line to fill in tells what it is for; a document tells which parts it should
have. `mark_reading` reads them back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from briefing.internals import LINE, PART
from briefing.packet.pdf_objects import all_elements, as_list, dictionary

_PART, _LINE = f"/{PART}", f"/{LINE}"


def write_marks(document: DictionaryObject, marks: Mapping[str, tuple[str, ...]]) -> None:
    """Turn what printing told of the elements of a document into user properties.

    Args:
        document: the element of the document. It tells which parts should be found under it.
        marks: what each of these parts covers, by its id.
    """
    for element in all_elements(document):
        _add(element, list(_told(element, marks)))
    _add(document, [("sections", " ".join(marks))] if marks else [])


def _add(element: DictionaryObject, told: Sequence[tuple[str, str]]) -> None:
    if told:
        properties = ArrayObject(dictionary(N=TextStringObject(name), V=TextStringObject(value)) for name, value in told)
        own = dictionary(O=NameObject("/UserProperties"), P=properties)
        earlier = as_list(element.raw_get("/A")) if "/A" in element else []
        element[NameObject("/A")] = ArrayObject([*earlier, own]) if earlier else own


def _told(element: DictionaryObject, marks: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Yield name and value of what is said of an element, and take out what printing left there."""
    if _LINE in element:
        yield "line", str(element.pop(_LINE))
    if _PART in element:
        part = str(element.pop(_PART))
        if part in marks:
            yield "part", part
            yield "covers", " ".join(marks[part])
