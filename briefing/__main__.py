"""`python -m briefing`."""

import sys

# `-m` puts the working folder first on the path; no Python file of the user's is ever imported.
del sys.path[0]

from briefing.commands import main  # noqa: E402 - after the path was mended

main()
