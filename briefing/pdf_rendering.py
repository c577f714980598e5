"""HTML to PDF: the one module that knows WeasyPrint. Closed to files, network and the machine's own fonts.

Whatever WeasyPrint would only log, or swallow, is an error here: a refused fetch, a style it did not understand, a letter
no font can draw, text that is cut off or leaves the page.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from briefing import __version__
from briefing.errors import Problem, RenderingError, SystemMissingError
from briefing.internals import sources_told
from briefing.kept import Kept
from briefing.resources import Font, fonts, templates_folder

if TYPE_CHECKING:
    from briefing.catalogue import CatalogueFile

SCHEME = "briefing:"
_TYPES = {"svg": "image/svg+xml", "css": "text/css", "ttf": "font/ttf"}
_TAGGED, _DRAWN = "pdf/a-2a", "pdf/a-2u"  # both for the archive: every font and color is told
_MISSING_GLYPH = ".notdef glyph"
_PAPER_HEIGHT = {"letter": "11in", "a4": "297mm"}
_BEFORE_INLINE = re.compile(r"\s+<strong>(?=\S)")
_BEFORE_END = re.compile(r"\s+(?=</(?:p|li|td|th|dd|dt|div|h[1-6])>)")
_PART = re.compile(r"\s*part:\s*([a-z0-9_]*)\s*")  # as layout/document.html.j2 writes it; without a name, no part begins
_FIELDS_SHOWN = ".field { display: block }"
_SLACK = 1.5  # CSS px by which a box may leave its place before it counts as cut off: rounding, not text


@dataclass(frozen=True, slots=True)
class PdfDocument:
    """A rendered document: its bytes and the number of its pages."""

    data: bytes
    page_count: int


class _Log(logging.Handler):
    """Collects what WeasyPrint only logs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: dict[str, None] = {}
        self.warnings: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(_MISSING_GLYPH):
            text = str(record.args[0]) if isinstance(record.args, tuple) and record.args else "?"
            self.missing[text] = None
        else:
            # The message may carry text of a page; the place in WeasyPrint that raised it does not.
            self.warnings.append(
                f"{record.module}: {str(record.msg).split('%', maxsplit=1)[0].split(':', maxsplit=1)[0].strip()}"
            )


class PrintPdf(Protocol):
    """Prints one HTML page; see `Press.print_pdf`."""

    def __call__(self, html: str, name: str, *, tagged: bool = True, shared: bool = False) -> PdfDocument:
        """Print it, with tags or as a mere drawing."""


