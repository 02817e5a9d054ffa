"""A notice as a mail: to the operator, or to a subscriber who has yet to confirm a subscription. Pure."""

from collections.abc import Mapping
from email.utils import format_datetime

from monitor.channels.channel import Envelope
from monitor.channels.email import mime
from monitor.channels.email.foot import leaving_by_link
from monitor.channels.email.rendering import inliner, templates
from monitor.model import Notice
from monitor.text import one_line, plain


def notice_mail(notice: Notice, envelope: Envelope, *, sender: str, list_host: str) -> bytes:
    """The whole mail. There is nothing to unsubscribe from: the configuration names the operator."""
    headers = _headers(
        f"[monitor] {notice.subject}", "Notices of the trial monitor <notices", envelope, sender, list_host
    )
    page = {"subject": notice.subject, "paragraphs": plain(notice.text).split("\n"), "kind": notice.kind}
    return _mail("notice", headers, page, envelope)


def confirmation_mail(notice: Notice, envelope: Envelope, *, sender: str, list_host: str) -> bytes:
    """The whole mail, which asks for one click. No stranger's words are in it: whoever asked may be somebody else."""
    headers = _headers(notice.subject, "Trial alerts <alerts", envelope, sender, list_host)
    page = {
        "subject": notice.subject,
        "about": one_line(notice.text),
        "address": one_line(envelope.subscription.endpoint.shown),
        "confirm": envelope.confirm,
    }
    return _mail("confirmation", [*headers, *leaving_by_link(envelope.manage)], page, envelope)


def _headers(subject: str, list_name: str, envelope: Envelope, sender: str, list_host: str) -> list[tuple[str, str]]:
    host = mime.token(list_host)
    return [
        mime.address("From", sender),
        mime.address("To", envelope.subscription.endpoint.address),
        mime.unstructured("Subject", subject),
        ("Date", format_datetime(envelope.date)),
        ("Message-ID", f"<{mime.token(envelope.delivery_id)}@{host}>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("List-Id", f"{list_name}.{host}>"),
    ]


def _mail(name: str, headers: list[tuple[str, str]], page: Mapping[str, object], envelope: Envelope) -> bytes:
    return mime.message(
        headers,
        text=templates().get_template(f"{name}.txt").render(page),
        html=inliner().inline(templates().get_template(f"{name}.html").render(page)),
        boundary=envelope.delivery_id,
    )
