"""Spreadsheets are zip files. Each part is unpacked to its limit, checked, and packed anew, before any reader sees it."""

from __future__ import annotations

import io
import zipfile
import zlib

from briefing.spreadsheets.refusal import refused

_MOST_PARTS = 2000
_LARGEST_WHOLE = 100_000_000  # bytes, unpacked
_SAVE_ANEW = "Open it in its program and save it anew as .xlsx."


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip file by name.

    Raises:
        RefusedError: it is broken, locked, or far larger than it looks.
    """
    parts: dict[str, bytes] = {}
    left = _LARGEST_WHOLE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            # What is declared is cheap to add up; what is true is counted below.
            if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _LARGEST_WHOLE:
                raise refused("too-large", "it is far larger unpacked than the schedule of a day.", _SAVE_ANEW)
            for entry in entries:
                if entry.flag_bits & 1:
                    raise refused("schedule-locked", "it is locked with a password.", "Save it without a password.")
                with archive.open(entry) as part:
                    content = part.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise refused("too-large", "it is far larger unpacked than the schedule of a day.", _SAVE_ANEW)
                if entry.filename in parts:
                    raise refused("schedule-broken", "a part of it stands in it twice.", _SAVE_ANEW)
                parts[entry.filename] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        raise refused("schedule-broken", "it is not whole.", _SAVE_ANEW) from None
    return parts


def packed(parts: dict[str, bytes]) -> bytes:
    """Pack parts into a plain zip file, which every reader unpacks in the same way."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()
