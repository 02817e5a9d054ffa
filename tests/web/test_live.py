"""Pages that are open hear of changes; and what that costs."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.model import Settlement
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import settlements
from monitor.storage.store import Store
from monitor.web.feeds import live
from monitor.web.site.asked import NOBODY
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.reading_site import READER, ReadingSite


@pytest.fixture
def site(quick_store: Store, sandbox: Sandbox, tmp_path: Path, monkeypatch) -> Iterator[ReadingSite]:
    monkeypatch.setattr(live, "LOOKS_EVERY", 0.05)
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    with ReadingSite(outbox) as running:
        yield running
    outbox.registry.close()


class Stream:
    """What comes, line by line."""

    def __init__(self, answer):
        self.status = answer.status_code
        self.headers = answer.headers
        self._lines = answer.iter_lines(chunk_size=1, decode_unicode=True)

    def next(self, beginning: str) -> str:
        return next(line for line in self._lines if line.startswith(beginning))


@contextmanager
def stream_of(site: ReadingSite, path: str):
    with site.session.get(site.url + path, stream=True, timeout=20) as answer:
        yield Stream(answer)


def change(site: ReadingSite) -> None:
    site.outbox.sandbox.next_state(WITHDRAWN_LATER)
    site.outbox.clock.advance(minutes=1)
    site.outbox.check(WITHDRAWN_LATER)


def address_in(page: str) -> str:
    return re.search(r'data-live="([^"]+)"', page)[1].replace("&amp;", "&")


def test_an_open_page_hears_how_much_came_since_it_was_made(site):
    home, trial = (address_in(site.get(path).text) for path in ("/", f"/trials/{WITHDRAWN_LATER}"))

    with stream_of(site, home) as everything, stream_of(site, trial) as one:
        assert everything.headers["content-type"].startswith("text/event-stream")
        assert everything.next("retry:")
        assert one.next("retry:")
        change(site)
        assert everything.next("data:") == "data: 3 new changes"
        assert one.next("data:") == "data: 3 new changes"


def test_a_page_with_filters_hears_of_what_they_let_through(site, monkeypatch):
    """What *Show* would bring: of a withdrawal, its status is critical and its enrollment is not of that topic."""
    home, other, none = (address_in(site.get(f"/?{query}").text) for query in ("topic=status", "topic=sites", "q=zzz"))
    change(site)

    with stream_of(site, home) as stream:
        said = stream.next("data:")
    site.forget()
    shown = int(re.search(r"(\d+) changes? in", site.get("/?topic=status").text)[1])
    assert said == f"data: {live.in_words(shown)}"
    monkeypatch.setattr(live, "LASTS", 0.2)
    for address in (other, none):
        with stream_of(site, address) as stream, pytest.raises(StopIteration):
            stream.next("data:")


def test_what_is_held_back_is_heard_once_it_is_told(site):
    home = address_in(site.get("/").text)
    change(site)
    registry = site.outbox.registry.key
    held = f"{registry}/{WITHDRAWN_LATER}/2"
    with site.outbox.store.begin() as tx:
        settlements.pend(tx, registry, {held: 1})
        settlements.record(tx, [held], Settlement.HELD, at=None)

    with stream_of(site, home) as stream:
        assert stream.next("retry:")
        threading.Event().wait(0.2)
        with site.outbox.store.begin() as tx:
            settlements.forget(tx, [held])
        assert stream.next("data:") == "data: 3 new changes"


def test_what_came_while_nobody_listened_is_said_at_once(site):
    home = address_in(site.get("/").text)
    change(site)

    with stream_of(site, home) as stream:
        assert stream.next("data:") == "data: 3 new changes"


def test_a_page_that_has_it_all_hears_nothing(site, monkeypatch):
    monkeypatch.setattr(live, "LASTS", 0.2)
    change(site)
    site.forget()

    with stream_of(site, address_in(site.get("/").text)) as stream, pytest.raises(StopIteration):
        stream.next("data:")


def test_of_another_trial_nothing_is_said(site, monkeypatch):
    monkeypatch.setattr(live, "LASTS", 0.3)
    with stream_of(site, "/live?trial=NCT90000001") as stream:
        change(site)
        with pytest.raises(StopIteration):
            stream.next("data:")


def test_there_are_only_so_many_streams_and_a_browser_is_told_to_let_it_be(site, monkeypatch):
    monkeypatch.setattr(live, "MOST_OF_A_NETWORK", 1)

    with stream_of(site, "/live") as first:
        first.next("retry:")
        with stream_of(site, "/live") as second:
            assert second.status == 204


def test_nobody_hears_of_what_they_may_not_see(quick_store, sandbox, tmp_path):
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with ReadingSite(outbox, visitor=NOBODY, is_public=False) as site:
        with stream_of(site, "/live") as refused:
            assert refused.status == 403
        site.visitor = READER
        with stream_of(site, "/live") as allowed:
            assert allowed.status == 200
            allowed.next("retry:")
    outbox.registry.close()


@pytest.mark.parametrize("query", ["trial=nothing", "trial=" + "x" * 300])
def test_a_trial_that_is_none_is_not_found(site, query):
    with stream_of(site, f"/live?{query}") as stream:
        assert stream.status == 404


def test_an_event_that_is_none_is_no_failure(site, monkeypatch):
    monkeypatch.setattr(live, "LASTS", 0.2)
    with stream_of(site, "/live?after=' OR 1=1") as stream:
        assert stream.status == 200


def test_a_stream_ends_with_the_service_in_time(quick_store, sandbox, tmp_path):
    """The site asserts that it stopped in time."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    with ReadingSite(outbox) as site:
        answer = site.session.get(site.url + "/live", stream=True, timeout=20)
        Stream(answer).next("retry:")
    answer.close()
    outbox.registry.close()


def test_once_nobody_listens_nothing_runs(site, monkeypatch):
    looks = []
    monkeypatch.setattr(live.Live, "_read_latest", lambda self: looks.append(1))

    with stream_of(site, "/live") as stream:
        stream.next("retry:")
    waiting = threading.Event()
    waiting.wait(0.4)
    so_far = len(looks)
    waiting.wait(0.4)

    assert len(looks) == so_far
