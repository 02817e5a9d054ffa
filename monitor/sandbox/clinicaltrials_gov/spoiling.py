"""Alter a good answer, or a study in it, as a misbehaviour demands. Pure.

`server` handles what happens on the socket.
"""

from dataclasses import replace

import orjson

from monitor.model import Json
from monitor.sandbox.exchange import HTML, TEXT, Answer, Request
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
FAR_OFF = "2999-12-31"
HUGE = 3_600_000


def spoiled(misbehaviour: Misbehaviour, good: Answer, request: Request) -> Answer:
    """The answer that a misbehaviour makes of a good one."""
    kind = misbehaviour.kind
    if kind in STATUSES:
        after = {"Retry-After": misbehaviour.retry_after} if misbehaviour.retry_after is not None else {}
        return Answer(STATUSES[kind], TEXT, WORDS[STATUSES[kind]], after)
    if kind is Fault.CUT:
        return replace(good, body=good.body[: len(good.body) // 2])
    if kind is Fault.EMPTY and not misbehaviour.tampers:
        return replace(good, body=b"{}")
    if kind is Fault.HEADERS:
        more = {f"x-more-{number}": "of this" for number in range(misbehaviour.most)}
        return replace(good, headers={**good.headers, **more})
    if kind is Fault.LOCATION:
        return redirected(misbehaviour, good)
    return other_answer(misbehaviour, request) or good


def other_answer(misbehaviour: Misbehaviour, request: Request) -> Answer | None:
    """An answer that replaces the good one, whatever that is; None if the good one is kept."""
    field = request.query.get("fields", "").replace("|", ",").rpartition(",")[2]
    answers = {
        Fault.ERROR_403: Answer(403, HTML, FORBIDDEN_PAGE),
        Fault.CHALLENGE: Answer(302, HTML, b"", {"Location": "https://challenge.invalid/browser-check"}),
        Fault.HTML: Answer(200, HTML, ERROR_PAGE),
        Fault.COMPLICATED: Answer(400, TEXT, b"Too complicated query"),
        Fault.LONG: Answer(misbehaviour.status, HTML, FORBIDDEN_PAGE),
        Fault.FIELDS: Answer(400, TEXT, f"Parameter 'fields' contains invalid field name: '{field}'".encode()),
        Fault.ANSWER: Answer(misbehaviour.status, misbehaviour.content_type, misbehaviour.body),
    }
    return answers.get(misbehaviour.kind)


def redirected(misbehaviour: Misbehaviour, good: Answer) -> Answer:
    """The redirect of an obsolete id to another form of address."""
    if good.status != 301:
        return good
    current = good.headers["Location"].rpartition("/")[2]
    others = {name: value for name, value in good.headers.items() if name != "Location"}
    location = {"Location": misbehaviour.location.replace("{id}", current)} if misbehaviour.location else {}
    return replace(good, headers={**others, **location})


def tampered(kind: Fault, study: bytes) -> bytes:
    """What a misbehaviour makes of a study's bytes, whole or projected."""
    spoiled_study = orjson.loads(study)
    if kind is Fault.FUTURE:
        put_off(spoiled_study)
    elif (missing := HUGE - len(study)) > 0 and (module := description(spoiled_study)) is not None:
        module["detailedDescription"] = module.get("detailedDescription", "") + " and so on" * (missing // 10)
    return orjson.dumps(spoiled_study)


def put_off(study: Json) -> None:
    """Make the study say that it was built, verified and updated in the future."""
    derived = study.get("derivedSection", {}).get("miscInfoModule", {})
    if "versionHolder" in derived:
        derived["versionHolder"] = FAR_OFF
    status = study.get("protocolSection", {}).get("statusModule", {})
    for name, value in (("statusVerifiedDate", FAR_OFF[:7]), ("lastUpdateSubmitDate", FAR_OFF)):
        if name in status:
            status[name] = value
    if "lastUpdatePostDateStruct" in status:
        status["lastUpdatePostDateStruct"]["date"] = FAR_OFF


def description(study: Json) -> Json:
    """The module that can be made as long as one likes; None where a projection leaves it out."""
    return study.get("protocolSection", {}).get("descriptionModule")
