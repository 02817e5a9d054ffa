"""How subscriptions come, change and end."""

from dataclasses import replace

import pytest

from monitor.errors import ConfigurationInvalid, NothingFound, StoreCorrupt
from monitor.model import DeliveryState, Filters, Significance, Subscription, SubscriptionState
from monitor.storage import configured_subscriptions, deliveries, endpoints, links, subscriptions, watches
from monitor.storage.store import Store
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY, SHOULDER
from tests.storage.subscribers import AMARA, BENGT, CHIDI, covering, kept, mailbox, owe, subscribed, subscription, watch

OTHER = "isrctn.com"


def apply(store: Store, **wanted: Subscription) -> None:
    with store.begin() as tx:
        configured_subscriptions.apply_config(tx, wanted, LATER)


def listed(store: Store) -> list[Subscription]:
    with store.read() as tx:
        return subscriptions.listing(tx)


def test_a_subscription_comes_back_as_it_was_made(store: Store) -> None:
    filters = Filters(
        topics=frozenset({"status", "dates"}),
        kinds=frozenset({"outcome.primary"}),
        without=frozenset({"trial.left"}),
        min_significance=Significance.MAJOR,
        min_percent=12.5,
        min_days=30,
    )
    with store.begin() as tx:
        made = subscription(mailbox(tx), HIP, KNEE, filters=filters, note="We recruit for both")
        subscriptions.add(tx, made)
        assert subscriptions.get(tx, made.id) == made

    to_watch = kept(store, watch_id=watch(store, HIP))
    to_everything = kept(store, everything=True)

    assert sorted(listed(store), key=lambda each: each.id) == sorted(
        [made, to_watch, to_everything], key=lambda each: each.id
    )
    with store.read() as tx:
        assert subscriptions.known(tx, [made.id, "unknown"]) == {made.id: made}


def test_those_at_an_address_are_listed_without_reading_the_others(store: Store) -> None:
    ended, active = subscribed(store, HIP, address=BENGT), subscribed(store, KNEE, address=BENGT)
    with store.begin() as tx:
        subscriptions.set_state(tx, ended.id, SubscriptionState.ENDED, LATER)
    subscribed(store, HIP)

    with store.read() as tx:
        assert {each.id for each in subscriptions.listing(tx, at=[BENGT, "nobody@clinic.example"])} == {
            ended.id,
            active.id,
        }
        assert subscriptions.listing(tx, at=["nobody@clinic.example", "\udcff", "\0"]) == []
        assert subscriptions.listing(tx, at=[]) == []


def test_one_damaged_subscription_at_an_address_hides_no_other(quick_store: Store) -> None:
    damaged, other = subscribed(quick_store, HIP, address=BENGT), subscribed(quick_store, HIP, address=BENGT)
    subscribed(quick_store, HIP)
    with quick_store.begin() as tx:
        tx.exec_driver_sql("UPDATE subscriptions SET state = 'asleep' WHERE id = ?", (damaged.id,))

    with quick_store.read() as tx:
        assert [each.id for each in subscriptions.listing(tx, at=[BENGT])] == [other.id]


def test_the_beginning_of_an_id_will_do_while_it_is_unique(store: Store) -> None:
    with store.begin() as tx:
        box = mailbox(tx)
        for ending in ("0000-4000-8000-00000000000a", "ffff-4fff-8fff-fffffffffffb"):
            subscriptions.add(tx, replace(subscription(box, HIP), id=f"3f2a77c1-{ending}"))
    with store.read() as tx:
        assert subscriptions.get(tx, "3F2A77C1-0").id.endswith("0a")
        assert subscriptions.get(tx, "3f2a77c1-ffff-4fff-8fff-fffffffffffb").id.endswith("fb")
        with pytest.raises(NothingFound, match="more than one subscription begins with 3f2a: give more"):
            subscriptions.get(tx, "3f2a")
        with pytest.raises(NothingFound, match="there is no subscription 3f2b: `monitor subscriptions list`"):
            subscriptions.get(tx, "3f2b")
        with pytest.raises(NothingFound, match="“3f2” is too short: give 4 characters of an id or more"):
            subscriptions.get(tx, "3f2")
        for text in ("all of them", "", "3f2a%"):
            with pytest.raises(NothingFound, match=f"there is no subscription “{text}”: `monitor subscriptions list`"):
                subscriptions.get(tx, text)


def test_a_subscription_to_a_watch_that_has_ended_reads_as_ended(store: Store) -> None:
    """SQLite may give the next watch the same id: that one is none of theirs."""
    watch_id = watch(store, HIP)
    kept(store, watch_id=watch_id)
    with store.begin() as tx:
        watches.remove(tx, watch_id)
    watch(store, HIP)

    assert [(each.state, each.watch_id) for each in listed(store)] == [("ended", None)]
    assert covering(store, HIP) == {}


