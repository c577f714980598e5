"""Starts a process of its own for each file that is prepared, and tells what became of it.

A broken or hostile file can make the libraries that read it run for ever, eat all memory or crash. There, it ends that
process and becomes a refusal that names the insert. The process is started anew, never forked: the renderer has threads.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from briefing.catalogue import Catalogue, Insert
from briefing.errors import CatalogueError, Problem
from briefing.inserts.order import SECONDS, InsertPage, Order
from briefing.inserts.refusal import PRINT_ANEW
from briefing.packet.items import Brought
from briefing.pdf_rendering import PdfDocument
from briefing.resources import PACKAGE

_PAPER = {"letter": (612.0, 792.0), "a4": (595.276, 841.89)}
# `-I` keeps the working folder and the environment out of Python's path; so it is told where Briefing lies.
_START = """
import sys
sys.path.insert(0, sys.argv[1])
import briefing
del sys.path[0]
from briefing.inserts.apart import main
main()
"""
_KEPT_SECONDS = 1  # of the time, to end a process that has used it up


def prepare_insert(insert: Insert, language: str, catalogue: Catalogue) -> tuple[InsertPage, PdfDocument]:
    """Make an insert safe and bindable.

    Args:
        insert: an insert of the catalogue.
        language: that of its file.
        catalogue: holds its bytes, and the clinic's paper.

    Raises:
        CatalogueError: its file cannot be used. It names the insert.
    """
    definition, wording = insert.definition, catalogue.wording(language)
    order = Order(
        id=insert.id,
        title=definition.title[language],
        language=language,
        paper=_PAPER[catalogue.the_clinic().paper],
        read_aloud=definition.read_aloud.get(language),
        picture_words=wording["insert_picture"],
        scan_words=wording["insert_scan"],
    )
    told, data = prepare_file(order, catalogue.files[insert.path(language)].data, insert.path(language))
    brought = Brought(told["tags"], tuple(told["standards"]), tuple(told["notes"]))
    page = InsertPage(
        insert.id, order.title, language, definition.audience, definition.kind, definition.version[language], brought
    )
    return page, PdfDocument(data, told["page_count"])


def check_inserts(catalogue: Catalogue) -> Iterator[InsertPage]:
    """Prepare every insert of a catalogue, to see that it can be bound.

    Raises:
        CatalogueError: with every insert that cannot be used, after all others were yielded.
    """
    problems: list[Problem] = []
    for insert in catalogue.inserts.values():
        for language in insert.languages:
            try:
                yield prepare_insert(insert, language, catalogue)[0]
            except CatalogueError as error:
                problems.extend(error.problems)
    if problems:
        raise CatalogueError(problems)


def prepare_file(order: Order, data: bytes, where: str) -> tuple[dict[str, Any], bytes]:
    """Have a file prepared in a process of its own.

    Args:
        order: what is to be done.
        data: the file's bytes.
        where: what it is called in errors.

    Returns:
        what was told of it (`tags`, `standards`, `notes`, `page_count`), and the new file.

    Raises:
        CatalogueError: it cannot be used.
    """
    asked = json.dumps(asdict(order)).encode() + b"\n" + data
    command = [sys.executable, "-I", "-c", _START, str(PACKAGE.parent)]
    seconds = SECONDS - _KEPT_SECONDS
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=seconds, check=False)  # noqa: S603 - our own code
    except subprocess.TimeoutExpired:
        problem = f"it was not read in {SECONDS} seconds."
        advice = "Use the pages you need: print them to a new PDF."
        raise CatalogueError(Problem("insert-too-much", where, problem, advice)) from None
    head, _, prepared = done.stdout.partition(b"\n")
    crashed = Problem(
        "insert-unreadable",
        where,
        "the libraries that read PDFs break on it.",
        PRINT_ANEW,
    )
    if done.returncode or not head:
        raise CatalogueError(crashed)
    told: dict[str, Any] = json.loads(head)
    if "problem" in told:
        raise CatalogueError(replace(crashed, **{**told["problem"], "where": where}))
    return told, prepared
