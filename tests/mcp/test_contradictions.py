"""What contradicts itself is refused, and it is said what to leave out: nothing is chosen for an agent."""

from typing import Any

import pytest

from monitor.model.access import Permission
from tests.mcp.agents import Agent, over_http
from tests.mcp.sites import Site
from tests.program import WITHDRAWN_LATER


@pytest.mark.parametrize(
    ("name", "arguments", "remedy"),
    [
        ("get_record", {"trial_id": WITHDRAWN_LATER, "snapshot": 1, "on": "2020-01-01"}, "leave one of them out"),
        ("get_record", {"trial_id": WITHDRAWN_LATER, "on": "2999-01-01"}, "still to come"),
        ("compare_snapshots", {"trial_id": WITHDRAWN_LATER, "later": "2999-01-01"}, "still to come"),
        ("compare_snapshots", {"trial_id": WITHDRAWN_LATER, "earlier": 2, "later": 1}, "exchange the two"),
        ("list_changes", {"trial_ids": []}, "trial_ids: "),
        ("list_changes", {"trial_ids": [WITHDRAWN_LATER], "watch": "1"}, "trial_ids and watch each say"),
        ("list_changes", {"since": "2999-01-01"}, "still to come"),
        ("search_trials", {"watch": "1", "group": "x"}, "leave one of them out"),
    ],
)
def test_a_contradiction_is_refused(reader: Agent, name: str, arguments: dict[str, Any], remedy: str) -> None:
    assert remedy in reader.refused(name, **arguments)


def test_of_a_trial_that_is_not_watched_it_is_not_said_that_nothing_changed(reader: Agent) -> None:
    refused = reader.refused("list_changes", trial_ids=["NCT09999999"])

    assert "NCT09999999 is not watched here" in refused
    assert "ask an operator" in refused


def test_a_number_among_other_filters_is_a_word_like_others(reader: Agent) -> None:
    number = WITHDRAWN_LATER

    assert [each["trial_id"] for each in reader.call("search_trials", words=number)["trials"]] == [number]
    assert reader.call("search_trials", words=number, statuses=["recruiting"])["trials"] == []
    assert len(reader.call("search_trials", words=number, statuses=["withdrawn"])["trials"]) == 1


def test_a_cursor_goes_on_with_what_was_asked_for_before(reader: Agent) -> None:
    cursor = reader.call("search_trials", limit=1)["next_cursor"]

    assert "of other arguments" in reader.refused("search_trials", words="stem", cursor=cursor)
    assert reader.call("search_trials", limit=2, cursor=cursor)["trials"]


def test_a_subscription_that_there_is_is_tried_as_it_is(site: Site) -> None:
    with over_http(site.url, site.token(Permission.SUBSCRIBE, "one who tries")) as agent:
        made = agent.call("create_subscription", channel="email", address="x@example.org", all_trials=True)
        own = made["subscription"]["id"]
        refused = agent.refused("backtest_subscription", subscription=own, topics=["status"], min_days=3)

        assert "min_days and topics would make another rule" in refused
        assert agent.call("backtest_subscription", subscription=own, since="1m", limit=1)["is_made"]
        paused = agent.call("pause_subscription", subscription=own, until="30d")["subscriptions"]
        assert paused[0]["paused_until"]
        assert "over already" in agent.refused("pause_subscription", subscription=own, until="2020-01-01")