def test_a_subscription_follows_a_trial_that_merged_into_another(store: Store) -> None:
    follower, both = subscribed(store, HIP), subscribed(store, HIP, KNEE)
    subscribed(store, SHOULDER)
    with store.begin() as tx:
        subscriptions.follow(tx, REGISTRY, HIP, into=KNEE)

    assert covering(store, HIP, KNEE) == {HIP: {follower.id, both.id}, KNEE: {follower.id, both.id}}


def test_ending_gives_up_what_is_owed_and_pausing_does_not(store: Store) -> None:
    going, leaving = subscribed(store, HIP), subscribed(store, HIP, address=BENGT)
    owe(store, HIP, [2], going, leaving)
    with store.begin() as tx:
        subscriptions.set_state(tx, going.id, SubscriptionState.PAUSED, LATER)
        subscriptions.set_state(tx, leaving.id, SubscriptionState.ENDED, LATER)
        standings = {each.subscription_id: each for each in deliveries.listing(tx)}

    assert standings[going.id].standing is DeliveryState.OWED
    assert standings[leaving.id].standing is DeliveryState.REJECTED
    assert standings[leaving.id].outcome == "the subscription has ended"
    assert standings[leaving.id].finished_at == LATER


def test_the_state_of_an_unknown_subscription_cannot_be_set(store: Store) -> None:
    with pytest.raises(NothingFound, match="there is no subscription 0815"), store.begin() as tx:
        subscriptions.set_state(tx, "0815", SubscriptionState.PAUSED, NOON)


def test_applying_the_same_configuration_again_writes_nothing(store: Store) -> None:
    with store.begin() as tx:
        block = subscription(mailbox(tx), HIP, KNEE, origin="config", note="Ours")
    apply(store, ours=block)
    with store.read() as tx:  # where writing is refused
        configured_subscriptions.apply_config(tx, {"ours": replace(block, id="another", created_at=LATER)}, LATER)

    assert listed(store) == [replace(block, name="ours")]


def test_a_changed_block_keeps_its_id_and_numbering(store: Store) -> None:
    with store.begin() as tx:
        block = subscription(mailbox(tx), HIP, origin="config")
        elsewhere = subscription(mailbox(tx, BENGT), KNEE, origin="config", note="Moved")
    apply(store, ours=block)
    owe(store, HIP, [2, 3], block)

    apply(store, ours=elsewhere)

    assert listed(store) == [replace(elsewhere, id=block.id, name="ours")]
    assert [each.sequence for each in owe(store, KNEE, [2], block)] == [3]


def test_a_block_that_vanished_ends_and_leaves_commands_alone(store: Store) -> None:
    by_command = subscribed(store, HIP)
    with store.begin() as tx:
        block = subscription(mailbox(tx), HIP, origin="config")
    apply(store, ours=block)

    apply(store)

    assert {each.id: each.state for each in listed(store)} == {by_command.id: "active", block.id: "ended"}


def test_a_block_that_comes_back_is_a_new_subscription(store: Store) -> None:
    with store.begin() as tx:
        block, again = (subscription(mailbox(tx), HIP, origin="config") for _ in range(2))
    apply(store, ours=block)
    apply(store)

    apply(store, ours=again)

    assert {each.id: each.state for each in listed(store)} == {block.id: "ended", again.id: "active"}


def test_what_a_receiver_ended_stays_ended_until_its_block_changes(store: Store) -> None:
    with store.begin() as tx:
        block = subscription(mailbox(tx), HIP, origin="config")
    apply(store, ours=block)
    with store.begin() as tx:
        subscriptions.set_state(tx, block.id, SubscriptionState.ENDED, LATER)

    apply(store, ours=block)
    assert [each.state for each in listed(store)] == ["ended"]

    apply(store, ours=replace(block, note="Try again"))
    assert [each.state for each in listed(store)] == ["active"]


def test_a_paused_block_stays_paused_when_it_changes(store: Store) -> None:
    with store.begin() as tx:
        block = subscription(mailbox(tx), HIP, origin="config")
    apply(store, ours=block)
    with store.begin() as tx:
        subscriptions.set_state(tx, block.id, SubscriptionState.PAUSED, LATER)

    apply(store, ours=replace(block, note="Later"))

    assert [each.state for each in listed(store)] == ["paused"]


def test_filters_that_a_failing_disk_changed_are_noticed(store: Store) -> None:
    made = subscribed(store, HIP)
    with store.begin() as tx:
        tx.exec_driver_sql("UPDATE subscriptions SET min_significance = 99")

    with pytest.raises(StoreCorrupt, match=f"subscription {made.id} is damaged"), store.read() as tx:
        subscriptions.get(tx, made.id)


def test_a_disabled_endpoint_shows_in_its_subscriptions(store: Store) -> None:
    made = subscribed(store, HIP)
    with store.begin() as tx:
        endpoints.disable(tx, made.endpoint.id, LATER)
        assert subscriptions.get(tx, made.id).endpoint.disabled_at == LATER


