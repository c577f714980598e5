"""Is any page another patient's? `python -m benchmarks.mix_ups [DAYS]` makes days by chance, and reads every page back.

The days are made for being mixed up: twins whose birth dates differ in one digit, families of one surname, record numbers with
two digits turned around, rows out of order and blank rows between them. They go through the day's own engine, one after the
other in this process. Then pypdfium2, which wrote none of it, reads each packet and each stack as it lies on the disk, and
each page is searched for what names anybody else of that day. With `--plant` one page of each day is another patient's.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pypdfium2

from benchmarks.people import FIRST, ISSUED_ON, LAST, SAMPLES, as_csv, made_up
from briefing.catalogue import read_catalogue
from briefing.choices import PLAIN
from briefing.day.bench import Bench
from briefing.day.finishing import Finished, search_all, write_stack
from briefing.day.ledger import Ledger
from briefing.day.plan import Planned, plan_day
from briefing.day.run import make_all, open_ledger
from briefing.day.work import Kit, Outcome, Task
from briefing.identity import Secret
from briefing.resources import templates_folder
from briefing.schedule import read_schedule
from briefing.workshop import Workshop, open_workshop

DAYS = 200
FEWEST, MOST = 2, 50  # patients of a day
PAGES = 10  # of the document that names the patient on each of them
_KEPT = "companion"  # the one document of our own in these packets; the others would only take time
Request = dict[str, dict[str, object]]

_DEFINITION = """version = 1
title.en = "Many pages"
audience = "patient"
kind = "handout"
order = 20
action = "keep"
look = "dense"

