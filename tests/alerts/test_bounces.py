"""Mails that come back, and complaints: from a mail, through a real server, to what becomes of its subscriptions."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.bounces import FULL_TIMES, Outcome, Taken, take
from monitor.alerts.due import ATTEMPTS_KEPT
from monitor.alerts.ending import ended, restored
from monitor.alerts.links import Links
from monitor.alerts.managing import look
from monitor.alerts.opting_in import Request, ask, confirm
from monitor.alerts.returned import read_mailbox
from monitor.alerts.subscribe import SubscriptionScope, Wanted, apply_config
from monitor.channels.email.channel import CHANNEL as EMAIL
from monitor.channels.email.returned import unread_mails
from monitor.config import Config, load
from monitor.errors import ConfigurationInvalid, StoreUnavailable
from monitor.model import Filters, Subscription, SubscriptionState
from monitor.sandbox.bouncing import COMPLAINT, FULL, NOBODY, Refusal, make_maildir, put_into, report_of
from monitor.sandbox.mailbox import Mail, Mailbox
from monitor.storage import bounces, deliveries, notices, replays, subscriptions
from monitor.storage.confirmations import FORGOTTEN_AFTER
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, together, verified_a_year_later

ANNA, BO, OPS = "anna@example.org", "bo@example.org", "ops@example.org"


class Post:
    """An outbox whose mail goes through a real server, and comes back into a Maildir."""

    def __init__(self, outbox: OutboxHarness, mailbox: Mailbox, folder: Path, **settings: str) -> None:
        self.outbox = outbox
        self.mailbox = mailbox
        self.maildir = folder / "bounces"
        make_maildir(self.maildir)
        config = configured(mailbox, self.maildir, **settings)
        vault = outbox.subscribe_context.vault
        outbox.subscribe_context = replace(outbox.subscribe_context, config=config)
        links = Links(vault, "https://trials.example.org")
        context = replace(outbox.delivering.context, config=config, links=links)
        self.transport = EMAIL.transport(config, vault)
        transports = {**outbox.delivering.transports, "email": self.transport}
        outbox.delivering = replace(outbox.delivering, context=context, transports=transports)
        outbox.watch(WITHDRAWN_LATER)
        outbox.told()

    def subscribe(self, address: str) -> Subscription:
        return self.outbox.subscribe(address, WITHDRAWN_LATER, channel="email").subscription

    def tell(self, name: str = "Another title") -> list[Mail]:
        """Let the trial change, tell that, and give the mails that came."""
        before = len(self.mailbox.messages)
        self.outbox.sandbox.edit(WITHDRAWN_LATER, together(named(name), verified_a_year_later))
        self.outbox.clock.advance(minutes=1)
        self.outbox.told(WITHDRAWN_LATER)
        self.outbox.deliver()
        return self.mailbox.messages[before:]

    def send_back(self, mail: Mail, refusal: Refusal | None = NOBODY) -> list[Taken]:
        put_into(self.maildir, report_of(mail, refusal))
        return self.read()

    def read(self) -> list[Taken]:
        return list(read_mailbox(self.outbox.subscribe_context))

    def states(self) -> dict[str, str]:
        with self.outbox.store.read() as tx:
            return {each.endpoint.shown: str(each.state) for each in subscriptions.listing(tx)}

    def reasons(self) -> list[str]:
        with self.outbox.store.read() as tx:
            return list(bounces.reasons(tx).values())

    def notices(self) -> list[str]:
        with self.outbox.store.read() as tx:
            return [each.subject for each in reversed(notices.listing(tx))]


def configured(mailbox: Mailbox, maildir: Path, **settings: str) -> Config:
    given = {"SMTP__HOST": mailbox.host, "SMTP__PORT": str(mailbox.port), "BOUNCES__MAILDIR": str(maildir)} | settings
    return load(None, {f"MONITOR_{name}": value for name, value in given.items()})


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


@pytest.fixture
def post(outbox: OutboxHarness, mailbox: Mailbox, tmp_path: Path) -> Iterator[Post]:
    """On both stores."""
    made = Post(outbox, mailbox, tmp_path, BOUNCES__ADDRESS="bounces@example.org")
    yield made
    made.transport.close()


@pytest.fixture
def quick_post(quick_store, sandbox, mailbox: Mailbox, tmp_path: Path) -> Iterator[Post]:
    """On SQLite alone, and without an address to come back to: by Message-ID and recipient."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    made = Post(outbox, mailbox, tmp_path)
    yield made
    made.transport.close()
    outbox.registry.close()


