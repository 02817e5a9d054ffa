"""Ask subscribers whether to go on: once where nothing more is expected of their trials, or none is known, and yearly.

    an event that may be the last of its trial  ->  the trial is looked at, a weekend later
    a number that its registry does not know    ->  those who named it are told, once
    another year of a subscription is over      ->  the subscription is looked at
    every trial that it names has come to its end, and it was not told so before  ->  it is told, once
    it is a person's, and there is a page where they can answer                   ->  they are asked

What is looked at is found by an index, AT_ONCE at a time. The question is owed in the commit that notes it, and is sent
from the outbox. Whoever does not answer loses nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.questions import (
    TrialKey,
    digest_of,
    ended_words,
    hears,
    is_about_named_trials,
    is_of_a_person,
    is_year_over,
    look_again_at,
    nothing_more,
    still_useful,
    unknown_number,
)
from monitor.changes.endings import how_it_ended
from monitor.errors import StoreCorrupt
from monitor.language.texts import IN_ENGLISH, Texts, texts_of
from monitor.language.worded import Worded, worded
from monitor.model import Notice, State, Subscription
from monitor.ports import Registry
from monitor.storage import denials, endings, notices, questions, rhythms, snapshots, subscriptions, trials
from monitor.storage.questions import Question
from monitor.storage.store import Store

AT_ONCE = 500
"""Subscriptions in one transaction."""
A_WHILE = timedelta(hours=1)
"""After a digest."""
TRANSACTIONS = 4
"""In which trials that may have ended are looked at, in one run; the next one goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingAgain:
    """What asking needs."""

    store: Store
    registries: Mapping[str, Registry]
    """By key."""
    can_answer: bool
    """Whether there are pages where subscribers can answer."""


def ask_again(asking: AskingAgain, *, now: datetime) -> None:
    """Look at what is due, and owe the questions that are to be asked."""
    with asking.store.read() as tx:
        due_at = questions.next_due(tx)
    if due_at is None or due_at > now:
        return
    for _ in range(TRANSACTIONS):
        with asking.store.begin() as tx:
            if not _look_at_a_trial(tx, asking, now):
                break
    with asking.store.begin() as tx:
        _look_at_years(tx, asking, now)


def _look_at_a_trial(tx: Connection, asking: AskingAgain, now: datetime) -> bool:
    """Tell the next subscribers of a trial that may have ended; give whether one was due."""
    ending = endings.take(tx, now=now)
    if ending is None:
        return False
    ends = Ends(tx, asking.registries)
    denial = denials.get(tx, ending.registry, ending.trial_id)
    has_ended = ends.of((ending.registry, ending.trial_id)) is not None
    looked_at = endings.subscribers(tx, ending, limit=AT_ONCE) if has_ended or denial else []
    telling = _Asking(tx, looked_at, ends, now)
    if denial:
        telling.tell_all(unknown_number(denial))
    else:
        telling.tell_of_ends()
    telling.owe()
    if len(looked_at) == AT_ONCE:
        endings.go_on(tx, ending, looked_at[-1].subscription_id)
    else:
        endings.drop(tx, ending)
    return True


def _look_at_years(tx: Connection, asking: AskingAgain, now: datetime) -> None:
    """Look at those whose year is over."""
    telling = _Asking(tx, questions.due(tx, now=now, limit=AT_ONCE), Ends(tx, asking.registries), now)
    telling.tell_of_ends()
    if asking.can_answer:
        telling.ask_if_useful()
    telling.look_again()
    telling.owe()


@dataclass(frozen=True, slots=True)
class End:
    """How a trial came to its end."""

    words: Worded
    """What to call it, and how it ended."""
    goes_on_as: TrialKey | None = None
    """The trial that it was merged into."""


