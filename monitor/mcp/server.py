"""Answers what agents ask by the protocol. One request harms no other: what fails is said in its answer."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import anyio.to_thread
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ContentBlock,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as ToolType

from monitor import __version__
from monitor.mcp.asking import Asking
from monitor.mcp.schemas import taken
from monitor.mcp.tool import Effect, Refused, Tool
from monitor.mcp.tools import BY_NAME, TOOLS
from monitor.mcp.untrusted import RULE, as_text

AT_ONCE = 4
"""Calls that read the database at one time."""

_log = logging.getLogger("monitor.mcp")

INSTRUCTIONS = f"""\
registry-monitor watches registered clinical trials: it keeps a snapshot of every version of a record that it sees,
works out what changed and how much that matters, and alerts people. It answers from what it keeps and asks no registry,
unless a tool says so. All times are in UTC.

{RULE}

Begin with search_trials or get_trial. Old and new values are in compare_snapshots and list_changes; the whole record of
any day is in get_record. An answer that was cut says in `next` or `left_out` which call gives the rest.
Say of what you report when it was seen, and name the trial's id, so that people can check it at the registry.
"""

FAILED = "this call failed within the program, which has noted why in its log. Next: tell the person who runs it."

Ask = Callable[[Any], Asking]
"""Who asks, from the context of a request. It may be called in any thread."""


def make_server(ask: Ask) -> Server[Any]:
    """A server of all tools; each request may use those that *ask* lets it."""
    limit, one = anyio.CapacityLimiter(AT_ONCE), anyio.CapacityLimiter(1)

    async def list_tools(context: Any, _params: PaginatedRequestParams | None) -> ListToolsResult:
        asking = ask(context)
        return ListToolsResult(tools=[_declared(tool) for tool in TOOLS if asking.may(tool.permission)])

    async def call_tool(context: Any, params: CallToolRequestParams) -> CallToolResult:
        asking = ask(context)
        tool = BY_NAME.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"there is no tool “{params.name[:80]}”: tools/list names them")
        # A registry is asked one question after the other.
        limiter = one if tool.asks_elsewhere else limit
        return await anyio.to_thread.run_sync(_called, tool, asking, params.arguments or {}, limiter=limiter)

    return Server(
        "registry-monitor",
        title="registry-monitor",
        version=__version__,
        description="Registered clinical trials: what changed, and how much it matters",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _called(tool: Tool[Any], asking: Asking, arguments: dict[str, Any]) -> CallToolResult:
    try:
        answer = tool.call(asking, arguments)
    except Refused as error:
        return CallToolResult(content=_texts(str(error), error.said), is_error=True)
    except Exception:
        _log.exception("a tool failed: %s", tool.name)
        return CallToolResult(content=_texts(FAILED, None), is_error=True)
    return CallToolResult(content=_texts(answer.said, answer.content), structured_content=dict(answer.content))


def _texts(ours: str, said: Mapping[str, Any] | None) -> list[ContentBlock]:
    return [TextContent(text=ours), *([TextContent(text=as_text(said))] if said else [])]


def _declared(tool: Tool[Any]) -> ToolType:
    return ToolType(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=taken(tool.takes),
        output_schema=dict(tool.gives),
        annotations=ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.effect is Effect.READS,
            destructive_hint=tool.effect is Effect.ENDS,
            idempotent_hint=tool.is_idempotent,
            open_world_hint=tool.asks_elsewhere,
        ),
    )
