"""The log of deliveries: what each tells in a line, to whom as far as others may know, and what of it is damaged."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.alerts.links import Links
from monitor.errors import DeliveryDeferred, NothingFound
from monitor.model import Delivery, Notice, Significance
from monitor.model.rhythm import Every, Rhythm
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import deliveries, notices
from monitor.storage.delivery_pages import DeliveryList
from monitor.storage.store import Store
from monitor.views.delivery_log import DeliveryLog, LogQuery, delivery_log, one_delivery
from monitor.views.sent_bodies import as_shown, without_tokens
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, together, verified_a_year_later

ANNA, HOOK = "anna@example.org", "https://hooks.example.net/in?key=s3cret"


@pytest.fixture
def posted(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[OutboxHarness]:
    """A trial was withdrawn: Anna is owed a mail with a link, and a webhook was tried in vain."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    links = Links(outbox.subscribe_context.vault, "https://trials.example.org/watch")
    outbox.delivering = replace(outbox.delivering, context=replace(outbox.delivering.context, links=links))
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
    hook = outbox.subscribe(HOOK, WITHDRAWN_LATER)
    outbox.refuse(hook.subscription.endpoint.shown, DeliveryDeferred("503 Service Unavailable", status=503))
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(minutes=1)
    outbox.check()
    outbox.deliver()
    yield outbox
    outbox.registry.close()


def log_of(outbox: OutboxHarness, **wanted: object) -> DeliveryLog:
    return delivery_log(LogQuery(**wanted), outbox.store)  # type: ignore[arg-type]


def mail_of(outbox: OutboxHarness) -> Delivery:
    [row] = log_of(outbox, to=ANNA).rows
    return row.delivery


def test_a_row_says_what_is_told_and_masks_to_whom(posted: OutboxHarness) -> None:
    log = log_of(posted)

    assert {row.told.words for row in log.rows} == {f"{WITHDRAWN_LATER}: Withdrawn – “Because economic problems”"}
    assert {row.told.significance for row in log.rows} == {Significance.CRITICAL}
    assert {row.to for row in log.rows} == {"mail a…@example.org", "webhook https://hooks.example.net/in?…"}
    assert log.counts == {DeliveryList.OWED: 1, DeliveryList.FAILING: 1, DeliveryList.REJECTED: 0}


def test_a_notice_and_a_digest_say_what_they_are(posted: OutboxHarness) -> None:
    told = Notice(id="outage/1", kind="registry.outage", occurred_at=posted.clock(), subject="No news", text="…")
    bo = posted.subscribe("bo@example.org", WITHDRAWN_LATER, channel="email").subscription.id
    posted.subscribe("cy@example.org", WITHDRAWN_LATER, channel="email", rhythm=Rhythm(every=Every.DAILY))
    with posted.store.begin() as tx:
        notices.keep(tx, [told])
        deliveries.owe_notice(tx, told, [bo])
    posted.sandbox.edit(WITHDRAWN_LATER, together(named("Another title"), verified_a_year_later))
    posted.clock.advance(minutes=1)
    posted.check()
    posted.clock.advance(days=1)
    posted.deliver()

    assert [row.told.words for row in log_of(posted, to="bo@example.org").rows][-1] == "No news"
    assert [row.told.words for row in log_of(posted, to="cy@example.org").rows] == ["Daily digest up to 2026-11-23"]


def test_it_is_searched_by_trial_and_by_receiver(posted: OutboxHarness) -> None:
    trial = (posted.registry.key, WITHDRAWN_LATER)

    assert len(log_of(posted, trial=trial).rows) == 2
    assert log_of(posted, trial=("clinicaltrials.gov", "NCT00000000")).rows == []
    assert [row.to for row in log_of(posted, to=ANNA).rows] == ["mail a…@example.org"]
    with pytest.raises(NothingFound):
        log_of(posted, to="nobody@example.org")


def test_one_delivery_has_its_attempts_and_what_they_send(posted: OutboxHarness) -> None:
    [failing] = log_of(posted, which=DeliveryList.FAILING).rows
    whole = one_delivery(failing.delivery.id[:8], posted.store)

    assert [attempt.status for attempt in whole.attempts] == [503]
    assert whole.about == WITHDRAWN_LATER
    assert whole.row.subscription is not None
    assert whole.body is not None
    shown = as_shown(whole.body, whole.row.subscription.endpoint)
    assert shown.is_json
    assert f'"trial_id": "{WITHDRAWN_LATER}"' in shown.text


def test_a_damaged_body_leaves_the_rest_to_be_read(posted: OutboxHarness) -> None:
    delivery = mail_of(posted)
    with posted.store.begin() as tx:
        tx.execute(text("UPDATE deliveries SET body = x'00ff' WHERE id = :id"), {"id": delivery.id})

    whole = one_delivery(delivery.id, posted.store)

    assert whole.body is None
    assert "damaged" in whole.damage
    assert len(whole.attempts) == 1


def test_what_is_told_may_be_damaged_and_the_row_stands(posted: OutboxHarness) -> None:
    with posted.store.begin() as tx:
        tx.execute(text("UPDATE events SET changes = x'00ff'"))

    assert {row.told.words for row in log_of(posted).rows} == {f"{WITHDRAWN_LATER}: what it tells cannot be read"}


def test_no_link_in_a_mail_that_is_shown_leads_to_a_subscription(posted: OutboxHarness) -> None:
    whole = one_delivery(mail_of(posted).id, posted.store)
    assert whole.body is not None
    assert whole.row.subscription is not None
    links = posted.delivering.context.links
    assert links is not None
    token = links.manage(whole.row.subscription.id).rpartition("/")[2]
    assert token[:20].encode() in whole.body.replace(b"=\r\n", b""), "the mail itself has it"

    shown = as_shown(whole.body, whole.row.subscription.endpoint)

    everything = "\n".join([shown.text, shown.html, *(value for _, value in shown.headers)])
    assert "trials.example.org/watch/a/…" in shown.text
    assert "trials.example.org/watch/a/…" in shown.html
    assert token[:20] not in everything
    assert ANNA not in everything
    assert dict(shown.headers)["To"] == "a…@example.org"
    assert dict(shown.headers)["Subject"].startswith("[critical]")


@pytest.mark.parametrize(
    ("text_", "shown"),
    [
        ("https://x.org/a/QUJDREVGR0hJSktMTU5PUFFS/leave", "https://x.org/a/…/leave"),
        ("<https://x.org/p/confirm/abc-DEF_123456789>", "<https://x.org/p/confirm/…>"),
        ("https%3A%2F%2Fx.org%2Fa%2FQUJDREVGR0hJSktMTU5PUFFS", "https%3A%2F%2Fx.org%2Fa%2F…"),
        ("either/or, and/or", "either/or, and/or"),
    ],
)
def test_tokens_are_left_out_wherever_a_link_stands(text_: str, shown: str) -> None:
    assert without_tokens(text_) == shown
