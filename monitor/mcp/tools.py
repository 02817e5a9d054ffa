"""Every tool, in the order in which they are listed."""

from typing import Any

from monitor.mcp import changes, lists, operating, subscribing, trials
from monitor.mcp.tool import Tool

TOOLS: tuple[Tool[Any], ...] = (*lists.TOOLS, *trials.TOOLS, *changes.TOOLS, *subscribing.TOOLS, *operating.TOOLS)
BY_NAME = {tool.name: tool for tool in TOOLS}
