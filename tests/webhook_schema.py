"""What docs/webhook.schema.json promises to receivers, held against every body that a test sends or renders."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from monitor.channels.webhook.rendering import EventBody
from monitor.model import Event, Subscription

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "webhook.schema.json").read_text(encoding="utf-8"))


def as_promised(body: bytes) -> dict[str, Any]:
    """The body, which has what the schema asks for, and nothing that the schema does not describe."""
    told = json.loads(body)
    _strict().validate(told)
    return told


def webhook_body(event: Event, *, subscription: Subscription, sequence: int, **told: Any) -> bytes:
    """What one subscriber is sent of an event."""
    return EventBody(event, **told).for_subscriber(subscription, sequence=sequence)


@cache
def _strict() -> Draft202012Validator:
    return Draft202012Validator(_closed(SCHEMA), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _closed(schema: Any) -> Any:
    """The schema with every object that has a type limited to the keys that are described."""
    if isinstance(schema, Mapping):
        closed = {key: value if key == "examples" else _closed(value) for key, value in schema.items()}
        if schema.get("type") == "object" and "properties" in schema:
            closed["additionalProperties"] = False
        return closed
    return [_closed(each) for each in schema] if isinstance(schema, list) else schema
