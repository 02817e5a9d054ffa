"""Chat rooms, written to with Apprise: https://appriseit.com.

What Apprise does not do itself, and this does: only services of an allow-list are written to (`json://` and its kin
call any host, `syslog://` and `dbus://` this one), a message ends at a deadline, redirects are not followed whatever
the address says, and nothing of an address is ever told.

An Apprise address is a secret all through, but for its schema. Apprise puts parts of it into its exceptions and its
log, and urllib3 logs the path of every request: so exceptions are replaced, Apprise's log goes nowhere, and urllib3's
is silent in our threads. Apprise itself says only yes or no; no is deferred, because it does not tell a room that is
gone from a server that is down.
"""

import logging
import re
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from monitor.errors import ConfigurationInvalid, DeliveryDeferred, DeliveryRejected
from monitor.model import Endpoint, Message
from monitor.ports import Taken

if TYPE_CHECKING:
    from apprise import NotifyBase

DEADLINE = 30.0
"""Seconds that a message may take. Apprise's own limits are for one read, which a slow drip never reaches."""

MOST_UNDER_WAY = 16
"""Messages to one service at a time. A thread that waits for a hung server cannot be ended, so it counts until it ends
by itself."""

_THREADS = "chat-message"
_STATUS = re.compile(r"\berror=([1-5][0-9]{2})\b")
"""How Apprise's plugins word the HTTP status of a refusal in their log."""


def shown_chat(url: str) -> str:
    """What may be shown of an Apprise address: its schema."""
    return f"{_schema(url) or '***'}://***"


def checked_chat_url(text: str, schemas: Sequence[str]) -> str:
    """The Apprise address that *text* is, of one of the allowed *schemas*. ConfigurationInvalid where it is none."""
    url = text.strip()
    schema = _schema(url)
    if schema is None or re.search(r"\s", url):
        raise ConfigurationInvalid(
            "this is not an Apprise address; one looks like slack://TokenA/TokenB/TokenC (https://appriseit.com)"
        )
    if schema not in schemas:
        near = get_close_matches(schema, schemas, n=1)
        hint = f"did you mean {near[0]}://? " if near else ""
        allowed = ", ".join(schemas) or "none"
        raise ConfigurationInvalid(
            f"{schema}:// is not among the chat services that chat.schemas allows; {hint}allowed: {allowed}"
        )
    if _service(url) is None:
        raise ConfigurationInvalid(
            f"this {schema}:// address is not one that Apprise understands; "
            "https://appriseit.com/services/ shows what it looks like"
        )
    return url


class ChatChannel:
    """A `monitor.ports.Channel` to chat rooms, limited to services of *schemas*."""

    def __init__(self, schemas: Sequence[str], *, deadline: float = DEADLINE) -> None:
        self._under_way = {schema: threading.BoundedSemaphore(MOST_UNDER_WAY) for schema in schemas}
        self._deadline = deadline

    def send(self, message: Message, *, now: datetime) -> Taken:  # noqa: ARG002 - the port gives the moment
        """Deliver once. Raise DeliveryDeferred or DeliveryRejected, and nothing else."""
        url = message.endpoint.address
        schema = _schema(url) or ""
        under_way = self._under_way.get(schema)
        if under_way is None:
            raise DeliveryRejected(f"{shown_chat(url)}: chat.schemas does not allow this service")
        service = _service(url)
        if service is None:
            raise DeliveryRejected(f"{shown_chat(url)}: Apprise does not understand this address")
        if not under_way.acquire(blocking=False):
            raise DeliveryDeferred(f"{shown_chat(url)}: {MOST_UNDER_WAY} messages to this service hang already")
        return _finished(_Sending(service, message.body.decode(), under_way), shown_chat(url), self._deadline)

    def receiver(self, endpoint: Endpoint) -> str:
        """The service. Which host answers for a room is for Apprise to know."""
        return _schema(endpoint.address) or ""

    def close(self) -> None:
        """Nothing to give up: Apprise connects for each message."""


@dataclass(slots=True)
class _Sending:
    """One message under way in a thread of its own."""

    service: "NotifyBase"
    text: str
    under_way: threading.BoundedSemaphore
    taken: bool = False
    status: int | None = None

    def run(self) -> None:
        """Send, and keep what came of it."""
        try:
            # An exception that a plugin lets out means the same as its no, and may hold the address.
            with suppress(Exception):
                self.taken, self.status = _notified(self.service, self.text)
        finally:
            self.under_way.release()


def _finished(sending: _Sending, shown: str, deadline: float) -> Taken:
    thread = threading.Thread(target=sending.run, name=_THREADS, daemon=True)
    thread.start()
    thread.join(deadline)
    if thread.is_alive():
        raise DeliveryDeferred(f"{shown}: no answer within {deadline:g} s")
    if sending.taken:
        return Taken("taken", status=sending.status)
    answered = f", and answered {sending.status}" if sending.status else ""
    raise DeliveryDeferred(f"{shown}: the service did not take the message{answered}", status=sending.status)


def _schema(url: str) -> str | None:
    found = re.match(r"([A-Za-z0-9]+)://", url)
    return found[1].lower() if found else None


@cache
def _apprise() -> ModuleType:
    """Apprise, loaded with all its services and made quiet."""
    # It takes half a second to load, and most commands write to no chat.
    with warnings.catch_warnings():
        # Libraries that its services optionally use are older than this Python.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise
        from apprise.plugins import N_MGR

        N_MGR.load_modules()  # type: ignore[no-untyped-call]
    log = logging.getLogger("apprise")
    log.propagate = False
    log.addFilter(_swallowed)
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logging.getLogger(name).addFilter(_not_from_our_threads)
    return apprise


_told = threading.local()


def _swallowed(record: logging.LogRecord) -> bool:
    """Let nothing of Apprise's log through, and keep the HTTP status that it tells for the thread it tells it in."""
    # A record whose parts don't fit together must not stop the message that it is about.
    with suppress(Exception):
        if found := _STATUS.search(record.getMessage()):
            _told.status = int(found[1])
    return False


def _not_from_our_threads(record: logging.LogRecord) -> bool:
    return record.threadName != _THREADS


def _service(url: str) -> "NotifyBase | None":
    """Apprise's service for an address; None where it understands none."""
    apprise = _apprise()
    asset = apprise.AppriseAsset(
        app_id="Trial monitor",
        app_desc="Trial monitor",
        image_url_mask="",
        image_url_logo="",
        # With a limit of its own Apprise sends from one small pool, where a hung service holds up all others.
        service_timeout=0,
    )
    service: NotifyBase | None = apprise.Apprise.instantiate(url, asset=asset)
    if service is not None:
        service.redirects = False
    return service


def _notified(service: "NotifyBase", text: str) -> tuple[bool, int | None]:
    """Whether the service took the text, and the HTTP status where Apprise told one."""
    apprise = _apprise()
    _told.status = None
    with apprise.Apprise(service, asset=service.asset).notify(text, body_format=apprise.NotifyFormat.TEXT) as result:
        return bool(result), _told.status
