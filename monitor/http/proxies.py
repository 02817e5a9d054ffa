"""What went wrong with a proxy, in words that name it and the setting that it comes from. Pure."""

import re
from base64 import b64encode

import requests
import socks
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from monitor.http.answers import causes_of, why
from monitor.http.network import Proxy
from monitor.http.response import status_in_words

WANTS_LOGIN = 407


def login_header(proxy: Proxy) -> dict[str, str]:
    """The header with our login for a proxy."""
    if not (proxy.username or proxy.password):
        return {}
    pair = f"{proxy.username}:{proxy.password}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(pair).decode()}"}


def refusal_by(proxy: Proxy, status: int) -> str:
    """What an answer from the proxy itself means."""
    if status != WANTS_LOGIN:
        return f"{proxy} answers {status_in_words(status)}"
    if proxy.username or proxy.password:
        return f"{proxy} refuses the user name and password in its address"
    return f"{proxy} wants a login: put user name and password into its address"


def why_by(proxy: Proxy, error: Exception, timeouts: tuple[float, float]) -> str:
    """What went wrong with a request through a proxy: at the proxy itself, or behind it."""
    chain = causes_of(error)
    for cause in chain:
        if found := re.search(r"Tunnel connection failed: ([0-9]{3})", str(cause)):
            return refusal_by(proxy, int(found[1]))
        if isinstance(cause, socks.ProxyError):
            return f"{proxy} {socks_words(cause)}"
    reason = why(error, timeouts)
    # Whoever is connected to, it is the proxy.
    of_the_proxy = (requests.exceptions.ProxyError, NewConnectionError, ConnectTimeoutError)
    if any(isinstance(cause, of_the_proxy) for cause in chain):
        return f"{proxy} cannot be used: {reason}"
    return f"{reason}, by way of {proxy}"


def socks_words(error: Exception) -> str:
    """What follows the proxy's name."""
    # PySocks wraps its own errors, which are OSErrors, as if they were the socket's.
    while isinstance(inner := getattr(error, "socket_err", None), socks.ProxyError):
        error = inner
    if isinstance(error, socks.ProxyConnectionError) or isinstance(inner, TimeoutError):
        return "refuses connections, or cannot be reached"
    if isinstance(error, socks.SOCKS5AuthError):
        return "wants a login, or refuses the one in its address"
    if isinstance(error, socks.SOCKS5Error | socks.SOCKS4Error):
        # It begins with the code; the words that follow are PySocks's own.
        return f"does not connect us: it answers {str(error).partition(':')[0][:20]}"
    return "does not answer in proper SOCKS"