[[parts]]
id = "pages"
"""
_TEMPLATE = """{{% extends "layout/document.html.j2" %}}
{{% block lead %}}Nothing to do.{{% endblock %}}
{{% block pages %}}
{{% for number in range({pages}) %}}
<p{{% if number %}} style="break-before: page"{{% endif %}}>
Page {{{{ number + 1 }}}} is about {{{{ patient.name }}}}, {{{{ patient.record_number }}}}.
{{% if companion %}}{{{{ companion.name }}}} drives, {{{{ companion.phone }}}}.{{% endif %}}</p>
{{% endfor %}}
{{% endblock %}}
"""


# --- The days ---


def a_day(seed: int) -> list[Request]:
    """Return the requests of one day, in the order of their rows. The same seed gives the same day."""
    chance = random.Random(seed)  # noqa: S311 - for patients that are made up
    patients = list(made_up(chance.randint(FEWEST, MOST), seed))
    for number, request in enumerate(patients):
        base = patients[chance.randrange(number)] if number and chance.random() < 0.5 else None  # noqa: PLR2004 - every other one
        _name(request, number, base, chance)
    chance.shuffle(patients)
    return patients


def _name(request: Request, number: int, like: Request | None, chance: random.Random) -> None:
    """Name a patient and who comes along; where `like` is given, as much like that one as two people can be."""
    patient = request["patient"]
    patient["language"] = "en"
    patient.setdefault("weight", "70 kg")
    if like is None:
        patient["name"] = f"{chance.choice(FIRST)} {chance.choice(LAST)}-{chance.choice(LAST)}"
    else:
        surname = str(like["patient"]["name"]).split(" ", maxsplit=1)[1]
        born = like["patient"]["date_of_birth"]
        assert isinstance(born, date)  # noqa: S101 - `made_up` gives one
        patient["name"] = f"{chance.choice(FIRST)} {surname}"
        patient["date_of_birth"] = born + timedelta(days=chance.choice((-10, -1, 0, 1, 10)))
    patient["preferred_name"] = str(patient["name"]).split(" ", maxsplit=1)[0]
    digits = list(f"{number:06}")
    at = chance.randrange(5)
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    patient["record_number"] = f"MRN-{number:03}{''.join(digits)}"
    request["companion"] = {"name": f"{chance.choice(FIRST)} {chance.choice(LAST)}", "phone": f"+1 555 {number:03} 0100"}
    request["visit"]["stage"], request["visit"]["session_number"] = "first-session", ""


def with_blank_rows(table: str, seed: int) -> str:
    """Return a schedule with blank rows among its own."""
    chance = random.Random(seed)  # noqa: S311 - as above
    head, *rows = table.splitlines()
    blank = "," * head.count(",")
    return "\n".join([head, *(line for row in rows for line in ((blank, row) if chance.random() < 0.1 else (row,))), ""])  # noqa: PLR2004


# --- Making them ---


def small_clinic(folder: Path) -> Path:
    """Make a clinic whose packets have many pages and cost little: the sample clinic with two documents."""
    clinic = folder / "clinic"
    shutil.copytree(SAMPLES / "clinic", clinic)
    for path in (templates_folder() / "documents").iterdir():
        if path.name != _KEPT:
            own = clinic / "documents" / path.name
            own.mkdir(parents=True)
            head, _, parts = (path / "document.toml").read_text(encoding="utf-8").partition("[[parts]]")
            lines = [line for line in head.splitlines() if not line.startswith("when")]
            text = "\n".join([*lines, "when = { interpreter = true }", ""])  # of these patients, none has one
            (own / "document.toml").write_text(f"{text}\n[[parts]]{parts}", encoding="utf-8")
    (clinic / "documents" / "many-pages").mkdir()
    (clinic / "documents" / "many-pages" / "document.toml").write_text(_DEFINITION)
    (clinic / "documents" / "many-pages" / "en.html.j2").write_text(_TEMPLATE.format(pages=PAGES))
    return clinic


class Here:
    """Makes packets in this process, one after the other."""

    def __init__(self, kit: Kit) -> None:
        self._bench = Bench(kit)

    def outcomes(self, tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        """Yield an outcome for each task."""
        for task in tasks:
            yield self._bench.do(task)


@dataclass(frozen=True, slots=True)
class Engine:
    """What all days are made with."""

    kit: Kit
    team: Here
    workshop: Workshop

    @classmethod
    def of(cls, clinic: Path) -> Engine:
        """Open a clinic."""
        kit = Kit(read_catalogue(clinic), Secret(bytes(32)), ISSUED_ON, PLAIN)
        return cls(kit, Here(kit), open_workshop(kit.catalogue))

    def make(self, schedule: Path, out: Path) -> tuple[tuple[Planned, ...], Ledger, Finished]:
        """Make a day, as `briefing day` does."""
        rows = read_schedule(schedule, self.kit.catalogue, ISSUED_ON).rows
        planned = tuple(plan_day(rows, self.kit))
        ledger = open_ledger(out, planned, self.kit)
        make_all(out, planned, self.kit, ledger, self.team, lambda _: None)
        search_all(out, planned, self.kit.catalogue, ledger)
        finished = write_stack(out, planned, self.kit, ledger, self.workshop)
        ledger.write("finished")
        return planned, ledger, finished


# --- Reading them back ---


@dataclass(frozen=True, slots=True)
class Told:
    """What was read of one day. `hits` are file and page of each page that names whom it must not."""

    packets: int
    pages: int
    hits: tuple[tuple[str, int], ...]
    stopped: int

    def and_also(self, more: Told) -> Told:
        """Add up."""
        hits = (*self.hits, *more.hits)
        return Told(self.packets + more.packets, self.pages + more.pages, hits, self.stopped + more.stopped)

    def __str__(self) -> str:
        pages = f"{self.pages} pages read back, {len(self.hits)} with another patient's identifier"
        return f"{self.packets} packets, {pages}, {self.stopped} rows stopped"


def names_of(request: Mapping[str, Mapping[str, object]]) -> frozenset[str]:
    """Return what names a patient, without white space, as pages print it."""
    patient, companion = request["patient"], request["companion"]
    born = patient["date_of_birth"]
    assert isinstance(born, date)  # noqa: S101 - as above
    told = (
        patient["name"],
        patient["record_number"],
        f"{born:%B} {born.day}, {born.year}",
        companion["name"],
        companion["phone"],
    )
    return frozenset("".join(str(each).split()) for each in told)


def foreign_on(text: str, owner: str, names: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether a page of one patient says what names another one and not this one."""
    others = set().union(*(own for number, own in names.items() if number != owner))
    return any(name in text and not any(name in own for own in names.get(owner, ())) for name in others)


def pages_of(path: Path) -> list[str]:
    """Return what each page of a file says, without white space."""
    with pypdfium2.PdfDocument(path) as pdf:
        return ["".join(page.get_textpage().get_text_bounded().replace("\x02", "-").split()) for page in pdf]


