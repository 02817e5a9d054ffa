"""The part of the control page that shows what arrived: mails and webhooks, and how their receivers behave.

Every value is escaped by `h` where it enters the page. A mail's HTML never enters it: it is a separate document, in a
frame that can neither run nor load anything.
"""

from collections.abc import Mapping

from monitor.sandbox.arrivals import html_of, mail_as_object, pretty, text_of, webhook_as_object
from monitor.sandbox.inboxes import MAILBOX_WAYS, RECEIVER_WAYS, Inboxes, MailboxWay, ReceiverWay
from monitor.sandbox.mailbox import Mail, Mailbox
from monitor.sandbox.markup import h
from monitor.sandbox.receiver import Received, WebhookReceiver

LONGEST_SHOWN = 100_000
"""Characters of one mail or body; the whole is there as it came."""
MAIL_SAFETY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; "
    "frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""A mail's HTML may have its own style, and nothing else: no script, no form, nothing from elsewhere."""
VERDICTS = {
    True: ("open", "signature verified"),
    False: ("stopped", "signature wrong"),
    None: ("other", "signature not verified: no secret"),
}


def arrivals_panels(inboxes: Inboxes, trial: str) -> str:
    """A panel for the mailbox and one for the receiver, as far as the sandbox runs them."""
    mailbox = mailbox_panel(inboxes.mailbox, inboxes.mailbox_way, trial) if inboxes.mailbox else ""
    receiver = receiver_panel(inboxes.receiver, inboxes.receiver_way, trial) if inboxes.receiver else ""
    return mailbox + receiver


def mailbox_panel(mailbox: Mailbox, way: str, trial: str) -> str:
    """The mails, the latest first, and the control that makes the server misbehave."""
    mails = "\n".join(map(mail_entry, reversed(mailbox.messages)))
    return f"""<section id="mailbox"><h2>In the mailbox</h2>
<p class="quiet">SMTP at <code>{h(mailbox.host)}:{mailbox.port}</code>, for any address.</p>
{mails or '<p class="quiet">No mail yet.</p>'}
{way_form("mailbox", "From now on it will", MAILBOX_WAYS, chosen=way, trial=trial)}</section>"""


def mail_entry(mail: Mail) -> str:
    """One mail, folded."""
    told = mail_as_object(mail)
    address = f"/sandbox/mails/{mail.number}"
    html = ""
    if html_of(mail):
        html = f'<iframe sandbox src="{address}.html" loading="lazy" title="The mail as HTML"></iframe>'
    return f"""<details><summary><b>{h(told["subject"] or "(no subject)")}</b>
<span>to {h(", ".join(mail.recipients))} · from {h(mail.sender or "nobody")}</span></summary>
{html}<pre>{h(text_of(mail)[:LONGEST_SHOWN])}</pre>
<p><a href="{address}.eml" download>As it came</a> <span class="quiet">{len(mail.raw):,} bytes</span></p></details>"""


def receiver_panel(receiver: WebhookReceiver, way: str, trial: str) -> str:
    """The webhooks, the latest first, and the controls of their receiver."""
    webhooks = "\n".join(map(webhook_entry, reversed(receiver.deliveries)))
    held = "It verifies signatures." if receiver.secret else "Give it the secret, and it verifies signatures."
    return f"""<section id="receiver"><h2>At the webhook</h2>
<p class="quiet">Receiver at <code>{h(receiver.url)}</code>. {held}</p>
{webhooks or '<p class="quiet">No webhook yet.</p>'}
<div class="forms">
{way_form("receiver", "From now on it will", RECEIVER_WAYS, chosen=way, trial=trial)}
<form class="inline" method="post" action="/sandbox/secret"><input type="hidden" name="trial_id" value="{h(trial)}">
<label>Signing secret<input name="secret" placeholder="whsec_…" autocomplete="off" required></label>
<button class="plain">Set</button></form></div></section>"""


def webhook_entry(received: Received) -> str:
    """One webhook, folded."""
    told = webhook_as_object(received)
    kind, verdict = VERDICTS[received.verified]
    headers = "\n".join(f"{name}: {value}" for name, value in received.headers.items())
    return f"""<details><summary><b>{h(told["type"] or "no webhook of ours")}</b> <em class="{kind}">{verdict}</em>
<span>{h(told["trial_id"] or "")} · answered {received.status or "with a reset"}</span></summary>
<pre>{h(headers)}</pre><pre>{h(pretty(received)[:LONGEST_SHOWN])}</pre></details>"""


def way_form(whose: str, label: str, ways: Mapping[str, MailboxWay | ReceiverWay], *, chosen: str, trial: str) -> str:
    """The control that makes a receiver of alerts behave in one of its ways."""
    choices = "".join(
        f'<option value="{h(name)}"{" selected" if name == chosen else ""}>{h(way.explained)}</option>'
        for name, way in ways.items()
    )
    return f"""<form class="inline" method="post" action="/sandbox/{whose}">
<input type="hidden" name="trial_id" value="{h(trial)}">
<label>{label}<select name="way">{choices}</select></label><button class="plain">Set</button></form>"""
