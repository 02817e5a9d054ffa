"""A registry's words as rich prints them, and what every page knows of a snapshot. Pure.

What makes the words safe is `monitor.text`; here is only what a terminal adds to it.
"""

from datetime import datetime
from typing import Protocol

from rich.text import Text

from monitor.text import plain


def styled(text: str, style: str = "") -> Text:
    """A registry's words as something rich prints as they are."""
    return Text(plain(text), style=style, overflow="fold")


class Taken(Protocol):
    """What tells a snapshot apart, its document aside: `monitor.model.Snapshot` is one."""

    @property
    def number(self) -> int:
        """Counted from 1, the baseline."""

    @property
    def taken_at(self) -> datetime:
        """In UTC."""

    @property
    def registry_version(self) -> str | None:
        """The registry's own stamp of its data."""
