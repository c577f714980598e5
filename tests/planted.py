"""Faults planted in finished packets, each as stealthily as it can be: the file is written again as if nothing had happened.

A fault that the PDF alone gives away is `VISIBLE`. One that leaves the file whole and consistent is `CLEAN`: only the manifest
tells it. What a flipped bit hits is a matter of chance, so `EITHER`.
"""

from __future__ import annotations

import io
import random
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream, String

from briefing.packet import Packet
from tests.bound import CONSENT, FORM, HANDOUT, bound, fillable
from tests.packets import sealed
from tests.reading import elements

VISIBLE, CLEAN, EITHER = "visible", "clean", "either"
Change = Callable[[Pdf, random.Random], None]
_GLYPHS = re.compile(rb"<((?:[0-9a-f]{4})+)>")
_TEXT = re.compile(rb"(?s)BT\n.*?\nET")


@dataclass(frozen=True)
class Kind:
    """One kind of fault: how it is planted, and who can find it."""

    name: str
    seen: str
    plant: Callable[[bytes, random.Random], bytes]


def _patient(name: str, packet_id: str) -> Packet:
    lab = f"<h1>Lab</h1><p>For {name}. The dose is 35 mg, over 40 minutes.</p><h2>When?</h2><p>On day 17.</p>"
    return bound(
        fillable("consent", "en", CONSENT + FORM),
        fillable("handout", "es", HANDOUT + FORM),
        fillable("lab", "en", lab),
        name=name,
        packet_id=packet_id,
    )


@cache
def ana() -> Packet:
    """Return a small packet with links, fields, a table over pages, a picture and two languages."""
    return _patient("Ana Ruiz", "AAAA-BBBB")


@cache
def bea() -> Packet:
    """Return the same papers of another patient."""
    return _patient("Bea Ross", "CCCC-DDDD")


# ---- Places in a packet ----


def pick(pdf: Pdf, chance: random.Random) -> Page:
    """Choose a page of a document that has several."""
    return pdf.pages[chance.randrange(5)] if len(pdf.pages) < 12 else pdf.pages[chance.choice((1, 2, 3, 4))]


def strip(page: Page) -> Stream:
    found = page.Resources.XObject.Strip
    assert isinstance(found, Stream)
    return found


def layer(page: Page, name: str) -> Stream:
    """Return what a strip says: `Who` it is about, or `Where` it stands."""
    found = strip(page).Resources.XObject[f"/{name}"]
    assert isinstance(found, Stream)
    return found


def likeness(pdf: Pdf, form: Stream, data: bytes) -> Stream:
    """Return a drawing like another one that draws something else."""
    made = pdf.make_stream(data)
    for key, value in form.stream_dict.items():
        if key not in ("/Length", "/Filter", "/DecodeParms"):
            made[key] = value
    return made


def own_strip(pdf: Pdf, page: Page, name: str, data: bytes) -> None:
    """Give a page a strip of its own, in which one layer says something else."""
    own = likeness(pdf, strip(page), strip(page).read_bytes())
    own.Resources = Dictionary(XObject=Dictionary(dict(strip(page).Resources.XObject.items())))
    own.Resources.XObject[f"/{name}"] = likeness(pdf, layer(page, name), data)
    page.Resources.XObject.Strip = own


def body(page: Page) -> Stream:
    """Return the part of a page's content that draws the most."""
    return max(contents(page), key=lambda part: len(part.read_bytes()))


def contents(page: Page) -> list[Stream]:
    found = page.obj.Contents
    return [part for part in (found if isinstance(found, Array) else [found]) if isinstance(part, Stream)]


def add_behind(pdf: Pdf, page: Page, data: bytes) -> None:
    page.obj.Contents = Array([*contents(page), pdf.make_stream(data)])


def areas(pdf: Pdf, kind: str) -> list[Any]:
    return [area for page in pdf.pages for area in page.obj.get("/Annots", []) if area.get("/Subtype") == kind]


def inner_links(pdf: Pdf) -> list[Any]:
    return [link for link in areas(pdf, "/Link") if "/Dest" in link]


