"""What says too much, or says it twice, is refused by name: nothing that was sent is left out of account."""

import socket
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from monitor.web.api import bodies
from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api, problem

JSON = {"Content-Type": "application/json"}


def named(answer: Any) -> list[str]:
    """The places of what is wrong."""
    assert problem(answer) == "invalid", answer.text
    return [next(value for key, value in each.items() if key != "detail") for each in answer.json()["errors"]]


@pytest.mark.parametrize("number", ["%2B5", "+5", "5+", "5.0", "5e0", "5_0", "%D9%A5", "%EF%BC%95", "0x5", ""])
def test_a_number_is_written_in_one_way(kept: Api, number: str) -> None:
    assert named(kept.ask(f"/trials?limit={number}")) == ["limit"]
    assert named(kept.ask(f"/checks?limit={number}")) == ["limit"]
    if number:
        assert named(kept.ask(f"/watches/{number.replace('+', '%20')}")) == ["number"]
        assert named(kept.ask(f"/trials/{WITHDRAWN_LATER}/snapshots/{number.replace('+', '%20')}")) == ["number"]


@pytest.mark.parametrize("value", ["yes", "1", "TRUE", "on", ""])
def test_true_is_written_in_one_way(kept: Api, value: str) -> None:
    assert named(kept.ask(f"/quarantine?accepted={value}")) == ["accepted"]
    assert kept.read("/quarantine?accepted=true")["data"] == []


def test_of_several_values_none_is_the_one(kept: Api) -> None:
    assert named(kept.ask("/trials?limit=1&limit=2")) == ["limit"]
    assert named(kept.ask("/changes?since=7d&q=x&since=7d&q=x&nonsense=1")) == ["since", "q", "nonsense"]
    assert kept.read("/trials?status=RECRUITING&status=WITHDRAWN")["data"]


def test_a_header_that_says_who_asks_or_which_request_it_is_is_there_once(kept: Api) -> None:
    token = kept.ask("/trials").request.headers["authorization"].encode()
    for name, heads in (
        ("Authorization", [b"Authorization: " + token] * 2),
        ("Idempotency-Key", [b"Authorization: " + token, b"Idempotency-Key: a", b"Idempotency-Key: b"]),
    ):
        answer = sent(kept, [b"POST /api/v1/checks HTTP/1.1", *heads, b"Content-Length: 0", b"Connection: close"])
        assert b" 422 " in answer.partition(b"\r\n")[0], answer
        assert f'"header":"{name}"'.encode() in answer


def test_every_value_of_a_state_that_one_has_counts(kept: Api) -> None:
    ask = kept.ask("/trials")
    token, tag = ask.request.headers["authorization"].encode(), ask.headers["etag"].encode()
    heads = [b"Authorization: " + token, b"If-None-Match: " + tag, b'If-None-Match: "x"']
    answer = sent(kept, [b"GET /api/v1/trials HTTP/1.1", *heads, b"Connection: close"])

    assert answer.startswith(b"HTTP/1.1 304 ")


def test_a_body_is_refused_where_none_is_read(kept: Api) -> None:
    own = f"/subscriptions/{kept.read('/subscriptions')['data'][0]['id']}"

    assert named(kept.send(f"{own}/rotate", {"until": "2027-01-01", "why": 1})) == ["#/until", "#/why"]
    assert named(kept.send(f"{own}/rotate", [1])) == ["#"]
    assert named(kept.send(f"{own}/pause", {"why": 1})) == ["#/why"]
    assert named(kept.send("/watches/trials/NCT04280705", {"all": True}, method="DELETE")) == ["#/all"]
    assert named(kept.ask("/trials", data=b"{}", headers=JSON)) == ["#"]
    assert problem(kept.ask(f"{own}/rotate", "POST", data=b"x", headers={"Content-Type": "text/plain"})) == "not-json"
    assert kept.read(own)["state"] == "active"
    for nothing in (b"{}", b"null", b""):
        assert kept.ask(f"{own}/rotate", "POST", data=nothing, headers=JSON).status_code == 200


def test_a_key_that_is_there_twice_is_pointed_at(kept: Api) -> None:
    body = b'{"way":"email","to":"anna@example.org","to":"bengt@example.org","rhythm":{"at":"08:00","at":"09:00"}}'

    assert named(kept.ask("/subscriptions", "POST", data=body, headers=JSON)) == ["#/to", "#/rhythm/at"]


def test_of_ever_so_many_mistakes_a_hundred_are_named(kept: Api) -> None:
    body = {f"k{number}": number for number in range(5_000)}
    answer = kept.send("/checks", body)

    assert len(named(answer)) == 100
    assert "4,999 more" in answer.json()["detail"]


def test_a_problem_is_of_an_address_that_is_one(kept: Api) -> None:
    for path in (f"/a b/ü“%<>{WITHDRAWN_LATER}", "/trials/a b/record"):
        answer = kept.ask(quote(path))
        assert answer.json()["instance"] == "/api/v1" + quote(path)
        assert problem(answer) == "not-found"


@pytest.mark.parametrize(
    "head",
    [
        b"POST /api/v1/subscriptions HTTP/1.1\r\nContent-Type: application/json",
        b"POST /theme HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded",
    ],
)
def test_what_is_said_to_be_too_large_is_refused_before_it_comes(kept: Api, head: bytes) -> None:
    token = kept.ask("/trials").request.headers["authorization"].encode()
    length = f"Content-Length: {bodies.LARGEST + 1}".encode()
    answer = sent(kept, [head, b"Authorization: " + token, length], b"{")

    assert answer.startswith(b"HTTP/1.1 413 ")


def sent(api: Api, head: list[bytes], body: bytes = b"") -> bytes:
    """The head of what is answered to a request whose body may still be to come, and what follows it at once."""
    parts = urlsplit(api.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as connection:
        connection.sendall(b"\r\n".join([*head, b"Host: x"]) + b"\r\n\r\n" + body)
        answer = b""
        while b"\r\n\r\n" not in answer or b"Connection: close" in head:
            part = connection.recv(65536)
            if not part:
                break
            answer += part
    return answer
