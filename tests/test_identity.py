"""The clinic's secret and what is derived from it: short ids, and digests that nobody without the secret can guess back."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.errors import DeliveryError
from briefing.identity import Secret, clinic_secret

ONE, OTHER = Secret(b"1" * 32), Secret(b"2" * 32)


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=200))
def test_an_id_is_two_groups_of_letters_that_are_not_mistaken_for_each_other(data: bytes) -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", ONE.packet_id(data))


def test_an_id_depends_on_the_data_and_on_nothing_else() -> None:
    assert ONE.packet_id(b"data") == Secret(b"1" * 32).packet_id(b"data")
    assert len({ONE.packet_id(str(number).encode()) for number in range(2_000)}) == 2_000


def test_two_clinics_give_the_same_patient_different_ids_and_digests() -> None:
    assert ONE.packet_id(b"data") != OTHER.packet_id(b"data")
    assert ONE.digest("request", b"data") != OTHER.digest("request", b"data")


def test_digests_for_different_purposes_are_unrelated() -> None:
    assert ONE.digest("request", b"data") != ONE.digest("packet", b"data")
    assert re.fullmatch(r"[0-9a-f]{64}", ONE.digest("request", b"data"))


def test_a_plain_digest_of_the_data_is_not_what_is_printed() -> None:
    assert hashlib.sha256(b"data").hexdigest() != ONE.digest("request", b"data")


def test_the_key_is_in_no_repr() -> None:
    assert "1111" not in repr(ONE)


def test_the_secret_is_made_on_first_use_and_kept(tmp_path: Path) -> None:
    first = clinic_secret(tmp_path)
    assert clinic_secret(tmp_path) == first
    assert len(first.key) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_the_secret_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        clinic_secret(tmp_path)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_two_folders_get_two_secrets(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert clinic_secret(tmp_path / "a") != clinic_secret(tmp_path / "b")


def test_makers_that_race_get_one_key(tmp_path: Path) -> None:
    for round_number in range(10):
        folder = tmp_path / str(round_number)
        folder.mkdir()
        start = threading.Barrier(8)
        keys: list[bytes] = []

        def make(folder: Path = folder, start: threading.Barrier = start, keys: list[bytes] = keys) -> None:
            start.wait()
            keys.append(clinic_secret(folder).key)

        makers = [threading.Thread(target=make) for _ in range(8)]
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join()
        assert len(keys) == 8
        assert len(set(keys)) == 1
        assert [path.name for path in folder.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("content", [b"", b"\n", b"0" * 62, b"0" * 66, b"xyz" * 20, b"\xff" * 64, b"0" * 63 + b"g"])
def test_a_broken_key_is_refused_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(DeliveryError) as error:
        clinic_secret(tmp_path)
    assert error.value.problems[0].kind == "secret"
    assert (tmp_path / "secret.key").read_bytes() == content


def test_a_key_that_is_a_folder_or_a_dead_link_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "secret.key").mkdir()
    (tmp_path / "b" / "secret.key").symlink_to("nowhere")
    for name in ("a", "b"):
        with pytest.raises(DeliveryError):
            clinic_secret(tmp_path / name)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeliveryError, match="no space left"):
        clinic_secret(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError):
        clinic_secret(tmp_path / "missing")
