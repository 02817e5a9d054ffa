"""Every tool, in the order in which they are listed."""

from typing import Any

from monitor.mcp import changes, history, lists, operating, subscribed, subscribing, trials
from monitor.mcp.tool import Tool

TOOLS: tuple[Tool[Any], ...] = (
    *lists.TOOLS,
    *trials.TOOLS,
    *history.TOOLS,
    *changes.TOOLS,
    *subscribed.TOOLS,
    *subscribing.TOOLS,
    *operating.TOOLS,
)
BY_NAME = {tool.name: tool for tool in TOOLS}
