"""What Apprise has in place of `requests`: every call of its plugins goes through a `GuardedSession`.

Its plugins call `requests.post` and its like, with hosts, redirects and certificates as their addresses would have
them. Here the guard decides, whatever a plugin passes: addresses are vetted as a webhook's are, redirects are not
followed, certificates are checked, and an answer ends. Outside `calling` nothing is called at all.

The rule to keep: a name of `requests` that could make a connection is not handed on. A plugin that wants one fails.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import requests

from monitor.channels.chat.services import ChatService
from monitor.errors import ConfigurationInvalid
from monitor.http.guarded import GuardedSession, NotAnswered
from monitor.http.target import Target

_HARMLESS = frozenset({"auth", "codes", "exceptions", "structures", "status_codes", "Response", "Request"})
_DECIDED_HERE = frozenset({"verify", "timeout", "allow_redirects", "stream", "proxies", "cert"})


class Rehearsed(BaseException):
    """A plugin wants to call *url*, and has not. No plugin may catch it, so it is none of the usual exceptions."""

    def __init__(self, url: str) -> None:
        super().__init__("a rehearsal")
        self.url = url


class Calls:
    """The calls that a plugin makes for one message, to a *service*.

    *status* is that of the last answer; *trouble* why the last call had none, as what follows the receiver's name.
    """

    def __init__(self, session: GuardedSession | None, service: ChatService | None) -> None:
        self._session = session
        self._service = service
        self.trouble: str | None = None
        self.status: int | None = None

    def made(self, request: requests.PreparedRequest) -> requests.Response:
        """The answer. Raise what `requests` would raise where there is none, and Rehearsed without a session."""
        url = request.url or ""
        if self._session is None:
            raise Rehearsed(url)
        try:
            if self._service and not self._service.may_call(Target.of(url).host):
                raise ConfigurationInvalid("the address leads to another host than the service's own")
            answer = self._session.request(
                request.method or "GET", url, body=_bytes_of(request.body), headers=dict(request.headers)
            )
        except (NotAnswered, ConfigurationInvalid) as error:
            self.status = None
            self.trouble = error.reason if isinstance(error, NotAnswered) else f"is not called: {error}"
            raise requests.ConnectionError("no answer") from None
        self.trouble, self.status = None, answer.status
        found = requests.Response()
        found.status_code, found.url, found.request = answer.status, url, request
        found.raw = BytesIO(answer.body)
        found.headers.update(answer.headers)
        found.encoding = requests.utils.get_encoding_from_headers(found.headers)
        return found


_under_way = threading.local()


@contextmanager
def calling(session: GuardedSession | None, service: ChatService | None = None) -> Iterator[Calls]:
    """Let plugins call, in this thread, while within. Without a session they are only asked whom they would call."""
    calls = _under_way.calls = Calls(session, service)
    try:
        yield calls
    finally:
        _under_way.calls = None


class _GuardedRequests:
    """Stands where a module of Apprise has `requests`."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(requests, name)
        if name in _HARMLESS or (isinstance(value, type) and issubclass(value, BaseException)):
            return value
        raise AttributeError(f"requests.{name} is not for plugins")

    def request(self, method: str, url: str, **given: Any) -> requests.Response:
        calls: Calls | None = getattr(_under_way, "calls", None)
        if calls is None:
            raise requests.ConnectionError("nothing may be called now")
        asked = {name: value for name, value in given.items() if name not in _DECIDED_HERE}
        return calls.made(requests.Request(method.upper(), url, **asked).prepare())

    def get(self, url: str, params: Any = None, **given: Any) -> requests.Response:
        return self.request("GET", url, params=params, **given)

    def head(self, url: str, **given: Any) -> requests.Response:
        return self.request("HEAD", url, **given)

    def post(self, url: str, data: Any = None, json: Any = None, **given: Any) -> requests.Response:
        return self.request("POST", url, data=data, json=json, **given)

    def put(self, url: str, data: Any = None, **given: Any) -> requests.Response:
        return self.request("PUT", url, data=data, **given)

    def patch(self, url: str, data: Any = None, **given: Any) -> requests.Response:
        return self.request("PATCH", url, data=data, **given)

    def delete(self, url: str, **given: Any) -> requests.Response:
        return self.request("DELETE", url, **given)


def guard_apprise() -> None:
    """Take `requests` away from every module of Apprise that is loaded, and put the guard in its place."""
    # These fetch templates and attachments, and would be loaded when first asked to.
    import apprise.attachment.http
    import apprise.config.http  # noqa: F401

    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "apprise" and getattr(module, "requests", None) is requests:
            module.requests = _GuardedRequests()  # type: ignore[attr-defined]


def _bytes_of(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    raise ConfigurationInvalid("its plugin wants to send something else than text")
