"""What an alert says of what stands around its event, from what is stored."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from sqlalchemy import update

from monitor.alerts.background import BackgroundReader
from monitor.model import ContextLine, Filters, Rhythm, Settlement
from monitor.model.rhythm import Every
from monitor.storage import archived, settlements, tables
from monitor.storage.archived import ArchivedDocument
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER as TRIAL
from tests.studies import Edit, edited, led_by, status_becomes, together
from tests.webhook_schema import as_promised

HOOK, MAIL, ROOM = (
    "https://hooks.example.org/x",
    "ops@example.org",
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
)
REGISTERED = {"statusModule__studyFirstSubmitDate": "2024-03-01", "statusModule__lastUpdateSubmitDate": "2024-03-01"}


def completing(to: str) -> Edit:
    return edited(statusModule__primaryCompletionDateStruct={"date": to, "type": "ESTIMATED"})


def change(outbox: OutboxHarness, *edits: Edit, days: int = 30, trial_id: str = TRIAL) -> None:
    outbox.clock.advance(days=days)
    outbox.sandbox.edit(trial_id, together(*edits))
    outbox.check(trial_id)


def last_lines(outbox: OutboxHarness, trial_id: str = TRIAL) -> list[str]:
    return [line.text for line in around_last(outbox, trial_id)]


def around_last(outbox: OutboxHarness, trial_id: str = TRIAL) -> tuple[ContextLine, ...]:
    event = outbox.events(trial_id)[-1]
    with outbox.store.read() as tx:
        return reader(outbox).around(tx, event, lead_sponsor="Alzahra Hospital")


def reader(outbox: OutboxHarness) -> BackgroundReader:
    return BackgroundReader({outbox.registry.key: outbox.registry})


def slipping(outbox: OutboxHarness, *to: str) -> None:
    """From 2026-01-15 on, as it was registered."""
    outbox.sandbox.edit(TRIAL, together(completing("2026-01-15"), edited(**REGISTERED)))
    outbox.check(TRIAL)
    for each in to:
        change(outbox, completing(each), edited(statusModule__lastUpdateSubmitDate="2026-11-20"))


def test_a_date_that_slips_again_says_so_in_mail_webhook_and_chat(outbox: OutboxHarness) -> None:
    for address, channel in ((HOOK, "webhook"), (MAIL, "email"), (ROOM, "chat")):
        outbox.subscribe(address, TRIAL, channel=channel)
    slipping(outbox, "2026-02-14", "2026-03-16", "2026-06-14")

    outbox.deliver()

    said = "Primary completion date: third slip in 2 months, +150 days since registration on 2024-03-01."
    bodies = {message.endpoint.channel: message.body for message in outbox.channel.came}
    [line] = as_promised(bodies["webhook"])["data"]["context"]
    assert (line["kind"], line["field"], line["times"]) == ("drift", "primary_completion_date", 3)
    assert (line["days_since_first_version"], line["text"]) == (150, said)
    assert bodies["chat"].decode().split("\n").count(said) == 1
    mail = message_from_bytes(bodies["email"], policy=policy.default)
    for kind in ("plain", "html"):
        text = " ".join(mail.get_body((kind,)).get_content().split())
        assert "third slip in 2 months, +150 days since registration on" in text


def test_a_digest_says_it_once_for_a_trial_as_of_its_last_event(outbox: OutboxHarness) -> None:
    monthly = Rhythm(every=Every.MONTHLY)
    for address, channel in ((HOOK, "webhook"), (MAIL, "email")):
        outbox.subscribe(address, TRIAL, channel=channel, rhythm=monthly)
    slipping(outbox)
    for to in ("2026-02-14", "2026-03-16"):
        change(outbox, completing(to), days=1)
    outbox.clock.advance(days=30)

    outbox.deliver()

    said = "Primary completion date: second slip in 1 day, +60 days since registration on 2024-03-01."
    bodies = {message.endpoint.channel: message.body for message in outbox.channel.came}
    [trial] = as_promised(bodies["webhook"])["data"]["trials"]
    assert [line["text"] for line in trial["context"]] == [said]
    text = message_from_bytes(bodies["email"], policy=policy.default).get_body(("plain",)).get_content()
    assert " ".join(text.split()).count(said) == 1


def test_who_is_not_told_of_the_date_is_not_told_what_stands_around_it(outbox: OutboxHarness) -> None:
    outbox.subscribe(HOOK, TRIAL, filters=Filters(topics=frozenset(("title",))))
    slipping(outbox, "2026-02-14")
    change(outbox, completing("2026-03-16"), edited(identificationModule__briefTitle="Another"))

    [_] = outbox.deliver()

    assert as_promised(outbox.channel.came[-1].body)["data"]["context"] == []


def test_the_first_move_and_what_nobody_was_told_say_nothing(outbox: OutboxHarness) -> None:
    slipping(outbox, "2026-02-14")
    assert last_lines(outbox) == []

    change(outbox, completing("2026-03-16"))
    settled(outbox, Settlement.FOLDED)
    change(outbox, completing("2026-04-15"))

    [line] = around_last(outbox)
    assert line.facts["times"] == 2

    change(outbox, completing("2026-04-01"))
    [line] = around_last(outbox)
    assert (line.facts["times"], line.text.split(": ")[1][:8]) == (1, "+76 days")


def settled(outbox: OutboxHarness, settlement: Settlement) -> None:
    event = outbox.events(TRIAL)[-1]
    with outbox.store.begin() as tx:
        settlements.pend(tx, outbox.registry.key, {event.id: 1})
        settlements.record(tx, [event.id], settlement, at=outbox.clock())


def test_versions_from_before_the_first_snapshot_count(outbox: OutboxHarness) -> None:
    slipping(outbox)
    studies = []
    for to in ("2025-01-15", "2025-07-15"):
        outbox.sandbox.edit(TRIAL, together(completing(to), edited(**REGISTERED)))
        [[document]] = outbox.registry.fetch([TRIAL])
        studies.append(document)
    days = (datetime(2024, 3, 5, tzinfo=UTC), datetime(2025, 1, 5, tzinfo=UTC))
    with outbox.store.begin() as tx:
        archived.add(
            tx,
            [
                ArchivedDocument(each, at.date(), "page.html", outbox.clock())
                for each, at in zip(studies, days, strict=True)
            ],
        )
    change(outbox, completing("2026-02-14"))

    assert last_lines(outbox) == [
        "Primary completion date: third slip in 24 months, +395 days since registration on 2024-03-01."
    ]


def test_a_second_stop_says_when_the_first_one_was(outbox: OutboxHarness) -> None:
    outbox.check(TRIAL)
    change(outbox, status_becomes("SUSPENDED", "No funding"))
    stopped = outbox.clock().date()
    change(outbox, status_becomes("RECRUITING"))
    change(outbox, status_becomes("SUSPENDED", "No staff"))

    assert last_lines(outbox) == [f"The trial was stopped once before, on {stopped}."]


def test_what_became_of_the_sponsors_other_trials_is_told_as_of_the_event(outbox: OutboxHarness) -> None:
    ids = sorted(outbox.sandbox.trial_ids())
    ids.remove(TRIAL)
    for trial_id in (TRIAL, *ids[:5]):
        outbox.sandbox.edit(trial_id, together(led_by("ALZAHRA  Hospital."), status_becomes("RECRUITING")))
    outbox.check(TRIAL, *ids)
    change(outbox, status_becomes("SUSPENDED"), trial_id=ids[0])
    change(outbox, status_becomes("SUSPENDED"), trial_id=ids[5], days=100)
    change(outbox, status_becomes("SUSPENDED"), trial_id=ids[1])
    change(outbox, status_becomes("SUSPENDED"), trial_id=ids[2])
    change(outbox, status_becomes("SUSPENDED"))
    told = last_lines(outbox)
    change(outbox, status_becomes("SUSPENDED"), trial_id=ids[3])

    assert told == last_lines(outbox) == ["2 of the sponsor's 5 other trials here were stopped in the 90 days before."]


@pytest.mark.parametrize("what", ["snapshot", "event"])
def test_what_is_damaged_is_left_out(outbox: OutboxHarness, what: str) -> None:
    slipping(outbox, "2026-02-14", "2026-03-16", "2026-06-14")
    event = outbox.events(TRIAL)[-1]
    with outbox.store.begin() as tx:
        table = tables.snapshots if what == "snapshot" else tables.events
        number = table.c.number if what == "snapshot" else table.c.snapshot
        changed = {"body": b"torn"} if what == "snapshot" else {"changes": b"torn"}
        tx.execute(update(table).where(number == (1 if what == "snapshot" else 2)).values(changed))

        [line] = reader(outbox).around(tx, event, lead_sponsor=None)

    assert line.facts["times"] == (3 if what == "snapshot" else 2)
    assert ("days_since_first_version" in line.facts) == (what == "event")
