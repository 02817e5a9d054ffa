"""Where deliveries go: one row an address, and nothing secret in clear."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection

from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Endpoint
from monitor.storage import endpoints
from monitor.storage.store import Store
from monitor.vault import Vault
from tests.storage.documents import LATER, NOON
from tests.storage.subscribers import AMARA, BENGT, VAULT, mailbox

HOOK = "https://hooks.example.org/t/9f3c81d2a7?token=tr0ub4dor"
SHOWN = "https://hooks.example.org/…"
DAY = timedelta(days=1)


def put_hook(store: Store, secret: str = "whsec_first") -> tuple[Endpoint, bool]:
    with store.begin() as tx:
        return endpoints.put(tx, VAULT, channel="webhook", address=HOOK, shown=SHOWN, at=NOON, secret=secret)


def secrets_at(store: Store, endpoint: Endpoint, at: object) -> tuple[str, ...]:
    with store.read() as tx:
        return endpoints.get(tx, VAULT, endpoint.id, at=at).secrets  # type: ignore[arg-type]


def test_an_endpoint_comes_back_as_it_was_put(store: Store) -> None:
    endpoint, made = put_hook(store)

    assert made
    assert endpoint == Endpoint(id=endpoint.id, channel="webhook", shown=SHOWN, address=HOOK, secrets=("whsec_first",))
    with store.read() as tx:
        assert endpoints.get(tx, VAULT, endpoint.id, at=LATER) == endpoint


def test_one_address_is_one_endpoint_and_keeps_its_secret(store: Store) -> None:
    endpoint, _ = put_hook(store)

    again, made = put_hook(store, secret="whsec_second")

    assert not made
    assert again == endpoint


def test_the_same_address_by_another_way_is_another_endpoint(store: Store) -> None:
    hook, _ = put_hook(store)
    with store.begin() as tx:
        chat, made = endpoints.put(tx, VAULT, channel="chat", address=HOOK, shown=SHOWN, at=NOON)

    assert made
    assert chat.id != hook.id
    assert chat.secrets == ()


def test_a_list_of_endpoints_opens_none(store: Store) -> None:
    hook, _ = put_hook(store)
    with store.begin() as tx:
        mail = mailbox(tx)
    with store.read() as tx:
        listed = endpoints.listing(tx)

    assert {each.id for each in listed} == {hook.id, mail.id}
    assert {each.shown for each in listed} == {SHOWN, AMARA}
    assert {(each.address, each.secrets) for each in listed} == {("", ())}


def test_an_unknown_endpoint_is_said_to_be_none(store: Store) -> None:
    with (
        pytest.raises(NothingFound, match="no endpoint 123: `monitor subscriptions list`"),
        store.read() as tx,
    ):
        endpoints.get(tx, VAULT, "123", at=NOON)


def test_a_rotated_secret_signs_beside_the_new_one_until_the_overlap_is_over(store: Store) -> None:
    endpoint, _ = put_hook(store)
    with store.begin() as tx:
        rotated = endpoints.rotate(tx, VAULT, endpoint.id, secret="whsec_second", overlap=DAY, at=NOON)

    assert rotated == replace(endpoint, secrets=("whsec_second", "whsec_first"))
    assert secrets_at(store, endpoint, NOON + DAY - timedelta(seconds=1)) == ("whsec_second", "whsec_first")
    assert secrets_at(store, endpoint, NOON + DAY) == ("whsec_second",)


def test_a_second_rotation_does_not_let_the_first_secret_sign_longer(store: Store) -> None:
    endpoint, _ = put_hook(store)
    with store.begin() as tx:
        endpoints.rotate(tx, VAULT, endpoint.id, secret="whsec_second", overlap=DAY, at=NOON)
        endpoints.rotate(tx, VAULT, endpoint.id, secret="whsec_third", overlap=DAY, at=LATER)

    assert secrets_at(store, endpoint, LATER) == ("whsec_third", "whsec_second", "whsec_first")
    assert secrets_at(store, endpoint, NOON + DAY) == ("whsec_third", "whsec_second")
    assert secrets_at(store, endpoint, LATER + DAY) == ("whsec_third",)


def failed(tx: Connection, endpoint: Endpoint, at: datetime, *, after: tuple[Endpoint, ...] = ()) -> datetime:
    """When the run of failures began that one at that moment belongs to; *after* those succeeded."""
    began = endpoints.update_failures(tx, succeeded=[each.id for each in after], failed=[endpoint.id], at=at)
    return began[endpoint.id]


def test_a_run_of_failures_begins_with_the_first_and_ends_with_a_success(store: Store) -> None:
    with store.begin() as tx:
        endpoint = mailbox(tx)
        assert failed(tx, endpoint, NOON) == NOON
        assert failed(tx, endpoint, LATER) == NOON
        assert endpoints.get(tx, VAULT, endpoint.id, at=LATER).failing_since == NOON

        assert endpoints.update_failures(tx, succeeded=[endpoint.id], failed=[], at=LATER) == {}

        assert endpoints.get(tx, VAULT, endpoint.id, at=LATER).failing_since is None
        assert failed(tx, endpoint, LATER) == LATER


def test_of_several_endpoints_each_has_its_own_run_of_failures(store: Store) -> None:
    """One that was reached and then failed, in the same moment, begins anew."""
    with store.begin() as tx:
        down, mended = mailbox(tx), mailbox(tx, BENGT)
        failed(tx, down, NOON)
        failed(tx, mended, NOON)

        assert failed(tx, down, LATER, after=(mended,)) == NOON
        assert failed(tx, down, LATER, after=(down,)) == LATER

        assert endpoints.get(tx, VAULT, mended.id, at=LATER).failing_since is None


def test_disabling_is_news_once_and_enabling_forgets_the_failures(store: Store) -> None:
    with store.begin() as tx:
        endpoint = mailbox(tx)
        failed(tx, endpoint, NOON)
        assert endpoints.disable(tx, endpoint.id, NOON)
        assert not endpoints.disable(tx, endpoint.id, LATER)
        assert endpoints.get(tx, VAULT, endpoint.id, at=LATER).disabled_at == NOON

        endpoints.enable(tx, endpoint.id)

        assert endpoints.get(tx, VAULT, endpoint.id, at=LATER) == endpoint


def test_the_wrong_key_opens_no_endpoint(store: Store, tmp_path: Path) -> None:
    endpoint, _ = put_hook(store)
    other = Vault.open(key=Fernet.generate_key().decode(), file=tmp_path / "key")

    with pytest.raises(StoreCorrupt, match="MONITOR_SECRET_KEY does not open"), store.read() as tx:
        endpoints.get(tx, other, endpoint.id, at=NOON)


def test_planted_secrets_are_nowhere_in_the_database_in_clear(store: Store, store_url: str) -> None:
    planted = [f"planted{number}secret{number * 7919}" for number in range(20)]
    with store.begin() as tx:
        for number, secret in enumerate(planted):
            address = f"https://user:{secret}@hooks.example.org/{number}"
            endpoint, _ = endpoints.put(
                tx, VAULT, channel="webhook", address=address, shown=SHOWN, at=NOON, secret=f"whsec_{secret}"
            )
            endpoints.rotate(tx, VAULT, endpoint.id, secret=f"whsec_new_{secret}", overlap=DAY, at=NOON)
    store.close()

    dump = everything_in(store, store_url)

    assert SHOWN.encode() in dump
    assert [secret for secret in planted if secret.encode() in dump or secret.encode().hex().encode() in dump] == []


def everything_in(store: Store, store_url: str) -> bytes:
    """The database's file; where there is none, its rows as text, bytes in hexadecimal."""
    if store_url.startswith("sqlite"):
        return Path(store_url.removeprefix("sqlite:///")).read_bytes()
    with store.read() as tx:
        return "\n".join(tx.exec_driver_sql("SELECT endpoints::text FROM endpoints").scalars()).encode()
