"""Users, sessions and tokens as they are kept, on both stores: what two do at once, and what goes with a user."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from time import monotonic

import pytest

from monitor.errors import NothingFound, StoreUnavailable
from monitor.model.access import ApiToken, Permission, Session, User
from monitor.storage import copying, sessions, tokens, users
from monitor.storage.failures import LOCK_SECONDS
from monitor.storage.store import Store
from monitor.storage.users import Authenticator
from tests.storage.documents import LATER, NOON

HASH = "$argon2id$…"


def added(store: Store, name: str = "Ada", role: Permission = Permission.OPERATE) -> User:
    with store.begin() as tx:
        user = users.add(tx, name, role, HASH, at=NOON)
    assert user is not None
    return user


def session_of(user: User, digest: bytes = b"d" * 32) -> Session:
    return Session(
        digest=digest,
        user=user,
        created_at=NOON,
        seen_at=NOON,
        awaits_code=False,
        network="192.0.2.0/24",
        agent="Mozilla\0",
    )


def token_of(owner: User | None = None, name: str = "dashboard") -> ApiToken:
    return ApiToken(
        id=f"{name:0>16}"[:16], name=name, scope=Permission.READ, owner=owner, created_at=NOON, expires_at=LATER
    )


def test_what_is_kept_of_a_user_comes_back(store: Store) -> None:
    ada = added(store)
    with store.begin() as tx:
        users.set_authenticator(tx, ada.id, Authenticator(b"sealed", 7), [b"one", b"two"])
        users.note_signed_in(tx, ada.id, at=LATER)
    with store.read() as tx:
        found = users.find(tx, "aDA")
        assert found == replace(ada, has_codes=True, signed_in_at=LATER)
        assert users.get(tx, ada.id) == found
        assert users.listing(tx) == [found]
        assert users.password(tx, ada.id) == HASH
        assert users.authenticator(tx, ada.id) == Authenticator(b"sealed", 7)
        assert users.recovery_codes_left(tx, ada.id) == 2


def test_of_two_who_take_a_name_at_once_one_gets_it(store: Store) -> None:
    begin, got = Barrier(2), []

    def take(name: str) -> None:
        begin.wait()
        with store.begin() as tx:
            got.append(users.add(tx, name, Permission.READ, HASH, at=NOON))

    threads = [Thread(target=take, args=(name,)) for name in ("ada", "ADA")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert [user is None for user in got].count(True) == 1


def test_of_two_who_use_a_code_at_once_one_may(store: Store) -> None:
    ada = added(store)
    with store.begin() as tx:
        users.set_authenticator(tx, ada.id, Authenticator(b"sealed", 7), [b"one"])
    begin, used = Barrier(6), []

    def use() -> None:
        begin.wait()
        with store.begin() as tx:
            step = users.use_step(tx, ada.id, 8)
        with store.begin() as tx:
            used.append((step, users.use_recovery_code(tx, ada.id, b"one")))

    threads = [Thread(target=use) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(step for step, _ in used) == [False] * 5 + [True]
    assert sorted(code for _, code in used) == [False] * 5 + [True]
    with store.begin() as tx:
        assert not users.use_step(tx, ada.id, 8)
        assert not users.use_step(tx, ada.id, 3)
        assert users.use_step(tx, ada.id, 9)


def test_with_a_user_goes_everything_of_theirs_and_nothing_of_others(store: Store) -> None:
    ada, grace = added(store), added(store, "Grace", Permission.READ)
    with store.begin() as tx:
        for user in (ada, grace):
            users.set_authenticator(tx, user.id, Authenticator(b"sealed", 7), [b"one"])
            sessions.add(tx, session_of(user, digest=user.name.encode()))
            tokens.add(tx, token_of(user, name=user.name), HASH)
        tokens.add(tx, token_of(None, name="nightly"), HASH)
        users.remove(tx, ada.id)
    with store.read() as tx:
        assert [user.name for user in users.listing(tx)] == ["Grace"]
        assert sessions.find(tx, b"Ada") is None
        assert sessions.find(tx, b"Grace") is not None
        assert [token.name for token in tokens.listing(tx)] == ["Grace", "nightly"]
        assert users.recovery_codes_left(tx, ada.id) == 0
        with pytest.raises(NothingFound, match="monitor token list"):
            tokens.find(tx, "Ada")


def test_sessions_lapse_when_they_were_not_used_are_old_or_waited_too_long(store: Store) -> None:
    ada = added(store)
    kept = session_of(ada, b"kept")
    hour = timedelta(hours=1)
    with store.begin() as tx:
        sessions.add(tx, kept)
        sessions.add(tx, replace(kept, digest=b"idle", seen_at=NOON - 12 * hour))
        sessions.add(tx, replace(kept, digest=b"old", created_at=NOON - 800 * hour))
        sessions.add(tx, replace(kept, digest=b"waiting", awaits_code=True, created_at=NOON - hour))
        sessions.add(tx, replace(kept, digest=b"asked", awaits_code=True))
        sessions.lapse(tx, seen_before=NOON - 11 * hour, made_before=NOON - 720 * hour, waiting_since=NOON - hour / 6)
    with store.read() as tx:
        assert {each.digest for each in sessions.of_user(tx, ada.id)} == {b"kept", b"asked"}
        assert sessions.find(tx, b"kept") == replace(kept, agent="Mozilla\N{REPLACEMENT CHARACTER}")
        assert sessions.was_seen_from(tx, ada.id, "192.0.2.0/24")
        assert not sessions.was_seen_from(tx, ada.id, "198.51.100.0/24")


def test_a_copy_in_the_other_store_has_users_and_tokens(store: Store, store_url: str, tmp_path: Path) -> None:
    ada = added(store)
    with store.begin() as tx:
        users.set_authenticator(tx, ada.id, Authenticator(b"sealed", 7), [b"one"])
        tokens.add(tx, token_of(ada), HASH)
    copying.copy_out(store_url, tmp_path / "copy.sqlite3", lambda _done, _total: None)

    with closing(Store.open(f"sqlite:///{tmp_path}/copy.sqlite3")) as copy, copy.read() as tx:
        assert users.find(tx, "ada") == replace(ada, has_codes=True)
        kept = tokens.get(tx, token_of().id)
        assert kept is not None
        assert kept.secret == HASH
        assert kept.token == token_of(replace(ada, has_codes=True))


def test_what_may_be_left_out_does_not_wait_for_another_writer(quick_store: Store) -> None:
    ada = added(quick_store)
    began = monotonic()
    with quick_store.begin(), pytest.raises(StoreUnavailable), quick_store.begin_if_free():
        pass
    assert monotonic() - began < LOCK_SECONDS / 2
    with quick_store.begin_if_free() as tx:
        users.note_signed_in(tx, ada.id, at=LATER)
    with quick_store.read() as tx:
        assert users.find(tx, "ada") == replace(ada, signed_in_at=LATER)


@pytest.mark.parametrize("odd", ["a\0b", "\udc80", "'; DROP TABLE users; --", "x" * 100_000])
def test_whatever_is_looked_for_is_found_or_not(odd: str, store: Store) -> None:
    ada = added(store)
    with store.read() as tx:
        assert users.find(tx, odd) is None
        assert users.listing(tx, after=odd) in ([ada], [])
        assert tokens.listing(tx, after=odd) == []
        with pytest.raises(NothingFound):
            tokens.find(tx, odd)
