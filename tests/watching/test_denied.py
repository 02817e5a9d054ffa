"""A number that its registry does not know is said once, everywhere the same, and asked for again ever less often."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.model import Result, SubscriptionState
from monitor.model.unseen import UnseenReason
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import coverage, denials, subscriptions
from monitor.storage.denials import DAILY, WEEKLY, YOUNG, Denial
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER, Trying
from tests.service.workers import Workers

NOBODY = "NCT99999999"
ANNA = "anna@example.org"
HOUR = timedelta(hours=1)


@pytest.fixture
def workers(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Workers]:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.clock.now = sandbox.build.at
    yield Workers(outbox)
    outbox.registry.close()


def denied(program: Trying) -> Denial | None:
    with program.store.read() as tx:
        return denials.get(tx, program.registry.key, NOBODY)


def publish(sandbox: Sandbox) -> None:
    study: dict[str, Any] = sandbox.study(WITHDRAWN_LATER)
    study["protocolSection"]["identificationModule"]["nctId"] = NOBODY
    sandbox.publish(study)


def times_asked(sandbox: Sandbox) -> int:
    return sum(NOBODY in each.target for each in sandbox.requests)


def mails(workers: Workers) -> list[tuple[str, str]]:
    """Subject and text of what came since the last call."""
    found = []
    for each in workers.outbox.channel.came:
        mail = message_from_bytes(each.body, policy=policy.default)
        part = mail.get_body(("plain",))
        assert part is not None
        found.append((str(mail["Subject"]), part.get_content()))
    workers.outbox.channel.came.clear()
    return found


def test_it_is_kept_while_somebody_watches_it_and_goes_when_the_trial_appears(program: Trying) -> None:
    program.check(NOBODY)
    assert denied(program) is None, "nobody watches it"
    program.watch(NOBODY, WITHDRAWN_LATER)

    first, second = program.check(NOBODY)[NOBODY], program.check(NOBODY)[NOBODY]

    assert (first.result, first.is_unknown, first.is_denied_again) == (Result.FAILED, True, False)
    assert second.is_denied_again
    kept = denied(program)
    assert kept is not None
    assert (kept.times, kept.is_believed, "not found" in kept.words.lower()) == (1, False, True)
    program.clock.advance(hours=1)
    program.check(NOBODY)
    kept = denied(program)
    assert kept is not None
    assert kept.is_believed
    with program.store.read() as tx:
        since = coverage.seen_since(program.clock(), check_every=HOUR)
        found = {each.reason: each.examples for each in coverage.unseen(tx, since=since)}
        assert found[UnseenReason.DENIED] == (NOBODY,)
        assert coverage.denied_by_registry(tx) == {program.registry.key: 1}

    publish(program.sandbox)
    appeared = program.check(NOBODY)[NOBODY]

    assert (appeared.result, [change.kind for change in appeared.changes]) == (Result.BASELINE, ["trial.new"])
    assert "the registry knew no trial of this number" in appeared.changes[0].summary
    assert denied(program) is None


def test_a_registry_that_answers_for_nothing_is_not_believed(quick: Trying) -> None:
    quick.watch(NOBODY, WITHDRAWN_LATER)
    quick.sandbox.misbehave("500", target="pageSize=1&fields=NCTId")

    checked = quick.check(NOBODY)[NOBODY]

    assert (checked.result, checked.is_unknown) == (Result.FAILED, False)
    assert denied(quick) is None


def test_a_pass_says_it_once_and_asks_ever_less_often(workers: Workers) -> None:
    sandbox = workers.outbox.sandbox
    workers.outbox.watch(NOBODY, WITHDRAWN_LATER)

    workers.tick()
    workers.pass_time(2 * HOUR, every=HOUR)
    at_first = times_asked(sandbox)
    workers.pass_time(5 * DAILY, every=6 * HOUR)
    by_day = times_asked(sandbox) - at_first
    with workers.store.begin() as tx:
        tx.execute(text("UPDATE denials SET first_at = '2020-01-01T00:00:00.000000Z'"))
    workers.pass_time(DAILY, every=6 * HOUR)
    before = times_asked(sandbox)
    workers.pass_time(3 * WEEKLY, every=12 * HOUR)

    assert YOUNG > 5 * DAILY
    assert 2 <= at_first <= 4, "once more an hour later"
    assert 4 <= by_day <= 12
    assert 2 <= times_asked(sandbox) - before <= 6
    passes = [line for line in workers.lines() if line["event"].startswith("registry")]
    assert {(line["event"], line["failed"], line["denied"]) for line in passes} == {("registry checked", 0, 1)}
    assert workers.checker.failing_since() is None


def test_whoever_named_it_is_told_once_and_again_when_it_appears(workers: Workers) -> None:
    workers.outbox.watch(NOBODY, WITHDRAWN_LATER)
    workers.outbox.subscribe(ANNA, NOBODY, channel="email")
    workers.outbox.subscribe("otto@example.org", WITHDRAWN_LATER, channel="email")

    workers.tick()
    assert mails(workers) == [], "a single answer comes and goes"
    workers.pass_time(3 * DAILY, every=HOUR)

    [(subject, words)] = mails(workers)
    assert subject == f"clinicaltrials.gov knows no trial {NOBODY}"
    said = " ".join(words.split())
    assert "Check the number. If it is right, there is nothing to do" in said
    assert "answered that it has no trial of this number" in said

    late = workers.outbox.subscribe("late@example.org", NOBODY, channel="email").subscription.id
    with workers.store.begin() as tx:
        for state in (SubscriptionState.PAUSED, SubscriptionState.ACTIVE):
            subscriptions.set_state(tx, late, state, workers.outbox.clock())
    workers.tick()
    assert [each.endpoint.shown for each in workers.outbox.channel.came] == ["late@example.org"]
    mails(workers)

    publish(workers.outbox.sandbox)
    workers.pass_time(2 * DAILY, every=HOUR)
    assert sorted({each.endpoint.shown for each in workers.outbox.channel.came}) == [ANNA, "late@example.org"]
    workers.outbox.channel.came.pop()
    [(subject, words)] = mails(workers)
    assert NOBODY in subject
    assert "is registered now" in " ".join(words.split())


def test_the_mail_is_in_the_language_of_who_reads_it(workers: Workers) -> None:
    workers.outbox.watch(NOBODY)
    made = workers.outbox.subscribe(ANNA, NOBODY, channel="email")
    with workers.store.begin() as tx:
        tx.execute(text("UPDATE subscriptions SET language = 'fr' WHERE id = :id"), {"id": made.subscription.id})

    workers.tick()
    workers.pass_time(2 * HOUR, every=HOUR)

    [(subject, words)] = mails(workers)
    assert subject == f"clinicaltrials.gov ne connaît pas d’essai {NOBODY}"
    assert "Vérifiez le numéro" in words
    assert "Check the number" not in words
