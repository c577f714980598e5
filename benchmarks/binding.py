"""What binding and proving a packet cost beside rendering it: `python -m benchmarks.binding [RUNS]`.

Each run is a process of its own, as a packet is at a clinic, and makes one whole packet. CPU seconds are told, since they do not
depend on what else the machine does; the median of all runs.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from briefing.catalogue import read_catalogue
from briefing.choices import PLAIN, Choices
from briefing.identity import Secret
from briefing.intake import parse_request, read_request, read_text

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
ISSUED_ON = date(2026, 11, 24)  # the day the samples are written for
RUNS = 5
STAGES = ("render", "bind", "verify")
HEAD = "| packet | pages | render | bind | prove | (bind + prove) / render | memory |\n|---|---|---|---|---|---|---|\n"
CASES = {
    "next session": ("priya-nair", PLAIN),
    "next session, two-sided": ("priya-nair", Choices(duplex=True)),
    "first session": ("ana-ruiz", PLAIN),
    "first session, two-sided, with booklet": ("ana-ruiz", Choices(duplex=True, booklet=True)),
}


def measure(case: str) -> dict[str, float]:
    """Make one packet in this process; return its pages, CPU seconds by stage, and the most memory it took, in MB."""
    from briefing.pipeline import make_packet  # it loads the renderer, which is no part of what is measured
    from briefing.workshop import open_workshop

    name, choices = CASES[case]
    spent: dict[str, float] = {}

    @contextmanager
    def watch(stage: str) -> Iterator[None]:
        start = time.process_time()
        yield
        spent[stage] = time.process_time() - start

    catalogue = read_catalogue(SAMPLES / "clinic")
    request = read_request(parse_request(read_text(str(SAMPLES / "requests" / f"{name}.toml"))), catalogue, ISSUED_ON)
    verified, _ = make_packet(request, open_workshop(catalogue), Secret(bytes(32)), ISSUED_ON, choices, watch)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "linux" else 1024) / 1024
    return {"pages": len(verified.packet.strips), "memory": memory, **{stage: spent[stage] for stage in STAGES}}


def in_process_of_its_own(case: str) -> dict[str, float]:
    """Measure in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.binding", "--only", case]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 - our own module
    told = json.loads(done.stdout)
    assert isinstance(told, dict)  # noqa: S101 - it was written below
    return told


def row(case: str, runs: int) -> str:
    """Measure a case several times; return a line of the table."""
    measured = [in_process_of_its_own(case) for _ in range(runs)]
    median = {key: statistics.median(each[key] for each in measured) for key in measured[0]}
    ratios = [(each["bind"] + each["verify"]) / each["render"] for each in measured]
    times = " | ".join(f"{median[stage]:.2f} s" for stage in STAGES)
    spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    return f"| {case} | {median['pages']:.0f} | {times} | {spread} | {median['memory']:.0f} MB |"


def main(arguments: list[str]) -> None:
    """Print the table, or with `--only CASE` the figures of one run."""
    if arguments[:1] == ["--only"]:
        sys.stdout.write(json.dumps(measure(arguments[1])) + "\n")
        return
    runs = int(arguments[0]) if arguments else RUNS
    sys.stdout.write(HEAD)
    for case in CASES:
        sys.stdout.write(row(case, runs) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
