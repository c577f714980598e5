"""How a packet is to be made: what a person chooses on the command line, apart from whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Edition = Literal["print", "archive", "email"]


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices for one packet.

    Attributes:
        duplex: every document starts on a right-hand page.
        fillable: every line to fill in by hand is also a form field.
        booklet: what the patient keeps and reads comes as a booklet besides.
        large_print: everything the patient or the companion reads is 18 point or larger.
        edition: `print` for paper, `archive` held to PDF/UA-1 and PDF/A-2a, `email` encrypted with a password.
    """

    duplex: bool = False
    fillable: bool = False
    booklet: bool = False
    large_print: bool = False
    edition: Edition = "print"


PLAIN = Choices()
