"""Signed links: whoever has one has that one subscription, and nobody can make another."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.alerts.links import Links
from monitor.vault import Vault

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
