"""What is kept for operators to know: fields that this version does not know, notices, and mails that came back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from starlette.responses import Response

from monitor.model import Endpoint
from monitor.model.report import Bounce
from monitor.storage import bounces, drift, notices
from monitor.storage.drift import Drift
from monitor.storage.places import Place
from monitor.storage.unread import Unread, readable
from monitor.text import one_line, plain
from monitor.views.addresses import receiver, without_addresses
from monitor.views.cursors import cursor, digest_in, moment_of, parts_of, place_cursor, place_of
from monitor.web.site.asked import Asked
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

SHOWN = 50
MOST_VALUE = 200
SHORT = 12
"""Characters of a digest."""
T = TypeVar("T")


class Damaged(NamedTuple):
    """What stands in the place of a row that cannot be read."""

    name: str
    damage: str


def drift_page(site: Site, asked: Asked) -> Response:
    """The fields and values of registries' documents that are new to this program, the newest first."""
    before = asked.place("before")
    with site.store.read() as tx:
        found = drift.page(tx, before=_drift_of(before) if before else None, limit=SHOWN + 1)
    rows = [
        Damaged(one_line(each.name), one_line(each.why))
        if isinstance(each, Unread)
        else (each, one_line(each.path), one_line(each.value or "")[:MOST_VALUE])
        for each in found[:SHOWN]
    ]
    last = _last(found)
    values = {"rows": rows, "next": _drift_cursor(last) if last else ""}
    return site.page(asked, "operating/drift", {**values, "names": site.registry_names})


def notices_page(site: Site, asked: Asked) -> Response:
    """What operators were told of the service, the newest first."""
    with site.store.read() as tx:
        found = notices.page(tx, before=place_of(asked.place("before")), limit=SHOWN + 1)
    rows = [
        Damaged(one_line(each.name), one_line(each.why))
        if isinstance(each, Unread)
        else (each, without_addresses(one_line(each.subject)), without_addresses(plain(each.text)).split("\n"))
        for each in found[:SHOWN]
    ]
    last = _last(found)
    place = Place(last.occurred_at, last.id) if last else None
    return site.page(asked, "operating/notices", {"rows": rows, "next": place_cursor(place)})


def bounces_page(site: Site, asked: Asked) -> Response:
    """What mail systems and readers reported of mails, the newest first."""
    before = asked.place("before")
    with site.store.read() as tx:
        found = bounces.page(tx, before=_bounce_of(before) if before else None, limit=SHOWN + 1)
    rows = [
        Damaged(each.name[:SHORT], one_line(each.why)) if isinstance(each, Unread) else _bounce_row(*each)
        for each in found[:SHOWN]
    ]
    last = _last(found)
    values = {"rows": rows, "next": cursor(last[0].read_at.isoformat(), last[0].digest.hex()) if last else ""}
    return site.page(asked, "operating/bounces", values)


def _bounce_row(each: Bounce, shown: str, channel: str) -> tuple[Bounce, str, str]:
    to = receiver(Endpoint(id=each.endpoint_id, channel=channel, shown=shown, address=""))
    return each, to, _said(each.diagnostic)


def _last(found: Sequence[T | Unread]) -> T | None:
    """What the next page begins behind; None where this one is the last, or nothing on it can be read."""
    known = readable(found[:SHOWN])
    return known[-1] if known and len(found) > SHOWN else None


def _said(diagnostic: str) -> str:
    return without_addresses(one_line(diagnostic))


def _drift_cursor(last: Drift) -> str:
    return cursor(last.first_seen_at.isoformat(), last.registry, last.path[:1000], (last.value or "")[:1000])


def _drift_of(text: str) -> Drift:
    at, registry, path, value = parts_of(text, 4)
    return Drift(registry, path, value or None, "", moment_of(at))


def _bounce_of(text: str) -> tuple[datetime, bytes]:
    at, digest = parts_of(text, 2)
    return moment_of(at), digest_in(digest)


PAGES = (
    Page("/drift", drift_page, Needs.OPERATE),
    Page("/notices", notices_page, Needs.OPERATE),
    Page("/bounces", bounces_page, Needs.OPERATE),
)
