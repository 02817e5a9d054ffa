"""Bounces, complaints and what looks like them, in the shapes of many mail systems. All of them are written by us."""

from base64 import b64encode
from dataclasses import dataclass, field

from monitor.model.report import ReportKind

HARD, SOFT, FULL = ReportKind.HARD, ReportKind.SOFT, ReportKind.FULL
COMPLAINT, DELAYED, OTHER = ReportKind.COMPLAINT, ReportKind.DELAYED, ReportKind.OTHER

DELIVERY = "7c1e4f0a-52d1-5b6e-9c3d-0a1b2c3d4e5f"
ANNA = "anna@example.org"
RETURNED = f"""\
From: Trial monitor <monitor@example.org>
To: {ANNA}
Subject: [critical] NCT02116634: Withdrawn
Date: Sun, 22 Nov 2026 17:00:00 +0000
Message-ID: <{DELIVERY}@example.org>
References: <clinicaltrials.gov-NCT02116634-11111111-2222-5333-8444-555555555555@example.org>
List-Id: Trial alerts <alerts.example.org>
"""


@dataclass(frozen=True)
class Sample:
    """A mail, and what is to be read of it."""

    name: str
    kind: ReportKind
    raw: bytes = field(repr=False)
    status: str | None = None


def mail(head: str, body: str, *, charset: str = "utf-8") -> bytes:
    return f"{head.strip()}\nMIME-Version: 1.0\n".encode() + body.lstrip("\n").encode(charset, "replace")


def status_report(
    recipient: str,
    *,
    words: str = "Your message could not be delivered.",
    head: str = "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nSubject: Undelivered Mail",
    message: str = "Reporting-MTA: dns; mx.example.net\nArrival-Date: Sun, 22 Nov 2026 17:00:01 +0000\n",
    returned: str = RETURNED,
    kind: str = "message/delivery-status",
    returned_as: str = "text/rfc822-headers",
    charset: str = "utf-8",
    encoding: str = "8bit",
) -> bytes:
    """A multipart/report: words, fields about the message and about its *recipient*, and what comes back."""
    fields = f"{message}\n{recipient.strip()}\n"
    if encoding == "base64":
        fields = b64encode(fields.encode()).decode()
    return mail(
        head,
        f"""\
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset={charset}
Content-Transfer-Encoding: 8bit

{words}

--b1
Content-Type: {kind}
Content-Transfer-Encoding: {encoding}

{fields}
--b1
Content-Type: {returned_as}

{returned}
--b1--
""",
        charset=charset,
    )


def failed(status: str, diagnostic: str, **more: str) -> bytes:
    """As Postfix writes it."""
    return status_report(
        f"Final-Recipient: rfc822; {ANNA}\nOriginal-Recipient: rfc822;{ANNA}\nAction: failed\nStatus: {status}\n"
        f"Remote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; {diagnostic}",
        **more,
    )


def delayed(status: str, diagnostic: str) -> bytes:
    return status_report(
        f"Final-Recipient: rfc822; {ANNA}\nAction: delayed\nStatus: {status}\nDiagnostic-Code: smtp; {diagnostic}\n"
        "Will-Retry-Until: Fri, 27 Nov 2026 17:00:00 +0000"
    )


def feedback(fields: str, *, returned: str = RETURNED) -> bytes:
    return mail(
        "From: Feedback <feedback@fbl.example.net>\nSubject: FW: Trial alert",
        f"""\
Content-Type: multipart/report; report-type=feedback-report; boundary="f1"

--f1
Content-Type: text/plain; charset=us-ascii

This is an email abuse report for a message received on Sun, 22 Nov 2026.

--f1
Content-Type: message/feedback-report

{fields.strip()}

--f1
Content-Type: message/rfc822

{returned}
An alert.
--f1--
""",
    )


def in_words(text: str, *, head: str = "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice") -> bytes:
    return mail(head, f"Content-Type: text/plain; charset=utf-8\n\n{text.lstrip()}")


