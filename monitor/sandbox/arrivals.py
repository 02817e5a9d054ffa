"""What arrived at a sandbox, in a form for scripts and in parts for the page. Pure.

Mails and webhooks are other people's bytes: whatever is in them, these functions return something.
"""

import orjson

from monitor.model import Json
from monitor.sandbox.mailbox import Mail
from monitor.sandbox.receiver import Received


def mail_as_object(mail: Mail) -> Json:
    """A mail in a few words: the envelope's addresses, since a header's may be garbage that nothing can read."""
    return {
        "number": mail.number,
        "from": mail.sender,
        "to": list(mail.recipients),
        "subject": str(mail.email["Subject"] or ""),
    }


def webhook_as_object(received: Received) -> Json:
    """A webhook in a few words. `verified` is null where the receiver had no secret."""
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
    """The object that a webhook's body is; an empty one where it is none."""
    try:
        body = orjson.loads(received.body)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def pretty(received: Received) -> str:
    """A webhook's body as people read it: indented, where it is JSON."""
    try:
        return orjson.dumps(orjson.loads(received.body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return received.body.decode("utf-8", "replace")


def text_of(mail: Mail) -> str:
    """The part of a mail that is plain text; empty where there is none."""
    return part_of(mail, "plain")


def html_of(mail: Mail) -> str:
    """The part of a mail that is HTML; empty where there is none."""
    return part_of(mail, "html")


def part_of(mail: Mail, kind: str) -> str:
    """A part's text; in UTF-8, where its character set is none that is known here."""
    part = mail.email.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
