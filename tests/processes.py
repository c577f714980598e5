"""The same work done in two processes of their own, whose sets and dictionaries are in different order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ISSUED_ON, ROOT, SAMPLES

_SEEDS = ("1", "2")


def printed_in_two_processes(code: str) -> list[str]:
    """Run code in each of two processes, and return what it prints in each."""
    return [_run(seed, "-c", code) for seed in _SEEDS]


def made_in_two_processes(clinic_folder: Path, folder: Path, *options: str) -> list[dict[str, bytes]]:
    """Make a sample packet in each of two processes, and return all files of each by name."""
    made = []
    for seed in _SEEDS:
        out = folder / f"out{seed}"
        ana = SAMPLES / "requests" / "ana-ruiz.toml"
        _run(seed, ROOT / "cli.py", "packet", ana, "--clinic", clinic_folder, "--out", out, "--issued-on", ISSUED_ON, *options)
        made.append({path.name: path.read_bytes() for path in out.iterdir()})
    return made


def _run(seed: str, *arguments: object) -> str:
    command = [sys.executable, *map(str, arguments)]
    env = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=env).stdout
