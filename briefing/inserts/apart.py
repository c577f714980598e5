"""What runs in a process of its own, held to its time and memory: from a foreign file to one that can be bound.

It reads an order and the file from its standard input, and writes what became of it to its standard output. Whatever the
file does to the libraries that read it, it does here.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from PIL.Image import Image

from briefing.inserts.judging import standards_of
from briefing.inserts.order import BYTES, SECONDS, InsertPage, Order
from briefing.inserts.rebuilding import ForeignFile
from briefing.inserts.refusal import PRINT_ANEW, RefusedError, TagsUnusableError, broken, refusal, too_much
from briefing.inserts.tags import Tree, read_tags
from briefing.packet.items import Brought
from briefing.packet.trial import bind_alone, faults_of
from briefing.pdf_reading import read_pages

_STRIP = 26 * 72 / 25.4  # points; no letter may lie below
_DOTS_PER_INCH = 130  # as the proof draws the pages


def main() -> None:
    """Answer one order."""
    _hold_to_limits()
    answer = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # libraries may write what they like
    os.dup2(nowhere, 2)
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    told, prepared = answer_to(Order(**json.loads(head)), data)
    with answer:
        answer.write(json.dumps(told).encode() + b"\n" + prepared)


def answer_to(order: Order, data: bytes) -> tuple[dict[str, object], bytes]:
    """Prepare a file; tell what became of it, or the problem, whatever happens."""
    try:
        prepared = prepare(order, data)
    except RefusedError as error:
        return {"problem": error.problem.as_dict()}, b""
    except MemoryError:
        return {"problem": too_much("it needs more memory than an insert may have.").problem.as_dict()}, b""
    except Exception as error:
        return {"problem": broken(f"it is built in a way that nobody expects ({type(error).__name__})").problem.as_dict()}, b""
    return {**asdict(prepared.brought), "page_count": prepared.page_count}, prepared.data


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that can be bound, the number of its pages, and what became of it."""

    data: bytes
    page_count: int
    brought: Brought


def prepare(order: Order, data: bytes) -> Prepared:
    """Make a file safe and bindable, with its own tags if they can be kept.

    Raises:
        RefusedError: it cannot be an insert.
    """
    file = ForeignFile(order, data)
    if "/StructTreeRoot" not in file.pdf.Root:
        return _without_tags(order, file, "no-tags")
    try:
        return _with_own_tags(order, file)
    except (RefusedError, MemoryError):
        raise
    except Exception:  # whatever a broken tree makes of our reading it: the pages may still be good
        return _without_tags(order, ForeignFile(order, data), "tags-unusable")


def _with_own_tags(order: Order, file: ForeignFile) -> Prepared:
    tree = read_tags(file.pdf)
    data, crosses = file.with_own_tags(tree)
    standards = () if tree.faults or crosses else standards_of(file.pdf)
    notes = [*file.notes, *_notes_on(tree, file.links_out)]
    return _proved(order, Prepared(data, len(file.pages), Brought("kept", standards, tuple(notes))))


def _without_tags(order: Order, file: ForeignFile, why: str) -> Prepared:
    data, tree = file.without_tags()
    notes = (why, *file.notes, *_notes_on(tree, file.links_out + file.links_inside))
    return _proved(order, Prepared(data, len(file.pages), Brought("made", (), notes)))


def _notes_on(tree: Tree, links: int) -> Iterator[str]:
    if "pictures" in tree.faults:
        yield "pictures-without-words"
    if links:
        yield "links-left-out"


def _proved(order: Order, prepared: Prepared) -> Prepared:
    """Bind a prepared file on its own, read it back and draw it, as will happen to the packet.

    Raises:
        TagsUnusableError: its tags do not fit together.
        RefusedError: text stands where it may not.
    """
    item = InsertPage(order.id, order.title, order.language, "", "", "", prepared.brought)
    bound = bind_alone(prepared.data, item)
    if faults := faults_of(bound):
        raise TagsUnusableError(faults[0])
    with read_pages(bound) as pages:
        for number, page in enumerate(pages, 1):
            if page.text_below(_STRIP).strip() or page.has_outside(page.letter_boxes()):
                problem = f"text stands outside of what its page {number} shows."
                raise refusal("insert-outside", problem, PRINT_ANEW)
        drawn = [page.draw(_DOTS_PER_INCH, gray=True) for page in pages]
    if all(map(_is_blank, drawn)):
        raise refusal("insert-undrawn", "nothing can be seen on its pages.", PRINT_ANEW)
    return prepared


def _is_blank(picture: Image) -> bool:
    darkest, lightest = picture.getextrema()
    return darkest == lightest


def _hold_to_limits() -> None:
    """Let this process use so much memory and time, and no more; leave no image of its memory behind."""
    for what, most in ((resource.RLIMIT_AS, BYTES), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        allowed = resource.getrlimit(what)[1]
        top = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (top, allowed))
