from dataclasses import fields, replace
from datetime import date

from monitor.model import State
from monitor.storage import tables, trials, watches
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY, SHOULDER, VERSION

FULL = Trial(
    REGISTRY,
    HIP,
    state=State.MERGED,
    merged_into=KNEE,
    title="Hip replacement in the “very old”, étude β",
    snapshot=3,
    digest=b"\x00" + b"d" * 31,
    probe_digest=b"\xff" * 32,
    build="2026-11-20",
    verified_version=VERSION,
    verified_at=NOON,
    read_in_full_at=LATER.replace(microsecond=250_000),
    misses=2,
    first_missed_at=NOON,
    reads_otherwise_on="2027-01-31",
)


def watch(store: Store, *trial_ids: str, registry: str = REGISTRY, name: str | None = None) -> None:
    with store.begin() as tx:
        watches.add(tx, registry=registry, trial_ids=trial_ids, origin="command", name=name, at=NOON)


def record(store: Store, *rows: Trial) -> None:
    with store.begin() as tx:
        trials.record(tx, rows)


def test_a_row_mirrors_the_table() -> None:
    assert [field.name for field in fields(Trial)] == [column.name for column in tables.trials.c]


def test_what_is_recorded_is_known(store: Store) -> None:
    empty = Trial(REGISTRY, KNEE)
    record(store, FULL, empty)

    with store.read() as tx:
        assert trials.known(tx, REGISTRY, [HIP, KNEE, SHOULDER]) == {HIP: FULL, KNEE: empty}
        assert trials.known(tx, "isrctn.com", [HIP]) == {}
        assert trials.known(tx, REGISTRY, []) == {}


def test_recording_replaces_the_whole_row(store: Store) -> None:
    record(store, FULL)
    record(store, Trial(REGISTRY, HIP, state=State.LISTED))

    with store.read() as tx:
        assert trials.known(tx, REGISTRY, [HIP]) == {HIP: Trial(REGISTRY, HIP, state=State.LISTED)}


def test_a_title_with_the_character_nul_can_be_recorded(store: Store) -> None:
    """PostgreSQL has no room for it, and a registry's JSON may hold one."""
    record(store, replace(FULL, title="Hip\0replacement"))

    with store.read() as tx:
        assert trials.known(tx, REGISTRY, [HIP])[HIP].title == "Hip\N{REPLACEMENT CHARACTER}replacement"


def test_verified_notes_the_version_and_leaves_the_rest(store: Store) -> None:
    record(store, FULL, replace(FULL, trial_id=KNEE), replace(FULL, registry="isrctn.com"))

    with store.begin() as tx:
        trials.mark_verified(tx, REGISTRY, [HIP], version="2026-11-23T09:00:05", at=LATER)

    with store.read() as tx:
        after = trials.known(tx, REGISTRY, [HIP, KNEE])
        assert trials.known(tx, "isrctn.com", [HIP])[HIP].verified_version == VERSION
    assert after[HIP] == replace(FULL, verified_version="2026-11-23T09:00:05", verified_at=LATER)
    assert after[KNEE].verified_version == VERSION


def test_watched_trials_come_once_and_in_order_even_if_never_read(store: Store) -> None:
    read = replace(FULL, trial_id=SHOULDER, state=State.LISTED, merged_into=None)
    record(store, read, Trial(REGISTRY, "NCT99999999", state=State.LISTED))
    watch(store, SHOULDER, HIP, name="shoulders and hips")
    watch(store, SHOULDER, KNEE, name="shoulders and knees")
    watch(store, "ISRCTN12345678", registry="isrctn.com")

    with store.read() as tx:
        assert trials.watched_ids(tx, REGISTRY) == [HIP, KNEE, SHOULDER]


def test_a_removed_trial_stays_watched_and_a_merged_one_does_not(store: Store) -> None:
    removed = Trial(REGISTRY, KNEE, state=State.REMOVED)
    missed = Trial(REGISTRY, SHOULDER, misses=1, first_missed_at=NOON)
    record(store, FULL, removed, missed)
    watch(store, HIP, KNEE, SHOULDER)

    with store.read() as tx:
        assert trials.watched_ids(tx, REGISTRY) == [KNEE, SHOULDER]


