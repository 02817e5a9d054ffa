"""Chat rooms, written to with Apprise: https://appriseit.com.

What Apprise does not do itself, and this does: only services of an allow-list are written to, and of those only such as
`chat_services` knows; whatever host an address leads to is called under the guard that webhooks have, see
`chat_requests`; an address may ask for nothing else than where a message goes; a message ends at a deadline; and
nothing of an address is ever told.

An Apprise address is a secret all through, but for its schema. Apprise puts parts of it into its exceptions and its
log: so exceptions are replaced, and its log goes nowhere. Apprise itself says only yes or no; no is deferred, because
it does not tell a room that is gone from a server that is down.
"""

import logging
import re
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from ipaddress import ip_network
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from monitor.channels.chat.guarding import Rehearsed, calling, guard_apprise
from monitor.channels.chat.pasted import RECOGNISED, RETIRED, Pasted, pasted
from monitor.channels.chat.services import ChatService, service_of
from monitor.errors import ConfigurationInvalid, DeliveryDeferred, DeliveryRejected
from monitor.http.addresses import refusal_of_name
from monitor.http.guarded import GuardedSession
from monitor.http.target import LONGEST_URL, Target
from monitor.model import Endpoint, Message
from monitor.ports import Accepted

if TYPE_CHECKING:
    from apprise import NotifyBase

DEADLINE = 30.0
"""Seconds that a message may take. Some services are called several times for one, each with a deadline of its own."""

MOST_UNDER_WAY = 16
"""Messages to one service at a time. A thread that waits for a hung server cannot be ended, so it counts until it ends
by itself."""

ANSWER_CAP = 1024 * 1024
"""Bytes that are read of an answer: some services are asked for their channels or members first."""

_THREADS = "chat-message"
_CONTROL = re.compile(r"%(?:[01][0-9a-fA-F]|7[fF])")


def shown_chat(url: str) -> str:
    """What may be shown of an Apprise address: its schema."""
    return f"{_schema(url) or '***'}://***"


def checked_chat_url(text: str, schemas: Sequence[str], *, allow_networks: Sequence[str] = ()) -> str:
    """The Apprise address that *text* is, or stands for, of one of the allowed *schemas*. ConfigurationInvalid without.

    Nobody is asked: a name that leads into a network of ours is found out when it is called.
    """
    found = pasted(text)
    url = found.address if found else text.strip()
    schema = _schema(url)
    if schema is None or re.search(r"\s", url):
        raise ConfigurationInvalid(
            "this is not an Apprise address; one looks like slack://TokenA/TokenB/TokenC (https://appriseit.com)"
        )
    if schema not in schemas:
        raise ConfigurationInvalid(_not_allowed(schema, schemas, found))
    service, plugin = _opened(url)
    _check_host(service, plugin, schema, allow_networks)
    return url


def _not_allowed(schema: str, schemas: Sequence[str], found: Pasted | None) -> str:
    if schema == "msteams":
        return RETIRED
    near = get_close_matches(schema, schemas, n=1)
    hint = f"did you mean {near[0]}://? " if near else ""
    if schema in ("http", "https"):
        hint = f"of web addresses, the webhooks of {', '.join(RECOGNISED)} are recognised; "
    allowed = ", ".join(schemas) or "none"
    listing = "; list it there to allow it" if service_of(schema) else ""
    what = f"this {found.words}, and {schema}://" if found else f"{schema}://"
    return f"{what} is not among the chat services that chat.schemas allows; {hint}allowed: {allowed}{listing}"


def _check_host(service: ChatService, plugin: "NotifyBase", schema: str, allow_networks: Sequence[str]) -> None:
    """Let the plugin say whom it would call, and refuse what is plainly none of the hosts that it may."""
    try:
        with calling(None), suppress(Exception):
            _notified(plugin, "rehearsal")
    except Rehearsed as rehearsed:
        target = Target.of(rehearsed.url)
        allowed = [ip_network(network) for network in allow_networks]
        if why := refusal_of_name(target.host, target.port, allowed):
            raise ConfigurationInvalid(
                f"this {schema}:// address cannot be called: {why}, and its network is not in [webhooks] allow_networks"
            ) from None
        if not service.may_call(target.host):
            raise ConfigurationInvalid(
                f"this {schema}:// address leads to another host than the service's own"
            ) from None


def _opened(url: str) -> "tuple[ChatService, NotifyBase]":
    """What is known of an address's service, and Apprise's plugin for the address. ConfigurationInvalid without."""
    schema = _schema(url) or ""
    service = service_of(schema)
    if service is None:
        raise ConfigurationInvalid(
            f"{schema}:// is not a service that can be written to safely: it may send past HTTP, or to any host"
        )
    if not url.isprintable() or "\\" in url or _CONTROL.search(url) or len(url) > LONGEST_URL:
        raise ConfigurationInvalid(
            f"this {schema}:// address cannot be used: it has control characters or backslashes, or is too long"
        )
    _check_parameters(url, schema, service)
    plugin = _plugin(url)
    if plugin is None:
        raise ConfigurationInvalid(
            f"this {schema}:// address is not one that Apprise understands; "
            "https://appriseit.com/services/ shows what it looks like"
        )
    return service, plugin


