"""What `monitor subscribe` says of the trials that it is about. Pure."""

from collections.abc import Iterator, Sequence

from monitor.model import Checked, Result
from monitor.text import first_few

STOPPED_NAMED = 20


def said_of_stopped(trial_ids: Sequence[str]) -> str:
    """How many have stopped already, and which."""
    if not trial_ids:
        return "None of its trials has stopped so far."
    have = "trials has" if len(trial_ids) == 1 else "trials have"
    return f"{len(trial_ids):,} of its {have} stopped already: {first_few(trial_ids, STOPPED_NAMED)}."


def said_of_watching(watched: Sequence[str], looked_at: Sequence[Checked]) -> Iterator[str]:
    """What is said of trials that are watched from now on, and of the first look at them."""
    taken = [one for one in looked_at if one.result is Result.BASELINE]
    if watched:
        yield f"{first_few(watched)} {'is' if len(watched) == 1 else 'are'} watched from now on."
    for one in taken:
        yield f"Baseline taken of {one.trial_id}: {one.title or 'a trial without a title'}"
    for one in looked_at:
        if one.error:
            yield f"{one.trial_id} could not be looked at: {one.error}. The next check takes its baseline."
