"""A registry's words as rich prints them. Pure.

What makes the words safe is `monitor.text`; here is only what a terminal adds to it.
"""

from rich.text import Text

from monitor.text import plain


def styled(text: str, style: str = "") -> Text:
    """A registry's words as something rich prints as they are."""
    return Text(plain(text), style=style, overflow="fold")
