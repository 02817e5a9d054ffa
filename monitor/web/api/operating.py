"""How the service is: its health, the latest looks at registries, notices, and what of registries is not known."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.responses import Response

from monitor.model import Endpoint, Json, Notice
from monitor.model.access import Permission
from monitor.model.report import Bounce
from monitor.ports import FetchedRegistry
from monitor.storage import bounces, coverage, drift, looks, notices
from monitor.storage.coverage import Unseen
from monitor.storage.drift import Drift
from monitor.storage.places import Place
from monitor.storage.unread import Unread, apart
from monitor.text import one_line
from monitor.views.addresses import shown, without_addresses
from monitor.views.json.bounces import listed_bounce_json
from monitor.views.json.checks import drift_json
from monitor.views.json.moments import moment_json
from monitor.views.json.served import asked_look_json, look_json, notice_json, unseen_json
from monitor.watching.looking import look_now
from monitor.web.api import examples
from monitor.web.api import operating_examples as shown_as
from monitor.web.api.call import Caller
from monitor.web.api.once import once
from monitor.web.api.paging import MOST, USUAL, PageAsked, page_of, place_of, unreadable
from monitor.web.api.problems import BAD_CURSOR, said_to_programs
from monitor.web.api.routing import Operations
from monitor.web.api.shapes import ONLY_DIGITS
from monitor.web.api.shapes import operating as shapes
from monitor.web.site.proof import Proof
from monitor.web.site.route import Needs

UNSEEN_FOR = 15.0
"""Seconds for which one count of trials that are not seen does."""
operations = Operations("Service")


class LooksAsked(BaseModel):
    """How many looks."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST), ONLY_DIGITS] = Field(default=USUAL, description="The latest so many.")


@operations.reads("/health", shape=shapes.Health, example=shown_as.HEALTH, kinds=[], is_live=True)
def get_health(call: Caller) -> Response:
    """Say whether everything is seen.

    What does not work is told to those who operate the service; for everybody else, “reasons” is null.
    """
    proof = call.site.proof.read(call.now)
    reasons = [said_to_programs(each) for each in call.site.service.problems()]
    return call.json(
        {
            "status": "failing" if reasons else "ok",
            "standing": call.site.service.standing(),
            "reasons": reasons if call.may(Permission.OPERATE) else None,
            "sight": str(proof.sight),
            "seen": proof.seen,
            "watched": proof.watched,
            "unseen": [unseen_json(each, is_fed=is_fed) for each, is_fed in _unseen(call, proof)],
            "data_of": moment_json(proof.data_of),
            "looked_at": moment_json(proof.looked_at),
            "next_at": moment_json(proof.next_at),
        }
    )


def _unseen(call: Caller, proof: Proof) -> list[tuple[Unseen, bool]]:
    """Why trials are not seen, and whether files feed their registry; counted anew only every few seconds."""
    if proof.seen >= proof.watched:
        return []
    asked = {each.key for each in call.site.registries if isinstance(each, FetchedRegistry)}

    def count() -> list[tuple[Unseen, bool]]:
        with call.site.store.read() as tx:
            found = coverage.unseen(tx, since=call.site.proof.since(call.now))
        return [(each, each.registry not in asked) for each in found]

    return call.site.counted.get("unseen", proof.version, count, seconds=UNSEEN_FOR)


@operations.reads("/checks", shape=shapes.LookList, example={"data": [shown_as.LOOK]}, needs=Needs.OPERATE, kinds=[])
def list_checks(call: Caller, asked: Annotated[LooksAsked, Query()]) -> Response:
    """List the latest looks at registries, the newest first.

    Each says how much was seen: looks are kept for 30 days.
    """
    with call.site.store.read() as tx:
        found = looks.latest(tx, asked.limit)
    return call.json({"data": [look_json(each) for each in found]})


