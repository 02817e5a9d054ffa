"""What `monitor sandbox` prints: where everything is, and a line about each arrival. For people or for scripts.

`ready` is called once everything listens; the others are called in the thread that received the message.
"""

from collections.abc import Callable, Mapping

from monitor.model import Json
from monitor.sandbox.arrivals import mail_as_object, webhook_as_object
from monitor.sandbox.connection_settings import commands, exports, variables
from monitor.sandbox.controlled import ControlledRegistry
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.mailbox import Mail
from monitor.sandbox.receiver import Received
from monitor.text import one_line

VERDICTS = {True: "signature verified", False: "SIGNATURE WRONG", None: "signature not verified"}


class ForPeople:
    """Prints lines to read and to copy."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def ready(self, running: ControlledRegistry, *others: ControlledRegistry) -> None:
        """Print the commands to copy."""
        for registry in (running, *others):
            trials = f"{len(registry.trial_ids()):,} trials"
            present = beside(running.inboxes) if registry is running else ""
            self._say(f"A local {registry.imitates} of {trials}{present}: {registry.page_url}")
        self._say("Use it from another terminal, in a folder to try things in:\n")
        for line in exports(running, *others):
            self._say(f"  {line}")
        self._say("\nThen, for example:\n")
        for line in commands(running, *others):
            self._say(f"  {line}")
        self._say("\nCtrl-C ends it. What arrives is shown on that page, and here:\n")

    def mail(self, mail: Mail) -> None:
        """Print a line about a mail."""
        told = mail_as_object(mail)
        self._say(one_line(f"mail to {', '.join(mail.recipients)}: {told['subject']}"))

    def webhook(self, received: Received) -> None:
        """Print a line about a webhook."""
        told = webhook_as_object(received)
        about = f"{told['type'] or 'of no known type'} {told['trial_id'] or ''}"
        answered = f"answered {received.status}" if received.status else "connection reset"
        self._say(one_line(f"webhook {about}: {VERDICTS[received.verified]}, {answered}"))


class ForScripts:
    """Prints the same as JSON objects."""

    def __init__(self, write: Callable[[Mapping[str, Json]], None]) -> None:
        self._write = write

    def ready(self, running: ControlledRegistry, *others: ControlledRegistry) -> None:
        """Print where everything is."""
        mailbox, receiver = running.inboxes.mailbox, running.inboxes.receiver
        self._write(
            {
                "page": running.page_url,
                "registry": running.base_url,
                "mailbox": f"{mailbox.host}:{mailbox.port}" if mailbox else None,
                "receiver": receiver.url if receiver else None,
                "registries": {
                    registry.key: {"page": registry.page_url, "registry": registry.base_url, "trial": registry.example}
                    for registry in (running, *others)
                },
                "variables": variables(running, *others),
                "commands": commands(running, *others),
            }
        )

    def mail(self, mail: Mail) -> None:
        """Print a line about a mail."""
        self._write({"mail": mail_as_object(mail)})

    def webhook(self, received: Received) -> None:
        """Print a line about a webhook."""
        self._write({"webhook": webhook_as_object(received)})


def beside(inboxes: Inboxes) -> str:
    """What runs beside the registry."""
    present = {"a mailbox": inboxes.mailbox, "a webhook receiver": inboxes.receiver}
    names = [name for name, server in present.items() if server]
    return f", with {' and '.join(names)}" if names else ""
