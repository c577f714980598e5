"""Which characters our fonts can draw: the one module that knows fontTools."""

from __future__ import annotations

from collections.abc import Sequence

from briefing.resources import Font

_JOINERS = "\u200c\u200d"  # they shape their neighbours and draw nothing themselves


def undrawable(text: str, fonts: Sequence[Font]) -> tuple[str, ...]:
    """Return the characters that none of the fonts can draw, each once, in order."""
    # Every font of ours has the letters of a US keyboard: most texts need no font opened.
    unusual = dict.fromkeys(character for character in text if not (character.isascii() or character in _JOINERS))
    for font in fonts:
        if not unusual:
            break
        covered = _covered(font)
        unusual = dict.fromkeys(character for character in unusual if ord(character) not in covered)
    return tuple(unusual)


def _covered(font: Font) -> set[int]:
    from fontTools.ttLib import TTFont  # slow to import, and rarely needed

    with TTFont(font.path, lazy=True) as opened:
        return set(opened.getBestCmap())
