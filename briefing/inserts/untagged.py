"""What a screen reader gets of a file without tags: each page as one text in the order in which it is drawn, or as words."""

from __future__ import annotations

from collections.abc import Sequence

from briefing.inserts.refusal import refusal
from briefing.inserts.tags import Element, Piece, Tree

CONTENT = 0  # the number of the one piece of content on each page


def tags_for(pages: Sequence[bool], read_aloud: Sequence[str] | None, scan_words: str) -> Tree:
    """Make tags.

    Args:
        pages: of each page, whether it shows text.
        read_aloud: the clinic's own words for each page, or None.
        scan_words: what stands for a page that is only a picture, with places for `page` and `pages`.

    Raises:
        RefusedError: there are words for more or fewer pages than there are.
    """
    if read_aloud is not None and len(read_aloud) != len(pages):
        problem = f"its read_aloud has words for {len(read_aloud)} pages, and the file has {len(pages)}."
        raise refusal("insert-words", problem, "Write one text for each page, in order.")
    top, faults = Element("/Document"), set[str]()
    for page, shows_text in enumerate(pages):
        element = Element("/P", page=page, kids=[Piece(page, CONTENT)])
        if read_aloud is not None:
            element.kind, element.words = "/Figure", {"/Alt": read_aloud[page]}
        elif not shows_text:
            element.kind, element.words = "/Figure", {"/Alt": scan_words.format(page=page + 1, pages=len(pages))}
            faults.add("pictures")
        top.kids.append(element)
    return Tree(top, faults)