def test_a_mail_to_nobody_ends_every_subscription_of_its_address(post):
    first, second = post.subscribe(ANNA), post.outbox.subscribe(ANNA, channel="email").subscription
    post.subscribe(BO)
    mail = next(each for each in post.tell() if each.recipients == (ANNA,))

    (taken,) = post.send_back(mail)

    assert (taken.outcome, taken.shown) == (Outcome.ENDED, ANNA)
    assert {each.id for each in taken.subscriptions} == {first.id, second.id}
    assert post.states() == {ANNA: "ended", BO: "active"}
    assert all(
        reason.startswith("mail to it comes back, as there is no such mailbox, 2026-11-22 (550 5.1.1")
        for reason in post.reasons()
    )
    assert [each.recipients for each in post.tell("One more title")] == [(BO,)]


def test_each_mail_comes_back_to_an_address_of_its_own(post):
    post.subscribe(ANNA)

    senders = [each.sender for title in ("One", "Two") for each in post.tell(title)]

    assert len(set(senders)) == 2
    assert all(each.startswith("bounces+") and each.endswith("@example.org") for each in senders)


def test_a_report_that_comes_elsewhere_counts_where_it_names_the_mail_and_who_it_was_for(post):
    """Complaints, and what some servers report, do not come back to the mail's own address."""
    post.subscribe(ANNA)
    (mail,) = post.tell()
    report = report_of(mail, NOBODY).replace(mail.sender.encode(), b"postmaster@example.org")
    context = post.outbox.subscribe_context

    assert take(report.replace(ANNA.encode(), BO.encode()), context).outcome is Outcome.UNKNOWN
    assert take(report, context).outcome is Outcome.ENDED


def test_a_report_counts_once_however_often_it_is_read(post):
    post.subscribe(ANNA)
    (mail,) = post.tell()
    report = report_of(mail, NOBODY)

    outcomes = [
        take(raw, post.outbox.subscribe_context).outcome for raw in (report, b"Received: from elsewhere\n" + report)
    ]

    assert outcomes == [Outcome.ENDED, Outcome.REPEATED]


def test_a_full_mailbox_pauses_after_three_mails_in_seven_days(post):
    subscription = post.subscribe(ANNA)
    outcomes = []
    for number in range(FULL_TIMES):
        (mail,) = post.tell(f"Title {number}")
        outcomes += [each.outcome for each in post.send_back(mail, FULL)]

    assert outcomes == [Outcome.NOTED, Outcome.NOTED, Outcome.PAUSED]
    assert post.states() == {ANNA: "paused"}
    links = post.outbox.delivering.context.links
    page = look(links.manage(subscription.id).rpartition("/")[2], links, post.outbox.subscribe_context)
    assert page.reason.startswith("its mailbox was full three times in seven days"), "its reader sees why"

    with post.outbox.store.begin() as tx:
        subscriptions.set_state(tx, subscription.id, SubscriptionState.ACTIVE, post.outbox.clock())
    (mail,) = post.tell("After a while")
    assert [each.outcome for each in post.send_back(mail, FULL)] == [Outcome.NOTED], "it counts from the beginning"
    with post.outbox.store.begin() as tx:
        subscriptions.set_state(tx, subscription.id, SubscriptionState.PAUSED, post.outbox.clock())
    assert post.reasons() == [], "this time it was a person"


def test_a_mailbox_that_is_full_now_and_then_goes_on(quick_post):
    quick_post.subscribe(ANNA)
    for number in range(FULL_TIMES + 2):
        (mail,) = quick_post.tell(f"Title {number}")
        assert [each.outcome for each in quick_post.send_back(mail, FULL)] == [Outcome.NOTED]
        quick_post.outbox.clock.now += timedelta(days=4)


def test_three_reports_on_one_mail_are_one_full_mailbox(quick_post):
    quick_post.subscribe(ANNA)
    (mail,) = quick_post.tell()

    assert [quick_post.send_back(mail, FULL)[0].outcome for _ in range(FULL_TIMES)] == [Outcome.NOTED] * FULL_TIMES


def test_a_complaint_ends_at_once(post):
    post.subscribe(ANNA)
    (mail,) = post.tell()

    assert [each.outcome for each in post.send_back(mail, COMPLAINT)] == [Outcome.ENDED]
    assert post.reasons()[0].startswith("its reader reported a mail as unwanted")
    with post.outbox.store.begin_alone() as tx:
        (complained,) = subscriptions.listing(tx)
        ended(tx, complained, now=post.outbox.clock())
        with pytest.raises(ConfigurationInvalid, match="reported as unwanted"):
            restored(tx, complained, now=post.outbox.clock())


