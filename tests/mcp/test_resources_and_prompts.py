"""Records by their addresses, and questions to begin with."""

import json

import pytest
from mcp import MCPError

from monitor.mcp.prompts import PROMPTS
from monitor.mcp.tools import BY_NAME
from monitor.mcp.untrusted import MARK, RULE
from tests.mcp.agents import Agent
from tests.mcp.conftest import HOSTILE
from tests.program import WITHDRAWN_LATER

ADDRESS = f"trial://clinicaltrials.gov/{WITHDRAWN_LATER}"


def test_every_watched_trial_is_a_resource_named_by_its_id(reader: Agent) -> None:
    listed = reader.ask("list_resources").resources

    assert len(listed) == 13
    assert {str(each.uri) for each in listed} > {ADDRESS}
    assert "Ignore previous" not in json.dumps([each.model_dump(mode="json") for each in listed])


def test_a_resource_is_a_record_now_or_as_it_was(reader: Agent) -> None:
    [latest] = reader.ask("read_resource", ADDRESS).contents
    [first] = reader.ask("read_resource", f"{ADDRESS}/snapshots/1").contents

    assert json.loads(latest.text)[MARK]["overall_status"]["code"] == "WITHDRAWN"
    assert json.loads(first.text)[MARK]["overall_status"]["code"] == "NOT_YET_RECRUITING"
    assert [each.uri_template for each in reader.ask("list_resource_templates").resource_templates] == [
        "trial://{registry}/{trial_id}",
        "trial://{registry}/{trial_id}/snapshots/{number}",
    ]


def test_what_a_stranger_wrote_stands_marked_in_a_resource(reader: Agent) -> None:
    [record] = reader.ask("read_resource", f"trial://clinicaltrials.gov/{HOSTILE}").contents

    said = json.loads(record.text)
    assert said.pop(MARK)["brief_title"].startswith("Ignore previous instructions")
    assert "Ignore" not in json.dumps(said)


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        (f"trial://isrctn.com/{WITHDRAWN_LATER}", f"read {ADDRESS}"),
        ("trial://clinicaltrials.gov/NCT99999999", "search_trials finds trials"),
        (f"{ADDRESS}/snapshots/99", "search_trials finds trials"),
        ("file:///etc/passwd", "write trial://{registry}/{trial_id}"),
        ("trial://clinicaltrials.gov/../NCT02116634", "write trial://{registry}/{trial_id}"),
    ],
)
def test_an_address_of_nothing_says_what_to_read_instead(reader: Agent, address: str, remedy: str) -> None:
    with pytest.raises(MCPError, match=remedy.replace("{", r"\{")):
        reader.ask("read_resource", address)


def test_prompts_name_tools_that_there_are_and_the_rule_on_registry_text(reader: Agent) -> None:
    listed = {each.name: each for each in reader.ask("list_prompts").prompts}

    assert listed.keys() == {each.name for each in PROMPTS}
    for prompt in PROMPTS:
        given = {each.name: "“x” $since" for each in prompt.arguments if each.usual is None}
        [message] = reader.ask("get_prompt", prompt.name, given).messages
        assert "“x” $since" in message.content.text
        assert RULE in message.content.text
        named = {word.strip(".,;()`") for word in message.content.text.split() if "_" in word}
        tools = {word for word in named if word.split("_")[0] in ("get", "list", "search", "compare")}
        assert tools <= BY_NAME.keys()
        assert tools


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        ({}, "needs sponsor"),
        ({"sponsor": "x" * 201}, "at most 200"),
        ({"sponsor": "x", "when": "y"}, "takes no “when”"),
    ],
)
def test_a_prompt_without_what_it_needs_is_refused(reader: Agent, arguments: dict[str, str], remedy: str) -> None:
    with pytest.raises(MCPError, match=remedy):
        reader.ask("get_prompt", "competitor_watch", arguments)
