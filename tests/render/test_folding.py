"""Nobody reads the same words twice."""

from datetime import UTC, datetime

import orjson
import pytest

from monitor.channels.chat.rendering import EventMessage
from monitor.language.texts import texts_of
from monitor.model import Change, Event, Significance, Timing
from monitor.render.folding import folded
from monitor.render.sentences import not_shown_yet, sentence
from tests.channels.webhook.test_webhook_payload import SUBSCRIBER
from tests.french import left_in_english
from tests.webhook_schema import webhook_body

REASON = "The bees left, and the beekeeper with them."


def change(field: str, kind: str, *, before: str | None, after: str | None, summary: str) -> Change:
    return Change(
        field=field,
        path=field,
        kind=kind,
        topic="status",
        before=before,
        after=after,
        summary=summary,
        significance=Significance.CRITICAL,
    )


SUSPENDED = change(
    "overall_status",
    "status.stopped",
    before="RECRUITING",
    after="SUSPENDED",
    summary=f"Overall status went from Recruiting to Suspended: “{REASON}”.",
)
GIVEN = change(
    "why_stopped",
    "why_stopped.added",
    before=None,
    after=REASON,
    summary=f"Reason for stopping was added: “{REASON}”.",
)
CORRECTED = change(
    "why_stopped",
    "why_stopped.changed",
    before="No bees.",
    after=REASON,
    summary=f"Reason for stopping changed from “No bees.” to “{REASON}”.",
)


def test_a_reason_that_the_status_gives_is_not_told_again():
    assert folded([SUSPENDED, GIVEN]) == [SUSPENDED]


@pytest.mark.parametrize("changes", [[GIVEN], [SUSPENDED, CORRECTED]])
def test_a_reason_that_says_more_is_told(changes):
    assert folded(changes) == changes


EVENT = Event(
    registry="clinicaltrials.gov",
    trial_id="NCT05550001",
    snapshot=2,
    occurred_at=datetime(2026, 3, 1, tzinfo=UTC),
    changes=(SUSPENDED, GIVEN),
)


def test_a_chat_message_says_it_once():
    message = EventMessage(EVENT, title=None, url="", changes=EVENT.changes)
    text = message.for_subscriber(SUBSCRIBER).decode()

    assert text.count(REASON) == 1


def test_a_webhook_has_both_changes_and_says_the_reason_once():
    body = webhook_body(
        EVENT, title=None, url="", lead_sponsor=None, subscription=SUBSCRIBER, sequence=1, changes=EVENT.changes
    )

    status, reason = orjson.loads(body)["data"]["changes"]
    assert (status["after"], reason["after"]) == ("SUSPENDED", REASON)
    assert status["summary"] == SUSPENDED.summary
    assert reason["summary"] == "This is the reason that is given for it."


def time_frame(measure: str, before: str, after: str) -> Change:
    return Change(
        field="secondary_outcomes",
        path="outcomes",
        kind="outcome.secondary.time_frame",
        topic="outcomes",
        before={"measure": measure, "time_frame": before},
        after={"measure": measure, "time_frame": after},
        summary=f"Time frame of secondary outcome “{measure}” changed.",
        significance=Significance.MINOR,
        timing=Timing.ENROLLING,
    )


ALIKE = [
    time_frame("Wound closure", "Up to 59 weeks", "Up to 58 weeks"),
    time_frame("Pain", "Day 1 to the end (up to 59 weeks)", "Day 1 to the end (up to 58 weeks)"),
    time_frame("Cost", "Up to 59 weeks", "Up to 58 weeks"),
]
OTHER = time_frame("Scar", "Week 12", "Week 24")


def test_time_frames_that_changed_in_the_same_way_are_told_together():
    [together, other] = folded([ALIKE[0], OTHER, *ALIKE[1:]])

    assert other == OTHER
    assert together.summary == (
        "Time frame of 3 secondary outcomes changed in the same way: “Up to 59 weeks” became “Up to 58 weeks”; "
        "of “Wound closure”, “Pain” and “Cost”, while the trial was under way."
    )


def test_they_are_told_together_in_another_language_too():
    french = texts_of("fr")
    [together, other] = folded([ALIKE[0], OTHER, *ALIKE[1:]], french)
    told = sentence(together, french).replace("\u202f", " ")

    assert "même modification de la période d’évaluation pour 3 d’entre eux" in told
    assert left_in_english(told) == []
    assert not_shown_yet(together, texts=french) == sentence(together, french)
    assert other == OTHER


def test_a_few_are_told_one_by_one():
    assert folded(ALIKE[:2]) == ALIKE[:2]
