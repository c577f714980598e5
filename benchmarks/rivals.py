"""The same documents by other means: what each packet costs when it is made without tags, proof or strip.

Each takes the filled HTML of the documents of one packet and gives one PDF. None of them is part of the product.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

from pypdf import PdfReader, PdfWriter

from briefing.pdf_rendering import Press

Printer = Callable[[Sequence[str]], bytes]
_BLOCKS = {"p": "", "li": "- ", "h1": "= ", "h2": "== ", "td": "", "th": "", "time": "", "dt": "", "dd": ""}
_OFFICE = ("soffice", "libreoffice")


def plain_script(press: Press) -> Printer:
    """Print each document with WeasyPrint, fonts and style loaded once, and append one to the other with pypdf."""
    import weasyprint

    style, fonts, fetcher = press._style, press._font_configuration, press._fetcher  # noqa: SLF001 - the same look, loaded once

    def make(pages: Sequence[str]) -> bytes:
        writer, out = PdfWriter(), io.BytesIO()
        for html in pages:
            printed = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url="briefing:").write_pdf(
                stylesheets=[style], font_config=fonts
            )
            writer.append(io.BytesIO(printed))
        writer.write(out)
        return out.getvalue()

    return make


def typst() -> Printer | None:
    """Set the same text in Typst, a heading for a heading and a paragraph for a paragraph; None when it is not installed."""
    if find_spec("typst") is None:
        return None
    import typst as library

    def make(pages: Sequence[str]) -> bytes:
        text = "#pagebreak()\n".join(map(_as_typst, pages))
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "packet.typ"
            source.write_text(f'#set page("us-letter", margin: (bottom: 29mm, rest: 20mm))\n#set text(12pt)\n{text}')
            made = library.compile(str(source))
        return bytes(made)

    return make


def chromium() -> Printer | None:
    """Print each document with headless Chromium, one start for each; None when it is not installed."""
    return _by_command(
        "chromium",
        lambda program, page, folder: [
            *(
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
                "--disable-background-networking",
            ),
            *(f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={page.with_suffix('.pdf')}", page.as_uri()),
        ],
    )


def libreoffice() -> Printer | None:
    """Convert each document with LibreOffice, one start for each; None when it is not installed."""
    name = next((each for each in _OFFICE if shutil.which(each)), _OFFICE[0])
    return _by_command(
        name,
        lambda program, page, folder: [
            *(program, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"),
            *("--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(folder), str(page)),
        ],
    )


def _by_command(name: str, command: Callable[[str, Path, Path], list[str]]) -> Printer | None:
    program = shutil.which(name)
    if program is None:
        return None

    def make(pages: Sequence[str]) -> bytes:
        writer, out = PdfWriter(), io.BytesIO()
        with tempfile.TemporaryDirectory() as made_in:
            folder = Path(made_in)
            for number, html in enumerate(pages):
                page = folder / f"{number}.html"
                page.write_text(html)
                # A program that was found on this machine, with paths of our own.
                subprocess.run(command(program, page, folder), check=True, capture_output=True, timeout=120)  # noqa: S603
                writer.append(PdfReader(page.with_suffix(".pdf")))
            writer.write(out)
        return out.getvalue()

    return make


class _Text(HTMLParser):
    """Collects the text of blocks with the mark that Typst has for their kind."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._mark, self._words = "", list[str]()
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag in ("style", "svg", "title"):
            self._skipped += 1
        if tag in _BLOCKS:
            self._end()
            self._mark = _BLOCKS[tag]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "svg", "title"):
            self._skipped -= 1
        if tag in _BLOCKS:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._words.append(data)

    def _end(self) -> None:
        if words := " ".join("".join(self._words).split()):
            self.lines.append(self._mark + re.sub(r"([#$*_`@<>\\\[\]~/=+-])", r"\\\1", words))
        self._mark, self._words = "", []


def _as_typst(html: str) -> str:
    text = _Text()
    text.feed(html)
    return "\n\n".join(text.lines) + "\n"


@contextlib.contextmanager
def opened(data: bytes) -> Iterator[int]:
    """Give the number of pages of what was made."""
    yield len(PdfReader(io.BytesIO(data)).pages)
