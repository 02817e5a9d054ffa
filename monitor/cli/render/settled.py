"""Why an event was not told, or not yet. Pure."""

from monitor.model import Settlement
from monitor.storage.settlements import Settled


def not_told(settled: Settled) -> str:
    """Why nobody was told, in a line."""
    match settled.settlement:
        case Settlement.PENDING:
            return "not told yet: it waits for the end of its pass, or for what may revert it"
        case Settlement.HELD:
            return f"not told: held back with many like it, see monitor held show {settled.hold_id}"
        case Settlement.WAITING:
            return f"not told yet: an earlier change is held back, see monitor held show {settled.hold_id}"
        case Settlement.TELLING:
            return "being told: to so many that it takes a while"
        case Settlement.DISCARDED if settled.hold_id is None:
            return "not told: it came with a file that was imported without --alert"
        case Settlement.DISCARDED:
            return "not told: discarded with many like it"
        case Settlement.FOLDED:
            return "not told: it was reverted within the settle window"
