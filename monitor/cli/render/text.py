"""A registry's words as rich prints them. Pure.

`monitor.text` makes the words safe; this module only adds what a terminal needs.
"""

from rich.text import Text

from monitor.text import plain


def styled(text: str, style: str = "") -> Text:
    """A registry's words as something rich prints as they are."""
    return Text(plain(text), style=style, overflow="fold")
