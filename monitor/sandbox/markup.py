"""Text on its way into a page. Pure."""

from html import escape


def h(value: object) -> str:
    """Text that is safe between tags and within quoted attributes."""
    return escape(str(value), quote=True)
