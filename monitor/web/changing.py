"""A subscription's own page: what it shows, and what its form changes."""

from monitor.alerts import managing
from monitor.alerts.links import Links
from monitor.alerts.managing import Managed
from monitor.alerts.subscribe import SubscribeContext
from monitor.errors import ConfigurationInvalid
from monitor.model import SubscriptionState
from monitor.text import one_line
from monitor.web.asking import filters_of
from monitor.web.forms import Form, one

LONGEST_NOTE = 500


def managed_values(managed: Managed) -> dict[str, object]:
    """What the templates are given of a subscription."""
    subscription = managed.subscription
    filters = subscription.filters
    return {
        "about": managed.about,
        "address": masked(subscription.endpoint.shown),
        "note": subscription.note or "",
        "least": str(filters.min_significance),
        "topics": sorted(filters.topics),
        "more": sorted(filters.kinds) + [f"not {each}" for each in sorted(filters.without)],
        "is_paused": subscription.state is SubscriptionState.PAUSED,
        "is_ended": subscription.state is SubscriptionState.ENDED,
        "is_pending": subscription.state is SubscriptionState.PENDING,
        "is_fixed": managed.is_fixed,
        "can_return": managed.can_return,
        "sent": [(f"{each.at:%Y-%m-%d}", each.subject) for each in managed.sent],
    }


def changed(form: Form, token: str, links: Links, context: SubscribeContext) -> str:
    """Do what the button of a form says, and give what was done. ConfigurationInvalid where it cannot be."""
    match one(form, "do"):
        case "save":
            note = one_line(one(form, "note"))
            if len(note) > LONGEST_NOTE:
                raise ConfigurationInvalid(f"A note has at most {LONGEST_NOTE} characters.")
            managing.change(token, filters_of(form), note or None, links, context)
            return "Saved. It counts from the next change on."
        case "pause":
            managing.pause(token, links, context)
            return "Paused. What was owed waits, and nothing new is told until you go on."
        case "resume":
            managing.resume(token, links, context)
            return "It goes on."
        case "return":
            managing.come_back(token, links, context)
            return "It goes on. What was owed when you left is not sent any more."
    raise ConfigurationInvalid("Use one of the buttons of this page.")


def masked(address: str) -> str:
    """A mail address that its owner recognises, and nobody else."""
    local, at, domain = one_line(address).rpartition("@")
    return f"{local[:1]}…@{domain}" if at else "…"
