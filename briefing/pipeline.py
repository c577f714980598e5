"""The straight line from a request to a proved packet. Every stage is a function of what it is given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import date

from briefing.choices import PLAIN, Choices
from briefing.editions import finish
from briefing.fingerprint import request_bytes, typed_texts
from briefing.identity import Secret
from briefing.manifest import Manifest, describe
from briefing.models import PacketRequest
from briefing.packet import bind_packet
from briefing.passwords import Password
from briefing.printing import print_documents
from briefing.selection import choose_documents
from briefing.template_context import Typed, day_text
from briefing.verification import VerifiedPacket, verify_packet
from briefing.workshop import Workshop

Watch = Callable[[str], AbstractContextManager[None]]


def make_packet(
    request: PacketRequest,
    workshop: Workshop,
    secret: Secret,
    issued_on: date,
    choices: Choices = PLAIN,
    watch: Watch = lambda _: nullcontext(),
    password: Password | None = None,
) -> tuple[VerifiedPacket, Manifest]:
    """Make one patient's packet and prove it; raise a kind of `BriefingError` when it cannot be made right. Nothing is written.

    Args:
        request: a checked request.
        workshop: what all packets of the clinic are made with.
        secret: the clinic's secret, from which the packet id is derived.
        issued_on: the day of issue.
        choices: how it is to be made.
        watch: wraps each stage, called with its name, so that its cost can be told.
        password: what opens the e-mail edition.
    """
    catalogue, environment, press = workshop.catalogue, workshop.environment, workshop.press
    wording, wordings = catalogue.wording(catalogue.the_clinic().language), catalogue.wordings
    packet_id = secret.packet_id(workshop.ingredients.of(request, issued_on, choices))
    chosen = choose_documents(catalogue, request).chosen
    with watch("render"):
        printed = print_documents(chosen, request, catalogue, environment, press, packet_id, issued_on, choices)
    with watch("bind"):
        identity = (Typed(request.patient.name), day_text(request.patient.date_of_birth, wording))
        packet = bind_packet(packet_id, printed, identity, issued_on, wording, environment, press.print_pdf, choices, wordings)
    with watch("verify"):
        verified = finish(verify_packet(packet, typed_texts(request)), choices.edition, password)
    return verified, describe(verified, catalogue, secret, request_bytes(request), choices)
