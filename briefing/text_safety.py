"""What a person may type into a field: text that prints as it reads, and never an empty word in disguise."""

from __future__ import annotations

import unicodedata

LONGEST_LINE = 300

# Words that stand for "nothing was entered". Compared without case, against the whole field only.
PLACEHOLDERS = frozenset(
    {
        "none",
        "null",
        "nil",
        "nan",
        "undefined",
        "tbd",
        "tba",
        "tbc",
        "todo",
        "n/a",
        "n.a.",
        "n.a",
        "na/na",
        "xxx",
        "#n/a",
        "#ref!",
    }
    | {"?", "??", "???", "-", "--", "---", ".", "..", "...", "…", "–", "—", "_", "__", "___"}
)
# Letters that draw nothing. They are not white space to Unicode, but they are to a reader.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
# Joiners shape names in Persian, Hindi and their neighbours; every other invisible character is refused.
_JOINERS = "\u200c\u200d"
_REFUSED_CATEGORIES = {
    "Cc": "a control character",
    "Cf": "an invisible formatting character",
    "Cs": "half of a broken character",
    "Co": "a private-use character",
    "Cn": "a character that Unicode has not assigned",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}


def clean_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return the text in NFC without outer white space.

    Raises:
        ValueError: it is blank, a placeholder, too long or holds a character that may not be printed. The message is
            for the user and names characters by code point only.
    """
    for character in text:
        if (what := _REFUSED_CATEGORIES.get(unicodedata.category(character))) and character not in _JOINERS:
            raise ValueError(f"it holds {what} (U+{ord(character):04X})")
    if "\ufffd" in text:
        raise ValueError("it holds the mark of a letter that was lost when the text was copied (U+FFFD)")
    line = unicodedata.normalize("NFC", text).strip()
    # Marks and joiners alone draw nothing that can be read, and must not disguise a word for nothing.
    seen = "".join(character for character in line if unicodedata.category(character)[0] in "LNPSZ").strip(_BLANK_LETTERS + " ")
    if not seen.strip():
        raise ValueError("it is blank")
    if seen.strip().casefold() in PLACEHOLDERS:
        raise ValueError("it holds a placeholder, not a value")
    if len(line) > longest:
        raise ValueError(f"it is longer than {longest} characters")
    return line
