"""The manifest: what it says, what it must not say, and what it lets `verify` find."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from briefing.errors import InputError
from briefing.identity import Secret
from briefing.manifest import FORMAT, manifest_digest, page_digest
from briefing.manifest_proof import ReadManifest, prove_manifest, read_manifest
from briefing.verification import ProvedFile, prove_packet
from tests.conftest import ROOT
from tests.packets import SECRET, sample_packet

NAME = "daniel-novak"
TOLD = dict[str, object]


def told() -> TOLD:
    data = json.loads(sample_packet(NAME)[1].as_bytes())
    assert isinstance(data, dict)
    return data


def again(data: TOLD) -> ReadManifest:
    return read_manifest(json.dumps(data))


@pytest.fixture(scope="module")
def proved() -> ProvedFile:
    return prove_packet(sample_packet(NAME)[0].data)


def kinds(data: TOLD, proved: ProvedFile, secret: Secret | None = None, pdf: bytes | None = None) -> list[str]:
    found = prove_manifest(again(data), proved, pdf or sample_packet(NAME)[0].data, secret)
    return [problem.kind for problem in found]


def test_every_line_is_explained_and_nothing_else() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "manifest.md").read_text(), re.MULTILINE)
    assert explained == list(told())


def test_a_packet_and_its_manifest_agree(proved: ProvedFile) -> None:
    assert kinds(told(), proved) == []
    assert kinds(told(), proved, SECRET) == []


def test_spacing_and_order_of_a_manifest_do_not_matter(proved: ProvedFile) -> None:
    assert kinds(dict(reversed(told().items())), proved, SECRET) == []


@pytest.mark.parametrize("line", sorted(told_line for told_line in ("packet_id", "issued_on", "pages")))
def test_a_manifest_that_contradicts_its_packet_is_found_without_the_secret(line: str, proved: ProvedFile) -> None:
    other = {"packet_id": "AAAA-BBBB", "issued_on": "2026-11-25", "pages": 3}[line]
    assert kinds(told() | {line: other}, proved) == ["manifest-differs"]


@pytest.mark.parametrize(("key", "value"), [("title", "Another"), ("language", "es"), ("first_page", 2)])
def test_a_document_that_the_packet_does_not_hold_is_found(key: str, value: object, proved: ProvedFile) -> None:
    data = told()
    documents = data["documents"]
    assert isinstance(documents, list)
    documents[0][key] = value
    assert kinds(data, proved) == ["manifest-differs"]


def test_any_other_edit_is_found_with_the_secret(proved: ProvedFile) -> None:
    for line in told():
        if line not in ("format", "packet_id", "issued_on", "pages", "documents", "packet_sha256"):
            data = told()
            before = data[line]
            data[line] = [*before, *(before[:1] or ["x"])] if isinstance(before, list) else "0" * 64
            assert kinds(data, proved, SECRET) == ["manifest-changed"], line


def test_the_manifest_of_another_clinic_is_found(proved: ProvedFile) -> None:
    assert kinds(told(), proved, Secret(b"another clinic's own secret 1234")) == ["manifest-changed"]


def test_with_the_secret_the_page_that_changed_is_named(proved: ProvedFile) -> None:
    changed = list(proved.page_texts)
    changed[4] += "."
    data, pdf = told(), sample_packet(NAME)[0].data + b"\n"
    problems = list(prove_manifest(again(data), replace(proved, page_texts=tuple(changed)), pdf, SECRET))
    assert [(problem.kind, problem.where) for problem in problems] == [
        ("packet-changed", "the packet"),
        ("page-changed", "packet page 5"),
    ]


def test_digests_of_pages_cannot_be_made_without_the_secret(proved: ProvedFile) -> None:
    digests = told()["page_text_keyed_digests"]
    assert digests == [page_digest(SECRET, text) for text in proved.page_texts]
    assert digests != [page_digest(Secret(b"0" * 32), text) for text in proved.page_texts]
    assert manifest_digest(SECRET, told()) == told()["manifest_keyed_digest"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": "x"}', f'{{"format": {FORMAT}}}', "[" * 100_000])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_manifest(text)
    assert refused.value.problems[0].kind == "no-manifest"


def test_a_manifest_of_another_format_is_refused_by_its_number() -> None:
    with pytest.raises(InputError) as refused:
        again(told() | {"format": FORMAT + 1})
    assert refused.value.problems[0].kind == "manifest-format"
