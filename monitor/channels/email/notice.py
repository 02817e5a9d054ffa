"""A notice to the operator as a mail. Pure."""

from datetime import datetime
from email.utils import format_datetime

from monitor.channels.email import mime
from monitor.channels.email.rendering import inliner, templates
from monitor.model import Notice, Subscription
from monitor.text import plain


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
    page = {"subject": notice.subject, "paragraphs": plain(notice.text).split("\n"), "kind": notice.kind}
    return mime.message(
        headers,
        text=templates().get_template("notice.txt").render(page),
        html=inliner().inline(templates().get_template("notice.html").render(page)),
        boundary=delivery_id,
    )
