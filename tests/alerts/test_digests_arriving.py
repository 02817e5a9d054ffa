"""A digest on its way: through a real mail server and a real receiver, to who reads it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

import pytest

from monitor.alerts.outbox import Outbox
from monitor.alerts.subscribe import Asked, SubscriptionScope, subscribe
from monitor.channels.declared import CHANNELS
from monitor.config import load
from monitor.model import Rhythm, Role, Search
from monitor.model.rhythm import Every
from monitor.sandbox.mailbox import Mailbox
from monitor.sandbox.receiver import WebhookReceiver
from monitor.storage import watches
from tests.channels.email.test_mail import html_of, text_of
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import edited, named, status_becomes, together, verified_in
from tests.webhook_schema import as_promised

ON_POSTGRESQL = SLOW

DAILY = Rhythm(every=Every.DAILY, at=time(8), zone="Europe/Paris")


@dataclass
class Arriving:
    """The program, and the servers that take what it sends."""

    program: OutboxHarness
    mailbox: Mailbox
    receiver: WebhookReceiver


@pytest.fixture
def arriving(outbox: OutboxHarness) -> Iterator[Arriving]:
    with Mailbox() as mailbox, WebhookReceiver() as receiver:
        variables = {
            "MONITOR_SMTP__HOST": mailbox.host,
            "MONITOR_SMTP__PORT": str(mailbox.port),
            "MONITOR_SMTP__SECURITY": "none",
            "MONITOR_SMTP__SENDER": "Trial monitor <monitor@example.org>",
            "MONITOR_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
        }
        config = load(None, variables)
        transports = {
            name: CHANNELS[name].transport(config, outbox.delivering.context.vault) for name in ("email", "webhook")
        }
        was = outbox.delivering
        outbox.delivering = Outbox(
            context=replace(was.context, config=config), transports=transports, clock=outbox.clock, chance=was.chance
        )
        yield Arriving(outbox, mailbox, receiver)
        for transport in transports.values():
            transport.close()


def test_a_day_is_told_in_one_mail_and_one_post_by_what_it_came_to(arriving: Arriving) -> None:
    program = arriving.program
    program.watch(WITHDRAWN_LATER)
    program.check()
    program.subscribe("ines@example.org", WITHDRAWN_LATER, channel="email", rhythm=DAILY)
    program.subscribe(arriving.receiver.url, WITHDRAWN_LATER, rhythm=DAILY)
    for number, edit in enumerate(
        (status_becomes("SUSPENDED", "Supplies"), named("STEP"), status_becomes("NOT_YET_RECRUITING"))
    ):
        program.sandbox.edit(WITHDRAWN_LATER, together(edit, verified_in(f"204{number}-01")))
        program.check(WITHDRAWN_LATER)
    program.clock.now = datetime(2026, 11, 23, 7, tzinfo=UTC)

    program.deliver()

    [mail], [received] = arriving.mailbox.messages, arriving.receiver.deliveries
    assert mail.email["Subject"].startswith(f"Daily digest: {WITHDRAWN_LATER}: ")
    text = " ".join(text_of(mail.raw).split())
    assert "[taken back] Overall status went to Suspended and back to Not yet recruiting" in text
    assert "Acronym" in text
    assert "2026-11-23 08:00, Europe/Paris" in text
    assert "1 of 1 trial checked" in text
    assert 'class="which"' in html_of(mail.raw)
    data = as_promised(received.body)["data"]
    [trial] = data["trials"]
    assert trial["changes"][0]["field"] == "acronym"
    folded = {change["field"] for change in trial["changes"] if "folded" in change}
    assert folded == {"overall_status", "why_stopped"}


def test_a_digest_says_what_stands_around_a_change(outbox: OutboxHarness) -> None:
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    outbox.subscribe("ines@example.org", WITHDRAWN_LATER, channel="email", rhythm=DAILY)
    for day, completed in ((23, "2041-01"), (24, "2042-01")):
        slip = edited(statusModule__primaryCompletionDateStruct={"date": completed, "type": "ESTIMATED"})
        outbox.sandbox.edit(WITHDRAWN_LATER, together(slip, verified_in(f"20{day}-01")))
        outbox.check(WITHDRAWN_LATER)
        outbox.clock.now = datetime(2026, 11, day, 7, tzinfo=UTC)
        outbox.deliver()

    first, second = (" ".join(text_of(each.body).split()) for each in outbox.channel.came)
    assert "second slip" not in first
    assert "Primary completion date: second slip" in second


def test_one_that_comes_late_says_until_when_it_tells(arriving: Arriving) -> None:
    """Who looks once a day, later than a digest is due, is told with it what was found just then."""
    program = arriving.program
    program.watch(WITHDRAWN_LATER)
    program.check()
    program.subscribe("ines@example.org", WITHDRAWN_LATER, channel="email", rhythm=replace(DAILY, all_quiet=True))
    program.clock.now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    program.sandbox.edit(WITHDRAWN_LATER, together(named("STEP"), verified_in("2040-01")))
    program.check(WITHDRAWN_LATER)

    program.deliver()

    [mail] = arriving.mailbox.messages
    assert "2026-11-22 18:00 to 2026-11-23 10:30, Europe/Paris" in " ".join(text_of(mail.raw).split())


def test_a_watch_is_told_by_what_it_looks_for(outbox: OutboxHarness) -> None:
    search = Search(sponsor="Alzahra Hospital", role=Role.LEAD)
    with outbox.store.begin() as tx:
        watch, _ = watches.add_search(
            tx, registry=outbox.registry.key, search=search, origin="command", name="rivals", at=outbox.clock()
        )
        watches.join(tx, watch.id, outbox.registry.key, [WITHDRAWN_LATER], outbox.clock())
    outbox.check(WITHDRAWN_LATER)
    about_watch = Asked(scope=SubscriptionScope(watch_id=watch.id))
    subscribe("email", "ines@example.org", about_watch, context=outbox.subscribe_context)
    outbox.subscribe("omar@example.org", WITHDRAWN_LATER, channel="email")
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)

    outbox.deliver()

    told = {each.endpoint.shown: " ".join(text_of(each.body).split()) for each in outbox.channel.came}
    assert "You asked to hear of trials that Alzahra Hospital leads: changes" in told["ines@example.org"]
    assert f"You asked to hear of {WITHDRAWN_LATER}: changes" in told["omar@example.org"]
