import pytest

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model import Role, Search, State
from monitor.storage import leavers, searches, trials, watches
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.storage.watches import Origin, Watch
from monitor.views.json.watches import watch_json
from tests.databases import counted_statements
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY, SHOULDER

OTHER = "isrctn.com"


def add(store: Store, *trial_ids: str, name: str | None = None, origin: Origin = "command") -> tuple[Watch, list[str]]:
    with store.begin() as tx:
        return watches.add(tx, registry=REGISTRY, trial_ids=trial_ids, origin=origin, name=name, at=NOON)


def held(store: Store) -> dict[str | int, list[str]]:
    with store.read() as tx:
        return {
            watch.name or watch.id: [trial_id for _, trial_id in watches.trials_of(tx, watch.id)]
            for watch in watches.listing(tx)
        }


def configure(store: Store, *wanted: tuple[str, str, list[str]]) -> None:
    with store.begin() as tx:
        watches.apply_config(tx, wanted, at=LATER)


def merge(store: Store, trial_id: str, into: str) -> None:
    with store.begin() as tx:
        trials.record(tx, [Trial(REGISTRY, trial_id, state=State.MERGED, merged_into=into)])
        watches.follow(tx, REGISTRY, trial_id, into, at=LATER)


def test_a_watch_holds_the_trials_it_was_given(store: Store) -> None:
    watch, already = add(store, KNEE, HIP, KNEE)

    assert (watch.origin, watch.name, watch.created_at, watch.trials) == ("command", None, NOON, 2)
    assert already == []
    with store.read() as tx:
        assert watches.listing(tx) == [watch]
        assert watches.listing(tx, origin="config") == []
        assert watches.trials_of(tx, watch.id) == [(REGISTRY, HIP), (REGISTRY, KNEE)]
    assert watch_json(watch) == {
        "id": watch.id, "origin": "command", "name": None, "created_at": "2026-11-22T12:00:00Z", "trials": 2,
        "kind": "trials", "sponsor": None, "role": None, "condition": None, "search": None, "registry": None,
        "siblings": False,
    }  # fmt: skip


def test_adding_the_same_again_makes_no_second_watch(store: Store) -> None:
    first, _ = add(store, HIP, KNEE)
    again, already = add(store, KNEE)

    assert again == first
    assert already == [KNEE]


def test_adding_more_than_is_held_makes_another_watch(store: Store) -> None:
    add(store, HIP)
    second, already = add(store, HIP, KNEE)

    assert already == [HIP]
    assert second.trials == 2
    assert list(held(store).values()) == [[HIP], [HIP, KNEE]]


def test_a_named_watch_grows(store: Store) -> None:
    first, _ = add(store, HIP, name="joints")
    grown, _ = add(store, KNEE, name="joints")

    assert grown.id == first.id
    assert held(store) == {"joints": [HIP, KNEE]}


def test_a_watch_of_the_configuration_does_not_count_as_added_before(store: Store) -> None:
    configure(store, ("joints", REGISTRY, [HIP]))

    watch, already = add(store, HIP)

    assert already == []
    assert watch.origin == "command"
    with store.read() as tx:
        assert [holder.origin for holder in watches.holding(tx, REGISTRY, HIP)] == ["config", "command"]


def test_a_name_of_the_configuration_cannot_be_used_by_a_command_or_the_other_way_round(store: Store) -> None:
    configure(store, ("joints", REGISTRY, [HIP]))
    with pytest.raises(ConfigurationInvalid, match="'joints' was made in the configuration before"):
        add(store, KNEE, name="joints")

    add(store, KNEE, name="knees")
    with pytest.raises(ConfigurationInvalid, match="'knees' was made with `monitor watch add` before"):
        configure(store, ("knees", REGISTRY, [KNEE]))


def test_a_watch_that_is_removed_takes_its_list_with_it(store: Store) -> None:
    watch, _ = add(store, HIP, KNEE)

    with store.begin() as tx:
        assert watches.remove(tx, watch.id) == watch

    with store.read() as tx:
        assert watches.trials_of(tx, watch.id) == []
        assert trials.watched_ids(tx, REGISTRY) == []
    with store.begin() as tx, pytest.raises(NothingFound, match="`monitor watch list`"):
        watches.remove(tx, watch.id)


