"""What watches are called is told to those who may read here, and to nobody else: on pages, in feeds, by the API."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from monitor.changes.membership import Membership, joined, left
from monitor.changes.watch_names import unnamed
from monitor.model import Change, Difference, Event, Search, Significance
from monitor.model.access import Permission
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import events, snapshots
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
