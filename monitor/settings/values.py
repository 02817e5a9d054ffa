"""How a value is read: a function each, which gives the value of a key or raises ValueError. Pure."""

import re
import shlex
from collections.abc import Callable, Iterable
from datetime import timedelta
from ipaddress import ip_address, ip_network
from math import isfinite
from typing import TYPE_CHECKING, Literal, TypeVar, get_args
from urllib.parse import SplitResult, urlsplit

from monitor.settings.refused import Problem, RuleBroken, Several, ValueUnknown, problems_at

if TYPE_CHECKING:
    from monitor.model import Role

T = TypeVar("T")
L = TypeVar("L", bound=str)

LoginKind = Literal["password", "xoauth2"]
Security = Literal["none", "starttls", "tls"]

A_LANGUAGE = '"en" or "fr"'
A_SPAN = 'a span from "10s" to "52w", such as "15s", "90m", "1h", "7d" or "2w"'
A_RETENTION = '"all", or a span of at least "30d", such as "104w" or "730d"'
A_WAIT = 'a span up to "1w", such as "30m" or "6h", or "0s" for none'
A_SPONSOR = 'the whole name of a sponsor, of up to 500 characters, such as "Alzahra Hospital"'
A_CHAT_ROOM = (
    "the webhook URL that a chat service shows, such as https://hooks.slack.com/services/T…/B…/…, or an Apprise "
    "address, such as slack://TokenA/TokenB/TokenC"
)
A_DEADLINE = 'a span from "1s" to "60s", such as "15s"'


def optional(read: Callable[[object], str]) -> Callable[[object], str]:
    """The same, or an empty text."""
    return lambda value: "" if value == "" else read(value)


