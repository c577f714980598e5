"""Where the shipped files are: the same answer in a wheel, in an editable install and in a bare checkout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from briefing.errors import Problem, SystemMissingError

PACKAGE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """Return the folder of built-in templates: inside the package once installed, beside it in a checkout."""
    installed = PACKAGE / "templates"
    return installed if installed.is_dir() else PACKAGE.parent / "templates"


@dataclass(frozen=True, slots=True)
class Font:
    """One font file: the family the style sheets ask for, its weight, and where the file lies."""

    key: str
    family: str
    bold: bool | None
    path: Path


# A family's two weights, or one variable file for both (`bold` is None). The order is the order of fallback.
_FONT_FILES = (
    ("atkinson-regular", "Atkinson Hyperlegible", False, "fontpkg-atkinson-hyperlegible", "AtkinsonHyperlegible-Regular.ttf"),
    ("atkinson-bold", "Atkinson Hyperlegible", True, "fontpkg-atkinson-hyperlegible", "AtkinsonHyperlegible-Bold.ttf"),
    ("plex-arabic-regular", "IBM Plex Sans Arabic", False, "fontpkg-ibm-plex-sans-arabic", "IBMPlexSansArabic-Regular.ttf"),
    ("plex-arabic-bold", "IBM Plex Sans Arabic", True, "fontpkg-ibm-plex-sans-arabic", "IBMPlexSansArabic-Bold.ttf"),
    ("noto-sans", "Noto Sans", None, "fontpkg-noto-sans", "NotoSans[wdth,wght].ttf"),
)


def fonts() -> tuple[Font, ...]:
    """Find the fonts, in the order in which they stand in for each other.

    Raises:
        SystemMissingError: a font package is not installed.
    """
    return tuple(Font(key, family, bold, _font_path(package, name)) for key, family, bold, package, name in _FONT_FILES)


@cache  # a day asks for each row, and what is installed does not change meanwhile
def _font_path(package: str, name: str) -> Path:
    try:
        # The distribution's own record is read; the font packages' Python code is not imported.
        path = Path(str(distribution(package).locate_file(f"{package.replace('-', '_')}/files/{name}")))
    except PackageNotFoundError:
        path = None
    if path is None or not path.is_file():
        raise SystemMissingError(
            Problem("font-missing", package, "this font package is not installed.", "Run ./run again, or: pip install " + package)
        )
    return path