SAMPLES = (
    # No such mailbox
    Sample(
        "Postfix: no such user",
        HARD,
        failed("5.1.1", f"550 5.1.1 <{ANNA}>: Recipient address rejected: User unknown in virtual mailbox table"),
        "5.1.1",
    ),
    Sample(
        "Sendmail: with a comment behind the status",
        HARD,
        status_report(
            f"Final-Recipient: RFC822; {ANNA}\nAction: failed\nStatus: 5.1.1 (bad destination mailbox address)\n"
            "Diagnostic-Code: SMTP; 550 5.1.1 ... User unknown\nLast-Attempt-Date: Sun, 22 Nov 2026 17:00:03 GMT"
        ),
        "5.1.1",
    ),
    Sample(
        "Exim: the status says nothing, the diagnostic does, over two lines",
        HARD,
        status_report(
            f"Action: failed\nFinal-Recipient: rfc822;{ANNA}\nStatus: 5.0.0\n"
            "Diagnostic-Code: smtp; 550-5.1.1 The account that you tried to reach\n does not exist",
            head=f"X-Failed-Recipients: {ANNA}\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System "
            "<Mailer-Daemon@mx.example.net>\nSubject: Mail delivery failed: returning message to sender",
            returned_as="message/rfc822",
        ),
        "5.1.1",
    ),
    Sample(
        "a large provider: several lines of code, in Exim's order",
        HARD,
        failed(
            "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. Please try\n 550 5.1.1 ok"
        ),
        "5.1.1",
    ),
    Sample(
        "Exchange: an address list of its own, returned whole",
        HARD,
        status_report(
            f"Original-Recipient: rfc822;{ANNA}\nFinal-Recipient: rfc822;{ANNA}\nAction: failed\nStatus: 5.1.10\n"
            "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup",
            returned=f"{RETURNED}\nAn alert.\n",
            returned_as="message/rfc822",
        ),
        "5.1.10",
    ),
    Sample(
        "Exchange at the edge: 5.4.1 with the words for it",
        HARD,
        failed("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. [AMS0EPF000001A3]"),
        "5.4.1",
    ),
    Sample("the mailbox was closed", HARD, failed("5.2.1", "550 5.2.1 The mailbox was disabled"), "5.2.1"),
    Sample("the address moved", HARD, failed("5.1.6", "551 5.1.6 Recipient has moved, with no forwarding"), "5.1.6"),
    Sample("no such domain", HARD, failed("5.1.2", "550 5.1.2 Bad destination system"), "5.1.2"),
    Sample(
        "Postfix: the domain has no host",
        HARD,
        status_report(
            f"Final-Recipient: rfc822; {ANNA}\nAction: failed\nStatus: 5.4.4\n"
            "Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error for name=example.org"
        ),
        "5.4.4",
    ),
    Sample("a null MX", HARD, failed("5.1.10", "556 5.1.10 Recipient address has null MX"), "5.1.10"),
    Sample("a server without enhanced codes", HARD, failed("5.0.0", "550 No such user here"), "5.0.0"),
    Sample(
        "no status at all, but a reply",
        HARD,
        status_report(f"Final-Recipient: rfc822; {ANNA}\nAction: failed\nDiagnostic-Code: smtp; 550 Unknown user"),
        "5.0.0",
    ),
    Sample(
        "RFC 6533: an international report, in base64",
        HARD,
        status_report(
            "Final-Recipient: utf-8; änna@example.org\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 Benutzer unbekannt",
            kind="message/global-delivery-status",
            returned_as="message/global-headers",
            encoding="base64",
        ),
        "5.1.1",
    ),
    Sample(
        "German words in another encoding, and CRLF",
        HARD,
        failed(
            "5.5.0",
            "550 5.5.0 Empfänger unbekannt",
            words="Ihre Nachricht konnte nicht übermittelt werden.",
            charset="iso-8859-1",
        ).replace(b"\n", b"\r\n"),
        "5.5.0",
    ),
    Sample(
        "French words, in a charset that nobody knows",
        HARD,
        failed("5.0.0", "550 Utilisateur inconnu", words="Votre message n'a pas été remis.").replace(
            b"charset=utf-8", b"charset=x-martian"
        ),
        "5.0.0",
    ),
    Sample(
        "Japanese words",
        HARD,
        failed("5.1.1", "550 5.1.1 ユーザーが存在しません", words="配信できませんでした。", charset="utf-8"),
        "5.1.1",
    ),
    Sample(
        "of two recipients, one failed",
        HARD,
        status_report(
            "Final-Recipient: rfc822; bo@example.org\nAction: relayed\nStatus: 2.0.0\n\n"
            f"Final-Recipient: rfc822; {ANNA}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no"
        ),
        "5.1.1",
    ),
    Sample(
        "a footer around the report",
        HARD,
        failed("5.1.1", "550 5.1.1 User unknown").replace(
            b"Content-Type: multipart/report",
            b'Content-Type: multipart/mixed; boundary="m1"\n\n--m1\nContent-Type: multipart/report',
            1,
        )
        + b"\n--m1\nContent-Type: text/plain\n\nScanned.\n--m1--\n",
        "5.1.1",
    ),
    Sample(
        "qmail",
        HARD,
        in_words(
            f"""
Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{ANNA}>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 <{ANNA}>: User unknown
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

Return-Path: <monitor@example.org>
{RETURNED}
""",
            head="Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: failure notice",
        ),
        "5.1.1",
    ),
    Sample(
        "qmail, at home",
        HARD,
        in_words(f"<{ANNA}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line\n\n{RETURNED}"),
        "5.1.1",
    ),
    Sample(
        "Exim of old: no code, and words that say so",
        HARD,
        in_words(
            f"""
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {ANNA}
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

{RETURNED}
""",
            head=f"X-Failed-Recipients: {ANNA}\nFrom: Mail Delivery System <Mailer-Daemon@mx.example.net>\n"
            "Subject: Mail delivery failed: returning message to sender",
        ),
        "5.0.0",
    ),
    Sample(
        "Domino, quoting what it returns",
        HARD,
        in_words(
            f"Your message\n\n   was not delivered to:\n   {ANNA}\n   because:\n   550 5.1.1 User {ANNA} not listed\n\n"
            + "".join(f"> {line}\n" for line in RETURNED.splitlines()),
            head="From: Postmaster@example.org\nSubject: DELIVERY FAILURE: 550 5.1.1",
        ),
        "5.1.1",
    ),
    # The mailbox is full
    Sample("full, for good", FULL, failed("5.2.2", "552 5.2.2 Mailbox size limit exceeded"), "5.2.2"),
    Sample("full, given up after days", FULL, failed("4.2.2", "452 4.2.2 The recipient's inbox is full"), "4.2.2"),
    Sample("full, in words alone", FULL, failed("5.0.0", "552 Quota exceeded (mailbox for user is full)"), "5.0.0"),
    Sample("full, as RFC 5321 has it", FULL, failed("5.0.0", "552 Exceeded storage allocation"), "5.0.0"),
    Sample("full, in German", FULL, failed("5.5.0", "552 5.5.0 Postfach ist voll"), "5.5.0"),
    Sample(
        "full, from Exchange",
        FULL,
        failed("5.2.2", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException"),
        "5.2.2",
    ),
    Sample("full, under the code for no such mailbox", FULL, failed("5.1.1", "550 5.1.1 mailbox is full"), "5.1.1"),
    # What may end
    Sample(
        "too many mails",
        SOFT,
        failed("5.2.1", "550 5.2.1 This user receives mail at a rate that prevents more"),
        "5.2.1",
    ),
    Sample("closed for now", SOFT, failed("5.2.1", "550 5.2.1 Mailbox temporarily disabled; 30 days"), "5.2.1"),
    Sample("a policy", SOFT, failed("5.7.1", "550 5.7.1 Message rejected as spam by content scanning"), "5.7.1"),
    Sample("no authentication", SOFT, failed("5.7.26", "550-5.7.26 This mail has been blocked, SPF"), "5.7.26"),
    Sample("a blocked network, that names an unknown user", SOFT, failed("5.7.1", "554 5.7.1 user unknown"), "5.7.1"),
    Sample("too large", SOFT, failed("5.3.4", "552 5.3.4 Message size exceeds fixed limit"), "5.3.4"),
    Sample("our own address refused", SOFT, failed("5.1.8", "553 5.1.8 Sender domain does not exist"), "5.1.8"),
    Sample("a server that was silent for days", SOFT, failed("4.4.1", "421 4.4.1 Connection timed out"), "4.4.1"),
    Sample("unknown, for now", SOFT, failed("4.1.1", "450 4.1.1 User unknown in local recipient table"), "4.1.1"),
    Sample("nothing in particular", SOFT, failed("5.0.0", "554 Transaction failed"), "5.0.0"),
    Sample("delayed", DELAYED, delayed("4.4.1", "421 4.4.1 Connection timed out"), "4.4.1"),
    Sample("delayed, the mailbox being full", DELAYED, delayed("4.2.2", "452 4.2.2 Mailbox full"), "4.2.2"),
    Sample(
        "delayed, in words",
        DELAYED,
        in_words(
            f"Warning: 450 4.2.0 Greylisted\nNo action is required on your part.\n\n{RETURNED}",
            head="From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nSubject: Warning: message delayed a day",
        ),
        "4.2.0",
    ),
    # Complaints
    Sample(
        "abuse",
        COMPLAINT,
        feedback("Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nSource-IP: 192.0.2.2"),
    ),
    Sample(
        "abuse, with everything optional, its words in other letters",
        COMPLAINT,
        feedback(
            "FEEDBACK-TYPE: Abuse\nVersion: 0.1\nOriginal-Mail-From: <monitor@example.org>\n"
            f"Original-Rcpt-To: <{ANNA}>\nReported-Domain: example.org\nIncidents: 1"
        ),
    ),
    Sample("fraud", COMPLAINT, feedback("Feedback-Type: fraud\nVersion: 1")),
    Sample("an opt-out", COMPLAINT, feedback("Feedback-Type: opt-out\nVersion: 1")),
    # Nothing of the kind
    Sample("a complaint taken back", OTHER, feedback("Feedback-Type: not-spam\nVersion: 1")),
    Sample("a failed authentication", OTHER, feedback("Feedback-Type: auth-failure\nVersion: 1\nAuth-Failure: dmarc")),
    Sample(
        "it arrived",
        OTHER,
        status_report(f"Final-Recipient: rfc822; {ANNA}\nAction: delivered\nStatus: 2.1.5"),
        "2.1.5",
    ),
    Sample(
        "away for a while, in English",
        OTHER,
        in_words(
            "I am out of the office until 1 December. If it is urgent: 550 5.1.1 is our mail room.",
            head=f"From: Anna <{ANNA}>\nSubject: Out of office\nAuto-Submitted: auto-replied\n"
            f"In-Reply-To: <{DELIVERY}@example.org>\nX-Auto-Response-Suppress: All",
        ),
    ),
    Sample(
        "away for good, in German",
        OTHER,
        in_words(
            "Ich arbeite nicht mehr hier. Das Postfach existiert nicht mehr lange.",
            head=f"Return-Path: <>\nFrom: <{ANNA}>\nSubject: =?utf-8?q?Automatische_Antwort?=\n"
            f"Auto-Submitted: auto-replied\nReferences: <{DELIVERY}@example.org>",
        ),
    ),
    Sample(
        "a person who asks",
        OTHER,
        in_words(
            "My colleague got 550 5.1.1 User unknown. Why?",
            head=f"From: {ANNA}\nSubject: Re: [critical] NCT02116634\nIn-Reply-To: <{DELIVERY}@example.org>",
        ),
    ),
    Sample(
        "a mail system's newsletter",
        OTHER,
        in_words("Version 5.1.1 of our filter is here.", head="From: postmaster@example.org\nSubject: News"),
    ),
    Sample(
        "a receipt: it was read",
        OTHER,
        mail(
            f"From: {ANNA}\nSubject: Read: [critical] NCT02116634",
            'Content-Type: multipart/report; report-type=disposition-notification; boundary="d1"\n\n--d1\n'
            "Content-Type: text/plain\n\nIt was read.\n--d1\nContent-Type: message/disposition-notification\n\n"
            f"Final-Recipient: rfc822;{ANNA}\nOriginal-Message-ID: <{DELIVERY}@example.org>\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\n--d1--\n",
        ),
    ),
)