def test_trials_are_taken_out_of_all_watches_and_empty_ones_end(store: Store) -> None:
    add(store, HIP)
    add(store, HIP, KNEE, name="joints")

    with store.begin() as tx:
        assert watches.remove_trials(tx, REGISTRY, [HIP, SHOULDER]) == 1

    assert held(store) == {"joints": [KNEE]}


def test_the_configuration_keeps_its_trials(store: Store) -> None:
    configure(store, ("joints", REGISTRY, [HIP]))

    with store.begin() as tx:
        assert watches.remove_trials(tx, REGISTRY, [HIP]) == 0

    assert held(store) == {"joints": [HIP]}


def test_the_watches_of_the_configuration_become_what_it_says(store: Store) -> None:
    add(store, SHOULDER)
    configure(store, ("joints", REGISTRY, [HIP, KNEE]), ("joints", OTHER, ["ISRCTN1"]), ("gone", REGISTRY, [HIP]))
    configure(store, ("joints", REGISTRY, [KNEE, SHOULDER]), ("new", REGISTRY, [HIP]))

    assert sorted(map(tuple, held(store).items()), key=str) == [
        ("joints", [KNEE, SHOULDER]),
        ("new", [HIP]),
        (1, [SHOULDER]),
    ]


def test_applying_the_same_configuration_again_writes_nothing(store: Store) -> None:
    configure(store, ("joints", REGISTRY, [HIP, KNEE]))
    wanted = [("joints", REGISTRY, [KNEE, HIP])]

    with store.read() as tx:  # which cannot write
        watches.apply_config(tx, wanted, at=LATER)


def test_watches_follow_a_merged_trial(store: Store) -> None:
    add(store, HIP)
    configure(store, ("joints", REGISTRY, [HIP, KNEE]))

    merge(store, HIP, SHOULDER)
    merge(store, HIP, SHOULDER)

    assert held(store) == {1: [HIP, SHOULDER], "joints": [HIP, KNEE, SHOULDER]}


def test_the_configuration_follows_mergers_as_long_as_it_names_the_old_id(store: Store) -> None:
    """Its file still says the id that merged, perhaps more than once."""
    configure(store, ("joints", REGISTRY, [HIP]))
    merge(store, HIP, KNEE)
    merge(store, KNEE, SHOULDER)

    configure(store, ("joints", REGISTRY, [HIP]))
    assert held(store) == {"joints": [HIP, KNEE, SHOULDER]}

    configure(store, ("joints", REGISTRY, [SHOULDER]))
    assert held(store) == {"joints": [SHOULDER]}


def test_watching_an_id_that_merged_long_ago_watches_what_it_merged_into(store: Store) -> None:
    merge(store, HIP, KNEE)

    add(store, HIP)

    assert held(store) == {1: [HIP, KNEE]}


def test_two_trials_that_name_each_other_do_not_hang_the_monitor(store: Store) -> None:
    merge(store, HIP, KNEE)
    merge(store, KNEE, HIP)

    add(store, HIP)

    assert held(store) == {1: [HIP, KNEE]}


# Searches


HARBOUR = Search(sponsor="Harbour Trust", role=Role.ANY)


def look_for(store: Store, search: Search, *, name: str | None = None) -> tuple[Watch, bool]:
    with store.begin() as tx:
        return watches.add_search(tx, registry=REGISTRY, search=search, origin="command", name=name, at=NOON)


def configure_searches(store: Store, **wanted: Search) -> dict[str | None, Watch]:
    with store.begin() as tx:
        watches.apply_config(
            tx, [], at=LATER, wanted_searches={name: (REGISTRY, search) for name, search in wanted.items()}
        )
    with store.read() as tx:
        return {watch.name: watch for watch in watches.listing(tx)}


@pytest.mark.parametrize(
    ("search", "kind", "told"),
    [
        (HARBOUR, "sponsor", {"sponsor": "Harbour Trust", "role": "any"}),
        (Search(condition="knee pain"), "condition", {"condition": "knee pain"}),
        (Search(expression="knee OR hip"), "search", {"search": "knee OR hip"}),
        (Search(), "all_trials", {}),
    ],
)
def test_a_watch_tells_what_it_looks_for(store: Store, search: Search, kind: str, told: dict[str, str]) -> None:
    watch, is_new = look_for(store, search)

    assert is_new
    assert watch.search == search
    nothing = dict.fromkeys(("sponsor", "role", "condition", "search"))
    assert watch_json(watch).items() >= {"kind": kind, "trials": 0, **nothing, **told}.items()