def test_a_subscription_is_found_by_its_name_and_no_other_has_it(store: Store) -> None:
    with store.begin() as tx:
        first = replace(subscription(mailbox(tx), HIP), name="rivals")
        subscriptions.add(tx, first)
        with pytest.raises(ConfigurationInvalid, match="is called “rivals”"):
            subscriptions.add(tx, replace(subscription(mailbox(tx), KNEE), name="rivals"))

        assert subscriptions.get(tx, "rivals") == first
        subscriptions.set_state(tx, first.id, SubscriptionState.ENDED, LATER)
        subscriptions.add(tx, replace(subscription(mailbox(tx), KNEE), name="rivals"))


# Several people


def team(store: Store, *addresses: str, **more: object) -> dict[str, Subscription]:
    """What a block for these people comes to, by the names that they have in the team."""
    with store.begin() as tx:
        alike = [subscription(mailbox(tx, each), HIP, origin="config") for each in addresses]
    return {f"ours, {each.endpoint.shown}": replace(each, team="ours", **more) for each in alike}


def by_address(store: Store) -> dict[str, tuple[str, str, str | None]]:
    return {each.endpoint.shown: (each.id, str(each.state), each.name) for each in listed(store)}


def test_a_member_of_a_team_comes_back_as_one_and_is_found_by_it(store: Store) -> None:
    with store.begin() as tx:
        members = [replace(subscription(mailbox(tx, each), HIP), team="ours", name=each) for each in (AMARA, BENGT)]
        for each in members:
            subscriptions.add(tx, each)
        assert subscriptions.of_team(tx, "ours") == members
        assert subscriptions.of_team(tx, "theirs") == []
        subscriptions.set_state(tx, members[0].id, SubscriptionState.ENDED, LATER)
        assert subscriptions.of_team(tx, "ours") == members[1:]
        with pytest.raises(ConfigurationInvalid, match="a team is called “ours” already"):
            subscriptions.add(tx, replace(subscription(mailbox(tx), HIP), name="ours"))
        with pytest.raises(NothingFound, match="“ours” is a team: name one in it"):
            subscriptions.find(tx, "ours")


def test_each_of_a_block_goes_on_by_address_whatever_its_order_and_ends_alone(store: Store) -> None:
    apply(store, **team(store, AMARA, BENGT))
    before = by_address(store)
    with store.read() as tx:  # where writing is refused
        known = subscriptions.listing(tx)
        configured_subscriptions.apply_config(tx, {each.name or "": each for each in reversed(known)}, LATER)

    apply(store, **team(store, CHIDI, BENGT))

    after = by_address(store)
    assert after[BENGT] == before[BENGT]
    assert after[AMARA] == (before[AMARA][0], "ended", None)
    assert after[CHIDI][1:] == ("active", f"ours, {CHIDI}")


def test_who_was_alone_in_a_block_goes_on_as_one_of_several_and_back(store: Store) -> None:
    alone = {"ours": replace(*team(store, AMARA).values(), team=None)}
    apply(store, **alone)
    first = by_address(store)[AMARA][0]

    for wanted in (team(store, AMARA, BENGT), team(store, BENGT, AMARA), alone):
        apply(store, **wanted)
        assert by_address(store)[AMARA][:2] == (first, "active")

    assert by_address(store)[AMARA][2] == "ours"
    assert by_address(store)[BENGT][1:] == ("ended", None)
    with store.read() as tx:
        assert subscriptions.of_team(tx, "ours") == []


def test_those_of_a_block_who_are_shown_alike_are_not_mixed_up(store: Store) -> None:
    first, second = team(store, AMARA, BENGT).values()
    apply(store, **{"ours, a room": first, "ours, a room (2)": second})

    apply(
        store, **{"ours, a room": replace(second, id="another"), "ours, a room (2)": replace(first, id="yet another")}
    )
    apply(store, **{"ours, a room": replace(second, id="another")})

    assert by_address(store) == {AMARA: (first.id, "ended", None), BENGT: (second.id, "active", "ours, a room")}


def test_a_changed_block_begins_anew_for_those_whom_a_receiver_ended_and_not_for_those_who_left(store: Store) -> None:
    apply(store, **team(store, AMARA, BENGT))
    with store.begin() as tx:
        for each in subscriptions.of_team(tx, "ours"):
            subscriptions.set_state(tx, each.id, SubscriptionState.ENDED, NOON)
        links.note_left(tx, by_address(store)[AMARA][0], NOON)

    apply(store, **team(store, AMARA, BENGT, note="Ours"))

    assert {shown: state for shown, (_, state, _) in by_address(store).items()} == {AMARA: "ended", BENGT: "active"}


def test_a_block_that_is_kept_keeps_all_of_its_team(store: Store) -> None:
    apply(store, **team(store, AMARA, BENGT))

    with store.begin() as tx:
        configured_subscriptions.apply_config(tx, {}, LATER, kept={"ours": {mailbox(tx).id}})

    assert [each.state for each in listed(store)] == ["active", "active"]
