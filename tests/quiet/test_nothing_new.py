"""A check in which nothing is new costs one question and three statements; when in doubt, the whole pass is made."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from monitor.clock import utc_now
from tests.loopback import RESET, Pause, gzipped, http
from tests.quiet.world import AS_BEFORE, KEY, TRIALS, World


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the driver is asked, but for settings and what begins and ends a transaction."""
    sent: list[str] = []
    connect = sqlite3.connect

    def note(statement: str) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "COMMIT")):
            sent.append(statement.split()[0])

    def traced(*given: Any, **more: Any) -> sqlite3.Connection:
        connection = connect(*given, **more)
        connection.set_trace_callback(note)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return sent


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_nothing_new_costs_one_request_one_query_one_turn_and_one_write(
    world: World, statements: list[str], options: tuple[str, ...]
) -> None:
    attempt, ran = world.quietly(*options)

    assert attempt.is_done
    assert [target for target, _ in ran.requests] == ["/version"]
    assert statements[:3] == ["WITH", "INSERT", "UPDATE"]
    assert set(statements[3:]) == {"SELECT"}  # those of the test itself


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_it_prints_asks_and_writes_is_what_the_whole_pass_does(world: World, options: tuple[str, ...]) -> None:
    _, quiet = world.quietly(*options)
    whole = world.wholly(*options)

    assert (quiet.status, quiet.out, quiet.err, quiet.requests) == (0, whole.out, whole.err, whole.requests)
    assert "11 of 11 verified as of" in quiet.out or len(quiet.out.splitlines()) == 12


def test_when_the_registry_was_asked_is_remembered(world: World) -> None:
    before = world.tables()["registries"]
    world.quietly()
    after = world.tables()["registries"]

    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert after[0][3] > before[0][3]  # type: ignore[operator]


NEWER = f'{{"apiVersion": "2.0.5", "dataTimestamp": "{utc_now():%Y-%m-%d}T00:00:00"}}'.encode()


@pytest.mark.parametrize(
    "answer",
    [
        http(NEWER, headers={"ETag": '"newer"'}),
        gzipped(NEWER),
        http(b"<html>", content_type="text/html"),
        http(b"", 301, headers={"Location": "/elsewhere"}),
        http(b"", 403),
    ],
    ids=["newer", "squeezed", "html", "redirect", "turned away"],
)
def test_an_answer_that_tells_something_is_handed_on_and_not_asked_for_again(world: World, answer: bytes) -> None:
    world.answer = answer
    file, tables = world.file.read_bytes(), world.tables()
    attempt, ran = world.quietly("--json")
    handed = world.wholly("--json", asked=attempt.asked)
    world.file.write_bytes(file)
    alone = world.wholly("--json")

    assert (attempt.is_done, ran.out, ran.err, ran.tables) == (False, "", "", tables)
    assert ran.requests + handed.requests == alone.requests
    assert (handed.status, handed.out, handed.err) == (alone.status, alone.out, alone.err)


@pytest.mark.parametrize(
    "answer",
    [
        [RESET],
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",
        http(b"x" * 70_000),
        http(NEWER, headers={"Content-Encoding": "br"}),
        b"HTTP/1.1 200 OK\r\nETag: a\r\netag: b\r\n\r\n{}",
        b"no HTTP",
    ],
    ids=["reset", "cut", "large", "squeezed otherwise", "two etags", "something else"],
)
def test_an_answer_that_is_none_is_left_to_the_whole_pass(world: World, answer: Any) -> None:
    world.answer = answer
    attempt, ran = world.quietly()

    assert (attempt.is_done, attempt.asked.requests) == (False, [])
    assert (ran.out, ran.err, ran.requests[1:]) == ("", "", [])


def unreadable(world: World) -> None:
    world.file.write_bytes(b"no database at all")


def absent(world: World) -> None:
    world.file.unlink()


def watching(world: World) -> None:
    world.configure(f'[[watch]]\ntrials = ["{TRIALS[0]}"]\n')


def wrong(world: World) -> None:
    world.configure("[nonsense]\n")


def proxied(world: World) -> None:
    world.configure('[network]\nproxy = "http://127.0.0.1:9"\n')


@pytest.mark.parametrize("spoil", [unreadable, absent, watching, wrong, proxied], ids=lambda spoil: spoil.__name__)
def test_it_gives_up_without_a_question(world: World, spoil: Callable[[World], None]) -> None:
    spoil(world)
    files = sorted(world.folder.iterdir())
    attempt, ran = world.quietly()

    assert not attempt.is_done
    assert (ran.out, ran.err, ran.requests) == ("", "", [])
    assert sorted(world.folder.iterdir()) == files


def test_it_waits_for_nobody_who_is_writing(world: World) -> None:
    connection = sqlite3.connect(world.file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    attempt, ran = world.quietly()
    connection.close()

    assert not attempt.is_done
    assert (ran.out, ran.err, ran.requests) == ("", "", [])


def test_it_asks_nothing_while_the_server_wants_to_be_left_alone(world: World) -> None:
    world.run("check")
    host = urlsplit(world.server.url).netloc
    world.change("UPDATE paces SET left_alone_until = next_start + 60 WHERE host = :host", host=host)
    attempt, ran = world.quietly()

    assert not attempt.is_done
    assert (ran.out, ran.err, ran.requests) == ("", "", [])


def test_it_waits_for_its_turn(world: World) -> None:
    world.run("check")
    world.config.write_text(world.config.read_text("utf-8").replace("second = 1000", "second = 1"), "utf-8")
    began = time.time()
    world.change("UPDATE paces SET next_start = :soon", soon=began + 0.5)
    attempt, _ = world.quietly()

    assert attempt.is_done
    assert time.time() > began + 0.49


def test_a_version_that_another_process_saw_meanwhile_is_not_written_over(world: World) -> None:
    def answer() -> Any:
        world.change("UPDATE registries SET version_stamp = '2026-11-01T09:00:00' WHERE registry = :key", key=KEY)
        yield AS_BEFORE

    world.answer = answer()
    attempt, ran = world.quietly()

    assert not attempt.is_done
    assert ran.tables["registries"][0][1] == b"2026-11-01T09:00:00"


def test_who_interrupts_it_sees_no_fault_of_the_program(world: World) -> None:
    world.answer = [Pause(20)]
    command = [sys.executable, "-m", "monitor", "--config", str(world.config), "check"]
    former = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins without it
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, former)
    with process:
        while not world.server.requests:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out, err) == (130, b"", b"")
