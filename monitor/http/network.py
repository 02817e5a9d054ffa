"""The operator's network: which certificate authorities to trust, and which proxy to use.

| what                    | setting                | else the variables                                          |
|-------------------------|------------------------|-------------------------------------------------------------|
| certificate authorities | `[network] ca_bundle`  | REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR |
| proxy                   | `[network] proxy`      | https_proxy, http_proxy, all_proxy, in small or capital letters |
| what goes past a proxy  |                        | no_proxy                                                    |

Authorities are added to the system's and certifi's, so that a private one does not cost us the public ones. The
proxy variables apply to registries only: people who give us a receiver's URL must not benefit from them.

The rule to keep: a proxy's address may contain a password, so messages use only `Proxy.shown`.
"""

import os
import ssl
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from monitor.errors import ConfigurationInvalid

PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080, "socks4": 1080, "socks4a": 1080}
"""Of each kind of proxy, the port where none is given."""
A_PROXY = "an address such as http://proxy.example.org:3128 or socks5h://proxy.example.org:1080"
SETTING = "[network] proxy"
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
HEAD_OF_A_BUNDLE = 32 * 1024
"""Bytes in which the first certificate of a file is looked for."""
_HAVING_PROXY_SETTINGS = ("darwin", "win32")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and the setting or variable that named it."""

    scheme: str
    host: str
    port: int
    source: str
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    url: str = field(default="", repr=False)
    """As it was given, with a scheme; may hold a password."""

    @classmethod
    def of(cls, text: str, source: str) -> Self:
        """Raise ConfigurationInvalid, without the address, where *text* is none."""
        url = text if "://" in text else f"http://{text}"
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = SplitResult("", "", "", "", ""), None
        scheme, host = parts.scheme.lower(), parts.hostname
        if scheme not in PORTS or not host or port == 0 or not url.isprintable() or " " in url:
            raise ConfigurationInvalid(f"{source} is not the address of a proxy: {A_PROXY} is expected")
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(scheme, host, port or PORTS[scheme], source, username, password, scheme + url[len(scheme) :])

    @property
    def shown(self) -> str:
        """Its address without the login."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def __str__(self) -> str:
        return f"the proxy {self.shown} ({self.source})"


@dataclass(frozen=True, slots=True)
class Network:
    """What the operator says about the network; nothing by default."""

    ca_bundle: str = ""
    """The path of a file of certificates in PEM."""
    proxy: str = field(default="", repr=False)

    def checked(self) -> Self:
        """Raise ConfigurationInvalid, in one line, for a proxy or a file that cannot be used.

        Of many certificates only the first is read: all of them take longer than most commands, of which few ask a
        server. `trust` reads them all.
        """
        if self.proxy:
            Proxy.of(self.proxy, SETTING)
        for source, path in self._bundles():
            if not _begins_with_a_certificate(path):
                _load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path, source)
        return self

    def trust(self) -> ssl.SSLContext:
        """A new context for clients, which costs some 20 ms. Raise ConfigurationInvalid as `checked`."""
        import certifi  # only https needs it

        context = ssl.create_default_context(cafile=certifi.where())
        context.load_default_certs()
        for source, path in self._bundles():
            _load(context, path, source)
        return context

    def proxy_to_registry(self, address: SplitResult) -> Proxy | None:
        """The proxy for the server of a registry; None if it is contacted directly."""
        port = address.port or PORTS[address.scheme]
        return self.proxy_to(address.scheme, address.hostname or "", port, heeds_environment=True)

    def proxy_to(self, scheme: str, host: str, port: int, *, heeds_environment: bool) -> Proxy | None:
        """The proxy for a server; None if it is contacted directly."""
        if _goes_past(host, port, os.environ):
            return None
        if self.proxy:
            return Proxy.of(self.proxy, SETTING)
        return _from_environment(scheme, os.environ) if heeds_environment else None

    def _bundles(self) -> list[tuple[str, str]]:
        """Where each file of certificates is named, and its path."""
        if self.ca_bundle:
            return [("[network] ca_bundle", self.ca_bundle)]
        named = {os.environ[name]: name for name in reversed(_BUNDLES) if os.environ.get(name)}
        return [(name, path) for path, name in named.items()]


def _begins_with_a_certificate(path: str) -> bool:
    """Whether the first that stands in this file is a certificate that can be read."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD_OF_A_BUNDLE).decode("ascii", "replace")
        first = head[head.index(_BEGIN) : head.index(_END) + len(_END)]
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=first)
    except (OSError, ValueError):  # ssl.SSLError is the former
        return False
    return True


def _load(context: ssl.SSLContext, path: str, source: str) -> None:
    try:
        if Path(path).is_dir():
            context.load_verify_locations(capath=path)
            return
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ConfigurationInvalid(f"{source}: {path} holds no certificates in PEM that can be read") from None
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or "no such file"
        raise ConfigurationInvalid(f"{source}: {path} cannot be read: {words}") from None


def _from_environment(scheme: str, environ: Mapping[str, str]) -> Proxy | None:
    for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY"):
        # A CGI program gets the header Proxy: of whoever calls it by this name.
        if name == "HTTP_PROXY" and "REQUEST_METHOD" in environ:
            continue
        if text := environ.get(name, "").strip():
            return Proxy.of(text, name)
    settings = _system_proxy(scheme)
    is_set_there = settings and settings not in {value.strip() for value in environ.values()}
    return Proxy.of(settings, "the system's settings") if is_set_there else None


def _system_proxy(scheme: str) -> str:
    """What Windows and macOS have in their settings."""
    if sys.platform not in _HAVING_PROXY_SETTINGS:
        return ""
    from urllib.request import getproxies  # elsewhere it would find the variables once more

    return getproxies().get(scheme, "")


def _goes_past(host: str, port: int, environ: Mapping[str, str]) -> bool:
    """Whether `no_proxy` names the host: by its name or a domain above it, its address or a network, or all by `*`."""
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    return any(_is_meant(host.lower().rstrip("."), port, each.lower()) for each in listed.replace(",", " ").split())


def _is_meant(host: str, port: int, listed: str) -> bool:
    if listed == "*":
        return True
    with suppress(ValueError):
        return ip_address(host) in ip_network(listed.strip("[]"), strict=False)
    name, colon, its_port = listed.rpartition(":") if listed.count(":") == 1 else (listed, "", "")
    if colon and its_port != str(port):
        return False
    name = name.removeprefix("*").lstrip(".").rstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))
