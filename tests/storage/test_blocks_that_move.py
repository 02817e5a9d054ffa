"""What waits stays with whom it is for when blocks of config.toml come, go, move and get names."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.model import DeliveryState, Filters, Significance, Subscription
from monitor.storage import configured_subscriptions, deliveries, endpoints, gathered, subscriptions
from monitor.storage.reconciling import BY_PLACE
from monitor.storage.store import Store
from tests.storage.documents import HIP, KNEE, LATER, SHOULDER
from tests.storage.subscribers import AMARA, BENGT, CHIDI, mailbox, owe, subscription, tell

Block = tuple[str | None, str, str]
"""Its name if it has any, the addresses, and the trial that it is about."""
AMARAS, BENGTS = (None, AMARA, HIP), (None, BENGT, KNEE)
TEAM = (None, f"{AMARA} {BENGT}", HIP)


def apply(store: Store, *blocks: Block, kept: dict[str, set[str]] | None = None) -> None:
    wanted: dict[str, Subscription] = {}
    with store.begin() as tx:
        for number, (name, addresses, trial_id) in enumerate(blocks, start=1):
            block, people = name or f"{BY_PLACE}{number}", addresses.split()
            for each in people:
                of_team = {"team": block} if len(people) > 1 else {}
                one = replace(subscription(mailbox(tx, each), trial_id, origin="config"), **of_team)
                wanted[f"{block}, {each}" if of_team else block] = one
        for place in kept or {}:
            wanted.pop(place, None)
        configured_subscriptions.apply_config(tx, wanted, LATER, kept=kept)


def going(store: Store) -> dict[str, Subscription]:
    """Those that have not ended, by their addresses."""
    with store.read() as tx:
        return {each.endpoint.shown: each for each in subscriptions.listing(tx) if each.state == "active"}


def await_something(store: Store) -> None:
    """For each a delivery is owed, and an event waits for a digest."""
    people = going(store).values()
    owe(store, SHOULDER, [2], *people)
    [event_id] = tell(store, HIP, 2)
    with store.begin() as tx:
        gathered.add(tx, [(each.id, event_id) for each in people])


def waiting(store: Store) -> set[str]:
    """The addresses to which something goes, which has to be a delivery and an event for a digest."""
    with store.read() as tx:
        owed = {each.subscription_id for each in deliveries.listing(tx) if each.standing is DeliveryState.OWED}
        people = {each.id: each.endpoint.shown for each in subscriptions.listing(tx)}
        assert set(gathered.waiting(tx, list(people))) == owed
    return {people[each] for each in owed}


@pytest.mark.parametrize(
    "after",
    [
        ((None, CHIDI, HIP), AMARAS, BENGTS),
        (BENGTS, AMARAS),
        (("ours", AMARA, HIP), (None, CHIDI, HIP), ("theirs", BENGT, KNEE)),
        ((None, BENGT, HIP), (None, AMARA, KNEE)),
        ((None, f"{CHIDI} {BENGT}", KNEE), AMARAS),
    ],
    ids=["inserted", "swapped", "named", "addresses swapped", "a team"],
)
def test_what_waits_is_for_the_same_people_as_before(store: Store, after: Sequence[Block]) -> None:
    apply(store, AMARAS, BENGTS)
    await_something(store)
    before = {address: each.id for address, each in going(store).items()}

    apply(store, *after)

    assert waiting(store) == {AMARA, BENGT}
    assert {address: each.id for address, each in going(store).items() if address in before} == before
    for address, trials in ((each, trial_id) for _, several, trial_id in after for each in several.split()):
        assert {trial_id for _, trial_id in going(store)[address].trials} == {trials}


def test_what_waits_for_who_is_taken_out_goes_to_nobody_else(store: Store) -> None:
    apply(store, AMARAS, BENGTS)
    await_something(store)

    apply(store, BENGTS)

    assert waiting(store) == {BENGT}
    assert list(going(store)) == [BENGT]


def test_another_address_is_another_person_but_for_a_block_with_a_name(store: Store) -> None:
    apply(store, AMARAS, ("ours", BENGT, KNEE))
    await_something(store)
    named = going(store)[BENGT].id

    apply(store, (None, "dora@clinic.example", HIP), ("ours", CHIDI, KNEE))

    assert waiting(store) == {CHIDI}
    assert going(store)[CHIDI].id == named


def test_two_named_blocks_that_are_renamed_at_once_keep_what_waits(store: Store) -> None:
    apply(store, ("a", AMARA, HIP), ("b", BENGT, HIP))
    await_something(store)
    before = {address: each.id for address, each in going(store).items()}

    apply(store, ("b", AMARA, HIP), ("c", BENGT, HIP))

    assert {address: (each.id, each.name) for address, each in going(store).items()} == {
        AMARA: (before[AMARA], "b"),
        BENGT: (before[BENGT], "c"),
    }
    assert waiting(store) == {AMARA, BENGT}


def test_a_team_without_a_name_keeps_what_waits_below_another_block(store: Store) -> None:
    apply(store, TEAM, (None, CHIDI, KNEE))
    await_something(store)

    apply(store, (None, CHIDI, KNEE), TEAM)

    assert waiting(store) == {AMARA, BENGT, CHIDI}
    assert {address: each.team for address, each in going(store).items()} == {
        CHIDI: None,
        AMARA: f"{BY_PLACE}2",
        BENGT: f"{BY_PLACE}2",
    }


def test_a_block_that_cannot_be_used_keeps_what_waits_wherever_it_stands(store: Store) -> None:
    apply(store, AMARAS, BENGTS, (None, "dora@clinic.example", KNEE))
    await_something(store)
    with store.read() as tx:
        known = endpoints.known_id(tx, "email", AMARA)
    assert known

    for _ in range(2):
        apply(store, BENGTS, (None, CHIDI, HIP), AMARAS, kept={f"{BY_PLACE}3": {known}})
        assert going(store).keys() == {AMARA, BENGT, CHIDI}
        assert waiting(store) == {AMARA, BENGT}

    apply(store, BENGTS, (None, CHIDI, HIP), AMARAS)

    assert going(store)[AMARA].name == f"{BY_PLACE}3"
    assert waiting(store) == {AMARA, BENGT}


def test_a_new_block_is_not_taken_for_one_of_the_same_person_that_cannot_be_used(store: Store) -> None:
    apply(store, AMARAS)
    await_something(store)
    with store.begin() as tx:
        known = mailbox(tx).id

    apply(store, (None, AMARA, KNEE), AMARAS, kept={f"{BY_PLACE}2": {known}})

    with store.read() as tx:
        about = {trial_id: each for each in subscriptions.listing(tx) for _, trial_id in each.trials}
        assert {each.state for each in about.values()} == {"active"}
        assert gathered.waiting(tx, [each.id for each in about.values()]) == {about[HIP].id: 1}


def test_a_block_whose_address_cannot_be_used_keeps_the_subscription_of_its_place(store: Store) -> None:
    apply(store, AMARAS, BENGTS)
    await_something(store)

    apply(store, kept={f"{BY_PLACE}2": set()})

    assert waiting(store) == {BENGT}


def test_of_two_blocks_for_one_person_each_goes_on_with_its_own_filters(store: Store) -> None:
    with store.begin() as tx:
        box = mailbox(tx)
        loud, quiet = (
            subscription(box, HIP, filters=Filters(min_significance=each), origin="config")
            for each in (Significance.MINOR, Significance.CRITICAL)
        )
        configured_subscriptions.apply_config(tx, {f"{BY_PLACE}1": loud, f"{BY_PLACE}2": quiet}, LATER)

        configured_subscriptions.apply_config(tx, {f"{BY_PLACE}1": replace(quiet, id="another")}, LATER)

        left = [each for each in subscriptions.listing(tx) if each.state == "active"]
    assert [(each.id, each.name) for each in left] == [(quiet.id, f"{BY_PLACE}1")]
