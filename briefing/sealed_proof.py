"""The proof of an encrypted packet: it is locked as it should be, and behind its lock it is proved once more as a whole."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf

from briefing.passwords import Password
from briefing.pdf_reading import opens_with
from briefing.verification import VerifiedPacket, prove_packet

_AES_256 = 6  # the revision of PDF 2.0; the one before it has a known weakness


def prove_sealed(verified: VerifiedPacket, sealed: bytes, password: Password) -> Iterator[str]:
    """Yield what is wrong with an encrypted packet.

    Args:
        verified: the packet before it was encrypted, proved.
        sealed: the encrypted file.
        password: what opens it.
    """
    if opens_with(sealed, None):
        yield "it opens without its password."
    elif not opens_with(sealed, password.text):
        yield "it does not open with its password."
    else:
        yield from _locks(sealed, password)
        after = prove_packet(sealed, password.text)
        if after.page_texts != verified.page_texts:
            yield "its pages do not say the same as before it was encrypted."
        yield from (f"{problem.where}: {problem.problem}" for problem in after.problems)


def _locks(sealed: bytes, password: Password) -> Iterator[str]:
    with pikepdf.open(io.BytesIO(sealed), password=password.text) as pdf:
        lock = pdf.encryption
        if lock.R != _AES_256 or {lock.stream_method, lock.string_method} != {pikepdf.models.EncryptionMethod.aesv3}:
            yield "it is not encrypted with AES-256."
        if not pdf.allow.accessibility or not pdf.allow.extract:
            yield "screen readers are locked out."
