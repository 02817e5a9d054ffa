"""What a rule would have told of what was seen so far."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from monitor.cli.render.backtest import backtest_lines, sparkline
from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.language.texts import IN_ENGLISH, texts_of
from monitor.model import Document, Filters, Rhythm, Role, Search, Settlement, Significance, Subscription
from monitor.model.rhythm import Every
from monitor.storage import archived, holds, searches, settlements, snapshots, subscriptions, tables, watches
from monitor.storage.archived import ArchivedDocument
from monitor.storage.holds import Hold
from monitor.views.backtest import Backtest, Instead, backtest
from monitor.views.backtest_words import in_words
from monitor.views.json.backtest import backtest_json
from monitor.views.rules import NOT_MADE, Rule, rule_of, rule_of_request
from monitor.views.windows import messages
from monitor.watching.subscribing import KnownRegistries, SubscribeRequest
from tests.outbox import CONFIG
from tests.program import WITHDRAWN_LATER, Trying
from tests.storage.subscribers import mailbox, subscription
from tests.studies import led_by, status_becomes, titled
from tests.views.asking import damage_event, publish

ALZAHRA = "Alzahra Hospital"
YEAR = timedelta(days=365)


@pytest.fixture
def ids(quick: Trying) -> list[str]:
    """Trials with a baseline, the withdrawn one first."""
    return watched(quick)


def watched(program: Trying) -> list[str]:
    program.watch(*program.sandbox.trial_ids())
    program.check()
    return sorted(program.sandbox.trial_ids())


def subscribed(program: Trying, *trial_ids: str, **wanted: Any) -> Subscription:
    """Somebody who came only now; to everything unless it is said otherwise."""
    with program.store.begin() as tx:
        made = subscription(mailbox(tx), *trial_ids, **({"everything": True} if not (trial_ids or wanted) else wanted))
        subscriptions.add(tx, made)
    return made


def tried(program: Trying, made: Subscription | Rule, **options: Any) -> Backtest:
    """The rule, on the last year unless it is said otherwise."""
    rule = made if isinstance(made, Rule) else rule_of(made.id, program.store)
    now = program.clock()
    given = {"since": now - YEAR, "now": now, **options}
    return backtest(rule, store=program.store, registries=[program.registry], **given)


def told(found: Backtest) -> list[tuple[str, int | None]]:
    return [(each.trial_id, each.snapshot) for sent in found.sent for each in sent.told]


def asked(program: Trying, **wanted: Any) -> Rule:
    """The rule of somebody who asks for it."""
    registry = program.registry
    known = KnownRegistries(
        lambda text: (registry, registry.identify(text) or ""), lambda _: registry, lambda *_: registry
    )
    request = SubscribeRequest(channel="email", address="ops@example.org", **wanted)
    return rule_of_request(request, store=program.store, config=CONFIG, known=known, now=program.clock())


def test_what_was_seen_before_anybody_subscribed_is_told_the_newest_first_on_either_store(program: Trying) -> None:
    ids = watched(program)
    publish(program, ids[1], titled("First"))
    program.sandbox.next_state(WITHDRAWN_LATER)
    program.clock.advance(days=30)
    program.check()
    made = subscribed(program)

    found = tried(program, made)

    assert told(found) == [(WITHDRAWN_LATER, 2), (ids[1], 2)]
    [newest] = found.sent[0].told
    assert (newest.at, newest.significance, newest.changes) == (program.clock(), Significance.CRITICAL, 3)
    assert newest.gist.startswith("Overall status went from Not yet recruiting to Withdrawn")
    assert (found.trials, found.events, found.unreadable) == (len(ids), 2, 0)
    assert found.begins == program.clock() - timedelta(days=31)
    assert 1 < found.months < 1.1
    assert found.a_month == pytest.approx(2 / found.months)
    assert list(found.by_month.items())[-2:] == [("2026-11", 1), ("2026-12", 1)]
    assert sum(found.by_month.values()) == 2


def test_only_the_trials_of_a_rule_count_on_either_store(program: Trying) -> None:
    ids = watched(program)
    publish(program, ids[1], titled("One"))
    publish(program, ids[2], titled("Another"))
    with program.store.begin() as tx:
        named, _ = watches.add(
            tx, registry=program.registry.key, trial_ids=ids[2:4], origin="command", name="two", at=program.clock()
        )

    assert told(tried(program, subscribed(program, ids[1]))) == [(ids[1], 2)]
    assert told(tried(program, subscribed(program, watch_id=named.id))) == [(ids[2], 2)]
    assert tried(program, subscribed(program, ids[5])).sent == []


def test_only_what_the_span_holds_is_told(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("First"))
    publish(quick, ids[2], titled("Second"), days=3)

    found = tried(quick, subscribed(quick), since=quick.clock() - timedelta(days=2))

    assert told(found) == [(ids[2], 2)]
    assert found.events == 1


def test_what_is_left_out_is_counted_by_its_reason(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("Another title"))
    quick.sandbox.next_state(WITHDRAWN_LATER)
    quick.clock.advance(days=1)
    quick.check()
    made = subscribed(
        quick,
        everything=True,
        filters=Filters(topics=frozenset(("status", "title")), without=frozenset(("title",))),
    )

    found = tried(quick, made)

    assert told(found) == [(WITHDRAWN_LATER, 2)]
    assert found.untold.keys() == {"without", "topics_and_kinds"}
    assert found.untold["without"] == 1
    assert found.changes == sum(found.untold.values()) + sum(each.changes for sent in found.sent for each in sent.told)
    assert tried(quick, subscribed(quick)).untold == {"significance": 3}


def test_a_step_looser_or_stricter_is_counted_too(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("Another title"))
    publish(quick, ids[2], status_becomes("SUSPENDED", "No funding"))
    publish(quick, ids[3], lambda _: None)

    def steps(least: Significance) -> list[tuple[str, int] | None]:
        found = tried(quick, subscribed(quick, everything=True, filters=Filters(min_significance=least)))
        beside = (each and (str(each.min_significance), each.messages) for each in (found.looser, found.stricter))
        return [("asked", len(found.sent)), *beside]

    assert steps(Significance.MINOR) == [("asked", 2), ("administrative", 3), ("major", 1)]
    assert steps(Significance.ADMINISTRATIVE) == [("asked", 3), None, ("minor", 2)]
    assert steps(Significance.CRITICAL) == [("asked", 1), ("major", 1), None]


@pytest.mark.parametrize(
    ("settlement", "reason"),
    [(Settlement.HELD, "held"), (Settlement.DISCARDED, "discarded"), (Settlement.FOLDED, "folded")],
)
def test_what_the_registry_made_itself_is_told_to_nobody(
    quick: Trying, ids: list[str], settlement: Settlement, reason: str
) -> None:
    publish(quick, ids[1], titled("By mistake"))
    hold = None if settlement is Settlement.FOLDED else held(quick)
    settle(quick, ids[1], settlement, hold)

    found = tried(quick, subscribed(quick))

    assert found.sent == []
    assert found.untold[reason] == 1


def test_what_came_with_a_file_that_alerted_nobody_is_told(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("Imported"))
    settle(quick, ids[1], Settlement.DISCARDED)

    assert told(tried(quick, subscribed(quick))) == [(ids[1], 2)]


def test_snapshots_that_were_imported_without_events_tell_what_they_changed_on_either_store(program: Trying) -> None:
    ids = watched(program)
    publish(program, ids[1], titled("First"))
    publish(program, ids[1], titled("Second"))
    made = subscribed(program)
    with_events = tried(program, made)
    with program.store.begin() as tx:
        tx.execute(delete(tables.events))

    without = tried(program, made)

    assert without.sent == with_events.sent
    assert told(without) == [(ids[1], 3), (ids[1], 2)]
    assert tried(program, made, since=program.clock()).sent == without.sent[:1]


def test_saved_pages_tell_what_each_changed_as_of_its_day(quick: Trying, ids: list[str]) -> None:
    key = quick.registry.key
    saved = [saved_page(quick, ids[1], f"As of {year}", date(year, 3, 1)) for year in (2015, 2016)]
    with quick.store.begin() as tx:
        archived.add(tx, saved)

    found = tried(quick, subscribed(quick, ids[1]), since=datetime(2014, 1, 1, tzinfo=UTC))

    assert [(sent.at.date(), each.registry, each.snapshot) for sent in found.sent for each in sent.told] == [
        (quick.clock().date(), key, 1),
        (date(2016, 3, 1), key, None),
    ]
    assert found.begins == datetime(2015, 3, 1, tzinfo=UTC)


def settle(program: Trying, trial_id: str, settlement: Settlement, hold: int | None = None) -> None:
    """Let the event of its second snapshot not be told for this reason."""
    key = program.registry.key
    event_id = f"{key}/{trial_id}/2"
    with program.store.begin() as tx:
        settlements.pend(tx, key, {event_id: 1})
        settlements.record(tx, [event_id], settlement, at=program.clock(), hold_id=hold)


def held(program: Trying) -> int:
    """The number of a hold."""
    hold = Hold(
        registry=program.registry.key,
        version="v",
        fields=("brief_title",),
        trials=1,
        checked=1,
        held_at=program.clock(),
    )
    with program.store.begin() as tx:
        return holds.add(tx, hold).id


def saved_page(program: Trying, trial_id: str, title: str, day: date) -> ArchivedDocument:
    """The record as it stands, under another title."""
    with program.store.read() as tx:
        content = snapshots.get(tx, program.registry.key, trial_id, 1).document.content
    marked = content.replace(b'"briefTitle":"', f'"briefTitle":"{title}: '.encode())
    return ArchivedDocument(Document(program.registry.key, trial_id, marked), day, "saved.html", program.clock())


def test_what_cannot_be_read_is_counted_and_spoils_no_other(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("Damaged"))
    publish(quick, ids[2], titled("Whole"))
    damage_event(quick, ids[1])

    found = tried(quick, subscribed(quick))

    assert told(found) == [(ids[2], 2)]
    assert found.unreadable == 1


def test_of_trials_that_nothing_is_kept_of_the_past_says_nothing(quick: Trying, ids: list[str]) -> None:
    found = tried(quick, asked(quick, trials=["NCT99999999", ids[0]]))

    assert [trial_id for _, trial_id in found.rule.unread] == ["NCT99999999"]
    assert found.a_month is None, "nothing is known of less than four weeks"
    none = tried(quick, asked(quick, trials=["NCT99999999"]))
    assert (none.begins, none.months, none.trials, none.a_month) == (None, 0, 0, None)


@pytest.fixture
def unmoved(quick: Trying, ids: list[str]) -> Iterator[Trying]:
    """What is asked for makes no row and no request."""
    counted = (tables.endpoints, tables.subscriptions, tables.watches, tables.watched_trials, tables.searches)

    def rows() -> list[int]:
        with quick.store.read() as tx:
            return [tx.scalar(select(func.count()).select_from(table)) or 0 for table in counted]

    before = rows()
    quick.requests()
    yield quick
    assert rows() == before
    assert quick.requests() == []


def test_a_sponsor_that_no_watch_looks_for_is_found_among_the_records(unmoved: Trying, ids: list[str]) -> None:
    rule = asked(unmoved, search=Search(sponsor="  ALZAHRA hospital."))

    assert [within.trials for within in rule.within] == [((unmoved.registry.key, WITHDRAWN_LATER),)]
    assert rule.interest.watches == {NOT_MADE}
    assert rule.looked_for == "trials that ALZAHRA hospital. leads"
    assert asked(unmoved, search=Search(sponsor="Nobody at all")).within == []


def test_a_sponsor_that_supports_a_trial_counts_in_any_role_alone(quick: Trying, ids: list[str]) -> None:
    def supported(study: dict[str, Any]) -> None:
        module = study["protocolSection"]["sponsorCollaboratorsModule"]
        module["collaborators"] = [{"name": "Al\u200bzahra Hospital", "class": "OTHER"}]

    publish(quick, ids[3], supported)

    def found(role: Role) -> list[str]:
        [within] = asked(quick, search=Search(sponsor=ALZAHRA, role=role)).within
        return [trial_id for _, trial_id in within.trials]

    assert found(Role.LEAD) == [WITHDRAWN_LATER]
    assert found(Role.ANY) == sorted([WITHDRAWN_LATER, ids[3]])


def test_a_watch_that_looks_for_the_same_has_the_trials(quick: Trying, ids: list[str]) -> None:
    key = quick.registry.key
    with quick.store.begin() as tx:
        watch, _ = watches.add_search(
            tx, registry=key, search=Search(sponsor=ALZAHRA), origin="command", name="theirs", at=quick.clock()
        )
        watches.join(tx, watch.id, key, [ids[4]], quick.clock())
        assert searches.get(tx, watch.id)

    rule = asked(quick, search=Search(sponsor="alzahra  HOSPITAL"))

    assert (rule.interest.watches, rule.looked_for) == ({watch.id}, None)
    publish(quick, ids[4], titled("Theirs"))
    assert told(tried(quick, rule)) == [(ids[4], 2)]


def test_a_search_that_only_the_registry_can_answer_is_refused(unmoved: Trying) -> None:
    with pytest.raises(ConfigurationInvalid, match=r"trials on ALS only clinicaltrials\.gov knows.*monitor watch add"):
        asked(unmoved, search=Search(condition="ALS"))
    with pytest.raises(NothingFound):
        asked(unmoved, watch="none of these")


def test_a_sponsor_that_changed_is_found_by_the_latest_record(quick: Trying, ids: list[str]) -> None:
    publish(quick, WITHDRAWN_LATER, led_by("Another Hospital"))

    assert asked(quick, search=Search(sponsor=ALZAHRA)).within == []


def test_one_object_says_all_of_it(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("Another title"))

    made = backtest_json(tried(quick, subscribed(quick)))
    wanted = backtest_json(tried(quick, asked(quick, everything=True)))

    assert made["subscription"]["id"]
    assert (wanted["is_made"], wanted["subscription"]["id"]) == (False, None)
    alike = ("rhythm", "trials", "events", "count", "by_month", "not_told", "looser", "stricter", "messages", "unread")
    assert {name: made[name] for name in alike} == {name: wanted[name] for name in alike}
    [message] = made["messages"]
    assert message["events"][0]["trial_id"] == ids[1]
    assert made["not_told"] == [{"reason": "significance", "changes": 1}]


AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def sent(rhythm: Rhythm, *moments: datetime) -> list[tuple[datetime, int]]:
    """When each message goes out, and how much it tells; the first thing is critical."""
    places = [(at, number == 0) for number, at in enumerate(moments)]
    found = messages(places, lambda place: place, rhythm, since=AT, until=AT + timedelta(days=3))
    return [(at, len(told)) for at, told in found]


def test_what_is_told_at_once_is_sent_by_itself_and_what_ends_together_is_sent_together() -> None:
    moments = [AT, AT, AT + timedelta(days=1), AT + timedelta(hours=3)]
    first, second, third = (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (20, 21, 22))
    daily = Rhythm(every=Every.DAILY, at=time(12))

    assert sent(Rhythm(), *moments) == [(moments[2], 1), (moments[3], 1), (AT, 1), (AT, 1)]
    assert sent(daily, *moments) == [(second, 2), (first, 2)]
    assert sent(replace(daily, breaks_through=True), *moments) == [(second, 2), (first, 1), (AT, 1)]
    coming = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert sent(replace(daily, all_quiet=True), *moments) == [(coming, 0), (third, 0), (second, 2), (first, 2)]
    assert sent(Rhythm(quiet_hours=(time(8), time(12))), *moments) == [
        (second, 1),
        (moments[3], 1),
        (first, 2),
    ]


def test_a_rule_is_tried_in_its_own_rhythm_and_says_so(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("First"))
    publish(quick, ids[2], titled("Second"))
    quick.check()
    weekly = Rhythm(every=Every.WEEKLY, at=time(8), zone="Europe/Paris")

    early = tried(quick, asked(quick, everything=True, rhythm=weekly))
    assert [(each.is_coming, len(each.told)) for each in early.sent] == [(True, 2)]
    assert (early.waiting, early.stricter.messages, early.looser.messages) == (2, 0, 1)
    form = backtest_json(early)
    assert (form["waiting"], form["count"], form["messages"][0]["is_coming"]) == (2, 1, True)
    ends = "30 Nov 2026, 07:00 UTC"
    comes = f"The latest of them is still to come, on {ends}, with 2 changes so far."
    assert form["in_words"].endswith(comes)
    said = " ".join(str(line) for line in backtest_lines(early, limit=9, width=80, encoding="utf-8"))
    assert comes in said

    found = tried(quick, asked(quick, everything=True, rhythm=weekly), now=quick.clock() + timedelta(days=7))

    assert found.waiting == 0
    assert [len(each.told) for each in found.sent] == [2]
    assert backtest_json(found)["rhythm"] == "weekly"
    said = [str(line) for line in backtest_lines(found, limit=9, width=80, encoding="utf-8")]
    assert any("sent on Mondays at 08:00, Europe/Paris." in line for line in said)
    quiet = tried(
        quick, asked(quick, everything=True, rhythm=replace(weekly, all_quiet=True)), now=quick.clock() + YEAR
    )
    assert len(quiet.sent) == 54, "the last is still to come"


def test_what_is_too_short_is_never_made_into_a_rate(quick: Trying, ids: list[str]) -> None:
    publish(quick, ids[1], titled("First"), days=0)
    rule = asked(quick, everything=True, filters=Filters(min_significance=Significance.ADMINISTRATIVE))

    def said(**later: float) -> tuple[str, float | None]:
        found = tried(quick, rule, now=quick.clock() + timedelta(**later))
        return in_words(found), found.a_month

    begins = tried(quick, rule).begins
    since = IN_ENGLISH.day(begins.date())
    cannot = "too short to say how many come in a month."
    assert said(minutes=1) == (f"1 mail in less than a day. History since today: {cannot}", None)
    assert said(days=12) == (f"1 mail in 12 days. History since {since}: {cannot}", None)
    assert said(days=30)[0] == f"1 mail in 30 days. History since {since}."
    assert said(days=300)[0] == f"1 mail in 10 months. History since {since}."
    publish(quick, ids[2], titled("Second"), days=20)
    publish(quick, ids[3], titled("Third"), days=0)
    assert said(days=20)[0] == f"3 mails in 40 days. About 2 a month. History since {since}."
    assert said(days=100)[0] == f"3 mails in 4 months. About one in 6 weeks. History since {since}."
    assert said(days=300)[0] == f"3 mails in 11 months. About one in 4 months. History since {since}."
    later = tried(quick, rule, since=quick.clock() + timedelta(days=1), now=quick.clock() + timedelta(days=300))
    assert in_words(later) == "0 mails in 10 months."
    assert in_words(tried(quick, asked(quick, trials=["NCT99999999"]))) == (
        "Nothing is kept of these trials yet, so there is nothing to test against."
    )
    french = in_words(tried(quick, rule, now=quick.clock() + timedelta(days=20)), texts_of("fr"))
    assert french.startswith("3 e-mails en 40 jours. Environ 2 par mois. Historique depuis le ")


def test_trials_that_have_little_history_beside_others_are_counted(quick: Trying, ids: list[str]) -> None:
    everything = asked(quick, everything=True)
    assert tried(quick, everything, now=quick.clock() + timedelta(days=9)).new_trials == 0, "of none is there more"
    with quick.store.begin() as tx:
        archived.add(tx, [saved_page(quick, ids[1], "Before", date(2015, 3, 1))])

    found = tried(quick, everything, since=datetime(2014, 1, 1, tzinfo=UTC))

    said = f"{len(ids) - 1} of {len(ids)} trials have been watched for less than four weeks, so more may come."
    assert said in in_words(found)
    assert tried(quick, everything, now=quick.clock() + timedelta(days=60)).new_trials == 0


def test_a_digest_that_is_still_to_come_is_counted_for_what_is_quiet_too(quick: Trying, ids: list[str]) -> None:
    daily = Rhythm(every=Every.DAILY, all_quiet=True)

    none = tried(quick, asked(quick, trials=["NCT99999999"], rhythm=daily))
    soon = tried(quick, asked(quick, everything=True, rhythm=daily), now=quick.clock() + timedelta(minutes=5))

    assert none.sent == []
    assert [(each.is_coming, each.told) for each in soon.sent] == [(True, [])]
    assert "still to come, on " in in_words(soon)


def test_a_bar_is_as_high_as_its_month_has_messages_in_any_encoding() -> None:
    assert sparkline([0, 1, 8, 4], "utf-8") == "▁▂█▅"
    assert sparkline([0, 1, 8, 4], "cp1252") == "_.#="
    assert sparkline([0, 0], "utf-8") == "▁▁"
    assert sparkline([3], "no such encoding") == "#"


def test_other_rules_are_counted_beside_it_each_in_its_own_rhythm(quick: Trying, ids: list[str]) -> None:
    """What they come to is what they come to by themselves."""
    for day, each in enumerate(ids[1:4]):
        publish(quick, each, titled(f"Title {day}"))
        quick.clock.advance(days=1)
    quick.sandbox.next_state(WITHDRAWN_LATER)
    quick.check()
    quick.clock.advance(days=30)
    made = subscribed(quick)
    others = {
        "critical": Instead(Filters(min_significance=Significance.CRITICAL), Rhythm()),
        "everything, weekly": Instead(
            Filters(min_significance=Significance.ADMINISTRATIVE), Rhythm(every=Every.WEEKLY)
        ),
        "status, weekly": Instead(
            Filters(topics=frozenset({"status"})), Rhythm(every=Every.WEEKLY, breaks_through=True)
        ),
    }

    found = tried(quick, made, instead=others)

    rule = rule_of(made.id, quick.store)
    alone = {
        name: len(
            tried(
                quick,
                replace(rule, subscription=replace(rule.subscription, filters=each.filters, rhythm=each.rhythm)),
            ).sent
        )
        for name, each in others.items()
    }
    assert found.instead == alone
    assert alone["critical"] == 1


def test_no_more_events_are_tried_than_is_said_and_those_are_the_latest(quick: Trying, ids: list[str]) -> None:
    for day, each in enumerate(ids[1:5]):
        publish(quick, each, titled(f"Title {day}"))
        quick.clock.advance(days=1)
    made = subscribed(quick, everything=True, filters=Filters(min_significance=Significance.ADMINISTRATIVE))

    cut, whole = tried(quick, made, most=2), tried(quick, made, most=5)

    assert (cut.is_cut, cut.events, whole.is_cut, whole.events) == (True, 2, False, 4)
    assert told(cut) == told(whole)[:2]
    assert cut.since == cut.sent[-1].at


def test_what_is_not_told_is_counted_by_month(quick: Trying, ids: list[str]) -> None:
    made = subscribed(quick, everything=True, filters=Filters(min_significance=Significance.CRITICAL))
    first = f"{quick.clock():%Y-%m}"
    publish(quick, ids[1], titled("First"))
    quick.clock.advance(days=40)
    publish(quick, ids[2], titled("Second"))

    found = tried(quick, made)

    assert set(found.untold_by_month) == set(found.by_month)
    counts = {month: count for month, count in found.untold_by_month.items() if count}
    assert (len(counts), first in counts, sum(counts.values())) == (2, True, sum(found.untold.values()))
