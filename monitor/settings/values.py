"""What a value may be. Pure.

A validator raises ValueError where its key's description says all there is to say, and what `unlisted` or `broken`
make where more helps: the nearest value that is known, or a rule that the description does not tell.
"""

import re
import shlex
from collections.abc import Callable, Iterable
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from monitor.changes.kinds import KINDS
from monitor.changes.topics import Topic
from monitor.model import Role, Significance


def unlisted(known: Iterable[str]) -> PydanticCustomError:
    """A value that is none of *known*."""
    return PydanticCustomError("unlisted", "unlisted", {"known": list(known)})


def broken(rule: str) -> PydanticCustomError:
    """A key, or several of a table, against a rule: *rule* is what follows its name, and holds no value."""
    return PydanticCustomError("broken", "broken", {"rule": rule})


def _text(value: str) -> str:
    if not value.isprintable():
        raise ValueError
    return value


def _something(value: str) -> str:
    if not value.strip():
        raise ValueError
    return value


def _store_address(value: str) -> str:
    if not re.fullmatch(r"(sqlite:///|postgresql(\+psycopg)?://).+", value):
        raise ValueError
    return value


def _web_address(value: str) -> str:
    """An http(s) address without the slash at its end, so that paths can be put behind it."""
    parts = urlsplit(value)
    # Reading the port raises where it is none.
    usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    if not usable or parts.query or parts.fragment or " " in value:
        raise ValueError
    return value.rstrip("/")


def _hook_address(value: str) -> str:
    """An http(s) address to POST to, kept as it is: its path and query may be its secret.

    A user name or password is refused in the words that the channel has for it: it would not be sent.
    """
    parts = urlsplit(value)
    if "@" in parts.netloc:
        raise broken(
            "cannot be used: an address such as https://example.org/hooks/trials is expected, "
            "without user name, password and “#”"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or parts.fragment or " " in value:
        raise ValueError
    return value


def _chat_address(value: str) -> str:
    """Whether the service is allowed and can make sense of it is for `monitor.channels.chat.transport` to say."""
    if not re.fullmatch(r"[a-z0-9]+://\S+", value):
        raise ValueError
    return value


def _schema(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+", value):
        raise ValueError
    return value


def _proxy_address(value: str) -> str:
    """Whether what it needs is installed is for `monitor.http.network` to say."""
    parts = urlsplit(value)
    # Reading the port raises where it is none.
    usable = parts.scheme in ("http", "https", "socks4", "socks4a", "socks5", "socks5h") and parts.port != 0
    if not usable or not parts.hostname or " " in value:
        raise ValueError
    return value


def _header_text(value: str) -> str:
    """Goes into an HTTP header, which carries ASCII safely and nothing else."""
    if not value.isascii():
        raise ValueError
    return value


def _host(value: str) -> str:
    """A host name or an address, without a port."""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]+", value):
        raise ValueError
    return value


def _mailbox(value: str) -> str:
    """One mail address. Whether it can be written to in every respect is for whoever writes to it to say."""
    if not re.fullmatch(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]*[^\s@<>()\[\],;:\\\".]", value):
        raise ValueError
    return value


def _sender(value: str) -> str:
    """A mail address, or a name and behind it a mail address in angle brackets."""
    named = re.fullmatch(r"[^<>]*<([^<>]+)>", value)
    domain = _mailbox(named[1] if named else value).partition("@")[2]
    if not domain.isascii():
        import idna  # few addresses need it

        try:
            idna.encode(domain, uts46=True)
        except idna.IDNAError:
            raise broken("has a domain that cannot be a name on the internet") from None
    return value


def _command(value: str) -> str:
    """Words as a shell would split them."""
    if not shlex.split(value):
        raise ValueError
    return value


def _bind(value: str) -> str:
    """A host and a port to listen on; port 0 is any free one."""
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise ValueError
    _host(host.removeprefix("[").removesuffix("]"))
    return value


def _optional(check: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: check(value) if value else value


def _network(value: str) -> str:
    return str(ip_network(value))


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _span(value: object) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,6})([smhdw])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _one_of(known: Iterable[str]) -> Callable[[str], str]:
    names = tuple(known)

    def check(value: str) -> str:
        if value not in names:
            raise unlisted(names)
        return value

    return check


