"""No answer is longer than an agent can read; what is left out is said, and can be had."""

import re
from pathlib import Path
from typing import Any

import pytest

from monitor.mcp.answers import MOST, length, shorter
from monitor.mcp.asking import Asking
from monitor.mcp.changed import change_form
from monitor.mcp.pace import Pace
from monitor.mcp.prompts import PROMPTS
from monitor.mcp.records import fitting_record
from monitor.mcp.schemas import taken
from monitor.mcp.tool import WAYS, Refused, for_agents
from monitor.mcp.tools import BY_NAME, TOOLS
from monitor.mcp.untrusted import MARK, harmless
from monitor.model.access import Permission
from tests.storage.documents import NOON

GUIDE = Path(__file__).parents[2] / "docs" / "tasks" / "agents.md"
SITES = [{"facility": f"Hospital {number}", "country": "France"} for number in range(5000)]
RECORD: dict[str, Any] = {
    "brief_title": "A trial",
    "why_stopped": None,
    "eligibility_criteria": "Adults. " * 20_000,
    "sites": SITES,
    "results": {"outcomes": [{"measure": "x" * 50_000}, {"measure": "y" * 50_000}], "small": 1},
}


def test_a_record_that_fits_is_whole_and_says_nothing_of_what_is_empty() -> None:
    assert fitting_record({"brief_title": "A trial", "why_stopped": None, "sites": []}, []) == (
        {"brief_title": "A trial"},
        [],
    )


def test_a_long_record_is_cut_and_says_how_to_get_the_rest() -> None:
    given, missing = fitting_record(RECORD, [])

    assert length(given) <= MOST
    assert given["brief_title"] == "A trial"
    assert [each["field"] for each in missing] == ["eligibility_criteria", "sites", "results"]
    assert all(each["next"].startswith("get_record with fields=['") for each in missing)


@pytest.mark.parametrize("path", ["sites", "eligibility_criteria"])
def test_a_long_field_is_had_piece_by_piece_by_what_each_piece_says_of_the_next(path: str) -> None:
    pieces, start = [], 0
    for _ in range(100):
        given, missing = fitting_record(RECORD, [path], start=start)
        assert length(given) <= MOST + len(path) + 10
        pieces.append(given[path])
        if not missing:
            break
        [told] = missing
        start = int(re.fullmatch(rf"get_record with fields=\['{path}'\] and start=(\d+)", told["next"])[1])  # type: ignore[index]

    whole = "".join(pieces) if path == "eligibility_criteria" else [site for piece in pieces for site in piece]
    assert whole == RECORD[path]


def test_an_object_that_is_too_long_names_what_is_in_it_down_to_what_fits() -> None:
    given, [missing] = fitting_record(RECORD, ["results"])
    assert (given, missing["next"]) == ({}, "get_record with fields=['results.NAME'], NAME one of outcomes and small")

    given, [missing] = fitting_record(RECORD, ["results.outcomes"])
    assert len(given["results.outcomes"]) == 1
    given, missing_of_one = fitting_record(RECORD, ["results.outcomes.1.measure", "results.small"])
    assert given == {"results.outcomes.1.measure": "y" * 50_000, "results.small": 1}
    assert missing_of_one == []


@pytest.mark.parametrize(
    ("fields", "start", "remedy"),
    [
        (["nothing"], 0, "a record has brief_title, why_stopped"),
        (["sites.5000"], 0, "sites has items 0 to 4999"),
        (["sites.99999999999999999999"], 0, "sites has items 0 to 4999"),
        (["sites.²"], 0, "sites has items"),
        (["brief_title.x"], 0, "brief_title has nothing below it"),
        ([], 3, "exactly one name in fields"),
        (["sites", "brief_title"], 3, "exactly one name in fields"),
    ],
)
def test_a_field_that_is_none_names_those_there_are(fields: list[str], start: int, remedy: str) -> None:
    with pytest.raises(Refused, match=re.escape(remedy)):
        fitting_record(RECORD, fields, start=start)