def ways(pdf: Pdf) -> Any:
    return pdf.Root.StructTreeRoot.ParentTree.Nums


def fonts_of(page: Page, family: str = "") -> list[Any]:
    return [font for font in page.Resources.Font.as_dict().values() if family in str(font.BaseFont)]


def other_glyph(data: bytes, chance: random.Random, among: range) -> bytes:
    """Let one glyph of a number be drawn as another one of them: a digit as another digit, which the font has."""
    places = [
        match.start(1) + at
        for match in _GLYPHS.finditer(data)
        for at in range(0, len(match[1]), 4)
        if int(match[1][at : at + 4], 16) in among
    ]
    present = sorted({data[place : place + 4] for place in places})
    place = chance.choice(places)
    new = chance.choice([glyph for glyph in present if glyph != data[place : place + 4]])
    return data[:place] + new + data[place + 4 :]


DIGITS = range(5, 15)  # the glyphs of 0 to 9 in Atkinson Hyperlegible


# ---- Pages ----


def pages_swapped(pdf: Pdf, chance: random.Random) -> None:
    one = chance.randrange(len(pdf.pages) - 1)
    order = list(pdf.pages)
    order[one], order[one + 1] = order[one + 1], order[one]
    reorder(pdf, order)


def reorder(pdf: Pdf, order: list[Page]) -> None:
    pdf.Root.Pages.Kids = Array([page.obj for page in order])
    pdf.Root.Pages.Count = len(order)
    for page in order:
        page.obj.Parent = pdf.Root.Pages


def twin_of(pdf: Pdf, page: Page) -> Page:
    return Page(pdf.make_indirect(Dictionary({str(key): value for key, value in page.obj.items()})))


def page_dropped(pdf: Pdf, chance: random.Random) -> None:
    order = list(pdf.pages)
    del order[chance.randrange(len(order))]
    reorder(pdf, order)


def page_doubled(pdf: Pdf, chance: random.Random) -> None:
    order = list(pdf.pages)
    at = chance.randrange(len(order))
    twin = twin_of(pdf, order[at])
    reorder(pdf, [*order[: at + 1], twin, *order[at + 1 :]])


def page_replaced_by_the_one_before(pdf: Pdf, chance: random.Random) -> None:
    order = list(pdf.pages)
    at = chance.randrange(1, len(order))
    order[at] = twin_of(pdf, order[at - 1])
    reorder(pdf, order)


def documents_swapped(pdf: Pdf, chance: random.Random) -> None:
    with pdf.open_outline() as outline:
        firsts = [pdf.pages.index(Page(item.action.D[0])) for item in outline.root if item.action is not None]
    order = list(pdf.pages)
    at = chance.randrange(len(firsts) - 1)
    end = firsts[at + 2] if at + 2 < len(firsts) else len(order)
    reorder(pdf, [*order[: firsts[at]], *order[firsts[at + 1] : end], *order[firsts[at] : firsts[at + 1]], *order[end:]])


def page_of_another_patient(pdf: Pdf, chance: random.Random) -> None:
    with stranger() as other:
        at = chance.randrange(len(pdf.pages))
        if "/Annots" in other.pages[at].obj:
            del other.pages[at].obj.Annots
        pdf.pages[at] = other.pages[at]


def stranger() -> Pdf:
    return pikepdf.open(io.BytesIO(bea().data))


def page_of_another_patient_under_the_tags_of_this_one(pdf: Pdf, chance: random.Random) -> None:
    with stranger() as other:
        at = chance.randrange(len(pdf.pages))
        take_over(pdf, pdf.pages[at], other.pages[at], with_strip=True)


def body_of_another_patient_under_our_strip(pdf: Pdf, chance: random.Random) -> None:
    del chance
    with stranger() as other:
        take_over(pdf, pdf.pages[-1], other.pages[len(pdf.pages) - 1], with_strip=False)


