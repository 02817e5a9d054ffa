"""What a delivery sends, to be looked at by those who look after it: a mail taken apart, JSON set out, or text. Pure.

Mails carry links by which whoever has them changes or ends a subscription, and links that confirm one. Who looks at a
delivery must not be able to do that for somebody else, so their tokens are left out wherever they stand, and addresses
of receivers are masked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

import orjson

from monitor.model import Endpoint
from monitor.text import plain
from monitor.views.addresses import masked

MOST_SHOWN = 200_000
"""Characters of a part."""
_HEADERS = (
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "X-Monitor-Event", "X-Monitor-Sequence"),
)
_TOKEN = re.compile(r"((?:/|%2F)(?:a|confirm)(?:/|%2F))[\w.~%=-]{12,}", re.ASCII | re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")


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
            return _json(body, endpoint.shown)
    return _text(body.decode(errors="replace"), endpoint.shown)


def without_tokens(text: str) -> str:
    """A text in which no link leads to a subscription any more."""
    return _TOKEN.sub(r"\1…", text)


def _mail(body: bytes, shown: str) -> SentBody:
    mail = message_from_bytes(body, policy=policy.default)
    headers = [(name, _harmless(str(mail[name]), shown)) for name in _HEADERS if mail[name] is not None]
    text, html = _part(mail, "plain"), _part(mail, "html")
    return SentBody(
        headers=headers,
        text=_harmless(text, shown)[:MOST_SHOWN],
        html=_harmless(html, shown, is_html=True)[:MOST_SHOWN],
        is_cut=max(len(text), len(html)) > MOST_SHOWN,
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _json(body: bytes, shown: str) -> SentBody:
    try:
        text = orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except ValueError:
        return _text(body.decode(errors="replace"), shown)
    return SentBody(text=_harmless(text, shown)[:MOST_SHOWN], is_json=True, is_cut=len(text) > MOST_SHOWN)


def _text(text: str, shown: str) -> SentBody:
    return SentBody(text=_harmless(text, shown)[:MOST_SHOWN], is_cut=len(text) > MOST_SHOWN)


def _harmless(text: str, shown: str, *, is_html: bool = False) -> str:
    """Without tokens, and with the receiver's address masked; characters that hide are made visible, but in HTML."""
    told = without_tokens(text)
    if _ADDRESS.fullmatch(shown):
        told = re.sub(re.escape(shown), masked(shown), told, flags=re.IGNORECASE)
    return told if is_html else plain(told)
