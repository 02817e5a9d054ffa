"""Sessions that share a pace: what a server asks of one of them, all do. On real time, which a row keeps."""

from collections.abc import Callable, Iterator

import pytest

from monitor.errors import RegistryUnreachable
from monitor.http.polite import PoliteSession
from monitor.storage.shared_pace import SharedPace
from monitor.storage.store import Store
from tests.http.polite.sessions import AGENT, Clock
from tests.loopback import Loopback, http


@pytest.fixture
def connect(quick_store: Store) -> Iterator[Callable[..., PoliteSession]]:
    """Sessions as other processes would have them, each with a clock on which time passes in sleep alone."""
    made: list[PoliteSession] = []

    def make(clock: Clock, *, deadline: float = 120) -> PoliteSession:
        session = PoliteSession(
            requests_per_second=0.1,
            user_agent=AGENT,
            pace=SharedPace(quick_store),
            deadline=deadline,
            monotonic=clock,
            sleep=clock.sleep,
            random=lambda: 1.0,
        )
        made.append(session)
        return session

    yield make
    for session in made:
        session.close()


Connect = Callable[..., PoliteSession]
Serve = Callable[..., Loopback]


def about(seconds: float) -> object:
    """That, less what passed since on a busy machine."""
    return pytest.approx(seconds - 3, abs=3.01)


def test_no_session_starts_a_request_before_the_pace_of_all_allows(connect: Connect, serve: Serve) -> None:
    server, clocks = serve(http(b"{}")), [Clock() for _ in range(3)]
    for clock in clocks:
        connect(clock).get(server.url)

    assert [clock.now for clock in clocks] == [about(0), about(10), about(20)]
    assert len(server.requests) == 3


def test_a_server_elsewhere_has_a_pace_of_its_own(connect: Connect, serve: Serve) -> None:
    connect(Clock()).get(serve(http(b"{}")).url)
    clock = Clock()
    connect(clock).get(serve(http(b"{}")).url)

    assert clock.now == 0


def test_a_pause_that_one_is_asked_for_is_kept_by_the_others(connect: Connect, serve: Serve) -> None:
    server = serve(http(status=429, headers={"Retry-After": "100"}), http(b"{}"))
    connect(Clock()).get(server.url)
    clock = Clock()
    connect(clock).get(server.url)

    assert clock.now == about(110), "behind the turn that the first one took after its pause"


def test_a_server_that_has_too_much_to_do_is_given_time_by_all(connect: Connect, serve: Serve) -> None:
    server = serve(http(status=429))
    with pytest.raises(RegistryUnreachable):
        connect(Clock()).get(server.url)
    clock = Clock()
    with pytest.raises(RegistryUnreachable, match="4 times"):
        connect(clock).get(server.url)

    assert clock.slept[0] > 50, "and not at once"


def test_a_server_that_wants_to_be_left_alone_for_long_is_asked_by_none(connect: Connect, serve: Serve) -> None:
    server = serve(http(status=503, headers={"Retry-After": "3000"}))
    with pytest.raises(RegistryUnreachable, match="3000 s"):
        connect(Clock()).get(server.url)
    other = connect(Clock())
    with pytest.raises(RegistryUnreachable, match=r"asks to be left alone for [23][0-9]{3} s more"):
        other.get(server.url)

    assert other.left_alone_for == about(3000)
    assert len(server.requests) == 1


def test_somebody_who_waits_is_told_of_a_pause_and_does_not_sit_through_it(connect: Connect, serve: Serve) -> None:
    server = serve(http(status=503, headers={"Retry-After": "100"}))
    with pytest.raises(RegistryUnreachable):
        connect(Clock()).get(server.url)
    clock = Clock()
    with pytest.raises(RegistryUnreachable, match="left alone"):
        connect(clock, deadline=20).get(server.url)

    assert clock.now == 0


def test_a_pause_that_others_were_asked_for_moves_the_deadline(
    connect: Connect, serve: Serve, quick_store: Store
) -> None:
    def refuse_and_tell(_request: object) -> bytes:
        SharedPace(quick_store).leave_alone(server.host, 90)
        return http(status=500)

    server = serve(refuse_and_tell, http(b"late"))
    clock = Clock()

    assert connect(clock, deadline=100).get(server.url).body == b"late"
    assert clock.now == about(101)
