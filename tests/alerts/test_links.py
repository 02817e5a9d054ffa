"""Links in mails: to what changed; and signed ones, which let whoever has one change that one subscription."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.alerts.deliver import deliver
from monitor.alerts.links import Links, change_page
from monitor.model import Event, Every, Rhythm
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from monitor.vault import Vault
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER

KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()
NOWHERE = Path("/nonexistent/secret.key")


def links(key: str = KEY, url: str = "https://trials.example.org") -> Links:
    return Links(Vault.open(key=key, file=NOWHERE), url)


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


@given(st.uuids(), st.integers(0, 65535))
def test_a_link_says_whose_it_is_and_of_which_version(subscription: UUID, version: int) -> None:
    url = links().manage(str(subscription), version)

    assert url.startswith("https://trials.example.org/a/")
    assert links().read(token_of(url)) == (str(subscription), version)


@given(st.integers(0, 47), st.sampled_from("Aa0_-%=+/ é\0"))
@example(47, "=")
def test_a_link_of_which_any_character_differs_is_none(place: int, sign: str) -> None:
    token = token_of(links().manage("6f8f4a34-9c19-4f3c-9f25-0d7c6f7d54aa", 3))
    forged = token[:place] + sign + token[place + 1 :]

    assert forged == token or links().read(forged) is None


@given(st.text(max_size=60))
def test_any_other_text_is_none(text: str) -> None:
    assert links().read(text) is None


def test_a_link_outlives_a_change_of_keys_and_not_their_loss() -> None:
    subscription = str(uuid4())
    token = token_of(links(KEY).manage(subscription))

    assert links(f"{OTHER},{KEY}").read(token) == (subscription, 0)
    assert links(OTHER).read(token) is None


def test_a_signature_is_of_use_for_its_purpose_alone() -> None:
    vault = Vault.open(key=KEY, file=NOWHERE)
    signature = vault.signature("form", b"content")

    assert vault.signed("form", b"content", signature)
    assert vault.signed("form", b"content", signature[:16])
    assert not vault.signed("form", b"content", signature[:15])
    assert not vault.signed("form", b"content", b"")
    assert not vault.signed("manage", b"content", signature)
    assert not vault.signed("form", b"contents", signature)


def test_the_first_signature_makes_the_key_file(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    vault = Vault.open(key=None, file=file)

    signature = vault.signature("form", b"x")

    assert Vault.open(key=None, file=file).signed("form", b"x", signature)


@pytest.mark.parametrize("url", ["https://example.org/alerts", "http://127.0.0.1:8080"])
def test_links_lie_below_the_public_address(url: str) -> None:
    assert links(url=url).confirm("t") == f"{url}/confirm/t"


@pytest.mark.parametrize("public_url", ["https://trials.example.org/watch", ""])
def test_a_mail_leads_to_what_changed_where_anybody_may_read_that(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path, public_url: str
) -> None:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    outbox.subscribe("anna@example.org", channel="email")
    sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(days=1)
    outbox.check()
    context = replace(outbox.delivering.context, public_url=public_url)
    list(deliver(replace(outbox.delivering, context=context)))
    outbox.registry.close()

    (message,) = outbox.channel.came
    mail = message_from_bytes(message.body, policy=policy.default)
    parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    page = f"https://trials.example.org/watch/trials/{WITHDRAWN_LATER}/changes/2"
    assert [page in each for each in parts] == [bool(public_url)] * 2
    assert ["side by side" in each for each in parts] == [bool(public_url)] * 2


@pytest.mark.parametrize("public_url", ["https://trials.example.org/watch", ""])
def test_a_digest_leads_to_each_trial_where_anybody_may_read_that(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path, public_url: str
) -> None:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    outbox.subscribe("anna@example.org", channel="email", rhythm=Rhythm(every=Every.DAILY))
    sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(days=1)
    outbox.check()
    outbox.deliver()
    outbox.clock.advance(days=1)
    context = replace(outbox.delivering.context, public_url=public_url)
    list(deliver(replace(outbox.delivering, context=context)))
    outbox.registry.close()

    (message,) = outbox.channel.came
    mail = message_from_bytes(message.body, policy=policy.default)
    page = f"https://trials.example.org/watch/trials/{WITHDRAWN_LATER}"
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert (page in plain.split(), f'href="{page}"' in html) == (bool(public_url), bool(public_url))


def test_the_address_of_a_change_has_no_slash_of_an_id() -> None:
    event = Event(
        registry="r",
        trial_id="CTRI/2025/01/1 ü",
        snapshot=3,
        occurred_at=datetime(2026, 11, 28, tzinfo=UTC),
        changes=(),
    )

    assert change_page("https://a.example", event) == "https://a.example/trials/CTRI-2025-01-1%20%C3%BC/changes/3"
