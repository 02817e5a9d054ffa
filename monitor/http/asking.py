"""How a registry is asked, whichever library does it: as whom, and for how long at most."""

import re
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from monitor import __version__

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 30.0
DEADLINE = 120.0
"""Seconds: to connect, between two pieces of an answer, and for a question with all its attempts."""
BODY_CAP = 32 * 1024 * 1024
"""Bytes of a body, decompressed, where nothing smaller is asked for."""


def registry_headers(user_agent: str) -> dict[str, str]:
    """The headers of a request to a registry, in their order, without what one question adds.

    urllib3 also knows br and zstd; gzip is what the registries honour and what the cap of a body is tested with.
    """
    return {"User-Agent": user_agent, "Accept-Encoding": "gzip", "Accept": "*/*", "Connection": "keep-alive"}


def user_agent(own: str, contact: str) -> str:
    """Their *own*, where the operator gives one; else who asks, why, and with which library.

    There are front ends that let no client pass that they have never seen.
    """
    if own:
        return own
    purpose = f"watches clinical trials; {contact}" if contact else "watches clinical trials"
    return f"registry-monitor/{__version__} ({purpose}) {library()}"


def library() -> str:
    """The client library's name and version, as used in a User-Agent."""
    return f"python-requests/{_version_in_its_file() or _imported_version()}"


def _version_in_its_file() -> str:
    """Its version without loading it; empty where it is installed as anything but files."""
    spec = find_spec("requests")
    if spec is None or spec.origin is None:
        return ""
    with suppress(OSError):
        text = Path(spec.origin).with_name("__version__.py").read_text("utf-8")
        if found := re.search(r'^__version__ = "([0-9.]+)"', text, re.MULTILINE):
            return found[1]
    return ""


def _imported_version() -> str:
    from requests import __version__ as version  # 70 ms, and almost never needed

    return version
