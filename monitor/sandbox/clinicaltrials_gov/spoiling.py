"""Alter a good answer, or a study in it, as a misbehaviour demands. Pure.

`monitor.sandbox.spoiling` has what any registry can do wrong, and `server` handles what happens on the socket.
"""

from dataclasses import replace

import orjson

from monitor.model import Json
from monitor.sandbox import spoiling
from monitor.sandbox.exchange import TEXT, Answer, Request
from monitor.sandbox.misbehaviour import Fault, Misbehaviour

FAR_OFF = "2999-12-31"
HUGE = 3_600_000


def spoiled(misbehaviour: Misbehaviour, good: Answer, request: Request) -> Answer:
    """The answer that a misbehaviour makes of a good one."""
    if misbehaviour.tampers:
        return good
    if misbehaviour.kind is Fault.LOCATION:
        return redirected(misbehaviour, good)
    if misbehaviour.kind is Fault.COMPLICATED:
        return Answer(400, TEXT, b"Too complicated query")
    if misbehaviour.kind is Fault.FIELDS:
        field = request.query.get("fields", "").replace("|", ",").rpartition(",")[2]
        return Answer(400, TEXT, f"Parameter 'fields' contains invalid field name: '{field}'".encode())
    return spoiling.spoiled(misbehaviour, good)


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
