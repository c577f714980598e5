"""A language added to the sample clinic, as docs/customising.md says: nothing but files. It has one document."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import ROOT, SAMPLES

HERE = Path(__file__).parent
TEMPLATES = ROOT / "templates"
TITLE = "بعد جلستك"
# What a translator adds to files that hold all languages, below the line that names the entry.
_ADDED = {
    "documents/after-your-session/document.toml": {"title.en": f'title.ar = "{TITLE}"'},
    "protocols/iv-depression.toml": {"title.en": 'title.ar = "كيتامين عن طريق الوريد"'},
}
_FACTS = {
    "[iv-effects-4h]": 'text.ar = "الآثار الجانبية الثمانية الأكثر شيوعًا لجلسة واحدة من الكيتامين زالت كلها خلال {hours} ساعات."',
    "[ket-psych-persist]": 'text.ar = "لدى بعض الناس ظهرت بعد الكيتامين آثار نفسية أو دامت أيامًا إلى أسابيع."',
}
_ROLES = {"role.en": 'role.ar = "طبيب"'}
_SENTENCES = """
[texts.ar]
opening_hours = "من الاثنين إلى الجمعة، من 8 صباحًا إلى 5 مساءً"
cost = "اسأل مكتب الاستقبال عن السعر قبل الحجز."
privacy = "نحفظ ملفك سرًا."
interpreter_help = "أخبرنا قبل يومين على الأقل من زيارتك."
"""


def write_clinic(folder: Path) -> Path:
    """Write the sample clinic with Arabic into a folder."""
    shutil.copytree(SAMPLES / "clinic", folder, ignore=shutil.ignore_patterns("secret.key", ".*"))
    _put(folder / "wording" / "ar.toml", (HERE / "wording.toml").read_text())
    _put(folder / "documents" / "after-your-session" / "ar.html.j2", (HERE / "after-your-session.html.j2").read_text())
    for path, lines in _ADDED.items():
        _put(folder / path, _with(TEMPLATES / path, lines))
    for facts in sorted((TEMPLATES / "facts").glob("*.toml")):
        found = {entry: line for entry, line in _FACTS.items() if f"\n{entry}\n" in facts.read_text()}
        if found:
            _put(folder / "facts" / facts.name, _with(facts, found))
    settings = folder / "clinic.toml"
    settings.write_text(_with(settings, _ROLES) + _SENTENCES)
    return folder


def _with(path: Path, lines: dict[str, str]) -> str:
    """Return a file's text with a line added below each line that begins so."""
    told = []
    for line in path.read_text().splitlines():
        told.append(line)
        told += [added for start, added in lines.items() if line.startswith(start)]
    return "\n".join(told) + "\n"


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
