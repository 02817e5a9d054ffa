"""What `monitor subscriptions test` says after a sample was taken: where to look, and for what. Pure."""

import json
from email import message_from_bytes, policy

from monitor.model import Message, Way
from monitor.text import one_line


def begins_with(message: Message) -> str:
    """What a person recognises it by: a mail's subject, a chat message's first line, a webhook's type."""
    match message.endpoint.way:
        case Way.EMAIL:
            subject = message_from_bytes(message.body, policy=policy.default)["Subject"]
            return one_line(str(subject))
        case Way.CHAT:
            return one_line(message.body.decode().partition("\n")[0])
        case Way.WEBHOOK:
            return str(json.loads(message.body)["type"])


def where_to_look(message: Message) -> str:
    """One line: the mailbox, channel or log, and what stands there now if all is well."""
    mark, shown = begins_with(message), one_line(message.endpoint.shown)
    match message.endpoint.way:
        case Way.EMAIL:
            return f"Look in the mailbox {shown}, and among its junk, for “{mark}”."
        case Way.CHAT:
            return f"Look in the channel that the address {shown} belongs to for a message that begins with “{mark}”."
        case Way.WEBHOOK:
            return (
                f"Look in the log of the receiver at {shown} for a POST of type {mark} about NCT00000000 with "
                f"webhook-id {message.delivery_id}, and whether it found the signature right."
            )
