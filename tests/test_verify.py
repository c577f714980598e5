"""`briefing verify`, as staff meet it: a good packet, a wrong file, a locked one, another manifest."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from pypdf import PdfWriter

from briefing.commands.verify import verify as command
from briefing.errors import ExitCode
from briefing.packet import Packet
from briefing.verification import prove_packet
from tests.bound import CONSENT, HANDOUT, bound, pair, printed
from tests.conftest import Briefing, sample_requests
from tests.packets import SECRET, sample_packet, sealed
from tests.planted import ana, body, layer, own_strip
from tests.reading import elements

SAMPLE = "ben-carter"
PASSWORD = "correct horse battery staple"


def written(folder: Path, name: str = SAMPLE) -> Path:
    packet, manifest = sample_packet(name)
    path = folder / f"packet-{packet.packet_id}.pdf"
    path.write_bytes(packet.data)
    path.with_name(f"packet-{packet.packet_id}.manifest.json").write_bytes(manifest.as_bytes())
    return path


def kinds(data: bytes) -> list[str]:
    return [problem.kind for problem in prove_packet(data).problems]


# ---- A good packet ----


def test_a_good_packet_is_told_in_one_line(briefing: Briefing, tmp_path: Path) -> None:
    path = written(tmp_path)
    packet_id = sample_packet(SAMPLE)[0].packet_id
    ran = briefing("verify", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"Packet {packet_id}: 14 pages, 7 documents, proved with its manifest.\n"
    path.with_name(f"packet-{packet_id}.manifest.json").rename(tmp_path / "other.json")
    assert briefing("verify", path).out == f"Packet {packet_id}: 14 pages, 7 documents, proved from the PDF alone.\n"
    assert "with its manifest." in briefing("verify", path, "--manifest", tmp_path / "other.json").out


def test_json_tells_what_the_packet_holds_and_nothing_of_the_patient(briefing: Briefing, tmp_path: Path) -> None:
    ran = briefing("verify", written(tmp_path), "--json")
    told = json.loads(ran.out)
    assert told["ok"]
    assert (told["pages"], told["with_secret"], told["notes"]) == (14, False, [])
    assert told["documents"][0] == {"title": "Start here", "language": "en", "first_page": 1, "last_page": 1, "insert": False}
    assert told["documents"][-1]["last_page"] == 14
    assert "Carter" not in ran.out + ran.err


def test_with_the_clinic_what_changed_since_is_told_and_is_no_fault(
    briefing: Briefing, tmp_path: Path, clinic_folder: Path
) -> None:
    path = written(tmp_path)
    (clinic_folder / "secret.key").write_text(SECRET.key.hex())
    ran = briefing("verify", path, "--clinic", clinic_folder)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("proved with its manifest and the clinic's secret.\n")
    with (clinic_folder / "clinic.toml").open("a") as file:
        file.write("# a new line\n")
    (clinic_folder / "approvals.toml").unlink()
    ran = briefing("verify", path, "--clinic", clinic_folder)
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "approvals.toml is no longer there; the packet was made with it.",
        "clinic.toml has changed since the packet was made.",
    ]


@pytest.mark.long
@pytest.mark.parametrize("path", sample_requests(), ids=lambda path: str(path.stem))
def test_no_sample_raises_an_alarm(path: Path) -> None:
    assert kinds(sample_packet(path.stem)[0].data) == []


# ---- What is not a packet, or not its manifest ----


def test_what_is_no_packet_is_bad_input(briefing: Briefing, tmp_path: Path) -> None:
    blank = PdfWriter()
    blank.add_blank_page(612, 792)
    blank.write(tmp_path / "blank.pdf")
    (tmp_path / "text.pdf").write_text("hello")
    (tmp_path / "empty.pdf").write_bytes(b"")
    for name, kind in (
        ("blank.pdf", "not-a-packet"),
        ("text.pdf", "not-a-pdf"),
        ("empty.pdf", "not-a-pdf"),
        ("none.pdf", "cannot-read"),
        ("", "not-a-file"),
    ):
        ran = briefing("verify", tmp_path / name, "--json")
        assert (ran.code, [problem["kind"] for problem in json.loads(ran.out)["problems"]]) == (ExitCode.INPUT, [kind]), name


def test_the_manifest_of_another_packet_is_refused(briefing: Briefing, tmp_path: Path) -> None:
    path, other = written(tmp_path), written(tmp_path, "daniel-novak")
    ran = briefing("verify", path, "--manifest", other.with_name(other.stem + ".manifest.json"), "--json")
    told = {(problem["kind"], problem["where"]) for problem in json.loads(ran.out)["problems"]}
    assert ran.code == ExitCode.VERIFICATION
    assert told == {
        ("packet-changed", "the packet"),
        ("manifest-differs", "the manifest: packet_id"),
        ("manifest-differs", "the manifest: pages"),
        ("manifest-differs", "the manifest: documents"),
    }


def test_the_clinics_folder_needs_a_manifest_and_a_secret(briefing: Briefing, tmp_path: Path, clinic_folder: Path) -> None:
    path = written(tmp_path)
    ran = briefing("verify", path, "--clinic", clinic_folder, "--json")
    assert (ran.code, json.loads(ran.out)["problems"][0]["kind"]) == (ExitCode.INPUT, "no-secret")
    assert not (clinic_folder / "secret.key").exists()
    path.with_name(path.stem + ".manifest.json").unlink()
    ran = briefing("verify", path, "--clinic", clinic_folder, "--json")
    assert (ran.code, json.loads(ran.out)["problems"][0]["kind"]) == (ExitCode.INPUT, "manifest-missing")


# ---- A locked packet ----


def locked(packet: Packet) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(packet.data)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user=PASSWORD, owner="another one", R=6))
    return out.getvalue()


def test_a_locked_packet_is_proved_with_its_password_and_refused_without(briefing: Briefing, tmp_path: Path) -> None:
    path, words, wrong = tmp_path / "locked.pdf", tmp_path / "password", tmp_path / "wrong"
    path.write_bytes(locked(pair()))
    words.write_text(PASSWORD + "\n")
    wrong.write_text("wrong\n")
    ran = briefing("verify", path, "--password-file", words)
    assert ran.out == "Packet AAAA-BBBB: 8 pages, 2 documents, proved from the PDF alone.\n", ran.err
    for options in ((), ("--password-file", wrong)):
        ran = briefing("verify", path, *options, "--json")
        assert (ran.code, json.loads(ran.out)["problems"][0]["kind"]) == (ExitCode.INPUT, "locked")
        assert PASSWORD not in ran.out + ran.err


def test_a_password_cannot_be_typed_on_the_command_line() -> None:
    assert {name for option in command.params for name in option.opts if "password" in name} == {"--password-file"}


# ---- Pages of other kinds: blank on purpose, brought along ----


def duplex() -> bytes:
    """Return a packet of two documents with a filler page between them, bound as one of nine pages."""
    blank = '<div style="break-before: page; padding-top: 80mm">This page is blank on purpose.</div>'
    packet = bound(printed("consent", "en", CONSENT + blank), printed("handout", "es", HANDOUT))
    with pikepdf.open(io.BytesIO(packet.data)) as pdf:
        filler = pdf.pages[5]
        document = elements(pdf, "/Document")[1]
        del document.K[len(document.K) - 1]
        part = body(filler)
        part.write(part.read_bytes().replace(b"/P", b"/Artifact", 1))
        ways = pdf.Root.StructTreeRoot.ParentTree.Nums
        ways[2 * int(filler.obj.StructParents) + 1] = Array()
        marked = re.sub(rb"/\w+\s*<<\s*/MCID \d+\s*>>\s*BDC", b"/Artifact BMC", part.read_bytes())
        part.write(marked)
        for at in range(6):  # the document has five pages now; the strips say so
            data = layer(pdf.pages[at], "Where").read_bytes()
            lines = data.split(b"\n")
            place = next(at for at, line in enumerate(lines) if line.startswith(b"1 0 0 -1 302") and b"101" in line) + 1
            said = lines[place]
            lines[place] = said.replace(b"<000b>", b"<000a>") if at < 5 else b"[<001e0029>] TJ"
            own_strip(pdf, pdf.pages[at], "Where", b"\n".join(lines))
        return sealed(pdf)


def test_a_page_brought_along_may_have_fonts_of_its_own_but_a_strip_of_ours() -> None:
    def foreign(pdf: Pdf, name: str) -> bytes:
        document = elements(pdf, "/Document")[-1]
        document.ID = String(name)
        names = pdf.Root.StructTreeRoot.IDTree.Names
        names[[str(each) for each in list(names)[::2]].index("document:lab") * 2] = String(name)
        entries = sorted((str(names[at]), names[at + 1]) for at in range(0, len(names), 2))
        pdf.Root.StructTreeRoot.IDTree.Names = Array([part for key, value in entries for part in (String(key), value)])
        page = pdf.pages[-1]
        fonts = Dictionary({str(key): value for key, value in page.Resources.Font.items()})
        fonts.Foreign = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        page.obj.Resources = Dictionary({str(key): value for key, value in page.Resources.items()} | {"/Font": fonts})
        return sealed(pdf)

    with pikepdf.open(io.BytesIO(ana().data)) as pdf:
        proved = prove_packet(foreign(pdf, "insert:lab"))
        assert proved.problems == ()
        assert [document.is_insert for document in proved.documents] == [False, False, True]
    with pikepdf.open(io.BytesIO(ana().data)) as pdf:
        assert set(kinds(foreign(pdf, "document:lab"))) == {"foreign-font", "glyph"}
    with pikepdf.open(io.BytesIO(ana().data)) as pdf:
        resources = layer(pdf.pages[-1], "Who").Resources
        font = next(iter(resources.Font.as_dict().values()))
        font.BaseFont = Name("/ABCDEF+Arial")
        assert "foreign-font" in kinds(foreign(pdf, "insert:lab"))


def test_a_page_that_is_blank_on_purpose_belongs_to_no_document() -> None:
    assert kinds(duplex()) == []


# ---- Many good packets ----


NAMES = (
    "Ana Ruiz", "Bo Li", "Siobhán Ó Súilleabháin", "Nguyễn Thị Phương Ánh", "محمد عبدالله الحربي", "राहुल शर्मा",
    "Zoë Müller-Lüdenscheidt", "O'Neil MacGregor Jr.", "Maria-Magdalena Josephine Wolkenstein von Hohenlohe-Bartenstein",
    "Μαρία Παπαδοπούλου", "Иван Петров", "{{7*7}} None", "Þórdís Ægisdóttir", "Łukasz Żółć", "Jean Pierre " * 14,
)  # fmt: skip


@pytest.mark.long
def test_no_alarm_on_two_hundred_good_packets() -> None:
    """Two hundred packets of people with short, long and other names, and of papers in other numbers and orders."""
    table = '<h2 id="t">What?</h2><table><tr><th scope="col">a</th></tr><tr><td>b</td></tr></table><p><a href="#t">back</a></p>'
    papers = [printed(key, language, f"<h1>{key}</h1>{table}<p>{key}</p>") for key, language in (("one", "en"), ("two", "es"))]
    orders = [papers[:1], papers, papers[::-1], [*papers, printed("consent", "en", CONSENT)]]
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for number in range(200):
        packet_id = "".join(alphabet[(number * 7919 + at * 31 + number // (at + 1)) % 32] for at in range(8))
        made = bound(
            *orders[3 if number % 20 == 0 else number % 3],
            name=NAMES[number % 15].strip(),
            packet_id=f"{packet_id[:4]}-{packet_id[4:]}",
        )
        proved = prove_packet(made.data)
        assert (proved.packet_id, proved.problems) == (made.packet_id, ()), number
