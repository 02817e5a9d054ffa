"""What a mail system reports of a mail that it took: that it could not be delivered, or that its reader complains.

The reports are put into a Maildir, as the mail server of their receiver would do it.
"""

import mailbox
from dataclasses import dataclass
from email.utils import make_msgid
from pathlib import Path

from monitor.sandbox.mailbox import Mail

HOST = "mx.sandbox.example"
BOUNDARY = "=_report"


@dataclass(frozen=True)
class Refusal:
    """Why a mail could not be delivered: a status, RFC 3463, and words."""

    status: str
    words: str


NOBODY = Refusal("5.1.1", "550 5.1.1 No such mailbox")
FULL = Refusal("5.2.2", "552 5.2.2 The mailbox is full")
COMPLAINT = None
"""In place of a refusal: the reader reports the mail as unwanted."""


def report_of(mail: Mail, refusal: Refusal | None) -> bytes:
    """The mail that reports it, to whom the mail came from: RFC 3464 for a refusal, RFC 5965 for a complaint."""
    kind = "delivery-status" if refusal else "feedback-report"
    head = {
        "From": f"Mail Delivery System <MAILER-DAEMON@{HOST}>",
        "To": mail.sender,
        "Subject": "Undelivered Mail Returned to Sender" if refusal else "A reader complains",
        "Message-ID": make_msgid(domain=HOST),
        "Auto-Submitted": "auto-replied",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/report; report-type={kind}; boundary="{BOUNDARY}"',
    }
    parts = {
        "text/plain": f"{refusal.words}\n" if refusal else "This mail was reported as unwanted.\n",
        f"message/{kind}": _status(mail, refusal) if refusal else _feedback(mail),
        "text/rfc822-headers": f"Return-Path: <{mail.sender}>\n{_head(mail)}",
    }
    lines = [f"{name}: {value}\n" for name, value in head.items()]
    lines += [f"\n--{BOUNDARY}\nContent-Type: {name}\n\n{text}" for name, text in parts.items()]
    return "".join([*lines, f"\n--{BOUNDARY}--\n"]).encode("utf-8", "surrogateescape")


def make_maildir(folder: Path) -> mailbox.Maildir:
    """A Maildir, which is made where there is none."""
    return mailbox.Maildir(folder, create=True)


def put_into(folder: Path, report: bytes) -> None:
    """Add a mail to a Maildir."""
    make_maildir(folder).add(report)


def _status(mail: Mail, refusal: Refusal) -> str:
    about = f"Reporting-MTA: dns; {HOST}\n"
    each = (
        f"\nFinal-Recipient: rfc822; {recipient}\nAction: failed\nStatus: {refusal.status}\n"
        f"Diagnostic-Code: smtp; {refusal.words}\n"
        for recipient in mail.recipients
    )
    return about + "".join(each)


def _feedback(mail: Mail) -> str:
    recipients = "".join(f"Original-Rcpt-To: <{each}>\n" for each in mail.recipients)
    return f"Feedback-Type: abuse\nUser-Agent: sandbox\nVersion: 1\nOriginal-Mail-From: <{mail.sender}>\n{recipients}"


def _head(mail: Mail) -> str:
    return mail.raw.partition(b"\r\n\r\n")[0].decode("utf-8", "surrogateescape").replace("\r\n", "\n") + "\n"
