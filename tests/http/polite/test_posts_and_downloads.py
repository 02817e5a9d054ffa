"""Questions that are not a plain GET: a search that is posted, and a file that is too large to be held in memory."""

import tempfile
import tracemalloc

import pytest

from monitor.errors import AnswerTooLarge, RegistryUnreachable
from tests.loopback import RESET, Pause, http


def test_a_search_is_posted_with_its_body_and_asked_again_after_a_fault(session, serve):
    server = serve(http(b"", 503), http(b'{"data":[]}'))

    answer = session.post(server.url, b'{"page":1}', headers={"Content-Type": "application/json"})

    assert answer.body == b'{"data":[]}'
    assert [request.method for request in server.requests] == ["POST", "POST"]
    assert {request.body for request in server.requests} == {b'{"page":1}'}
    assert server.requests[0].headers["content-type"] == "application/json"


def test_a_download_goes_into_the_file_and_not_into_memory(hurried, serve):
    server, whole = serve(http(bytes(range(256)) * 80_000)), 256 * 80_000
    session = hurried()
    with tempfile.TemporaryFile() as file:
        tracemalloc.start()
        try:
            answer = session.download(server.url, file, size_cap=whole, deadline=20)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

        assert (answer.status, answer.body) == (200, b"")
        assert file.seek(0, 2) == whole == session.traffic.bytes
        assert peak < 4_000_000


def test_a_download_that_broke_off_begins_anew(session, serve):
    good = http(b"the whole file")
    server = serve([good[:-4], RESET], good)
    with tempfile.TemporaryFile() as file:
        session.download(server.url, file, size_cap=100, deadline=20)
        file.seek(0)

        assert file.read() == b"the whole file"
    assert len(server.requests) == 2


def test_a_download_stops_at_its_cap(hurried, serve):
    session, server = hurried(), serve(http(b"y" * 5_000_000))
    with tempfile.TemporaryFile() as file:
        with pytest.raises(AnswerTooLarge, match="more than 100,000 bytes"):
            session.download(server.url, file, size_cap=100_000, deadline=20)

        assert file.seek(0, 2) <= 100_000
    assert session.traffic.bytes < 300_000


def test_a_download_has_a_deadline_of_its_own(hurried, serve):
    server = serve(lambda _: [http(b"x" * 100)[:60], Pause(60)])
    session = hurried(deadline=60)
    # On a busy machine the head may not have come by then.
    with (
        tempfile.TemporaryFile() as file,
        pytest.raises(RegistryUnreachable, match=r"no whole answer within|no answer within 0\.[34]"),
    ):
        session.download(server.url, file, size_cap=1000, deadline=0.4)
