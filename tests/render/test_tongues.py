"""In which language a registry's text is: only what is surely German is called so."""

import pytest

from monitor.render.tongues import tongue


@pytest.mark.parametrize(
    "text",
    [
        "Wirksamkeit und Sicherheit einer Bewegungstherapie bei Patienten mit Kniearthrose",
        "Vergleich von zwei Verfahren zur Behandlung der Hüfte",
        "Die Studie untersucht, ob die Behandlung nach dem Eingriff besser wirkt als ohne.",
    ],
)
def test_german_is_told_by_its_common_words(text: str) -> None:
    assert tongue(text) == "de"
    assert tongue(text.upper()) == "de"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LUCERNE",
        "A Study of an Exercise Programme in Patients with Osteoarthritis of the Knee",
        "Patients who die of the disease or who are lost; see \u201cDie Studie\u201d for the protocol",
        "Efficacité et sécurité de la kinésithérapie chez les patients atteints d\u2019arthrose des genoux",
        "Estudio de la eficacia del ejercicio en pacientes con artrosis de rodilla",
        "Kniearthrose",
    ],
)
def test_whatever_may_be_another_language_is_not(text: str) -> None:
    assert tongue(text) == ""
