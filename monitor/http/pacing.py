"""What a session asks before a request where others ask the same server. Pure, and light: the quiet check loads it."""

from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

LONGEST_LEFT_ALONE = 86_400.0
"""Seconds for which a server is left alone at most, whatever it asks for."""


def host_of(address: str) -> str:
    """What the server of that address is called where its pace is kept: its host, with the port if there is one."""
    return urlsplit(address).netloc.lower()


class Turn(NamedTuple):
    """When a request may start, in seconds from now."""

    wait: float
    left_alone_for: float
    """For how long some process was asked to make no requests; 0 where none was. Where that is longer than whoever asks
    would wait, no turn is taken, and *wait* says nothing."""


class Turns(Protocol):
    """One pace for each server, kept by several processes."""

    def turn(self, host: str, *, interval: float, patience: float) -> Turn:
        """Take the next turn at *host*, which others may follow after *interval* seconds.

        None is taken where the server wants to be left alone for more than *patience* seconds.
        """


class Pace(Turns, Protocol):
    """A pace that others hear of, for any thread.

    Neither method raises: where nothing can be read or written, each session keeps the pace that it has anyway.
    """

    def leave_alone(self, host: str, seconds: float) -> None:
        """Have nobody begin a request to *host* for so long."""
