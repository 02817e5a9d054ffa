"""A URL that somebody else chose, parsed once, so that no second parser can disagree with the first. Pure."""

from dataclasses import dataclass
from typing import Self

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from monitor.errors import ConfigurationInvalid

LONGEST_URL = 2_000

_EXPECTED = "an address such as https://example.org/hooks/trials is expected"


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed URL. *host* is in lower case and ASCII, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int
    path: str
    """With the query, as the request line has it."""

    @classmethod
    def of(cls, url: str) -> Self:
        """Raise ConfigurationInvalid if *url* is not an http(s) address, or has a user name, password or fragment.

        The message shows no part of the URL: any of it may be a secret.
        """
        try:
            parts = parse_url(url)
        except (LocationParseError, ValueError):
            raise ConfigurationInvalid(_EXPECTED) from None
        if parts.scheme not in ("http", "https") or not parts.host or parts.port == 0:
            raise ConfigurationInvalid(_EXPECTED)
        if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
            raise ConfigurationInvalid(f"{_EXPECTED}, on one line of up to {LONGEST_URL:,} characters without spaces")
        if parts.auth is not None or parts.fragment is not None:
            raise ConfigurationInvalid(f"{_EXPECTED}, without user name, password and “#”")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.host.strip("[]"), port, parts.request_uri)

    @property
    def shown(self) -> str:
        """Host and port, as a message names it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def receiver(self) -> tuple[str, str, int]:
        """Who is called, whatever the path."""
        return self.scheme, self.host, self.port

    @property
    def host_header(self) -> str:
        """As a browser would send it: without the port that the scheme implies."""
        return self.shown.removesuffix(":443" if self.scheme == "https" else ":80")
