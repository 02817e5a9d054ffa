"""What somebody may do. Pure."""

from enum import StrEnum


class Permission(StrEnum):
    """A right of a person, a session or a token."""

    READ = "read"
    """What is known of trials and what changed."""
    SUBSCRIBE = "subscribe"
    """Make, change and end subscriptions."""
    OPERATE = "operate"
    """See and decide what the operator does: deliveries, what is held, watches."""
