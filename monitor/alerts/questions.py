"""What a subscriber is asked of a subscription itself, and in what words. Pure.

What is asked of many in the same words is one notice, which is owed to all of them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.changes.denied import denied_subject, denied_text
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.language.worded import Worded, worded
from monitor.model import Notice, Subscription, SubscriptionState
from monitor.model.subscriber_notice import SubscriberNotice
from monitor.storage.denials import Denial
from monitor.storage.questions import YEAR, Question
from monitor.storage.trials import Trial
from monitor.text import one_line, safe_cut

LATE = timedelta(days=60)
"""A year's question that could not be asked for so long is left out: what was made before there were any, and what a
service that stood still has missed, is asked when its next year is over, and not all at once."""
APART = timedelta(days=30)
"""So long nobody is asked again, after a question or an answer."""
MOST_LISTED = 10
_LONGEST_TITLE = 120

TrialKey = tuple[str, str]
"""(registry, trial id)"""


def hears(subscription: Subscription) -> bool:
    """Whether its subscriber could be told anything now. Operators are never asked: the configuration names them."""
    is_reached = subscription.endpoint.disabled_at is None
    return subscription.state is SubscriptionState.ACTIVE and is_reached and subscription.origin != "operator"


def is_about_named_trials(subscription: Subscription) -> bool:
    """Whether it hears of the trials that it names, and of no other that may come."""
    return bool(subscription.trials) and not subscription.is_about_watches and not subscription.everything


def is_of_a_person(subscription: Subscription) -> bool:
    """Whether somebody asked for mails, who may have forgotten that. A file that asks for them is there to be read."""
    return subscription.endpoint.channel == "email" and not subscription.is_configured


def is_year_over(created_at: datetime, question: Question, now: datetime) -> bool:
    """Whether to ask now if a subscription is still useful: once for each year since it was made."""
    last = _last(question)
    return _is_waiting(created_at, last, now) and _is_quiet(last, now)


def look_again_at(created_at: datetime, question: Question, now: datetime) -> datetime:
    """When to look again at a subscription that was looked at just now."""
    last = _last(question)
    if last is not None and _is_waiting(created_at, last, now) and not _is_quiet(last, now):
        return last + APART
    return created_at + (max((now - created_at) // YEAR, 0) + 1) * YEAR


def _is_waiting(created_at: datetime, last: datetime | None, now: datetime) -> bool:
    """Whether a year is over, not too long ago, and nothing was asked or answered since."""
    year = (now - created_at) // YEAR
    turned_at = created_at + year * YEAR
    return year >= 1 and now - turned_at <= LATE and (last is None or last < turned_at)


def _is_quiet(last: datetime | None, now: datetime) -> bool:
    return last is None or now - last >= APART


def _last(question: Question) -> datetime | None:
    """When its subscriber was asked or answered last."""
    return max((at for at in (question.asked_at, question.answered_at) if at is not None), default=None)


def digest_of(trials: frozenset[TrialKey]) -> bytes:
    """What tells one set of trials from another."""
    return sha256("\n".join(f"{registry}/{trial_id}" for registry, trial_id in sorted(trials)).encode()).digest()


def nothing_more(ended: Mapping[TrialKey, Worded], texts: Texts = IN_ENGLISH, *, now: datetime) -> Notice:
    """Nothing more is expected of any of these trials, each of which has words for itself and how it ended.

    It is in the language of who is told: they are asked the same where they read the same.
    """
    ids = sorted(trial_id for _, trial_id in ended)
    lines = [f"{texts.said(ended[trial])}." for trial in sorted(ended)[:MOST_LISTED]]
    if more := len(ended) - len(lines):
        words = texts.ngettext(
            "And {count} more trial of this subscription.", "And {count} more trials of this subscription.", more
        )
        lines.append(words.format(count=texts.number(more)))
    lines.append(
        texts.ngettext(
            "Such records rarely change. If this one does, you will still be told. This reminder is not repeated.",
            "Such records rarely change. If one of them does, you will still be told. This reminder is not repeated.",
            len(ended),
        )
    )
    text = "\n".join(lines)
    of = texts.ngettext("{count} trial", "{count} trials", len(ids)).format(count=texts.number(len(ids)))
    named = texts.listed(ids, 3) if len(ids) < 3 else of
    subject = texts.gettext("Nothing more is expected of {trials}").format(trials=named)
    told = sha256("\n".join((subject, text)).encode()).hexdigest()
    return Notice(
        id=f"{SubscriberNotice.FINISHED}/{told[:32]}",
        kind=SubscriberNotice.FINISHED,
        registry=_registry(ended),
        occurred_at=now,
        subject=subject,
        text=text,
    )


def unknown_number(denial: Denial) -> Notice:
    """The registry knows no trial of a number: one notice for all who named it, whenever they did."""
    registry, trial_id = one_line(denial.registry), one_line(denial.trial_id)
    return Notice(
        id=f"{SubscriberNotice.DENIED}/{registry}/{trial_id}/{denial.first_at:%Y%m%dT%H%M%SZ}",
        kind=SubscriberNotice.DENIED,
        registry=denial.registry,
        occurred_at=denial.latest_at,
        subject=str(denied_subject(registry, trial_id)),
        text="\n".join(map(str, denied_text(registry, trial_id, denial.latest_at))),
    )


def ended_words(trial: Trial, how: Worded) -> Worded:
    """What to call a trial, and how it came to its end, in one line."""
    if not trial.title:
        return worded("{trial}: {how}", trial=one_line(trial.trial_id), how=how)
    title = safe_cut(one_line(trial.title), _LONGEST_TITLE)
    return worded("{trial} ({title}): {how}", trial=one_line(trial.trial_id), title=title, how=how)


def still_useful(*, now: datetime) -> Notice:
    """Whether a subscription is still useful: one notice a day for all who are asked."""
    return Notice(
        id=f"{SubscriberNotice.YEARLY}/{now:%Y-%m-%d}",
        kind=SubscriberNotice.YEARLY,
        occurred_at=now,
        subject=str(worded("Are these alerts still useful?")),
        text=str(worded("You are asked this once a year. If you do not answer, everything stays as it is.")),
    )


def _registry(trials: Iterable[TrialKey]) -> str:
    """The one registry that they are of; empty where they are of several."""
    registries = {registry for registry, _ in trials}
    return registries.pop() if len(registries) == 1 else ""
