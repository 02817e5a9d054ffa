"""A registry that lists what moved since a version: who is not listed is as it was, if verified at that version."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.model import Result
from monitor.ports import ProbeResult, RegistryVersion, Unanswered, Unmoved
from monitor.storage import trials
from monitor.storage.store import Store
from tests.nodes import Nodes, named
from tests.program import Clock
from tests.watching.test_rollout import Watching

HIP, KNEE = "NCT70000001", "NCT70000002"


class Listing:
    """Asked for its version, it lists what moved since the one before, and probes go by that list."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._since = ""
        self._moved: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._nodes, name)

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """As it is; what moved since *known* is remembered."""
        now = self._nodes.version(known)
        self._since = known.stamp if known else now.stamp
        stamps = [build.stamp for build in self._nodes.builds]
        old = self._nodes.builds[stamps.index(self._since)].studies
        new = self._nodes.builds[-1].studies
        self._moved = {each for each in new if new[each] != old.get(each)}
        return now

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unmoved | Unanswered]]:
        """Those that are not listed; nothing of the others."""
        yield [Unmoved(each, self._since) for each in trial_ids if each not in self._moved]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    """Two trials, watched and taken in."""
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    nodes = Nodes(HIP, KNEE)
    made = Watching(store, nodes, Clock(datetime(2026, 11, 3, 9, 30, tzinfo=UTC)))
    listing = replace(made, nodes=Listing(nodes))
    listing.watch(HIP, KNEE)
    assert set(listing.results().values()) == {Result.BASELINE}
    nodes.asked_since()
    yield listing
    store.close()


def test_who_is_not_listed_is_verified_without_being_asked_for(watching: Watching) -> None:
    watching.nodes.build(**{HIP: named("HIP-2")})

    assert watching.results() == {HIP: Result.CHANGED, KNEE: Result.UNCHANGED}

    assert watching.nodes.asked_since() == ["version", "fetch", "version"]
    assert watching.verified_at(KNEE) == watching.verified_at(HIP) == watching.nodes.builds[-1].stamp


def test_a_second_build_of_one_day_verifies_who_is_not_listed(watching: Watching) -> None:
    watching.nodes.build(days=0, **{HIP: named("HIP-2")})

    assert watching.results()[KNEE] is Result.UNCHANGED

    assert watching.verified_at(KNEE) == watching.nodes.builds[-1].stamp


def test_who_was_verified_before_the_list_begins_is_read(watching: Watching) -> None:
    watching.nodes.build(**{HIP: named("HIP-2")})
    watching.nodes.build(**{HIP: named("HIP-3")})
    watching.results()
    watching.nodes.build()
    with watching.store.begin() as tx:
        trials.mark_verified(
            tx, watching.nodes.key, [KNEE], version=watching.nodes.builds[0].stamp, at=watching.clock()
        )
    watching.nodes.asked_since()

    assert watching.results()[KNEE] is Result.UNCHANGED

    assert "fetch" in watching.nodes.asked_since()
