"""Who may ask the API for what, how often, and what everybody is told who may not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.model.access import Permission
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from monitor.web.api.rates import Meter, Policy
from monitor.web.site.asked import Visitor
from tests.outbox import OutboxHarness
from tests.web.api.program import Api, problem


@pytest.fixture
def public_api(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Api]:
    """Of a site that anybody may read, below a path."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with Api(outbox, is_public=True, path="/monitor") as running:
        yield running
    outbox.registry.close()


def test_without_a_token_nothing_is_read(kept: Api) -> None:
    answer = kept.ask("/trials", scope=None)

    assert problem(answer) == "unauthenticated"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_that_is_none_is_refused(kept: Api) -> None:
    answer = kept.ask("/trials", scope=None, headers={"Authorization": "Bearer rmt_0_0"})

    assert problem(answer) == "unauthenticated"
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_whoever_lacks_a_scope_is_told_which(kept: Api) -> None:
    answer = kept.send("/subscriptions", {}, scope=Permission.READ)

    assert problem(answer) == "forbidden"
    assert answer.json()["scope"] == "subscribe"
    assert 'scope="subscribe"' in answer.headers["www-authenticate"]


def test_a_public_site_is_read_without_a_token_and_changed_with_one(public_api: Api) -> None:
    assert public_api.read("/trials", scope=None)["data"] == []
    assert problem(public_api.ask("/subscriptions", scope=None)) == "unauthenticated"
    assert problem(public_api.send("/subscriptions", {}, scope=None)) == "unauthenticated"


def test_a_session_reads_and_changes_nothing(api: Api) -> None:
    """No other site can make a browser change anything: its cookie is no token."""
    api.visitor = Visitor("olga", frozenset(Permission), secret="o" * 32)

    assert api.ask("/trials", scope=None).status_code == 200
    assert problem(api.send("/subscriptions", {}, scope=None)) == "session-reads"


def test_what_is_left_of_the_quota_is_said(api: Api) -> None:
    first, second = (api.ask("/trials").headers["ratelimit"] for _ in range(2))

    assert api.ask("/trials").headers["ratelimit-policy"] == '"read";q=600;w=60'
    assert first.startswith('"read";r=599;t=')
    assert second.startswith('"read";r=598;t=')


def test_a_quota_is_one_askers_own_and_comes_back() -> None:
    now = [0.0]
    meter, policy = Meter(monotonic=lambda: now[0]), Policy("read", 2, 60)
    left = [meter.take("anna", policy) for _ in range(3)]

    assert [each.is_allowed for each in left] == [True, True, False]
    assert [each.remaining for each in left] == [1, 0, 0]
    assert left[2].headers["Retry-After"] == "60"
    assert meter.take("bengt", policy).is_allowed
    now[0] = 59.9
    assert not meter.take("anna", policy).is_allowed
    now[0] = 60
    assert meter.take("anna", policy).is_allowed


def test_wrong_tokens_are_counted_by_network(api: Api) -> None:
    """Whoever tries tokens has no more tries than who asks without any."""
    wrong = {"Authorization": "Bearer rmt_0_0"}
    left = [api.ask("/trials", scope=None, headers=wrong).headers["ratelimit"] for _ in range(2)]

    assert left[0].startswith('"read";r=599')
    assert left[1].startswith('"read";r=598')


@pytest.mark.parametrize("path", ["/nothing", "/trials/", "/trials/NCT02116634/nothing", "/"])
def test_whatever_is_not_there_is_a_problem_as_well(kept: Api, path: str) -> None:
    assert problem(kept.ask(path)) == "not-found"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/trials", "GET"),
        ("/subscriptions", "GET, POST"),
        ("/subscriptions/backtest", "POST"),
        ("/subscriptions/3f2a8c1e-9d4b-4f6a-8e21-5b7c0d9e1f23", "GET, PATCH"),
        ("/watches/1", "DELETE, GET, PATCH"),
    ],
)
def test_another_method_is_a_problem_that_says_which_there_are(kept: Api, path: str, allowed: str) -> None:
    answer = kept.ask(path, "PUT")

    assert problem(answer) == "method-not-allowed"
    assert answer.headers["allow"] == allowed
