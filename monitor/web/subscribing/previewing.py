"""What a rule would have sent, as the templates are given it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import BoundedSemaphore

from monitor.alerts.denied import denied_among
from monitor.alerts.managing import Managed
from monitor.alerts.subscribe import Asked as AskedRule
from monitor.alerts.subscribe import SubscriptionScope
from monitor.errors import MonitorError, StoreCorrupt
from monitor.language.texts import texts_of
from monitor.language.worded import worded
from monitor.model import Search, Significance, SubscriptionState
from monitor.storage import searches
from monitor.views.backtest import Backtest, Sent
from monitor.views.backtest_words import mails, rate, time_kept, total
from monitor.views.previews import MONTHS, MOST, Preview, Step, preview
from monitor.views.rules import rule_of, rule_of_asked
from monitor.web.charts.strip import Strip, StripMonth, strip
from monitor.web.site.formats import month
from monitor.web.site.forms import Form, one
from monitor.web.site.site import Site
from monitor.web.subscribing.command import subscribe_command
from monitor.web.subscribing.ideas import query_of, query_with

MOST_OF_OWN = 500
"""Events that a rule is tried on where nobody asked for that."""
AT_ONCE, WAITS = 2, 3.0
"""So many rules are tried at a time, and others wait for so many seconds: to try one takes the processor."""
_trying = BoundedSemaphore(AT_ONCE)


class TooMany(MonitorError):
    """AT_ONCE rules are being tried already."""


@dataclass(frozen=True, slots=True)
class OtherRule:
    """A rule one step beside: where it is shown, and how many messages it would have been."""

    step: Step
    query: str
    is_slower: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A preview with all that its template needs besides."""

    preview: Preview
    strip: Strip
    fewer: Sequence[OtherRule]
    """Rules with fewer messages, those with the fewest first."""
    more: Sequence[OtherRule]
    critical: int
    """Messages with a critical change."""
    untold: int
    """Changes that are not told."""
    total: str
    """So many mails in so much time."""
    rate: Sequence[str]
    """How often they come, since when anything is kept, and when the next one comes: what there is of it."""
    unread: int
    """Trials that were never read, and that the next look may read."""
    denied: Sequence[tuple[str, str]]
    """Numbers that their registries do not know, and that in words."""
    command: str
    query: str
    """The address of this rule, behind the question mark."""


def shown_of(form: Form, asked: AskedRule, site: Site, *, now: datetime, language: str) -> Shown:
    """Try what a form asks for.

    ConfigurationInvalid or NothingFound where it is about nothing that there is, TooMany where others are tried.
    """
    rule, texts = rule_of_asked(asked, store=site.store, now=now), texts_of(language)
    if not _trying.acquire(timeout=WAITS):
        raise TooMany(worded("many rules are being tried at this moment: try again in a few seconds"))
    try:
        found = preview(rule, now=now, store=site.store, registries=site.registries, most=MOST, texts=texts)
    finally:
        _trying.release()
    tried = found.tried
    others = [_other(each, form, asked) for each in found.steps if each.messages != len(tried.sent)]
    untold = sum(tried.untold.values())
    with site.store.read() as tx:
        denied = [(trial_id, texts.said(words)) for trial_id, words in denied_among(tx, rule.unread).items()]
    return Shown(
        preview=found,
        strip=_strip(tried, language),
        fewer=[each for each in others if each.step.messages < len(tried.sent)],
        more=[each for each in others if each.step.messages > len(tried.sent)],
        critical=sum(_weight(each) is Significance.CRITICAL for each in tried.sent),
        untold=untold,
        total=total(tried, texts),
        rate=rate(tried, texts),
        unread=len(rule.unread) - len(denied),
        denied=denied,
        command=_command(form, asked, site),
        query=query_of(form),
    )


def less_of(managed: Managed, site: Site, *, now: datetime, language: str) -> tuple[str, int, int, str] | None:
    """The next stricter significance, how many mails that would have been, how many it was, and in which time."""
    subscription = managed.subscription
    if subscription.state not in (SubscriptionState.ACTIVE, SubscriptionState.PAUSED) or managed.is_fixed:
        return None
    try:
        rule = rule_of(subscription.id, site.store, looks_through=False)
        tried = preview(rule, now=now, store=site.store, registries=site.registries, most=MOST_OF_OWN).tried
    except StoreCorrupt:  # it can be left all the same
        return None
    if tried.stricter is None or tried.stricter.messages >= len(tried.sent):
        return None
    return (
        str(tried.stricter.min_significance),
        tried.stricter.messages,
        len(tried.sent),
        time_kept(tried, texts_of(language)),
    )


def _other(step: Step, form: Form, asked: AskedRule) -> OtherRule:
    return OtherRule(step, query_with(form, step.filters, step.rhythm), step.rhythm.every != asked.rhythm.every)


def _weight(sent: Sent) -> Significance | None:
    return max((each.significance for each in sent.told), default=None)


def _strip(tried: Backtest, language: str) -> Strip:
    sent: dict[str, list[Significance]] = {each: [] for each in tried.by_month}
    for each in tried.sent:
        weight = _weight(each)
        sent[f"{each.at:%Y-%m}"].append(Significance.ADMINISTRATIVE if weight is None else weight)
    months = [
        StripMonth(month(date.fromisoformat(f"{each}-01"), language), found, tried.untold_by_month[each])
        for each, found in sent.items()
    ]
    return strip(months[-MONTHS - 1 :], label=mails(tried, len(tried.sent), texts_of(language)))


def _command(form: Form, asked: AskedRule, site: Site) -> str:
    channel = one(form, "channel") or "email"
    search = looked_for(asked.scope, site)
    return subscribe_command(
        channel, one(form, "address")[:254], asked.scope, asked.filters, asked.rhythm, search=search
    )


def looked_for(scope: SubscriptionScope, site: Site) -> Search | None:
    """What its watch looks for, where it is about one that looks for something that can be read."""
    if scope.watch_id is None:
        return None
    try:
        with site.store.read() as tx:
            found = searches.get(tx, scope.watch_id)
    except StoreCorrupt:
        return None
    return found.search if found else None