def take_over(pdf: Pdf, page: Page, theirs: Page, *, with_strip: bool) -> None:
    ours = strip(page)
    copied = pdf.copy_foreign(theirs.obj)
    page.obj.Contents, page.obj.Resources = copied.Contents, copied.Resources
    if not with_strip:
        page.Resources.XObject.Strip = ours


def page_turned(pdf: Pdf, chance: random.Random) -> None:
    pick(pdf, chance).obj.Rotate = chance.choice((90, 180, 270))


def page_cut(pdf: Pdf, chance: random.Random) -> None:
    left, bottom, right, top = map(float, pdf.pages[0].mediabox)
    cut = chance.uniform(20, 200)
    pick(pdf, chance).obj.CropBox = Array([left, bottom, right, top - cut])


def page_of_another_size(pdf: Pdf, chance: random.Random) -> None:
    left, bottom, right, top = map(float, pdf.pages[0].mediabox)
    pick(pdf, chance).obj.MediaBox = Array([left, bottom, right, top + chance.choice((-40, 20, 60))])


def page_scaled(pdf: Pdf, chance: random.Random) -> None:
    page, scale = pick(pdf, chance), chance.uniform(0.7, 0.95)
    page.obj.Contents = Array(
        [pdf.make_stream(f"q {scale} 0 0 {scale} 0 0 cm\n".encode()), *contents(page), pdf.make_stream(b"\nQ")]
    )


# ---- Tags ----


