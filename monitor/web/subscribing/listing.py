"""Who is subscribed, and one subscription: what it tells, what it was sent, and what whoever may subscribe does to it.

Addresses are masked for everybody. The same permission changes subscriptions here, in the API and for agents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response

from monitor.alerts.editing import edit
from monitor.alerts.ending import end
from monitor.alerts.resuming import missed_so_far, resume
from monitor.alerts.subscribe import SubscriptionScope, set_state
from monitor.errors import ConfigurationInvalid, MonitorError, StoreError
from monitor.language.texts import texts_of
from monitor.model import Subscription, SubscriptionState
from monitor.model.access import Permission
from monitor.model.language import ENGLISH
from monitor.render.rhythms import rhythm_words
from monitor.storage.places import Place
from monitor.text import counted, one_line, sentence, without_commands
from monitor.views.addresses import receiver, shown, without_addresses
from monitor.views.cursors import place_cursor, place_of
from monitor.views.delivery_log import LoggedDelivery, LogQuery, delivery_log
from monitor.views.filter_words import in_words
from monitor.views.subscriptions import (
    ALIVE,
    SubscriptionDetails,
    SubscriptionsPage,
    subscription_details,
    subscriptions_page,
)
from monitor.web.site.asked import Asked
from monitor.web.site.forms import Form, FormRefused, one
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site
from monitor.web.subscribing.changing import edited_by, filled_again
from monitor.web.subscribing.choosing import choices
from monitor.web.subscribing.choosing import shown as fields_shown
from monitor.web.subscribing.command import subscribe_command
from monitor.web.subscribing.ideas import fields_of_rule, query_of
from monitor.web.subscribing.previewing import looked_for
from monitor.web.subscribing.sampling import send_sample_of

SHOWN = 50
LATEST = 10
"""Deliveries of one subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A subscription as it is listed."""

    id: str
    called: str
    receiver: str
    about: str
    told: str
    rhythm: str
    state: str
    sign: str
    """The class of its mark: ok, off, wait or bad."""
    trouble: str
    """Why it hears of nothing though it has not ended; empty where it does, or is paused."""
    silent: str
    taken: int


def subscriptions(site: Site, asked: Asked) -> Response:
    """The list, the newest first."""
    wanted = asked.query.get("state", "")
    if wanted and wanted not in [*SubscriptionState]:
        known = ", ".join(SubscriptionState)
        raise ConfigurationInvalid(f"“{one_line(wanted[:40])}” is not a state of a subscription: choose one of {known}")
    states = (SubscriptionState(wanted),) if wanted else ALIVE
    place = place_of(asked.place("before"))
    before = (place.at, place.id) if place else None
    page = subscriptions_page(site.store, now=asked.now, states=states, before=before, limit=SHOWN)
    more = {"state": wanted, "before": place_cursor(Place(*page.next))} if page.next else {}
    values = {
        "rows": [_row(each, page, asked.language) for each in page.subscriptions],
        "counts": {str(each): page.counts.get(each, 0) for each in SubscriptionState},
        "which": wanted,
        "is_first": place is None,
        "next": f"/subscriptions?{urlencode({name: text for name, text in more.items() if text})}" if more else "",
        "may_subscribe": asked.may(Permission.SUBSCRIBE),
    }
    return site.page(asked, "subscribing/list", values)


def subscription(site: Site, asked: Asked) -> Response:
    """One subscription, and what whoever may subscribe does to it."""
    details = subscription_details(one_line(asked.params["subscription_id"]), site.store, now=asked.now)
    if asked.method != "POST":
        return _page(site, asked, details)
    if not asked.may(Permission.SUBSCRIBE):
        raise FormRefused(403, "Your role is to read: an operator can give you the one that changes subscriptions.")
    try:
        done = _done(details.subscription, asked.form, site)
    except StoreError:
        raise
    except MonitorError as error:
        words = without_addresses(one_line(str(error)))
        filled = filled_again(asked.form) if one(asked.form, "do") == "save" else None
        return _page(site, asked, details, filled, error=sentence(without_commands(words)))
    site.committed()
    return site.see_other(f"/subscriptions/{details.subscription.id}?{urlencode(done)}")


def _done(subscription: Subscription, form: Form, site: Site) -> dict[str, str]:
    """Do what a button says, and give what the page says of it then."""
    context, key = site.subscribing, subscription.id
    match one(form, "do"):
        case "save":
            edit(subscription.team or key, partial(edited_by, form), context)
            return {"done": "saved"}
        case "pause":
            set_state(key, SubscriptionState.PAUSED, context)
            return {"done": "paused"}
        case "resume":
            resume(key, context)
            return {"done": "resumed"}
        case "catch up":
            return {"done": "told", "count": str(resume(key, context, catch_up=True).missed)}
        case "end":
            if one(form, "sure") != "yes":
                raise ConfigurationInvalid("say that it is to be told no more")
            ended = end(key, context)
            return {"done": "ended", "count": str(ended.dropped + ended.unsent)}
        case "test":
            send_sample_of(site, key)
            return {"done": "tested"}
    raise ConfigurationInvalid("use one of the buttons of this page")


def _said(asked: Asked) -> str:
    """What was done, in words."""
    _ = texts_of(asked.language).gettext
    count = asked.query.get("count", "")[:9]
    number = int(count) if count.isascii() and count.isdecimal() else 0
    words = {
        "made": _("Subscribed. It counts from the next change on."),
        "watched": _(
            "Subscribed. Trials that nobody watched before are watched from now on: the next look takes their baseline,"
            " of which nobody is told."
        ),
        "beside": _("Subscribed. Another subscription tells the same address of the same, at other times."),
        "saved": _("Saved. It counts from the next change on."),
        "paused": _("Paused. What was owed waits, and nothing new is told."),
        "resumed": _("It goes on."),
        "tested": _("A sample was sent, and taken. It says that it is one."),
        "told": _("It goes on. What was missed comes as one message.")
        if number
        else _("It goes on. Nothing was missed."),
        "ended": _("It has ended.") + (f" {counted(number, 'message')} " + _("dropped") + "." if number else ""),
    }
    return words.get(asked.query.get("done", ""), "")


def _page(
    site: Site,
    asked: Asked,
    details: SubscriptionDetails,
    filled: Mapping[str, object] | None = None,
    *,
    error: str = "",
) -> Response:
    found = details.subscription
    may_change = asked.may(Permission.SUBSCRIBE)
    values = {
        **choices(),
        **fields_shown(found.filters, found.rhythm),
        "row": _one(details, asked.language),
        "log": _log(found, site),
        "may_change": may_change,
        "may_operate": asked.may(Permission.OPERATE),
        "is_fixed": found.is_configured,
        "origin": found.origin,
        "team": found.team or "",
        "may_come": found.everything or found.is_about_watches,
        "note": found.note or "",
        "made_on": found.created_at.date(),
        "since": _since(found),
        "missed": _missed(found, site) if may_change else 0,
        "command": _command(found, site, tells_note=may_change),
        "query": _query(found),
        "done": _said(asked),
        "error": error,
        **(filled or {}),
    }
    return site.page(asked, "subscribing/one", values, status=400 if error else 200)


def _since(found: Subscription) -> object:
    at = found.paused_at if found.state is SubscriptionState.PAUSED else found.ended_at
    return at.date() if at else None


def _missed(found: Subscription, site: Site) -> int:
    return missed_so_far(found.id, site.subscribing) if found.state is SubscriptionState.PAUSED else 0


def _log(found: Subscription, site: Site) -> list[LoggedDelivery]:
    rows = delivery_log(LogQuery(to=found.id, limit=LATEST), site.store).rows
    return [replace(each, told=replace(each.told, words=without_addresses(each.told.words))) for each in rows]


def _row(each: Subscription, page: SubscriptionsPage, language: str) -> Row:
    return row_of(
        each,
        about=page.about[each.id],
        came_back=page.came_back.get(each.id, ""),
        silent=page.silent.get(each.id, ""),
        taken=page.taken.get(each.id, 0),
        language=language,
    )


def _one(details: SubscriptionDetails, language: str) -> Row:
    return row_of(
        details.subscription,
        about=details.about,
        came_back=details.came_back,
        silent=details.silent,
        taken=details.taken,
        language=language,
    )


def row_of(each: Subscription, *, about: str, came_back: str, silent: str, taken: int, language: str) -> Row:
    """A subscription as it is listed; *came_back* and *silent* as `monitor.views.subscriptions` has them."""
    texts = texts_of(language)
    _ = texts.gettext
    is_ended = each.state is SubscriptionState.ENDED
    failed = _("nothing was taken there for days, so nothing is sent") if each.endpoint.disabled_at else ""
    failing = _("what is sent there is not taken at the moment") if each.endpoint.failing_since else ""
    trouble = "" if is_ended else without_addresses(one_line(came_back)) or failed or failing
    signs = {SubscriptionState.ACTIVE: "ok", SubscriptionState.PENDING: "wait"}
    return Row(
        id=each.id,
        called=_called(each),
        receiver=receiver(each.endpoint),
        about=one_line(about),
        told="" if each.origin == "operator" else in_words(each.filters, texts),
        rhythm=rhythm_words(each.rhythm, texts),
        state=str(each.state),
        sign="bad" if trouble else signs.get(each.state, "off"),
        trouble=trouble,
        silent=silent,
        taken=taken,
    )


def _called(each: Subscription) -> str:
    """Its team or name, in which no address is told; the beginning of its id where it has none."""
    if each.team:
        return one_line(each.team)
    called = one_line(each.called)
    return without_addresses(called.replace(one_line(each.endpoint.shown), shown(each.endpoint)))


def _scope(found: Subscription) -> SubscriptionScope:
    return SubscriptionScope(
        trials=found.trials,
        watch_id=found.watch_id,
        group=found.group.name if found.group else None,
        everything=found.everything,
    )


def _command(found: Subscription, site: Site, *, tells_note: bool) -> str:
    scope = _scope(found)
    if scope == SubscriptionScope():
        return ""
    search = looked_for(scope, site)
    channel = str(found.endpoint.channel)
    beside = {"name": _called(found) if found.name else None, "note": found.note if tells_note else None}
    if found.language != ENGLISH:
        beside["language"] = str(found.language)
    return subscribe_command(channel, "", scope, found.filters, found.rhythm, search=search, beside=beside)


def _query(found: Subscription) -> str:
    """The address of the builder that shows the same rule, behind the question mark."""
    about: Form = {"about": ["all"]}
    if found.group is not None:
        about = {"about": ["group"], "group": [found.group.name]}
    elif found.watch_id is not None:
        about = {"about": ["watch"], "watch": [str(found.watch_id)]}
    elif found.trials:
        about = {"about": ["trial"], "trial": [" ".join(sorted(trial_id for _, trial_id in found.trials))]}
    return query_of({**about, **fields_of_rule(found.filters, found.rhythm)})


PAGES = (
    Page("/subscriptions", subscriptions, Needs.READ),
    Page("/subscriptions/{subscription_id}", subscription, Needs.READ, methods=("GET", "POST")),
)