def _role(value: object) -> object:
    known = tuple(str(role) for role in Role)
    if value not in known:
        raise unlisted(known)
    return Role(value)


def beginnings(kinds: Iterable[str]) -> tuple[str, ...]:
    """The kinds, and what several of them begin with up to a full stop, each once."""
    parts = [kind.split(".") for kind in kinds]
    return tuple(dict.fromkeys(".".join(kind[:length]) for kind in parts for length in range(1, len(kind) + 1)))


A_SPAN = 'a span from "10s" to "52w", such as "15s", "90m", "1h", "7d" or "2w"'
A_WAIT = 'a span up to "1w", such as "30m" or "6h", or "0s" for none'
A_SPONSOR = 'the whole name of a sponsor, of up to 500 characters, such as "Alzahra Hospital"'
A_CHAT_ROOM = (
    "the webhook URL that a chat service shows, such as https://hooks.slack.com/services/T…/B…/…, or an Apprise "
    "address, such as slack://TokenA/TokenB/TokenC"
)
A_DEADLINE = 'a span from "1s" to "60s", such as "15s"'
SIGNIFICANCES = tuple(str(significance) for significance in reversed(Significance))

Text = Annotated[str, AfterValidator(_text)]
Name = Annotated[Text, AfterValidator(_something)]
Phrase = Annotated[Name, Field(max_length=500)]
Expression = Annotated[Name, Field(max_length=4000)]
RoleName = Annotated[Role, BeforeValidator(_role)]
StoreAddress = Annotated[Text, AfterValidator(_store_address)]
WebAddress = Annotated[Text, AfterValidator(_web_address)]
HookAddress = Annotated[Text, AfterValidator(_hook_address)]
ChatAddress = Annotated[Text, AfterValidator(_chat_address)]
Schema = Annotated[str, AfterValidator(_schema)]
ProxyAddress = Annotated[Text, AfterValidator(_optional(_proxy_address))]
Contact = Annotated[Text, AfterValidator(_header_text)]
UserAgent = Annotated[Contact, AfterValidator(str.strip), Field(max_length=400)]
Host = Annotated[str, AfterValidator(_host)]
OptionalHost = Annotated[str, AfterValidator(_optional(_host))]
Bind = Annotated[str, AfterValidator(_bind)]
Mailbox = Annotated[Text, AfterValidator(_mailbox)]
OptionalMailbox = Annotated[Text, AfterValidator(_optional(_mailbox))]
Sender = Annotated[Text, AfterValidator(_sender)]
Network = Annotated[Text, AfterValidator(_network)]
ShellCommand = Annotated[Text, AfterValidator(_optional(_command))]
LoginKind = Annotated[Literal["password", "xoauth2"], BeforeValidator(_one_of(("password", "xoauth2")))]
Security = Annotated[Literal["none", "starttls", "tls"], BeforeValidator(_one_of(("none", "starttls", "tls")))]
TopicName = Annotated[str, AfterValidator(_one_of(str(topic) for topic in Topic))]
KindName = Annotated[str, AfterValidator(_one_of(beginnings(KINDS)))]
SignificanceName = Annotated[str, AfterValidator(_one_of(SIGNIFICANCES))]
Span = Annotated[timedelta, BeforeValidator(_span), Field(ge=timedelta(seconds=10), le=timedelta(weeks=52))]
Wait = Annotated[timedelta, BeforeValidator(_span), Field(le=timedelta(weeks=1))]
Deadline = Annotated[timedelta, BeforeValidator(_span), Field(ge=timedelta(seconds=1), le=timedelta(seconds=60))]
Listed = Field(strict=False)  # TOML has lists, and a frozen object wants tuples
