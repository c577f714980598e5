"""The file as it came: opened and repaired by qpdf, or refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from briefing.inserts.refusal import PRINT_ANEW, broken, refusal, too_much

MOST_PAGES = 60


def open_file(data: bytes) -> pikepdf.Pdf:
    """Open a file, repaired if need be.

    Raises:
        RefusedError: it cannot be opened, asks for a password, may not be printed, or draws what only some viewers draw.
    """
    try:
        pdf = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise refusal("insert-locked", "it asks for a password.", "Ask its maker for a copy without one.") from None
    except pikepdf.PdfError:
        raise broken("it is damaged beyond repair, or is something else") from None
    if pdf.is_encrypted and not pdf.allow.print_lowres:
        raise refusal(
            "insert-locked", "its maker does not allow that it is printed.", "Ask its maker for a copy that may be printed."
        )
    _count_pages(pdf)
    _refuse_hidden_layers(pdf)
    _refuse_forms_of_one_viewer(pdf)
    return pdf


def _count_pages(pdf: pikepdf.Pdf) -> None:
    told = pdf.Root.get("/Pages", pikepdf.Dictionary()).get("/Count")
    found = len(pdf.pages)
    if not found:
        raise broken("it has no pages")
    if isinstance(told, int) and told > found:
        raise broken(f"it should have {told} pages, and {found} are left")
    if found > MOST_PAGES:
        raise too_much(f"it has {found} pages, and an insert may have {MOST_PAGES}.")


def _refuse_hidden_layers(pdf: pikepdf.Pdf) -> None:
    """Refuse a file that shows only some of what it holds: which parts are printed must not hang on the viewer."""
    layers = pdf.Root.get("/OCProperties")
    if not isinstance(layers, pikepdf.Dictionary):
        return
    shown = layers.get("/D", pikepdf.Dictionary())
    hides = bool(_items(shown.get("/OFF"))) or shown.get("/BaseState", "/ON") != "/ON"
    usage = [
        group.get("/Usage", pikepdf.Dictionary())
        for group in _items(layers.get("/OCGs"))
        if isinstance(group, pikepdf.Dictionary)
    ]
    hides = hides or any(map(_hides_what_is_on, pdf.objects))
    if hides or any(state == "/OFF" for table in usage for state in _states(table)):
        raise refusal("insert-layers", "it has layers, and hides some of them.", PRINT_ANEW)


def _hides_what_is_on(item: Any) -> bool:
    """Tell whether something is shown by a rule of its own, such as when another layer is not."""
    is_rule = isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/OCMD"
    return is_rule and ("/VE" in item or item.get("/P", "/AnyOn") not in ("/AnyOn", "/AllOn"))


def _states(usage: Any) -> Iterator[Any]:
    for name, key in (("/Print", "/PrintState"), ("/View", "/ViewState")):
        if isinstance(usage, pikepdf.Dictionary) and isinstance(usage.get(name), pikepdf.Dictionary):
            yield usage[name].get(key)


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else []


def _refuse_forms_of_one_viewer(pdf: pikepdf.Pdf) -> None:
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary) or "/XFA" not in form:
        return
    if pdf.Root.get("/NeedsRendering", False) or not _items(form.get("/Fields")):
        raise refusal("insert-undrawn", "it is a form that only its maker's program can draw.", PRINT_ANEW)
