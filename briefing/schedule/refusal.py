"""How a spreadsheet is refused inside the process that reads it."""

from __future__ import annotations

from briefing.errors import Problem


class RefusedError(Exception):
    """The whole file cannot be used. Its texts say nothing of what stands in it."""

    def __init__(self, kind: str, problem: str, what_to_do: str, where: str = "the schedule") -> None:
        self.problem = Problem(kind, where, problem, what_to_do)
        super().__init__(kind)
