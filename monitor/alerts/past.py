"""What went before an event in its trial, as `adding_up` asks for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from sqlalchemy import Connection

from monitor.alerts.adding_up import NO_PAST, Move, Past, past_of, unit_of, wants_past
from monitor.alerts.matching import Match, matching
from monitor.model import Change, Event, Interest
from monitor.storage import seen
from monitor.storage.seen import Seen


def pasts_of(tx: Connection, events: Sequence[Event]) -> dict[str, Past]:
    """The moves that were told before each of these events, by its id. Damaged events are passed over."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        wanted[event.registry].add(event.trial_id)
    moves: defaultdict[tuple[str, str], list[tuple[int, Move]]] = defaultdict(list)
    for registry, trial_ids in wanted.items():
        for each in seen.of_trials(tx, registry, sorted(trial_ids)):
            moves[registry, each.trial_id] += ((each.snapshot, move) for move in moves_in(each))
    return {event.id: _before(event, moves[event.registry, event.trial_id]) for event in events}


def matches_of(tx: Connection, pairs: Iterable[tuple[Event, Interest]]) -> dict[tuple[str, Interest], Match]:
    """What each of these interests makes of its event, by the event's id and itself: thousands may share a few."""
    decided: dict[tuple[str, Interest], Event] = {(event.id, asked): event for event, asked in pairs}
    wanting = {event.id: event for (_, asked), event in decided.items() if wants_past(event.changes, asked)}
    pasts = pasts_of(tx, list(wanting.values()))
    return {
        (event.id, asked): matching(event.changes, asked, pasts.get(event.id, NO_PAST))
        for (_, asked), event in decided.items()
    }


def _before(event: Event, moves: Iterable[tuple[int, Move]]) -> Past:
    return past_of(move for snapshot, move in moves if snapshot < event.snapshot)


def moves_in(each: Seen) -> Iterator[Move]:
    """What of an event adds up with what came before and comes after."""
    for stored in each.changes:
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            if unit_of(stored["kind"]):
                yield Move(each.occurred_at, Change.from_json(stored))
