"""What a delivery sends, to be looked at by those who look after it: a mail taken apart, JSON set out, or text. Pure.

Mails carry links by which whoever has them changes or ends a subscription, and links that confirm one. Who looks at a
delivery must not be able to do that for somebody else, so their tokens are left out wherever they stand. Mail addresses
are masked: that of the receiver, and others that a notice names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import orjson

from monitor.model import Endpoint
from monitor.text import plain
from monitor.views.addresses import masked, without_addresses

MOST_SHOWN = 200_000
"""Characters of a part."""
_HEADERS = (
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "X-Monitor-Event", "X-Monitor-Sequence"),
)
_TOKEN = re.compile(r"((?:/|%2F)(?:a|confirm)(?:/|%2F))[\w.~%=-]{12,}", re.ASCII | re.IGNORECASE)
_LINK_WITHOUT_TOKEN = re.compile(
    r"""(<a\b[^<>]*?\s)href(=(["'])(?:(?!\3)[^<>])*?(?:/|%2F)(?:a|confirm)(?:/|%2F)…)""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBody:
    """The bytes of a delivery as a person reads them."""

    headers: Sequence[tuple[str, str]] = ()
    """Of a mail."""
    text: str
    html: str = ""
    """A mail's HTML part, for a browser that does nothing else with it."""
    is_json: bool = False
    is_cut: bool = False


def as_shown(body: bytes, endpoint: Endpoint) -> SentBody:
    """A body without the tokens of links and with its receiver masked; what cannot be taken apart as text."""
    match endpoint.channel:
        case "email":
            return _mail(body, endpoint.shown)
        case "webhook":
            return _json(body)
    return _text(body.decode(errors="replace"))


def without_tokens(text: str) -> str:
    """A text in which no link leads to a subscription any more."""
    return _TOKEN.sub(r"\1…", text)


def _mail(body: bytes, shown: str) -> SentBody:
    mail = message_from_bytes(body, policy=policy.default)
    headers = [(name, _header(name, str(mail[name]), shown)) for name in _HEADERS if mail[name] is not None]
    text, html = _part(mail, "plain"), _part(mail, "html")
    return SentBody(
        headers=headers,
        text=plain(_harmless(text[:MOST_SHOWN])),
        html=_unlinked(_harmless(html[:MOST_SHOWN])),
        is_cut=max(len(text), len(html)) > MOST_SHOWN,
    )


def _unlinked(html: str) -> str:
    """HTML in which an address without its token is no link, as it would lead nowhere: it is said as a title."""
    return _LINK_WITHOUT_TOKEN.sub(r"\1title\2", html)


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _header(name: str, value: str, shown: str) -> str:
    """A header's value. Whom the mail is from and its id look like addresses, and are ours."""
    if name in ("To", "Subject"):
        return plain(_harmless(value))
    return plain(without_tokens(re.sub(re.escape(shown), masked(shown), value, flags=re.IGNORECASE)))


def _json(body: bytes) -> SentBody:
    try:
        text = orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except ValueError:
        return _text(body.decode(errors="replace"))
    return replace(_text(text), is_json=True)


def _text(text: str) -> SentBody:
    return SentBody(text=plain(_harmless(text[:MOST_SHOWN])), is_cut=len(text) > MOST_SHOWN)


def _harmless(text: str) -> str:
    return without_addresses(without_tokens(text))
