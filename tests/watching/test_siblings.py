"""A watch follows its trials into other registries, and whoever is subscribed hears of all of them."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import Connection

from monitor.alerts.conversations import begun_by
from monitor.alerts.prepare import RenderContext, prepared
from monitor.config import Config
from monitor.model import Change, Checked, Document, Event, Record, Significance, Snapshot, Subscription
from monitor.ports import siblings_in
from monitor.storage import deliveries, events, notices, siblings, snapshots, subscriptions, watches
from monitor.storage.store import Store
from monitor.views.siblings import Siblings, siblings_of
from monitor.watching.context import PassContext
from monitor.watching.patrol import patrol
from tests.program import Clock
from tests.storage.subscribers import VAULT, covering, mailbox, subscription
from tests.twins import Twin

NORTH, SOUTH = "north.example", "south.example"


@dataclass
class Both:
    """Two registries and what is watched of them."""

    store: Store
    north: Twin = field(default_factory=lambda: Twin(NORTH, "N"))
    south: Twin = field(default_factory=lambda: Twin(SOUTH, "S"))
    clock: Clock = field(default_factory=Clock)

    def watch(self, *trial_ids: str, registry: str = NORTH, follows: bool = True) -> int:
        with self.store.begin() as tx:
            made, _ = watches.add(
                tx,
                registry=registry,
                trial_ids=trial_ids,
                origin="command",
                name=None,
                at=self.clock(),
                with_siblings=follows,
            )
        return made.id

    def check(self) -> dict[str, Checked]:
        """A pass over each registry, an hour later."""
        self.clock.advance(hours=1)
        return {
            one.trial_id: one
            for registry, other in ((self.north, self.south), (self.south, self.north))
            for one in patrol(
                PassContext(
                    registry=registry,
                    store=self.store,
                    clock=self.clock,
                    full_check_every=timedelta(days=7),
                    others=[other],
                )
            )
            if isinstance(one, Checked)
        }

    def held(self, watch_id: int) -> list[str]:
        with self.store.read() as tx:
            return [trial_id for _, trial_id in watches.trials_of(tx, watch_id)]

    def kinds(self, registry: str, trial_id: str) -> list[str]:
        with self.store.read() as tx:
            return [each.kind for event in events.of_trial(tx, registry, trial_id) for each in event.changes]

    def siblings(self, trial_id: str) -> Siblings:
        record = self.north.parse(self.north._answer(trial_id), self.clock())  # type: ignore[arg-type]
        return siblings_of(record, registries=[self.north, self.south], store=self.store)


@pytest.fixture
def both(store: Store) -> Both:
    return Both(store)


def record(*ids: object, aliases: tuple[str, ...] = (), org: str | None = None) -> Record:
    details = {"secondary_ids": [{"id": each} for each in ids], "org_study_id": org}
    return Record(registry=NORTH, trial_id="N0001", url="", paths={}, aliases=aliases, details=details)  # type: ignore[arg-type]


def named(*ids: object, **more: object) -> list[str]:
    twins = [Twin(NORTH, "N"), Twin(SOUTH, "S")]
    return [trial_id for _, trial_id in siblings_in(record(*ids, **more), twins)]  # type: ignore[arg-type]


def test_what_a_record_gives_as_its_numbers_names_its_siblings() -> None:
    assert named("s0002", "grant 77", "see S0003 and S0002", org="S0004", aliases=("S0005",)) == [
        "S0002",
        "S0003",
        "S0004",
        "S0005",
    ]


def test_a_number_of_its_own_registry_is_no_sibling() -> None:
    assert named("N0001", "N0002") == []


@pytest.mark.parametrize("oddity", [None, 7, ["S0002"], {"id": "S0002"}, "", "\x00"])
def test_what_is_no_text_names_nothing(oddity: object) -> None:
    assert named(oddity) == []


def test_a_sibling_joins_silently_with_the_first_record_that_names_it(both: Both) -> None:
    both.north.put("N0001", ids=["S0001"])
    both.south.put("S0001")
    watch = both.watch("N0001")

    both.check()

    assert both.held(watch) == ["N0001", "S0001"]
    assert both.kinds(SOUTH, "S0001") == []
    both.south.put("S0001", status="TERMINATED")
    assert both.check()["S0001"].changes


def test_a_sibling_that_names_the_trial_joins_too(both: Both) -> None:
    both.north.put("N0001")
    both.south.put("S0001", ids=["N0001"])
    both.watch("S0001", registry=SOUTH, follows=False)
    both.check()
    watch = both.watch("N0001")

    both.check()

    assert both.held(watch) == ["N0001", "S0001"]


def test_a_sibling_that_is_named_later_is_told_as_new_to_who_is_subscribed(both: Both) -> None:
    both.north.put("N0001")
    both.south.put("S0001", title="Hips")
    watch = both.watch("N0001")
    both.check()

    both.north.put("N0001", ids=["S0001"])
    both.check()

    assert both.held(watch) == ["N0001", "S0001"]
    with both.store.read() as tx:
        (event,) = events.of_trial(tx, SOUTH, "S0001")
    told = event.changes[0]
    assert told.kind == "trial.new"
    assert told.summary.startswith("S0001 in south.example is the same trial as N0001: “Hips”")
    assert told.after["found_by"]["sibling_of"] == {"registry": NORTH, "trial_id": "N0001"}


def test_who_is_subscribed_to_a_trial_hears_of_its_siblings(both: Both) -> None:
    both.north.put("N0001", ids=["S0001"])
    both.south.put("S0001")
    both.watch("N0001")
    both.check()
    mine = about(both, "N0001")
    about(both, "N0002")

    assert covering(both.store, "S0001", registry=SOUTH) == {"S0001": {mine.id}}


def about(both: Both, trial_id: str) -> Subscription:
    """A subscription to a trial of the northern registry."""
    with both.store.begin() as tx:
        made = replace(subscription(mailbox(tx)), trials=frozenset({(NORTH, trial_id)}), created_at=both.clock())
        subscriptions.add(tx, made)
    return made


def test_a_watch_that_does_not_follow_siblings_holds_what_was_named(both: Both) -> None:
    both.north.put("N0001", ids=["S0001"])
    watch = both.watch("N0001", follows=False)

    both.check()

    assert both.held(watch) == ["N0001"]


def test_of_many_siblings_ten_join_and_the_operator_hears_of_the_others_once(both: Both) -> None:
    many = [f"S{number:04}" for number in range(500)]
    both.north.put("N0001", ids=many)
    for each in many[: siblings.MOST]:
        both.south.put(each)
    watch = both.watch("N0001")
    both.check()
    both.north.put("N0001", ids=[*many, "S9000"])
    both.check()

    assert both.held(watch) == ["N0001", *many[: siblings.MOST]]
    with both.store.read() as tx:
        (notice,) = [each for each in notices.listing(tx) if each.kind == "siblings.left_out"]
    assert "490 registrations of N0001" in notice.subject


def test_siblings_of_siblings_count_as_those_of_the_trial_that_was_named(both: Both) -> None:
    both.south.put("S0001", ids=[f"N{number:04}" for number in range(100, 140)])
    both.north.put("N0001", ids=["S0001"])
    watch = both.watch("N0001")

    for _ in range(3):
        both.check()

    assert both.held(watch) == ["N0001", "S0001"]  # others in its own registry are other trials


def test_a_sibling_that_was_removed_does_not_come_back(both: Both) -> None:
    both.north.put("N0001", ids=["S0001"])
    both.south.put("S0001")
    watch = both.watch("N0001")
    both.check()
    with both.store.begin() as tx:
        watches.remove_trials(tx, SOUTH, ["S0001"])

    both.north.put("N0001", ids=["S0001"], status="COMPLETED")
    both.check()

    assert both.held(watch) == ["N0001"]


def test_a_sibling_that_its_registry_does_not_know_leaves_the_watch_and_one_that_was_named_stays(both: Both) -> None:
    """Records name numbers that were mistyped, and trials that are not public."""
    both.north.put("N0001", ids=["S0001"])
    watch = both.watch("N0001")
    named = both.watch("S0001", registry=SOUTH, follows=False)

    told = both.check()["S0001"]

    assert told.is_unknown
    assert both.held(watch) == ["N0001"]
    assert both.held(named) == ["S0001"]
    both.check()
    assert both.held(watch) == ["N0001"]


def test_siblings_go_with_the_trial_that_was_named(both: Both) -> None:
    both.north.put("N0001", ids=["S0001"])
    both.north.put("N0002")
    watch = both.watch("N0001", "N0002")
    both.check()

    with both.store.begin() as tx:
        watches.remove_trials(tx, NORTH, ["N0001"])

    assert both.held(watch) == ["N0002"]


def test_a_watch_of_the_configuration_keeps_what_joined_it_while_it_follows_siblings(both: Both) -> None:
    both.north.put("N0001", ids=["S0001"])
    both.south.put("S0001")

    def apply(*with_siblings: str) -> int:
        with both.store.begin() as tx:
            watches.apply_config(tx, [("w", NORTH, ["N0001"])], both.clock(), with_siblings=with_siblings)
            return watches.find(tx, "w").id

    watch = apply("w")
    both.check()
    apply("w")
    assert both.held(watch) == ["N0001", "S0001"]

    apply()
    assert both.held(watch) == ["N0001"]
    apply("w")
    assert both.held(watch) == ["N0001", "S0001"]


def test_a_record_is_read_once_for_what_it_names(both: Both) -> None:
    both.north.put("N0001", ids=["S0001"])
    both.south.put("S0001")
    both.watch("N0001")
    both.check()
    both.check()

    with both.store.read() as tx:
        assert siblings.unread(tx, [NORTH, SOUTH]) == []
        assert siblings.unread(tx, [NORTH, SOUTH, "west.example"]) != []


def test_where_one_registry_is_known_and_no_watch_follows_siblings_nothing_is_read(both: Both) -> None:
    both.north.put("N0001", ids=["S0001"])
    both.watch("N0001", follows=False)
    both.check()

    with both.store.read() as tx:
        assert not siblings.are_of_use(tx)
        assert siblings.unread(tx, [NORTH, SOUTH]) != []


def test_show_says_where_else_a_trial_is_registered_and_how_it_stands_there(both: Both) -> None:
    both.north.put("N0001", ids=["S0001", "S0002"])
    both.south.put("S0001", status="TERMINATED")
    both.south.put("S0003", ids=["N0001"])
    both.watch("N0001", follows=False)
    both.watch("S0001", "S0003", registry=SOUTH, follows=False)
    both.check()

    found = both.siblings("N0001")

    assert [(each.trial_id, each.is_watched, each.named_here, each.names_this) for each in found.known] == [
        ("S0001", True, True, False),
        ("S0002", False, True, False),
        ("S0003", True, False, True),
    ]
    assert [str(each.overall_status) for each in found.known] == ["Terminated", "None", "Recruiting"]
    assert found.disagreement == (
        "The registries disagree on how it stands: "
        "North Registry says “Recruiting”, South Registry says “Terminated” and South Registry says “Recruiting”."
    )


def test_registries_that_say_so_in_other_words_do_not_disagree(both: Both) -> None:
    both.north.put("N0001", ids=["S0001"])
    both.south.put("S0001", status="ACTIVE_NOT_RECRUITING")
    both.watch("S0001", registry=SOUTH, follows=False)
    both.check()

    assert both.siblings("N0001").disagreement is None


def told_in_turn(both: Both, *, days: float, status: str = "TERMINATED", title: str = "Joints") -> list[EmailMessage]:
    """The mails of what the southern registry tells, and so many days later the northern one."""
    both.north.put("N0001", ids=["S0001"])
    both.south.put("S0001")
    both.watch("N0001")
    both.check()
    about(both, "N0001")
    both.south.put("S0001", status="TERMINATED")
    both.check()
    both.clock.advance(days=days)
    both.north.put("N0001", ids=["S0001"], status=status, title=title)
    both.check()
    return mails(both)


def test_a_fact_that_two_registries_tell_within_a_week_is_one_conversation(both: Both) -> None:
    first, second = told_in_turn(both, days=3)

    assert "S0001 (South Registry): Terminated" in first["Subject"]
    assert "N0001 (North Registry): Terminated" in second["Subject"]
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"].split() == [first["References"], first["Message-ID"]]
    assert "hear of N0001, in other registries, too" in " ".join(first.get_body(("plain",)).get_content().split())


@pytest.mark.parametrize(
    "told",
    [{"days": 8}, {"days": 3, "status": "RECRUITING", "title": "Hips"}],
    ids=["the same, later than a week", "something else"],
)
def test_whatever_else_is_told_of_a_sibling_has_a_conversation_of_its_own(both: Both, told: dict[str, Any]) -> None:
    first, second = told_in_turn(both, **told)

    assert first["References"] != second["References"] == second["In-Reply-To"]
    assert first["Message-ID"] not in second["References"]


def test_a_fact_that_goes_round_three_registries_is_one_conversation(both: Both) -> None:
    """The third tells it later than a week after the first, and within one after the second."""
    with both.store.begin() as tx:
        for days, (registry, trial_id) in enumerate(((SOUTH, "S0001"), (NORTH, "N0001"), ("west.example", "W0001"))):
            keep_stopped(tx, registry, trial_id, both.clock() + timedelta(days=5 * days))
    family = [(SOUTH, "S0001"), (NORTH, "N0001"), ("west.example", "W0001")]
    with both.store.read() as tx:
        first, second, third = (events.of_trial(tx, *key)[0] for key in family)
        assert [begun_by(tx, each, family) for each in (first, second, third)] == [None, first, first]


def keep_stopped(tx: Connection, registry: str, trial_id: str, at: datetime) -> None:
    """Keep an event that says that a trial was stopped."""
    snapshots.add(tx, [Snapshot(2, Document(registry, trial_id, b"{}"), taken_at=at)])
    stopped = Change(
        field="overall_status",
        path="",
        kind="status.stopped",
        topic="status",
        before="RECRUITING",
        after="TERMINATED",
        summary="Stopped.",
        significance=Significance.CRITICAL,
    )
    events.add(tx, [Event(registry=registry, trial_id=trial_id, snapshot=2, occurred_at=at, changes=(stopped,))])


def mails(both: Both) -> list[EmailMessage]:
    """What is owed, as it would be sent, in its order."""
    context = RenderContext(
        store=both.store, vault=VAULT, registries={NORTH: both.north, SOUTH: both.south}, config=Config()
    )
    with both.store.begin() as tx:
        due = deliveries.claim(tx, now=both.clock(), until=both.clock(), limit=10)
    ready, left = prepared(sorted(due, key=lambda each: each.sequence), context, now=both.clock())
    assert left == []
    return [message_from_bytes(message.body, policy=policy.default) for _, message in ready]  # type: ignore[misc]