def listed(read: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """A list of such values."""

    def read_list(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise ValueError
        values: list[T] = []
        problems: list[Problem] = []
        for place, each in enumerate(value):
            try:
                values.append(read(each))
            except ValueError as error:
                problems += problems_at(place, error)
        if problems:
            raise Several(problems)
        return tuple(values)

    return read_list


def boolean(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError
    return value


def whole(least: int, most: int | None = None) -> Callable[[object], int]:
    """A whole number in these bounds."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError
        if value < least or (most is not None and value > most):
            raise ValueError
        return value

    return read


def number(accepts: Callable[[float], bool]) -> Callable[[object], float]:
    """A finite number, with a point or without, that it *accepts*."""

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError
        try:
            found = float(value)
        except OverflowError:  # whole numbers have no end
            raise ValueError from None
        if not isfinite(found) or not accepts(found):
            raise ValueError
        return found

    return read


def any_text(value: object) -> str:
    """A text of whatever characters."""
    if not isinstance(value, str):
        raise ValueError
    return value


def text(value: object) -> str:
    """A line of printable characters."""
    found = any_text(value)
    if not found.isprintable():
        raise ValueError
    return found


def name(value: object) -> str:
    """A line that is not empty."""
    found = text(value)
    if not found.strip():
        raise ValueError
    return found


def phrase(value: object) -> str:
    """What is looked for as it is."""
    return _no_longer_than(500, name(value))


def expression(value: object) -> str:
    """What a registry takes apart."""
    return _no_longer_than(4000, name(value))


def store_address(value: object) -> str:
    """A database."""
    return _like(r"(sqlite:///|postgresql(\+psycopg)?://).+", text(value))


def web_address(value: object) -> str:
    """An http(s) address without the slash at its end, so that paths can be put behind it."""
    found = text(value)
    parts = urlsplit(found)
    if not _is_called_by_http(parts) or parts.query or parts.fragment or " " in found:
        raise ValueError
    return found.rstrip("/")


def is_confidential(address: str) -> bool:
    """Whether an http(s) address may hold a secret: nobody on the way reads it, or nothing leaves this machine."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    try:
        is_here = ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost" or host.endswith(".localhost")
    return parts.scheme == "https" or (parts.scheme == "http" and is_here)


def hook_address(value: object) -> str:
    """An http(s) address to POST to, kept as it is: its path and query may be its secret.

    A user name or password is refused in the words that the channel has for it: it would not be sent.
    """
    found = text(value)
    parts = urlsplit(found)
    if "@" in parts.netloc:
        raise RuleBroken(
            "cannot be used: an address such as https://example.org/hooks/trials is expected, "
            "without user name, password and “#”"
        )
    if not _is_called_by_http(parts) or parts.fragment or " " in found:
        raise ValueError
    return found


def _is_called_by_http(parts: SplitResult) -> bool:
    # Reading the port raises where it is none.
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0


def chat_address(value: object) -> str:
    """Whether the service is allowed and can make sense of it is for `monitor.channels.chat.transport` to say."""
    return _like(r"[a-z0-9]+://\S+", text(value))


def schema(value: object) -> str:
    """What an address of Apprise begins with."""
    return _like(r"[a-z0-9]+", any_text(value))


def proxy_address(value: object) -> str:
    """Whether what it needs is installed is for `monitor.http.network` to say."""
    found = text(value)
    parts = urlsplit(found)
    # Reading the port raises where it is none.
    usable = parts.scheme in ("http", "https", "socks4", "socks4a", "socks5", "socks5h") and parts.port != 0
    if not usable or not parts.hostname or " " in found:
        raise ValueError
    return found


def header_text(value: object) -> str:
    """Goes into an HTTP header, which carries ASCII safely and nothing else."""
    found = text(value)
    if not found.isascii():
        raise ValueError
    return found


def header_name(value: object) -> str:
    """The name of an HTTP header: a token of RFC 9110, 5.6.2."""
    return _like(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", any_text(value))


def user_agent(value: object) -> str:
    """The same, without spaces around it."""
    return _no_longer_than(400, header_text(value).strip())


def host(value: object) -> str:
    """A host name or an address, without a port."""
    return _like(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]+", any_text(value))


def bind(value: object) -> str:
    """A host and a port to listen on; port 0 is any free one."""
    found = any_text(value)
    address, colon, port = found.rpartition(":")
    if not colon or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise ValueError
    host(address.removeprefix("[").removesuffix("]"))
    return found


def mailbox(value: object) -> str:
    """One mail address. Whether it can be written to in every respect is for whoever writes to it to say."""
    return _like(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]*[^\s@<>()\[\],;:\\\".]", text(value))


def sender(value: object) -> str:
    """A mail address, or a name and behind it a mail address in angle brackets."""
    found = text(value)
    named = re.fullmatch(r"[^<>]*<([^<>]+)>", found)
    domain = mailbox(named[1] if named else found).partition("@")[2]
    if not domain.isascii():
        import idna  # few addresses need it

        try:
            idna.encode(domain, uts46=True)
        except idna.IDNAError:
            raise RuleBroken("has a domain that cannot be a name on the internet") from None
    return found


def network(value: object) -> str:
    """A network, as its address and the length of its prefix."""
    return str(ip_network(text(value)))


def shell_command(value: object) -> str:
    """Words as a shell would split them."""
    found = text(value)
    if not shlex.split(found):
        raise ValueError
    return found


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def span(least: timedelta, most: timedelta) -> Callable[[object], timedelta]:
    """A number and a unit, in these bounds."""

    def read(value: object) -> timedelta:
        given = re.fullmatch(r"([0-9]{1,6})([smhdw])", any_text(value))
        if not given:
            raise ValueError
        found = timedelta(**{_UNITS[given[2]]: int(given[1])})
        if not least <= found <= most:
            raise ValueError
        return found

    return read


SHORTEST_KEPT, LONGEST_KEPT = timedelta(days=30), timedelta(weeks=5200)
ALL = "all"


def retention(value: object) -> str:
    """What is kept: all, or what is no older than a span."""
    found = any_text(value)
    if found != ALL:
        _kept_span(found)
    return found


def kept_for(retention: str) -> timedelta | None:
    """The span that such a text names; None for all."""
    return None if retention == ALL else _kept_span(retention)


def one_of(known: Iterable[L]) -> Callable[[object], L]:
    """One of these texts."""
    names = tuple(known)

    def read(value: object) -> L:
        found = any_text(value)
        for each in names:
            if each == found:
                return each
        raise ValueUnknown(names)

    return read


def role(value: object) -> "Role":
    """The part of a sponsor."""
    from monitor.model import Role  # most configurations look for no sponsor

    return one_of(Role)(value)


def significance(value: object) -> str:
    """How much a change matters."""
    from monitor.model import Significance  # as above

    return one_of(map(str, reversed(Significance)))(value)


def language(value: object) -> str:
    """One that subscribers can read in."""
    from monitor.language.catalogues import LANGUAGES  # as above

    return one_of(LANGUAGES)(value)


def topic(value: object) -> str:
    """What a change is about."""
    from monitor.changes.topics import Topic  # most configurations subscribe nobody

    return one_of(map(str, Topic))(value)


def kind(value: object) -> str:
    """A kind of change, or what several kinds begin with."""
    from monitor.changes.kinds import KINDS  # as above

    return one_of(beginnings(KINDS))(value)


def beginnings(kinds: Iterable[str]) -> tuple[str, ...]:
    """The kinds, and what several of them begin with up to a full stop, each once."""
    parts = [kind.split(".") for kind in kinds]
    return tuple(dict.fromkeys(".".join(kind[:length]) for kind in parts for length in range(1, len(kind) + 1)))


def _no_longer_than(most: int, found: str) -> str:
    if len(found) > most:
        raise ValueError
    return found


def _like(pattern: str, found: str) -> str:
    if not re.fullmatch(pattern, found):
        raise ValueError
    return found


interval = span(timedelta(seconds=10), timedelta(weeks=52))
_kept_span = span(SHORTEST_KEPT, LONGEST_KEPT)
wait = span(timedelta(0), timedelta(weeks=1))
deadline = span(timedelta(seconds=1), timedelta(seconds=60))
login_kind: Callable[[object], LoginKind] = one_of(get_args(LoginKind))
security: Callable[[object], Security] = one_of(get_args(Security))