def two_tags_swapped(pdf: Pdf, chance: random.Random) -> None:
    way = next(
        way for way in chance.sample(list(ways(pdf)[1::2]), len(ways(pdf)) // 2) if isinstance(way, Array) and len(way) > 3
    )
    one, other = chance.sample([at for at in range(len(way)) if isinstance(way[at], Dictionary)], 2)
    while way[one].objgen == way[other].objgen:
        one, other = chance.sample([at for at in range(len(way)) if isinstance(way[at], Dictionary)], 2)
    way[one], way[other] = way[other], way[one]


def ways_shifted(pdf: Pdf, chance: random.Random) -> None:
    by = chance.randrange(1, 4)
    for index in range(0, len(ways(pdf)), 2):
        ways(pdf)[index] = int(ways(pdf)[index]) + by
    pdf.Root.StructTreeRoot.ParentTreeNextKey += by


def ways_of_two_pages_swapped(pdf: Pdf, chance: random.Random) -> None:
    one, other = chance.sample([at for at in range(1, len(ways(pdf)), 2) if isinstance(ways(pdf)[at], Array)], 2)
    ways(pdf)[one], ways(pdf)[other] = ways(pdf)[other], ways(pdf)[one]


def element_dropped(pdf: Pdf, chance: random.Random) -> None:
    kids = elements(pdf, "/Document")[1].K
    del kids[chance.randrange(len(kids))]


def element_in_another_document(pdf: Pdf, chance: random.Random) -> None:
    _, one, other, *_ = elements(pdf, "/Document")
    at = chance.randrange(len(one.K))
    one.K[at].P = other
    other.K.append(one.K[at])
    del one.K[at]


def elements_in_another_order(pdf: Pdf, chance: random.Random) -> None:
    kids = elements(pdf, "/Document")[1].K
    at = chance.randrange(len(kids) - 1)
    kids[at], kids[at + 1] = kids[at + 1], kids[at]


def text_left_out_of_the_tags(pdf: Pdf, chance: random.Random) -> None:
    part = body(pick(pdf, chance))
    marked = list(re.finditer(rb"/\w+\s*<<\s*/MCID \d+\s*>>\s*BDC", part.read_bytes()))
    found = chance.choice(marked)
    data = part.read_bytes()
    part.write(data[: found.start()] + b"/Artifact BMC" + data[found.end() :])


def tags_taken_off(pdf: Pdf, chance: random.Random) -> None:
    del chance
    del pdf.Root.StructTreeRoot


def words_of_a_picture_taken_off(pdf: Pdf, chance: random.Random) -> None:
    del chance
    del elements(pdf, "/Figure")[0].Alt


def other_words_for_a_picture(pdf: Pdf, chance: random.Random) -> None:
    elements(pdf, "/Figure")[0].Alt = String(f"Number {chance.random()}")


def document_of_another_title(pdf: Pdf, chance: random.Random) -> None:
    chance.choice(elements(pdf, "/Document")[1:]).T = String("Another title")


def document_in_another_language(pdf: Pdf, chance: random.Random) -> None:
    chance.choice(elements(pdf, "/Document")[1:]).Lang = String("vi")


def file_in_another_language(pdf: Pdf, chance: random.Random) -> None:
    pdf.Root.Lang = String(chance.choice(("es", "ar", "x")))


# ---- Text and what it is drawn with ----


def content_cut(pdf: Pdf, chance: random.Random) -> None:
    part = body(pick(pdf, chance))
    data = part.read_bytes()
    part.write(data[: int(len(data) * chance.uniform(0.2, 0.8))])


def digit_changed(pdf: Pdf, chance: random.Random) -> None:
    part = body(pdf.pages[-1])
    part.write(other_glyph(part.read_bytes(), chance, DIGITS))


def letter_without_glyph(pdf: Pdf, chance: random.Random) -> None:
    part = body(pick(pdf, chance))
    data = part.read_bytes()
    found = chance.choice(list(_GLYPHS.finditer(data)))
    part.write(data[: found.start(1)] + b"0000" + data[found.start(1) + 4 :])


def font_of_another_weight(pdf: Pdf, chance: random.Random) -> None:
    page = pick(pdf, chance)
    regular, bold = (
        font.DescendantFonts[0].FontDescriptor
        for font in sorted(fonts_of(page, "Atkinson"), key=lambda f: -len(str(f.BaseFont)))[:2]
    )
    regular.FontFile2 = bold.FontFile2


def font_of_somebody_else(pdf: Pdf, chance: random.Random) -> None:
    font = chance.choice(fonts_of(pick(pdf, chance)))
    font.BaseFont = font.DescendantFonts[0].BaseFont = Name(chance.choice(("/ABCDEF+Arial", "/Helvetica", "/ABCDEF+Times-Roman")))


def font_not_embedded(pdf: Pdf, chance: random.Random) -> None:
    del chance.choice(fonts_of(pick(pdf, chance))).DescendantFonts[0].FontDescriptor.FontFile2


def font_that_lies(pdf: Pdf, chance: random.Random) -> None:
    font = fonts_of(pick(pdf, chance), "Atkinson")[0]
    lines = font.ToUnicode.read_bytes()
    told = sorted(set(re.findall(rb"<[0-9a-f]{4}> (<00[67][0-9a-f]>)", lines)))
    one, other = chance.sample(told, 2)
    swapped = re.sub(rb"> (<[0-9a-f]{4}>)", lambda m: b"> " + {one: other, other: one}.get(bytes(m[1]), bytes(m[1])), lines)
    font.ToUnicode.write(swapped)


def painted_over(pdf: Pdf, chance: random.Random) -> None:
    page, height = pick(pdf, chance), chance.uniform(600, 680)
    add_behind(pdf, page, f"/Artifact BMC q 1 g 40 {height} 500 60 re f Q EMC".encode())


def painted_white(pdf: Pdf, chance: random.Random) -> None:
    part = body(pick(pdf, chance))
    part.write(re.sub(rb"0 0 0 rg\nBT", b"1 1 1 rg\nBT", part.read_bytes(), count=chance.randrange(1, 4)))


def hidden_in_a_layer(pdf: Pdf, chance: random.Random) -> None:
    page = pick(pdf, chance)
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("layer")))
    pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(OFF=[layer], Order=[]))
    page.Resources.Properties = Dictionary(Hidden=layer)
    page.obj.Contents = Array([pdf.make_stream(b"/OC /Hidden BDC"), *contents(page), pdf.make_stream(b"EMC")])


def text_added(pdf: Pdf, chance: random.Random) -> None:
    page = pick(pdf, chance)
    font = next(name for name, each in page.Resources.Font.as_dict().items() if "Atkinson" in str(each.BaseFont))
    add_behind(pdf, page, f"BT {font} 12 Tf 60 {chance.uniform(200, 600)} Td <000600070008> Tj ET".encode())


