"""Lists by keys: a cursor says behind which entry a page begins. No page takes longer than the first.

A cursor is signed, and belongs to the question that it came with: whoever makes one up, or changes the filters on the
way, is told so. What it holds is the key of the last entry, which the page before showed.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from monitor.storage.unread import Unread
from monitor.text import plain
from monitor.vault import Vault
from monitor.web.api.call import Call
from monitor.web.api.problems import BAD_CURSOR, Problem, Wrong, quoted
from monitor.web.api.shapes import ONLY_DIGITS

MOST = 200
USUAL = 50
LONGEST_CURSOR = 1000
_PURPOSE = "api cursor"
_SIGNATURE = 16


class PageAsked(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST), ONLY_DIGITS] = Field(default=USUAL, description="Entries a page.")
    cursor: Annotated[str, Field(min_length=1, max_length=LONGEST_CURSOR)] | None = Field(
        default=None, description="“next_cursor” of the previous page."
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a request is: how much of it, and behind what."""

    call: Call
    limit: int
    question: bytes = field(repr=False)
    after: Sequence[Any] | None
    """The key of the entry before; None for the first page."""

    def answer(
        self, entries: Sequence[Any], last: Sequence[Any] | None, more: Mapping[str, Any] | None = None
    ) -> Response:
        """The page; *last* is the key of its last entry, None where nothing comes behind it."""
        cursor = None if last is None else _written(last, self.question, self.call.site.vault)
        headers = {"Link": f'<{self._next(cursor)}>; rel="next"'} if cursor else {}
        page = {"data": entries, "next_cursor": cursor, "has_more": cursor is not None, **(more or {})}
        return self.call.json(page, headers=headers)

    def _next(self, cursor: str) -> str:
        others = [(name, value) for name, value in self.call.query if name != "cursor"]
        return f"{self.call.site.prefix}{quoted(self.call.path)}?{urlencode([*others, ('cursor', cursor)])}"


def unreadable(damaged: Sequence[Unread]) -> dict[str, Any]:
    """What a page has beside its entries: the rows that cannot be read, and why."""
    return {"unreadable": [{"id": plain(each.name), "error": plain(each.why)} for each in damaged]}


def place_of(call: Call, page: PageAsked) -> Place:
    """The place that a request asks for. Problem for a cursor that is not of its question."""
    asked = [call.path, *sorted((name, value) for name, value in call.query if name not in ("cursor", "limit"))]
    question = sha256(orjson.dumps(asked)).digest()[:12]
    after = None if page.cursor is None else _read(page.cursor, question, call.site.vault)
    return Place(call, page.limit, question, after)


def _written(key: Sequence[Any], question: bytes, vault: Vault) -> str:
    content = orjson.dumps(list(key))
    signature = vault.signature(_PURPOSE, question + content)[:_SIGNATURE]
    return urlsafe_b64encode(signature + content).decode().rstrip("=")


def _read(cursor: str, question: bytes, vault: Vault) -> Sequence[Any]:
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raw = b""
    signature, content = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not content or not vault.signed(_PURPOSE, question + content, signature):
        words = "This cursor is not of this list with these filters: send “next_cursor” of the previous page, or none."
        raise Problem(BAD_CURSOR, words, errors=[Wrong(words, "cursor", "parameter")])
    key: list[Any] = orjson.loads(content)
    return key


def page_of(entries: Sequence[Any], limit: int) -> tuple[Sequence[Any], bool]:
    """The entries of a page out of those read, which are one more where there are more; and whether there are."""
    return entries[:limit], len(entries) > limit
