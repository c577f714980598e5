"""How a step of the preparation says that a file cannot be used."""

from __future__ import annotations

from briefing.errors import Problem

PRINT_ANEW = "Open it, print it to a new PDF, and use that one."


class RefusedError(Exception):
    """The file cannot be an insert. It carries the problem; the place, which only the caller knows, is still open."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.problem)


class TagsUnusableError(Exception):
    """The file's own tags do not tell what its pages say, so it is treated as one that has none."""


def refusal(kind: str, problem: str, what_to_do: str) -> RefusedError:
    """Make a refusal, to be raised."""
    return RefusedError(Problem(kind, "", problem, what_to_do))


def broken(reason: str) -> RefusedError:
    """Make the refusal of a file that is damaged, or is no PDF."""
    return refusal("insert-unreadable", f"it cannot be read as a PDF: {reason}.", PRINT_ANEW)


def too_much(problem: str) -> RefusedError:
    """Make the refusal of a file that costs more than an insert may."""
    return refusal("insert-too-much", problem, "Use the pages you need: print them to a new PDF.")
