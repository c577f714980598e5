"""Asking for a password: out of a file, or at the terminal; never on the command line, where others can read it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from briefing.choices import Edition
from briefing.passwords import SHORTEST, Password, new_password, read_password


def ask_password(edition: Edition, password_file: Path | None) -> Password | None:
    """Return the password of the e-mail edition; None for the others, which have none.

    Raises:
        InputError: it is not good enough.
        click.UsageError: there is nobody to ask, or nothing to be opened with it.
    """
    if edition != "email":
        if password_file:
            raise click.UsageError("Only the e-mail edition has a password: add --edition email.")
        return None
    if password_file:
        return read_password(password_file)
    if not sys.stdin.isatty():
        raise click.UsageError("The e-mail edition needs a password: add --password-file FILE.")
    asked = f"Password for the packet, {SHORTEST} characters or more"
    return new_password(click.prompt(asked, hide_input=True, confirmation_prompt=True, err=True), "the password")