def test_the_same_search_is_the_same_watch_and_another_name_another(store: Store) -> None:
    first, _ = look_for(store, HARBOUR)

    assert look_for(store, HARBOUR) == (first, False)
    assert look_for(store, HARBOUR, name="ours")[0].id != first.id
    with pytest.raises(ConfigurationInvalid, match="'ours' watches something else"):
        look_for(store, Search(), name="ours")


def test_a_search_takes_no_trials_by_id_and_counts_as_no_list_of_them(store: Store) -> None:
    watch, _ = look_for(store, HARBOUR, name="ours")
    other, _ = look_for(store, Search(condition="knee"))
    with store.begin() as tx:
        assert watches.join(tx, other.id, REGISTRY, [HIP, KNEE], NOON) == {HIP, KNEE}
        assert watches.join(tx, other.id, REGISTRY, [HIP, SHOULDER], NOON) == {SHOULDER}

    with pytest.raises(ConfigurationInvalid, match="'ours' finds its trials itself"):
        add(store, HIP, name="ours")
    listed, already = add(store, HIP)
    assert (listed.id, already) != (other.id, [])
    with store.begin() as tx:
        assert watches.remove_trials(tx, REGISTRY, [HIP]) == 1
    assert held(store) == {"ours": [], other.id: [HIP, KNEE, SHOULDER]}, "a search that found nothing yet stays"
    assert watch.trials == 0


def test_a_search_of_the_configuration_changes_and_ends_with_its_block(store: Store) -> None:
    first = configure_searches(store, ours=HARBOUR)["ours"]
    with store.begin() as tx:
        watches.join(tx, first.id, REGISTRY, [HIP], NOON)
        leavers.add(tx, first.id, REGISTRY, [HIP], version="1")
        searches.listed(tx, [first.id], "1", in_full_at=NOON)
    with store.read() as tx:  # which cannot write
        watches.apply_config(tx, [], at=LATER, wanted_searches={"ours": (REGISTRY, HARBOUR)})

    changed = configure_searches(store, ours=Search(condition="knee"))["ours"]

    assert changed.id == first.id
    assert (changed.trials, changed.search) == (0, Search(condition="knee"))
    with store.read() as tx:
        begun = searches.get(tx, first.id)
        assert begun
        assert (begun.listed_version, begun.listed_in_full_at) == (None, None)
        assert leavers.of_watch(tx, first.id) == set()
    configure(store, ("ours", REGISTRY, [KNEE]))
    with store.read() as tx:
        assert searches.of_registry(tx, REGISTRY) == []
    assert held(store) == {"ours": [KNEE]}
    assert configure_searches(store, ours=HARBOUR)["ours"].trials == 0
    assert configure_searches(store) == {}


def test_a_watch_of_all_trials_counts_what_is_known(store: Store) -> None:
    watch, _ = look_for(store, Search())
    with store.begin() as tx:
        trials.record(
            tx, [Trial(REGISTRY, HIP, snapshot=1), Trial(REGISTRY, KNEE), Trial(OTHER, "ISRCTN1", snapshot=1)]
        )

    with store.read() as tx:
        assert watches.get(tx, watch.id).trials == 1


def test_a_hundred_trials_are_watched_in_as_many_statements_as_two(store: Store) -> None:
    with counted_statements() as for_two:
        add(store, KNEE, HIP)
    with counted_statements() as for_a_hundred:
        add(store, *(f"NCT{number:08}" for number in range(1, 101)))

    assert len(for_a_hundred) == len(for_two) > 1


def test_registries_are_watched_that_a_watch_holds_trials_of_or_searches(store: Store) -> None:
    def watched() -> frozenset[str]:
        with store.read() as tx:
            return trials.watched_registries(tx)

    assert watched() == frozenset()
    with store.begin() as tx:
        trials.record(tx, [Trial("drks.de", "DRKS00000001")])
        for registry in (OTHER, REGISTRY, "euctr"):
            watches.add(tx, registry=registry, trial_ids=[HIP, KNEE], origin="command", name=None, at=NOON)
        watches.add_search(tx, registry="ctis", search=Search(condition="Gout"), origin="command", name=None, at=NOON)

    assert watched() == {OTHER, REGISTRY, "euctr", "ctis"}
