"""What mail systems report of mails that were taken and came to nothing: bounces and complaints. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReportKind(StrEnum):
    """What a report says of a mail."""

    HARD = "hard"
    """There is no such mailbox: nothing will ever arrive there."""
    SOFT = "soft"
    """It did not arrive, for a reason that may end."""
    FULL = "full"
    """It did not arrive, because the mailbox is full."""
    COMPLAINT = "complaint"
    """Its reader reported it as unwanted."""
    DELAYED = "delayed"
    """It has not arrived yet, and is tried again."""
    OTHER = "other"
    """Nothing of the kind: an automatic reply, a mail that arrived, or no report at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one mail from a mail system says."""

    kind: ReportKind
    status: str | None = None
    """The enhanced status code, RFC 3463, such as 5.1.1."""
    diagnostic: str = ""
    """What the receiving system said, on one line."""
    delivery_id: str | None = None
    """The delivery that it is about, or the beginning of its id; None where it names none."""
    is_signed: bool = False
    """Whether an address of ours named the delivery, which nobody else can make."""
    recipients: frozenset[str] = frozenset()
    """The addresses that the mail was for, in small letters; several names of one, or none at all."""
    digest: bytes = b""
    """SHA-256 of the mail that reports this, without what was added on its way here."""


class BounceEffect(StrEnum):
    """What a report did to the subscriptions of an address."""

    ENDED = "ended"
    PAUSED = "paused"
    DISABLED = "disabled"
    """Nothing more is sent there: the configuration names the address, and a mail does not change that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A report about a delivery of ours, as it is kept."""

    digest: bytes
    """Of the report: one that is read twice counts once."""
    delivery_id: str | None
    """None once the delivery is forgotten."""
    endpoint_id: str
    """Where the delivery went."""
    kind: ReportKind
    status: str | None
    diagnostic: str
    read_at: datetime
    effect: BounceEffect | None = None
