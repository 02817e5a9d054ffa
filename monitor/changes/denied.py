"""That a registry knows no trial of a number, in words for who asked to be told of it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from monitor.language.worded import Worded, worded


def denied_subject(registry: str, trial_id: str) -> Worded:
    """In one line."""
    return worded("{registry} knows no trial {trial}", registry=registry, trial=trial_id)


def denied_text(registry: str, trial_id: str, at: datetime) -> Sequence[Worded]:
    """A paragraph each; *at* is when the registry said so last."""
    time = f"{at:%H:%M}"
    return (
        worded(
            "You asked to be told of changes of {trial}. {registry} was asked for it, last on {day} at {time} UTC, and "
            "answered that it has no trial of this number.",
            trial=trial_id,
            registry=registry,
            day=at.date(),
            time=time,
        ),
        worded(
            "Check the number. If it is right, there is nothing to do: it is asked for again, and you are told once "
            "the trial is registered. This message is not repeated."
        ),
    )
