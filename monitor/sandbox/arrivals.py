"""Received mails and webhooks, as JSON for scripts and in parts for the page. Pure.

Mails and webhooks may contain anything: these functions always return something.
"""

import orjson

from monitor.model import Json
from monitor.sandbox.mailbox import Mail
from monitor.sandbox.receiver import Received


def mail_as_object(mail: Mail) -> Json:
    """A summary of a mail, with the envelope's addresses, since those in the headers may be unreadable."""
    return {
        "number": mail.number,
        "from": mail.sender,
        "to": list(mail.recipients),
        "subject": str(mail.email["Subject"] or ""),
    }


def webhook_as_object(received: Received) -> Json:
    """A summary of a webhook. `verified` is null if the receiver had no secret."""
    body = body_of(received)
    data = body.get("data")
    return {
        "number": received.number,
        "id": received.id,
        "type": body.get("type"),
        "trial_id": data.get("trial_id") if isinstance(data, dict) else None,
        "verified": received.verified,
        "status": received.status,
    }


def body_of(received: Received) -> Json:
    """A webhook's body as a JSON object; an empty one if it is not one."""
    try:
        body = orjson.loads(received.body)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def pretty(received: Received) -> str:
    """A webhook's body for people: indented, if it is JSON."""
    try:
        return orjson.dumps(orjson.loads(received.body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return received.body.decode("utf-8", "replace")


def text_of(mail: Mail) -> str:
    """The plain-text part of a mail; empty if there is none."""
    return part_of(mail, "plain")


def html_of(mail: Mail) -> str:
    """The HTML part of a mail; empty if there is none."""
    return part_of(mail, "html")


def part_of(mail: Mail, kind: str) -> str:
    """A part's text, read as UTF-8 if its character set is unknown."""
    part = mail.email.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
