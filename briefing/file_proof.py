"""The file as a whole: nothing in it acts, hides, was added after it was written, or contradicts what it says of itself."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf

from briefing.errors import Problem
from briefing.finished import OURS, REPORT, Finished

# All that a packet has in these places. A list of what is allowed finds also what nobody has thought of yet.
_IN_FILE = frozenset(
    {
        "/Type",
        "/Pages",
        "/Lang",
        "/MarkInfo",
        "/Metadata",
        "/OutputIntents",
        "/Outlines",
        "/PageLabels",
        "/PageMode",
        "/StructTreeRoot",
        "/ViewerPreferences",
        "/AcroForm",
        "/Version",
        "/Extensions",
    }
)
_ON_PAGE = frozenset(
    {
        "/Type",
        "/Parent",
        "/MediaBox",
        "/CropBox",
        "/BleedBox",
        "/TrimBox",
        "/ArtBox",
        "/Resources",
        "/Contents",
        "/Annots",
        "/StructParents",
        "/Tabs",
        "/Group",
        "/Rotate",
    }
)
_IN_FORM = frozenset(["/Fields", "/DR", "/DA", "/Q", "/SigFlags"])
_IN_INFO = frozenset(["/Title", "/Creator", "/Producer", "/CreationDate", "/ModDate"])
_SCRIPTED = ("/AA", "/OpenAction", "/AF", "/EF")
_AREAS = ("/Link", "/Widget")
_HIDDEN = 2 | 32  # the flags of an annotation that no screen shows
_INVISIBLE_ENDS = b" \t\r\n\0"


def prove_file(packet: Finished) -> Iterator[Problem]:
    """Yield every problem of the file as a whole."""
    yield from _written_once(packet)
    yield from _whole(packet)
    yield from _passive(packet)
    yield from _shown(packet)
    yield from _shaped(packet)
    yield from _described(packet)
    yield from _fields(packet)


def _written_once(packet: Finished) -> Iterator[Problem]:
    """See that nothing was added behind the end of the file, and that no other program has saved it again."""
    data, trailer = packet.data, packet.pdf.trailer
    again = data.count(b"startxref") != 1 or data.count(b"%%EOF") != 1 or "/Prev" in trailer
    again = again or not data.startswith(b"%PDF-") or not data.rstrip(_INVISIBLE_ENDS).endswith(b"%%EOF")
    marks = list(trailer.get("/ID", []))
    if not packet.pdf.is_encrypted:  # locking a packet is a second writing of our own
        again = again or len(marks) != 2 or bytes(marks[0]) != bytes(marks[1])  # noqa: PLR2004 - as PDF lays it down
    if again:
        yield Problem("changed-after", "the packet", "something was added or saved again after it was written.", REPORT)


def _whole(packet: Finished) -> Iterator[Problem]:
    """Unpack everything, with its own check sum: a damaged picture or letter may look right in one viewer only."""
    packed = (item for item in packet.pdf.objects if isinstance(item, pikepdf.Stream))
    if packet.pdf.get_warnings() or not all(_unpacks(stream) for stream in packed):
        yield Problem("damaged", "the packet", "a part of the file is damaged.", REPORT)


def _unpacks(stream: pikepdf.Stream) -> bool:
    """Tell whether a part can be unpacked whole; parts that are packed in another way come with inserts only."""
    if stream.get("/Filter") != "/FlateDecode":
        return True
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(stream.read_raw_bytes())
    except (pikepdf.PdfError, zlib.error):
        return False
    return unpacker.eof and not unpacker.unused_data.strip(_INVISIBLE_ENDS)


def _passive(packet: Finished) -> Iterator[Problem]:
    """See that the file does nothing by itself, and carries no other file."""
    root = packet.pdf.Root
    odd = [str(key) for key in root.keys() if key not in _IN_FILE and not _is_empty(key, root[key])]  # noqa: SIM118 - in pikepdf only keys() has the keys
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary):
        odd += [key for key in form.keys() if key not in _IN_FORM]  # noqa: SIM118 - in pikepdf only keys() has the keys
        odd += [key for field in _all_fields(form.get("/Fields", [])) for key in ("/AA", "/A") if key in field]
    if odd or any(_acts(item) for item in _outline_items(root.get("/Outlines"))):
        yield Problem("active-content", "the packet", "it holds a script, an action, another file or a layer.", REPORT)
    for page, number in _pages(packet):
        document = packet.document_of(number)
        mine = set(page.obj.keys())
        odd_page = mine & set(_SCRIPTED) if document and document.is_insert else mine - _ON_PAGE
        if odd_page or any(_is_active(area) for area in _areas(page)):
            yield Problem("active-content", packet.where(number), "it holds a script, an action or another file.", REPORT)


def _is_empty(key: str, value: Any) -> bool:
    return key == "/Names" and isinstance(value, pikepdf.Dictionary) and not set(value.keys()) - {"/Dests"}


def _is_active(area: Any) -> bool:
    if any(key in area for key in _SCRIPTED) or (area.get("/Subtype") == "/Widget" and "/A" in area):
        return True
    return _acts(area)


def _acts(holder: Any) -> bool:
    """Tell whether a link or bookmark does more than lead to a place or a web page."""
    action = holder.get("/A")
    if action is None:
        return False
    if not isinstance(action, pikepdf.Dictionary) or "/Next" in action:
        return True
    if action.get("/S") == "/URI":
        return not re.match(r"(https|mailto|tel):", str(action.get("/URI", "")))
    return bool(action.get("/S") != "/GoTo")


def _outline_items(outlines: Any) -> Iterator[Any]:
    waiting, seen = [outlines], set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Dictionary) and item.objgen not in seen:
            seen.add(item.objgen)
            yield item
            waiting += [item.get("/First"), item.get("/Next")]


def _shown(packet: Finished) -> Iterator[Problem]:
    """See that no area on a page is of a kind that covers it or hides itself."""
    for page, number in _pages(packet):
        for area in _areas(page):
            kind, covers = area.get("/Subtype"), area.get("/Subtype") == "/Link" and "/AP" in area
            if kind not in _AREAS or covers or int(area.get("/F", 0)) & _HIDDEN or "/OC" in area:
                problem = "it holds a note, a hidden field, or a link that covers the page."
                yield Problem("annotation", packet.where(number), problem, REPORT)


def _shaped(packet: Finished) -> Iterator[Problem]:
    """See that every page is as large as the others, upright and whole."""
    boxes = [[float(side) for side in page.mediabox] for page, _ in _pages(packet)]
    usual = Counter(map(tuple, boxes)).most_common(1)[0][0] if boxes else ()
    for (page, number), box in zip(_pages(packet), boxes, strict=True):
        document = packet.document_of(number)
        cut = [float(side) for side in page.cropbox] != box or int(page.obj.get("/Rotate", 0)) % 360 or "/UserUnit" in page.obj
        if not (document and document.is_insert) and (cut or tuple(box) != usual):
            yield Problem("page-shape", packet.where(number), "the page is turned, cut or of another size.", REPORT)


def _described(packet: Finished) -> Iterator[Problem]:
    """Compare what the file says of itself in its several places."""
    root, info = packet.pdf.Root, packet.pdf.docinfo
    labels = root.get("/PageLabels")
    numbers = list(labels.get("/Nums", [])) if isinstance(labels, pikepdf.Dictionary) else []
    plain = len(numbers) == 2 and numbers[0] == 0 and dict(numbers[1].items()) == {"/S": pikepdf.Name.D}  # noqa: PLR2004 - from page 0: 1, 2, 3
    if not plain or (isinstance(labels, pikepdf.Dictionary) and "/Kids" in labels):
        yield Problem("description", "the packet", "viewers would not count its pages from 1.", REPORT)
    tops = [top.get("/Lang", "") for top in root.get("/StructTreeRoot", pikepdf.Dictionary()).get("/K", [])]
    if [str(top) for top in tops] != [str(root.get("/Lang", ""))]:
        yield Problem("description", "the packet", "it tells two languages, or none.", REPORT)
    with packet.pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
        pairs = (("dc:title", "/Title"), ("xmp:CreatorTool", "/Creator"), ("pdf:Producer", "/Producer"))
        same = all(str(told.get(one, "")) == str(info.get(other, "")) for one, other in pairs)
        dates = (("xmp:CreateDate", "/CreationDate"), ("xmp:ModifyDate", "/ModDate"))
        same = same and all(_digits(told.get(one, "")) == _digits(info.get(other, "")) for one, other in dates)
    if not same or set(info.keys()) != _IN_INFO:
        yield Problem("description", "the packet", "it says two things of itself, or more than it should.", REPORT)


def _digits(date: object) -> str:
    return re.sub(r"\D", "", str(date))[:14]


def _fields(packet: Finished) -> Iterator[Problem]:
    """See that every field has a name of its own, under its document's, and words for a screen reader."""
    names: Counter[str] = Counter()
    homes: dict[str, str] = {}
    for page, number in _pages(packet):
        document = packet.document_of(number)
        for field in (area for area in _areas(page) if area.get("/Subtype") == "/Widget"):
            name, told = _name_of(field)
            key, _, own = name.partition(".")
            names[name] += 1 if "/T" in field else 0  # the buttons of one group share their parent's name
            title = document.title if document else ""
            expected = document.name.removeprefix(OURS) if document and document.name.startswith(OURS) else key
            if not own or key != expected or homes.setdefault(key, title) != title:
                yield Problem("field", packet.where(number), "a field has the name of another document's.", REPORT)
            if not told.strip():
                yield Problem("field", packet.where(number), "a field has no words for a screen reader.", REPORT)
    if any(count > 1 for count in names.values()):
        yield Problem("field", "the packet", "two fields have one name: what is written in one stands in the other.", REPORT)
    form = packet.pdf.Root.get("/AcroForm")
    listed = list(_all_fields(form.get("/Fields", []))) if isinstance(form, pikepdf.Dictionary) else []
    drawn = {area.objgen for page, _ in _pages(packet) for area in _areas(page) if area.get("/Subtype") == "/Widget"}
    if {field.objgen for field in listed if field.get("/Subtype") == "/Widget"} != drawn:
        yield Problem("field", "the packet", "its list of fields is not that of the fields on its pages.", REPORT)


def _name_of(field: Any) -> tuple[str, str]:
    """Return the full name of a field and what a screen reader says for it."""
    parts, told, seen = [], "", set()
    while isinstance(field, pikepdf.Dictionary) and field.objgen not in seen:
        seen.add(field.objgen)
        parts.append(str(field.get("/T", "")))
        told = told or str(field.get("/TU", ""))
        field = field.get("/Parent")
    return ".".join(part for part in reversed(parts) if part), told


def _all_fields(fields: Iterable[Any]) -> Iterator[Any]:
    waiting, seen = list(fields), set()
    while waiting:
        field = waiting.pop()
        if isinstance(field, pikepdf.Dictionary) and field.objgen not in seen:
            seen.add(field.objgen)
            yield field
            waiting += list(field.get("/Kids", []))


def _pages(packet: Finished) -> Iterator[tuple[pikepdf.Page, int]]:
    for number, page in enumerate(packet.pdf.pages, 1):
        yield page, number


def _areas(page: pikepdf.Page) -> Iterator[Any]:
    for area in page.obj.get("/Annots", []):
        if isinstance(area, pikepdf.Dictionary):
            yield area
