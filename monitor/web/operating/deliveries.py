"""The log of deliveries, and one delivery with its attempts and what it sends; try it now, or send it again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, Response

from monitor.alerts.sending_again import send_again, try_now
from monitor.channels.declared import CHANNELS
from monitor.channels.retries import STANDARD
from monitor.errors import ConfigurationInvalid, NothingFound, TrialIdInvalid
from monitor.model import Attempt, DeliveryState, EventCause, SubscriptionState
from monitor.storage.delivery_pages import DeliveryList
from monitor.text import one_line, plain, sentence, without_commands
from monitor.views.addresses import without_addresses
from monitor.views.cursors import place_cursor, place_of
from monitor.views.delivery_log import (
    DeliveryLog,
    LoggedDelivery,
    LogQuery,
    delivery_log,
    find_delivery,
    one_delivery,
)
from monitor.views.filter_words import in_words
from monitor.views.sent_bodies import SentBody, as_shown, without_tokens
from monitor.web.charts.tries import Slot, slots
from monitor.web.site.asked import Asked
from monitor.web.site.formats import level
from monitor.web.site.rendering import SAFETY
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

SHOWN = 50
LONGEST_SEARCH = 300
SHORTEST_ID = 8
"""Characters of a delivery's id that a search takes for one."""
IN_A_ROW = 200
"""Characters of an answer within the log."""
A_MAIL_ALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""A mail has its styles within. It loads nothing, runs nothing, sends nothing, and is in nobody's frame."""
DONE = ("tried", "again")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAttempt:
    """An attempt as it is shown."""

    number: int
    at: datetime
    is_taken: bool
    status: str
    took: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDelivery:
    """A delivery as it is shown in the log."""

    row: LoggedDelivery
    state: str
    """owed, failing, waiting (for the one it goes to), delivered or refused."""
    level: str
    since: datetime
    outcome: str
    attempts: Sequence[ShownAttempt]
    """The latest first."""
    slots: Sequence[Slot]


def deliveries_page(site: Site, asked: Asked) -> Response:
    """Which deliveries are owed, fail, were taken or refused."""
    which = _list_of(asked.query.get("state", ""))
    wanted = one_line(asked.query.get("q", ""))
    if len(wanted) > LONGEST_SEARCH:
        raise ConfigurationInvalid("search for a trial, an address, a subscription or a delivery, in fewer words")
    if wanted and (found := _delivery_meant(wanted, site)):
        return site.see_other(f"/deliveries/{found}")
    log, nobody = _log_of(site, asked, which, wanted)
    values = {
        "which": which.value,
        "wanted": wanted,
        "nobody": nobody,
        "rows": [shown(row, log.attempts.get(row.delivery.id, ())) for row in log.rows],
        "damaged": log.damaged,
        "counts": {key.value: count for key, count in log.counts.items()},
        "tabs": [(each.value, _address(each, wanted)) for each in DeliveryList],
        "next": _address(which, wanted, place_cursor(log.next)) if log.next else "",
        "is_first": not asked.query.get("before"),
        "done": _done(asked),
    }
    return site.page(asked, "operating/deliveries", values)


def delivery_page(site: Site, asked: Asked) -> Response:
    """One delivery: what it tells, to whom and why, each attempt, and what is sent."""
    whole = one_delivery(asked.params["delivery_id"], site.store)
    delivery, subscription = whole.row.delivery, whole.row.subscription
    told = in_words(subscription.filters) if subscription else ""
    values = {
        "whole": whole,
        "each": shown(whole.row, whole.attempts, whole_answers=True),
        "sent": _sent(whole.body, whole.row),
        "asks_for": told,
        "about": one_line(whole.about),
        "event": delivery.cause.id if isinstance(delivery.cause, EventCause) else "",
        "snapshot": delivery.cause.id.rpartition("/")[2],
        "notice": without_addresses(plain(whole.notice.text)) if whole.notice else "",
        "reports": [(each, without_addresses(one_line(each.diagnostic))) for each in whole.reports],
        "is_owed": delivery.standing is DeliveryState.OWED,
        "is_ended": subscription is None or subscription.state is SubscriptionState.ENDED,
        "done": _done(asked),
    }
    return site.page(asked, "operating/delivery", values)


def mail_page(site: Site, asked: Asked) -> Response:
    """The HTML part of a mail, alone, in a document that can do nothing."""
    whole = one_delivery(asked.params["delivery_id"], site.store)
    sent = _sent(whole.body, whole.row)
    if sent is None or not sent.html:
        raise NothingFound("this delivery has no HTML")
    headers = {**SAFETY, "Content-Security-Policy": A_MAIL_ALONE, "Referrer-Policy": "no-referrer"}
    return HTMLResponse(sent.html, headers=headers)


def try_delivery(site: Site, asked: Asked) -> Response:
    """Make its next attempt due now."""
    delivery = try_now(asked.params["delivery_id"], site.store, now=asked.now)
    site.committed()
    return site.see_other(f"/deliveries/{delivery.id}?done=tried")


