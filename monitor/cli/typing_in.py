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
    return secret_line("address", "Address: ").strip()


def secret_line(noun: str, prompt: str) -> str:
    """The one line on standard input; a terminal is asked with a *prompt*, and shows nothing. Raise as `address_of`."""
    if sys.stdin.isatty():
        try:
            text = getpass(prompt)
        except EOFError:
            text = ""
    else:
        text = _piped(noun)
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        count = "several lines" if lines else "nothing"
        raise ConfigurationInvalid(f"{count} came on standard input: one line is expected, the {noun}")
    return lines[0]


def new_password() -> str:
    """A new password from standard input; at a terminal it is typed twice. ConfigurationInvalid where these differ."""
    typed = secret_line("password", "Password: ")
    if sys.stdin.isatty() and secret_line("password", "The same again: ") != typed:
        raise ConfigurationInvalid("the second password is not the first: begin again")
    return typed


def _piped(noun: str) -> str:
    content = sys.stdin.buffer.read(LONGEST + 1)
    try:
        if len(content) <= LONGEST:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise ConfigurationInvalid(f"no {noun} came on standard input: one line of UTF-8 text is expected")
