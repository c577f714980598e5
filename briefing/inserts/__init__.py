"""Inserts: PDFs of somebody else's, made safe and bindable before a packet sees them.

preparing      starts a process of its own for each file, and tells what became of it
apart          what runs in that process: the steps from a foreign file to one that can be bound
refusal        how a step says that a file cannot be used
opening        the file as it came: opened, repaired, or refused
survey         what its pages draw with: fonts, drawings, layers
placing        each page in the room that the packet's paper leaves
annotations    notes, filled-in fields and stamps become print; links inside the file stay
content        what a page draws, with its marks in order
tags           the maker's tags, read and written anew
untagged       what a screen reader gets of a file without tags
cleaning       nothing that acts, and nothing that tells of its past, goes along
order          what is asked of that process, and how a packet knows an insert
rebuilding     a new file of what the pages draw
judging        by which of the packet's standards it can be read
"""

from briefing.inserts.order import InsertPage
from briefing.inserts.preparing import check_inserts, prepare_insert

__all__ = ("InsertPage", "check_inserts", "prepare_insert")
