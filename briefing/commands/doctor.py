"""`briefing doctor`: whether this machine has all that is needed."""

from __future__ import annotations

import ctypes.util
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import click

from briefing.commands.reporting import Reporter, output_options
from briefing.errors import BriefingError, Problem, SystemMissingError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Something that only makes us slower is `good` with a remark."""

    what: str
    good: bool
    remark: str


@click.command()
@output_options
def doctor(reporter: Reporter) -> None:
    """Say whether this machine has all that is needed."""
    findings = list(_examine())
    lines = [f"{'ok     ' if finding.good else 'MISSING'} {finding.what}: {finding.remark}" for finding in findings]
    if bad := [finding for finding in findings if not finding.good]:
        for line in lines:
            reporter.say(line)
        raise SystemMissingError(
            [Problem("library-missing", finding.what, finding.remark, "Run ./run, which installs it.") for finding in bad]
        )
    data = [{"what": finding.what, "ok": finding.good, "remark": finding.remark} for finding in findings]
    reporter.result("\n".join(lines), {"findings": data})


def _examine() -> Iterator[Finding]:
    yield Finding("Python", good=True, remark=platform.python_version())
    for package in ("weasyprint", "pypdf", "jinja2", "click", "pydantic", "pikepdf", "pypdfium2"):
        try:
            yield Finding(package, good=True, remark=version(package))
        except PackageNotFoundError:
            yield Finding(package, good=False, remark="this package is not installed.")
    yield _fonts()
    quick = ctypes.util.find_library("harfbuzz-subset") is not None
    yield Finding("harfbuzz-subset", good=True, remark="found" if quick else "not found: pages still come out, more slowly")
    yield _first_page()


def _fonts() -> Finding:
    from briefing.resources import fonts  # `--help` must be quick

    try:
        families = list(dict.fromkeys(font.family for font in fonts()))
    except BriefingError as error:
        return Finding("fonts", good=False, remark=error.problems[0].problem)
    return Finding("fonts", good=True, remark=", ".join(families))


def _first_page() -> Finding:
    from briefing.catalogue import read_catalogue  # `--help` must be quick
    from briefing.pdf_rendering import Press

    try:
        press = Press(read_catalogue(None).files, "letter")
        pages = press.print_pdf('<html lang="en"><title>Test</title><p>A page.</p></html>', "a test page").page_count
    except BriefingError as error:
        return Finding("a test page", good=False, remark=error.problems[0].problem)
    return Finding("a test page", good=pages == 1, remark="printed")
