"""Webhooks: Standard Webhooks 1.0.0, one POST an attempt, to a URL that a subscriber chose.

| the receiver                                              | what comes of it                               |
|-----------------------------------------------------------|------------------------------------------------|
| answers 2xx                                               | taken                                          |
| answers 410, or `webhook-delivery: disable` with anything | never again, and the subscription ends         |
| answers anything else, a redirect or a plain 4xx included | deferred: people mend receivers                |
| says Retry-After, in seconds or as a date                 | deferred until then, for a day at most         |
| is not reached, resets, breaks off, trickles              | deferred                                       |
| is at an address that is not public                       | deferred: it may be the name service's trouble |

Every attempt has the same id and body, and a timestamp and signature of its own. Messages name the receiver by host and
port: path and query of its URL may be secrets.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from ipaddress import ip_network

from monitor.channels.webhook.signing import signed_headers
from monitor.errors import ConfigurationInvalid, DeliveryDeferred, DeliveryRejected
from monitor.http.addresses import refusal_of_name
from monitor.http.answers import retry_after
from monitor.http.guarded import GuardedSession
from monitor.http.response import Response, status_in_words
from monitor.http.target import Target
from monitor.model import Endpoint, Message
from monitor.ports import Accepted

KEPT_OF_ANSWER = 4 * 1024
LONGEST_RETRY_AFTER = 86_400.0
_HARMLESS = re.compile(r"[a-z]{1,14}([._-][a-z]{1,14})?|v[0-9]{1,2}")
"""A part of a path that names something; a token has capitals, digits or more letters."""


class WebhookTransport:
    """See `monitor.ports.Transport`."""

    def __init__(self, session: GuardedSession) -> None:
        self._session = session

    def send(self, message: Message, *, now: datetime) -> Accepted:
        """POST it once, signed with all secrets of its endpoint."""
        endpoint = message.endpoint
        try:
            signed = signed_headers(
                endpoint.secrets, id=message.delivery_id, timestamp=int(now.timestamp()), body=message.body
            )
            answer = self._session.post(
                endpoint.address, body=message.body, headers={"Content-Type": "application/json", **signed}
            )
        except ConfigurationInvalid as error:
            raise DeliveryRejected(f"the webhook {endpoint.shown} cannot be called: {error}") from None
        return _judged(answer, self.receiver(endpoint), now)

    def receiver(self, endpoint: Endpoint) -> str:
        """Host and port; what is shown of the address where it is no URL."""
        try:
            return Target.of(endpoint.address).shown
        except ConfigurationInvalid:
            return endpoint.shown

    def close(self) -> None:
        """Close the connections that wait for the next delivery."""
        self._session.close()


def _judged(answer: Response, host: str, now: datetime) -> Accepted:
    """What the answer means: see the table above."""
    status, kept = answer.status, answer.body[:KEPT_OF_ANSWER]
    words = status_in_words(status)
    if status == HTTPStatus.GONE or answer.headers.get("webhook-delivery", "").strip().lower() == "disable":
        words += " and wants no more deliveries"
        raise DeliveryRejected(f"{host} answers {words}", status=status, answer=kept, ends=True)
    if 200 <= status <= 299:
        return Accepted(words, status, kept)
    redirected = "; redirects are not followed: subscribe the address it moved to" if 300 <= status <= 399 else ""
    asked = _asked_for(answer.headers, now)
    wait = f" and asks to wait {asked:.0f} s" if asked else ""
    way = f", {answer.via}" if answer.via else ""
    raise DeliveryDeferred(
        f"{host} answers {words}{wait}{way}{redirected}", status=status, answer=kept, not_before=asked
    )


def _asked_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """In how many seconds the receiver wants to hear of us again; None where it says nothing that can be read."""
    asked = retry_after(headers, now=now)
    return None if asked is None else min(asked, LONGEST_RETRY_AFTER)


def checked_webhook_url(text: str, *, allow_networks: Sequence[str] = ()) -> str:
    """*text* without the spaces around it. Raise ConfigurationInvalid unless it is an address that can be called.

    One that names a machine within, outside *allow_networks*, is refused here already; a name is looked up whenever it
    is called.
    """
    url = text.strip()
    try:
        target = Target.of(url)
    except ConfigurationInvalid as error:
        raise ConfigurationInvalid(f"the webhook's URL cannot be used: {error}") from None
    if why := refusal_of_name(target.host, target.port, [ip_network(network) for network in allow_networks]):
        raise ConfigurationInvalid(
            f"the webhook's URL cannot be used: {why}, and its network is not in [webhooks] allow_networks"
        )
    return url


def shown_url(url: str) -> str:
    """What may be shown of a webhook's URL: scheme, host, port, and its path up to where a secret may begin."""
    try:
        target = Target.of(url)
    except ConfigurationInvalid:
        return "an unusable URL"
    path, query, _ = target.path.partition("?")
    shown = f"{target.scheme}://{target.host_header}"
    for part in path.strip("/").split("/"):
        if part and not _HARMLESS.fullmatch(part):
            return f"{shown}/…"
        shown += f"/{part}" if part else ""
    return f"{shown}?…" if query else shown
