"""Alter a good answer as a misbehaviour demands that any registry can have. Pure.

`server` handles what happens on the socket; the folder of a registry alters its trials, and has kinds of its own.
"""

from dataclasses import replace

from monitor.sandbox.exchange import HTML, TEXT, Answer
from monitor.sandbox.misbehaviour import Fault, Misbehaviour

ERROR_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Service notice</title></head>"
    b"<body><h1>Please try again later</h1></body></html>\n"
)
FORBIDDEN_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>403 Forbidden</title></head>"
    b"<body><h1>Request blocked</h1><p>The front end does not let this request pass.</p></body></html>\n"
)
WORDS = {500: b"Internal Server Error", 503: b"no healthy upstream", 429: b"Too Many Requests"}
STATUSES = {Fault.ERROR_500: 500, Fault.ERROR_503: 503, Fault.ERROR_429: 429, Fault.LIMIT: 429}


def spoiled(misbehaviour: Misbehaviour, good: Answer, *, empty: bytes = b"{}") -> Answer:
    """The answer that a misbehaviour makes of a good one; *empty* is the body of one that holds nothing."""
    kind = misbehaviour.kind
    if kind in STATUSES:
        after = {"Retry-After": misbehaviour.retry_after} if misbehaviour.retry_after is not None else {}
        return Answer(STATUSES[kind], TEXT, WORDS[STATUSES[kind]], after)
    if kind is Fault.CUT:
        return replace(good, body=good.body[: len(good.body) // 2])
    if kind is Fault.EMPTY:
        return replace(good, body=empty)
    if kind is Fault.HEADERS:
        more = {f"x-more-{number}": "of this" for number in range(misbehaviour.most)}
        return replace(good, headers={**good.headers, **more})
    return other_answer(misbehaviour) or good


def other_answer(misbehaviour: Misbehaviour) -> Answer | None:
    """An answer that replaces the good one, whatever that is; None if the good one is kept."""
    answers = {
        Fault.ERROR_403: Answer(403, HTML, FORBIDDEN_PAGE),
        Fault.CHALLENGE: Answer(302, HTML, b"", {"Location": "https://challenge.invalid/browser-check"}),
        Fault.HTML: Answer(200, HTML, ERROR_PAGE),
        Fault.LONG: Answer(misbehaviour.status, HTML, FORBIDDEN_PAGE),
        Fault.ANSWER: Answer(misbehaviour.status, misbehaviour.content_type, misbehaviour.body),
    }
    return answers.get(misbehaviour.kind)
