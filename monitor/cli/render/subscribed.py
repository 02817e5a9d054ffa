"""What is said of a subscription: what it is about, and when it is new what was found on the way. Pure."""

from collections.abc import Iterator, Sequence

from monitor.model import Checked, Result, Subscription
from monitor.text import first_few, one_line

STOPPED_NAMED = 20


def about(subscription: Subscription) -> str:
    """What a subscription is about, in words."""
    if subscription.origin == "operator":
        return "trouble with this service"
    if subscription.everything:
        return "every trial that is checked"
    if subscription.is_about_watches:
        return f"the trials of {subscription.watch_called}"
    return first_few(sorted(trial_id for _, trial_id in subscription.trials))


def named(subscription: Subscription) -> str:
    """A subscription as a sentence names it, with whom it is for."""
    shown = one_line(subscription.endpoint.shown)
    return f"of {shown} in team “{subscription.team}”" if subscription.team else f"{subscription.called} to {shown}"


def said_of_stopped(trial_ids: Sequence[str]) -> str:
    """How many of them have already stopped, and which."""
    if not trial_ids:
        return "None of its trials has stopped so far."
    have = "trials has" if len(trial_ids) == 1 else "trials have"
    return f"{len(trial_ids):,} of its {have} stopped already: {first_few(trial_ids, STOPPED_NAMED)}."


def said_of_watching(watched: Sequence[str], looked_at: Sequence[Checked]) -> Iterator[str]:
    """The lines about trials that are watched from now on, and about their first check."""
    taken = [one for one in looked_at if one.result is Result.BASELINE]
    if watched:
        yield f"{first_few(watched)} {'is' if len(watched) == 1 else 'are'} watched from now on."
    for one in taken:
        yield f"Baseline taken of {one.trial_id}: {one.title or 'a trial without a title'}"
    for one in looked_at:
        if one.error:
            yield f"{one.trial_id} could not be looked at: {one.error}. The next check takes its baseline."
