"""Briefing from a checkout: `python cli.py ARGUMENTS` is the same as the installed command `briefing ARGUMENTS`."""

from briefing.commands import main

if __name__ == "__main__":
    main()
