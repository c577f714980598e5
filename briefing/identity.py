"""The clinic's secret, and what is derived with it: packet ids, and digests of anything a patient's data went into.

A plain digest of a name and a birth date can be guessed back; one keyed with a secret cannot.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from briefing.errors import DeliveryError, InputError, Problem

_FILE = "secret.key"
_BYTES = 32
# Letters and digits that are not mistaken for each other, read aloud or on paper (Crockford's alphabet: no I, L, O, U).
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PACKET_ID = re.compile(f"[{_ALPHABET}]{{4}}-[{_ALPHABET}]{{4}}")


@dataclass(frozen=True, slots=True)
class Secret:
    """The clinic's secret key."""

    key: bytes = field(repr=False)

    def digest(self, purpose: str, data: bytes) -> str:
        """Return a keyed SHA-256 of the data, in hexadecimal. Different purposes give unrelated digests."""
        return hmac.new(self.key, purpose.encode() + b"\0" + data, hashlib.sha256).hexdigest()

    def packet_id(self, data: bytes) -> str:
        """Return the id of a packet made from this data: eight letters and digits in two groups, such as 7K4M-92QD."""
        number = int(self.digest("packet id", data)[:10], 16)
        letters = "".join(_ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
        return f"{letters[:4]}-{letters[4:]}"


def clinic_secret(folder: Path) -> Secret:
    """Read the secret of a clinic folder; make it on first use, readable by its owner only.

    Raises:
        DeliveryError: there is none and it cannot be written, or it is not a key.
    """
    if not (folder / _FILE).exists():
        _make(folder / _FILE)
    if (secret := _read(folder)) is None:
        problem = "it cannot be read, or is not a key."
        raise DeliveryError(
            Problem("secret", _FILE, problem, "Restore it from a backup; without it old packet ids cannot be proved.")
        )
    return secret


def known_secret(folder: Path) -> Secret:
    """Read the secret of a clinic folder that has made packets before.

    Raises:
        InputError: there is none, or it is not a key.
    """
    if (secret := _read(folder)) is None:
        problem = "this clinic folder has no secret key that can be read."
        raise InputError(Problem("no-secret", _FILE, problem, "Name the folder of the clinic that made the packet."))
    return secret


def _read(folder: Path) -> Secret | None:
    try:
        key = bytes.fromhex((folder / _FILE).read_text("ascii").strip())
    except (OSError, ValueError):
        return None
    return Secret(key) if len(key) == _BYTES else None


def _make(path: Path) -> None:
    """Write a new key whole or not at all; when two runs race, the first one's key holds for both."""
    try:
        handle, name = tempfile.mkstemp(prefix=".secret-", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            path.hardlink_to(name)
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise DeliveryError(
            Problem(
                "secret",
                _FILE,
                f"the clinic's secret key cannot be made: {reason}.",
                "Make the clinic folder writable for the first run.",
            )
        ) from None