# ---- Strips ----


def strip_taken_off(pdf: Pdf, chance: random.Random) -> None:
    page = pick(pdf, chance)
    page.obj.Contents = Array([*contents(page)[:-1], pdf.make_stream(b"\nQ\n")])


def strip_of_another_patient(pdf: Pdf, chance: random.Random) -> None:
    with stranger() as other:
        at = chance.randrange(len(pdf.pages))
        pdf.pages[at].Resources.XObject.Strip = pdf.copy_foreign(strip(other.pages[at]))


def strip_of_another_page(pdf: Pdf, chance: random.Random) -> None:
    one, other = chance.sample(range(len(pdf.pages)), 2)
    pdf.pages[one].Resources.XObject.Strip = strip(pdf.pages[other])


def letter_of_a_strip_changed(pdf: Pdf, chance: random.Random) -> None:
    page = pick(pdf, chance)
    name = chance.choice(("Who", "Where"))
    own_strip(pdf, page, name, other_glyph(layer(page, name).read_bytes(), chance, range(4, 70)))


def birthday_changed_on_every_page(pdf: Pdf, chance: random.Random) -> None:
    del chance
    for page in pdf.pages:
        data = layer(page, "Who").read_bytes()
        lines = data.split(b"\n")
        at = next(at for at, line in enumerate(lines) if b"<000d>" in line)  # the line with the 8 of 1986
        lines[at] = lines[at].replace(b"<000d>", b"<000b>", 1)
        own_strip(pdf, page, "Who", b"\n".join(lines))


def code_of_another_page(pdf: Pdf, chance: random.Random) -> None:
    one, other = chance.sample(range(len(pdf.pages)), 2)
    pdf.pages[one].Resources.XObject.Strip = likeness(pdf, strip(pdf.pages[one]), strip(pdf.pages[other]).read_bytes())


def code_painted_over(pdf: Pdf, chance: random.Random) -> None:
    add_behind(pdf, pick(pdf, chance), b"/Artifact BMC q 1 g 520 20 60 45 re f Q EMC")


# ---- Links, bookmarks, fields ----


def link_into_another_document(pdf: Pdf, chance: random.Random) -> None:
    link = chance.choice(inner_links(pdf)[:1])
    link.Dest[0] = pdf.pages[chance.randrange(len(pdf.pages) - 3, len(pdf.pages))].obj


def link_to_another_place_of_its_document(pdf: Pdf, chance: random.Random) -> None:
    link = inner_links(pdf)[0]
    link.Dest = Array([pdf.pages[0].obj, Name.XYZ, 0, chance.uniform(300, 500), 0])


def link_to_nowhere(pdf: Pdf, chance: random.Random) -> None:
    chance.choice(inner_links(pdf)).Dest = String("somewhere")


def link_dropped(pdf: Pdf, chance: random.Random) -> None:
    pages = [page for page in pdf.pages if page.obj.get("/Annots")]
    del chance.choice(pages).obj.Annots[0]


def bookmark_elsewhere(pdf: Pdf, chance: random.Random) -> None:
    with pdf.open_outline() as outline:
        heading = chance.choice([child for item in outline.root for child in item.children])
        assert heading.action is not None
        heading.action.D[3] = float(heading.action.D[3]) - 150


def bookmark_of_a_document_elsewhere(pdf: Pdf, chance: random.Random) -> None:
    with pdf.open_outline() as outline:
        action = outline.root[1].action
        assert action is not None
        action.D[0] = pdf.pages[chance.choice((2, 3))].obj


def bookmark_of_another_title(pdf: Pdf, chance: random.Random) -> None:
    with pdf.open_outline() as outline:
        chance.choice(outline.root).title = "Another title"


def field_of_another_name(pdf: Pdf, chance: random.Random) -> None:
    chance.choice(areas(pdf, "/Widget")).T = String("other")


def fields_under_the_name_of_another_document(pdf: Pdf, chance: random.Random) -> None:
    chance.choice(areas(pdf, "/Widget")).Parent.T = String("lab")


