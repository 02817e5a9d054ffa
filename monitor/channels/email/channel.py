"""Mail, as `monitor.channels` declares it."""

from collections.abc import Sequence
from datetime import timedelta

from monitor.channels.channel import Channel, Configuration, Digest, Envelope, EventContext, EventRenderer
from monitor.channels.email.settings import SmtpSettings
from monitor.channels.retries import RetrySchedule
from monitor.model import Change, Message, Notice
from monitor.model.subscriber_notice import SubscriberNotice
from monitor.ports import Transport
from monitor.text import one_line
from monitor.vault import Vault


class Email(Channel):
    """A mailbox."""

    name = "email"
    server_of = "mail"
    server_table = "smtp"
    # RFC 5321, 4.5.4.1, asks for at least 30 minutes between two attempts, and for four to five days of them; a
    # greylisting server counts one that comes too soon as a new one.
    retries = RetrySchedule(
        waits=(timedelta(0), timedelta(minutes=30), *(timedelta(hours=hours) for hours in (1, 2, 4))),
        given_up_after=timedelta(days=5),
        never_early=True,
    )

    def checked(self, address: str, config: Configuration) -> str:  # noqa: ARG002 - no setting restricts addresses
        """In its usual form."""
        from monitor.channels.email.address import checked_address  # only those who subscribe somebody need it

        return checked_address(address)

    def shown(self, address: str) -> str:
        """As it is."""
        return address

    def transport(self, config: Configuration, vault: Vault) -> Transport:
        """Through the mail server."""
        from monitor.channels.email.configured import email_transport  # loads smtplib and ssl

        return email_transport(config, vault)

    def greet(self, config: Configuration, *, seconds: float) -> str:
        """Log in at the mail server."""
        from monitor.channels.email.configured import email_transport  # as above

        email_transport(config, timeout=seconds, deadline=seconds).greet()
        smtp = config.section(SmtpSettings)
        return f"{smtp.host}:{smtp.port}"

    def event_renderer(self, context: EventContext, changes: Sequence[Change], config: Configuration) -> EventRenderer:
        """A mail, signed, in the thread of its trial, or of the sibling that told the same shortly before."""
        from monitor.channels.email.configured import mail_sender  # a check that tells nobody renders nothing
        from monitor.channels.email.rendering import EventMail

        mail, sender = EventMail(context, changes), mail_sender(config)
        return lambda envelope: mail.for_subscriber(envelope, sender)

    def render_digest(self, digest: Digest, envelope: Envelope) -> bytes:
        """A mail, signed, in no thread."""
        from monitor.channels.email.configured import mail_sender  # as above
        from monitor.channels.email.digest import digest_mail

        return digest_mail(digest, envelope, mail_sender(envelope.config))

    def render_notice(self, notice: Notice, envelope: Envelope) -> bytes:
        """A mail, signed."""
        from monitor.channels.email.configured import mail_sender  # as above
        from monitor.channels.email.notice import confirmation_mail, notice_mail
        from monitor.channels.email.question import denied_mail, question_mail

        sender = mail_sender(envelope.config)
        match notice.kind:
            case SubscriberNotice.CONFIRM:
                return confirmation_mail(notice, envelope, sender)
            case SubscriberNotice.DENIED:
                return denied_mail(notice, envelope, sender)
            case SubscriberNotice.FINISHED | SubscriberNotice.YEARLY:
                return question_mail(notice, envelope, sender)
            case _:
                return notice_mail(notice, envelope, sender)

    def recognised_by(self, body: bytes) -> str:
        """Its subject."""
        from email import message_from_bytes, policy  # only a sample is read back

        return one_line(str(message_from_bytes(body, policy=policy.default)["Subject"]))

    def where_to_look(self, message: Message) -> str:
        """In the mailbox."""
        mark, shown = self.recognised_by(message.body), one_line(message.endpoint.shown)
        return f"Look in the mailbox {shown}, and among its junk, for “{mark}”."


CHANNEL = Email()
