"""Editions: the archive's is refused where it would promise too much, and e-mail's is locked, whole and open to screen readers."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import page as page_validation
import pikepdf
import pytest

from briefing.choices import Choices, Edition
from briefing.editions import finish
from briefing.errors import InputError, VerificationError
from briefing.packet import CLAIMS, Packet
from briefing.packet.sealing import seal
from briefing.passwords import Password
from briefing.pdf_reading import opens_with, read_pages
from briefing.sealed_proof import prove_sealed
from briefing.strip_reading import squeeze
from briefing.verification import VerifiedPacket
from tests.bound import CONSENT, HANDOUT, bound, opened, printed

PASSWORD = Password("lamp.river.stone.violin", "the owner's own")


@cache
def plain() -> Packet:
    return bound(printed("consent", "en", CONSENT), printed("handout", "es", HANDOUT), choices=Choices(edition="email"))


def proved(packet: Packet) -> VerifiedPacket:
    """Take a packet as proved; what is tested here comes after the proof."""
    with read_pages(packet.data) as pages:
        return VerifiedPacket(packet, tuple(squeeze(page.text_above(0)) for page in pages))


@cache
def sealed() -> bytes:
    return finish(proved(plain()), "email", PASSWORD).packet.data


def unlocked(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data), password=PASSWORD.text)


def metadata(pdf: pikepdf.Pdf) -> str:
    return pdf.Root.Metadata.read_bytes().decode()


# --- Print and archive ---


def test_print_and_archive_claim_both_standards() -> None:
    editions: tuple[Edition, ...] = ("print", "archive")
    for edition in editions:
        packet = bound(printed("card", "en", "<h1>Card</h1>"), choices=Choices(edition=edition))
        with opened(packet) as pdf:
            told = metadata(pdf)
        assert packet.claims == CLAIMS
        assert "<pdfuaid:part>1</pdfuaid:part>" in told
        assert "<pdfaid:part>2</pdfaid:part>" in told


def test_print_and_archive_are_handed_out_as_they_were_proved() -> None:
    verified = proved(replace(plain(), claims=CLAIMS))
    assert finish(verified, "print", None) is verified
    assert finish(verified, "archive", None) is verified


@pytest.mark.parametrize("claims", [("PDF/UA-1",), ("PDF/A-2a",), ()])
def test_what_cannot_keep_to_both_standards_is_not_for_the_archive(claims: tuple[str, ...]) -> None:
    verified = proved(replace(plain(), claims=claims))
    assert finish(verified, "print", None) is verified
    with pytest.raises(VerificationError) as refused:
        finish(verified, "archive", None)
    (problem,) = refused.value.problems
    assert problem.kind == "not-for-archive"
    assert all((claim in problem.problem) == (claim not in claims) for claim in CLAIMS)


# --- E-mail ---


def test_nobody_opens_it_without_the_password() -> None:
    assert not opens_with(sealed(), None)
    assert not opens_with(sealed(), "lamp.river.stone.violim")
    assert opens_with(sealed(), PASSWORD.text)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(sealed()))


def test_it_is_locked_with_the_strongest_key_the_format_has_and_open_to_screen_readers() -> None:
    with unlocked(sealed()) as pdf:
        assert pdf.encryption.R == 6
        assert pdf.encryption.bits == 256
        assert pdf.encryption.stream_method == pdf.encryption.string_method == pikepdf.models.EncryptionMethod.aesv3
        assert pdf.allow.accessibility
        assert pdf.allow.extract
        assert pdf.allow.modify_form
        assert pdf.allow.print_highres
        assert not pdf.allow.modify_other
        assert int(pdf.encryption.P) & (1 << 9)  # the tenth bit, which PDF/UA asks for


def test_nothing_of_the_packet_stands_in_the_locked_file_unlocked() -> None:
    for word in (b"Consent", b"Packet AAAA", b"pdfuaid", b"Ana Ruiz"):
        assert word not in sealed()
    assert b"pdfuaid" in plain().data  # else the test would see nothing


def test_its_pages_and_tags_are_those_of_the_packet_that_was_proved() -> None:
    with read_pages(plain().data) as before, read_pages(sealed(), PASSWORD.text) as after:
        assert [page.text_above(0) for page in before] == [page.text_above(0) for page in after]
        drawn = [[page.draw(30, gray=True).tobytes() for page in pages] for pages in (before, after)]
    assert drawn[0] == drawn[1]
    with opened(plain()) as open_pdf, unlocked(sealed()) as pdf:
        assert len(open_pdf.Root.StructTreeRoot.ParentTree.Nums) == len(pdf.Root.StructTreeRoot.ParentTree.Nums)


def test_it_claims_to_be_accessible_and_not_to_be_for_the_archive() -> None:
    with unlocked(sealed()) as pdf:
        told = metadata(pdf)
    assert "<pdfuaid:part>1</pdfuaid:part>" in told
    assert "<pdfaid:" not in told
    assert plain().claims == ("PDF/UA-1",)


def test_it_keeps_to_the_standard_for_access_before_it_is_encrypted() -> None:
    report = page_validation.validate_pdf_bytes(plain().data, profile=page_validation.ValidationProfile.PDF_UA_1)
    assert list(report.failures) == []


def test_without_a_password_there_is_no_email_edition() -> None:
    with pytest.raises(InputError) as refused:
        finish(proved(plain()), "email", None)
    assert [problem.kind for problem in refused.value.problems] == ["password"]


# --- The proof of the lock ---


def resealed(change: Callable[[pikepdf.Pdf], None], **locks: object) -> bytes:
    """Encrypt a packet that was changed, or encrypt it in another way."""
    out = io.BytesIO()
    settings = {"user": PASSWORD.text, "owner": PASSWORD.owner, "R": 6, **locks}
    with opened(plain()) as pdf:
        change(pdf)
        pdf.save(out, encryption=pikepdf.Encryption(**settings))  # type: ignore[arg-type]  # settings of several types
    return out.getvalue()


def nothing(_: pikepdf.Pdf) -> None:
    """Change nothing."""


def drop_page(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[1]


def swap_pages(pdf: pikepdf.Pdf) -> None:
    pdf.pages.insert(0, pdf.pages[1])
    del pdf.pages[2]


def drop_tags(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot


def garble_words(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.contents_add(b"/Artifact BMC BT /F0 9 Tf (x) Tj ET EMC", prepend=True)
    del page.obj["/Contents"]


NO_READER = pikepdf.Permissions(accessibility=False)
NO_EXTRACT = pikepdf.Permissions(extract=False)
FAULTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "not encrypted": (lambda: plain().data, "without its password"),
    "no password for the reader": (lambda: resealed(nothing, user=""), "without its password"),
    "another password": (lambda: resealed(nothing, user="violin.stone.river"), "does not open"),
    "damaged": (lambda: sealed()[: len(sealed()) // 2], "does not open"),
    "an older lock": (lambda: resealed(nothing, R=4), "AES-256"),
    "an older lock, screen readers out": (
        lambda: resealed(nothing, R=3, aes=False, metadata=False, allow=NO_READER),
        "screen readers",
    ),
    "no text for screen readers": (lambda: resealed(nothing, allow=NO_EXTRACT), "screen readers"),
    "a page dropped": (lambda: resealed(drop_page), "do not say the same"),
    "two pages swapped": (lambda: resealed(swap_pages), "do not say the same"),
    "a page emptied": (lambda: resealed(garble_words), "do not say the same"),
    "the tags dropped": (lambda: resealed(drop_tags), "no tags"),
}


def test_a_good_lock_is_let_through() -> None:
    assert list(prove_sealed(proved(plain()), sealed(), PASSWORD)) == []
    assert list(prove_sealed(proved(plain()), seal(plain().data, PASSWORD), PASSWORD)) == []


@pytest.mark.parametrize(("make", "said"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_caught(make: Callable[[], bytes], said: str) -> None:
    assert said in " ".join(prove_sealed(proved(plain()), make(), PASSWORD))


def test_what_fails_its_proof_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefing.editions.seal", lambda data, _: data)
    with pytest.raises(VerificationError) as refused:
        finish(proved(plain()), "email", PASSWORD)
    assert [problem.kind for problem in refused.value.problems] == ["sealed"]
    assert PASSWORD.text not in str(refused.value)
