"""An agent's side, as the SDK has it, for tests that wait for each answer."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from httpx2 import AsyncClient
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

REPOSITORY = Path(__file__).parents[2]


class Agent:
    """A client that is connected."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self.client = client

    def ask(self, name: str, *given: Any) -> Any:
        """What a method of the SDK's client gives."""
        return self._portal.call(getattr(self.client, name), *given)

    def tools(self) -> dict[str, Any]:
        """The tools that are listed, by name."""
        return {tool.name: tool for tool in self.ask("list_tools").tools}

    def call(self, name: str, /, **arguments: Any) -> Any:
        """What a call of a tool gives: its structured content."""
        result = self.ask("call_tool", name, arguments)
        assert not result.is_error, result.content[0].text
        return result.structured_content

    def refused(self, name: str, /, **arguments: Any) -> str:
        """What a call of a tool is refused with."""
        result = self.ask("call_tool", name, arguments)
        assert result.is_error, result.structured_content
        text: str = result.content[0].text
        return text


@contextmanager
def connected(transport: Any, *beside: Any, **options: Any) -> Iterator[Agent]:
    """An agent that speaks over this transport; what is *beside* is open as long."""
    with ExitStack() as opened:
        portal = opened.enter_context(start_blocking_portal())
        client = Client(transport, **options)
        for each in (*beside, client):
            opened.enter_context(portal.wrap_async_context_manager(each))
        yield Agent(portal, client)


@contextmanager
def over_stdio(store_url: str, *options: str, **variables: str) -> Iterator[Agent]:
    """An agent that has started `monitor mcp`."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "monitor", "mcp", *options],
        env={**environ, "PYTHONPATH": str(REPOSITORY), "MONITOR_STORE__URL": store_url, **variables},
        cwd=Path(store_url.removeprefix("sqlite:///")).parent,
    )
    with connected(stdio_client(command)) as agent:
        yield agent


@contextmanager
def over_http(url: str, token: str | None = None, **options: Any) -> Iterator[Agent]:
    """An agent that asks a service, and shows this token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asking = AsyncClient(headers=headers, trust_env=False, timeout=20)
    with connected(streamable_http_client(url, http_client=asking), asking, **options) as agent:
        yield agent
