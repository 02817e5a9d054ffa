"""What `monitor doctor` says of users and tokens."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.access import tokens, users
from monitor.access.context import AccessContext
from monitor.access.hashing import Hashing
from monitor.config.keys import Config, WebSettings
from monitor.model.access import Permission
from monitor.operate.doctor import DatabaseContext, Finding, Level
from monitor.operate.doctor.access import access
from monitor.storage.store import Store
from monitor.vault import Vault
from tests.access.people import NOW, PASSWORD

FINE, NOTE, PROBLEM = Level


@pytest.fixture
def context(quick_store: Store, tmp_path: Path) -> AccessContext:
    vault = Vault.open(key=None, file=tmp_path / "secret.key")
    return AccessContext(quick_store, vault, hashing=Hashing(64), token_hashing=Hashing(64, waits=3))


def found(context: AccessContext, **web: object) -> list[Finding]:
    config = Config().replace(web=WebSettings(**web))
    with context.store.read() as tx:
        return list(access(DatabaseContext(config, (), context.vault, NOW, tx)))


def test_without_users_and_tokens_there_is_nothing_to_find(context: AccessContext) -> None:
    assert [each.level for each in found(context, public_url="http://trials.example.org")] == [FINE]


@pytest.mark.parametrize(
    ("url", "level"), [("http://trials.example.org", PROBLEM), ("https://trials.example.org", FINE)]
)
def test_passwords_that_can_be_read_on_the_way_are_a_problem(context: AccessContext, url: str, level: Level) -> None:
    users.add("ada", PASSWORD, Permission.OPERATE, context, now=NOW)
    first = found(context, public_url=url)[0]

    assert first.level is level
    assert level is FINE or url in first.text


def test_nobody_who_may_operate_and_expired_tokens_are_worth_a_note(context: AccessContext) -> None:
    users.add("grace", PASSWORD, Permission.READ, context, now=NOW)
    made = NOW - timedelta(days=2)
    tokens.add("nightly", Permission.READ, context, now=made, expires_in=timedelta(days=1))
    notes = [each for each in found(context) if each.level is NOTE]

    assert len(notes) == 2
    assert "no user may operate" in notes[0].text
    assert notes[1].text == "expired: nightly"


def test_a_header_that_lets_people_in_is_worth_a_note(context: AccessContext) -> None:
    (said, _) = found(context, trust_user_header="X-Forwarded-User", trusted_proxies=("10.0.0.0/8",))

    assert said.level is NOTE
    assert "X-Forwarded-User" in said.text
    assert "10.0.0.0/8" in said.text