def _check_parameters(url: str, schema: str, service: ChatService) -> None:
    """Refuse every parameter that is not known to be harmless, as Apprise reads them and as others do."""
    parsed = _apprise().plugins.url_to_dict(url, secure_logging=True) or {}
    asked = {name for kind in ("qsd", "qsd+", "qsd-", "qsd:") for name in parsed.get(kind) or ()}
    for part in re.split("[&;]", url.partition("?")[2]) if "?" in url else ():
        asked.add(unquote_plus(part.partition("=")[0]).strip().lower())
    for name in sorted(asked - service.parameters - {""}):
        may = ", ".join(sorted(service.parameters)) or "none"
        # Any other name may be a part of a secret.
        shown = f" “{name}”" if name in _names_in_use(schema) else " like that"
        raise ConfigurationInvalid(f"a {schema}:// address may have no parameter{shown}; it may have: {may}")


def _names_in_use(schema: str) -> frozenset[str]:
    """The parameters that Apprise knows for a service."""
    from apprise.plugins import N_MGR

    return frozenset(N_MGR[schema].template_args) if schema in N_MGR else frozenset()


class ChatTransport:
    """A `monitor.ports.Transport` to chat rooms, limited to services of *schemas*, which *session* calls."""

    def __init__(self, schemas: Sequence[str], *, session: GuardedSession, deadline: float = DEADLINE) -> None:
        self._under_way = {schema: threading.BoundedSemaphore(MOST_UNDER_WAY) for schema in schemas}
        self._session = session
        self._deadline = deadline

    def send(self, message: Message, *, now: datetime) -> Accepted:  # noqa: ARG002 - the port gives the moment
        """Deliver once. Raise DeliveryDeferred or DeliveryRejected, and nothing else."""
        url = message.endpoint.address
        under_way = self._under_way.get(_schema(url) or "")
        if under_way is None:
            raise DeliveryRejected(f"{shown_chat(url)}: chat.schemas does not allow this service")
        try:
            service, plugin = _opened(url)
        except ConfigurationInvalid as error:
            raise DeliveryRejected(f"{shown_chat(url)}: {error}") from None
        if not under_way.acquire(blocking=False):
            raise DeliveryDeferred(f"{shown_chat(url)}: {MOST_UNDER_WAY} messages to this service hang already")
        sending = _Sending(plugin, message.body.decode(), self._session, service, under_way)
        return _finished(sending, shown_chat(url), self._deadline)

    def receiver(self, endpoint: Endpoint) -> str:
        """The service. Which host answers for a room is for Apprise to know."""
        return _schema(endpoint.address) or ""

    def close(self) -> None:
        """Nothing to give up: every message has connections of its own."""


@dataclass(slots=True)
class _Sending:
    """One message under way in a thread of its own."""

    plugin: "NotifyBase" = field(repr=False)
    text: str
    session: GuardedSession
    service: ChatService
    under_way: threading.BoundedSemaphore
    taken: bool = False
    status: int | None = None
    trouble: str | None = None

    def run(self) -> None:
        """Send, and keep what came of it."""
        try:
            with calling(self.session, self.service) as calls:
                # An exception that a plugin lets out means the same as its no, and may hold the address.
                with suppress(Exception):
                    self.taken = _notified(self.plugin, self.text)
                self.status, self.trouble = calls.status, calls.trouble
        finally:
            self.under_way.release()


def _finished(sending: _Sending, shown: str, deadline: float) -> Accepted:
    thread = threading.Thread(target=sending.run, name=_THREADS, daemon=True)
    thread.start()
    thread.join(deadline)
    if thread.is_alive():
        raise DeliveryDeferred(f"{shown}: no answer within {deadline:g} s")
    if sending.taken:
        return Accepted("taken", status=sending.status)
    if sending.trouble:
        raise DeliveryDeferred(f"{shown}: the service {sending.trouble}")
    answered = f", and answered {sending.status}" if sending.status else ""
    raise DeliveryDeferred(f"{shown}: the service did not take the message{answered}", status=sending.status)


def _schema(url: str) -> str | None:
    found = re.match(r"([A-Za-z0-9]+)://", url)
    return found[1].lower() if found else None


@cache
def _apprise() -> ModuleType:
    """Apprise, loaded with all its services, made quiet, and under guard."""
    # It takes half a second to load, and most commands write to no chat.
    with warnings.catch_warnings():
        # Libraries that its services optionally use are older than this Python.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise
        from apprise.plugins import N_MGR

        N_MGR.load_modules()  # type: ignore[no-untyped-call]
    guard_apprise()
    log = logging.getLogger("apprise")
    log.propagate = False
    log.addFilter(lambda record: False)  # noqa: ARG005
    return apprise


def _plugin(url: str) -> "NotifyBase | None":
    """Apprise's plugin for an address; None where it understands none."""
    apprise = _apprise()
    asset = apprise.AppriseAsset(
        app_id="Trial monitor",
        app_desc="Trial monitor",
        image_url_mask="",
        image_url_logo="",
        # With a limit of its own Apprise sends from one small pool, where a hung service holds up all others.
        service_timeout=0,
        # In the thread that calls it, where the guard is.
        async_mode=False,
    )
    plugin: NotifyBase | None = apprise.Apprise.instantiate(url, asset=asset)
    return plugin


def _notified(plugin: "NotifyBase", text: str) -> bool:
    """Whether the service took the text."""
    apprise = _apprise()
    with apprise.Apprise(plugin, asset=plugin.asset).notify(text, body_format=apprise.NotifyFormat.TEXT) as result:
        return bool(result)