def test_a_day_that_came_makes_a_verified_trial_one_to_look_at(store: Store) -> None:
    verified = Trial(REGISTRY, HIP, state=State.LISTED, verified_version=VERSION)
    days = {HIP: "2026-11-30", KNEE: "2026-12-01", SHOULDER: None}
    record(store, *(replace(verified, trial_id=each, reads_otherwise_on=day) for each, day in days.items()))
    watch(store, *days)

    def due(day: date) -> tuple[list[str], set[str]]:
        with store.read() as tx:
            watched = trials.watched_ids(tx, REGISTRY, unverified_at=VERSION, day=day)
            return watched, trials.reading_otherwise(tx, REGISTRY, days, day)

    assert due(date(2026, 11, 29)) == ([], set())
    assert due(date(2026, 11, 30)) == ([HIP], {HIP})
    assert due(date(2027, 1, 1)) == ([HIP, KNEE], {HIP, KNEE})
    with store.read() as tx:
        assert trials.watched_ids(tx, REGISTRY, unverified_at=VERSION) == []


def test_only_trials_that_are_verified_at_the_version_are_standing(store: Store) -> None:
    verified = Trial(REGISTRY, HIP, state=State.LISTED, title="Hips", snapshot=3, verified_version=VERSION)
    older = Trial(REGISTRY, KNEE, state=State.LISTED, verified_version="2026-11-19T09:00:04")
    record(store, verified, older)

    with store.read() as tx:
        found = trials.verified_in(tx, REGISTRY, [HIP, KNEE, SHOULDER], version=VERSION)

    assert found == {HIP: (HIP, State.LISTED, "Hips", 3)}


def test_more_trials_than_a_statement_takes_parameters(store: Store) -> None:
    """SQLite takes 32,766 of them, or more where it was built so; PostgreSQL 65,535."""
    ids = [f"NCT{number:08d}" for number in range(70_000)]
    record(store, *(Trial(REGISTRY, trial_id, state=State.LISTED) for trial_id in ids[::20]))

    with store.begin() as tx:
        trials.mark_verified(tx, REGISTRY, ids, version=VERSION, at=NOON)
        known = trials.known(tx, REGISTRY, ids)

    assert sorted(known) == ids[::20]
    assert {trial.verified_version for trial in known.values()} == {VERSION}


def test_trials_of_a_sponsor_are_the_listed_ones_and_more_are_noticed(store: Store) -> None:
    led = [Trial(REGISTRY, each, state=State.LISTED, lead_sponsor="asclepius") for each in (HIP, KNEE)]
    record(store, *led, Trial(REGISTRY, SHOULDER, state=State.REMOVED, lead_sponsor="asclepius"))

    with store.read() as tx:
        assert trials.led_by(tx, REGISTRY, "asclepius", limit=10) == sorted([HIP, KNEE])
        assert trials.led_by(tx, REGISTRY, "asclepius", limit=1) == [min(HIP, KNEE)]
        assert trials.led_by(tx, REGISTRY, "somebody else", limit=10) == []
        assert trials.leads_more_than(tx, REGISTRY, "asclepius", 2)
        assert not trials.leads_more_than(tx, REGISTRY, "asclepius", 3)


def test_trials_of_a_sponsor_are_found_by_the_index(quick_store: Store) -> None:
    """Each alert asks for them: without the index all trials of a registry were gone through."""
    with quick_store.read() as tx:
        seen = list[str]()
        tx.connection.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]
        trials.led_by(tx, REGISTRY, "asclepius", limit=1000)
        trials.leads_more_than(tx, REGISTRY, "asclepius", 1000)
        tx.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
        plans = [[row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}")] for each in seen]

    assert len(plans) == 2
    assert all("INDEX trials_by_sponsor" in plan[0] for plan in plans), plans
