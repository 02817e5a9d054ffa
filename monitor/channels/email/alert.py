"""What every mail has: its headers; and what those to subscribers have besides: why it came, and how to leave. Pure.

The bytes are a function of the arguments: made again, they are the same. They are stored, and every attempt sends
them as they are.

Left out on purpose: `Precedence: bulk`, which RFC 3834 calls historic and some filters take as a reason to sort the
mail away. What keeps vacation notices from answering is `Auto-Submitted`, and for Exchange, which does not read that,
`X-Auto-Response-Suppress`.
"""

from collections.abc import Mapping, Sequence
from email.utils import format_datetime

from monitor.channels.channel import Envelope
from monitor.channels.email import mime
from monitor.channels.email.configured import MailSender
from monitor.channels.email.foot import leaving, leaving_headers, leaving_in_words
from monitor.channels.email.slots import SLOTS, Slotted, slots
from monitor.channels.email.typesetting import as_html, as_text
from monitor.language.texts import Texts
from monitor.model.language import ENGLISH
from monitor.text import safe_cut

MOST_NOTE = 1_000

ALERTS = "Trial alerts <alerts"
NOTICES = "Notices of the trial monitor <notices"
"""The lists that mails are of, RFC 2919, up to the host."""

Headers = Sequence[tuple[str, str]]


class Alert:
    """What all get who are told the same: a *subject*, and a *page* for two templates *name*, of text and of HTML."""

    def __init__(self, name: str, page: Mapping[str, object], *, subject: str, texts: Texts) -> None:
        self._name = name
        self._texts = texts
        self._page = page
        self._subject = mime.unstructured("Subject", subject)
        self._text = as_text(name, page, texts)
        self._shared: dict[tuple[str, ...], Slotted | None] = {}
        """By what readers have of their own: not all have a note."""

    def for_subscriber(
        self, envelope: Envelope, sender: MailSender, *, why: str, threaded: Headers = (), marked: Headers = ()
    ) -> bytes:
        """The whole mail, signed. *why* says what the subscriber asked for.

        The headers *threaded* say which mails it follows, and those *marked* what it is about. Where the subscription
        has a page of its own, people leave there. Raise ConfigurationInvalid where the sender's way to unsubscribe is
        none.
        """
        manage, subscription = envelope.manage, envelope.subscription
        leave = leaving(f"{manage}/leave" if manage else sender.unsubscribe, subscription)
        headers = [
            *headers_of(self._subject, envelope, sender, listed=ALERTS, threaded=threaded),
            *in_language(self._texts),
            *leaving_headers(leave),
            *marked,
            ("X-Monitor-Sequence", str(envelope.sequence)),
        ]
        own = {
            "why": why,
            "note": safe_cut(subscription.note or "", MOST_NOTE),
            "leave": leave,
            "leaving": self._leaving(manage, leave),
            "manage": manage,
            "sequence": str(envelope.sequence),
        }
        text = self._text + as_text("alert-foot", own, self._texts)
        return sender.signed(mime.message(headers, text=text, html=self._html(own), boundary=envelope.delivery_id))

    def _leaving(self, manage: str, leave: str) -> str:
        if not manage:
            return leaving_in_words(leave, self._texts)
        return self._texts.gettext("To change this or leave: {link}").format(link=manage)

    def _html(self, own: Mapping[str, str]) -> str:
        """What is rendered once, with what is this subscriber's own in its place."""
        names = tuple(name for name in SLOTS if own[name])
        if names not in self._shared:
            self._shared[names] = Slotted.of(self._rendered({**own, **slots(names)}), names)
        shared = self._shared[names]
        return shared.filled(own) if shared else self._rendered(own)

    def _rendered(self, own: Mapping[str, str]) -> str:
        return as_html(self._name, {**self._page, **own}, self._texts)


def in_language(texts: Texts) -> list[tuple[str, str]]:
    """The header that says in which language a mail is, RFC 3282, where that is another than usual."""
    return [] if texts.language == ENGLISH else [("Content-Language", texts.language)]


def headers_of(
    subject: tuple[str, str], envelope: Envelope, sender: MailSender, *, listed: str, threaded: Headers = ()
) -> list[tuple[str, str]]:
    """The headers that every mail has; *subject* as `mime.unstructured` makes it."""
    return [
        mime.address("From", sender.sender),
        mime.address("To", envelope.subscription.endpoint.address),
        subject,
        ("Date", format_datetime(envelope.date)),
        ("Message-ID", message_id(envelope.delivery_id, sender)),
        *threaded,
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("List-Id", f"{listed}.{mime.token(sender.list_host)}>"),
    ]


def message_id(of: str, sender: MailSender) -> str:
    """The id of a mail, from that of its delivery; or one that no mail has, which those of a thread refer to."""
    return f"<{mime.token(of)}@{mime.token(sender.list_host)}>"
