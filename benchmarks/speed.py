"""What a packet costs, beside other ways to make it: `python -m benchmarks.speed [PATIENTS] [--plot FILE.svg]`.

Every way is measured in a process of its own, one after the other, on the same made-up patients: CPU and wall seconds a packet,
the most memory a process took, and the size of the files. Told are ratios to the plain script of the same run: seconds depend
on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.people import ISSUED_ON, SAMPLES, as_csv, made_up
from benchmarks.plots import draw
from briefing.catalogue import Catalogue, read_catalogue
from briefing.choices import PLAIN
from briefing.identity import Secret
from briefing.intake import read_request
from briefing.models import PacketRequest
from briefing.selection import choose_documents

ROOT = Path(__file__).resolve().parent.parent
CLINIC = SAMPLES / "clinic"
PATIENTS = 200
FEW = 24  # patients for what is slow
SIZES = (1, 10, 50, 200, 1000, 5000)
HEAD = (
    "| way | packets | pages a packet | CPU a packet | to the plain script | wall a packet | most memory | size a packet |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What some packets cost: seconds, megabytes and kilobytes, of all of them; `pages` of all, too."""

    packets: int
    pages: int
    cpu: float
    wall: float
    memory: float
    size: float


@dataclass(slots=True)
class _Cost:
    cpu: float = 0.0
    wall: float = 0.0


@contextmanager
def _watched(who: int = resource.RUSAGE_SELF) -> Iterator[_Cost]:
    """Tell the CPU and wall seconds of what runs inside: of this process, or of those it waits for."""
    cost, start, before = _Cost(), time.perf_counter(), resource.getrusage(who)
    yield cost
    after = resource.getrusage(who)
    cost.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cost.wall = time.perf_counter() - start


def _memory() -> float:
    scale = 1024 if sys.platform == "linux" else 1024**2
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / scale


def _requests(catalogue: Catalogue, count: int) -> list[PacketRequest]:
    return [read_request(data, catalogue, ISSUED_ON) for data in made_up(count)]


# --- Briefing ---


def cold(count: int, *, kept: bool) -> Measured:
    """Make packets by `briefing packet`, a process each; with pages that an earlier run kept, or with none."""
    cost, pages, size = _Cost(), 0, 0.0
    count = min(count, 6)
    with tempfile.TemporaryDirectory() as made_in:
        folder = Path(made_in)
        for number, name in enumerate(
            ("ana-ruiz", "grace-okonkwo", "luz-castillo", "tom-becker", "daniel-novak", "ben-carter")[:count]
        ):
            cache = folder / "kept" if kept else folder / f"kept-{number}"
            command = [
                *(sys.executable, "cli.py", "packet", str(SAMPLES / "requests" / f"{name}.toml"), "--clinic", str(CLINIC)),
                *("--out", str(folder / "out"), "--issued-on", ISSUED_ON.isoformat(), "--json", "--quiet"),
            ]
            environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
            if kept:
                _run(command, environment)
            with _watched(resource.RUSAGE_CHILDREN) as own:
                told = json.loads(_run(command, environment))
            cost.cpu, cost.wall = cost.cpu + own.cpu, cost.wall + own.wall
            pages, size = pages + told["pages"], size + Path(told["packet"]).stat().st_size / 1024
    return Measured(count, pages, cost.cpu, cost.wall, _memory(), size)


def warm(count: int) -> Measured:
    """Make packets in one process that has made one of each kind before."""
    from briefing.limits import uncollected
    from briefing.pipeline import make_packet
    from briefing.workshop import open_workshop

    catalogue = read_catalogue(CLINIC)
    workshop, secret = open_workshop(catalogue), Secret(bytes(32))
    requests = _requests(catalogue, 2 * count)
    for request in requests[:count]:
        with uncollected():
            make_packet(request, workshop, secret, ISSUED_ON)
    pages, size = 0, 0.0
    with _watched() as cost:
        for request in requests[count:]:
            with uncollected():
                verified, _ = make_packet(request, workshop, secret, ISSUED_ON)
            pages, size = pages + len(verified.packet.strips), size + len(verified.packet.data) / 1024
    return Measured(count, pages, cost.cpu, cost.wall, _memory(), size)


def day(count: int, workers: int) -> Measured:
    """Make a whole day by `briefing day`, with its stack: all that the front desk waits for."""
    with tempfile.TemporaryDirectory() as made_in:
        folder = Path(made_in)
        (folder / "schedule.csv").write_text(as_csv(list(made_up(count))))
        command = [
            *(
                sys.executable,
                "cli.py",
                "day",
                str(folder / "schedule.csv"),
                "--clinic",
                str(CLINIC),
                "--out",
                str(folder / "out"),
            ),
            *("--issued-on", ISSUED_ON.isoformat(), "--workers", str(workers), "--json", "--quiet"),
        ]
        with _watched(resource.RUSAGE_CHILDREN) as cost:
            _run(command, {**os.environ, "XDG_CACHE_HOME": str(folder / "kept")})
        manifests = [json.loads(path.read_text()) for path in (folder / "out").glob("*.manifest.json")]
        size = sum(path.stat().st_size for path in (folder / "out").glob("packet-*.pdf")) / 1024
    return Measured(len(manifests), sum(each["pages"] for each in manifests), cost.cpu, cost.wall, _memory(), size)


# --- Other ways ---