def field_out_of_its_document(pdf: Pdf, chance: random.Random) -> None:
    field = chance.choice(areas(pdf, "/Widget"))
    field.T = String("alone")
    field.Parent.Kids = Array([kid for kid in field.Parent.Kids if kid.objgen != field.objgen])
    del field.Parent
    pdf.Root.AcroForm.Fields.append(field)


def two_fields_of_one_name(pdf: Pdf, chance: random.Random) -> None:
    one, other = chance.choice((areas(pdf, "/Widget")[:2], areas(pdf, "/Widget")[2:4]))
    other.T = one.T


def field_without_words(pdf: Pdf, chance: random.Random) -> None:
    chance.choice(areas(pdf, "/Widget")).TU = String("")


def field_not_listed(pdf: Pdf, chance: random.Random) -> None:
    del chance
    del pdf.Root.AcroForm.Fields[0]


def field_hidden(pdf: Pdf, chance: random.Random) -> None:
    chance.choice(areas(pdf, "/Widget")).F = 2


# ---- What acts, and what lies on top ----


def script() -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert(1)"))


def script_on_opening(pdf: Pdf, chance: random.Random) -> None:
    del chance
    pdf.Root.OpenAction = script()


def script_in_the_file(pdf: Pdf, chance: random.Random) -> None:
    del chance
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=[String("x"), script()]))


def script_on_a_page(pdf: Pdf, chance: random.Random) -> None:
    pick(pdf, chance).obj.AA = Dictionary(O=script())


def script_in_a_field(pdf: Pdf, chance: random.Random) -> None:
    chance.choice(areas(pdf, "/Widget")).AA = Dictionary(K=script())


def link_that_acts(pdf: Pdf, chance: random.Random) -> None:
    kind = chance.choice(("/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/JavaScript", "/Rendition"))
    link = chance.choice(areas(pdf, "/Link"))
    link.A = Dictionary(S=Name(kind), F=String("evil.exe"))


def link_with_a_second_action(pdf: Pdf, chance: random.Random) -> None:
    link = next(link for link in areas(pdf, "/Link") if "/A" in link)
    link.A.Next = script()
    del chance


def link_to_an_unsafe_page(pdf: Pdf, chance: random.Random) -> None:
    link = next(link for link in areas(pdf, "/Link") if "/A" in link)
    link.A.URI = String(chance.choice(("http://example.org/", "file:///etc/passwd", "javascript:1")))


def bookmark_that_acts(pdf: Pdf, chance: random.Random) -> None:
    with pdf.open_outline() as outline:
        chance.choice(outline.root).action = pdf.make_indirect(script())


def file_attached(pdf: Pdf, chance: random.Random) -> None:
    pdf.attachments[f"{chance.random()}.txt"] = b"hello"