@operations.writes(
    "POST",
    "/checks",
    shape=shapes.AskedLookList,
    example={"data": [shown_as.ASKED_LOOK]},
    needs=Needs.OPERATE,
    status=202,
    kinds=[],
)
def look_at_registries(call: Caller) -> Response:
    """Have the registries looked at now, and not with the look that comes anyway.

    What that finds is in GET /checks once it is through. A registry of which nothing is watched, or that only files
    feed, is not listed; one that asked to be left alone is looked at when that time is over.
    """

    def look(tx: Connection) -> Response:
        looks = look_now(tx, call.site.registries, now=call.now)
        return call.json({"data": [asked_look_json(each) for each in looks]}, status=202)

    answer = once(call, look)
    call.site.due()
    return answer


@operations.reads(
    "/notices",
    shape=shapes.NoticePage,
    example={**examples.page(shown_as.NOTICE), "unreadable": []},
    needs=Needs.OPERATE,
    kinds=[BAD_CURSOR],
)
def list_notices(call: Caller, asked: Annotated[PageAsked, Query()]) -> Response:
    """List what the operator should know, the newest first."""
    place = place_of(call, asked)
    before = Place(datetime.fromisoformat(place.after[0]), str(place.after[1])) if place.after else None
    with call.site.store.read() as tx:
        found = notices.page(tx, before=before, limit=asked.limit + 1)
    listed, has_more = page_of(found, asked.limit)
    damaged: list[Unread] = []
    told = apart(listed, damaged)
    last = [told[-1].occurred_at.isoformat(), told[-1].id] if has_more and told else None
    return place.answer([_told(each) for each in told], last, unreadable(damaged))


def _told(notice: Notice) -> dict[str, Json]:
    form = notice_json(notice)
    return {**form, "text": said_to_programs(str(form["text"]))}


@operations.reads(
    "/drift",
    shape=shapes.DriftPage,
    example={**examples.page(shown_as.DRIFT), "unreadable": []},
    needs=Needs.OPERATE,
    kinds=[BAD_CURSOR],
)
def list_drift(call: Caller, asked: Annotated[PageAsked, Query()]) -> Response:
    """List fields and values of registries' documents that are new to this program, the newest first."""
    place = place_of(call, asked)
    before = None
    if place.after:
        registry, path, value, trial_id, at = place.after
        before = Drift(registry, path, value, trial_id, datetime.fromisoformat(at))
    with call.site.store.read() as tx:
        found = drift.page(tx, before=before, limit=asked.limit + 1)
    listed, has_more = page_of(found, asked.limit)
    damaged: list[Unread] = []
    known: list[Drift] = apart(listed, damaged)
    last = None
    if has_more and known:
        end = known[-1]
        last = [end.registry, end.path, end.value, end.trial_id, end.first_seen_at.isoformat()]
    return place.answer([drift_json(each) for each in known], last, unreadable(damaged))


@operations.reads(
    "/bounces",
    shape=shapes.BouncePage,
    example={**examples.page(shown_as.BOUNCE), "unreadable": []},
    needs=Needs.OPERATE,
    kinds=[BAD_CURSOR],
)
def list_bounces(call: Caller, asked: Annotated[PageAsked, Query()]) -> Response:
    """List what mail systems and readers reported of mails, the newest first."""
    place = place_of(call, asked)
    before = (datetime.fromisoformat(place.after[0]), bytes.fromhex(place.after[1])) if place.after else None
    with call.site.store.read() as tx:
        found = bounces.page(tx, before=before, limit=asked.limit + 1)
    listed, has_more = page_of(found, asked.limit)
    damaged: list[Unread] = []
    known: list[tuple[Bounce, str, str]] = apart(listed, damaged)
    last = [known[-1][0].read_at.isoformat(), known[-1][0].digest.hex()] if has_more and known else None
    return place.answer([_bounced(*each) for each in known], last, unreadable(damaged))


def _bounced(bounce: Bounce, address: str, channel: str) -> dict[str, Json]:
    """A report, in which no address is told."""
    to = shown(Endpoint(id=bounce.endpoint_id, channel=channel, shown=address, address=""))
    form = listed_bounce_json(bounce, to)
    return {**form, "diagnostic": without_addresses(one_line(bounce.diagnostic))}