def _by_other_means(count: int, name: str) -> Measured | None:
    """Make packets from the same filled templates by other means; filling them is counted, too."""
    from benchmarks import rivals
    from briefing.html_rendering import HtmlPage
    from briefing.pdf_rendering import PdfDocument, Press
    from briefing.printing import print_documents
    from briefing.workshop import open_workshop

    class Blind(Press):
        """Prints nothing: the filled templates are what is wanted."""

        def __init__(self) -> None:
            pass

        def print_pdf(
            self, html: str, name: str, *, tagged: bool = True, fillable: bool = False, shared: bool = False
        ) -> PdfDocument:
            del html, name, tagged, fillable, shared
            return PdfDocument(b"", 1)

    catalogue = read_catalogue(CLINIC)
    workshop = open_workshop(catalogue)
    printers: dict[str, Callable[[], rivals.Printer | None]] = {
        "plain script": lambda: rivals.plain_script(workshop.press),
        "typst": rivals.typst,
        "chromium": rivals.chromium,
        "libreoffice": rivals.libreoffice,
    }
    if (printer := printers[name]()) is None:
        return None

    def html_of(request: PacketRequest) -> list[str]:
        chosen = choose_documents(catalogue, request).chosen
        printed = print_documents(chosen, request, catalogue, workshop.environment, Blind(), "AAAA-AAAA", ISSUED_ON, PLAIN)
        return [item.html for item, _ in printed if isinstance(item, HtmlPage)]

    requests = _requests(catalogue, count)
    printer(html_of(requests[0]))
    pages, size, children = 0, 0.0, resource.RUSAGE_CHILDREN
    with _watched() as cost, _watched(children) as others:
        for request in requests:
            made = printer(html_of(request))
            with rivals.opened(made) as number:
                pages += number
            size += len(made) / 1024
    return Measured(count, pages, cost.cpu + others.cpu, cost.wall, _memory(), size)


# --- The run ---

WAYS: Mapping[str, Callable[[int], Measured | None]] = {
    "plain script: WeasyPrint and pypdf": lambda count: _by_other_means(min(count, FEW), "plain script"),
    "Briefing: cold, nothing kept": lambda count: cold(count, kept=False),
    "Briefing: cold, with kept pages": lambda count: cold(count, kept=True),
    "Briefing: warm": lambda count: warm(min(count, FEW)),
    "Briefing: a day, one worker": lambda count: day(count, 1),
    "Briefing: a day, two workers": lambda count: day(count, 2),
    "Typst, same text": lambda count: _by_other_means(min(count, FEW), "typst"),
    "Chromium, headless": lambda count: _by_other_means(min(count, 4), "chromium"),
    "LibreOffice": lambda count: _by_other_means(min(count, 2), "libreoffice"),
}


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)  # noqa: S603 - our own module
    return done.stdout


def in_process_of_its_own(way: str, count: int) -> Measured | None:
    """Measure one way in a fresh process; None when it is not installed."""
    told = json.loads(_run([sys.executable, "-m", "benchmarks.speed", str(count), "--only", way]))
    return Measured(**told) if told else None


def row(way: str, measured: Measured | None, plain: Measured) -> str:
    """Return a line of the table."""
    if measured is None:
        return f"| {way} | not installed | | | | | | |"
    per = measured.packets
    ratio = (measured.cpu / per) / (plain.cpu / plain.packets)
    return (
        f"| {way} | {per} | {measured.pages / per:.1f} | {measured.cpu / per:.2f} s | {ratio:.2f} | {measured.wall / per:.2f} s "
        f"| {measured.memory:.0f} MB | {measured.size / per:.0f} kB |"
    )


def plot(path: Path, sizes: Sequence[int]) -> None:
    """Draw cost and memory of a day against its patients."""
    measured = [in_process_of_its_own("Briefing: a day, two workers", size) for size in sizes]
    points = [(size, each) for size, each in zip(sizes, measured, strict=True) if each]
    path.write_text(
        draw(
            "A day's packets: what one costs",
            [
                ("CPU seconds a packet", [(size, each.cpu / each.packets) for size, each in points]),
                ("Megabytes of the largest process", [(size, each.memory) for size, each in points]),
            ],
        )
    )
    flat = [each.cpu / each.packets for size, each in points if size >= 200]  # noqa: PLR2004 - once everything has been loaded
    if flat:
        sys.stdout.write(
            f"\nFrom 200 patients on: {min(flat):.2f} to {max(flat):.2f} s a packet, median {statistics.median(flat):.2f}.\n"
        )


def main(arguments: Sequence[str]) -> None:
    """Print the table; with `--only WAY` the figures of one way; with `--plot` draw besides."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed")
    parser.add_argument("patients", type=int, nargs="?", default=PATIENTS)
    parser.add_argument("--only", choices=list(WAYS))
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--up-to", type=int, default=SIZES[-1])
    chosen = parser.parse_args(arguments)
    if chosen.only:
        measured = WAYS[chosen.only](chosen.patients)
        sys.stdout.write(json.dumps(asdict(measured) if measured else None) + "\n")
        return
    sys.stdout.write(HEAD)
    plain = None
    for way in WAYS:
        measured = in_process_of_its_own(way, chosen.patients)
        plain = plain or measured
        assert plain is not None  # noqa: S101 - WeasyPrint and pypdf are ours
        sys.stdout.write(row(way, measured, plain) + "\n")
        sys.stdout.flush()
    if chosen.plot:
        plot(chosen.plot, [size for size in SIZES if size <= chosen.up_to])


if __name__ == "__main__":
    main(sys.argv[1:])
