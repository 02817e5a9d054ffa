"""Answers made smaller for the way. Pure."""

import gzip

from starlette.responses import Response

SMALLEST = 1000
"""Bytes that are worth it."""
LEVEL = 5
TYPES = ("text/", "application/json", "application/feed+json", "application/atom+xml", "application/xml", "image/svg")


def is_worth_it(response: Response) -> bool:
    """Whether it becomes much smaller."""
    kind = response.headers.get("content-type", "")
    return len(response.body) >= SMALLEST and kind.startswith(TYPES) and "content-encoding" not in response.headers


def compressed(response: Response) -> Response:
    """The same, compressed where that is worth it."""
    if is_worth_it(response):
        response.body = squeezed(bytes(response.body))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
        if "accept-encoding" not in response.headers.get("vary", "").lower():
            response.headers.add_vary_header("Accept-Encoding")
    return response


def squeezed(body: bytes) -> bytes:
    """The same bytes for the same body, at any time."""
    return gzip.compress(body, LEVEL, mtime=0)
