"""What a subscriber, and not the operator, is told of a subscription itself. Pure."""

from enum import StrEnum


class SubscriberNotice(StrEnum):
    """The kinds of these notices."""

    CONFIRM = "subscription.confirm"
    """Whether they asked for it: nothing else is sent before they say so."""
    DENIED = "trial.denied"
    """The registry knows no trial of a number that it names."""
    FINISHED = "subscription.finished"
    """Nothing more is expected of the trials that it names."""
    YEARLY = "subscription.yearly"
    """Whether it is still useful."""
