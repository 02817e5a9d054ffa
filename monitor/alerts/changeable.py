"""Which subscriptions may not be changed, paused or ended here: ended ones, and what config.toml says. Pure."""

from monitor.errors import ConfigurationInvalid
from monitor.model import Subscription, SubscriptionState


def refuse_unless_editable(before: Subscription) -> None:
    """Raise ConfigurationInvalid for one that a file says all of."""
    if before.is_configured:
        raise ConfigurationInvalid(f"subscription {before.called} is written in config.toml: change it there")


def refuse_if_operators(subscription: Subscription) -> None:
    """Raise ConfigurationInvalid for the operator's own: without it nobody is told of trouble."""
    if subscription.origin == "operator" and subscription.state is not SubscriptionState.ENDED:
        raise ConfigurationInvalid(
            f"subscription {subscription.called} is written in config.toml: change [operator] there"
        )


def refuse_unless_wanted(subscription: Subscription) -> None:
    """Raise ConfigurationInvalid for one that has ended, or that the owner of its address is yet to confirm."""
    if subscription.state is SubscriptionState.ENDED:
        raise ConfigurationInvalid(f"subscription {subscription.called} has ended: `monitor subscribe` makes another")
    if subscription.state is SubscriptionState.PENDING:
        raise ConfigurationInvalid(
            f"subscription {subscription.called} waits until the owner of the address confirms it"
        )
