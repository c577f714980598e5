"""Lines to fill in by hand become form fields: for text, to tick, to sign, each as empty as the paper.

WeasyPrint made a check box of each, in its place and in the tree of tags, with the words that are read out for it. What it
is to be stands in its name; see `hand_lines`. All fields for text share one font.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, IndirectObject, NameObject, NumberObject, TextStringObject

from briefing.glyphs import FieldFont, field_font
from briefing.hand_lines import HandKind, read_mark
from briefing.internals import add_object
from briefing.packet.pdf_objects import as_list, dictionary, own_copy, resolved, stream_of

_FONT = "BriefingHand"
_SEVERAL_LINES = 1 << 12
_NO_SCROLLING = 1 << 23  # no more can be typed than is seen, and printed
_HOLDS_SIGNATURE_FIELDS = 1
_TICKED, _EMPTY = "/Yes", "/Off"
_SMALLEST, _LARGEST = 10.0, 12.0  # points of what is typed
_LARGE = 18.0  # on pages in large print
_SEVERAL = 2.5  # times its letters: how high a field is that holds several lines
_OF_ITS_HEIGHT = 0.65  # a letter's size on a line of this height
Size = tuple[float, float]  # width and height in points
_ALL_A_FIELD_IS = ("/FT", "/Ff", "/V", "/AS", "/AP", "/MK", "/Border", "/DA")


def finish_hand_fields(writer: PdfWriter, large: Collection[int] = ()) -> None:
    """Make every field of ours what its name says. Call it once, when all documents are bound.

    Args:
        writer: the packet.
        large: the pages in large print, counted from 1.
    """
    kinds = set()
    for page, field in list(_widgets(writer)):
        if found := read_mark(str(field.get("/T", ""))):
            kind, name = found
            _become(writer, field, kind, (_LARGE, _LARGE) if page in large else (_SMALLEST, _LARGEST))
            field[NameObject("/T")] = TextStringObject(name)
            kinds.add(kind)
    form = resolved(writer.root_object.get("/AcroForm"))
    if kinds & {"line", "lines", "cell"}:
        _share_font(writer, form)
    if "signature" in kinds:
        form[NameObject("/SigFlags")] = NumberObject(_HOLDS_SIGNATURE_FIELDS)


def _widgets(writer: PdfWriter) -> Iterator[tuple[int, DictionaryObject]]:
    for number, page in enumerate(writer.pages, 1):
        for annotation in as_list(page.get("/Annots")):
            if annotation.get_object().get("/Subtype") == "/Widget":
                yield number, annotation.get_object()


def _become(writer: PdfWriter, field: DictionaryObject, kind: HandKind, letters: tuple[float, float]) -> None:
    size = _put_upright(field)
    for key in _ALL_A_FIELD_IS:
        field.pop(key, None)
    if kind == "box":
        field.update(_to_tick(writer, size))
    elif kind == "signature":
        field.update(dictionary(FT=NameObject("/Sig"), AP=dictionary(N=_drawing(writer, size, ""))))
    else:
        field.update(_to_write(writer, size, letters, several=kind != "line" and size[1] >= _SEVERAL * letters[0]))
    if kind == "lines":  # what is typed keeps to no ruled lines: it covers them
        field[NameObject("/MK")] = dictionary(BG=ArrayObject([NumberObject(1)] * 3))


def _to_tick(writer: PdfWriter, size: Size) -> DictionaryObject:
    looks = {NameObject(state): _drawing(writer, size, what) for state, what in ((_TICKED, _cross(size)), (_EMPTY, ""))}
    empty = NameObject(_EMPTY)
    return dictionary(FT=NameObject("/Btn"), V=empty, AS=empty, AP=dictionary(N=DictionaryObject(looks)))


def _to_write(writer: PdfWriter, size: Size, letters: tuple[float, float], *, several: bool) -> DictionaryObject:
    smallest, largest = letters
    points = smallest if several else min(max(size[1] * _OF_ITS_HEIGHT, smallest), largest)
    return dictionary(
        FT=NameObject("/Tx"),
        Ff=NumberObject(_NO_SCROLLING | (_SEVERAL_LINES if several else 0)),
        DA=TextStringObject(f"/{_FONT} {points:.4g} Tf 0 g"),
        AP=dictionary(N=_drawing(writer, size, "/Tx BMC EMC")),
    )


def _put_upright(field: DictionaryObject) -> Size:
    """Tell a field's place from its lower left, as the standard wants it."""
    one, two = as_list(field["/Rect"])[:2], as_list(field["/Rect"])[2:]
    (left, right), (bottom, top) = (sorted(map(float, pair)) for pair in zip(one, two, strict=True))
    field[NameObject("/Rect")] = ArrayObject(FloatObject(round(value, 3)) for value in (left, bottom, right, top))
    return right - left, top - bottom


def _cross(size: Size) -> str:
    """Draw a cross from corner to corner, as people tick on paper."""
    edge = min(size) * 0.2
    right, top = size[0] - edge, size[1] - edge
    return f"q 0 G 1.5 w 1 J {edge:.2f} {edge:.2f} m {right:.2f} {top:.2f} l {edge:.2f} {top:.2f} m {right:.2f} {edge:.2f} l S Q"


def _drawing(writer: PdfWriter, size: Size, what: str) -> IndirectObject:
    drawn = stream_of(what.encode())
    box = ArrayObject(FloatObject(round(value, 3)) for value in (0, 0, *size))
    drawn.update(dictionary(Type=NameObject("/XObject"), Subtype=NameObject("/Form"), Resources=DictionaryObject(), BBox=box))
    return add_object(writer, drawn)


def _share_font(writer: PdfWriter, form: DictionaryObject) -> None:
    resources = own_copy(form.get("/DR"))
    fonts = own_copy(resources.get("/Font"))
    fonts[NameObject(f"/{_FONT}")] = add_object(writer, _font(writer, field_font()))
    resources[NameObject("/Font")] = fonts
    form[NameObject("/DR")] = resources


def _font(writer: PdfWriter, font: FieldFont) -> DictionaryObject:
    """Return the whole font in the plainest encoding: programs that fill in forms know it best."""
    data = stream_of(font.data, packed=True)
    data[NameObject("/Length1")] = NumberObject(len(font.data))
    descriptor = dictionary(
        Type=NameObject("/FontDescriptor"),
        FontName=NameObject(f"/{font.name}"),
        FontFile2=add_object(writer, data),
        Flags=NumberObject(1 << 5),  # its letters are those of Latin
        ItalicAngle=NumberObject(0),
        StemV=NumberObject(80),
        FontBBox=ArrayObject(map(NumberObject, font.box)),
        **_numbers(font.measures),
    )
    return dictionary(
        Type=NameObject("/Font"),
        Subtype=NameObject("/TrueType"),
        BaseFont=NameObject(f"/{font.name}"),
        Encoding=NameObject("/WinAnsiEncoding"),
        FirstChar=NumberObject(font.first),
        LastChar=NumberObject(font.first + len(font.widths) - 1),
        Widths=ArrayObject(map(NumberObject, font.widths)),
        FontDescriptor=add_object(writer, descriptor),
    )


def _numbers(measures: Mapping[str, int]) -> dict[str, NumberObject]:
    return {name: NumberObject(value) for name, value in measures.items()}
