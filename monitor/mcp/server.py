"""Answers what agents ask by the protocol. One request harms no other: what fails is said in its answer."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio.to_thread
import orjson
from anyio import CapacityLimiter
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    PromptMessage,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    TextContent,
    TextResourceContents,
)

from monitor import __version__
from monitor.mcp import declared, prompts, resources
from monitor.mcp.asking import Asking
from monitor.mcp.tool import Refused, Tool
from monitor.mcp.tools import BY_NAME, TOOLS
from monitor.mcp.untrusted import RULE

AT_ONCE = 4
"""Calls that read the database at one time."""
FAILED = "this call failed within the program, which has noted why in its log. Next: tell the person who runs it."
INSTRUCTIONS = f"""\
registry-monitor watches registered clinical trials: it keeps a snapshot of every version of a record that it sees,
works out what changed and how much that matters, and alerts people. It answers from what it keeps and asks no registry,
unless a tool says so. All times are in UTC.

{RULE}

Begin with search_trials or get_trial. Old and new values are in compare_snapshots and list_changes; the whole record of
any day is in get_record. An answer that was cut says in `next`, `next_cursor` or `left_out` how to get the rest.
Say of what you report when it was seen, and name the trial's id, so that people can check it at the registry.
"""

T = TypeVar("T")
Ask = Callable[[Any], Asking]
"""Who asks, from the context of a request."""

_log = logging.getLogger("monitor.mcp")


def make_server(ask: Ask) -> Server[Any]:
    """A server of all tools, resources and prompts; each request may use what *ask* lets it."""
    answering = _Answering(ask)
    return Server(
        "registry-monitor",
        title="registry-monitor",
        version=__version__,
        description="Registered clinical trials: what changed, and how much it matters",
        instructions=INSTRUCTIONS,
        on_list_tools=answering.list_tools,
        on_call_tool=answering.call_tool,
        on_list_resources=answering.list_resources,
        on_list_resource_templates=answering.list_templates,
        on_read_resource=answering.read_resource,
        on_list_prompts=answering.list_prompts,
        on_get_prompt=answering.get_prompt,
    )


@dataclass(slots=True)
class _Answering:
    """The handlers. What waits for the database or a registry runs in threads."""

    ask: Ask
    limit: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(AT_ONCE))
    one: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    """A registry is asked one question after the other."""

    async def list_tools(self, context: Any, _params: PaginatedRequestParams | None) -> ListToolsResult:
        """Those that may be used."""
        asking = self.ask(context)
        return ListToolsResult(tools=[declared.tool(each) for each in TOOLS if asking.may(each.permission)])

    async def call_tool(self, context: Any, params: CallToolRequestParams) -> CallToolResult:
        """The answer of a tool, or why there is none."""
        tool = BY_NAME.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"there is no tool “{params.name[:80]}”: tools/list names them")
        limiter = self.one if tool.asks_elsewhere else self.limit
        asking = self.ask(context)
        return await anyio.to_thread.run_sync(_called, tool, asking, params.arguments or {}, limiter=limiter)

    async def list_resources(self, context: Any, params: PaginatedRequestParams | None) -> ListResourcesResult:
        """A page of the watched trials."""
        cursor = params.cursor if params else None
        found, following = await self._run(resources.listing, self.ask(context), cursor)
        listed = [Resource(uri=each.address, name=each.name, mime_type=resources.MIME) for each in found]
        return ListResourcesResult(resources=listed, next_cursor=following)

    async def list_templates(
        self, _context: Any, _params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        """How addresses are written."""
        return ListResourceTemplatesResult(resource_templates=[declared.template(each) for each in resources.TEMPLATES])

    async def read_resource(self, context: Any, params: ReadResourceRequestParams) -> ReadResourceResult:
        """The record at an address."""
        answer = await self._run(resources.read, self.ask(context), params.uri)
        text = orjson.dumps(answer.content).decode()
        return ReadResourceResult(contents=[TextResourceContents(uri=params.uri, mime_type=resources.MIME, text=text)])

    async def list_prompts(self, _context: Any, _params: PaginatedRequestParams | None) -> ListPromptsResult:
        """All of them."""
        return ListPromptsResult(prompts=[declared.prompt(each) for each in prompts.PROMPTS])

    async def get_prompt(self, _context: Any, params: GetPromptRequestParams) -> GetPromptResult:
        """One with its arguments."""
        prompt = prompts.BY_NAME.get(params.name)
        if prompt is None:
            raise MCPError(INVALID_PARAMS, f"there is no prompt “{params.name[:80]}”: prompts/list names them")
        text = await self._run(prompt.filled, params.arguments or {})
        message = PromptMessage(role="user", content=TextContent(text=text))
        return GetPromptResult(description=prompt.description, messages=[message])

    async def _run(self, step: Callable[..., T], *given: Any) -> T:
        """Take a step in a thread; what is refused is said as the protocol says it of what is no tool."""
        try:
            return await anyio.to_thread.run_sync(step, *given, limiter=self.limit)
        except Refused as error:
            raise MCPError(INVALID_PARAMS, str(error)) from error
        except Exception as error:
            _log.exception("an answer failed")
            raise MCPError(INTERNAL_ERROR, FAILED) from error


def _called(tool: Tool[Any], asking: Asking, arguments: dict[str, Any]) -> CallToolResult:
    try:
        answer = tool.call(asking, arguments)
    except Refused as error:
        return CallToolResult(content=declared.texts(str(error), error.said), is_error=True)
    except Exception:
        _log.exception("a tool failed: %s", tool.name)
        return CallToolResult(content=declared.texts(FAILED, None), is_error=True)
    return CallToolResult(content=declared.texts(answer.said, answer.content), structured_content=dict(answer.content))
