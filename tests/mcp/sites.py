"""A service that has tools for agents, over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

import requests
from starlette.applications import Starlette

from monitor.access import tokens
from monitor.access.context import AccessContext
from monitor.access.hashing import Hashing
from monitor.app import App, open_app
from monitor.clock import utc_now
from monitor.config import load
from monitor.model.access import Permission
from monitor.service.agents import agent_route
from monitor.watching.asking import SearchAsker
from monitor.web.server.listening import Listener, listen

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@dataclass
class Site:
    """A service that has tools for agents."""

    url: str
    app: App
    access: AccessContext
    told: Event

    def token(self, scope: Permission, name: str) -> str:
        return tokens.add(name, scope, self.access, now=utc_now(), expires_in=timedelta(days=1)).text

    def post(self, token: str | None = None, **headers: str) -> requests.Response:
        sent = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        with requests.Session() as session:
            session.trust_env = False
            return session.post(self.url, json=PING, headers=sent, timeout=20)


@contextmanager
def served(database: str, *, public: bool, **variables: str) -> Iterator[Site]:
    listening = listen("127.0.0.1:0")
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    environ = {"MONITOR_STORE__URL": database, "MONITOR_WEB__PUBLIC_URL": origin, **variables}
    told = Event()
    with open_app(load(None, {**environ, "MONITOR_WEB__PUBLIC": str(public).lower()})) as app:
        access = AccessContext(app.store, app.vault, token_hashing=Hashing(64, waits=3))
        searches = SearchAsker(app.connected_apart, app.store)
        made = agent_route(app, app.subscribe_context(), access=access, searches=searches, committed=told.set)
        listener = Listener(Starlette(routes=[made]), listening)
        listener.start()
        yield Site(f"{origin}/mcp", app, access, told)
        assert listener.stop()
