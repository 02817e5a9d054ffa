"""`monitor serve` as a process: it is killed, told things by signals, and has trouble with what is around it."""

import re
import resource
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import requests
from sqlalchemy import make_url

from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.mailbox import Mailbox
from monitor.storage import leases, subscriptions
from tests.databases import SLOW
from tests.loopback import Loopback, http
from tests.program import WITHDRAWN_LATER
from tests.service.processes import Served, Serving, eventually
from tests.studies import titled, together, verified_in

ON_POSTGRESQL = SLOW

CONFIG = """
[[watch]]
trials = ["{trial_id}"]
[[subscription]]
email = "anna@example.org"
all = true
[smtp]
port = {port}
"""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


def watching(mailbox: Mailbox | None = None, more: str = "") -> str:
    return CONFIG.format(trial_id=WITHDRAWN_LATER, port=mailbox.port if mailbox else 25) + more


def test_a_change_is_found_and_mailed_once_though_the_process_is_killed_in_between(
    serving: Serving, mailbox: Mailbox
) -> None:
    serving.configure(watching(mailbox))
    first = serving.start()
    assert first.says("registry checked")["trials"] == 1
    first.kill()
    serving.sandbox.next_state(WITHDRAWN_LATER)
    serving.make_due()

    second = serving.start()
    second.says("delivery delivered")
    second.kill()
    third = serving.start()
    third.says("active" if serving.store_url.startswith("sqlite") else "workers have begun")
    serving.look_now(third)
    third.says("registry checked")
    third.signal(signal.SIGTERM)

    assert third.ended() == 0
    assert [mail.email["Subject"] for mail in mailbox.messages] == [
        f"[critical] {WITHDRAWN_LATER}: Withdrawn – “Because economic problems”"
    ]
    assert second.says("trial changed")["trial_id"] == WITHDRAWN_LATER


def test_one_of_two_is_active_and_the_other_takes_over_when_it_is_killed(quick_serving: Serving) -> None:
    """On PostgreSQL, all of them share the work."""
    quick_serving.configure(watching())
    first = quick_serving.start()
    first.says("registry checked")
    second = quick_serving.start()
    assert str(first.process.pid) in second.says("standby")["active"]
    assert second.asked("/readyz") == (200, '{"status":"ok","standing":"standby","reasons":[]}')
    quick_serving.make_due()
    first.kill()

    # Asking how it is makes it look at the database, which it does every ten seconds by itself.
    eventually(lambda: '"leader"' in second.asked("/healthz")[1])

    second.says("registry checked")
    assert [line["event"] for line in first.lines].count("registry checked") == 1


def test_it_leaves_within_ten_seconds_while_a_registry_keeps_it_waiting(quick_serving: Serving) -> None:
    quick_serving.configure(watching())
    quick_serving.sandbox.misbehave("slow", seconds=60)
    served = quick_serving.start()
    eventually(lambda: quick_serving.sandbox.requests)

    asked_at = time.monotonic()
    served.signal(signal.SIGTERM)

    assert served.ended() == 0
    assert time.monotonic() - asked_at < 10
    with quick_serving.store.read() as tx:
        assert leases.get(tx, "scheduler") is None
    assert "leaving behind" in served.lines[-1]["event"]


def test_what_is_being_sent_is_finished_before_it_leaves(quick_serving: Serving, mailbox: Mailbox) -> None:
    """The receiver takes two seconds: the alert arrives, and is not sent again by the next process."""
    with Loopback(lambda _: slowly(2.0)) as hook:
        more = f'[webhooks]\nallow_networks = ["127.0.0.0/8"]\n[[subscription]]\nwebhook = "{hook.url}/"\nall = true\n'
        quick_serving.configure(watching(mailbox, more))
        served = quick_serving.start()
        served.says("registry checked")
        quick_serving.sandbox.next_state(WITHDRAWN_LATER)
        quick_serving.look_now(served)
        eventually(lambda: hook.requests)
        served.signal(signal.SIGTERM)

        assert served.ended() == 0
        again = quick_serving.start()
        again.says("active")
        assert eventually(lambda: again.asked("/metrics")[1].count('standing="delivered"} 2.0'))
        assert len(hook.requests) == 1


