"""The trials of watches come once each, however many watches hold them, and are counted so."""

import pytest

from monitor.model import Search, State
from monitor.storage import trials, watches
from monitor.storage.pages import Within, watched, watched_count
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY

ELSEWHERE = "isrctn.com"


@pytest.fixture
def held(store: Store) -> Store:
    """Watch 1 holds both, watch 2 one of them, watch 3 another registry's; and one more of that registry is known."""
    with store.begin() as tx:
        for name, registry, ids in (
            ("a", REGISTRY, (HIP, KNEE)),
            ("b", REGISTRY, (HIP,)),
            ("c", ELSEWHERE, ["ISRCTN1"]),
        ):
            watches.add(tx, registry=registry, trial_ids=ids, origin="command", name=name, at=NOON)
        read = {"state": State.LISTED, "snapshot": 1}
        trials.record(tx, [Trial(ELSEWHERE, "ISRCTN1", **read), Trial(ELSEWHERE, "ISRCTN2", **read)])
    return store


@pytest.mark.parametrize("is_whole", [False, True], ids=["by id", "another registry as a whole"])
@pytest.mark.parametrize(
    ("within", "by_id", "whole"),
    [
        (Within(), 3, 4),
        (Within(watches=(1, 2)), 2, 2),
        (Within(watches=(2,)), 1, 1),
        (Within(watches=(4,), registry=ELSEWHERE), 2, 2),
        (Within(trials=((REGISTRY, HIP),)), 1, 1),
    ],
    ids=["all", "both", "one", "the registry", "by name"],
)
def test_a_trial_of_several_watches_counts_once(
    held: Store, within: Within, by_id: int, whole: int, *, is_whole: bool
) -> None:
    with held.begin() as tx:
        if is_whole:
            watches.add_search(tx, registry=ELSEWHERE, search=Search(), origin="command", name=None, at=NOON)

        found = watched(tx, within, after=None, limit=99)

        assert watched_count(tx, within) == len(found) == (whole if is_whole else by_id)