class Press:
    """Fonts and style sheets, loaded once; prints any number of documents.

    It keeps nothing of what it prints, unless it is told that a page is shared: filled without any patient's details.

    Args:
        files: the catalogue's files; style sheets and icons are served from them, and nothing else is.
        paper: `letter` or `a4`.
        kept: where shared pages are kept; for this press's own life when left out.

    Raises:
        SystemMissingError: WeasyPrint, its libraries or a font is not there.
        RenderingError: a style sheet is not understood.
    """

    def __init__(self, files: Mapping[str, CatalogueFile], paper: str, kept: Kept | None = None) -> None:
        self._weasyprint = _import_weasyprint()
        self._kept = kept or Kept()
        self._fonts = {f"{SCHEME}fonts/{font.key}.ttf": font for font in fonts()}
        self._served = {f"{SCHEME}{path}": file.text.encode() for path, file in files.items() if path.startswith("style/icons/")}
        self._refused: list[str] = []
        fetcher = self._make_fetcher()
        self._fetcher = fetcher
        from weasyprint.text.fonts import FontConfiguration  # costs 0.5 s, so only when printing

        self._font_configuration = FontConfiguration()
        style = "\n".join(
            file.text for path, file in sorted(files.items()) if path.startswith("style/") and path.endswith(".css")
        )
        size = f"@page {{ size: {paper} }} :root {{ --page-height: {_PAPER_HEIGHT[paper]} }}\n"
        with self._watched("the style sheets"):
            self._style = self._weasyprint.CSS(
                string=_font_faces(tuple(self._fonts.values())) + size + style,
                font_config=self._font_configuration,
                url_fetcher=fetcher,
                base_url=SCHEME + "style/",
            )
            self._fields_shown = self._weasyprint.CSS(string=_FIELDS_SHOWN)
        self._made_of = _digest_of_makers(size + style, self._served)

    def print_pdf(
        self, html: str, name: str, *, tagged: bool = True, fillable: bool = False, shared: bool = False
    ) -> PdfDocument:
        """Print one document, or return a shared one that was printed before.

        Args:
            html: the whole page.
            name: what the document is called in errors; not a patient's value.
            tagged: whether it is to be read, with its headings, lists and tables told to screen readers, or is a mere
                drawing that is laid over another page.
            fillable: whether the fields of the page become form fields, or are left out.
            shared: whether the page was filled without any patient's details, so that it may be kept and used again.

        Raises:
            RenderingError: it cannot be printed faithfully.
        """
        if not shared:
            return self._print(html, name, tagged=tagged, fillable=fillable)
        key = hashlib.sha256(f"{self._made_of}\0{tagged}\0{fillable}\0{html}".encode()).hexdigest()
        if (found := self._kept.get(key)) is not None:
            return _unpacked(found)
        printed = self._print(html, name, tagged=tagged, fillable=fillable)
        self._kept.put(key, _packed(printed))
        return printed

    def _print(self, html: str, name: str, *, tagged: bool, fillable: bool) -> PdfDocument:
        with self._watched(name):
            source = self._weasyprint.HTML(string=_without_hanging_spaces(html), url_fetcher=self._fetcher, base_url=SCHEME)
            _name_parts(source.etree_element)
            try:
                style = [self._style, *([self._fields_shown] if fillable else [])]
                document = source.render(stylesheets=style, font_config=self._font_configuration, pdf_forms=fillable)
                if cut := list(_cut_off(document.pages)):
                    raise RenderingError([_cut_problem(name, page, how) for page, how in cut])
                for page in document.pages:
                    _fill_cells(page)
                with sources_told():
                    data = document.write_pdf(pdf_variant=_TAGGED if tagged else _DRAWN, pdf_forms=fillable)
            except (RecursionError, ZeroDivisionError, MemoryError) as error:
                reason = f"the page is built in a way that cannot be drawn ({type(error).__name__})."
                raise RenderingError(Problem("cannot-draw", name, reason, "Make the template simpler.")) from None
        return PdfDocument(data, len(document.pages))

    def _make_fetcher(self) -> Any:
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # as above

        served, font_files, refused = self._served, self._fonts, self._refused

        class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
            """Serves our own style, icons and fonts by exact name; refuses everything else and says so afterwards."""

            def fetch(self, url: str, headers: object = None) -> object:
                del headers
                kind = {"Content-Type": _TYPES.get(url.rpartition(".")[2], "application/octet-stream")}
                if url in font_files:
                    return URLFetcherResponse(url, font_files[url].path.read_bytes(), kind)
                if url in served:
                    return URLFetcherResponse(url, served[url], kind)
                # WeasyPrint goes on after an error here, and an SVG image swallows even a fatal one: remember it for the end.
                refused.append(url.partition(":")[0])
                raise ValueError("refused")

        return ClosedFetcher()

    @contextmanager
    def _watched(self, name: str) -> Iterator[None]:
        logger, log = logging.getLogger("weasyprint"), _Log()
        del self._refused[:]
        logger.addHandler(log)
        try:
            yield
        finally:
            logger.removeHandler(log)
        if self._refused:
            raise RenderingError(_refused_problem(name))
        problems = [_glyph_problem(name, text) for text in log.missing]
        problems += [_warning_problem(name, text) for text in dict.fromkeys(log.warnings)]
        if problems:
            raise RenderingError(problems)


class RememberingPress(Press):
    """A press for made-up patients: it keeps what it prints, and prints the same page only once."""

    def __init__(self, files: Mapping[str, CatalogueFile], paper: str, kept: Kept | None = None) -> None:
        super().__init__(files, paper, kept)
        self._printed: dict[tuple[str, str, bool, bool], PdfDocument] = {}

    def print_pdf(
        self, html: str, name: str, *, tagged: bool = True, fillable: bool = False, shared: bool = False
    ) -> PdfDocument:
        """Print one document, or return what came of it before."""
        del shared  # all that it prints is of made-up patients
        key = (html, name, tagged, fillable)
        if key not in self._printed:
            self._printed[key] = super().print_pdf(html, name, tagged=tagged, fillable=fillable)
        return self._printed[key]


def _packed(document: PdfDocument) -> bytes:
    return b"%d\n%b" % (document.page_count, document.data)


def _unpacked(kept: bytes) -> PdfDocument:
    count, _, data = kept.partition(b"\n")
    return PdfDocument(data, int(count))


def _digest_of_makers(style: str, icons: Mapping[str, bytes]) -> str:
    """Return the digest of all that makes a page look as it does, apart from its own HTML."""
    import pydyf
    import weasyprint
    from weasyprint.text.ffi import pango

    makers = [__version__, weasyprint.__version__, pydyf.__version__, pango.pango_version(), sys.version]
    fonts_told = [(font.key, hashlib.sha256(font.path.read_bytes()).hexdigest()) for font in fonts()]
    told = repr((makers, fonts_told, style, sorted(icons.items())))
    return hashlib.sha256(told.encode()).hexdigest()


def _import_weasyprint() -> Any:
    # An empty configuration: no font of the machine can slip onto a page, and none has to be searched for.
    os.environ["FONTCONFIG_FILE"] = str(templates_folder() / "style" / "fonts.conf")
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # fontTools would write the clock into subset fonts
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it warns that there are no fonts: there are to be none
            import weasyprint  # costs 0.5 s, so only when printing
    except OSError as error:
        problem = f"a system library cannot be loaded: {str(error).partition(chr(10))[0]}."
        raise SystemMissingError(
            Problem(
                "library-missing",
                "WeasyPrint",
                problem,
                "Run ./run, or install Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0).",
            )
        ) from None
    logging.getLogger("weasyprint").propagate = False
    return weasyprint


