"""Encryption for the way through the mail: AES-256, open to screen readers."""

from __future__ import annotations

import io

import pikepdf

from briefing.passwords import Password

# To print, fill in, and above all have it read out: without the permission for that, a screen reader is locked out.
_ALLOWED = pikepdf.Permissions(
    accessibility=True,
    extract=True,
    modify_annotation=False,
    modify_assembly=False,
    modify_form=True,
    modify_other=False,
    print_highres=True,
    print_lowres=True,
)


def seal(data: bytes, password: Password) -> bytes:
    """Return a packet encrypted with a password. No two runs give the same bytes: encryption draws random numbers."""
    sealed = io.BytesIO()
    lock = pikepdf.Encryption(user=password.text, owner=password.owner, R=6, aes=True, metadata=True, allow=_ALLOWED)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(sealed, object_stream_mode=pikepdf.ObjectStreamMode.generate, encryption=lock)
    return sealed.getvalue()
