"""`briefing score`: which element of which standard stands on which page of a finished packet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.finished_packets import FILE, bounded, read_file, read_password, with_password
from briefing.commands.reporting import FOLDER, Reporter, columns, output_options
from briefing.errors import VerificationError

if TYPE_CHECKING:
    from briefing.scoring import ScoreCard


@click.command()
@click.argument("packet", metavar="PACKET.pdf", type=FILE)
@click.option("--clinic", "clinic_folder", type=FOLDER, help="A clinic's folder: its own standards are scored, too.")
@click.option("--page", "page_path", type=FILE, help="Also write the card as one PDF page, for an auditor.")
@click.option("--password-file", type=FILE, help="Where the password of a locked packet stands, on the first line.")
@output_options
def score(
    packet: Path, clinic_folder: Path | None, page_path: Path | None, password_file: Path | None, reporter: Reporter
) -> None:
    """Score the consent in a finished packet: what stands on which page, and what is missing.

    It is read from the PDF alone. That the packet is whole and of one patient, `briefing verify` proves. When something
    is missing, the exit code is 7.
    """
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.scoring import score_packet

    catalogue = read_catalogue(clinic_folder)
    data, password = read_file(packet, "the packet"), read_password(password_file)
    with bounded(), reporter.watch("score"):
        card = with_password(password, lambda word: score_packet(data, catalogue.standards, word))
    if page_path is not None:
        from briefing.delivery import deliver_file
        from briefing.score_page import print_score

        with bounded(), reporter.watch("page"):
            deliver_file(page_path, print_score(card, catalogue))
    told = {"packet": str(packet), "page": str(page_path) if page_path else None, "score": asdict(card)}
    if missing := card.missing():
        if not reporter.as_json:
            click.echo(_table(card))
        raise VerificationError(missing, told)
    reporter.result(_table(card), told)


def _table(card: ScoreCard) -> str:
    head = [f"Packet {card.packet_id}, issued on {card.issued_on}, {card.pages} pages"]
    head += [f"{form.title}: {form.version}, pages {form.first_page} to {form.last_page}" for form in card.forms]
    rows = [
        (standard.title, f"{standard.covered} of {standard.asked}" if standard.elements else "no form for it")
        for standard in card.standards
    ]
    rows.append(("Sections of the documents", f"{card.sections - len(card.lost)} of {card.sections}"))
    note = "Read from the PDF as it is printed. That the packet is whole, `briefing verify` proves."
    return "\n\n".join(("\n".join(head), columns(("standard", "stands"), rows), *_standards(card), note))


def _standards(card: ScoreCard) -> Iterator[str]:
    from briefing.score_page import told_pages

    for standard in card.standards:
        if standard.elements:
            rows = [(told_pages(element), element.name, element.reason) for element in standard.elements]
            yield f"{standard.title}\n{columns(('page', 'element', ''), rows)}"
