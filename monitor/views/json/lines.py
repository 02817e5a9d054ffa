"""One JSON object on a line, as programs read it. Pure."""

from collections.abc import Mapping

import orjson

from monitor.model.record import Json
from monitor.text import harmless_json


def json_line(line: Mapping[str, Json]) -> str:
    """The object and the end of its line; nothing in it steers a terminal."""
    return harmless_json(orjson.dumps(line).decode()) + "\n"
