"""What a mail says of a mail of ours: a delivery status (RFC 3464), a complaint (RFC 5965), or less formal words. Pure.

| what comes                                                        | what is read of it                             |
|-------------------------------------------------------------------|------------------------------------------------|
| a part message/delivery-status, also RFC 6533's                   | the worst of its recipients                    |
| a part message/feedback-report                                    | a complaint, if it is abuse, fraud or opt-out  |
| a text of a mail system with a code, or words that say so for good | as a delivery status                          |
| anything else: an automatic reply, a person's mail                | other                                          |

Which delivery it is about is found by `ReturnPaths`, or else by the Message-ID of the mail that it returns.

The mail is a stranger's. Its first LARGEST bytes are read, and of what it returns only the head, so depth and size do
no harm; what cannot be taken apart is `OTHER`. Nothing here is raised but what the vault raises.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes, message_from_string
from email.message import Message
from hashlib import sha256

from monitor.channels.email.return_paths import ReturnPaths
from monitor.channels.email.statuses import is_for_good, meaning, status_in, status_said, told_best
from monitor.model.report import Report, ReportKind
from monitor.text import one_line, safe_cut

LARGEST = 512 * 1024
"""Bytes: what a report says comes before what it returns."""
MOST_PARTS = 100
MOST_RECIPIENTS = 100
MOST_DIAGNOSTIC = 300
MOST_WORDS = 20_000
_DIGESTED = LARGEST // 2

_WORST_FIRST = (ReportKind.HARD, ReportKind.FULL, ReportKind.SOFT, ReportKind.DELAYED, ReportKind.OTHER)
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})
"""RFC 5965, 7.3; "not-spam" takes one back, and the others are about mail systems."""
_STATUSES = ("text/delivery-status", "text/global-delivery-status")
_FEEDBACK = "text/feedback-report"
_RETURNED = ("text/rfc822", "text/rfc822-headers", "text/global", "text/global-headers")
_OUR_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^<>\s]{1,255}>", re.IGNORECASE)
_TYPED = re.compile(r"^[A-Za-z0-9.-]+ ?; ?")
_ID_QUOTED = re.compile(r"^[> \t]*Message-ID[ \t]*:.*", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,128}@[^\s<>,;:\"()]{1,255}")
_MAIL_SYSTEM = re.compile(r"(?i)mailer[-_ ]?daemon|post ?master|mail delivery (?:sub)?system|mdaemon|courier-mta")
_QUOTED = re.compile(
    r"^[> \t]*(?:Received|Return-Path|Message-ID|DKIM-Signature|X-Monitor-Event|List-Id)[ \t]*:|"
    r"^-{3,}.{0,40}(?:original|copy of)|^--- Below this line",
    re.IGNORECASE | re.MULTILINE,
)
_STILL_TRIED = re.compile(r"(?i)delay|not (?:yet )?been delivered yet|will (?:keep|continue|be re)")
_SLOW_CHARSETS = frozenset({"idna", "punycode"})
"""Of Python: their decoders take minutes for what is long."""
_EVERY_PART = re.compile(rb"boundary[ \t]*=", re.IGNORECASE)


class _Part(Message):
    """A part of a mail. Those of the type message/… count as text: what is returned is not taken apart."""

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        return f"text/{kind.partition('/')[2]}" if kind.startswith("message/") else kind


def read_report(raw: bytes, return_paths: ReturnPaths | None = None) -> Report:
    """What a mail reports; *return_paths* are ours, where mails have such addresses to come back to."""
    head = raw[:LARGEST]
    try:
        if len(_EVERY_PART.findall(head)) > MOST_PARTS:
            return Report(kind=ReportKind.OTHER, digest=_digest(head, ""))
        mail = message_from_bytes(head, _class=_Part)
        parts: list[Message] = [part for part in mail.walk() if not part.is_multipart()]
        report, returned = _report(mail, parts), _returned(parts)
        own_id, addressed = _field(mail, "Message-ID"), list(_addressed(mail, parts, returned))
        named = _our_ids(mail, returned, parts)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # the library's own slips
        return Report(kind=ReportKind.OTHER, digest=_digest(head, ""))
    signed = (return_paths.delivery(address) for address in addressed) if return_paths else ()
    delivery_id = next(filter(None, signed), None)
    return replace(
        report,
        delivery_id=delivery_id or next(iter(named), None),
        is_signed=delivery_id is not None,
        digest=_digest(head, own_id),
    )


def _report(mail: Message, parts: list[Message]) -> Report:
    for part in parts:
        if part.get_content_type() in _STATUSES:
            return _delivery_status(part)
        if part.get_content_type() == _FEEDBACK:
            return _feedback(part)
    return _in_words(mail, parts)


def _delivery_status(part: Message) -> Report:
    """The worst that is said of any recipient."""
    groups = [_group(fields) for fields in _groups(part) if {"action", "status"} & fields.keys()]
    return min(groups, key=lambda each: _WORST_FIRST.index(each.kind), default=Report(kind=ReportKind.OTHER))


def _group(fields: Mapping[str, str]) -> Report:
    diagnostic = _TYPED.sub("", fields.get("diagnostic-code", ""))
    action = re.split(r"[\s(;]", fields.get("action", "").lower(), maxsplit=1)[0]
    status = told_best(status_in(fields.get("status", "")), diagnostic)
    recipients = _addresses(fields.get(name, "") for name in ("original-recipient", "final-recipient"))
    return Report(
        kind=meaning(action, status, diagnostic),
        status=status,
        diagnostic=_cut(diagnostic),
        recipients=recipients,
    )


def _feedback(part: Message) -> Report:
    fields = next(_groups(part), {})
    kind = fields.get("feedback-type", "").strip().lower()
    return Report(
        kind=ReportKind.COMPLAINT if kind in _COMPLAINTS else ReportKind.OTHER,
        diagnostic=_cut(f"{kind}, reported by {fields.get('source-ip') or fields.get('user-agent') or 'a reader'}"),
        recipients=_addresses([fields.get("original-rcpt-to", "")]),
    )


def _in_words(mail: Message, parts: list[Message]) -> Report:
    """What a mail system says without any form: only where it says who failed, and why."""
    failed = _field(mail, "X-Failed-Recipients")
    if not failed and not _MAIL_SYSTEM.search(_field(mail, "From")):
        return Report(kind=ReportKind.OTHER)
    text = next((_text(part) for part in parts if part.get_content_type() == "text/plain"), "")[:MOST_WORDS]
    words = text[: quoted.start()] if (quoted := _QUOTED.search(text)) else text
    subject = _field(mail, "Subject")
    line = next((each for each in words.splitlines() if status_said(each)), "")
    status = status_said(line) or ("5.0.0" if is_for_good(f"{subject}\n{words}") else None)
    if status is None:
        return Report(kind=ReportKind.OTHER)
    action = "delayed" if _STILL_TRIED.search(subject) else "failed"
    return Report(
        kind=meaning(action, status, " ".join(words.split())),
        status=status,
        diagnostic=_cut(line or words),
        recipients=_addresses([failed]) or _addresses([words]),
    )


def _groups(part: Message) -> Iterator[Mapping[str, str]]:
    """The fields of each group of a report, by name."""
    blocks = [block for block in re.split(r"\n[ \t]*\n", _text(part).replace("\r\n", "\n")) if block.strip()]
    for block in blocks[: MOST_RECIPIENTS + 1]:
        fields = message_from_string(block.lstrip("\n"))
        yield {name.lower(): _unfolded(value) for name, value in fields.items()}


def _returned(parts: Iterable[Message]) -> list[Message]:
    """The heads of the mails that come back."""
    heads = (_text(part) for part in parts if part.get_content_type() in _RETURNED)
    return [message_from_string(re.split(r"\r?\n\r?\n", head.lstrip(), maxsplit=1)[0]) for head in heads]


def _addressed(mail: Message, parts: Iterable[Message], returned: Iterable[Message]) -> Iterator[str]:
    """Addresses that may be one of ours to come back to."""
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To"):
        for value in mail.get_all(name) or ():
            yield from _addresses([_unfolded(value)])
    for part in parts:
        if part.get_content_type() == _FEEDBACK:
            yield from _addresses([next(_groups(part), {}).get("original-mail-from", "")])
    for head in returned:
        yield from _addresses([_field(head, "Return-Path")])


def _our_ids(mail: Message, returned: Iterable[Message], parts: Iterable[Message]) -> list[str]:
    """What may be the ids of our deliveries: of the mail that comes back, and else of that which is answered."""
    texts = [_field(head, "Message-ID") for head in returned]
    quoted = (_text(part) for part in parts if part.get_content_type() == "text/plain")
    texts += [line for text in quoted for line in _ID_QUOTED.findall(text)]
    texts += [_field(mail, "In-Reply-To"), _field(mail, "References")]
    return [found.lower() for text in texts for found in _OUR_ID.findall(text)]


def _text(part: Message) -> str:
    """The text of a part, whatever its encoding says of itself."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    for named in ("utf-8" if charset in _SLOW_CHARSETS else charset, "utf-8"):
        with suppress(LookupError, ValueError):
            return raw.decode(named)
    return raw.decode("latin-1")


def _field(mail: Message, name: str) -> str:
    return _unfolded(mail.get(name, ""))


def _unfolded(value: object) -> str:
    return " ".join(str(value).split())


def _addresses(texts: Iterable[str]) -> frozenset[str]:
    """The addresses in some texts, without what says of which type they are."""
    return frozenset(found.lower() for text in texts for found in _ADDRESS.findall(text[:10_000]))


def _cut(words: str) -> str:
    return safe_cut(one_line(words), MOST_DIAGNOSTIC)


def _digest(head: bytes, own_id: str) -> bytes:
    """Of what does not change on the way here: its id, and all below its head, whatever ends the lines."""
    body = head.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return sha256(own_id.encode("utf-8", "replace") + b"\n" + body.rstrip(b"\n")[:_DIGESTED]).digest()
