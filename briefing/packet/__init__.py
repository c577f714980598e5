"""Binding: the documents become one tagged PDF that keeps all they had, with the strip that says on every page whose it is.

binding        the packet, from the printed documents to its bytes
parts          the packet and its documents as values
items          what it knows of each document
destinations   links stay in their document
fields         so do form fields
hand_fields    what is to be filled in by hand can be filled in on a screen
structure      one tree of headings, lists and tables over all documents
fragments      what a page break cut is one element again
marks          what each part covers, for `briefing score`
tables         which header belongs to which cell
roles          names of a document's own that another one uses differently
fillers        the blank back of a document's last sheet
artifacts      what is on every page is not read out
strips         what each page says of itself
outline        bookmarks
description    what the file says of itself
booklet        what is kept and read, two pages side by side
sealing        a password for the way through the mail
compacting     small, and the same bytes every time
trial          one document on its own: the score card; an insert, before a packet sees it
pdf_objects    how pypdf's objects are read and made
"""

from briefing.packet.binding import bind_packet
from briefing.packet.booklet import is_kept
from briefing.packet.description import CLAIMS
from briefing.packet.items import Brought, PacketItem
from briefing.packet.parts import Booklet, BoundDocument, Packet, place_documents
from briefing.packet.strips import StripPage, draw_code, page_code
from briefing.packet.trial import bind_alone

__all__ = (
    "CLAIMS",
    "Booklet",
    "BoundDocument",
    "Brought",
    "Packet",
    "PacketItem",
    "StripPage",
    "bind_alone",
    "bind_packet",
    "draw_code",
    "is_kept",
    "page_code",
    "place_documents",
)