class Ends:
    """How trials came to their ends, by what is kept of them; each is read once."""

    def __init__(self, tx: Connection, registries: Mapping[str, Registry]) -> None:
        self._tx = tx
        self._registries = registries
        self._known: dict[TrialKey, End | None] = {}

    def of_all(self, named: frozenset[TrialKey]) -> dict[TrialKey, Worded] | None:
        """Words for each of these trials; None where something is expected of one, or not known."""
        found: dict[TrialKey, Worded] = {}
        for trial in sorted(named):
            end = self.of(trial)
            if end is None or (end.goes_on_as and end.goes_on_as not in named):
                return None
            found[trial] = end.words
        return found

    def of(self, trial: TrialKey) -> End | None:
        """How a trial ended; None where something is expected of it, or not known."""
        if trial not in self._known:
            try:
                self._known[trial] = self._read(*trial)
            except StoreCorrupt:
                self._known[trial] = None
        return self._known[trial]

    def _read(self, registry: str, trial_id: str) -> End | None:
        row = trials.known(self._tx, registry, [trial_id]).get(trial_id)
        if row is None:
            return None
        match row.state:
            case State.REMOVED:
                return End(ended_words(row, worded("removed from the registry")))
            case State.MERGED if row.merged_into:
                return End(
                    ended_words(row, worded("merged into {trial_id}", trial_id=row.merged_into)),
                    (registry, row.merged_into),
                )
            case State.LISTED if registry in self._registries:
                snapshot = snapshots.latest(self._tx, registry, trial_id)
                parsed = snapshot and self._registries[registry].parse(snapshot.document, snapshot.taken_at)
                how = how_it_ended(parsed) if parsed else None
                return End(ended_words(row, how)) if how else None
        return None


def _texts_of(subscription: Subscription) -> Texts:
    """Those of who reads; programs are told in English."""
    return IN_ENGLISH if subscription.endpoint.channel == "webhook" else texts_of(subscription.language)


class _Asking:
    """Decides what each of some subscriptions is asked, and owes it."""

    def __init__(self, tx: Connection, looked_at: Sequence[Question], ends: Ends, now: datetime) -> None:
        self._tx = tx
        self._ends = ends
        self._now = now
        self._known = subscriptions.known(tx, [each.subscription_id for each in looked_at], damaged={})
        self._questions = {each.subscription_id: each for each in looked_at}
        self._notices: dict[str, Notice] = {}
        self._told: defaultdict[str, list[str]] = defaultdict(list)
        """The subscriptions that are told each notice, by its id."""
        self._later: dict[str, datetime] = {}
        """When to look again at those whose digest comes first."""

    def tell_of_ends(self) -> None:
        """Tell those of whose trials nothing more is expected, and who were not told so before.

        Whose digest is still to tell what happened is looked at again once it has.
        """
        found = {
            each.id: ended for each in self._reached() if (ended := self._ended(each)) and not self._was_told(each)
        }
        self._later = {key: at + A_WHILE for key, at in rhythms.waiting_until(self._tx, found).items()}
        digests = {}
        for key in found.keys() - self._later.keys():
            self._tell(self._known[key], nothing_more(found[key], _texts_of(self._known[key]), now=self._now))
            digests[key] = digest_of(self._known[key].trials)
        questions.note_finished(self._tx, digests, at=self._now)
        questions.look_again(self._tx, self._later)

    def tell_all(self, notice: Notice) -> None:
        """Tell a notice to all who can be reached; whoever was told it before is not told again."""
        for subscription in self._reached():
            self._tell(subscription, notice)

    def ask_if_useful(self) -> None:
        """Ask those whose year is over, unless nothing more is expected of their trials anyway."""
        asked = []
        for subscription in self._reached():
            is_due = is_year_over(subscription.created_at, self._questions[subscription.id], self._now)
            if is_due and is_of_a_person(subscription) and not self._ended(subscription):
                self._tell(subscription, still_useful(now=self._now))
                asked.append(subscription.id)
        questions.note_asked(self._tx, asked, at=self._now)

    def look_again(self) -> None:
        """Have all of them looked at when their next year is over; one that cannot be read, a year from now."""
        times = {}
        for key, question in self._questions.items():
            created_at = self._known[key].created_at if key in self._known else self._now
            times[key] = look_again_at(created_at, question, self._now)
        questions.look_again(self._tx, times | self._later)

    def owe(self) -> None:
        """Owe all that they are told."""
        told = [(notice, self._told[notice_id]) for notice_id, notice in self._notices.items()]
        notices.ask_subscribers(self._tx, told, at=self._now)

    def _reached(self) -> Iterator[Subscription]:
        return (each for each in self._known.values() if hears(each))

    def _was_told(self, subscription: Subscription) -> bool:
        return self._questions[subscription.id].finished == digest_of(subscription.trials)

    def _ended(self, subscription: Subscription) -> dict[TrialKey, Worded] | None:
        """The trials of a subscription of which nothing more is expected; None where something is."""
        return self._ends.of_all(subscription.trials) if is_about_named_trials(subscription) else None

    def _tell(self, subscription: Subscription, notice: Notice) -> None:
        self._notices.setdefault(notice.id, notice)
        self._told[notice.id].append(subscription.id)
        key = subscription.id
        self._questions[key] = replace(self._questions[key], asked_at=self._now)
