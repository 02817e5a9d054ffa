"""Which watches there are is told to those who may read here alone: on pages, in feeds, by the API, in mails."""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import update

from monitor.access import tokens
from monitor.alerts.owing import owe_deliveries
from monitor.changes.membership import Membership, joined, left
from monitor.changes.watch_names import unnamed
from monitor.model import Change, Difference, Event, Rhythm, Search, Significance
from monitor.model.access import Permission
from monitor.model.rhythm import Every
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import events, snapshots, tables, watches
from monitor.storage.store import Store
from monitor.watching.indexing import index_missing
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api
from tests.web.reading_site import READER, ReadingSite

NAME = "Project Falcon"
FOUND = Membership(search=Search(sponsor="Harbour"), watch_id=1, watch=NAME, listed=date(2026, 11, 1))
SIBLING = Membership(search=Search(), watch_id=7, watch=NAME, sibling_of=("drks.de", "DRKS00000001"))


def weighed(difference: Difference) -> Change:
    values = {each.name: getattr(difference, each.name) for each in fields(Difference)}
    return Change(**values, significance=Significance.MAJOR)


@pytest.fixture(scope="module")
def outbox(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutboxHarness]:
    """A trial that a search found, and lost again."""
    folder = tmp_path_factory.mktemp("names")
    (folder / "monitor.sqlite3").write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{folder}/monitor.sqlite3")
    with Sandbox(trials=6) as sandbox:
        outbox = OutboxHarness(store, sandbox, folder)
        outbox.watch(WITHDRAWN_LATER)
        outbox.check()
        registry = outbox.registry
        with store.begin() as tx:
            taken = snapshots.get(tx, registry.key, WITHDRAWN_LATER, 1)
            record = registry.parse(taken.document, taken.taken_at)
            changes = (
                *map(weighed, joined(record, FOUND)),
                weighed(left(record, FOUND, (), None, on=outbox.clock().date())),
            )
            told = Event(
                registry=registry.key,
                trial_id=WITHDRAWN_LATER,
                snapshot=1,
                occurred_at=outbox.clock(),
                changes=changes,
            )
            events.add(tx, [told])
        index_missing(store, [registry])
        yield outbox
        registry.close()
    store.close()


PAGES = (
    "/?since=all",
    f"/trials/{WITHDRAWN_LATER}",
    f"/trials/{WITHDRAWN_LATER}/changes/1",
    "/changes.atom",
    "/changes.json",
    "/changes.csv",
    f"/trials/{WITHDRAWN_LATER}/changes.atom",
)


def test_pages_and_feeds_name_a_watch_to_readers_alone(outbox: OutboxHarness) -> None:
    with ReadingSite(outbox) as site:
        public = {path: site.get(path) for path in PAGES}
        site.visitor = READER
        read = {path: site.get(path) for path in PAGES}

    assert {answer.status_code for answer in (*public.values(), *read.values())} == {200}
    assert [path for path, answer in public.items() if NAME in answer.text] == []
    assert NAME in read[f"/trials/{WITHDRAWN_LATER}/changes/1"].text
    assert NAME in read["/changes.json"].text


def test_the_api_names_it_to_tokens_that_may_read_alone(outbox: OutboxHarness) -> None:
    paths = (
        "/changes?since=2020-01-01",
        f"/trials/{WITHDRAWN_LATER}",
        f"/trials/{WITHDRAWN_LATER}/changes",
        f"/trials/{WITHDRAWN_LATER}/snapshots",
    )
    with Api(outbox, is_public=True) as api:
        public = {path: api.ask(path, scope=None) for path in paths}
        read = api.ask(paths[0], scope=Permission.READ)

    assert {answer.status_code for answer in public.values()} == {200}
    assert [path for path, answer in public.items() if NAME in answer.text] == []
    assert "the watch of trials that Harbour leads" in public[paths[0]].text
    assert NAME in read.text


@pytest.mark.parametrize("found", [FOUND, SIBLING])
def test_the_sentence_says_the_same_without_the_name(outbox: OutboxHarness, found: Membership) -> None:
    with outbox.store.read() as tx:
        taken = snapshots.get(tx, outbox.registry.key, WITHDRAWN_LATER, 1)
    record = outbox.registry.parse(taken.document, taken.taken_at)
    named = (weighed(joined(record, found)[0]), weighed(left(record, found, (), None, on=date(2026, 11, 28))))

    assert all(NAME in str(each) for each in named)
    for each in unnamed(named):
        assert NAME not in str(each)
        assert ("atch 7" if found.sibling_of else "the watch of trials that Harbour leads") in each.summary
    assert unnamed(unnamed(named)) == unnamed(named)


