"""A notice as a mail: to the operator, or to a subscriber who has yet to confirm a subscription. Pure."""

from collections.abc import Mapping

from monitor.channels.channel import Envelope
from monitor.channels.email import mime
from monitor.channels.email.alert import ALERTS, NOTICES, Headers, headers_of, in_language
from monitor.channels.email.configured import MailSender
from monitor.channels.email.foot import leaving_by_link
from monitor.channels.email.typesetting import as_html, as_text
from monitor.language.texts import IN_ENGLISH, Texts, texts_of
from monitor.model import Notice
from monitor.text import one_line, plain


def notice_mail(notice: Notice, envelope: Envelope, sender: MailSender) -> bytes:
    """The whole mail, signed. There is nothing to unsubscribe from: the configuration names the operator."""
    subject = mime.unstructured("Subject", f"[monitor] {notice.subject}")
    page = {"subject": notice.subject, "paragraphs": plain(notice.text).split("\n"), "kind": notice.kind}
    return _mail("notice", page, headers_of(subject, envelope, sender, listed=NOTICES), envelope, sender)


def confirmation_mail(notice: Notice, envelope: Envelope, sender: MailSender) -> bytes:
    """The whole mail, signed, which asks for one click.

    No stranger's words are in it: whoever asked may be somebody else.
    """
    texts = texts_of(envelope.subscription.language)
    subject = texts.gettext(notice.subject)
    headers = [
        *headers_of(mime.unstructured("Subject", subject), envelope, sender, listed=ALERTS),
        *in_language(texts),
        *leaving_by_link(envelope.manage),
    ]
    page = {
        "subject": subject,
        "about": one_line(notice.text if texts == IN_ENGLISH else texts.said(envelope.about)),
        "address": one_line(envelope.subscription.endpoint.shown),
        "confirm": envelope.confirm,
    }
    return _mail("confirmation", page, headers, envelope, sender, texts)


def _mail(
    name: str,
    page: Mapping[str, object],
    headers: Headers,
    envelope: Envelope,
    sender: MailSender,
    texts: Texts = IN_ENGLISH,
) -> bytes:
    text, html = as_text(name, page, texts), as_html(name, page, texts)
    return sender.signed(mime.message(headers, text=text, html=html, boundary=envelope.delivery_id))
