"""The reading report: each document by itself, the hardest section and sentences named, nothing of staff or of names."""

from __future__ import annotations

from briefing.reading_report import hardest_sentences, read_documents
from tests.bound import html_page

EASY = "<h2>What we do</h2><p>We sit with you all the time. You can stop when you want to.</p>"
HARD = "<h2>Why</h2><p>Contraindications necessitate multidisciplinary pharmacological consideration beforehand.</p>"


def test_each_document_has_its_figure_and_its_hardest_section() -> None:
    easy, mixed = read_documents([html_page("easy", "en", EASY), html_page("mixed", "en", EASY + HARD)])
    assert (easy.document, easy.measure) == ("easy", "flesch_kincaid_grade")
    assert easy.whole < 2
    assert mixed.whole > easy.whole
    assert mixed.hardest_section == "Why"
    assert mixed.of_hardest > 20


def test_spanish_is_measured_by_its_own_formula() -> None:
    easy = "<h2>Fácil</h2><p>Usted puede decir que no. Le damos la mano. Luego va a casa.</p>"
    hard = "<h2>Difícil</h2><p>Contraindicaciones farmacológicas multidisciplinarias imprescindiblemente consideradas.</p>"
    (found,) = read_documents([html_page("hoja", "es", easy + hard)])
    assert found.measure == "fernandez_huerta_ease"
    assert found.hardest_section == "Difícil"


def test_the_hardest_sentences_come_first_and_once() -> None:
    page = html_page("mixed", "en", EASY + HARD + HARD)
    first, *rest = hardest_sentences([page, page], 3)
    assert first.sentence.startswith("Contraindications")
    assert all(item.sentence != first.sentence for item in rest)


def test_long_names_are_not_hard_to_read() -> None:
    name = "<bdi>Maria-Magdalena Josephine Wolkenstein von Hohenlohe-Bartenstein</bdi>"
    (found,) = read_documents([html_page("letter", "en", f"<h2>For you</h2><p>We will sit with {name} all day.</p>")])
    assert found.whole < 3
