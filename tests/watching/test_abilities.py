"""What only some registries can do: one that can do nothing of it is watched by the ids of its trials all the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.model import Result, Search, Unlisted
from monitor.ports import Probing, Searching, SharedSearching, SponsorLookup, Sweeping, registry_to_search
from monitor.storage.store import Store
from monitor.watching.discover import appraise
from tests.nodes import Nodes, named
from tests.program import Clock
from tests.twins import Twin
from tests.watching.test_rollout import Watching

HIP, KNEE = "NCT70000001", "NCT70000002"
OPTIONAL = ("probe", "find", "find_shared", "sponsors", "sweep")


class Plain:
    """A registry that gives its version, and documents by id, and nothing else."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    def __getattr__(self, name: str) -> Any:
        if name in OPTIONAL:
            raise AttributeError(name)
        return getattr(self._nodes, name)


class Whole(Plain):
    """As it, but it can be read from end to end."""

    def sweep(self, *, token: str | None = None) -> Iterator[Any]:
        return self._nodes.sweep(token=token)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    yield Watching(store, Nodes(HIP, KNEE), Clock(datetime(2026, 11, 3, 9, 30, tzinfo=UTC)))
    store.close()


def test_a_registry_says_what_it_can_do(watching: Watching) -> None:
    for port in (Probing, Searching, SharedSearching, SponsorLookup, Sweeping):
        assert isinstance(watching.nodes, port)
        assert not isinstance(Plain(watching.nodes), port)


def test_without_probes_every_trial_is_fetched_at_a_new_version(watching: Watching) -> None:
    plain = replace(watching, nodes=Plain(watching.nodes))
    plain.watch(HIP, KNEE)
    assert set(plain.results().values()) == {Result.BASELINE}
    watching.nodes.build(**{HIP: named("HIP-2")})
    watching.nodes.asked_since()

    assert plain.results() == {HIP: Result.CHANGED, KNEE: Result.UNCHANGED}

    assert set(watching.nodes.asked_since()) == {"version", "fetch"}


def test_a_search_that_cannot_be_made_is_told_and_what_is_watched_by_id_is_checked(watching: Watching) -> None:
    plain = replace(watching, nodes=Plain(watching.nodes))
    plain.watch(HIP)
    plain.watch_search(Search(sponsor="Harbour Trust"))
    plain.watch_search(Search())

    told = plain.patrol()

    assert [one.error for one in told if isinstance(one, Unlisted)] == [
        "clinicaltrials.gov cannot be searched: name the trials to watch by their ids",
        "clinicaltrials.gov does not give all its trials: name those to watch by their ids",
    ]
    assert [(one.trial_id, one.result) for one in told if not isinstance(one, Unlisted)] == [(HIP, Result.BASELINE)]


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (Search(sponsor="Harbour Trust"), "cannot be searched"),
        (Search(condition="gout"), "cannot be searched"),
        (Search(), "does not give all its trials"),
    ],
)
def test_a_search_that_cannot_be_made_is_refused_before_anything_is_watched(
    watching: Watching, search: Search, words: str
) -> None:
    with pytest.raises(ConfigurationInvalid, match=words):
        appraise(search, Plain(watching.nodes))


def test_a_registry_that_can_only_be_read_whole_is_watched_whole(watching: Watching) -> None:
    whole = replace(watching, nodes=Whole(watching.nodes))
    assert appraise(Search(), whole.nodes).trials == 2
    whole.watch_search(Search())
    assert whole.results() == {HIP: Result.BASELINE, KNEE: Result.BASELINE}
    watching.nodes.build(**{KNEE: named("KNEE-2")})

    assert whole.results()[KNEE] is Result.CHANGED


def test_the_first_registry_that_can_be_searched_is_searched(watching: Watching) -> None:
    north, sponsor = Twin("north.example", "N"), Search(sponsor="Harbour Trust")

    assert registry_to_search([north, watching.nodes], sponsor, None) is watching.nodes
    assert registry_to_search([north, watching.nodes], sponsor, watching.nodes) is watching.nodes


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (Search(sponsor="Harbour Trust"), "north.example cannot be searched: name its trials by their ids"),
        (Search(), "north.example does not give all its trials: name its trials by their ids"),
    ],
)
def test_a_registry_that_cannot_be_searched_says_so_and_names_those_that_can(
    watching: Watching, search: Search, words: str
) -> None:
    north, whole = Twin("north.example", "N"), Whole(watching.nodes)
    can = f"; or choose a registry that can be asked: {watching.nodes.key}"

    with pytest.raises(ConfigurationInvalid) as raised:
        registry_to_search([north, watching.nodes, whole], search, north)

    assert str(raised.value).startswith(words + can)
    with pytest.raises(ConfigurationInvalid, match="every registry known here"):
        registry_to_search([north], search, None)
