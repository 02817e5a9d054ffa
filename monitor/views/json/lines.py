"""One JSON object on a line, as programs read it. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson

from monitor.text import harmless_json

if TYPE_CHECKING:
    from monitor.model.record import Json


def json_line(line: Mapping[str, "Json"]) -> str:
    """The object and the end of its line; nothing in it steers a terminal."""
    return harmless_json(orjson.dumps(line).decode()) + "\n"
