"""The colours and their meanings; every change of style is made here. Pure."""

from rich.style import Style
from rich.text import Text

from monitor.model import Significance

DIM = "dim"
LABEL = "bold"
TRIAL = "bold"
HEADING = "bold cyan"
REMOVED = "red"
ADDED = "green"
REMOVED_WORDS = "red strike"
ADDED_WORDS = "green"
FAILED = "bold red"
NOTICE = "yellow"

BADGES = {
    Significance.CRITICAL: Style.parse("bold white on red"),
    Significance.MAJOR: Style.parse("bold black on yellow"),
    Significance.MINOR: Style.parse("cyan"),
    Significance.ADMINISTRATIVE: Style.parse("dim"),
}

BADGE_WIDTH = 10


def badge(significance: Significance) -> Text:
    """The significance in its colour, always as wide as the widest that is shown as a badge."""
    return Text(f" {significance} ", style=BADGES[significance])