def slowly(seconds: float) -> Iterator[bytes]:
    time.sleep(seconds)
    yield http(status=204)


def test_a_good_configuration_is_taken_up_and_a_bad_one_is_named(quick_serving: Serving) -> None:
    other = next(each for each in quick_serving.sandbox.trial_ids() if each != WITHDRAWN_LATER)
    quick_serving.configure(watching())
    served = quick_serving.start()
    served.says("registry checked")

    quick_serving.configure(watching(more='[schedule]\ncheck_evry = "1h"'))
    served.signal(signal.SIGHUP)
    assert "check_every" in served.says("the configuration cannot be used")["reason"]
    quick_serving.configure(watching(more='[[subscription]]\nemail = "b@example.org"\nwatch = "nowhere"'))
    served.signal(signal.SIGHUP)
    assert "nowhere" in served.says("the configuration cannot be used", times=2)["reason"]
    quick_serving.configure(
        watching(more=f'[[watch]]\ntrials = ["{other}"]\n[web]\npublic_url = "http://other.example"')
    )
    quick_serving.look_now(served)

    assert served.says("the configuration was reread")["needs_a_restart"] == ["web"]
    assert served.says("registry checked", times=2)["trials"] == 1, "the other one needs no asking"
    assert served.asked("/healthz")[0] == 200


def test_a_full_disk_is_told_at_once_and_got_over(quick_serving: Serving) -> None:
    quick_serving.configure(watching())
    served = quick_serving.start()
    served.says("registry checked")
    assert served.asked("/healthz") == (200, '{"status":"ok","standing":"leader","reasons":[]}')
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (0, hard))

    status, body = eventually(lambda: (asked := served.asked("/healthz"))[0] == 503 and asked, within=10)
    assert "monitor.sqlite3" in body
    assert status == 503
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (hard, hard))

    eventually(lambda: served.asked("/healthz")[0] == 200)
    served.says("works again")
    assert served.process.poll() is None


def test_a_database_server_that_goes_away_is_told_and_got_over(
    serving_on_postgresql: Serving, postgres: str, postgres_url: str
) -> None:
    serving_on_postgresql.configure(watching())
    served = serving_on_postgresql.start()
    served.says("registry checked")
    serving_on_postgresql.store.close()
    name = make_url(postgres_url).database
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

        eventually(lambda: served.asked("/healthz")[0] == 503, within=10)
        assert "monitor_store_up 0.0" in served.asked("/metrics")[1]
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    eventually(lambda: served.asked("/healthz")[0] == 200)
    serving_on_postgresql.sandbox.next_state(WITHDRAWN_LATER)
    serving_on_postgresql.look_now(served)
    assert served.says("trial changed")["trial_id"] == WITHDRAWN_LATER


