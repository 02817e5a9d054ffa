"""What is asked for twice under one key is done once."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from monitor.alerts.subscribe import subscribed
from monitor.errors import StoreUnavailable
from monitor.model.access import Permission
from monitor.storage import once as kept
from monitor.storage.once import Asked
from monitor.web.api import subscriptions
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api, problem

RULE = {"way": "webhook", "to": "https://example.org/hook", "trials": [WITHDRAWN_LATER]}
KEY = {"Idempotency-Key": "7f3d2c1e"}


@pytest.fixture
def both(outbox: OutboxHarness) -> Iterator[Api]:
    """On both stores."""
    outbox.check(WITHDRAWN_LATER)
    with Api(outbox) as running:
        yield running


def test_the_second_of_two_is_answered_alike_and_does_nothing(both: Api) -> None:
    first, second = (both.send("/subscriptions", RULE, headers=KEY) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(both.read("/subscriptions")["data"]) == 1


def test_no_secret_is_kept_as_it_is(both: Api) -> None:
    secret = both.send("/subscriptions", RULE, headers=KEY).json()["secret"]
    with both.outbox.store.read() as tx:
        rows = tx.exec_driver_sql("SELECT * FROM done_once").all()

    assert secret
    assert all(secret.encode() not in bytes(value) for row in rows for value in row if isinstance(value, bytes))


def test_a_key_is_of_one_request_and_of_one_token(api: Api) -> None:
    assert api.send("/subscriptions", RULE, headers=KEY).status_code == 201
    assert problem(api.send("/subscriptions", {**RULE, "note": "x"}, headers=KEY)) == "key-reused"
    assert api.send("/subscriptions", RULE, headers=KEY, scope=Permission.SUBSCRIBE).status_code == 201
    assert problem(api.send("/subscriptions", RULE, headers={"Idempotency-Key": "x" * 201})) == "invalid"


def test_what_was_refused_may_be_asked_for_again_under_its_key(api: Api) -> None:
    assert problem(api.send("/subscriptions", {**RULE, "to": "nowhere"}, headers=KEY)) == "invalid"
    assert api.send("/subscriptions", RULE, headers=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(api: Api) -> None:
    api.send("/subscriptions", RULE, headers=KEY)
    api.outbox.clock.advance(hours=23.9)
    assert "idempotency-replayed" in api.send("/subscriptions", RULE, headers=KEY).headers
    api.outbox.clock.advance(hours=0.2)
    assert "idempotency-replayed" not in api.send("/subscriptions", RULE, headers=KEY).headers


def test_whoever_dies_before_the_commit_has_done_nothing(both: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key, the answer and what was done are one commit: the same request is simply sent again."""

    def dies(*arguments: object, **options: object) -> object:
        subscribed(*arguments, **options)  # type: ignore[arg-type]
        raise StoreUnavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(subscriptions, "subscribed", dies)
        assert problem(both.send("/subscriptions", RULE, headers=KEY)) == "not-now"
    assert both.read("/subscriptions")["data"] == []
    assert "idempotency-replayed" not in both.send("/subscriptions", RULE, headers=KEY).headers
    assert len(both.read("/subscriptions")["data"]) == 1


def test_a_request_that_is_being_worked_on_is_not_begun_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def waits(*arguments: object, **options: object) -> object:
        begun.set()
        assert go_on.wait(20)
        return subscribed(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(subscriptions, "subscribed", waits)
    token = {**KEY, "Authorization": f"Bearer {api.token(Permission.OPERATE)}"}
    answers: list[int] = []
    first = threading.Thread(target=lambda: answers.append(api.send("/subscriptions", RULE, headers=KEY).status_code))
    first.start()
    assert begun.wait(20)
    assert problem(api.send("/subscriptions", RULE, headers=token)) == "key-in-use"
    go_on.set()
    first.join()

    assert answers == [201]


def test_two_processes_do_it_in_turn(outbox: OutboxHarness) -> None:
    """The second waits for the first one's row, and finds it."""
    asked = Asked("token 1", "key", b"digest")
    found: list[kept.Done | None] = []

    def second() -> None:
        with outbox.store.begin() as tx:
            found.append(kept.begin(tx, asked, now=outbox.clock()))

    other = threading.Thread(target=second)
    with outbox.store.begin() as tx:
        assert kept.begin(tx, asked, now=outbox.clock()) is None
        other.start()
        kept.finish(tx, asked, 201, b"answer")
    other.join()

    (done,) = found
    assert done is not None
    assert (done.status, done.answer) == (201, b"answer")


def test_what_was_interrupted_is_not_done_again(api: Api) -> None:
    """Of what is no single commit, nobody knows after a crash whether it was done."""
    answer = api.send("/watches", {"trials": ["NCT04280705"]}, headers=KEY)
    assert answer.status_code == 201
    with api.outbox.store.begin() as tx:
        tx.exec_driver_sql("UPDATE done_once SET status = NULL, answer = NULL")

    assert problem(api.send("/watches", {"trials": ["NCT04280705"]}, headers=KEY)) == "interrupted"


def test_old_keys_are_forgotten_a_few_at_a_time(outbox: OutboxHarness) -> None:
    now = outbox.clock()
    with outbox.store.begin() as tx:
        for number in range(5):
            kept.begin(tx, Asked("token", f"{number}", b""), now=now - timedelta(hours=number))
        assert kept.forget(tx, begun_before=now - timedelta(hours=1), limit=2) == 2
        assert kept.forget(tx, begun_before=now - timedelta(hours=1), limit=10) == 1
        assert number_of_keys(tx) == 2


def number_of_keys(tx: Connection) -> int:
    count: int = tx.exec_driver_sql("SELECT count(*) FROM done_once").scalar_one()
    return count


def test_the_same_is_the_same_whatever_the_order_of_its_keys(api: Api) -> None:
    rule = {"way": "email", "to": "anna@example.org", "trials": [WITHDRAWN_LATER]}
    headers = {"Idempotency-Key": "k-order"}

    first = api.send("/subscriptions", rule, headers=headers)
    second = api.send("/subscriptions", dict(reversed(rule.items())), headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
