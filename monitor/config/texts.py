"""Text in files that people and programs write: whichever mark of its encoding a file begins with is no part of it."""

import codecs

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""Windows editors put one before UTF-8; its PowerShell writes UTF-16 when told to write to a file."""


def decoded(raw: bytes) -> str:
    """The text. Raise UnicodeDecodeError where it is neither UTF-8 nor marked as UTF-16."""
    return raw.decode(next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), "utf-8"))


def one_value(raw: bytes) -> str:
    """The one value that a file holds: all of its text, but for the ends of lines behind it.

    Raise UnicodeDecodeError as `decoded`, ValueError where there is none.
    """
    value = decoded(raw).rstrip("\r\n")
    if not value.strip():
        raise ValueError("it is empty")
    return value
