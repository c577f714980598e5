"""How a spreadsheet is refused inside the process that reads it."""

from __future__ import annotations

from briefing.errors import Problem


class RefusedError(Exception):
    """The whole file cannot be used."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.kind)


def refused(kind: str, problem: str, what_to_do: str) -> RefusedError:
    """Make a refusal; its texts say nothing of what stands in the file."""
    return RefusedError(Problem(kind, "the schedule", problem, what_to_do))
