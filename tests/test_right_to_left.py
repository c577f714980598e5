"""Right to left: an Arabic document on its way through all stages, looked at as it is drawn and as it is read out."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import page as page_validation
import pikepdf
import pypdfium2
import pytest

from briefing.catalogue import Catalogue, read_catalogue
from briefing.choices import PLAIN, Choices
from briefing.errors import CatalogueError
from briefing.html_rendering import make_environment
from briefing.intake import parse_request, read_request
from briefing.packet import Packet, bind_packet
from briefing.pdf_rendering import Press
from briefing.printing import print_documents
from briefing.selection import ChosenDocument, choose_documents
from briefing.template_context import Typed, day_text
from briefing.verification import verify_packet
from tests.arabic import TITLE, write_clinic
from tests.conftest import ISSUED_ON, SAMPLES
from tests.reading import Reader, elements

PACKET_ID = "4B7C-0RJ9"
NAME = "محمد عبد الله الحربي"
RUNS = ("+1 555 0142", "+1 555 0143", "911", "988", "35 mg", "Dr. Ngozi Okafor", "Willow Street Clinic")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return read_catalogue(write_clinic(tmp_path_factory.mktemp("arabic") / "clinic"))


def bind(catalogue: Catalogue, choices: Choices = PLAIN, clinic_language: str = "en") -> Packet:
    """Bind the one Arabic document; a packet of a request would need all of them."""
    data = parse_request((SAMPLES / "requests" / "mohammed-alharbi.toml").read_text())
    patient, treatment = data["patient"], data["treatment"]
    assert isinstance(patient, dict)
    assert isinstance(treatment, dict)
    patient["language"] = "ar"
    treatment["dose"] = "35 mg"
    request = read_request(data, catalogue, ISSUED_ON)
    document = catalogue.documents["after-your-session"]
    chosen = [ChosenDocument(document, "ar", tuple(document.definition.parts), ())]
    environment, press = make_environment(catalogue), Press(catalogue.files, "letter")
    printed = print_documents(chosen, request, catalogue, environment, press, PACKET_ID, ISSUED_ON, choices)
    wording = catalogue.wording(clinic_language)
    identity = (Typed(NAME), day_text(request.patient.date_of_birth, wording))
    return bind_packet(
        PACKET_ID, printed, identity, ISSUED_ON, wording, environment, press.print_pdf, choices, catalogue.wordings
    )


@pytest.fixture(scope="module")
def packet(catalogue: Catalogue) -> Packet:
    return bind(catalogue)


def drawn_lines(packet: Packet) -> list[str]:
    """Return the lines of a packet as an eye meets them from left to right, whatever their order in the file."""
    lines: dict[tuple[int, int], list[tuple[float, str]]] = {}
    with pypdfium2.PdfDocument(packet.data) as pdf:
        for number, each in enumerate(pdf):
            text = each.get_textpage()
            for index in range(text.count_chars()):
                left, _, right, _ = text.get_charbox(index)
                letter = chr(pypdfium2.raw.FPDFText_GetUnicode(text.raw, index))
                if right > left:
                    across, up = pypdfium2.raw.c_double(), pypdfium2.raw.c_double()
                    pypdfium2.raw.FPDFText_GetCharOrigin(text.raw, index, across, up)
                    lines.setdefault((number, -round(up.value)), []).append((left, letter))
    return ["".join(letter for _, letter in sorted(line)) for _, line in sorted(lines.items())]


def test_phones_doses_and_names_run_left_to_right_where_they_are_drawn(packet: Packet) -> None:
    verify_packet(packet, (NAME,))
    lines = [line.replace(" ", "") for line in drawn_lines(packet)]
    for run in RUNS:
        assert any(run.replace(" ", "") in line for line in lines), run


def test_they_are_read_out_in_that_order_too(packet: Packet) -> None:
    with pikepdf.open(io.BytesIO(packet.data)) as pdf:
        told = [text.strip() for _, text in Reader(pdf).told()]
    for run in RUNS[:-1]:
        assert run in told, run


def test_without_isolation_a_phone_and_a_dose_are_turned_around(packet: Packet, catalogue: Catalogue) -> None:
    """What is guarded against; and the tests above would see it."""
    words = "<p>اتصل على +1 555 0142 الآن، الجرعة 35 mg من ذلك</p>"
    body = f'<html lang="ar" dir="rtl"><head><title>x</title></head><body>{words}</body></html>'
    pdf = Press(catalogue.files, "letter").print_pdf(body, "x")
    lines = [line.replace(" ", "") for line in drawn_lines(replace(packet, data=pdf.data))]
    assert not any("35mg" in line or "+15550142" in line for line in lines)


def test_the_page_hangs_on_its_right_side(packet: Packet) -> None:
    with pypdfium2.PdfDocument(packet.data) as pdf:
        picture = pdf[0].render(scale=1).to_pil().convert("L")
        width, height = picture.size
        # The thick bar of the one time that must not be missed stands at the right margin.
        bar = [picture.getpixel((x, round(height * 0.3))) for x in (round(width - 60), 61)]
    assert bar[0] < 100 < bar[1]


def test_the_strip_stays_left_to_right_in_the_language_of_the_clinic(packet: Packet) -> None:
    strip = drawn_lines(packet)
    assert any("Packet4B7C-0RJ9" in line.replace(" ", "") for line in strip)
    assert packet.documents[0].item.title == TITLE


def test_a_clinic_that_works_in_arabic_keeps_its_packet_ids_whole(catalogue: Catalogue) -> None:
    packet = bind(catalogue, clinic_language="ar")
    verify_packet(packet, (NAME,))
    assert sum("4B7C-0RJ9" in line for line in drawn_lines(packet)) == len(packet.strips)


def test_it_keeps_to_both_standards(packet: Packet) -> None:
    with pikepdf.open(io.BytesIO(packet.data)) as pdf:
        languages = {str(element.Lang) for element in elements(pdf, "/Document")[1:]}
    assert languages == {"ar"}
    for profile in (page_validation.ValidationProfile.PDF_UA_1, page_validation.ValidationProfile.PDF_A_2A):
        report = page_validation.validate_pdf_bytes(packet.data, profile=profile)
        assert list(report.failures) == [], profile


def test_in_large_print_and_to_fill_in(catalogue: Catalogue) -> None:
    packet = bind(catalogue, Choices(large_print=True, fillable=True))
    verify_packet(packet, (NAME,))
    lines = [line.replace(" ", "") for line in drawn_lines(packet)]
    assert all(any(run.replace(" ", "") in line for line in lines) for run in RUNS)


def test_nothing_falls_back_to_another_language(catalogue: Catalogue) -> None:
    data = parse_request((SAMPLES / "requests" / "mohammed-alharbi.toml").read_text())
    patient = data["patient"]
    assert isinstance(patient, dict)
    patient["language"] = "ar"
    with pytest.raises(CatalogueError) as met:
        choose_documents(catalogue, read_request(data, catalogue, ISSUED_ON))
    problems = met.value.problems
    assert {problem.kind for problem in problems} == {"language-missing"}
    assert not any("after-your-session" in problem.where for problem in problems)


def test_arabic_has_all_labels_and_western_digits() -> None:
    told = (Path(__file__).parent / "arabic" / "wording.toml").read_text()
    assert not re.search("[٠-٩۰-۹]", told)
