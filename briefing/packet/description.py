"""What the file says of itself: title, language, page numbers, and by which standards it can be read and kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from pypdf.generic import BooleanObject, NameObject, TextStringObject

from briefing import __version__
from briefing.choices import Edition
from briefing.internals import add_object
from briefing.packet.items import PacketItem
from briefing.packet.pdf_objects import dictionary, stream_of

CLAIMS = ("PDF/UA-1", "PDF/A-2a")  # what a packet of our own documents keeps to
_NO_ARCHIVE = ("PDF/UA-1",)  # PDF/A forbids encryption
_CREATOR = f"Briefing {__version__}"
_PRODUCER = "pypdf"


def claims_for(items: Iterable[PacketItem], edition: Edition = "print") -> tuple[str, ...]:
    """Return the standards that a packet of these documents keeps to: those that each of its inserts keeps to as well.

    Args:
        items: the documents.
        edition: the one for e-mail is encrypted, and the archive forbids that.
    """
    brought = [item.brought for item in items if item.brought is not None]
    possible = _NO_ARCHIVE if edition == "email" else CLAIMS
    return tuple(claim for claim in possible if all(claim in insert.standards for insert in brought))


def describe_packet(
    writer: PdfWriter, title: str, language: str, issued_on: date, claims: Sequence[str] = CLAIMS, *, duplex: bool = False
) -> None:
    """Write down what the packet is. The title names no patient: viewers show it where anybody can see it.

    Args:
        writer: the packet, with all its pages.
        title: what it is called.
        language: what it as a whole is in; each document has its own.
        issued_on: the day of issue; it becomes the file's date.
        claims: the standards it says it keeps to.
        duplex: whether a print dialog is to propose both sides of the paper.
    """
    stamp = f"D:{issued_on:%Y%m%d}000000Z"
    writer.add_metadata(
        {"/Title": title, "/Creator": _CREATOR, "/Producer": _PRODUCER, "/CreationDate": stamp, "/ModDate": stamp}
    )
    writer.pdf_header = "%PDF-1.7"
    writer.set_page_label(0, len(writer.pages) - 1, style=PageLabelStyle.DECIMAL)
    metadata = stream_of(_xmp(title, issued_on, claims).encode())
    metadata.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    preferences = dictionary(DisplayDocTitle=BooleanObject(True))
    if duplex:
        preferences[NameObject("/Duplex")] = NameObject("/DuplexFlipLongEdge")
    catalog = dictionary(
        Lang=TextStringObject(language),
        MarkInfo=dictionary(Marked=BooleanObject(True), UserProperties=BooleanObject(True)),
        Metadata=add_object(writer, metadata),
        PageMode=NameObject("/UseOutlines"),
        ViewerPreferences=preferences,
    )
    writer.root_object.update(catalog)
    for page in writer.pages:
        page[NameObject("/Tabs")] = NameObject("/S")


def take_over_colors(writer: PdfWriter, reader: PdfReader) -> None:
    """Say which colors are meant, as a document does that was printed for the archive. All of ours mean the same."""
    writer.root_object[NameObject("/OutputIntents")] = reader.root_object["/OutputIntents"].clone(writer)


def _xmp(title: str, issued_on: date, claims: Sequence[str]) -> str:
    return _XMP.format(
        title=escape(title),
        creator=_CREATOR,
        producer=_PRODUCER,
        date=f"{issued_on:%Y-%m-%d}T00:00:00Z",
        claims="".join(f"{line}\n" for line in _claim_lines(claims)),
    )


def _claim_lines(claims: Sequence[str]) -> Iterator[str]:
    if "PDF/UA-1" in claims:
        yield "<pdfuaid:part>1</pdfuaid:part>"
    if "PDF/A-2a" in claims:
        yield "<pdfaid:part>2</pdfaid:part>"
        yield "<pdfaid:conformance>A</pdfaid:conformance>"


# PDF/UA-1 has no place of its own in PDF/A-2, which therefore wants the name of its part explained: the second description.
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
{claims}</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of PDF/UA that the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
