"""Briefing: makes the packet a ketamine clinic's patient gets before a session, and proves it before it is released."""

__version__ = "0.1.0"
