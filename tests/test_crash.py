"""A process that dies at any point of a check loses nothing, and the next one repeats nothing."""

import json
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.links import Links
from monitor.alerts.outbox import Outbox
from monitor.channels.email.transport import EmailTransport
from monitor.channels.webhook.transport import WebhookTransport
from monitor.clock import utc_now
from monitor.http.guarded import GuardedSession
from monitor.model import Result, Rhythm
from monitor.model.rhythm import Every
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import Mailbox
from monitor.sandbox.receiver import WebhookReceiver
from monitor.storage import gathered
from monitor.storage.questions import YEAR
from monitor.storage.store import Store
from tests.faulty_program import dying
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER, Clock, Trying
from tests.webhook_schema import as_promised

Study = dict[str, Any]


@pytest.fixture
def sandbox(present: Sandbox) -> Sandbox:
    """Of today, which is when the processes live that die."""
    return present


def renamed(step: int) -> Callable[[Study], Study]:
    """What a sponsor submits: a new acronym, on a later day than the one before, and on none that is to come."""
    day = utc_now().date() - timedelta(2000 - step)

    def rename(study: Study) -> Study:
        study["protocolSection"]["identificationModule"]["acronym"] = f"STEP-{step}"
        study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = str(day)
        return study

    return rename


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_check_that_dies_anywhere_is_made_good_by_the_next(store_url: str, sandbox: Sandbox) -> None:
    """At every other step of a check that finds a change: on one store before, on the other behind each statement."""
    ids = sandbox.trial_ids()
    store = Store.open(store_url)
    program = Trying(store, sandbox)
    program.clock.now = utc_now()
    program.watch(*ids)
    program.check()
    for step in (-1, 0):  # the first of them has the baselines to index, too
        sandbox.edit(WITHDRAWN_LATER, renamed(step))
        whole = dying(store_url, sandbox.base_url, "check", "--json", step=0).steps
    assert whole > 15
    steps = range(1 if store_url.startswith("sqlite") else 2, whole + 1, 2)
    for step in steps:
        sandbox.edit(WITHDRAWN_LATER, renamed(step))

        died = dying(store_url, sandbox.base_url, "check", "--json", step=step)
        program.check()

        assert died.returncode == -signal.SIGKILL
        told = [change for event in program.events(WITHDRAWN_LATER) for change in event.changes]
        assert [change.after for change in told if change.field == "acronym"].count(f"STEP-{step}") == 1
        assert set(program.results(*ids).values()) == {Result.UNCHANGED}
    numbers = program.snapshot_numbers(WITHDRAWN_LATER)
    assert numbers == list(range(1, len(steps) + 4))
    assert [event.snapshot for event in program.events(WITHDRAWN_LATER)] == numbers[1:]
    store.close()


