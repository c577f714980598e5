"""Spreadsheets of somebody else's, read in a process of its own. Nothing here loads the rest of Briefing: that would take longer.

apart      the process: from a file's bytes to plain cells
archives   unpacking to a limit, and packing anew
survey     a first look at a sheet's XML: how far it reaches, and cells that only seem empty
refusal    how a file is refused
limits     how much of everything there may be
"""
