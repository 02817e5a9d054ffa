"""Every tool, in the order in which they are listed."""

from typing import Any

from monitor.mcp import changes, subscribing, trials
from monitor.mcp.tool import Tool

TOOLS: tuple[Tool[Any], ...] = (*trials.TOOLS, *changes.TOOLS, *subscribing.TOOLS)
BY_NAME = {tool.name: tool for tool in TOOLS}
