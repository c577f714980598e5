"""The proof of an encrypted packet: it is opened with its password, by a library that did not encrypt it too, and found whole."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf

from briefing.packet import Packet
from briefing.passwords import Password
from briefing.pdf_reading import opens_with, read_pages
from briefing.structure_proof import prove_structure

_AES_256 = 6  # the revision of PDF 2.0; the one before it has a known weakness


def prove_sealed(packet: Packet, sealed: bytes, password: Password) -> Iterator[str]:
    """Yield what is wrong with an encrypted packet.

    Args:
        packet: the packet before it was encrypted, proved.
        sealed: the encrypted file.
        password: what opens it.
    """
    if opens_with(sealed, None):
        yield "it opens without its password."
    elif not opens_with(sealed, password.text):
        yield "it does not open with its password."
    else:
        yield from _whole(packet, sealed, password)


def _whole(packet: Packet, sealed: bytes, password: Password) -> Iterator[str]:
    with read_pages(packet.data) as before, read_pages(sealed, password.text) as after:
        if [page.text_above(0) for page in before] != [page.text_above(0) for page in after]:
            yield "its pages do not say the same as before it was encrypted."
    with pikepdf.open(io.BytesIO(sealed), password=password.text) as pdf:
        lock = pdf.encryption
        if lock.R != _AES_256 or {lock.stream_method, lock.string_method} != {pikepdf.models.EncryptionMethod.aesv3}:
            yield "it is not encrypted with AES-256."
        if not pdf.allow.accessibility or not pdf.allow.extract:
            yield "screen readers are locked out."
        opened = io.BytesIO()
        pdf.save(opened, encryption=False)
    documents = [(document.item.title, document.item.language) for document in packet.documents]
    yield from (f"{where}: {problem}." for where, problem in prove_structure(opened.getvalue(), documents))
