"""A notice to the operator, for every way of telling. Pure."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

import orjson

from monitor.model import Notice, Subscription
from monitor.render import mime
from monitor.render.chat import MOST_CHARACTERS, inert
from monitor.render.mail import inliner, templates
from monitor.render.text import plain
from monitor.render.webhook import envelope_of


def notice_mail(
    notice: Notice, *, subscription: Subscription, delivery_id: str, sender: str, list_host: str, date: datetime
) -> bytes:
    """The whole mail. There is nothing to unsubscribe from: the configuration names the operator."""
    host = mime.token(list_host)
    headers = [
        mime.address("From", sender),
        mime.address("To", subscription.endpoint.address),
        mime.unstructured("Subject", f"[monitor] {notice.subject}"),
        ("Date", format_datetime(date)),
        ("Message-ID", f"<{mime.token(delivery_id)}@{host}>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("List-Id", f"Notices of the trial monitor <notices.{host}>"),
    ]
    page = {"subject": notice.subject, "paragraphs": _paragraphs(notice), "kind": notice.kind}
    return mime.message(
        headers,
        text=templates().get_template("notice.txt").render(page),
        html=inliner().inline(templates().get_template("notice.html").render(page)),
        boundary=delivery_id,
    )


def notice_webhook(notice: Notice, *, sequence: int) -> bytes:
    """The bytes to sign and send."""
    return orjson.dumps(
        {
            **envelope_of(f"monitor.{notice.kind}", notice.occurred_at),
            "data": {
                "registry": notice.registry or None,
                "subject": notice.subject,
                "text": notice.text,
                "sequence": sequence,
            },
        }
    )


def notice_chat(notice: Notice) -> bytes:
    """The message, in UTF-8."""
    lines = (f"[monitor] {notice.subject}", *_paragraphs(notice))
    return "\n".join(inert(line, MOST_CHARACTERS // 2) for line in lines)[:MOST_CHARACTERS].encode()


def _paragraphs(notice: Notice) -> Sequence[str]:
    return plain(notice.text).split("\n")
