"""Pages kept for as long as nothing changed, some seconds at most: what many readers ask for is made once.

While one makes a page anew, the others get the former one: nobody waits but who wants a page that nobody had of late.
A page that can be compressed is kept compressed alone.
"""

import gzip
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from hashlib import sha256
from threading import Lock
from time import monotonic

from starlette.responses import Response

from monitor.web.site.compressing import is_worth_it, squeezed

MOST_BYTES = 16 * 2**20
SECONDS = 20.0
SHOWN_MEANWHILE = 10.0
"""Seconds beyond those that a former page may be shown while somebody makes it anew."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page, as it was made."""

    version: str
    """Of all data."""
    own: str
    """Of what the page shows, where that is known; else empty."""
    until: float
    headers: Mapping[str, str]
    content: bytes
    is_gzipped: bool

    @property
    def body(self) -> bytes:
        """As it was made."""
        return gzip.decompress(self.content) if self.is_gzipped else self.content

    @property
    def etag(self) -> str:
        """Its weak entity tag."""
        return self.headers["etag"]

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.content)

    def response(self, *, accepts_gzip: bool) -> Response:
        """The answer that it makes."""
        headers = {name: value for name, value in self.headers.items() if name != "content-length"}
        if accepts_gzip and self.is_gzipped:
            return Response(self.content, headers={**headers, "Content-Encoding": "gzip"})
        return Response(self.body, headers=headers)


@dataclass(slots=True)
class _Making:
    """A page that somebody makes."""

    lock: Lock = field(default_factory=Lock)
    wanted: int = 0
    """By how many."""


class Kept:
    """The pages that were asked for last, up to MOST_BYTES of them."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._cleared = 0
        self._making: dict[Hashable, _Making] = {}

    def as_of(self, version: str) -> str:
        """The version, with how often all was forgotten: what is still being made when that happens is old then."""
        return f"{self._cleared}:{version}"

    @contextmanager
    def making(self, key: Hashable) -> Iterator[KeptPage | None]:
        """Make that page alone.

        Who wants the same one meanwhile is given the former one to show; where there is none it waits, and may find it
        kept then.
        """
        with self._lock:
            own = self._making.setdefault(key, _Making())
            former = self._former(key) if own.wanted else None
            own.wanted += former is None
        if former is not None:
            yield former
            return
        try:
            with own.lock:
                yield None
        finally:
            with self._lock:
                own.wanted -= 1
                if not own.wanted:
                    del self._making[key]

    def meanwhile(self, key: Hashable) -> KeptPage | None:
        """The former page, where somebody makes it anew at this moment."""
        with self._lock:
            return self._former(key) if key in self._making else None

    def former(self, key: Hashable) -> KeptPage | None:
        """The former page, for whoever wants it while somebody makes it anew."""
        with self._lock:
            return self._former(key)

    def get(self, key: Hashable, version: str) -> KeptPage | None:
        """That page, if it was made of this version of the data a short while ago."""
        with self._lock:
            found = self._pages.get(key)
            if found is None:
                return None
            if found.version != version or found.until < monotonic():
                return None
            self._pages.move_to_end(key)
            return found

    def confirmed(self, key: Hashable, version: str, own: str) -> KeptPage | None:
        """That page, if it was made a short while ago and what it shows is of the same *own* version still.

        From now on it is of this *version* of all data.
        """
        with self._lock:
            found = self._pages.get(key)
            if found is None or found.until < monotonic() or found.own != own:
                return None
            if self._epoch(found.version) != self._epoch(version):
                return None
            self._pages[key] = found = replace(found, version=version)
            self._pages.move_to_end(key)
            return found

    def put(self, key: Hashable, version: str, made: Response, own: str = "") -> KeptPage:
        """Keep a page."""
        page = page_of(made, version, own)
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self._size += page.size
            while self._size > MOST_BYTES:
                self._drop(next(iter(self._pages)))
        return page

    def drop_old(self) -> None:
        """Forget those that nobody may be shown any more."""
        with self._lock:
            until = monotonic() - SHOWN_MEANWHILE
            for key in [key for key, page in self._pages.items() if page.until < until]:
                self._drop(key)

    def clear(self) -> None:
        """Forget all: somebody changed something."""
        with self._lock:
            self._pages.clear()
            self._size = 0
            self._cleared += 1

    def _former(self, key: Hashable) -> KeptPage | None:
        """That page, which is no longer good, where it may be shown while it is made anew."""
        found = self._pages.get(key)
        if found is None or found.until + SHOWN_MEANWHILE < monotonic():
            return None
        return found if self._epoch(found.version) == str(self._cleared) else None

    @staticmethod
    def _epoch(version: str) -> str:
        """How often all had been forgotten, of a version of `as_of`."""
        return version.partition(":")[0]

    def _drop(self, key: Hashable) -> None:
        dropped = self._pages.pop(key, None)
        if dropped:
            self._size -= dropped.size


def page_of(made: Response, version: str, own: str = "") -> KeptPage:
    """An answer as it is kept."""
    body, is_gzipped = bytes(made.body), is_worth_it(made)
    return KeptPage(
        version=version,
        own=own,
        until=monotonic() + SECONDS,
        headers=dict(made.headers),
        content=squeezed(body) if is_gzipped else body,
        is_gzipped=is_gzipped,
    )


def etag_of(body: bytes) -> str:
    """Weak, because the same page goes out compressed or not."""
    return f'W/"{sha256(body).hexdigest()[:20]}"'


def is_still(headers: Mapping[str, str], page: KeptPage) -> bool:
    """Whether a client has that page, by its entity tag; or where it names none by when it was modified."""
    if if_none_match := headers.get("if-none-match", ""):
        return is_known(if_none_match, page.etag)
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
        return parsedate_to_datetime(page.headers.get("last-modified", "")) <= since
    except (TypeError, ValueError):
        return False


def is_known(if_none_match: str, etag: str) -> bool:
    """Whether a client has it, by what it says in If-None-Match."""
    wanted = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in wanted or etag.removeprefix("W/") in wanted
