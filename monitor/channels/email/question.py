"""What a subscriber is asked of a subscription itself, as a mail with two links that ask for a click. Pure.

Neither link changes anything when it is opened: programs that look for harmful ones open them all. Where there are no
pages to click on, the mail says what there is to say, and asks nothing.
"""

from monitor.changes.denied import denied_subject, denied_text
from monitor.channels.channel import Envelope
from monitor.channels.email.alert import Alert
from monitor.channels.email.configured import MailSender
from monitor.channels.email.foot import why_told
from monitor.language.texts import Texts, texts_of
from monitor.model import Notice
from monitor.model.subscriber_notice import SubscriberNotice
from monitor.text import one_line, plain


def question_mail(notice: Notice, envelope: Envelope, sender: MailSender) -> bytes:
    """The whole mail, signed."""
    texts = texts_of(envelope.subscription.language)
    _ = texts.gettext
    manage, about = envelope.manage, one_line(texts.said(envelope.about))
    is_yearly = notice.kind == SubscriberNotice.YEARLY
    page = {
        "subject": _(notice.subject),
        "paragraphs": [*([_so_far(envelope, about, texts)] if is_yearly else []), *plain(_(notice.text)).split("\n")],
        "yes": _("Yes, keep them") if is_yearly else _("Keep these alerts"),
        "keep": f"{manage}/keep" if manage else "",
        "stop": f"{manage}/leave" if manage else "",
    }
    subject = _(notice.subject)
    if manage and not is_yearly:
        subject = _("{subject}: keep these alerts?").format(subject=notice.subject)
    why = why_told(envelope.subscription, about=about, texts=texts)
    return Alert("question", page, subject=subject, texts=texts).for_subscriber(envelope, sender, why=why)


def denied_mail(notice: Notice, envelope: Envelope, sender: MailSender) -> bytes:
    """The whole mail, signed: the registry knows no trial of a number. It asks nothing."""
    texts = texts_of(envelope.subscription.language)
    trial_id = notice.id.split("/")[2]
    subject = texts.said(denied_subject(notice.registry, trial_id))
    text = denied_text(notice.registry, trial_id, notice.occurred_at)
    page = {"subject": subject, "paragraphs": [*map(texts.said, text)], "keep": ""}
    why = why_told(envelope.subscription, about=one_line(texts.said(envelope.about)), texts=texts)
    return Alert("question", page, subject=subject, texts=texts).for_subscriber(envelope, sender, why=why)


def _so_far(envelope: Envelope, about: str, texts: Texts) -> str:
    """What the subscriber has been told until now."""
    told = envelope.sequence - 1
    mails = texts.ngettext("{count} mail", "{count} mails", told).format(count=texts.number(told))
    return texts.gettext("Since {day} you have been sent {mails} about {about}.").format(
        day=texts.written_day(f"{envelope.subscription.created_at:%Y-%m-%d}"),
        mails=mails if told > 0 else texts.gettext("no mail"),
        about=about,
    )
