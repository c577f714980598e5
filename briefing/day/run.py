"""A day from its plan to its packets: what is there is kept, what no longer stands is moved away, the rest is made."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from briefing.day.ledger import Ledger, read_earlier
from briefing.day.plan import Planned, pages_there
from briefing.day.superseding import move_away, superseded_by
from briefing.day.work import Failed, Kit, Made, Outcome, Task, Unready
from briefing.delivery import deliver
from briefing.errors import family_of


class Team(Protocol):
    """Whoever makes packets: workers on this machine, or on others."""

    def outcomes(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        """Yield an outcome for each task, in the order in which they are done."""


Tell = Callable[[Ledger], None]


def open_ledger(folder: Path, planned: Sequence[Planned], kit: Kit) -> Ledger:
    """Write down what is going to be made, and move away what no longer stands, in this order.

    Raises:
        DeliveryError: the folder cannot be written to.
    """
    ledger = Ledger(folder, kit, planned)
    earlier = read_earlier(folder)
    ledger.superseded, ledger.stack = superseded_by(earlier, ledger.entries), earlier.stack
    ledger.write()
    move_away(folder, [each.packet_id for each in ledger.superseded])
    return ledger


def make_all(folder: Path, planned: Sequence[Planned], kit: Kit, ledger: Ledger, team: Team, tell: Tell) -> None:
    """Make each packet that is not there yet, and write it as soon as it is made.

    Args:
        folder: where packets go; it is held.
        planned: the rows.
        kit: what all of them have in common.
        ledger: where it is entered what became of each row.
        team: who makes them.
        tell: is called after each row.

    Raises:
        DeliveryError: a packet cannot be written. Those before it stand.
        BriefingError: no worker can make any packet, for the reason given.
    """
    with closing(team.outcomes(_missing(folder, planned, kit, ledger))) as outcomes:
        for outcome in outcomes:
            _enter(folder, outcome, ledger)
            tell(ledger)


def _missing(folder: Path, planned: Sequence[Planned], kit: Kit, ledger: Ledger) -> Iterator[Task]:
    """Yield what is to be made, one by one as workers ask for it."""
    for number, each in enumerate(planned):
        task = each.task(number)
        if task is None:
            continue
        if (pages := pages_there(folder, each, kit.secret)) is None:
            yield task
        else:
            ledger.kept(number, pages)


def _enter(folder: Path, outcome: Outcome, ledger: Ledger) -> None:
    match outcome:
        case Made(task):
            name = f"packet-{task.packet_id}"
            # The packet last: a packet that is there is a packet that is complete.
            deliver(folder, {f"{name}.manifest.json": outcome.manifest, f"{name}.pdf": outcome.packet})
            ledger.made(task.number, outcome.pages)
        case Failed(task, problems):
            ledger.failed(task.number, problems)
        case Unready(problems, exit_code):
            raise family_of(exit_code)(problems)
