"""What a proved packet is handed out as: for print as it is; for the archive only by both standards; for e-mail encrypted."""

from __future__ import annotations

from dataclasses import replace

from briefing.choices import Edition
from briefing.errors import InputError, Problem, VerificationError
from briefing.packet import CLAIMS, Packet
from briefing.packet.sealing import seal
from briefing.passwords import Password
from briefing.sealed_proof import prove_sealed
from briefing.verification import VerifiedPacket


def finish(verified: VerifiedPacket, edition: Edition, password: Password | None) -> VerifiedPacket:
    """Return a proved packet as its edition is handed out.

    Args:
        verified: the packet.
        edition: which edition it is.
        password: what opens the e-mail edition; no other one has any.

    Raises:
        VerificationError: it does not keep to the standards of the archive, or did not come back whole from its encryption.
        InputError: the e-mail edition has no password.
    """
    if edition == "archive":
        _refuse_lesser(verified.packet)
    if edition != "email":
        return verified
    if password is None:
        raise InputError(Problem("password", "the e-mail edition", "it has no password.", "Name a file: --password-file FILE."))
    sealed = seal(verified.packet.data, password)
    found = prove_sealed(verified, sealed, password)
    if problems := [Problem("sealed", "the packet", problem, _REPORT) for problem in found]:
        raise VerificationError(problems)
    return replace(verified, packet=replace(verified.packet, data=sealed))


_REPORT = "Nothing was written. Please report this with the output of `briefing doctor`."


def _refuse_lesser(packet: Packet) -> None:
    if missing := [claim for claim in CLAIMS if claim not in packet.claims]:
        problem = f"it does not keep to {' and '.join(missing)}, most often because of an insert."
        raise VerificationError(
            Problem("not-for-archive", "the packet", problem, "Leave the insert out, mend it, or make the print edition.")
        )
