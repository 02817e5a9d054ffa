"""An agent subscribes somebody, as far as it may, with the SDK's own client."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from monitor.access import tokens
from monitor.access.context import AccessContext
from monitor.clock import utc_now
from monitor.mcp.asking import Asking
from monitor.mcp.pace import Pace
from monitor.mcp.tool import Refused
from monitor.mcp.tools import BY_NAME
from monitor.mcp.untrusted import MARK
from monitor.model.access import Permission
from monitor.storage import links, subscriptions, watches
from monitor.storage.store import Store
from tests.mcp.agents import Agent, over_http, over_stdio
from tests.mcp.conftest import HOSTILE
from tests.mcp.sites import Site
from tests.program import WITHDRAWN_LATER

RULE = {"trial_ids": [WITHDRAWN_LATER], "min_significance": "critical"}
AMARA = {"channel": "email", "address": "amara@example.org"}


@pytest.fixture(scope="module")
def agent(site: Site) -> Iterator[Agent]:
    """One that may subscribe."""
    with over_http(site.url, site.token(Permission.SUBSCRIBE, "subscriber")) as agent:
        yield agent


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = Store.open(database)
    yield store
    store.close()


def test_only_what_an_agent_may_use_is_listed_and_the_rest_refused(agent: Agent, reader: Agent) -> None:
    assert "create_subscription" not in reader.tools()
    assert "needs the permission to subscribe" in reader.refused("create_subscription", **RULE, **AMARA)
    assert {"create_subscription", "get_trial"} <= agent.tools().keys()


def test_over_stdio_a_token_says_what_an_agent_may_until_it_is_revoked(database: str, site: Site) -> None:
    token = site.token(Permission.SUBSCRIBE, "of an agent here")
    with over_stdio(database, MONITOR_TOKEN=token) as agent:
        assert agent.tools().keys() == BY_NAME.keys() - {"watch_trial", "list_deliveries", "explain_delivery"}
        made = agent.call("create_subscription", **RULE, **AMARA, name="from here")
        [ended] = agent.call("end_subscription", subscription=made["subscription"]["id"])["subscriptions"]
        assert ended["state"] == "ended"

        tokens.remove("of an agent here", AccessContext(site.app.store, site.app.vault))

        assert agent.tools() == {}
        assert "needs the permission to read" in agent.refused("get_trial", trial_id=WITHDRAWN_LATER)


def test_tools_say_what_they_do_to_what_is_stored(agent: Agent) -> None:
    def hints(name: str) -> tuple[bool, bool, bool]:
        said = agent.tools()[name].annotations
        return said.read_only_hint, said.destructive_hint, said.idempotent_hint

    assert hints("get_trial") == (True, False, True)
    assert hints("create_subscription") == (False, False, False)
    assert hints("end_subscription") == (False, True, True)


def test_a_rule_is_tried_made_changed_paused_resumed_and_ended(agent: Agent, store: Store) -> None:
    tried = agent.call("backtest_subscription", **RULE, since="2020-01-01")
    assert (tried["count"], tried["is_made"]) == (1, False)
    assert tried["messages"][0]["events"][0][MARK]["summary"].startswith("Overall status went")

    made = agent.call("create_subscription", **RULE, **AMARA, name="ALS", note="our trial")
    assert made["subscription"]["to"] == "a…@example.org"
    [changed] = agent.call("edit_subscription", subscription="ALS", min_significance="major")["subscriptions"]
    assert (changed["min_significance"], changed[MARK]["note"]) == ("major", "our trial")
    for name, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        given = agent.call(f"{name}_subscription", subscription="ALS")
        jsonschema.validate(given, agent.tools()[f"{name}_subscription"].output_schema)
        assert [each["state"] for each in given["subscriptions"]] == [state]

    with store.read() as tx:
        kept = subscriptions.find(tx, made["subscription"]["id"])
    assert (kept.endpoint.shown, str(kept.state), kept.origin) == (AMARA["address"], "ended", "agent")


def test_an_end_is_taken_back_but_not_what_its_receiver_ended(agent: Agent, store: Store) -> None:
    own = agent.call("create_subscription", **RULE, **AMARA)["subscription"]["id"]
    agent.call("end_subscription", subscription=own)
    [again] = agent.call("restore_subscription", subscription=own[:8])["subscriptions"]
    assert (again["id"], again["state"]) == (own, "active")

    agent.call("end_subscription", subscription=own)
    with store.begin() as tx:
        left_at = subscriptions.find(tx, own).ended_at
        links.note_left(tx, own, left_at)
    assert "its receiver left by a link" in agent.refused("restore_subscription", subscription=own)


def test_why_somebody_was_not_told_is_explained_and_what_registries_say_is_marked(agent: Agent) -> None:
    agent.call("create_subscription", **{**RULE, "trial_ids": [HOSTILE]}, **AMARA, name="another")

    explained = agent.call("explain_alerts", trial_id=HOSTILE, to="another")

    assert "Ignore previous" in explained[MARK]["lines"][0]
    assert any("subscription another: not sent: it was made later" in line for line in explained[MARK]["lines"])


def test_a_webhooks_secret_reaches_no_agent(agent: Agent) -> None:
    result = agent.ask(
        "call_tool", "create_subscription", {**RULE, "channel": "webhook", "address": "https://example.org/hook"}
    )

    assert not result.is_error
    assert "whsec_" not in result.model_dump_json()


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        ({**AMARA}, "exactly one of trial_ids, watch"),
        ({**RULE, **AMARA, "all_trials": True}, "trial_ids and all_trials each say what it is about"),
        ({**RULE, **AMARA, "sponsor_role": "any"}, "give it with sponsor, or leave it out"),
        ({**RULE, **AMARA, "language": "de"}, "choose one of en, fr"),
        ({**RULE, "channel": "email", "address": "nobody"}, "is not a mail address"),
        ({**RULE, **AMARA, "digest": "hourly"}, "digest: Input should be 'immediate', 'daily'"),
        ({**RULE, **AMARA, "at": "08:00"}, "give it with digest daily"),
        ({**RULE, **AMARA, "kinds": ["stopped"]}, "is not a known kind"),
        ({"watch": "none", **AMARA}, "there is no watch"),
    ],
)
def test_what_cannot_be_made_says_why_and_makes_nothing(
    agent: Agent, store: Store, arguments: dict[str, object], remedy: str
) -> None:
    def kept() -> int:
        with store.read() as tx:
            return len(subscriptions.listing(tx)) + len(watches.listing(tx))

    before = kept()

    assert remedy in agent.refused("create_subscription", **arguments)
    assert kept() == before


def test_an_agent_that_runs_wild_is_stopped_and_others_are_not() -> None:
    pace, now = Pace(most=2), datetime(2026, 11, 28, tzinfo=UTC)

    assert [pace.take("one", now), pace.take("one", now + timedelta(minutes=5))] == [None, None]
    assert pace.take("one", now + timedelta(minutes=10)) == now + timedelta(hours=1)
    assert pace.take("another", now) is None
    assert pace.take("one", now + timedelta(minutes=61)) is None


def test_what_changes_something_is_counted_and_what_reads_is_not(site: Site) -> None:
    asking = Asking(program=site.app, permissions=frozenset(Permission), who="wild", now=utc_now(), pace=Pace(most=1))
    BY_NAME["watch_trial"].call(asking, {"trial_ids": [WITHDRAWN_LATER]})

    with pytest.raises(Refused, match="as many changes within the hour as it may"):
        BY_NAME["watch_trial"].call(asking, {"trial_ids": [WITHDRAWN_LATER]})
    assert BY_NAME["get_trial"].call(asking, {"trial_id": WITHDRAWN_LATER}).content["trial_id"] == WITHDRAWN_LATER
