"""What became of events that were held back, and who decided it, in words. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.storage.held_events import HeldEvent
    from monitor.storage.holds import Hold

NOT_NOTED = "which events it held was not noted when it was decided"
_WORDS: Mapping[str, str] = {
    "held": "held",
    "waiting": "released, and not told yet",
    "told": "told to everyone who asks for it",
    "discarded": "discarded",
    "folded": "reverted soon after, and told to nobody",
    "given up": "damaged, and told to nobody",
}


def became_words(became: str) -> str:
    """What became of an event; what is counted by that says the same."""
    return _WORDS[became]


def of_event(held: "HeldEvent") -> str:
    """The same of one event, with the hold that it waits for."""
    return f"waits for hold {held.behind}" if held.behind is not None else became_words(held.became)


def decided_by(hold: "Hold") -> str:
    """Such as “by ada”; empty where it is not decided."""
    if hold.decision is None:
        return ""
    return f"by {hold.decided_by}" if hold.decided_by else "at the command line"
