"""An agent finds trials, sponsors, conditions and changes, page by page."""

from datetime import datetime, timedelta
from typing import Any

import jsonschema
import pytest

from monitor.mcp.untrusted import MARK
from tests.mcp.agents import Agent
from tests.mcp.conftest import HOSTILE
from tests.program import WITHDRAWN_LATER

ALZAHRA = "Alzahra Hospital"


def found(reader: Agent, **given: object) -> list[str]:
    return [trial["trial_id"] for trial in reader.call("search_trials", **given)["trials"]]


@pytest.mark.parametrize(
    "given",
    [
        {"words": "mesenchymal amyotrophic"},
        {"words": "nct 02116634"},
        {"sponsor": "alzahra  HOSPITAL"},
        {"sponsor": "Alzahra\u200e Hospital"},
        {"sponsor": "alzahra-hospital"},
        {"statuses": ["stopped"], "sponsor": ALZAHRA},
        {"condition": "amyotrophic lateral sclerosis", "phase": "PHASE1"},
    ],
)
def test_a_trial_is_found_by_what_is_known_of_it(reader: Agent, given: dict[str, object]) -> None:
    assert found(reader, **given) == [WITHDRAWN_LATER]


def test_pages_follow_each_other_and_end(reader: Agent) -> None:
    seen: list[str] = []
    cursor = None
    for _ in range(10):
        page = reader.call("search_trials", limit=5, **({"cursor": cursor} if cursor else {}))
        jsonschema.validate(page, reader.tools()["search_trials"].output_schema)
        seen += [trial["trial_id"] for trial in page["trials"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert (len(seen), len(set(seen))) == (13, 13)


def test_changes_come_newest_day_first_and_page_by_page(reader: Agent) -> None:
    def page(**given: object) -> dict[str, Any]:
        answer: dict[str, Any] = reader.call("list_changes", since="2020-01-01", limit=1, **given)
        jsonschema.validate(answer, reader.tools()["list_changes"].output_schema)
        return answer

    first = page()
    second = page(cursor=first["next_cursor"])

    assert [update["trial_id"] for update in first["updates"]] == [HOSTILE]
    [withdrawn] = second["updates"]
    assert (withdrawn["trial_id"], withdrawn["significance"]) == (WITHDRAWN_LATER, "critical")
    assert withdrawn[MARK]["headline"] == "Withdrawn – “Because economic problems”"
    assert second["next_cursor"] is None
    assert page(kinds=["status"], sponsor=ALZAHRA)["updates"][0]["changes"] == withdrawn["changes"][:1]
    assert page(topics=["results"])["updates"] == []
    seen = datetime.fromisoformat(withdrawn["seen_at"])
    day = f"{seen:%Y-%m-%d}"
    assert reader.call("list_changes", since=day, until=day)["updates"] == [withdrawn]
    later = {
        "since": f"{seen + timedelta(minutes=1):%Y-%m-%dT%H:%M}",
        "until": f"{seen + timedelta(hours=12):%Y-%m-%dT%H:%M}",
    }
    assert reader.call("list_changes", **later)["updates"] == []


def test_names_are_listed_and_marked_and_lead_to_their_trials(reader: Agent) -> None:
    listed = reader.call("list_sponsors", words="alzahra")
    sponsor = reader.call("get_sponsor", name=listed["names"][0][MARK]["name"])

    assert listed["names"] == [{"trials": 1, MARK: {"name": ALZAHRA, "slug": "alzahra-hospital"}}]
    assert sponsor[MARK]["statuses"] == [{"code": "WITHDRAWN", "trials": 1}]
    assert [trial["trial_id"] for trial in sponsor["trials"]] == [WITHDRAWN_LATER]
    assert (sponsor["trials_watched"], sponsor["stopped_early"], sponsor["due_next"]) == (1, 1, [])
    jsonschema.validate(sponsor, reader.tools()["get_sponsor"].output_schema)
    assert reader.call("list_conditions", limit=1)["next_cursor"]


@pytest.mark.parametrize(
    ("name", "arguments", "remedy"),
    [
        ("search_trials", {"cursor": "bm90aGluZw"}, "next_cursor of its last answer"),
        ("search_trials", {"cursor": "é"}, "next_cursor of its last answer"),
        ("search_trials", {"statuses": ["gone"]}, "known: stopped, not_yet_recruiting"),
        ("search_trials", {"registry": "example.org"}, "known: clinicaltrials.gov"),
        ("search_trials", {"phase": "PHASE9"}, "known: EARLY_PHASE1"),
        ("search_trials", {"words": "😀"}, "search for another word"),
        ("list_changes", {"words": "*"}, "search for another word"),
        ("list_sponsors", {"words": "a"}, "search for another word"),
        ("search_trials", {"sponsor": "\u200e"}, "sponsor takes a name"),
        ("get_sponsor", {"name": "Alzahra"}, "1 name like it: list_sponsors with words"),
        ("get_condition", {"name": "nothing at all"}, "list_conditions has the names"),
    ],
)
def test_what_is_not_found_says_what_to_do_next(
    reader: Agent, name: str, arguments: dict[str, object], remedy: str
) -> None:
    assert remedy in reader.refused(name, **arguments)


@pytest.mark.parametrize("tool", ["search_trials", "list_changes"])
def test_a_name_that_no_trial_has_is_said_to_be_none(reader: Agent, tool: str) -> None:
    answer = reader.ask("call_tool", tool, {"sponsor": "Nobody at all", "condition": "amyotrophic lateral sclerosis"})

    said = "".join(getattr(each, "text", "") for each in answer.content)
    assert "No trial has a sponsor of that name; list_sponsors has those there are." in said
    assert "a condition of that name" not in said


def test_a_cursor_of_another_list_is_refused(reader: Agent) -> None:
    cursor = reader.call("search_trials", limit=1)["next_cursor"]

    assert "this cursor is not one of list_changes" in reader.refused("list_changes", cursor=cursor)
