"""Nobody reads the same words twice."""

from datetime import UTC, datetime

import orjson
import pytest

from monitor.model import Change, Event, Significance
from monitor.render.chat import chat_text
from monitor.render.folding import folded
from monitor.render.webhook import webhook_body
from tests.render.test_webhook_payload import SUBSCRIBER

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
    text = chat_text(EVENT, title=None, url="", subscription=SUBSCRIBER, changes=EVENT.changes).decode()

    assert text.count(REASON) == 1


def test_a_webhook_has_both_changes_and_says_the_reason_once():
    body = webhook_body(
        EVENT, title=None, url="", lead_sponsor=None, subscription=SUBSCRIBER, sequence=1, changes=EVENT.changes
    )

    status, reason = orjson.loads(body)["data"]["changes"]
    assert (status["after"], reason["after"]) == ("SUSPENDED", REASON)
    assert status["summary"] == SUSPENDED.summary
    assert reason["summary"] == "This is the reason that is given for it."