ASKED = ("1", NAME, "77", "nonsense", "drop table")


def test_who_may_not_read_here_cannot_find_out_which_watches_there_are(outbox: OutboxHarness) -> None:
    """The answer is the same for a watch that there is, by number or by name, and for one that there is not."""
    with outbox.store.begin() as tx:
        watches.add_search(
            tx, registry=outbox.registry.key, search=FOUND.search, origin="command", name=NAME, at=outbox.clock()
        )
    paths = ("/?watch={}", "/changes.atom?watch={}", "/changes.csv?watch={}", "/watches/{}", "/watches/{}.ics")

    def answers(site: ReadingSite, path: str) -> set[tuple[int, str, str]]:
        """The status, what is said, and where it leads to."""
        found = [site.get(path.replace("{}", quote(each))) for each in ASKED]
        return {
            (
                got.status_code,
                " ".join(re.findall(r"<h1>.*?</h1>|<p class=.lead.>.*?</p>", got.text)),
                got.headers.get("Location", "").partition("?")[0],
            )
            for got in found
        }

    with ReadingSite(outbox) as site:
        public = {path: answers(site, path) for path in paths}
        site.visitor = READER
        read = [site.get(f"/?watch={quote(each)}").status_code for each in ASKED]

    assert {path: len(each) for path, each in public.items()} == dict.fromkeys(paths, 1)
    assert read == [200, 200, 404, 404, 404]


def test_the_api_says_the_same_of_every_watch_and_group_without_a_token(outbox: OutboxHarness) -> None:
    with Api(outbox, is_public=True) as api:
        asked = [
            api.ask(f"/{path}?{name}={quote(each)}", scope=None)
            for path in ("changes", "trials")
            for name in ("watch", "group")
            for each in ASKED
        ]
        read = api.ask("/changes?watch=1", scope=Permission.SUBSCRIBE)

    assert {answer.status_code for answer in asked} == {422}
    assert {answer.json()["detail"].partition(": ")[2] for answer in asked} == {
        "Which watches and groups there are is told to tokens that may read."
    }
    assert read.status_code == 200


def test_a_private_feed_may_name_a_watch(outbox: OutboxHarness) -> None:
    with ReadingSite(outbox, is_public=False) as site:
        token = tokens.add("feeds", Permission.READ, site.site.access, now=outbox.clock()).text
        feed = site.get(f"/feeds/{token}/changes.json?watch=1&min=administrative")

    assert feed.status_code == 200
    assert NAME in feed.text


@pytest.mark.parametrize("rhythm", [Rhythm(), Rhythm(every=Every.DAILY)])
def test_a_stranger_who_subscribed_is_not_told_what_a_watch_is_called(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path, rhythm: Rhythm
) -> None:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    outbox.subscribe("colleague@example.org", channel="email", rhythm=rhythm)
    stranger = outbox.subscribe("stranger@example.org", channel="email", rhythm=rhythm).subscription
    registry = outbox.registry
    with quick_store.begin() as tx:
        tx.execute(update(tables.subscriptions).where(tables.subscriptions.c.id == stranger.id).values(origin="web"))
        taken = snapshots.get(tx, registry.key, WITHDRAWN_LATER, 1)
        found = joined(registry.parse(taken.document, taken.taken_at), FOUND)
        event = Event(
            registry=registry.key,
            trial_id=WITHDRAWN_LATER,
            snapshot=1,
            occurred_at=outbox.clock(),
            changes=tuple(map(weighed, found)),
        )
        events.add(tx, [event])
        owe_deliveries(tx, [event], registry.key, now=outbox.clock())
    outbox.clock.advance(days=1)
    outbox.deliver()
    registry.close()

    said = {message.endpoint.shown: message.body for message in outbox.channel.came}
    assert said.keys() == {"colleague@example.org", "stranger@example.org"}
    assert named_in(said["colleague@example.org"]) == rhythm.is_immediate, "a digest names no watch"
    assert not named_in(said["stranger@example.org"])
    assert ("trials that Harbour leads" in text_of(said["stranger@example.org"])) == rhythm.is_immediate


def text_of(body: bytes) -> str:
    """The text of a mail, its lines joined."""
    plain = message_from_bytes(body, policy=policy.default).get_body(("plain",))
    assert plain is not None
    return " ".join(plain.get_content().split())


def named_in(body: bytes) -> bool:
    mail = message_from_bytes(body, policy=policy.default)
    return NAME in str(mail["Subject"]) or any(
        NAME in " ".join(part.get_content().split()) for part in mail.walk() if part.get_content_maintype() == "text"
    )
