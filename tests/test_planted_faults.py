"""Faults planted in finished packets: with its manifest every one is found, without it all that the PDF alone gives away."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pikepdf
import pytest

from briefing.errors import BriefingError, ExitCode
from briefing.manifest_proof import ReadManifest, prove_with, read_manifest
from briefing.packet import Packet
from tests import planted
from tests.conftest import Briefing
from tests.packets import sample_packet, sealed
from tests.planted import CLEAN, EITHER, VISIBLE, Kind, ana, kinds, plant

KINDS = list(kinds())
SEEDS = range(1, 4)  # the short test plants number 0
SAMPLE = "ben-carter"
SHORT_OF_SAMPLES = ("link", "field", "picture", "letter of a strip", "digit", "birthday", "another patient", "another document")


def manifest_of(packet: Packet) -> ReadManifest:
    """Return a manifest that says of a packet what its own would say, as far as the proof without a secret asks."""
    import hashlib

    documents = [
        {"title": each.item.title, "language": each.item.language, "first_page": each.first_page} for each in packet.documents
    ]
    told: dict[str, object] = {"format": 2, "packet_id": packet.packet_id, "issued_on": packet.issued_on.isoformat()}
    told |= {"pages": len(packet.strips), "packet_sha256": hashlib.sha256(packet.data).hexdigest(), "documents": documents}
    told |= {"page_text_keyed_digests": [], "files": [], "manifest_keyed_digest": ""}
    return read_manifest(json.dumps(told))


def found(data: bytes, manifest: ReadManifest | None = None) -> list[str]:
    try:
        return [problem.kind for problem in prove_with(manifest, data)[1]]
    except BriefingError as error:
        return [problem.kind for problem in error.problems]


def check(kind: Kind, packet: Packet, seed: int) -> None:
    data = plant(kind, packet, seed)
    assert data != packet.data
    alone = found(data)
    if kind.seen == VISIBLE:
        assert alone, "the PDF alone gives this away"
    elif kind.seen == CLEAN:
        assert not alone, "it is found after all: say so in planted.py"
    assert "packet-changed" in found(data, manifest_of(packet))


def test_there_are_many_kinds_and_each_says_who_can_find_it() -> None:
    seen = Counter(kind.seen for kind in KINDS)
    assert seen[VISIBLE] >= 60
    assert seen[CLEAN] == len(planted._CLEAN)
    assert seen[EITHER] == 1


@pytest.mark.parametrize("packet", [ana, planted.bea])
def test_nothing_is_found_in_a_good_packet_nor_in_one_that_was_only_written_anew(packet: object) -> None:
    assert callable(packet)
    made = packet()
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert found(sealed(pdf)) == []
    assert found(made.data, manifest_of(made)) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))
def test_a_planted_fault_is_found(kind: Kind) -> None:
    check(kind, ana(), 0)


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))
def test_a_planted_fault_is_found_wherever_it_is(kind: Kind, seed: int) -> None:
    check(kind, ana(), seed)


@pytest.mark.long
@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if not any(word in kind.name for word in SHORT_OF_SAMPLES)], ids=lambda kind: str(kind.name)
)
def test_a_planted_fault_is_found_in_a_sample(kind: Kind) -> None:
    check(kind, sample_packet(SAMPLE)[0], 0)


# ---- Through the command ----


def written(folder: Path, data: bytes, name: str = SAMPLE) -> Path:
    packet, manifest = sample_packet(name)
    path = folder / f"packet-{packet.packet_id}.pdf"
    path.write_bytes(data)
    path.with_name(f"packet-{packet.packet_id}.manifest.json").write_bytes(manifest.as_bytes())
    return path


@pytest.mark.parametrize("name", ["page dropped", "digit changed", "script on opening", "file cut", "bit flipped anywhere"])
def test_the_command_ends_with_7(name: str, briefing: Briefing, tmp_path: Path) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    path = written(tmp_path, plant(kind, sample_packet(SAMPLE)[0], 0))
    ran = briefing("verify", path, "--json")
    assert ran.code == ExitCode.VERIFICATION
    assert "packet-changed" in {problem["kind"] for problem in json.loads(ran.out)["problems"]}
    assert "Carter" not in ran.out + ran.err


def test_a_page_that_says_something_else_is_named_with_the_clinics_secret(
    briefing: Briefing, tmp_path: Path, clinic_folder: Path
) -> None:
    from tests.packets import SECRET

    (clinic_folder / "secret.key").write_text(SECRET.key.hex())
    kind = next(kind for kind in KINDS if kind.name == "digit changed")
    packet = sample_packet(SAMPLE)[0]
    ran = briefing("verify", written(tmp_path, plant(kind, packet, 0)), "--clinic", clinic_folder, "--json")
    problems = json.loads(ran.out)["problems"]
    assert {"kind": "page-changed", "where": f"packet page {len(packet.strips)}"}.items() <= problems[-1].items()