@pytest.mark.slow
def test_a_first_start_that_dies_anywhere_is_made_good_by_the_next(tmp_path: Path, sandbox: Sandbox) -> None:
    """Making the database and taking the first baseline: whatever is left of it, the next start goes on."""
    first = dying(f"sqlite:///{tmp_path}/0.sqlite3", sandbox.base_url, "check", WITHDRAWN_LATER, "--json", step=0)
    whole = first.steps
    for step in range(1, whole + 1, 5):
        store_url = f"sqlite:///{tmp_path}/{step}.sqlite3"

        dying(store_url, sandbox.base_url, "check", WITHDRAWN_LATER, "--json", step=step)
        again = dying(store_url, sandbox.base_url, "check", WITHDRAWN_LATER, "--json", step=0)

        checked = json.loads(again.stdout.splitlines()[0])
        assert checked["result"] in {"baseline", "unchanged"}, again.stderr
        assert checked["snapshot"] == 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_alert_is_lost_wherever_a_check_that_delivers_dies(store_url: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """Steps from the question to the registry to the record of the last attempt: every other one, on each store others.

    A delivery may come twice only where its receiver had taken it and we had not written that down, and then it is
    the same one: with the same id, and the same bytes.
    """
    store = Store.open(store_url)
    program = OutboxHarness(store, sandbox, tmp_path)
    program.watch(WITHDRAWN_LATER)
    program.check()
    with WebhookReceiver() as hook, Mailbox() as mailbox:
        program.delivering = real_outbox(program, mailbox)
        program.clock = program.delivering.clock
        program.subscribe_context = replace(program.subscribe_context, clock=program.clock)
        for trials in ((WITHDRAWN_LATER,), (WITHDRAWN_LATER,), ()):
            program.subscribe(hook.url, *trials)
        for reader in ("ops@example.org", "ines@example.org", "omar@example.org", "li@example.org"):
            program.subscribe(reader, WITHDRAWN_LATER, channel="email")
        daily = Rhythm(every=Every.DAILY, at=(program.clock() - timedelta(hours=1)).time().replace(second=0))
        gathering = program.subscribe("eva@example.org", WITHDRAWN_LATER, channel="email", rhythm=daily)
        variables = {
            "MONITOR_SECRET_KEY": (tmp_path / "secret.key").read_text().strip(),
            "MONITOR_SMTP__HOST": "127.0.0.1",
            "MONITOR_SMTP__PORT": str(mailbox.port),
            "MONITOR_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
        }
        sandbox.edit(WITHDRAWN_LATER, renamed(0))
        whole = dying(store_url, sandbox.base_url, "check", "--deliver", step=0, **variables).steps
        assert whole >= 150
        steps = range(1 if store_url.startswith("sqlite") else 2, whole + 1, 2)
        for step in steps:
            sandbox.edit(WITHDRAWN_LATER, renamed(step))
            dying(store_url, sandbox.base_url, "check", "--deliver", step=step, **variables)
        program.check()
        program.clock.advance(days=1)
        while program.deliver():
            program.clock.advance(hours=1)
        for channel in program.delivering.transports.values():
            channel.close()
        came = [(each.id, each.body) for each in hook.deliveries if as_promised(each.body)]
        mails = [(mail.email["Message-ID"], mail.raw) for mail in mailbox.messages]

    told = len(program.events(WITHDRAWN_LATER))
    assert told > len(steps) / 3
    assert len({one for one, _ in came}) == len(set(came)) == 3 * told
    assert len({one for one, _ in mails}) == len(set(mails)) == 4 * told + 1
    with store.read() as tx:
        assert gathered.told_by(tx, gathering.subscription.id, 1, limit=0) == ([], told), "in one digest"
    assert {json.loads(body)["data"]["trial_id"] for _, body in came} == {WITHDRAWN_LATER}
    assert len(came) + len(mails) - 7 * told <= len(steps)
    assert set(program.standings()) == {"delivered"}
    store.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_everybody_is_asked_once_wherever_asking_dies(store_url: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """At every fourth step of looking who is to be asked, and of sending that; at each, somebody new is due."""
    store = Store.open(store_url)
    program = OutboxHarness(store, sandbox, tmp_path)
    with Mailbox() as mailbox:
        program.delivering = real_outbox(program, mailbox)
        links = Links(program.subscribe_context.vault, "http://127.0.0.1:8080")
        program.delivering = replace(program.delivering, context=replace(program.delivering.context, links=links))
        program.clock = program.delivering.clock
        program.subscribe_context = replace(
            program.subscribe_context, clock=Clock(utc_now() - YEAR - timedelta(hours=1))
        )
        program.subscribe("reader-0@example.org", channel="email")
        variables = {
            "MONITOR_SECRET_KEY": (tmp_path / "secret.key").read_text().strip(),
            "MONITOR_SMTP__HOST": "127.0.0.1",
            "MONITOR_SMTP__PORT": str(mailbox.port),
            "MONITOR_WEB__SELF_SERVICE": "true",
        }
        whole = dying(store_url, sandbox.base_url, "deliver", step=0, **variables).steps
        assert whole >= 15
        steps = range(1 if store_url.startswith("sqlite") else 3, whole + 1, 4)
        for step in steps:
            program.subscribe(f"reader-{step}@example.org", channel="email")
            dying(store_url, sandbox.base_url, "deliver", step=step, **variables)
        program.clock.advance(minutes=10)
        while program.deliver():
            program.clock.advance(hours=1)
        for channel in program.delivering.transports.values():
            channel.close()
        came = [(mail.email["To"], mail.email["Message-ID"], mail.email["Subject"]) for mail in mailbox.messages]

    assert {to for to, _, _ in came} == {f"reader-{step}@example.org" for step in (0, *steps)}
    assert len({to for to, _, _ in came}) == len(set(came)), "one question each"
    assert {subject for _, _, subject in came} == {"Are these alerts still useful?"}
    assert set(program.standings()) == {"delivered"}
    store.close()


def real_outbox(program: OutboxHarness, mailbox: Mailbox) -> Outbox:
    """The channels that the command uses, on a clock that begins now."""
    return replace(
        program.delivering,
        transports={
            "webhook": WebhookTransport(GuardedSession(user_agent="test", allow_networks=["127.0.0.0/8"])),
            "email": EmailTransport(host="127.0.0.1", port=mailbox.port, sender="monitor@example.org"),
        },
        clock=Clock(utc_now()),
    )
