"""Why a trial stopped, read from one sentence: what it says, what it only denies, and what it leaves open."""

from pathlib import Path

import pytest

from bench.insight import labels, stops
from monitor.insight.stops.classes import GROUPS, StopClass, StopGroup
from monitor.insight.stops.patterns import patterns
from monitor.insight.stops.reading import read_reason
from monitor.insight.stops.weights import CLASSES, read, shipped

LABELS = Path(__file__).parents[3] / "shared" / "data" / "insight" / "why_stopped"
published = pytest.mark.skipif(not LABELS.exists(), reason="the published labels are not beside the checkout")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Too few participants could be recruited", StopClass.ENROLLMENT),
        ("Our grant was not renewed", StopClass.BUSINESS),
        ("Futility at the planned interim analysis", StopClass.NEGATIVE),
        ("The supplier ran out of study drug", StopClass.LOGISTICS),
        ("Dr. Example has moved to another hospital", StopClass.STAFF),
        ("Visits were impossible in the lockdown", StopClass.COVID),
        ("Merged into a larger trial, NCT00000000", StopClass.ANOTHER_STUDY),
        ("Two cases of liver injury at the high dose", StopClass.SAFETY),
        ("The FDA placed the IND on clinical hold", StopClass.REGULATORY),
        ("The ethics committee refused its approval", StopClass.ETHICAL),
        ("Please see the detailed description", StopClass.NO_CONTEXT),
        ("The primary objective was reached with 20 patients", StopClass.ENDPOINT_MET),
        ("Stopped early for benefit", StopClass.SUCCESS),
        ("Data were lost and could not be analysed", StopClass.INSUFFICIENT_DATA),
        ("The study was withdrawn.", StopClass.INVALID),
    ],
)
def test_a_reason_has_its_class(text: str, first: StopClass) -> None:
    assert read_reason(text).classes[0] is first


@pytest.mark.parametrize(
    "text",
    [
        "Low recruitment. This was not related to any safety or efficacy finding",
        "Commercial decision, unrelated to toxicity",
        "Reasons other than safety",
        "Strategy; no new safety concerns were observed",
        "Neither tolerability nor efficacy played a role: budget",
        "Safety was not a factor; our priorities changed",
        "Sponsor decision that does not reflect any adverse event",
        "The data safety monitoring board was dissolved for lack of funds",
        "Adverse economic conditions",
        "The safety officer has left the company",
    ],
)
def test_what_is_only_denied_or_named_is_no_reason(text: str) -> None:
    assert {StopClass.SAFETY, StopClass.NEGATIVE}.isdisjoint(read_reason(text).classes)


@pytest.mark.parametrize(
    "text",
    [
        "Not only slow recruitment but also serious side effects",
        "A safety problem could not be ruled out",
        "The higher dose was not tolerated",
        "Few patients enrolled because of its toxicity",
    ],
)
def test_a_negation_elsewhere_denies_no_harm(text: str) -> None:
    assert StopGroup.SAFETY in read_reason(text).groups


def test_several_reasons_are_all_given_with_the_words_that_decided() -> None:
    said = read_reason("Slow recruitment, end of funding and unacceptable toxicity")

    assert {*said.groups} == {StopGroup.ACCRUAL, StopGroup.BUSINESS, StopGroup.SAFETY}
    assert any("toxicity" in each for each in said.words)
    assert len(said.words) == len(said.classes)


@pytest.mark.parametrize("text", ["", "   ", "…", "-"])
def test_no_words_are_no_reason_and_that_is_sure(text: str) -> None:
    said = read_reason(text)

    assert (said.groups, said.words, said.is_sure) == ((StopGroup.NO_REASON,), (), True)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Falta de reclutamiento de pacientes", StopGroup.ACCRUAL),
        ("Manque de financement pour la suite de l'étude", StopGroup.BUSINESS),
        ("Wegen mangelnder Wirksamkeit nicht fortgesetzt: mangelnde Wirksamkeit", StopGroup.EFFICACY),
    ],
)
def test_common_phrases_of_other_languages_are_read(text: str, group: StopGroup) -> None:
    assert read_reason(text).groups == (group,)


@pytest.mark.parametrize("text", ["研究は中止された", "Die Prüfstelle wurde von der Klinik zum Jahresende geschlossen"])
def test_another_language_is_not_guessed_at(text: str) -> None:
    assert not read_reason(text).is_sure


def test_a_reason_of_whatever_length_and_letters_is_read() -> None:
    for text in ("not " * 5_000, "safety or " * 3_000, "\u2402" * 50, "\u2402" + "0\u2403 not only", "no\x00 safety"):
        assert read_reason(text).classes


def test_every_class_has_a_group_and_weights() -> None:
    assert {*GROUPS} == {*StopClass} == {*CLASSES}
    assert {each.of for each in patterns()} == {*StopClass} - {StopClass.DESIGN}
    assert len(shipped().written()) <= 200_000


@published
def test_no_trap_is_fallen_into() -> None:
    assert "broken 0" in stops.trapped(LABELS, shipped())


@published
@pytest.mark.slow
def test_the_weights_are_made_again_byte_for_byte() -> None:
    made = stops.learnt(labels.texts(LABELS)).written()

    assert made == stops.packaged().read_bytes()
    assert read(made).written() == made
