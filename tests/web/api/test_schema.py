"""What the API says of itself is so: every example, every operation, and the page for people."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from monitor.channels import NAMES
from monitor.model.access import Permission
from monitor.web.api import page
from monitor.web.api.application import RESOURCES, schema
from monitor.web.api.problems import KINDS, WAYS, in_api_words
from monitor.web.api.routing import Operation
from monitor.web.api.sent_rules import Way
from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api, problem

SCHEMA = schema()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in SCHEMA["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


EVERY = list(operations())
NAMES_OF_ALL = [operation["operationId"] for *_, operation in EVERY]


def validator(shape: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**shape, "components": SCHEMA["components"]})


@pytest.mark.parametrize(("path", "method", "operation"), EVERY, ids=NAMES_OF_ALL)
def test_an_operation_says_what_it_does_and_its_examples_are_right(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["tags"]
    assert operation["security"]
    for status, given in operation["responses"].items():
        answer = SCHEMA["components"]["responses"][given["$ref"].rpartition("/")[2]] if "$ref" in given else given
        if status == "304":
            assert "content" not in answer
            continue
        ((kind, said),) = answer["content"].items()
        assert kind == ("application/json" if status.startswith("2") else "application/problem+json")
        validator(said["schema"]).validate(said["example"])
    if "requestBody" in operation:
        sent = operation["requestBody"]["content"]["application/json"]["schema"]
        for example in sent["examples"]:
            validator(sent).validate(example)
    for parameter in operation.get("parameters", ()):
        assert parameter["description"], parameter["name"]


def test_what_is_read_has_the_shape_that_the_schema_says(kept: Api) -> None:
    delivery = kept.read("/deliveries")["data"][0]["id"]
    subscription = kept.read("/subscriptions")["data"][0]["id"]
    values = {
        "trial_id": WITHDRAWN_LATER,
        "number": "2",
        "before": "1",
        "after": "2",
        "delivery_id": delivery,
        "subscription_id": subscription,
        "slug": {"/sponsors/{slug}": "alzahra-hospital", "/conditions/{slug}": "amyotrophic-lateral-sclerosis"},
    }
    numbers = {"/watches": "1", "/users": str(kept.send("/users", {"name": "ada"}).json()["id"])}
    unseen = {"get_held", "list_held_events", "get_quarantined"}
    for path, method, operation in EVERY:
        if method != "get" or operation["operationId"] in unseen:
            continue
        number = next((value for begins, value in numbers.items() if path.startswith(begins)), values["number"])
        filled = path
        for name in re.findall(r"{(\w+)}", path):
            value = values["slug"][path] if name == "slug" else number if name == "number" else values[name]
            filled = filled.replace(f"{{{name}}}", value)
        answer = kept.ask(filled + ("?trial=" + WITHDRAWN_LATER if filled.endswith("/why") else ""))
        assert answer.status_code == 200, (filled, answer.text)
        validator(operation["responses"]["200"]["content"]["application/json"]["schema"]).validate(answer.json())


def test_every_operation_needs_what_its_schema_says(kept: Api) -> None:
    """Nobody gets in without a token where the schema says that one is needed, nor with one of a lesser scope."""
    lesser = {"read": None, "subscribe": Permission.READ, "operate": Permission.SUBSCRIBE}
    for path, method, operation in EVERY:
        filled = re.sub(r"{\w*_id}", "3f2a8c1e-9d4b-4f6a-8e21-5b7c0d9e1f23", path)
        filled = re.sub(r"{\w+}", "1", filled)
        (scope,) = next(each["token"] for each in operation["security"] if "token" in each)
        answer = kept.ask(filled, method.upper(), scope=lesser[scope], json={} if method != "get" else None)
        assert problem(answer) == ("unauthenticated" if scope == "read" else "forbidden"), (path, method)


def test_every_parameter_of_the_query_is_known_to_the_guard() -> None:
    for resource in RESOURCES:
        for route in resource.routes:
            assert isinstance(route, Operation)
            described = SCHEMA["paths"][route.path_format]
            (method,) = {*route.methods}
            named = {each["name"] for each in described[method.lower()].get("parameters", ()) if each["in"] == "query"}
            assert named == {*route.takes.parameters}


def test_what_has_to_be_given_is_in_every_command_of_the_page_and_no_key_twice(kept: Api) -> None:
    commands = [each.command for found in page._tags(kept.url).values() for each in found]
    why = next(each for each in commands if "/why" in each)

    assert "?trial=NCT02116634" in why
    assert {key for each in commands for key in re.findall('Idempotency-Key: ([^"]*)', each)} == {"$(uuidgen)"}


def test_every_request_that_stands_for_a_command_is_there() -> None:
    known = {f"{method.upper()} {re.sub(r'{.*?}', '*', path)}" for path, method, _ in EVERY}

    assert {re.sub(r"{.*?}", "*", way).replace("1..2", "*..*") for way in WAYS.values()} <= known


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("there is no watch 9: `monitor watch list` shows all", "There is no watch 9: GET /watches shows all."),
        ("run `monitor check NCT1`", "Run POST /checks."),
        ("see `monitor held show 7`", "See GET /held/7."),
        ("it waits; `monitor import FILE` brings it", "It waits."),
        ("give --min-percent", "Give “min_percent”."),
    ],
)
def test_a_problem_names_requests_and_no_commands(words: str, said: str) -> None:
    assert in_api_words(words) == said


def test_ways_are_the_channels() -> None:
    assert {*Way.__args__} == {*NAMES}


def test_the_page_for_people_has_every_operation_and_every_problem(kept: Api) -> None:
    page = kept.page("/api")

    assert page.status_code == 200
    for name in (*NAMES_OF_ALL, *(kind.slug for kind in KINDS)):
        assert f'id="{name}"' in page.text
    assert kept.ask("/openapi.json", scope=None).json() == SCHEMA


@pytest.mark.parametrize("path", ["/openapi.json", "/trials"])
def test_what_a_program_has_already_is_not_sent_again_compressed_or_not(api: Api, path: str) -> None:
    for encoding in ("gzip", "identity"):
        headers = {"Accept-Encoding": encoding}
        first = api.ask(path, headers=headers)
        again = api.ask(path, headers={**headers, "If-None-Match": first.headers["etag"]})

        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert first.headers["vary"].lower().count("accept-encoding") == 1
