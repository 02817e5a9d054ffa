"""What is asked of what sends: the port of a channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.model import Endpoint, Message


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiver has taken a delivery. *status* is HTTP's or SMTP's code, *answer* what it said, at most 4 kB."""

    outcome: str
    status: int | None = None
    answer: bytes = b""


class Transport(Protocol):
    """What sends, for one channel. Safe to use from several threads at once."""

    def send(self, message: Message, *, now: datetime) -> Accepted:
        """Deliver once, within its own deadline. Raise DeliveryDeferred or DeliveryRejected, and nothing else."""

    def receiver(self, endpoint: Endpoint) -> str:
        """Who answers for this endpoint, such as a host: a receiver that hangs must slow nobody else."""

    def close(self) -> None:
        """Give up connections."""
