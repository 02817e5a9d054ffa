"""What programs ask for again and again is made once, until data change or somebody changes something."""

from concurrent.futures import ThreadPoolExecutor
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
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "listed_trials" in statement:
            made.append(statement)
            sleep(0.2)  # so that all of them have asked before it is done

    def ask(_: int) -> bytes:
        return get(f"{api.url}{BEGINS}/trials?limit=3", headers=headers, timeout=20).content

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with ThreadPoolExecutor(6) as asking:
            answers = set(asking.map(ask, range(6)))
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert (len(answers), len(made)) == (1, 1)


def test_what_tells_how_the_service_is_is_never_kept(api: Api) -> None:
    before = api.read("/health")["watched"]
    with api.outbox.store.begin() as tx:
        tx.execute(tables.watched_trials.delete())
    api.answering.site.proof.forget()

    assert (before, api.read("/health")["watched"]) == (1, 0)