@pytest.mark.parametrize("status", ["4.4.1", "4.1.1", "5.7.1", "5.0.0"])
def test_what_may_end_is_noted_with_the_delivery_and_nothing_more(quick_post, status):
    quick_post.subscribe(ANNA)
    (mail,) = quick_post.tell()
    (taken,) = quick_post.send_back(mail, Refusal(status, "not now"))

    with quick_post.outbox.store.read() as tx:
        (noted,) = bounces.of_delivery(tx, taken.delivery_id)
    assert (taken.outcome, noted.status, noted.effect) == (Outcome.NOTED, status, None)
    assert quick_post.states() == {ANNA: "active"}
    assert quick_post.notices() == []


def test_who_has_paused_is_not_told_of_a_full_mailbox(quick_post):
    subscription = quick_post.subscribe(ANNA)
    mails = [quick_post.tell(f"Title {number}")[0] for number in range(FULL_TIMES)]
    with quick_post.outbox.store.begin() as tx:
        subscriptions.set_state(tx, subscription.id, SubscriptionState.PAUSED, quick_post.outbox.clock())

    assert [quick_post.send_back(mail, FULL)[0].outcome for mail in mails] == [Outcome.NOTED] * FULL_TIMES
    assert (quick_post.reasons(), quick_post.notices()) == ([], [])


def test_the_operator_hears_of_the_first_of_a_day(quick_post):
    scope = SubscriptionScope(everything=True)
    operator = Wanted(name="ops", channel="email", address=OPS, scope=scope, origin="operator")
    assert apply_config([operator], quick_post.outbox.subscribe_context) == []
    for address in (ANNA, BO):
        quick_post.subscribe(address)
    mails = {each.recipients[0]: each for each in quick_post.tell()}

    assert [quick_post.send_back(mails[each])[0].outcome for each in (ANNA, BO)] == [Outcome.ENDED] * 2
    assert quick_post.notices() == [f"Mail came back: {ANNA}"]


def test_who_subscribes_again_after_that_hears_again(quick_post):
    quick_post.subscribe(ANNA)
    (mail,) = quick_post.tell()
    quick_post.send_back(mail)

    quick_post.subscribe(ANNA)

    assert [each.recipients for each in quick_post.tell("One more title")] == [(ANNA,)]


def test_what_is_only_noted_is_forgotten_as_attempts_are(quick_post):
    quick_post.subscribe(ANNA)
    for title, refusal in (("One", Refusal("4.4.1", "not now")), ("Two", COMPLAINT)):
        (mail,) = quick_post.tell(title)
        quick_post.send_back(mail, refusal)

    quick_post.outbox.clock.now += ATTEMPTS_KEPT + timedelta(days=1)
    quick_post.outbox.deliver()

    with quick_post.outbox.store.read() as tx:
        assert [str(bounce.kind) for bounce, _ in bounces.listing(tx)] == ["complaint"]


def test_who_confirmed_may_complain_of_the_mail_that_asked_for_it(quick_post):
    scope = SubscriptionScope(everything=True)
    request = Request(address=ANNA, scope=scope, filters=Filters(), note=None, network="192.0.2.0/24")
    ask(request, quick_post.outbox.subscribe_context)
    quick_post.outbox.deliver()
    (mail,) = quick_post.mailbox.messages
    text = mail.email.get_body(("plain",)).get_content()
    confirm(re.findall(r"/confirm/(\S+)", text)[0], quick_post.outbox.subscribe_context)
    assert quick_post.states() == {ANNA: "active"}

    assert [each.outcome for each in quick_post.send_back(mail, COMPLAINT)] == [Outcome.ENDED]


def test_a_subscription_that_nobody_confirmed_takes_what_came_back_with_it(post):
    """Nobody agreed that the address be kept."""
    scope = SubscriptionScope(everything=True)
    request = Request(address=ANNA, scope=scope, filters=Filters(), note=None, network="192.0.2.0/24")
    ask(request, post.outbox.subscribe_context)
    post.outbox.deliver()
    (taken,) = post.send_back(post.mailbox.messages[-1])
    assert (taken.outcome, post.states()) == (Outcome.ENDED, {ANNA: "ended"})

    post.outbox.clock.now += FORGOTTEN_AFTER + timedelta(hours=1)
    post.outbox.deliver()

    with post.outbox.store.read() as tx:
        assert (subscriptions.listing(tx), bounces.listing(tx)) == ([], [])