def replay_delivery(site: Site, asked: Asked) -> Response:
    """Owe it again, with all attempts still ahead."""
    delivery = send_again(asked.params["delivery_id"], site.store, now=asked.now)
    site.committed()
    return site.see_other(f"/deliveries/{delivery.id}?done=again")


def shown(row: LoggedDelivery, attempts: Sequence[Attempt], *, whole_answers: bool = False) -> ShownDelivery:
    """A row with its attempts as a page shows them; with *whole_answers*, all that was kept of what receivers said."""
    delivery, subscription = row.delivery, row.subscription
    channel = CHANNELS.get(subscription.endpoint.channel) if subscription else None
    return ShownDelivery(
        row=row,
        state=_state(row),
        level=level(row.told.significance) if row.told.significance is not None else "",
        since=delivery.finished_at or delivery.owed_at,
        outcome=_said(delivery.outcome or ""),
        attempts=[_attempt(each, row, whole_answers=whole_answers) for each in reversed(attempts)],
        slots=slots(delivery, attempts, channel.retries if channel else STANDARD),
    )


def _state(row: LoggedDelivery) -> str:
    delivery, subscription = row.delivery, row.subscription
    if delivery.standing is not DeliveryState.OWED:
        return "delivered" if delivery.standing is DeliveryState.DELIVERED else "refused"
    if subscription and (subscription.state is SubscriptionState.PAUSED or subscription.endpoint.disabled_at):
        return "waiting"
    return "failing" if delivery.outcome else "owed"


def _attempt(attempt: Attempt, row: LoggedDelivery, *, whole_answers: bool) -> ShownAttempt:
    said = without_addresses(without_tokens(plain(attempt.answer.decode(errors="replace"))))
    is_last_of_taken = row.delivery.finished_at is not None and attempt.at <= row.delivery.finished_at
    taken = row.delivery.standing is DeliveryState.DELIVERED and is_last_of_taken
    return ShownAttempt(
        number=attempt.number,
        at=attempt.at,
        is_taken=taken and attempt.outcome == row.delivery.outcome,
        status=str(attempt.status) if attempt.status is not None else _said(attempt.outcome)[:80],
        took=_took(attempt.seconds),
        said=(said if whole_answers else one_line(said)[:IN_A_ROW]) or _said(attempt.outcome),
    )


def _said(outcome: str) -> str:
    return without_addresses(without_tokens(one_line(outcome)))


def _took(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"


def _sent(body: bytes | None, row: LoggedDelivery) -> SentBody | None:
    return as_shown(body, row.subscription.endpoint) if body is not None and row.subscription else None


def _address(which: DeliveryList, wanted: str, before: str = "") -> str:
    """The path and query of a page of the log."""
    asked = {"state": "" if which is DeliveryList.ALL else which.value, "q": wanted, "before": before}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/deliveries?{query}" if query else "/deliveries"


def _list_of(text: str) -> DeliveryList:
    try:
        return DeliveryList(text or DeliveryList.ALL)
    except ValueError:
        known = ", ".join(DeliveryList)
        raise ConfigurationInvalid(f"there is no state “{one_line(text[:40])}”: give one of {known}") from None


def _log_of(site: Site, asked: Asked, which: DeliveryList, wanted: str) -> tuple[DeliveryLog, str]:
    """The page of the log, and why it is empty where what is searched for is not there."""
    place = place_of(asked.place("before"))
    trial: tuple[str, str] | None = None
    if wanted:
        try:
            registry, trial_id = site.identify(wanted)
            trial = registry.key, trial_id
        except TrialIdInvalid:
            pass
    query = LogQuery(which=which, trial=trial, to=None if trial else wanted or None, before=place, limit=SHOWN)
    try:
        return delivery_log(query, site.store), ""
    except NothingFound as error:
        others = delivery_log(replace(query, to=None, limit=1), site.store)
        return replace(others, rows=(), damaged={}, next=None), sentence(without_commands(str(error)))


def _delivery_meant(wanted: str, site: Site) -> str:
    """The id of the delivery that a search means by the beginning of it; empty where it means none."""
    return find_delivery(wanted, site.store) if len(wanted) >= SHORTEST_ID else ""


def _done(asked: Asked) -> str:
    done = asked.query.get("done", "")
    return done if done in DONE else ""


PAGES = (
    Page("/deliveries", deliveries_page, Needs.OPERATE),
    Page("/deliveries/{delivery_id}", delivery_page, Needs.OPERATE),
    Page("/deliveries/{delivery_id}/mail", mail_page, Needs.OPERATE),
    Page("/deliveries/{delivery_id}/try", try_delivery, Needs.OPERATE, methods=("POST",)),
    Page("/deliveries/{delivery_id}/replay", replay_delivery, Needs.OPERATE, methods=("POST",)),
)
