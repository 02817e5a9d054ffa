"""Agents ask a service over HTTP, with a token or as anybody: real sockets, and the SDK's own client."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from monitor.access import tokens
from monitor.access.context import AccessContext
from monitor.mcp import http
from monitor.model.access import Permission
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import subscriptions
from tests.cli.commands import asking
from tests.mcp.agents import Agent, over_http
from tests.mcp.sites import Site, served
from tests.program import BUILD_DAY, WITHDRAWN_LATER

RULE = {"min_significance": "critical", "channel": "email", "address": "bengt@example.org"}
PROTOCOLS = ("2025-06-18", "2026-07-28")


@pytest.fixture(scope="module")
def subscriber(site: Site) -> Iterator[Agent]:
    with over_http(site.url, site.token(Permission.SUBSCRIBE, "subscriber")) as agent:
        yield agent


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_agent_with_a_token_asks_in_the_former_protocol_and_in_the_one_without_sessions(
    site: Site, protocol: str
) -> None:
    options: dict[str, Any] = {} if protocol == PROTOCOLS[1] else {"mode": "legacy"}
    with over_http(site.url, site.token(Permission.READ, f"reader of {protocol}"), **options) as agent:
        assert agent.call("get_trial", trial_id=WITHDRAWN_LATER)["trial_id"] == WITHDRAWN_LATER
        assert "create_subscription" not in agent.tools()
        assert "permission to subscribe" in agent.refused("create_subscription", all_trials=True, **RULE)


def test_whoever_may_subscribes_and_what_is_owed_need_not_wait(subscriber: Agent, site: Site) -> None:
    site.told.clear()
    made = subscriber.call("create_subscription", trial_ids=["NCT77777777"], **RULE)

    assert (made["watched"], made["looks"]) == (["NCT77777777"], [])
    assert site.told.is_set()
    with site.app.store.read() as tx:
        assert subscriptions.get(tx, made["subscription"]["id"]).endpoint.shown == "bengt@example.org"


def test_a_search_is_asked_of_its_registry_apart_from_the_checks(database: str) -> None:
    with (
        Sandbox(trials=3, day=BUILD_DAY) as sandbox,
        served(database, public=False, **asking(sandbox)) as site,
        over_http(site.url, site.token(Permission.SUBSCRIBE, "one who looks for a sponsor")) as agent,
    ):
        made = agent.call("create_subscription", sponsor="alzahra hospital", **RULE)
        unknown = agent.ask("call_tool", "create_subscription", {"sponsor": "Alzahra", **RULE})

    assert made["subscription"]["watch"]
    assert unknown.is_error
    assert unknown.content[0].text.startswith("clinicaltrials.gov knows no sponsor named exactly “Alzahra”")
    assert '"sponsor":"Alzahra Hospital"' in unknown.content[1].text


def test_a_token_that_is_revoked_ends_at_once(site: Site) -> None:
    token = site.token(Permission.READ, "lost")
    assert site.post(token).status_code == 200

    tokens.remove("lost", AccessContext(site.app.store, site.app.vault))

    refused = site.post(token)
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_who_shows_no_token_is_told_how_to_get_one(site: Site) -> None:
    refused = site.post()

    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "monitor token add" in refused.json()["error"]["message"]


def test_a_page_of_another_site_is_turned_away_whatever_it_shows(site: Site) -> None:
    token = site.token(Permission.READ, "of a browser")
    own = site.url.removesuffix("/mcp")

    assert site.post(token, Origin="http://evil.example").status_code == 403
    assert site.post(token, Origin="null").status_code == 403
    assert site.post(token, Origin=own).status_code == 200


def test_nothing_but_post_is_answered_and_nothing_large(site: Site) -> None:
    with requests.Session() as session:
        session.trust_env = False
        asked = session.get(site.url, timeout=20)
        assert (asked.status_code, asked.headers["Allow"]) == (405, "POST")
        token = site.token(Permission.READ, "a large one")
        large = session.post(
            site.url,
            data=b"[" + b" " * http.LARGEST + b"]",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            timeout=20,
        )
    assert large.status_code == 413
    assert "256 kB" in large.json()["error"]["message"]


def test_what_is_said_to_be_too_large_is_refused_before_it_comes(site: Site) -> None:
    token = site.token(Permission.READ, "one that says how much it is")
    with half_a_request(site, token, length=http.LARGEST + 1) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_whoever_sends_slowly_keeps_nobody_out(site: Site) -> None:
    token = site.token(Permission.READ, "slow ones, and one beside them")
    with ExitStack() as held:
        for _ in range(http.AT_ONCE + 1):
            held.enter_context(half_a_request(site, token, length=1000))
        assert site.post(token).status_code == 200


@contextmanager
def half_a_request(site: Site, token: str, *, length: int) -> Iterator[socket.socket]:
    """A connection on which a request's body begins, and does not go on."""
    parts = urlsplit(site.url)
    head = f"POST /mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n["
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as connection:
        connection.sendall(head.encode())
        yield connection


def test_when_too_many_ask_at_once_others_are_told_to_come_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "AT_ONCE", 0)

    refused = site.post()

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")


def test_anybody_reads_where_the_site_is_public_and_no_more(database: str) -> None:
    with served(database, public=True) as site:
        with over_http(site.url) as agent:
            assert agent.call("get_trial", trial_id=WITHDRAWN_LATER)["trial_id"] == WITHDRAWN_LATER
            assert "permission to subscribe" in agent.refused("create_subscription", all_trials=True, **RULE)
        assert site.post("rmt_0000000000000000_" + "a" * 43).status_code == 401
