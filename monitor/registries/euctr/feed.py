"""What the feed of the last seven days names. Pure.

The feed lists the trials that were added or updated in the last seven days, each by a link to the search for its
number. A trial that it does not name is as it was, if it was read less than six days before: a day of overlap, for the
days of the register begin in another zone. The feed does not say of when it is; the answer's Date header does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from xml.parsers import expat

from monitor.errors import AnswerUnreadable
from monitor.http.response import Response
from monitor.model.stamps import built_at
from monitor.ports import RegistryVersion
from monitor.registries.euctr.ids import trial_ids_in

QUERY = "/rest/feed/bydates?query="
"""A query is needed; the empty one stands for all trials."""
FEED_CAP = 8 * 1024 * 1024
REACH = timedelta(days=6)
_TELLING = ("link", "guid", "pubDate")
"""What tells one item of the feed from another."""
_DEEPEST = 50
KNOWN_FOR = timedelta(days=1)
"""So long a feed that names the same trials as before is nothing new; after that it tells how far it reaches."""


@dataclass(frozen=True)
class Feed:
    """The trials that moved, as of when, and a digest of what the feed names."""

    at: datetime
    trial_ids: frozenset[str]
    digest: str

    @property
    def since(self) -> str:
        """The stamp since which no trial moved that the feed does not name."""
        return (self.at - REACH).isoformat()

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of all data that the feed stands for; *known* itself where it says the same as then."""
        known_at = built_at(known.stamp) if known else None
        if known and known_at and known.etag == self.digest and timedelta(0) <= self.at - known_at < KNOWN_FOR:
            return known
        at = self.at
        if known_at and at == known_at.replace(microsecond=0):
            at = known_at + timedelta(microseconds=1)  # another feed within one second of the Date header is newer
        return RegistryVersion(at.isoformat(), self.digest)


def feed_of(answer: Response) -> Feed:
    """The feed that an answer is. Raise AnswerUnreadable for anything else."""
    items = _items(answer.body)
    trial_ids = set()
    for item in items:
        named = set(trial_ids_in(item))
        if not named:
            raise AnswerUnreadable("an item of the feed names no trial", raw=answer.body)
        trial_ids |= named
    digest = sha256("\n".join(sorted(items)).encode()).hexdigest()
    return Feed(_moment(answer), frozenset(trial_ids), digest[:32])


def _moment(answer: Response) -> datetime:
    try:
        at = parsedate_to_datetime(answer.headers.get("Date", ""))
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise AnswerUnreadable(
            "the feed came without the day of the answer (its Date header)", raw=answer.body
        ) from error


def _items(body: bytes) -> list[str]:
    """Of each item its link and its day, which tell one from another."""
    reading = _Reading()
    try:
        reading.parser.Parse(body, True)
    except (expat.ExpatError, _DeclaresTypes, ValueError) as error:
        raise AnswerUnreadable(f"what came instead of the feed is not proper XML: {error}", raw=body) from error
    if reading.root != "rss" or not reading.has_channel:
        raise AnswerUnreadable("what came is not an RSS feed", raw=body)
    return reading.items


class _DeclaresTypes(Exception):
    """A document type: with it come entities, and no feed has one."""


class _Reading:
    """Goes through a feed, and keeps of it what an item is told by."""

    def __init__(self) -> None:
        self.root = ""
        self.has_channel = False
        self.items: list[str] = []
        self._item: dict[str, str] | None = None
        self._path: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _refuse(self, *_: object) -> None:
        raise _DeclaresTypes("it declares a document type")

    def _start(self, name: str, _: object) -> None:
        self.root = self.root or name
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise ValueError("it is nested too deeply")
        self.has_channel |= self._path == ["rss", "channel"]
        if self._path == ["rss", "channel", "item"]:
            self._item = dict.fromkeys(_TELLING, "")

    def _end(self, _: str) -> None:
        if self._item is not None and self._path == ["rss", "channel", "item"]:
            self.items.append(" ".join(self._item[name].strip() for name in _TELLING))
            self._item = None
        self._path.pop()

    def _text(self, text: str) -> None:
        if self._item is not None and self._path[3:] and self._path[3] in self._item:
            self._item[self._path[3]] += text
