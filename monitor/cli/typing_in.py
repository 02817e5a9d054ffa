"""What is better not an argument: a secret address on the command line stands in every list of processes."""

import sys
from getpass import getpass

from monitor.errors import ConfigurationInvalid

STANDARD_INPUT = "-"
LONGEST = 10_000


def address_of(argument: str) -> str:
    """The address that an argument is or, for `-`, the line on standard input; a terminal is asked, and shows nothing.

    Raise ConfigurationInvalid, which repeats nothing of it, where that is no single line of text.
    """
    if argument != STANDARD_INPUT:
        return argument
    if sys.stdin.isatty():
        try:
            text = getpass("Address: ")
        except EOFError:
            text = ""
    else:
        text = _piped()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        count = "several lines" if lines else "nothing"
        raise ConfigurationInvalid(f"{count} came on standard input: one line is expected, the address")
    return lines[0]


def _piped() -> str:
    content = sys.stdin.buffer.read(LONGEST + 1)
    try:
        if len(content) <= LONGEST:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise ConfigurationInvalid("no address came on standard input: one line of UTF-8 text is expected")
