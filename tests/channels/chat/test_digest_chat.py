"""A digest as a chat message: a line a trial, in one piece."""

from dataclasses import replace

import pytest

from monitor.channels.channel import Digest
from monitor.channels.chat.rendering import MOST_CHARACTERS, digest_chat
from tests.channels.digests import REOPENED, SLIPPED, WHOLE, digest, entry
from tests.channels.email.test_mail import CRITERIA, HALTED, REASON, TARGET
from tests.channels.webhook.test_webhook_payload import SUBSCRIBER


def text(told: Digest, note: str | None = None) -> str:
    return digest_chat(told, replace(SUBSCRIBER, note=note)).decode()


def test_a_line_a_trial_says_what_changed_most():
    told = digest(
        entry(1, TARGET, SLIPPED),
        entry(2, HALTED, REASON),
        entry(3, HALTED, hours=9),
        entry(3, REOPENED, hours=2, snapshot=3),
    )

    assert text(told, note="Ours") == "\n".join(
        [
            "Daily digest: 1 critical and 2 major changes in 3 trials",
            "• [critical] NCT05550002: Overall status went from Recruiting to Suspended: “Drug supply ran out”",
            (
                "• [major] NCT05550001: Enrollment target was cut from 1,240 to 620 participants, 50% fewer, while "
                "recruiting (and 1 more change)"
            ),
            "• [taken back] NCT05550003: Overall status went to Suspended and back to Recruiting",
            (
                "214 of 214 trials checked, registry data of 2026-11-26 09:00 (ClinicalTrials.gov) and 2026-11-26 "
                "04:10 (CTIS)."
            ),
            "Note: Ours",
        ]
    )


def test_all_quiet_is_two_lines():
    assert text(digest(coverage=replace(WHOLE, versions=()))) == (
        "All quiet: 214 of 214 trials checked\n214 of 214 trials checked."
    )


@pytest.mark.parametrize("trials", [40, 400])
def test_it_is_taken_in_one_piece_and_says_how_many_trials_are_missing(trials):
    long = replace(TARGET, summary="Enrollment target changed “much” 药 " * 40)
    told = text(digest(*(entry(number, long, CRITERIA) for number in range(trials))), note="x" * 1_000)

    assert len(told) <= MOST_CHARACTERS
    shown = told.count("• [major]")
    assert f"• and {trials - shown} more trials" in told
    assert shown > 5


@pytest.mark.parametrize(
    "text_of_stranger", ["@everyone", "<!channel>", "[click](https://x.example)", "https://x.example"]
)
def test_a_strangers_words_make_no_service_do_anything(text_of_stranger):
    coverage = replace(WHOLE, versions=((text_of_stranger, "1"),))
    told = text(digest(entry(1, replace(HALTED, summary=text_of_stranger)), coverage=coverage), note=text_of_stranger)

    assert text_of_stranger not in told
