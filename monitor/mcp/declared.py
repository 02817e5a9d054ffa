"""Tools, resources and prompts as the protocol has them. Pure."""

from collections.abc import Mapping
from typing import Any

from mcp_types import ContentBlock, PromptArgument, ResourceTemplate, TextContent, ToolAnnotations
from mcp_types import Prompt as PromptType
from mcp_types import Tool as ToolType

from monitor.mcp.prompts import Prompt
from monitor.mcp.resources import MIME, Template
from monitor.mcp.schemas import taken
from monitor.mcp.tool import Effect, Tool
from monitor.mcp.untrusted import as_text


def tool(each: Tool[Any]) -> ToolType:
    """A tool with its schemas, and what it does to what is stored."""
    return ToolType(
        name=each.name,
        title=each.title,
        description=each.description,
        input_schema=taken(each.takes),
        output_schema=dict(each.gives),
        annotations=ToolAnnotations(
            title=each.title,
            read_only_hint=each.effect is Effect.READS,
            destructive_hint=each.effect is Effect.ENDS,
            idempotent_hint=each.is_idempotent,
            open_world_hint=each.asks_elsewhere,
        ),
    )


def template(each: Template) -> ResourceTemplate:
    """How the addresses of some resources are written."""
    return ResourceTemplate(
        uri_template=each.address, name=each.name, title=each.title, description=each.description, mime_type=MIME
    )


def prompt(each: Prompt) -> PromptType:
    """A prompt with its arguments."""
    arguments = [
        PromptArgument(name=one.name, description=one.description, required=one.usual is None) for one in each.arguments
    ]
    return PromptType(name=each.name, title=each.title, description=each.description, arguments=arguments)


def texts(ours: str, said: Mapping[str, Any] | None) -> list[ContentBlock]:
    """A sentence of ours, and what follows it, marked."""
    return [TextContent(text=ours), *([TextContent(text=as_text(said))] if said else [])]