def read_back(planned: Sequence[Planned], ledger: Ledger, finished: Finished, out: Path, requests: Iterable[Request]) -> Told:
    """Read all packets and the stack of a day, and search every page."""
    names = {str(request["patient"]["record_number"]): names_of(request) for request in requests}
    hits, pages, packets = [], 0, 0
    for each, entry in zip(planned, ledger.entries, strict=True):
        path = out / f"packet-{entry.packet_id}.pdf"
        if entry.state != "made" or each.row.request is None:
            continue
        owner, texts = each.row.request.patient.record_number, pages_of(path)
        packets, pages = packets + 1, pages + len(texts)
        hits += [(path.name, number) for number, text in enumerate(texts, 1) if foreign_on(text, owner, names)]
    owners = {str(entry.packet_id): owner for entry, owner in zip(ledger.entries, _owners(planned), strict=True) if owner}
    listed = len(pages_of(finished.exceptions[0]))  # the stack begins with them, and they may name several
    for volume, path in enumerate(finished.stack):
        texts, first = pages_of(path), 0 if volume else listed + listed % 2
        pages += len(texts)
        hits += [(path.name, first + page + 1) for page in mixed_sheets(texts[first:], owners, names)]
    return Told(packets, pages, tuple(hits), sum(entry.state != "made" for entry in ledger.entries))


def mixed_sheets(texts: Sequence[str], owners: Mapping[str, str], names: Mapping[str, frozenset[str]]) -> Iterator[int]:
    """Yield the first page, from 0, of each sheet of paper that is of two packets, or names anybody but its own patient.

    Args:
        texts: what the pages say, printed on both sides.
        owners: whose packet it is, by the packet's id.
        names: what names each, by record number.
    """
    for first in range(0, len(texts), 2):
        sheet = texts[first : first + 2]
        mine = {owner for packet_id, owner in owners.items() if any(packet_id in text for text in sheet)}
        if len(mine) > 1 or any(foreign_on(text, owner, names) for text in sheet for owner in mine or {""}):
            yield first


def _owners(planned: Iterable[Planned]) -> Iterator[str | None]:
    return (each.row.request.patient.record_number if each.row.request else None for each in planned)


def plant(out: Path, ledger: Ledger) -> str:
    """Put a page of the first packet into the second one; return the name of its file."""
    one, other = [out / f"packet-{entry.packet_id}.pdf" for entry in ledger.entries if entry.state == "made"][:2]
    with pikepdf.open(one) as source, pikepdf.open(other, allow_overwriting_input=True) as target:
        target.pages.append(source.pages[0])
        target.save()
    return other.name


def one_day(engine: Engine, seed: int, folder: Path, *, planted: bool = False) -> Told:
    """Make the day of a seed and read it back."""
    requests, out = a_day(seed), folder / "out"
    out.mkdir()
    schedule = folder / "tomorrow.csv"
    schedule.write_text(with_blank_rows(as_csv(requests), seed))
    planned, ledger, finished = engine.make(schedule, out)
    if planted:
        plant(out, ledger)
    return read_back(planned, ledger, finished, out, requests)


def main(arguments: Sequence[str]) -> int:
    """Make and read the days, tell what was found, and return 1 when a page names whom it must not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mix_ups")
    parser.add_argument("days", type=int, nargs="?", default=DAYS)
    parser.add_argument("--first", type=int, default=1, help="the seed of the first day")
    parser.add_argument("--plant", action="store_true", help="put a page of another patient into each day")
    chosen = parser.parse_args(arguments)
    start, sums = time.monotonic(), Told(0, 0, (), 0)
    with tempfile.TemporaryDirectory() as made_in:
        engine = Engine.of(small_clinic(Path(made_in)))
        for seed in range(chosen.first, chosen.first + chosen.days):
            with tempfile.TemporaryDirectory() as folder:
                told = one_day(engine, seed, Path(folder), planted=chosen.plant)
            sums = sums.and_also(told)
            for name, page in told.hits:
                sys.stdout.write(f"day {seed}: {name}, page {page} names another patient\n")
            sys.stdout.write(f"to day {seed}: {sums}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{chosen.days} days, {sums}, {time.monotonic() - start:.0f} s\n")
    return 1 if sums.hits else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
