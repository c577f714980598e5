"""The command line: what a person types. Only this package talks to the terminal and ends the process."""

from __future__ import annotations

import sys

import click

from briefing import __version__
from briefing.commands.reporting import report_bug, report_error, report_interruption, report_usage
from briefing.errors import BriefingError, ExitCode


class LazyGroup(click.Group):
    """Loads a command's module when the command is used, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which a newcomer needs them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        from importlib import import_module  # part of loading late

        command = getattr(import_module(f"briefing.commands.{_COMMANDS[cmd_name][0]}"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, purpose) for name, (_, purpose) in _COMMANDS.items()])


_COMMANDS = {
    "packet": ("packet", "Make one patient's packet and its manifest."),
    "day": ("day", "Make the packets of a whole day's schedule."),
    "check": ("check", "Tell every problem of a request, a day's schedule or a clinic folder; make nothing."),
    "explain": ("explain", "Say why each document and section is in a packet or not."),
    "proof": ("proof", "Make PNG pages of a packet to look at."),
    "verify": ("verify", "Prove a finished packet again, without its request."),
    "score": ("score", "Score the consent in a finished packet: what stands on which page, and what is missing."),
    "documents": ("lists", "List the documents and inserts: whose file wins, versions, approvals."),
    "protocols": ("lists", "List the protocols and what they ask a clinic to set."),
    "facts": ("facts", "List the facts: sources, who cites them, what is due for review."),
    "approve": ("approve", "Record that somebody stands by the exact words of documents."),
    "changes": ("changes", "Show what changed in documents since they were approved, word by word."),
    "customise": ("customise", "Put a starting point for a text of your own into the clinic folder."),
    "schema": ("lists", "Print the JSON Schema of a request, for editors."),
    "doctor": ("doctor", "Say whether this machine has all that is needed."),
}


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="briefing")
def cli() -> None:
    """Make the packet that a ketamine clinic's patient gets before a session.

    A packet holds the consent form, what to expect, how to prepare, what to do after, and the companion's sheet.
    """


def main() -> None:
    """Run the command line and end the process with its exit code. Every error becomes a message in this one place."""
    arguments = sys.argv[1:]
    try:
        code = cli.main(args=arguments, prog_name="briefing", standalone_mode=False)
    except BriefingError as error:
        code = report_error(error, as_json="--json" in arguments)
    except click.ClickException as error:
        code = report_usage(error, as_json="--json" in arguments)
    except (click.Abort, KeyboardInterrupt):
        code = report_interruption(as_json="--json" in arguments)
    except Exception as error:
        code = report_bug(error, as_json="--json" in arguments)
    sys.exit(code if isinstance(code, int) else ExitCode.OK)
