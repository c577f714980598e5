"""A day's schedule, whatever program wrote it: from its file to one row for each patient, each right or with its problems.

parts          a schedule and its rows as values
opening        which kind of file it is, and the way from it to the rows
tables         a table as values: headings, lines, cells
csv_reading    text with separators into a table
spreadsheet_reading   spreadsheets into a table, in a process of its own (briefing/spreadsheets)
fhir_resources, fhir_words, fhir_rows      FHIR: files into resources, resources into words, appointments into entries
columns        which column fills which field
table_rows     the lines of a table as entries: for each field what was given, and where
entries        an entry as values
cells          what a cell may hold for each kind of field
row_reading    an entry into a checked request, or its problems with their places
mix_ups        rows that must be stopped or flagged because of each other
"""

from briefing.schedule.opening import is_schedule, read_schedule
from briefing.schedule.parts import Row, Schedule

__all__ = ("Row", "Schedule", "is_schedule", "read_schedule")
