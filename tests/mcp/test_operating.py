"""Agents of who runs the program: what is watched, what was sent, and whether everything is seen."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from monitor.mcp.untrusted import MARK
from monitor.model.access import Permission
from monitor.storage import trials
from tests.mcp.agents import Agent, over_http
from tests.mcp.conftest import HOSTILE
from tests.mcp.sites import Site
from tests.program import WITHDRAWN_LATER


@pytest.fixture(scope="module")
def operator(site: Site) -> Iterator[Agent]:
    with over_http(site.url, site.token(Permission.OPERATE, "operator")) as agent:
        yield agent


def valid(agent: Agent, name: str, **given: object) -> dict[str, Any]:
    """What a tool gives, as its schema says."""
    answer: dict[str, Any] = agent.call(name, **given)
    jsonschema.validate(answer, agent.tools()[name].output_schema)
    return answer


def test_it_is_said_whether_everything_is_seen_and_to_operators_what_is_wrong(operator: Agent, reader: Agent) -> None:
    whole, short = valid(operator, "get_health"), valid(reader, "get_health")

    [registry] = short["registries"]
    assert (registry["registry"], registry["seen"], short["is_whole"]) == ("clinicaltrials.gov", 0, False)
    unseen = {each["reason"]: each["count"] for each in registry["unseen"]}
    assert (unseen["registry_silent"], sum(unseen.values())) == (13, registry["watched"]), "nobody looked for a day"
    assert ("findings" in short, "findings" in whole) == (False, True)


def test_a_trial_is_watched_and_the_next_check_reads_it(operator: Agent, site: Site) -> None:
    watched = valid(operator, "watch_trial", trial_ids=["nct 55555555", WITHDRAWN_LATER])

    [watch] = watched["watches"]
    assert (watch["trial_ids"], watch["already_watched"]) == (["NCT55555555", WITHDRAWN_LATER], [WITHDRAWN_LATER])
    assert watched["looks"] == []
    with site.app.store.read() as tx:
        assert "NCT55555555" in trials.watched_ids(tx, "clinicaltrials.gov")


def test_watches_are_listed_by_the_names_that_other_tools_take(operator: Agent) -> None:
    operator.call("watch_trial", trial_ids=[HOSTILE], name="the hostile one")

    names, cursor = [], None
    while cursor or not names:
        page = valid(operator, "list_watches", limit=1, **({"cursor": cursor} if cursor else {}))
        names += [watch["name"] for watch in page["watches"]]
        cursor = page["next_cursor"]

    assert names[0] is None
    assert names.count("the hostile one") == 1
    found = operator.call("search_trials", watch="the hostile one")["trials"]
    assert [trial["trial_id"] for trial in found] == [HOSTILE]


def test_subscriptions_and_deliveries_are_listed_page_by_page_with_masked_addresses(operator: Agent) -> None:
    for name in ("first", "second"):
        operator.call(
            "create_subscription",
            trial_ids=[WITHDRAWN_LATER],
            channel="email",
            address=f"{name}@example.org",
            name=name,
            catch_up="52w",
        )

    newest = valid(operator, "list_subscriptions", limit=1)
    older = valid(operator, "list_subscriptions", limit=1, cursor=newest["next_cursor"])
    assert [each["subscriptions"][0]["to"] for each in (newest, older)] == ["s…@example.org", "f…@example.org"]

    sent = valid(operator, "list_deliveries", limit=1)
    [delivery] = sent["deliveries"]
    assert delivery["to"] == "mail s…@example.org"
    older = valid(operator, "list_deliveries", limit=1, cursor=sent["next_cursor"])
    assert older["deliveries"][0]["to"] == "mail f…@example.org"
    assert older["next_cursor"] is None

    explained = valid(operator, "explain_delivery", delivery=delivery["id"][:8])
    assert (explained["id"], explained["attempts"]) == (delivery["id"], [])
    assert explained[MARK]["outcome"] is None


@pytest.mark.parametrize(
    ("name", "arguments", "remedy"),
    [
        ("watch_trial", {"trial_ids": ["nothing"]}, "check the registration number"),
        ("watch_trial", {"trial_ids": []}, "at least 1 item"),
        ("list_deliveries", {"to": "nobody@example.org"}, "list_subscriptions shows"),
        ("list_deliveries", {"cursor": "bm90aGluZw"}, "next_cursor of its last answer"),
        ("explain_delivery", {"delivery": "ffff"}, "list_deliveries shows"),
    ],
)
def test_what_cannot_be_done_says_what_to_do_next(
    operator: Agent, name: str, arguments: dict[str, object], remedy: str
) -> None:
    assert remedy in operator.refused(name, **arguments)
