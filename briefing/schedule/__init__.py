"""A day's schedule, whatever program wrote it: from its file to one row for each patient, each right or with its problems.

parts          a schedule and its rows as values
"""

from briefing.schedule.parts import Row, Schedule

__all__ = ("Row", "Schedule")
