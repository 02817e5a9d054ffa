"""Where alerts arrive in a sandbox: its mailbox and its webhook receiver, and the named ways in which each can behave.

To add a way to behave, add it to `MAILBOX_WAYS` or `RECEIVER_WAYS`: the control page and the controls read them there.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.sandbox.bouncing import COMPLAINT, FULL, NOBODY, Refusal, make_maildir, put_into, report_of
from monitor.sandbox.exchange import Answer
from monitor.sandbox.mailbox import DROP, Mail, Mailbox, Stage
from monitor.sandbox.misbehaviour import Fault, Misbehaviour
from monitor.sandbox.receiver import Received, WebhookReceiver

LATEST = 50
"""How many mails, and how many webhooks, are kept if nobody clears them."""

TAKEN = Answer(204)


@dataclass(frozen=True)
class MailboxWay:
    """What the mailbox answers at one stage; without an answer, it accepts everything."""

    explained: str
    stage: Stage = Stage.MESSAGE
    answer: str | None = None
    reports: bool = False
    """Whether it reports on what it took, in the sandbox's Maildir: a *refusal*, or a complaint where there is none."""
    refusal: Refusal | None = None


@dataclass(frozen=True)
class ReceiverWay:
    """What the receiver answers."""

    explained: str
    answer: Answer = TAKEN
    misbehaviour: Misbehaviour | None = None


MAILBOX_WAYS = {
    "take": MailboxWay("take every mail"),
    "greylist": MailboxWay("say not now, 451: greylisting", Stage.RECIPIENT, "451 4.7.1 Greylisted, try again later"),
    "refuse": MailboxWay("refuse every mail, 550", Stage.RECIPIENT, "550 5.7.1 Mail from you is not wanted here"),
    "unknown": MailboxWay("know no such address, 550 5.1.1", Stage.RECIPIENT, "550 5.1.1 No such mailbox"),
    "drop": MailboxWay("keep it, and drop the connection after the final dot", Stage.MESSAGE, DROP),
    "bounce": MailboxWay("take it, and report later that there is no such mailbox", reports=True, refusal=NOBODY),
    "full": MailboxWay("take it, and report later that the mailbox is full", reports=True, refusal=FULL),
    "complain": MailboxWay("take it, and report later that its reader complains", reports=True, refusal=COMPLAINT),
}
RECEIVER_WAYS = {
    "204": ReceiverWay("take every webhook, 204"),
    "302": ReceiverWay("redirect elsewhere, 302", Answer(302, headers={"location": "http://127.0.0.1/elsewhere"})),
    "410": ReceiverWay("be gone for good, 410", Answer(410)),
    "429": ReceiverWay("ask for a minute, 429 with Retry-After", Answer(429, headers={"retry-after": "60"})),
    "500": ReceiverWay("fail, 500", Answer(500)),
    "503": ReceiverWay("be unavailable, 503", Answer(503)),
    "hang": ReceiverWay("hang for a minute", misbehaviour=Misbehaviour(Fault.SLOW, seconds=60)),
    "reset": ReceiverWay("reset the connection", misbehaviour=Misbehaviour(Fault.RESET)),
}


class Inboxes:
    """A mailbox and a webhook receiver, either of which may be missing. The caller runs them.

    *maildir* is where reports on mails go, if there are any.
    """

    def __init__(
        self,
        mailbox: Mailbox | None = None,
        receiver: WebhookReceiver | None = None,
        *,
        maildir: Path | None = None,
    ) -> None:
        self.mailbox = mailbox
        self.receiver = receiver
        self.maildir = maildir
        self.mailbox_way = "take"
        self.receiver_way = "204"

    @property
    def mails(self) -> list[Mail]:
        """The mails that are kept, the eldest first."""
        return list(self.mailbox.messages) if self.mailbox else []

    @property
    def webhooks(self) -> list[Received]:
        """The webhooks that are kept, the eldest first."""
        return list(self.receiver.deliveries) if self.receiver else []

    def set_mailbox_way(self, way: str) -> str:
        """Make the mailbox behave so from now on, and return what that means. Raises ConfigurationInvalid."""
        if self.mailbox is None:
            raise NothingFound("This sandbox has no mailbox: start it without --no-mailbox.")
        chosen = MAILBOX_WAYS[known(way, MAILBOX_WAYS)]
        report = self._reporting(chosen)
        self.mailbox.behave()
        self.mailbox.report = report
        if chosen.answer is not None:
            self.mailbox.answer(chosen.stage, chosen.answer)
        self.mailbox_way = way
        return chosen.explained

    def _reporting(self, way: MailboxWay) -> Callable[[Mail], None] | None:
        """What reports on a mail, where that is the way."""
        folder = self.maildir
        if not way.reports:
            return None
        if folder is None:
            raise NothingFound("This sandbox has no Maildir for reports: start it with --maildir DIR.")
        make_maildir(folder)
        return lambda mail: put_into(folder, report_of(mail, way.refusal))

    def set_receiver_way(self, way: str) -> str:
        """Make the receiver behave so from now on, and return what that means. Raises ConfigurationInvalid."""
        receiver, chosen = self._needed_receiver(), RECEIVER_WAYS[known(way, RECEIVER_WAYS)]
        receiver.answer, receiver.misbehaviour = chosen.answer, chosen.misbehaviour
        self.receiver_way = way
        return chosen.explained

    def give_secret(self, secret: str) -> None:
        """Make the receiver verify what comes from now on. Raises ConfigurationInvalid, without the secret."""
        receiver = self._needed_receiver()
        try:
            Webhook(secret)
        except (ValueError, EmptyWebhookSecretError):
            raise ConfigurationInvalid("That is not a signing secret: give the whole whsec_… that was shown.") from None
        receiver.secret = secret

    def _needed_receiver(self) -> WebhookReceiver:
        if self.receiver is None:
            raise NothingFound("This sandbox has no webhook receiver: start it without --no-receiver.")
        return self.receiver


def known(way: str, ways: Collection[str]) -> str:
    """The name of a way. Raises ConfigurationInvalid where there is none of that name."""
    if way not in ways:
        raise ConfigurationInvalid(f"{way!r} is not a behaviour: use one of {', '.join(ways)}.")
    return way
