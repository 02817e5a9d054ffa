"""Subscribe people who ask for it themselves: nothing is sent before the owner of the address has confirmed it.

    asked for  ->  PENDING, and one mail with a token is owed  ->  confirmed: ACTIVE, and its trials are watched
    commit                 commit, through the outbox                    commit

Whoever asks learns nothing: an address that is known takes the same steps as one that is not. Not more than
A_DAY_FOR_AN_ADDRESS confirmations go to one address, and AN_HOUR_FOR_A_NETWORK are asked for from one network. What is
not confirmed WITHIN that time ends. Nothing here asks a registry: a stranger makes nobody wait.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256

from sqlalchemy import Connection

from monitor.alerts.notices import to_confirm
from monitor.alerts.scopes import about
from monitor.alerts.subscribe import Asked, SubscribeContext, drafted, new_endpoint, same, watched_too
from monitor.errors import NothingFound
from monitor.language.worded import worded
from monitor.model import Subscription, SubscriptionState
from monitor.storage import confirmations, endpoints, notices, subscriptions
from monitor.storage.confirmations import WITHIN, Confirmation
from monitor.storage.locks import lock_confirmations

CHANNEL = "email"
A_DAY_FOR_AN_ADDRESS = 3
AN_HOUR_FOR_A_NETWORK = 20
TOKEN_BYTES = 24
ORIGIN = "web"
"""What says that a subscription was asked for so."""
_NO_TOKEN = worded("this link was used before, or is older than 48 hours")


class Answer(Enum):
    """What whoever asks is told."""

    ASKED = "asked"
    """A mail was sent, or the address has had its share: which, only the owner of the address learns."""
    TOO_OFTEN = "too often"
    """The network has had its share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Asked):
    """What somebody asks for."""

    address: str
    network: str
    """The network that it came from, as an address of one."""


def ask(request: Request, context: SubscribeContext) -> Answer:
    """Have the owner of an address confirm a subscription. ConfigurationInvalid for what is no address."""
    checked, shown = new_endpoint(CHANNEL, request.address, context, as_webhook=False)
    token, now = secrets.token_urlsafe(TOKEN_BYTES), context.clock()
    sealed = context.vault.seal(token)
    network = context.vault.signature("network", request.network.encode())
    with context.store.begin_alone() as tx:
        lock_confirmations(tx)
        confirmations.lapse(tx, now=now)
        hour, day = now - timedelta(hours=1), now - timedelta(days=1)
        if confirmations.from_network(tx, network, since=hour) >= AN_HOUR_FOR_A_NETWORK:
            return Answer.TOO_OFTEN
        asked = confirmations.to_address(tx, shown, since=day)
        if len(asked) >= A_DAY_FOR_AN_ADDRESS:
            confirmations.refuse(tx, asked[0])
            return Answer.ASKED
        endpoint, _ = endpoints.put(tx, context.vault, channel=CHANNEL, address=checked, shown=shown, at=now)
        subscription = replace(drafted(tx, endpoint, request, now=now), state=SubscriptionState.PENDING, origin=ORIGIN)
        subscriptions.add(tx, subscription)
        _owe_confirmation(tx, subscription, token, sealed, network, now)
    return Answer.ASKED


def _owe_confirmation(
    tx: Connection, subscription: Subscription, token: str, sealed: bytes, network: bytes, now: datetime
) -> None:
    wanted = Confirmation(
        subscription_id=subscription.id,
        token_digest=_digest(token),
        sealed=sealed,
        network=network,
        asked_at=now,
    )
    confirmations.add(tx, wanted)
    notice = to_confirm(confirmations.notice_id(subscription.id), about(tx, subscription), now=now)
    subscriptions.number_on(tx, subscription.id, -1)  # it takes 0, so that the first alert is number 1
    notices.ask_subscribers(tx, [(notice, [subscription.id])], at=now)


def waiting(token: str, context: SubscribeContext) -> tuple[Subscription, str]:
    """The subscription that a token would confirm, and what it is about. NothingFound where it confirms none."""
    with context.store.read() as tx:
        subscription = _waiting(tx, token, context.clock())
        return subscription, about(tx, subscription)


def language_of(token: str, context: SubscribeContext) -> str | None:
    """The language that whoever is to confirm reads in; None where there is nothing to confirm."""
    with context.store.read() as tx:
        try:
            return _waiting(tx, token, context.clock()).language
        except NothingFound:
            return None


def confirm(token: str, context: SubscribeContext) -> Subscription:
    """Make a subscription active, and watch its trials. NothingFound where the token confirms none, or did so before.

    Where the same was subscribed before, that one is given, and this one ends: nobody hears of anything twice.
    """
    now = context.clock()
    with context.store.begin_alone() as tx:
        lock_confirmations(tx)
        subscription = _waiting(tx, token, now)
        confirmations.use(tx, subscription.id, at=now)
        endpoints.enable(tx, subscription.endpoint.id)
        if before := same(tx, subscription):
            subscriptions.set_state(tx, subscription.id, SubscriptionState.ENDED, now)
            return before
        watched_too(tx, subscription.trials, now)
        subscriptions.set_state(tx, subscription.id, SubscriptionState.ACTIVE, now)
        return subscriptions.find(tx, subscription.id)


def _waiting(tx: Connection, token: str, now: datetime) -> Subscription:
    found = confirmations.waiting(tx, _digest(token), since=now - WITHIN)
    subscription = subscriptions.find(tx, found) if found else None
    if subscription is None or subscription.state is not SubscriptionState.PENDING:
        raise NothingFound(_NO_TOKEN)
    return subscription


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()
