"""The shape of the code: what its rooms may know."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODULES = sorted((ROOT / "briefing").rglob("*.py"))
HOMES = {
    "weasyprint": "pdf_rendering.py",
    "pypdfium2": "pdf_reading.py",
    "fontTools": "glyphs.py",
    "pypdf": "packet",  # a folder
    "segno": "packet",
    "python_calamine": "spreadsheets",
}
PRIVATE_PARTS = "internals.py"  # what is touched in libraries although it is private; nothing else may know them there


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize(("library", "home"), HOMES.items())
def test_each_foreign_library_lives_in_one_module(library: str, home: str) -> None:
    rooms = {path: path.relative_to(ROOT / "briefing").parts[0] for path in MODULES}
    users = {room for path, room in rooms.items() if any(name.split(".")[0] == library for name in imports(path))}
    assert users - {PRIVATE_PARTS} == {home}


def test_only_the_commands_talk_to_the_terminal_or_end_the_process() -> None:
    for path in MODULES:
        if "commands" not in path.parts:
            assert not {"click", "rich"} & {name.split(".")[0] for name in imports(path)}, path
            assert "sys.exit" not in path.read_text(), path


def test_no_stage_reads_the_clock() -> None:
    for path in MODULES:
        source = path.read_text()
        assert ("date.today" in source) == (path.name == "making.py"), path
        assert ("datetime.now" in source) == (path.name == "making.py"), path
        assert "utcnow" not in source, path


def test_no_module_keeps_state_between_packets() -> None:
    """A name bound at module level is never a list, a dict or a set that somebody could fill."""
    allowed = {"_COMMANDS", "_FORMATS"}
    for path in MODULES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.List | ast.ListComp | ast.SetComp):
                names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
                assert names & allowed, (path, node.lineno)
        assert "global " not in path.read_text(), path
        assert "lru_cache" not in path.read_text(), path


def test_no_python_file_stands_among_the_templates() -> None:
    assert not list((ROOT / "templates").rglob("*.py"))


def test_the_pipeline_fits_one_screen() -> None:
    assert len((ROOT / "briefing" / "pipeline.py").read_text().splitlines()) <= 60
