"""Send what is owed, and keep trying.

    tell on, and compose digests  ->  claim  ->  render, once, and keep the bytes  ->  send  ->  record what came of it
              commit                commit                 commit                   network           commit

Nothing holds a transaction while it talks to somebody else's server. A process that dies anywhere leaves rows that are
still owed: a claim only moved their next attempt, so the next process sends them, with the same id and the same bytes.
The one thing that can happen twice is a delivery whose receiver took it just before we died.
"""

from collections.abc import Callable, Iterator
from functools import partial

from monitor.alerts.asking_again import AskingAgain, ask_again
from monitor.alerts.changeable import refuse_unless_wanted
from monitor.alerts.claims import attempt, claim
from monitor.alerts.composing import compose
from monitor.alerts.due import ATTEMPTS_KEPT
from monitor.alerts.outbox import DeliveryResult, Outbox
from monitor.alerts.outcomes import record
from monitor.alerts.prepare import pages_of, with_address
from monitor.alerts.queues import CLAIMED_AT_ONCE, Queues, Taken
from monitor.alerts.resuming import resume_those_over
from monitor.alerts.samples import sample
from monitor.alerts.sending import send_all
from monitor.alerts.settling import Settling, settle_abandoned
from monitor.alerts.telling import tell_some
from monitor.model import Message
from monitor.ports import Accepted
from monitor.storage import attempts, bounces, confirmations, settlements, subscriptions


def deliver(outbox: Outbox) -> Iterator[DeliveryResult]:
    """Send everything that is due, and say what came of each attempt as soon as it is recorded.

    A receiver never has more than THREADS_A_RECEIVER of the threads, so one that hangs slows nobody else. What a
    pass that died left pending is settled first, and attempts of long ago are forgotten. What goes wrong with that, or
    with claiming more, is raised at the end, when everything else is sent and recorded.
    """
    troubles = tidy(outbox)
    yield from send_all(Queues(outbox, partial(_due, outbox, troubles), troubles), lambda sent: record(sent, outbox))
    if troubles:
        raise troubles[0]


def _due(outbox: Outbox, troubles: list[Exception]) -> Taken:
    """Tell on, compose some of the digests that are due, and claim some of what is. What goes wrong keeps nothing."""
    is_told = _told_on(outbox, troubles)
    composed = 0
    try:
        composed = compose(outbox.context.store, now=outbox.clock())
    except Exception as error:
        troubles.append(error)
    claimed = claim(outbox, limit=CLAIMED_AT_ONCE)
    return Taken(claimed, may_be_more=is_told or bool(composed) or claimed.count >= CLAIMED_AT_ONCE)


def _told_on(outbox: Outbox, troubles: list[Exception]) -> bool:
    """Owe another batch of what concerns very many, unless something went wrong before; give whether there was any."""
    if troubles or outbox.stopping():
        return False
    try:
        return tell_some(outbox.context.store, now=outbox.clock())
    except Exception as error:  # whatever it is, what is owed is sent
        troubles.append(error)
        return False


def tidy(outbox: Outbox) -> list[Exception]:
    """Do what comes before sending, each part whatever becomes of the others, and give what went wrong with it.

    Settle what a pass that died left pending, forget attempts of long ago, ask who is to be asked, end pauses.
    """
    store, registries = outbox.context.store, outbox.context.registries
    troubles: list[Exception] = []

    def attempted(step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:  # whatever it is, what is owed is sent
            troubles.append(error)

    def settle_all() -> None:
        with store.read() as tx:
            pending = settlements.oldest_pending(tx, registries)
        for key, oldest in pending.items():
            settling = Settling(registry=registries[key], store=store, window=outbox.settle)
            attempted(partial(settle_abandoned, settling, oldest, now=outbox.clock()))

    def forget() -> None:
        now = outbox.clock()
        with store.begin() as tx:
            attempts.forget(tx, before=now - ATTEMPTS_KEPT)
            bounces.forget(tx, before=now - ATTEMPTS_KEPT)
            if confirmations.is_any_to_lapse(tx, now=now):
                confirmations.lapse(tx, now=now)

    def ask() -> None:
        can_answer = outbox.context.links is not None
        ask_again(AskingAgain(store=store, registries=registries, can_answer=can_answer), now=outbox.clock())

    def resume() -> None:
        resume_those_over(store, now=outbox.clock())

    attempted(settle_all)
    attempted(forget)
    attempted(ask)
    attempted(resume)
    return troubles


def deliver_one(delivery_id: str, outbox: Outbox) -> DeliveryResult | None:
    """Send one delivery if it is due, and record what came of it: the same steps, for a dispatcher that carries ids.

    None where it is not due, claimed by somebody else, finished or unknown, or waits for an earlier one of its trial:
    then nothing was done. Of two callers at once, one sends.
    """
    claimed = claim(outbox, limit=1, only=[delivery_id])
    sent = [result for each in claimed.ready if (result := attempt(each, outbox))]
    return next(iter([*claimed.postponed, *(record(sent, outbox) if sent else [])]), None)


def send_sample(subscription_id: str, outbox: Outbox) -> tuple[Message, Accepted]:
    """Send one message of no consequence now, outside the outbox, and give it.

    Raise DeliveryFailed if it is not taken, and ConfigurationInvalid where nothing may be sent any more, or yet.
    """
    now = outbox.clock()
    with outbox.context.store.read() as tx:
        known = subscriptions.get(tx, subscription_id)
        refuse_unless_wanted(known)
        subscription = with_address(tx, known, outbox.context, now=now)
        page = pages_of(tx, [subscription.id], outbox.context).get(subscription.id, "")
    message = sample(subscription, outbox.context, page=page, now=now)
    return message, outbox.transports[subscription.endpoint.channel].send(message, now=now)