def note_over_text(pdf: Pdf, chance: random.Random) -> None:
    page, low = pick(pdf, chance), chance.uniform(200, 500)
    look = pdf.make_stream(b"1 g 0 0 300 100 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 300, 100])
    kind = chance.choice((Name.FreeText, Name.Stamp, Name.Square))
    note = Dictionary(Type=Name.Annot, Subtype=kind, Rect=[60, low, 360, low + 100], AP=Dictionary(N=look), F=4)
    page.obj.Annots = Array([*page.obj.get("/Annots", []), pdf.make_indirect(note)])


def field_that_covers_text(pdf: Pdf, chance: random.Random) -> None:
    field = chance.choice([area for area in areas(pdf, "/Widget") if area.FT == "/Tx"])
    look = pdf.make_stream(b"1 g 0 0 400 60 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 400, 60])
    field.Rect, field.AP = Array([40, 600, 500, 740]), Dictionary(N=look)


# ---- What the file says of itself ----


def pages_counted_otherwise(pdf: Pdf, chance: random.Random) -> None:
    pdf.Root.PageLabels.Nums = Array(
        [0, chance.choice((Dictionary(S=Name.r), Dictionary(S=Name.D, St=3), Dictionary(P=String("A"))))]
    )


def another_title_of_the_file(pdf: Pdf, chance: random.Random) -> None:
    pdf.docinfo["/Title"] = String(f"Packet {chance.randrange(9999)}")


def more_told_of_the_file(pdf: Pdf, chance: random.Random) -> None:
    pdf.docinfo["/Author"] = String(f"somebody {chance.random()}")


def another_title_in_the_metadata(pdf: Pdf, chance: random.Random) -> None:
    data = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(data.replace(b">Packet ", b">Packet %d" % chance.randrange(99), 1))


# ---- Bytes ----


def bit_flipped_in_a_packed_part(data: bytes, chance: random.Random) -> bytes:
    parts = [match.span(1) for match in re.finditer(rb"(?s)/FlateDecode[^>]*>>\nstream\n(.*?)\nendstream", data)]
    first, last = chance.choice(parts)
    return _flip(data, chance.randrange(first, last), chance)


def bit_flipped_anywhere(data: bytes, chance: random.Random) -> bytes:
    return _flip(data, chance.randrange(len(data)), chance)


def _flip(data: bytes, at: int, chance: random.Random) -> bytes:
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def added_behind_the_end(data: bytes, chance: random.Random) -> bytes:
    return data + b"%% " + str(chance.random()).encode() + b"\n"


def written_on(data: bytes, chance: random.Random) -> bytes:
    """Append a second writing, as viewers do when a note is saved: here one that changes nothing but a date."""
    start = int(data.rsplit(b"startxref", 1)[1].split()[0])
    with pikepdf.open(io.BytesIO(data)) as pdf:
        info, root, size = pdf.docinfo.objgen[0], pdf.Root.objgen[0], len(pdf.objects) + 2
    added = b"%d 0 obj\n<< /Title (%d) >>\nendobj\n" % (info, chance.randrange(999))
    place = len(data)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (info, place)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d >>\n" % (size, root, info, start)
    return data + added + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (place + len(added))


def file_cut(data: bytes, chance: random.Random) -> bytes:
    return data[: int(len(data) * chance.uniform(0.5, 0.999))]


def saved_again(data: bytes, chance: random.Random) -> bytes:
    del chance
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out)
    return out.getvalue()


def _changed(change: Change) -> Callable[[bytes, random.Random], bytes]:
    def plant(data: bytes, chance: random.Random) -> bytes:
        with pikepdf.open(io.BytesIO(data)) as pdf, warnings.catch_warnings():
            warnings.simplefilter("ignore", pikepdf.PageCopyWarning)  # that it warns of a broken list of fields is to the good
            change(pdf, chance)
            return sealed(pdf)

    return plant


_CLEAN = (
    body_of_another_patient_under_our_strip,
    elements_in_another_order,
    other_words_for_a_picture,
    document_in_another_language,
    digit_changed,
    birthday_changed_on_every_page,
    link_to_another_place_of_its_document,
    field_of_another_name,
)
_IN_BYTES = (bit_flipped_in_a_packed_part, added_behind_the_end, written_on, file_cut, saved_again)


def kinds() -> Iterator[Kind]:
    """Yield every kind of fault in this module: each function that takes a packet and chance."""
    for name, function in sorted(globals().items()):
        parameters = list(getattr(function, "__annotations__", {}).items())
        told = name.replace("_", " ")
        if function in _IN_BYTES:
            yield Kind(told, VISIBLE, function)
        elif function is bit_flipped_anywhere:
            yield Kind(told, EITHER, function)
        elif parameters == [("pdf", "Pdf"), ("chance", "random.Random"), ("return", "None")]:
            yield Kind(told, CLEAN if function in _CLEAN else VISIBLE, _changed(function))


def plant(kind: Kind, packet: Packet, seed: int) -> bytes:
    """Return a packet's file with one fault of a kind. The same seed plants the same fault."""
    return kind.plant(packet.data, random.Random(f"{kind.name} {seed}"))


__all__ = ("CLEAN", "EITHER", "VISIBLE", "Kind", "ana", "kinds", "plant")
