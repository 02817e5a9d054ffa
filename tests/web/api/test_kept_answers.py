"""What programs ask for again and again is made once, until data change or somebody changes something."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import sleep

from requests import get
from sqlalchemy import Engine, event, update

from monitor.model.access import Permission
from monitor.storage import tables
from monitor.storage.index_tables import trial_index
from monitor.watching.indexing import index_missing
from monitor.web.api import BEGINS
from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api

TITLE = "As the database has it now"


def retitled(api: Api) -> None:
    """Write something that no version of the data tells of."""
    with api.outbox.store.begin() as tx:
        tx.execute(update(trial_index).values(title=TITLE))


@contextmanager
def statements(look: Callable[[str], None] = lambda _: None) -> Iterator[list[str]]:
    """What is asked of the database meanwhile; *look* is shown each before."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)
        look(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_an_answer_is_kept_for_whoever_may_ask_alike_until_somebody_changes_something(api: Api) -> None:
    index_missing(api.outbox.store, [api.outbox.registry])
    first = api.ask("/trials?limit=5", scope=Permission.READ)
    assert TITLE not in first.text
    retitled(api)

    again = api.ask("/trials?limit=5", scope=Permission.READ)
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert TITLE in api.ask("/trials?limit=6", scope=Permission.READ).text
    known = api.ask("/trials?limit=5", scope=Permission.READ, headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert api.ask("/trials?limit=5", scope=None).status_code == 401

    assert api.send("/tokens", {"name": "another"}).status_code == 201
    assert TITLE in api.ask("/trials?limit=5", scope=Permission.READ).text


def test_a_kept_answer_counts_as_any_other_and_is_compressed_where_that_is_accepted(api: Api) -> None:
    plain = api.ask(f"/trials/{WITHDRAWN_LATER}/record", headers={"Accept-Encoding": "identity"})
    squeezed = api.ask(f"/trials/{WITHDRAWN_LATER}/record", headers={"Accept-Encoding": "gzip"})

    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert squeezed.headers["ETag"] == plain.headers["ETag"][:-1] + '-gzip"'
    assert squeezed.content == plain.content
    remaining = [int(each.headers["RateLimit"].split("r=")[1].split(";")[0]) for each in (plain, squeezed)]
    assert remaining[0] == remaining[1] + 1


def test_what_many_ask_for_at_the_same_moment_is_made_once(api: Api) -> None:
    index_missing(api.outbox.store, [api.outbox.registry])
    headers = {"Authorization": f"Bearer {api.token(Permission.READ)}"}

    def ask(_: int) -> bytes:
        return get(f"{api.url}{BEGINS}/trials?limit=3", headers=headers, timeout=20).content

    def linger(statement: str) -> None:
        if "listed_trials" in statement:
            sleep(0.2)  # so that all of them have asked before it is done

    with statements(linger) as asked, ThreadPoolExecutor(6) as asking:
        answers = set(asking.map(ask, range(6)))

    assert (len(answers), sum("listed_trials" in each for each in asked)) == (1, 1)


def test_an_answer_stays_while_looks_find_nothing_new(api: Api) -> None:
    index_missing(api.outbox.store, [api.outbox.registry])
    first = api.read("/trials?limit=5", scope=Permission.READ)
    retitled(api)
    api.outbox.clock.advance(minutes=5)
    api.outbox.check()
    api.answering.site.proof.forget()

    assert api.read("/trials?limit=5", scope=Permission.READ) == first


def test_what_is_answered_of_a_trial_stays_while_others_change(api: Api) -> None:
    listed, *own = ("/trials?limit=5", *(f"/trials/{WITHDRAWN_LATER}{each}" for each in ("", "/changes", "/snapshots")))
    before = {each: api.read(each) for each in (listed, *own)}
    other = next(each for each in api.outbox.sandbox.trial_ids() if each != WITHDRAWN_LATER)
    api.outbox.watch(other)
    api.outbox.check(other)
    index_missing(api.outbox.store, [api.outbox.registry])
    api.answering.site.proof.forget()
    retitled(api)
    with statements() as asked:
        assert {each: api.read(each) for each in own} == {each: before[each] for each in own}
    assert len([each for each in asked if "settlements" in each]) == len(own), "each was asked for its version alone"
    assert len(api.read(listed)["data"]) == 2

    api.outbox.sandbox.next_state(WITHDRAWN_LATER)
    api.outbox.clock.advance(days=1)
    api.outbox.check(WITHDRAWN_LATER)
    api.answering.site.proof.forget()
    assert all(api.read(each) != before[each] for each in own)


def test_who_asks_while_an_answer_is_made_anew_is_given_the_former_one(api: Api) -> None:
    path = f"/trials/{WITHDRAWN_LATER}"
    former = api.read(path)["state"]
    with api.outbox.store.begin() as tx:
        tx.execute(tables.watched_trials.delete())
    api.answering.site.proof.forget()
    asks, may_go_on = Event(), Event()

    def wait(statement: str) -> None:
        if "quarantine" in statement:
            asks.set()
            may_go_on.wait(20)

    with statements(wait), ThreadPoolExecutor(1) as asking:
        first = asking.submit(api.read, path)
        try:
            assert asks.wait(20)
            assert api.ask(path).json()["state"] == former
            assert not first.done()
        finally:
            may_go_on.set()
        assert first.result()


def test_what_tells_how_the_service_is_is_never_kept(api: Api) -> None:
    before = api.read("/health")["watched"]
    with api.outbox.store.begin() as tx:
        tx.execute(tables.watched_trials.delete())
    api.answering.site.proof.forget()

    assert (before, api.read("/health")["watched"]) == (1, 0)
