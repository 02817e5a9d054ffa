"""Structured logs on standard error: a line an event, JSON where no person looks.

What registries and receivers wrote cannot begin a line of its own or steer a terminal. Other libraries are heard
through the same lines, from warnings on, and only those named here: others may say what is secret.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from monitor.text import one_line, plain

HEARD = ("uvicorn", "apscheduler", "monitor.mcp")
PAGES = "monitor.web"
"""What pages have to say: who signed in, and what failed."""
TRACE = "exception"
"""The one value of several lines."""


def make_log(stream: TextIO, *, as_json: bool, clock: Callable[[], datetime]) -> FilteringBoundLogger:
    """A log that writes to *stream*: JSON lines, or with *as_json* false lines for people."""

    def stamped(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        at, level, event = f"{clock():%Y-%m-%dT%H:%M:%SZ}", line.pop("level"), line.pop("event")
        return {"at": at, "level": level, "event": event, **line}

    if as_json:
        written: Any = structlog.processors.JSONRenderer(serializer=lambda line, **_: orjson.dumps(line).decode())
    else:
        written = structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="at", sort_keys=False)
    log: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            _harmless,
            stamped,
            written,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return log


def hear_libraries(log: FilteringBoundLogger) -> None:
    """Pass on what the pages say, and the warnings of those libraries that are heard, and silence all others."""
    logging.getLogger().addHandler(logging.NullHandler())
    for name in (*HEARD, PAGES):
        heard = logging.getLogger(name)
        heard.handlers = [_Passing(log)]
        heard.setLevel(logging.INFO if name == PAGES else logging.WARNING)
        heard.propagate = False


class _Passing(logging.Handler):
    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write it as a line of ours."""
        self._log.log(record.levelno, record.getMessage(), library=record.name, exc_info=record.exc_info)


def _harmless(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """The same with text that is one line and does nothing; what is neither text, number nor list becomes text."""
    return {name: plain(str(value)) if name == TRACE else _shown(value) for name, value in line.items()}


def _shown(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    return one_line(str(value))