def _without_hanging_spaces(html: str) -> str:
    """Let no text end in a space before bold words, or at the end of its block; the words stay the same.

    Where just such a space is too much for a line, WeasyPrint breaks the line after its first word.
    """
    return _BEFORE_INLINE.sub("<strong> ", _BEFORE_END.sub("", html))


def _name_parts(html: Any) -> None:
    """Write into each element that stands after the comment of a part, beside it, which part it is of.

    A comment moves nothing: around a part, an element of its own would part it from its neighbors in the eyes of the styles.
    """
    for parent in html.iter():
        part = None
        for element in parent:
            if not isinstance(element.tag, str):
                told = _PART.fullmatch(element.text or "")
                part = told[1] if told else part
            elif part:
                element.set("data-part", part)


def _font_faces(files: Sequence[Font]) -> str:
    def face(font: Font) -> str:
        weight = "" if font.bold is None else f"font-weight: {700 if font.bold else 400};"
        return f'@font-face {{ font-family: "{font.family}"; {weight} src: url("{SCHEME}fonts/{font.key}.ttf") }}\n'

    return "".join(map(face, files))


def _glyph_problem(name: str, text: str) -> Problem:
    names = ", ".join(f"{character} (U+{ord(character):04X})" for character in text)
    return Problem(
        "no-letter",
        name,
        f"no font here can draw: {names}.",
        "Write it in letters that our fonts have; `briefing doctor` lists them.",
    )


def _warning_problem(name: str, text: str) -> Problem:
    return Problem("render-warning", name, f"the renderer warned ({text}).", "Mend the template or style sheet of this document.")


def _refused_problem(name: str) -> Problem:
    return Problem(
        "fetch-refused",
        name,
        "it asked for a file or a host, and none is ever fetched.",
        "Take the link to it out of the template.",
    )


def _cut_problem(name: str, page: int, how: str) -> Problem:
    return Problem("cut-off", f"{name}, page {page}", f"text is {how}.", "Give it more room, or use fewer words.")


def _cut_off(pages: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Walk the finished boxes and yield page and kind of everything that would not be seen whole.

    The box tree is private to WeasyPrint; tests/test_pdf_rendering.py holds it to account.
    """
    from weasyprint.formatting_structure import boxes  # as above

    def walk(box: Any, room: tuple[float, float, float, float], how: str) -> Iterator[str]:
        box = getattr(box, "_box", box)
        if isinstance(box, boxes.TextBox | boxes.ReplacedBox) and getattr(box, "text", "x").strip():
            left, top = box.position_x, box.position_y
            if left < room[0] or top < room[1] or left + box.width > room[2] or top + box.height > room[3]:
                yield how
        if isinstance(box, boxes.ParentBox):
            if _hides(box, boxes):
                left, top = box.content_box_x() - _SLACK, box.content_box_y() - _SLACK
                edge = (left, top, left + box.width + 2 * _SLACK, top + box.height + 2 * _SLACK)
                room = (max(room[0], edge[0]), max(room[1], edge[1]), min(room[2], edge[2]), min(room[3], edge[3]))
                how = f"cut off by its box <{box.element_tag}>"
            for child in box.children:
                yield from walk(child, room, how)

    for number, page in enumerate(pages, 1):
        room = (-_SLACK, -_SLACK, page.width + _SLACK, page.height + _SLACK)
        for how in dict.fromkeys(walk(page._page_box, room, "outside the page")):  # noqa: SLF001 - see above
            yield number, how


def _fill_cells(page: Any) -> None:
    """Let each field that stands right in a cell of a table take the whole cell, apart from its sides.

    CSS cannot say it: when WeasyPrint places what is inside a cell, it does not know yet how high the row will be.
    """
    places = dict(_cells_with_fields(page._page_box)) if any(page.forms.values()) else {}  # noqa: SLF001 - see `_cut_off`
    for form, inputs in page.forms.items():
        page.forms[form] = [(box, places.get(box.element, place)) for box, place in inputs]


def _cells_with_fields(box: Any) -> Iterator[tuple[Any, tuple[float, float, float, float]]]:
    """Yield the HTML of each field right in a cell under a box, with the place of its cell."""
    from weasyprint.formatting_structure import boxes  # as above

    box = getattr(box, "_box", box)
    if isinstance(box, boxes.TableCellBox) and box.element is not None:
        left, top = box.content_box_x(), box.padding_box_y()
        place = (left, top, left + box.width, top + box.padding_height())
        yield from ((inner, place) for inner in box.element if inner.tag == "input")
    if isinstance(box, boxes.ParentBox):
        for child in box.children:
            yield from _cells_with_fields(child)


def _hides(box: Any, boxes: Any) -> bool:
    if not isinstance(box, boxes.BlockBox) or box.element is None:
        return False
    clipped = box.style["overflow"] != "visible" or box.style["height"] != "auto"
    return clipped and isinstance(box.width, int | float) and isinstance(box.height, int | float)


def pdf_stream(document: PdfDocument) -> io.BytesIO:
    """Return the document as a stream to read from."""
    return io.BytesIO(document.data)
