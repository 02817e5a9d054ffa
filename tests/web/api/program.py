"""The API over real HTTP, beside an outbox, with a token for each scope."""

from itertools import count
from typing import Any, Self
from urllib.parse import unquote

from requests import Response, Session

from monitor.access import tokens
from monitor.access.context import AccessContext
from monitor.model.access import Permission
from monitor.web.api import BEGINS
from monitor.web.api.loading import api_routes
from monitor.web.api.problems import quoted
from monitor.web.application import application
from monitor.web.server.listening import Listener, listen
from monitor.web.site.asked import NOBODY, Visitor
from tests.outbox import OutboxHarness
from tests.web.reading_site import answering_of


class Api:
    """What a test does: ask, with whichever token it likes."""

    def __init__(self, outbox: OutboxHarness, *, is_public: bool = False, path: str = "") -> None:
        self.outbox = outbox
        self.visitor = NOBODY
        """Who is signed in, in a browser."""
        listening = listen("127.0.0.1:0")
        host, port = listening.getsockname()[:2]
        self.url = f"http://{host}:{port}{path}"
        self.answering = answering_of(outbox, self.url, is_public=is_public)
        self._access = AccessContext(outbox.store, outbox.subscribe_context.vault)
        self._tokens: dict[Permission, str] = {}
        self._numbers = count(1)
        routes = api_routes(self.answering, self._access, self._visitor_of)
        served = application(self.answering, self.answering.site.service, more=routes)
        self._listener = Listener(served, listening, trusted_proxies=("127.0.0.0/8",))
        self._session = Session()
        self._session.trust_env = False

    def _visitor_of(self, _request: object) -> Visitor:
        return self.visitor

    def token(self, scope: Permission) -> str:
        """One with this scope, made when it is asked for first."""
        if scope not in self._tokens:
            name = f"{scope} {next(self._numbers)}"
            self._tokens[scope] = tokens.add(name, scope, self._access, now=self.outbox.clock()).text
        return self._tokens[scope]

    def ask_anew(self) -> None:
        """From now on with other tokens, so that nothing was asked with them yet."""
        self._tokens.clear()

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()
        assert self._listener.stop()

    def ask(
        self, path: str, method: str = "GET", *, scope: Permission | None = Permission.OPERATE, **options: Any
    ) -> Response:
        """*path* is below the beginning of the API."""
        token = {"Authorization": f"Bearer {self.token(scope)}"} if scope else {}
        headers = {**token, **options.pop("headers", {})}
        whole = self.url + BEGINS + path
        return self._session.request(method, whole, headers=headers, timeout=20, allow_redirects=False, **options)

    def page(self, path: str) -> Response:
        """A page, as whoever is not signed in sees it."""
        return self._session.get(self.url + path, timeout=20, allow_redirects=False)

    def read(self, path: str, **options: Any) -> Any:
        answer = self.ask(path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, body: object = None, *, method: str = "POST", **options: Any) -> Response:
        return self.ask(path, method, json=body, **options)


def problem(answer: Response) -> str:
    """Which problem an answer is; whatever it is, it is one as RFC 9457 has them."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["detail"][-1] in ".?", told["detail"]
    assert told["instance"] == quoted(unquote(answer.request.path_url.partition("?")[0]))
    return str(told["type"].partition("#")[2])
