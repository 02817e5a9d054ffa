"""Read the mailbox that mails come back to: each mail is taken, then marked as read.

A process that dies in between reads a mail again, which does nothing: see `monitor.alerts.bounces`.
"""

from collections.abc import Iterator

from monitor.alerts.bounces import Outcome, Taken, take
from monitor.alerts.subscribe import SubscribeContext
from monitor.channels.email.returned import unread_mails
from monitor.errors import MonitorError


def read_mailbox(context: SubscribeContext) -> Iterator[Taken]:
    """Take every mail that waits in the configured mailbox, and give what came of each.

    What came too early stays unread, and so does what was not taken: raise MailboxUnreadable where the mailbox cannot
    be read, StoreError where the database fails, and at the end what went wrong with one mail by a fault of ours.
    """
    trouble: Exception | None = None
    with unread_mails(context.config) as mails:
        for mail in mails:
            try:
                taken = take(mail.raw, context)
            except MonitorError:
                raise
            except Exception as error:  # a fault of ours must not keep the others
                trouble = trouble or error
                continue
            if taken.outcome is not Outcome.EARLY:
                mail.mark_read()
            yield taken
    if trouble:
        raise trouble
