"""Talking to the person at the terminal: results on stdout, everything else on stderr, or one JSON object."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from briefing.errors import BriefingError, ExitCode, Problem, bug


@dataclass(frozen=True, slots=True)
class Reporter:
    """How much one command says, and in which form."""

    as_json: bool
    quiet: bool
    verbose: bool

    def result(self, text: str, data: Mapping[str, object]) -> None:
        """Print the result: the text, or the data as one JSON object."""
        click.echo(json.dumps({"ok": True, "exit_code": 0, **data}, default=str) if self.as_json else text)

    def say(self, text: str) -> None:
        """Tell something by the way."""
        if not self.quiet:
            click.echo(text, err=True)

    @contextmanager
    def watch(self, stage: str) -> Iterator[None]:
        """Tell with `--verbose` how long a stage took."""
        start = time.perf_counter()
        yield
        if self.verbose:
            click.echo(f"{stage:<8} {time.perf_counter() - start:6.3f} s", err=True)


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --json, --quiet and --verbose; the command gets them as `reporter`."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object, also on failure.")
    @click.option("--quiet", is_flag=True, help="Say nothing but the result.")
    @click.option("--verbose", is_flag=True, help="Say what each stage took.")
    def with_reporter(*, as_json: bool, quiet: bool, verbose: bool, **options: object) -> None:
        command(reporter=Reporter(as_json, quiet, verbose), **options)

    with_reporter.__doc__ = command.__doc__
    with_reporter.__name__ = command.__name__
    with_reporter.__click_params__ = [  # type: ignore[attr-defined]  # Click keeps options here until the command is made
        *getattr(command, "__click_params__", []),
        *getattr(with_reporter, "__click_params__", []),
    ]
    return with_reporter


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay words out in columns that are as wide as they need to be."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    )


FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
OUT_FOLDER = click.Path(file_okay=False, path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])


def report_error(error: BriefingError, *, as_json: bool) -> int:
    """Tell every problem and return the exit code."""
    if as_json:
        problems = [problem.as_dict() for problem in error.problems]
        click.echo(json.dumps({**error.found, "ok": False, "exit_code": int(error.exit_code), "problems": problems}, default=str))
        return error.exit_code
    count = len(error.problems)
    click.echo("1 problem:" if count == 1 else f"{count} problems:", err=True)
    for problem in error.problems:
        click.echo(_told(problem), err=True)
    return error.exit_code


def report_usage(error: click.ClickException, *, as_json: bool) -> int:
    """Tell what was typed wrongly, in Click's words."""
    if as_json:
        problem = Problem("usage", "the command line", error.format_message(), "See: briefing COMMAND --help")
        click.echo(json.dumps({"ok": False, "exit_code": error.exit_code, "problems": [problem.as_dict()]}))
    else:
        error.show()
    return error.exit_code


def report_bug(error: Exception, *, as_json: bool) -> int:
    """Tell of an error that should not exist."""
    problem = bug(error)
    if as_json:
        click.echo(json.dumps({"ok": False, "exit_code": int(ExitCode.BUG), "problems": [problem.as_dict()]}))
    else:
        click.echo(_told(problem), err=True)
    return ExitCode.BUG


def report_interruption(*, as_json: bool) -> int:
    """Tell that the run was stopped by hand."""
    click.echo("Interrupted. Nothing half-made was left behind.", err=True)
    if as_json:
        click.echo(json.dumps({"ok": False, "exit_code": int(ExitCode.INTERRUPTED), "problems": []}))
    return ExitCode.INTERRUPTED


def _told(problem: Problem) -> str:
    return f"  {problem.where}: {problem.problem}\n      {problem.what_to_do}"
