"""The stack: one file to print, first the exceptions, then each patient's separator sheet and packet, in the order of the day.

Whether one side of the paper is printed or both, no sheet carries two patients: every part begins on a page of an odd number
and has an even number of pages. It is for paper only: it has no tags, links or fields, and bookmarks that name no patient.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import pikepdf

from briefing.day.entries import StackEntry
from briefing.day.separators import print_separators
from briefing.day.stack_proof import BEFORE, prove_volume
from briefing.delivery import deliver, discard
from briefing.errors import VerificationError
from briefing.template_context import Moment, day_text
from briefing.workshop import Workshop

MOST_IN_VOLUME = 50  # patients: about 850 sheets of paper, and 350 MB of memory while it is bound and proved
_NAME = "print-all"
_ONLY_ON_SCREEN = ("/Annots", "/StructParents", "/Tabs", "/AA", "/Metadata", "/PieceInfo", "/Thumb")
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def write_print_all(
    folder: Path, entries: Sequence[StackEntry], exceptions_pdf: bytes, workshop: Workshop, issued_on: date
) -> tuple[Path, ...]:
    """Write the stack into a folder that `sole_run` holds, each volume proved and whole; what was there before goes first.

    Args:
        folder: where packets lie and the stack goes.
        entries: the packets, in the order in which they are printed.
        exceptions_pdf: what comes first in the stack.
        workshop: what separator sheets are printed with.
        issued_on: the day of issue; it becomes the file's date.

    Raises:
        VerificationError: a packet is not in the stack as it lies in the folder. That volume is not written.
        RenderingError: a separator sheet cannot be printed.
        DeliveryError: a volume cannot be written.
    """
    starts = range(0, max(len(entries), 1), MOST_IN_VOLUME)
    volumes = [entries[start : start + MOST_IN_VOLUME] for start in starts]
    discard(folder.glob(f"{_NAME}*.pdf"))  # a volume of this run beside one of the last would be a trap
    return tuple(
        deliver(folder, {name: bind_volume(volume, exceptions_pdf if number == 1 else b"", workshop, issued_on)})[0]
        for number, (name, volume) in enumerate(zip(_names(len(volumes)), volumes, strict=True), 1)
    )


def stack_names(packets: int) -> tuple[str, ...]:
    """Return the names of the volumes of a stack of so many packets."""
    return tuple(_names(len(range(0, max(packets, 1), MOST_IN_VOLUME))))


def bind_volume(entries: Sequence[StackEntry], exceptions_pdf: bytes, workshop: Workshop, issued_on: date) -> bytes:
    """Bind one volume of the stack and prove it.

    Raises:
        VerificationError: it does not hold just what it should.
        RenderingError: a separator sheet cannot be printed.
    """
    sheets = print_separators(entries, workshop)
    with _Volume(workshop, issued_on) as volume, pikepdf.open(io.BytesIO(sheets.data)) as printed:
        if exceptions_pdf:
            volume.add_exceptions(exceptions_pdf, printed.pages[-1])
        for number, entry in enumerate(entries):
            volume.add_packet(entry, printed.pages[BEFORE * number], printed.pages[BEFORE * number + 1])
        data = volume.finish()
    if problems := list(prove_volume(data, entries, exceptions_pdf)):
        raise VerificationError(problems)
    return data


def _names(count: int) -> Iterator[str]:
    """Yield the names of the volumes."""
    yield from ([f"{_NAME}.pdf"] if count == 1 else (f"{_NAME}-{number}.pdf" for number in range(1, count + 1)))


class _Volume:
    """A volume while it grows."""

    def __init__(self, workshop: Workshop, issued_on: date) -> None:
        self._clinic = workshop.catalogue.the_clinic()
        self._wording = workshop.catalogue.wording(self._clinic.language)
        self._issued_on = issued_on
        self._pdf = pikepdf.new()
        self._bookmarks: list[pikepdf.OutlineItem] = []

    def __enter__(self) -> _Volume:
        return self

    def __exit__(self, *_: object) -> None:
        self._pdf.close()

    def add_exceptions(self, data: bytes, blank: pikepdf.Page) -> None:
        """Add the list of exceptions, and a blank page where its last sheet has a side left."""
        first = len(self._pdf.pages) + 1
        with pikepdf.open(io.BytesIO(data)) as pdf:
            self._append(pdf)
            self._fill(blank)
        self._mark(self._wording["desk_stack_exceptions"], first)

    def add_packet(self, entry: StackEntry, sheet: pikepdf.Page, blank: pikepdf.Page) -> None:
        """Add a separator sheet with its blank back, the packet, and a blank page where its last sheet has a side left."""
        first = len(self._pdf.pages) + 1
        self._pdf.pages.append(sheet)
        self._pdf.pages.append(blank)
        with pikepdf.open(entry.path) as packet:
            self._append(packet)
        self._fill(blank)
        starts = entry.request.visit.starts_at.replace(tzinfo=self._clinic.time_zone)
        packet_words = self._wording.say("strip_packet", id=entry.packet_id)
        self._mark(f"{Moment(starts, self._wording).clock}, {entry.row.place}, {packet_words}", first)

    def finish(self) -> bytes:
        """Return the bytes of the volume."""
        _share_fonts(self._pdf)
        with self._pdf.open_outline() as outline:
            outline.root.extend(self._bookmarks)
        title = self._wording.say("desk_stack_title", date=day_text(self._issued_on, self._wording))
        about = pikepdf.Dictionary(Title=title, CreationDate=f"D:{self._issued_on:%Y%m%d}000000Z")
        self._pdf.docinfo = self._pdf.make_indirect(about)
        self._pdf.Root.Lang = pikepdf.String(self._wording.language)
        self._pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True, PrintScaling=pikepdf.Name("/None"))
        out = io.BytesIO()
        self._pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return out.getvalue()

    def _append(self, pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            for key in _ONLY_ON_SCREEN:
                if key in page.obj:
                    del page.obj[key]
        self._pdf.pages.extend(pdf.pages)

    def _fill(self, blank: pikepdf.Page) -> None:
        if len(self._pdf.pages) % 2:
            self._pdf.pages.append(blank)

    def _mark(self, title: str, page: int) -> None:
        self._bookmarks.append(pikepdf.OutlineItem(title, page - 1))


def _share_fonts(pdf: pikepdf.Pdf) -> None:
    """Let fonts that are equal stand in the file once: packets are alike, and fonts are most of what they weigh."""
    known: dict[bytes, pikepdf.Object] = {}
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            for key in _FONT_FILES:
                if key in item:
                    file = item[key]
                    item[key] = known.setdefault(sha256(file.read_raw_bytes()).digest(), file)
