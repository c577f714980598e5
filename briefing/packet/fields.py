"""Form fields stay in their document: two boxes of one name would be one box, and a tick in one would tick both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, TextStringObject

from briefing.internals import add_object
from briefing.packet.pdf_objects import as_list, dictionary, own_copy, resolved, stream_of


def keep_fields_apart(reader: PdfReader, key: str) -> None:
    """Put a document's fields under its own key before it is bound: `agree` becomes `consent.agree`."""
    form = _form(reader.root_object)
    if form is None:
        return
    roots = [field for field in as_list(form["/Fields"]) if "/Parent" not in field.get_object()]  # not the buttons of a group
    form[NameObject("/Fields")] = ArrayObject(roots)
    if not any("/DA" in field.get_object() for field in (form, *roots)):
        form.pop("/DR", None)  # what nothing is typed with; WeasyPrint names all its page is drawn with
    reader.add_form_topname(key)


def finish_fields(writer: PdfWriter, reader: PdfReader, key: str) -> None:
    """Bring over what the fields of a document that was appended are drawn with; pypdf keeps the first document's only."""
    theirs, ours = _form(reader.root_object), _form(writer.root_object)
    if theirs is None or ours is None:
        return
    own, shared = own_copy(theirs.get("/DR")), own_copy(ours.get("/DR"))
    fonts, renamed = own_copy(shared.get("/Font")), {}
    for name in (named := own_copy(own.get("/Font"))):
        font = named.raw_get(name).clone(writer)
        if fonts.setdefault(NameObject(name), font) != font:
            renamed[name] = f"{name}-{key}"
            fonts[NameObject(renamed[name])] = font
    states = own_copy(own.get("/ExtGState")).clone(writer) | own_copy(shared.get("/ExtGState"))
    ours[NameObject("/DR")] = dictionary(Font=fonts, ExtGState=DictionaryObject(states))
    ours.pop("/NeedAppearances", None)  # the archive wants every field drawn, so that nobody has to
    for field in _fields(writer, reader):
        _use_names(field, renamed)
        _draw_blank(writer, field)


def _fields(writer: PdfWriter, reader: PdfReader) -> Iterator[DictionaryObject]:
    for page in reader.pages:
        for annotation in as_list(page.get("/Annots")):
            if annotation.get_object().get("/Subtype") == "/Widget":
                yield annotation.clone(writer).get_object()


def _use_names(field: DictionaryObject, renamed: Mapping[str, str]) -> None:
    """Call the fonts of a field by their new names."""
    if "/DA" in field:
        words = (renamed.get(word, word) for word in str(field["/DA"]).split(" "))
        field[NameObject("/DA")] = TextStringObject(" ".join(words))


def _draw_blank(writer: PdfWriter, field: DictionaryObject) -> None:
    """Draw a field that nobody has filled in: as nothing, in its place."""
    if "/AP" in field or str(field.get("/V", "")):
        return
    left, bottom, right, top = map(float, resolved(field["/Rect"]))
    drawn = stream_of(b"/Tx BMC EMC")
    drawn.update(
        dictionary(
            Type=NameObject("/XObject"),
            Subtype=NameObject("/Form"),
            Resources=DictionaryObject(),
            BBox=ArrayObject(map(FloatObject, (0, 0, abs(right - left), abs(top - bottom)))),
        )
    )
    field[NameObject("/AP")] = dictionary(N=add_object(writer, drawn))


def _form(root: DictionaryObject) -> DictionaryObject | None:
    form = resolved(root.get("/AcroForm"))
    return form if isinstance(form, DictionaryObject) and as_list(form.get("/Fields")) else None
