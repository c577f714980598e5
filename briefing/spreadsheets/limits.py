"""How much of everything a spreadsheet may have, and how much may be spent on reading it."""

from __future__ import annotations

MOST_ROWS = 20_000
MOST_COLUMNS = 200
SECONDS = 15
BYTES = 450 * 1024**2
