"""Addresses of registries: checked before they are asked, and as they may stand in a message. Pure."""

import re
from urllib.parse import urlsplit

from monitor.errors import ConfigurationInvalid


def checked_base_url(url: str) -> str:
    """*url* without the slash at its end.

    Raise ConfigurationInvalid unless it is an http(s) address without user name, query and fragment: a password in it
    would end up in messages.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.query or parts.fragment or not re.fullmatch(r"[!-~]+", url):
        raise ConfigurationInvalid(
            f"“{shown(url)}” is not a base_url: an address such as https://clinicaltrials.gov/api/v2 is expected"
        )
    return url.rstrip("/")


def shown(url: str) -> str:
    """The address as it may stand in a message: on one line, short, without a user name and password."""
    return re.sub(r"//[^/]*@", "//…@", "".join(c if c.isprintable() else "·" for c in url))[:200]