def test_a_process_that_dies_before_it_marks_a_mail_reads_it_again_in_vain(quick_post):
    quick_post.subscribe(ANNA)
    (mail,) = quick_post.tell()
    put_into(quick_post.maildir, report_of(mail, NOBODY))
    with unread_mails(quick_post.outbox.subscribe_context.config) as mails:
        take(next(mails).raw, quick_post.outbox.subscribe_context)

    assert [each.outcome for each in quick_post.read()] == [Outcome.REPEATED]
    assert quick_post.read() == []


def test_a_database_that_fails_leaves_the_mail_unread(quick_post):
    quick_post.subscribe(ANNA)
    (mail,) = quick_post.tell()
    put_into(quick_post.maildir, report_of(mail, NOBODY))

    class Failing:
        def begin(self):
            raise StoreUnavailable("the database is locked: try again")

    with pytest.raises(StoreUnavailable):
        list(read_mailbox(replace(quick_post.outbox.subscribe_context, store=Failing())))
    assert [each.outcome for each in quick_post.read()] == [Outcome.ENDED]


# Forged


def test_a_report_about_what_was_never_sent_does_nothing(quick_post):
    quick_post.subscribe(ANNA)
    (mail,) = quick_post.tell()
    report = report_of(mail, NOBODY)
    with quick_post.outbox.store.read() as tx:
        (delivery,) = deliveries.listing(tx)
    stranger = delivery.id[::-1]

    context = quick_post.outbox.subscribe_context
    forged = (
        report.replace(delivery.id.encode(), stranger.encode()),
        report.replace(ANNA.encode(), BO.encode()),
        report.replace(b"Final-Recipient: rfc822; anna@example.org\n", b""),
        report.replace(b"Message-ID: <" + delivery.id.encode(), b"Message-ID: <bounces+aaaa"),
    )
    assert [take(each, context).outcome for each in forged] == [Outcome.UNKNOWN] * len(forged)
    assert quick_post.states() == {ANNA: "active"}
    assert take(report, context).outcome is Outcome.ENDED


def test_a_report_that_comes_before_its_mail_is_recorded_as_taken_waits_for_that(quick_post):
    quick_post.subscribe(ANNA)
    (mail,) = quick_post.tell()
    with quick_post.outbox.store.begin() as tx:
        (delivery,) = deliveries.listing(tx)
        replays.replay(tx, delivery.id, quick_post.outbox.clock())

    assert [each.outcome for each in quick_post.send_back(mail)] == [Outcome.EARLY]
    assert [each.outcome for each in quick_post.read()] == [Outcome.EARLY], "it stays unread"
    quick_post.outbox.deliver()
    assert [each.outcome for each in quick_post.read()] == [Outcome.ENDED]


def test_a_report_about_what_was_never_ready_to_be_sent_does_nothing(quick_post):
    quick_post.subscribe(ANNA)
    (mail,) = quick_post.tell()
    report = report_of(mail, NOBODY)
    with quick_post.outbox.store.read() as tx:
        (sent,) = deliveries.listing(tx)
    quick_post.outbox.sandbox.edit(WITHDRAWN_LATER, together(named("Another one"), verified_a_year_later))
    quick_post.outbox.clock.advance(minutes=1)
    quick_post.outbox.told(WITHDRAWN_LATER)
    with quick_post.outbox.store.read() as tx:
        owed = next(each for each in deliveries.listing(tx) if each.id != sent.id)

    forged = report.replace(sent.id.encode(), owed.id.encode())

    assert take(forged, quick_post.outbox.subscribe_context).outcome is Outcome.UNKNOWN


# What no mail can end


def test_an_address_of_the_configuration_is_disabled_and_the_operator_told_once_a_day(quick_post):
    context = quick_post.outbox.subscribe_context
    scope = SubscriptionScope(everything=True)
    wanted = [
        Wanted(name=name, channel="email", address=address, scope=scope, filters=Filters(), note=None, origin=origin)
        for name, address, origin in (("anna", ANNA, "config"), ("bo", BO, "config"), ("ops", OPS, "operator"))
    ]
    assert apply_config(wanted, context) == []
    mails = {each.recipients[0]: each for each in quick_post.tell()}

    assert [quick_post.send_back(mails[address])[0].outcome for address in (ANNA, BO)] == [Outcome.DISABLED] * 2
    assert quick_post.states() == {ANNA: "active", BO: "active", OPS: "active"}
    assert quick_post.notices() == [f"Mail came back: {ANNA}"]
    quick_post.outbox.deliver()
    assert quick_post.mailbox.messages[-1].recipients == (OPS,)
    assert apply_config(wanted, context) == []
    assert {each.recipients for each in quick_post.tell("Only the operator")} <= {(OPS,)}
