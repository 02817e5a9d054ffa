"""What a rule that somebody thinks of would have sent, and what rules beside it would: for who makes up their mind.

It is tried on the last MONTHS, and on the latest MOST of its events at most. Nothing is made, and no registry is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.matching import matching
from monitor.changes.topics import Topic
from monitor.changes.watch_names import unnamed
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.model import Filters, Rhythm, Significance
from monitor.model.ids import event_id
from monitor.model.language import ENGLISH
from monitor.model.rhythm import Every
from monitor.ports import Registry
from monitor.render.headlines import gist
from monitor.storage import events
from monitor.storage.store import Store
from monitor.text import one_line, safe_cut
from monitor.views.backtest import Backtest, Instead, Sent, backtest
from monitor.views.rules import Rule
from monitor.views.spans import months_before
from monitor.views.tallying import Told

MONTHS = 24
MOST = 2000
"""Events."""
LATEST = 7
"""Messages that are shown."""
ROOM = 110
"""Characters of a headline."""
_SLOWER = {Every.IMMEDIATE: Every.DAILY, Every.DAILY: Every.WEEKLY, Every.WEEKLY: Every.MONTHLY}


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it would have arrived."""

    at: datetime
    significance: Significance | None
    """That of the most significant change; None of a digest that says that all is quiet."""
    trial_id: str
    """The trial of that change; empty where there is none."""
    headline: str
    is_in_english: bool
    """Whether the headline is so, whatever the reader's language: it was made of no stored event."""
    others: int
    """How many more trials it tells of."""
    is_coming: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A rule beside the one in question, and how many messages it would have been."""

    filters: Filters
    rhythm: Rhythm
    topic: str
    """The topic that it has besides; empty where it differs otherwise."""
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a rule would have sent."""

    tried: Backtest
    latest: Sequence[Mail]
    """The newest first, LATEST at most."""
    steps: Sequence[Step]
    """Other rules, those with the fewest messages first."""


def preview(
    rule: Rule,
    *,
    now: datetime,
    store: Store,
    registries: Sequence[Registry],
    most: int = MOST,
    texts: Texts = IN_ENGLISH,
) -> Preview:
    """Try a rule on the last MONTHS, and *most* events at most, with what is a step away from it."""
    beside = _beside(rule.subscription.filters, rule.subscription.rhythm)
    tried = backtest(
        rule,
        since=months_before(now, MONTHS),
        now=now,
        store=store,
        registries=registries,
        instead=beside,
        most=most,
    )
    with store.read() as tx:
        latest = [_mail(tx, each, rule, texts) for each in tried.sent[:LATEST]]
    return Preview(tried=tried, latest=latest, steps=_steps(tried, beside))


def _beside(filters: Filters, rhythm: Rhythm) -> Mapping[str, Instead]:
    """What is counted besides: one step slower, and with each of the topics that were left out."""
    found = {}
    if slower := _SLOWER.get(rhythm.every):
        found["slower"] = Instead(filters, replace(rhythm, every=slower, quiet_hours=None))
    if filters.topics:
        others = sorted({str(each) for each in Topic} - filters.topics)
        found |= {each: Instead(replace(filters, topics=filters.topics | {each}), rhythm) for each in others}
    return found


def _steps(tried: Backtest, beside: Mapping[str, Instead]) -> list[Step]:
    """One step looser, stricter and slower; and with the one topic that adds the fewest messages."""
    filters, rhythm = tried.rule.subscription.filters, tried.rule.subscription.rhythm
    steps = [
        Step(replace(filters, min_significance=each.min_significance), rhythm, "", each.messages)
        for each in (tried.stricter, tried.looser)
        if each
    ]
    if slower := beside.get("slower"):
        steps.append(Step(slower.filters, slower.rhythm, "", tried.instead["slower"]))
    adding = [(tried.instead[name], name) for name in beside if name != "slower"]
    if more := [each for each in adding if each[0] > len(tried.sent)]:
        count, name = min(more)
        steps.append(Step(beside[name].filters, rhythm, name, count))
    return sorted(steps, key=lambda each: each.messages)


def _mail(tx: Connection, sent: Sent, rule: Rule, texts: Texts) -> Mail:
    if not sent.told:
        return Mail(sent.at, None, "", "", is_in_english=False, others=0, is_coming=sent.is_coming)
    first = sent.told[0]
    headline = _headline(tx, first, rule, texts)
    return Mail(
        sent.at,
        first.significance,
        first.trial_id,
        headline or safe_cut(one_line(first.gist), ROOM),
        is_in_english=not headline and texts.language != ENGLISH,
        others=len({(each.registry, each.trial_id) for each in sent.told}) - 1,
        is_coming=sent.is_coming,
    )


def _headline(tx: Connection, told: Told, rule: Rule, texts: Texts) -> str:
    """As a mail's subject has it; empty where the change is of no stored event, or adds up."""
    if told.snapshot is not None:
        key = event_id(told.registry, told.trial_id, told.snapshot)
        event = events.known(tx, [key], damaged={}).get(key)
        passed = matching(unnamed(event.changes), rule.interest).changes if event else ()
        if passed and passed[0].significance is told.significance:
            return gist(passed, ROOM, texts)
    return ""
