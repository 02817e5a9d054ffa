"""What each step takes, in seconds. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendingCosts:
    """Of a process that sends. Processor seconds are of one delivery, where nothing else is said."""

    start: float
    """Processor seconds from the start of a process to its first claim, and of its end."""
    claim: float
    """To claim it, render it and keep its bytes."""
    send: float
    """To send it and hear the answer, with what its thread costs."""
    record: float
    """To write down what came of it."""
    database: float
    """Of the database's own processes; 0 where it is a file."""
    receive: float
    """Of whatever takes it, where that is on the same machine."""
    claim_waits: float = 0.0
    """Seconds for which a batch of claims waits for the disk."""
    record_waits: float = 0.0


@dataclass(frozen=True, slots=True)
class AskingCosts:
    """Of a check."""

    start: float
    request: float
    """Processor seconds of one request, with all that is done with its answer."""
    answer: float
    """Processor seconds that the registry, on the same machine, takes for it."""
