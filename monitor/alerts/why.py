"""Why somebody was told of a change, or was not: every event of a trial, beside every subscription of an address."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from monitor.alerts.adding_up import NO_PAST, Past
from monitor.alerts.denied import denied_of
from monitor.alerts.matching import matching
from monitor.alerts.past import pasts_of
from monitor.alerts.subscribe import SubscribeContext, forms_shown
from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Delivery, DeliveryState, Event, Settlement, Subscription, SubscriptionState
from monitor.storage import (
    bounces,
    deliveries,
    events,
    gathered,
    settlements,
    siblings,
    silence,
    subscriptions,
    trials,
    watches,
)
from monitor.storage.gathered import Gathered, Pair
from monitor.storage.settlements import Settled
from monitor.text import stamp


def explained(registry: str, trial_id: str, address: str, context: SubscribeContext) -> list[str]:
    """The explanations for everything that was seen of a trial. NothingFound where nobody has that address."""
    forms = forms_shown(address, context)
    with context.store.read() as tx:
        damaged: dict[int, StoreCorrupt] = {}
        told = events.of_trial(tx, registry, trial_id, damaged=damaged)
        theirs = subscriptions.listing(tx, at=[address, *forms])
        watching = {watch.id for watch in watches.holding(tx, registry, trial_id)}
        owed = [delivery for event in told for delivery in deliveries.of_event(tx, event.id)]
        in_digests = _in_digests(tx, told, theirs)
        came_back = bounces.latest(tx, [delivery.id for delivery in owed])
        unsettled = settlements.known(tx, [event.id for event in told])
        named = {(registry, trial_id), *siblings.roots(tx, registry, [trial_id]).get(trial_id, {}).values()}
        pasts = pasts_of(tx, told)
        is_watched = silence.is_watched(tx, registry, trial_id)
        is_known = bool(trials.known(tx, registry, [trial_id]))
        denied = denied_of(tx, registry, trial_id)
    if not theirs:
        where = forms[0] if forms else "that address"  # as it is given, it may hold a secret
        raise NothingFound(f"nobody is subscribed at {where}; `monitor subscriptions list` shows who is")
    not_seen = f"{trial_id} is not watched, so no change of it is seen: `monitor watch add {trial_id}`"
    unwatched = [] if is_watched else [not_seen]
    if not told and not damaged:
        if not is_known and denied:
            return [f"{trial_id}: {denied}; check the number", *unwatched]
        if not is_known:
            return unwatched or [f"{trial_id} has not been checked yet: `monitor check` takes its baseline."]
        unchanged = f"Nothing has changed in {trial_id} since it was first checked, so there was nothing to tell."
        return [unchanged, *unwatched]
    covered = [
        (each, each.everything or not named.isdisjoint(each.trials) or not watching.isdisjoint(each.watches))
        for each in theirs
    ]
    lines = explanations(told, covered, owed, unsettled, pasts, in_digests, came_back)
    return [*map(str, damaged.values()), *lines, *unwatched]


def _in_digests(tx: Connection, events: Sequence[Event], subscriptions: Sequence[Subscription]) -> dict[Pair, str]:
    """How those of the events stand that these subscriptions tell in digests."""
    ids = [subscription.id for subscription in subscriptions]
    found = gathered.of_events(tx, [event.id for event in events], ids)
    told = deliveries.known(tx, {each.delivery_id for each in found.values() if each.delivery_id})
    return {pair: _in_digest(each, told) for pair, each in found.items()}


def _in_digest(each: Gathered, told: Mapping[str, Delivery]) -> str:
    if each.delivery_id is None:
        due = f" that is due at {each.due_at:%Y-%m-%d %H:%M} UTC" if each.due_at else ""
        return f"gathered for the digest{due}"
    delivery = told[each.delivery_id]
    of = delivery.cause.id.removeprefix("digest/")
    of = f"{stamp(of)} UTC" if "T" in of else of
    return f"in the digest of {of}, which is {delivery.id[:8]}: {_fate(delivery)}"


def explanations(
    events: Sequence[Event],
    subscriptions: Sequence[tuple[Subscription, bool]],
    deliveries: Sequence[Delivery],
    unsettled: Mapping[str, Settled],
    pasts: Mapping[str, Past],
    in_digests: Mapping[Pair, str],
    came_back: Mapping[str, str],
) -> Iterator[str]:
    """A line for each event and subscription. Of a subscription, *covers* says whether the trial is in it now.

    *pasts* has what went before each event, *in_digests* how those stand that digests tell, *came_back* what was
    reported of a delivery afterwards, by its id.
    """
    owed = {(delivery.cause.id, delivery.subscription_id): delivery for delivery in deliveries}
    for event in events:
        past = pasts.get(event.id, NO_PAST)
        yield f"{event.occurred_at:%Y-%m-%d %H:%M} UTC, snapshot {event.snapshot}: {event.changes[0].summary}"
        for subscription, covers in subscriptions:
            delivery = owed.get((event.id, subscription.id))
            if delivery:
                later = f"; {came_back[delivery.id]}" if delivery.id in came_back else ""
                words = f"{_fate(delivery)}{later}{_part_of(event, subscription, past)}"
            elif (subscription.id, event.id) in in_digests:
                words = f"{in_digests[subscription.id, event.id]}{_part_of(event, subscription, past)}"
            elif event.id in unsettled:
                words = _unsettled(unsettled[event.id])
            else:
                words = _not_owed(event, subscription, past, covers=covers)
            yield f"  subscription {subscription.called}: {words}"


def _part_of(event: Event, subscription: Subscription, past: Past) -> str:
    """What of an event was told because it adds up, and what was not part of what was sent, and why; empty for none."""
    match = matching(event.changes, subscription, past)
    if not match.passes:
        return "; it was owed before its filters changed"
    added = [change.summary.rstrip(".") for change in match.changes if change.adds_up]
    refused: dict[str, dict[str, None]] = {}
    for change, reason in match.reasons:
        refused.setdefault(reason, {})[change.kind] = None
    reasons = [f"{', '.join(kinds)}: {reason}" for reason, kinds in refused.items()]
    return "".join(
        f"; {what} {'; '.join(those)}"
        for what, those in (("because small changes add up:", added), ("without", reasons))
        if those
    )


def _fate(delivery: Delivery) -> str:
    """How a delivery that was owed stands."""
    tries = "the first try" if delivery.attempts == 1 else f"{delivery.attempts} tries"
    if delivery.standing is DeliveryState.DELIVERED:
        return f"sent, and taken at {delivery.finished_at:%Y-%m-%d %H:%M} UTC after {tries}"
    if delivery.standing is DeliveryState.REJECTED:
        return f"not taken, and given up after {tries}: {delivery.outcome}"
    last = f"; the last try: {delivery.outcome}" if delivery.outcome else ""
    return f"owed; the next try is due at {delivery.next_attempt_at:%Y-%m-%d %H:%M} UTC{last}"


def _unsettled(settled: Settled) -> str:
    """Why nobody was told, or is told yet."""
    match settled.settlement:
        case Settlement.PENDING:
            return "not sent yet: it waits for the end of its pass, or for what may revert it"
        case Settlement.HELD:
            return f"held back with many like it: `monitor held show {settled.hold_id}` has them, and what you can do"
        case Settlement.WAITING:
            return (
                f"not sent yet: an earlier change of this trial is held back, and goes first: "
                f"`monitor held show {settled.hold_id}` has it, and what you can do"
            )
        case Settlement.TELLING:
            return "not sent yet: it is being told to so many that it takes a while"
        case Settlement.DISCARDED if settled.hold_id is None:
            return "not sent: it came with a file that was imported without --alert"
        case Settlement.DISCARDED:
            at = f"{settled.settled_at:%Y-%m-%d %H:%M} UTC"
            return f"not sent: discarded with many like it, as hold {settled.hold_id}, at {at}"
        case Settlement.FOLDED:
            return "not sent: it was reverted before its settle window was over"


def _not_owed(event: Event, subscription: Subscription, past: Past, *, covers: bool) -> str:
    """Why nothing was owed."""
    if subscription.created_at > event.occurred_at:
        return f"not sent: it was made later, at {subscription.created_at:%Y-%m-%d %H:%M} UTC"
    if not covers and subscription.state == SubscriptionState.ENDED:
        return "not sent: it has ended"
    if not covers:
        return "not sent: it is not about this trial, or not any more"
    match = matching(event.changes, subscription, past)
    if not match.passes:
        return "not sent: " + "; ".join(dict.fromkeys(reason for _, reason in match.reasons))
    return f"not sent: {_not_heard(event, subscription)}"


def _not_heard(event: Event, subscription: Subscription) -> str:
    """Why a subscription owed nothing that it asks for, as far as is known of what it was then."""
    is_told_later = not subscription.rhythm.is_immediate
    if subscription.state is SubscriptionState.ENDED:
        ended_at = subscription.ended_at
        before = f"ended at {ended_at:%Y-%m-%d %H:%M} UTC" if ended_at else "has ended"
        if is_told_later and (ended_at is None or ended_at >= event.occurred_at):
            return f"it {before}, before the digest that was to tell this"
        return f"it {before}"
    if subscription.state is SubscriptionState.ACTIVE:
        return "it was not active at that moment" + (", or ended before its next digest" if is_told_later else "")
    return f"it was {subscription.state} at that moment"
