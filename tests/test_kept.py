"""What is kept is what was put there by this clinic, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.identity import Secret
from briefing.kept import Kept, kept_of

KEY, OTHER = "a" * 64, "b" * 64


def seal(data: bytes) -> str:
    return Secret(bytes(32)).digest("kept", data)


def kept(folder: Path, **limits: int) -> Kept:
    return Kept(folder, seal, **limits)


@given(st.binary(max_size=200))
def test_what_is_put_is_given_back(data: bytes) -> None:
    here = Kept()
    assert here.get(KEY) is None
    here.put(KEY, data)
    assert here.get(KEY) == data
    assert here.get(OTHER) is None


def test_the_next_run_finds_what_this_one_kept(tmp_path: Path) -> None:
    kept(tmp_path / "kept").put(KEY, b"pages")
    assert kept(tmp_path / "kept").get(KEY) == b"pages"
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "kept").iterdir()] == [0o600]


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


@pytest.mark.parametrize("place", [0, 63, 64, -1], ids=["the seal", "its end", "the first byte", "the last byte"])
def test_a_changed_byte_is_not_believed_and_thrown_away(tmp_path: Path, place: int) -> None:
    folder = tmp_path / "kept"
    kept(folder).put(KEY, b"pages")
    path = only_file(folder)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert kept(folder).get(KEY) is None
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("length", [0, 10, 64, 66])
def test_a_torn_file_is_not_believed(tmp_path: Path, length: int) -> None:
    folder = tmp_path / "kept"
    kept(folder).put(KEY, b"pages")
    path = only_file(folder)
    path.write_bytes(path.read_bytes()[:length])
    assert kept(folder).get(KEY) is None


def test_a_page_in_the_place_of_another_is_not_believed(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    kept(folder).put(KEY, b"pages")
    path = only_file(folder)
    path.rename(path.with_name(path.name.replace(KEY, OTHER)))
    assert kept(folder).get(OTHER) is None


def test_what_another_clinic_kept_is_not_believed(tmp_path: Path) -> None:
    Kept(tmp_path / "kept", lambda data: Secret(bytes([1] * 32)).digest("kept", data)).put(KEY, b"pages")
    assert kept(tmp_path / "kept").get(KEY) is None


def test_memory_has_a_limit_and_the_oldest_goes_first() -> None:
    here = Kept(most_in_memory=100)
    for number in range(20):
        here.put(f"{number:064}", bytes(30))
    assert [number for number in range(20) if here.get(f"{number:064}") is not None] == [17, 18, 19]


def test_the_disk_has_a_limit_and_what_was_used_last_stays(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    here = kept(folder, most_on_disk=1000)
    for number in range(30):
        here.put(f"{number:064}", bytes(100))
        os.utime(folder / f"{number:064}.page", (number, number))
    left = sorted(int(path.stem) for path in folder.iterdir())
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 1000
    assert left[-1] == 29
    assert left == list(range(left[0], 30))


def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    folder.chmod(0o777)
    kept(folder).put(KEY, b"pages")
    assert list(folder.iterdir()) == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / "kept").symlink_to(elsewhere)
    kept(tmp_path / "kept").put(KEY, b"pages")
    assert list(elsewhere.iterdir()) == []


def test_a_disk_that_takes_nothing_is_no_error(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    here = kept(folder)
    folder.rmdir()
    here.put(KEY, b"pages")
    assert here.get(KEY) == b"pages"
    assert kept(folder).get(KEY) is None


def test_each_clinic_keeps_its_own_and_nothing_without_a_folder(tmp_path: Path) -> None:
    one, other = Secret(bytes(32)), Secret(bytes([1] * 32))
    kept_of(one, tmp_path).put(KEY, b"pages")
    assert kept_of(one, tmp_path).get(KEY) == b"pages"
    assert kept_of(other, tmp_path).get(KEY) is None
    assert kept_of(one, tmp_path).get(KEY) == b"pages"  # asking did it no harm
    kept_of(one, None).put(OTHER, b"pages")
    assert kept_of(one, tmp_path).get(OTHER) is None