def test_long_texts_and_lists_in_a_change_are_cut_with_their_length() -> None:
    cut = shorter({"before": "word " * 2000, "after": [{"name": "n" * 50}] * 500}, 600)

    assert cut["before"].endswith("… (10,000 characters in all)")
    assert cut["after"][-1] == "… (500 items in all)"
    assert length(cut) < 2000


@pytest.mark.parametrize(
    "value",
    [
        {"rows": [{f"column {number}": "word " * 2000 for number in range(50)}] * 50},
        {f"field {number}": "x" for number in range(20_000)},
        "é" * 50_000,
        [[[["x"] * 100] * 100] * 100],
    ],
)
def test_whatever_a_change_holds_it_fits(value: Any) -> None:
    form = change_form({"kind": "other", "field": "x", "before": value, "after": value, "summary": "It changed."}, 8000)

    assert length(form) < 17_000
    assert (form["kind"], form[MARK]["summary"]) == ("other", "It changed.")


def test_nothing_in_a_text_hides_or_steers_and_what_it_says_stays() -> None:
    said = harmless({"a\u202e": ["Ignore\x1b[2J\u200b this", ("\ud800", 1, None, True)], "é": "naïve\n漢字"})

    assert said == {
        "a\N{REPLACEMENT CHARACTER}": ["Ignore␛[2J this", ["\N{REPLACEMENT CHARACTER}", 1, None, True]],
        "é": "naïve\n漢字",
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("there is no watch 9: `monitor watch list` shows those there are", "there is no watch 9"),
        ("nothing of it yet; `monitor check NCT1` takes one", "nothing of it yet"),
        ("give --min-percent with --quiet-hours", "give min_percent with quiet_hours"),
        ("it merged into NCT2: `monitor show NCT2`", "it merged into NCT2: get_record with trial_id=NCT2"),
        ("it ended: `monitor subscribe` makes another. Go on.", "it ended. Go on"),
        ("D failed: run `monitor subscriptions resume D` first", "D failed"),
    ],
)
def test_messages_for_people_at_a_terminal_name_no_command_to_agents(words: str, said: str) -> None:
    assert for_agents(words, allowed(Permission.READ)) == said


def test_what_an_agent_may_use_is_named_in_place_of_a_command() -> None:
    asking = allowed(*Permission)

    assert for_agents("no watch 9: `monitor watch list` has all", asking) == "no watch 9: list_watches has all"
    assert for_agents("D failed: run `monitor subscriptions resume D` first", asking) == (
        "D failed: run resume_subscription with subscription=D first"
    )
    kept = "`monitor backup FILE` first"
    assert for_agents(kept, asking, keeps_others=True) == kept


def allowed(*permissions: Permission) -> Asking:
    return Asking(program=Any, permissions=frozenset(permissions), now=NOON, who="", pace=Pace())


def test_every_tool_that_is_named_is_there() -> None:
    for permission, words in WAYS.values():
        assert BY_NAME[words.partition(" ")[0]].permission is permission


def test_the_list_of_tools_is_short_enough_to_be_read_each_time() -> None:
    """Every agent reads it whole: some 10,000 tokens for those who may do everything."""
    assert sum(length(taken(tool.takes)) + len(tool.description) for tool in TOOLS) < 28_000
    assert all("title" not in taken(tool.takes) for tool in TOOLS)


def test_the_guide_names_every_tool_with_what_it_needs_and_every_prompt() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(read|subscribe|operate)`[^|]*\| (.*) \|$", guide, re.MULTILINE))

    named = {scope: set(re.findall(r"`(\w+)`", row)) for scope, row in rows.items()}
    assert named == {str(each): {tool.name for tool in TOOLS if tool.permission is each} for each in Permission}
    assert all(f"`{prompt.name}`" in guide for prompt in PROMPTS)
