"""A day of digests: ten thousand changes, gathered for a thousand subscribers in mixed rhythms and zones.

Processor time within one process, and how much memory it takes: composing what is due, and making the mails, which then
wait in the outbox. Every change has to be in one digest of everyone whom it concerns.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random
from resource import RUSAGE_SELF, getrusage
from time import process_time

from sqlalchemy import func, select

from bench.figures import Figure, seconds
from bench.owing import CHANGE, KEY, settings, vault_of
from bench.studies import SEED, document, studies
from bench.wanted import Wanted
from monitor.alerts.claims import claim
from monitor.alerts.composing import compose
from monitor.alerts.outbox import Outbox
from monitor.alerts.owing import owe_deliveries
from monitor.alerts.subscribe import Asked, SubscribeContext, SubscriptionScope, subscribe
from monitor.alerts.wiring import outbox_for
from monitor.config import load
from monitor.http.polite import PoliteSession
from monitor.model import DeliveryState, Document, Event, Rhythm, Snapshot, State
from monitor.model.rhythm import Every
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.storage import events, snapshots, standings, trials, watches
from monitor.storage.digest_tables import gathered
from monitor.storage.standings import Outcome
from monitor.storage.statements import chunks
from monitor.storage.store import Store
from monitor.storage.trials import Trial

MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
ZONES = ("UTC", "Europe/Paris", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Asia/Kolkata", "Africa/Cairo")
_ORIGINALS, _AT_ONCE = 50, 500


@dataclass(frozen=True, slots=True)
class Size:
    """Of the subscribers, one in so many hears of everything, and the others of so many trials each."""

    changes: int = 10_000
    subscribers: int = 1_000
    trials_of_each: int = 100
    of_everything: int = 50


@dataclass(frozen=True, slots=True)
class Day:
    """Processor seconds to gather, to compose and to make the mails; how many mails, and changes told in them."""

    gathering: float
    composing: float
    making: float
    mails: int
    told: int


@dataclass(slots=True)
class Clock:
    """Now, in that day."""

    now: datetime = MIDNIGHT

    def __call__(self) -> datetime:
        return self.now


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Gathering, composing and making the mails of that day, once: it takes minutes."""
    size = Size()
    day = pass_day(size, wanted)
    what = f"digests: {size.changes:,} changes in a day, {size.subscribers:,} subscribers, {day.told:,} to tell"
    yield Figure(f"{what}: gathering", day.gathering, "s")
    yield Figure(f"{what}: composing", day.composing, "s", 60)
    yield Figure(f"{what}: making the mails", day.making, "s", 60)
    yield Figure(f"{what}: memory", getrusage(RUSAGE_SELF).ru_maxrss / 1024, "MB", 300)


def pass_day(size: Size, wanted: Wanted) -> Day:
    """Have such a day pass."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        store = Store.open(f"sqlite:///{folder}/day.sqlite3")
        vault, config = vault_of(folder), load(None, settings())
        wanted.say(f"keeping {size.changes:,} trials and {size.subscribers:,} subscribers")
        ids = _keep_trials(store, size)
        _subscribe(SubscribeContext(store=store, vault=vault, clock=clock, config=config), ids, size)
        wanted.say("a day passes")
        found = sum(seconds(partial(_happens, store, some, clock, size)) for some in chunks(ids, _AT_ONCE))
        outbox = outbox_for(
            config, settle=timedelta(0), store=store, vault=vault, registries=[_registry()], clock=clock
        )
        composed = made = 0.0
        mails = 0
        for hour in range(1, 49):
            clock.now = MIDNIGHT + timedelta(hours=hour, minutes=59)
            composed += seconds(partial(_compose, store, clock.now))
            began = process_time()
            mails += _make(outbox, store)
            made += process_time() - began
        told = _pairs_told_once(store)
        store.close()
    return Day(found, composed, made, mails, told)


def _registry() -> ClinicalTrialsGov:
    return ClinicalTrialsGov(
        base_url="https://clinicaltrials.gov/api/v2",
        session=PoliteSession(requests_per_second=1, user_agent="bench"),  # which asks nothing
    )


def _keep_trials(store: Store, size: Size) -> list[str]:
    originals = [document(study) for study in studies(_ORIGINALS)]
    ids = [f"NCT{10_000_000 + number}" for number in range(size.changes)]
    for numbers in chunks(range(size.changes), _AT_ONCE):
        copies = [_copied(originals[number % _ORIGINALS], ids[number]) for number in numbers]
        with store.begin() as tx:
            snapshots.add(tx, [Snapshot(number, each, MIDNIGHT) for each in copies for number in (1, 2)])
            trials.record(tx, [_row(each) for each in copies])
            named = [each.trial_id for each in copies]
            watches.add(tx, registry=KEY, trial_ids=named, origin="command", name=None, at=MIDNIGHT)
    return ids


def _copied(original: Document, trial_id: str) -> Document:
    return Document(KEY, trial_id, original.content.replace(original.trial_id.encode(), trial_id.encode()))


def _row(of: Document) -> Trial:
    return Trial(
        registry=KEY,
        trial_id=of.trial_id,
        state=State.LISTED,
        snapshot=2,
        digest=of.digest,
        verified_at=MIDNIGHT,
    )


def _subscribe(context: SubscribeContext, ids: Sequence[str], size: Size) -> None:
    chance = Random(SEED)
    for number in range(size.subscribers):
        named = frozenset((KEY, each) for each in chance.sample(ids, size.trials_of_each))
        everything = number % size.of_everything == 0
        scope = SubscriptionScope(everything=True) if everything else SubscriptionScope(trials=named)
        asked = Asked(scope=scope, rhythm=_rhythm(number))
        subscribe("email", f"reader{number}@example.org", asked, context=context)


def _rhythm(number: int) -> Rhythm:
    zone = ZONES[number % len(ZONES)]
    if number % 10 == 1:
        return Rhythm(quiet_hours=(time(22), time(21, 59)), zone=zone)
    return Rhythm(every=Every.DAILY, at=time(number % 24, number % 60), zone=zone, all_quiet=number % 10 == 2)


def _happens(store: Store, trial_ids: Sequence[str], clock: Clock, size: Size) -> None:
    """A change of each of these trials; the next one is some time later."""
    clock.now += timedelta(minutes=20 * 60 * _AT_ONCE / size.changes)
    told = [
        Event(registry=KEY, trial_id=each, snapshot=2, occurred_at=clock.now, changes=(CHANGE,)) for each in trial_ids
    ]
    with store.begin() as tx:
        events.add(tx, told)
        owe_deliveries(tx, told, KEY, now=clock.now)


def _compose(store: Store, now: datetime) -> None:
    while compose(store, now=now):
        pass


def _make(outbox: Outbox, store: Store) -> int:
    """Render what is owed, and give how many mails that is; nobody is asked to take them."""
    now, mails = outbox.clock(), 0
    while ready := claim(outbox, limit=200).ready:
        taken = [Outcome(each.delivery.id, DeliveryState.DELIVERED, now, "not sent") for each in ready]
        with store.begin() as tx:
            standings.write(tx, taken)
        mails += len(ready)
    return mails


def _pairs_told_once(store: Store) -> int:
    """How many changes are in a digest, each once for each subscriber; all that were gathered."""
    with store.read() as tx:
        count, told = tx.execute(select(func.count(), func.count(gathered.c.digest)).select_from(gathered)).one()
    assert count == told
    return int(count)