def test_who_subscribes_on_a_page_is_told_and_leaves_with_one_click(serving: Serving, mailbox: Mailbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    config = watching(mailbox).replace('[[subscription]]\nemail = "anna@example.org"\nall = true\n', "")
    serving.configure(config + f'[web]\nself_service = true\npublic_url = "http://{address}"\n')
    served = serving.start(bind=address)
    served.says("registry checked")
    with requests.Session() as reader:
        reader.trust_env = False
        asked = {"address": "anna@example.org", "about": "trial", "trial": WITHDRAWN_LATER}
        page = f"http://{address}/subscriptions/new"
        reader.post(page, data=asked | {"form": hidden(reader, page)}, timeout=20).raise_for_status()
        eventually(lambda: mailbox.messages)
        confirm = re.findall(r"http\S+/confirm/\S+", mailbox.messages[0].email.get_body(("plain",)).get_content())[0]
        reader.post(confirm, data={"form": hidden(reader, confirm)}, timeout=20).raise_for_status()
        serving.sandbox.next_state(WITHDRAWN_LATER)
        serving.look_now(served)
        eventually(lambda: len(mailbox.messages) > 1)
        leave = mailbox.messages[1].email["List-Unsubscribe"].strip("<>")
        left = reader.post(leave, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False, timeout=20)

    assert left.status_code == 200
    assert [mail.recipients for mail in mailbox.messages] == [("anna@example.org",)] * 2
    with serving.store.read() as tx:
        assert [str(each.state) for each in subscriptions.listing(tx)] == ["ended"]
    secrets = {confirm.rpartition("/")[2], leave.split("/")[-2]}
    assert not [line for line in served.lines if any(each in str(line) for each in secrets)]
    served.signal(signal.SIGTERM)
    assert served.ended() == 0


def hidden(reader: requests.Session, page: str) -> str:
    return re.findall(r'name="form" value="(\w+)"', reader.get(page, timeout=20).text)[0]


def test_an_address_that_is_taken_is_one_line(quick_serving: Serving) -> None:
    taken = quick_serving.start().address

    second = quick_serving.start(bind=taken)

    assert second.ended() == 2
    (line,) = second.lines
    assert line["event"].startswith(f"monitor: {taken} cannot be listened on (")


def test_the_heartbeat_is_called_after_a_whole_pass_and_only_then(quick_serving: Serving) -> None:
    with Loopback(lambda _: http(b"OK")) as pinged:
        more = f'[webhooks]\nallow_networks = ["127.0.0.0/8"]\n[operator]\nheartbeat = "{pinged.url}/ping/SECRET"\n'
        quick_serving.configure(watching(more=more))
        served = quick_serving.start()
        served.says("registry checked")
        eventually(lambda: pinged.requests)
        quick_serving.sandbox.misbehave("answer", status=404)
        quick_serving.look_now(served)
        served.says("registry not readable")
        quick_serving.sandbox.behave()
        quick_serving.look_now(served)
        served.says("registry checked", times=2)
        eventually(lambda: len(pinged.requests) > 1)

    assert [(request.method, request.target) for request in pinged.requests] == [("GET", "/ping/SECRET")] * 2
    assert "SECRET" not in str(served.lines)


@pytest.mark.slow
def test_a_thousand_half_requests_to_the_health_port_stop_no_check_and_no_alert(
    quick_serving: Serving, mailbox: Mailbox
) -> None:
    quick_serving.configure(watching(mailbox))
    served = quick_serving.start(limit=256)
    served.says("registry checked")
    with ExitStack() as held, _many_descriptors(1200):
        for _ in range(1000):
            connection = held.enter_context(served.connected())
            connection.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
        quick_serving.sandbox.next_state(WITHDRAWN_LATER)
        quick_serving.look_now(served)
        served.says("delivery delivered")

        assert len([*Path(f"/proc/{served.process.pid}/fd").iterdir()]) < 200
        assert served.asked("/healthz")[0] == 200
    assert len(mailbox.messages) == 1


@pytest.mark.slow
def test_all_that_strangers_do_at_once_delays_no_check_and_no_alert(quick_serving: Serving, mailbox: Mailbox) -> None:
    """1,100 half heads, 200 half bodies, 20 who ask for pages without end, 2,000 wrong passwords, for three looks."""
    more = '[web]\npublic = true\nmcp = true\npublic_url = "http://127.0.0.1:1"\n'
    quick_serving.configure(watching(mailbox, more))
    served = quick_serving.start()
    served.says("registry checked")
    quick_serving.sandbox.next_state(WITHDRAWN_LATER)
    quick_serving.look_now(served)
    served.says("delivery delivered")
    ended, tried, login = threading.Event(), Counter[int](), f"http://{served.address}/login"
    with ExitStack() as held, _many_descriptors(3000):
        crowd = [threading.Thread(target=_read_without_end, args=(served, ended)) for _ in range(20)]
        guessers = [(each := held.enter_context(requests.Session()), hidden(each, login)) for _ in range(8)]
        crowd += [threading.Thread(target=_guess, args=(login, *each, tried, ended)) for each in guessers]
        for each in crowd:
            each.start()
        held.callback(ended.set)
        took = []
        for number in range(3):
            for begun in [HALF_A_HEAD] * 370 + [HALF_A_FORM, HALF_A_CALL, HALF_A_BODY] * 24:
                connection = held.enter_context(served.connected())
                with suppress(OSError):
                    connection.sendall(begun)
            quick_serving.sandbox.edit(
                WITHDRAWN_LATER, together(titled(f"Name {number}"), verified_in(f"203{number}-01"))
            )
            began = time.monotonic()
            quick_serving.look_now(served)
            served.says("delivery delivered", times=number + 2)
            took.append(time.monotonic() - began)
            began = time.monotonic()
            assert served.asked("/healthz")[0] == 200
            assert time.monotonic() - began < 5
        ended.set()
        for each in crowd:
            each.join()
        assert served.asked("/healthz")[0] == 200

    assert max(took) < 15
    assert tried[429] > 1_500
    assert set(tried) <= {401, 403, 429, 503, 0}
    assert len(mailbox.messages) == 4
    assert len(served.lines) < 200, "nor is the log filled"


HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nX: "
HALF_A_FORM = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nname="
HALF_A_CALL = b"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
HALF_A_BODY = b"POST /api/v1/subscriptions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"


def _read_without_end(served: Served, ended: threading.Event) -> None:
    with requests.Session() as reader:
        reader.trust_env = False
        while not ended.is_set():
            with suppress(requests.RequestException):
                reader.get(f"http://{served.address}/changes.csv?min=administrative&q={time.monotonic()}", timeout=20)


def _guess(login: str, guesser: requests.Session, form: str, tried: Counter[int], ended: threading.Event) -> None:
    number = 0
    while number < 250 or not ended.is_set():
        number += 1
        fields = {"form": form, "name": "ada", "password": f"a guess, number {number}", "next": "/"}
        try:
            answer = guesser.post(login, data=fields, timeout=20, allow_redirects=False)
            tried[answer.status_code] += 1
        except requests.RequestException:
            tried[0] += 1


@contextmanager
def _many_descriptors(count: int) -> Iterator[None]:
    """Let this process have so many, for its own side of the connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, count), hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_mail_that_comes_back_is_the_last_one(quick_serving: Serving, mailbox: Mailbox, tmp_path: Path) -> None:
    """From the mail to the report in the Maildir, and from there to the endpoint; over HTTP it is no news then."""
    inboxes = Inboxes(mailbox, maildir=tmp_path / "bounces")
    inboxes.set_mailbox_way("bounce")
    more = f'[bounces]\naddress = "bounces@example.org"\nmaildir = "{tmp_path}/bounces"\nhook = true\n'
    quick_serving.configure(watching(mailbox, more))
    served = quick_serving.start(MONITOR_BOUNCES__TOKEN="a-token-of-twenty-signs")
    served.says("registry checked")
    quick_serving.sandbox.next_state(WITHDRAWN_LATER)
    quick_serving.look_now(served)
    served.says("delivery delivered")
    served.signal(signal.SIGHUP)  # so that nobody waits for a minute
    taken = served.says("mail came back")
    served.says("bounces were read")

    assert (taken["to"], taken["kind"]) == ("anna@example.org", "hard")
    assert taken["event"] == "mail came back: disabled", "the configuration names it, and no mail changes that"
    (report,) = (tmp_path / "bounces" / "cur").iterdir()
    answer = requests.post(
        f"http://{served.address}/hooks/bounces",
        data=report.read_bytes(),
        headers={"Content-Type": "message/rfc822", "Authorization": "Bearer a-token-of-twenty-signs"},
        timeout=20,
    )
    assert answer.json()["outcome"] == "repeated"
