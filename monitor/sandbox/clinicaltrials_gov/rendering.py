"""Studies as the bytes that are served.

A rendered study is cached in two halves around its `versionHolder`, and the data build's date is inserted when it is
served, so a new data build costs nothing, however many trials there are.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

import orjson

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.databuild import DataBuild
from monitor.sandbox.clinicaltrials_gov.editions import Edition
from monitor.sandbox.clinicaltrials_gov.projection import Projection

STAMP = "<versionHolder 6f1d2c1b>"
FULL_CACHE = 48 * 2**20
PROJECTED_CACHE = 24 * 2**20

Rendered = tuple[bytes, ...]
"""A study's bytes: one piece, or two with the stamp's place between them."""


class Renderer:
    """Renders studies, and caches the bytes of those requested last, for all sandboxes together."""

    def __init__(self) -> None:
        self._full = ByteCache(FULL_CACHE)
        self._projected = ByteCache(PROJECTED_CACHE)

    def render(self, edition: Edition, trial_id: str, projection: Projection | None) -> bytes:
        """One study of an edition, whole or projected. Raises KeyError where there is none."""
        return stamp(self._rendered(edition, trial_id, projection), edition.build)

    def render_former(self, edition: Edition, trial_id: str, projection: Projection | None) -> bytes:
        """The study as it was one publication and one data build ago."""
        return stamp(halves(edition.former_study(trial_id), projection), edition.previous_build)

    def _rendered(self, edition: Edition, trial_id: str, projection: Projection | None) -> Rendered:
        version = edition.version(trial_id)
        cache = self._projected if projection else self._full
        standing = version.serial if version else (edition.initial.seed, edition.initial.today)
        key = (trial_id, standing, projection and projection.key)
        if kept := cache.get(key):
            return kept
        if version or projection is None:
            study = edition.study(trial_id)
        else:
            study = edition.initial.study(trial_id, projection.modules)
        made = halves(study, projection)
        cache.put(key, made)
        return made


def halves(study: Json, projection: Projection | None) -> Rendered:
    """The bytes before and after the version holder; one piece where the projection leaves that out."""
    derived = study.get("derivedSection", {})
    stamped = {
        **{name: value for name, value in study.items() if name != "hasResults"},
        "derivedSection": {**derived, "miscInfoModule": {**derived.get("miscInfoModule", {}), "versionHolder": STAMP}},
        **{name: value for name, value in study.items() if name == "hasResults"},
    }
    whole = orjson.dumps(projection.apply(stamped) if projection else stamped)
    head, found, tail = whole.rpartition(STAMP.encode())
    return (head, tail) if found else (whole,)


def stamp(rendered: Rendered, build: DataBuild) -> bytes:
    """The study as this data build has it."""
    return build.date.encode().join(rendered)


class ByteCache:
    """The last rendered studies, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Hashable, Rendered] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Rendered | None:
        """The bytes cached under *key*, if any."""
        with self._lock:
            kept = self._kept.get(key)
            if kept:
                self._kept.move_to_end(key)
            return kept

    def put(self, key: Hashable, rendered: Rendered) -> None:
        """Cache this, and drop what was requested least recently."""
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = rendered
            self._size += sum(map(len, rendered))
            while self._size > self._limit:
                _, forgotten = self._kept.popitem(last=False)
                self._size -= sum(map(len, forgotten))
