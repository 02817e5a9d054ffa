"""Access tokens for mail servers: from a file or a command, anew for every connection, for they last an hour or so.

A token is never shown, and neither is what a command prints beside it where that may be one.
"""

import os
import re
import shlex
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from monitor.errors import ConfigurationInvalid
from monitor.files import one_value
from monitor.text import one_line

SECONDS = 30.0
LONGEST = 16_384
_MAY_BE_SECRET = re.compile(r"[\w.~+/=-]{16,}")


def token_from_file(path: str) -> str:
    """The token in a file. Raise ConfigurationInvalid where there is none."""
    try:
        return _checked(Path(path).read_bytes(), f"smtp.token_file: {one_line(path)}")
    except OSError as error:
        raise ConfigurationInvalid(f"smtp.token_file: {one_line(path)} cannot be read: {error.strerror}") from None


def token_from_command(command: str, *, seconds: float = SECONDS) -> str:
    """The token that a command prints; it is run as it is, not by a shell. Raise ConfigurationInvalid without."""
    try:
        # One group, so that what it has started ends with it.
        running = subprocess.Popen(  # noqa: S603 - the operator's own command
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ConfigurationInvalid(f"smtp.token_command cannot be run: {error.strerror}") from None
    with running:
        try:
            printed, complaint = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(running.pid, signal.SIGKILL)
            raise ConfigurationInvalid(f"smtp.token_command took longer than {seconds:g} s, and was ended") from None
    if running.returncode:
        raise ConfigurationInvalid(f"smtp.token_command failed with {running.returncode}{_said(complaint)}")
    return _checked(printed, "smtp.token_command")


def _said(complaint: bytes) -> str:
    words = one_line(_MAY_BE_SECRET.sub("…", complaint[:2_000].decode(errors="replace")))[:200]
    return f": {words}" if words else " and says nothing"


def _checked(raw: bytes, origin: str) -> str:
    try:
        token = one_value(raw).strip()
    except ValueError:
        raise ConfigurationInvalid(f"{origin} gives no token: it is empty, or no text") from None
    if not re.fullmatch(r"[!-~]+", token) or len(token) > LONGEST:
        raise ConfigurationInvalid(f"{origin} gives no token: one word of plain ASCII is expected, and nothing else")
    return token
