"""What a subscriber is asked of a subscription itself, as a mail with two links that ask for a click. Pure.

Neither link changes anything when it is opened: programs that look for harmful ones open them all. Where there are no
pages to click on, the mail says what there is to say, and asks nothing.
"""

from monitor.channels.channel import Envelope
from monitor.channels.email.alert import Alert
from monitor.channels.email.configured import MailSender
from monitor.channels.email.foot import why_told
from monitor.model import Notice
from monitor.model.subscriber_notice import SubscriberNotice
from monitor.text import counted, one_line, plain


def question_mail(notice: Notice, envelope: Envelope, sender: MailSender) -> bytes:
    """The whole mail, signed."""
    manage, about = envelope.manage, one_line(envelope.about)
    is_yearly = notice.kind == SubscriberNotice.YEARLY
    page = {
        "subject": notice.subject,
        "paragraphs": [*([_so_far(envelope, about)] if is_yearly else []), *plain(notice.text).split("\n")],
        "yes": "Yes, keep them" if is_yearly else "Keep these alerts",
        "keep": f"{manage}/keep" if manage else "",
        "stop": f"{manage}/leave" if manage else "",
    }
    subject = notice.subject if is_yearly or not manage else f"{notice.subject}: keep these alerts?"
    why = why_told(envelope.subscription, about=about)
    return Alert("question", page, subject=subject).for_subscriber(envelope, sender, why=why)


def _so_far(envelope: Envelope, about: str) -> str:
    """What the subscriber has been told until now."""
    told = envelope.sequence - 1
    mails = counted(told, "mail") if told > 0 else "no mail"
    return f"Since {envelope.subscription.created_at:%Y-%m-%d} you have been sent {mails} about {about}."
