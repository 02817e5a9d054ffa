"""Chat rooms: what is allowed, what arrives at a real server, and that nobody ever reads an address."""

import json
import logging
import threading
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from monitor.channels.chat.transport import MOST_UNDER_WAY, ChatTransport, checked_chat_url, shown_chat
from monitor.config import Config
from monitor.errors import ConfigurationInvalid, DeliveryDeferred, DeliveryFailed, DeliveryRejected
from monitor.http.guarded import GuardedSession
from monitor.model import Endpoint, Message
from tests.loopback import RESET, Loopback, Pause, drip, http

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "hunter2hunter2hunter2"
TEXT = "[critical] NCT02116634 – Honey <b>\n• 60 → 0 & “more”"


def message(address: str) -> Message:
    endpoint = Endpoint(id="1", channel="chat", shown=shown_chat(address), address=address)
    return Message(delivery_id="d", endpoint=endpoint, body=TEXT.encode())


def room(server: Loopback) -> str:
    """A Mattermost room on the server."""
    return f"mmost://trials@{server.host}/{SECRET}"


@pytest.fixture
def channel() -> Iterator[ChatTransport]:
    channel = channel_to("mmost")
    yield channel
    channel.close()


def channel_to(*schemas: str, allow: Sequence[str] = ("127.0.0.0/8",), deadline: float = 10) -> ChatTransport:
    session = GuardedSession(user_agent="test", allow_networks=allow, deadline=10)
    return ChatTransport(schemas, session=session, deadline=deadline)


def refusal(channel: ChatTransport, address: str) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        channel.send(message(address), now=NOON)
    return caught.value


# Sending


class Room(BaseHTTPRequestHandler):
    """Takes a post, and keeps it."""

    posts: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        self.posts.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_message_arrives_once_and_as_it_was_written(channel):
    Room.posts.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Room) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        taken = channel.send(message(f"mmost://127.0.0.1:{server.server_port}/{SECRET}"), now=NOON)
        server.shutdown()

    [(path, post)] = Room.posts
    assert taken.outcome == "taken"
    assert path == f"/hooks/{SECRET}"
    assert json.loads(post)["text"] == TEXT


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_a_refusal_is_deferred_with_its_status(channel, status):
    with Loopback(lambda request: http(b"no", status)) as server:
        failure = refusal(channel, room(server))

    assert isinstance(failure, DeliveryDeferred)
    assert str(failure) == f"mmost://***: the service did not take the message, and answered {status}"
    assert failure.status == status


def test_a_redirect_is_not_followed(channel):
    with Loopback(lambda request: http(b"ok")) as elsewhere:
        answer = http(status=302, headers={"Location": f"{elsewhere.url}/in"})
        with Loopback(lambda request: answer) as server:
            failure = refusal(channel, room(server))

    assert isinstance(failure, DeliveryDeferred)
    assert elsewhere.requests == []
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_deferred(channel):
    failure = refusal(channel, f"mmost://127.0.0.1:1/{SECRET}")

    assert isinstance(failure, DeliveryDeferred)
    assert str(failure) == "mmost://***: the service gives no answer: connection refused"


def test_a_connection_that_is_reset_is_deferred(channel):
    with Loopback(lambda request: [RESET]) as server:
        assert isinstance(refusal(channel, room(server)), DeliveryDeferred)


def test_a_slow_drip_ends_at_the_deadline():
    channel = channel_to("mmost", deadline=0.3)
    with Loopback(lambda request: drip(http(b"ok" * 1000), every=0.1)) as server:
        failure = refusal(channel, room(server))

    assert isinstance(failure, DeliveryDeferred)
    assert str(failure) == "mmost://***: no answer within 0.3 s"


def test_a_service_that_hangs_holds_only_so_many_threads():
    channel = channel_to("mmost", "rocket", deadline=0.01)
    with Loopback(lambda request: [Pause(30)]) as server:
        failures = [str(refusal(channel, room(server))) for _ in range(MOST_UNDER_WAY + 1)]
        other = str(refusal(channel, f"rocket://{server.host}/{SECRET}/{SECRET}"))

    assert failures[0] == "mmost://***: no answer within 0.01 s"
    assert failures[-1] == f"mmost://***: {MOST_UNDER_WAY} messages to this service hang already"
    assert "hang already" not in other


def test_a_message_that_ended_makes_room_for_another(channel):
    with Loopback(lambda request: http(b"no", 500)) as server:
        failures = {str(refusal(channel, room(server))) for _ in range(MOST_UNDER_WAY + 2)}

    assert failures == {"mmost://***: the service did not take the message, and answered 500"}


@pytest.mark.parametrize("address", [f"json://127.0.0.1:1/{SECRET}", f"{SECRET}", f"mmost://{SECRET}"])
def test_what_is_not_allowed_or_not_understood_is_rejected(channel, address):
    failure = refusal(channel, address)

    assert isinstance(failure, DeliveryRejected)
    assert SECRET not in str(failure)


def test_the_service_is_the_receiver(channel):
    assert channel.receiver(message(f"MMOST://host/{SECRET}").endpoint) == "mmost"


# Addresses


GOOD = [
    "slack://AAAAAAAAA/BBBBBBBBB/cccccccccccccccccccccccc/#trials",
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "tgram://123456789:AAExampleAAExampleAAExample/12315544/",
    "gchat://workspace/key/token",
]


@pytest.mark.parametrize("address", GOOD)
def test_the_usual_services_are_allowed_by_default(address):
    assert checked_chat_url(f" {address} ", Config().chat.schemas) == address


def test_apprise_knows_every_service_that_is_allowed_by_default():
    from apprise import Apprise

    known = {name for service in Apprise().details()["schemas"] for name in service["secure_protocols"] or ()}
    assert set(Config().chat.schemas) <= known


LOCAL = ["json", "jsons", "form", "forms", "xml", "xmls", "syslog", "rsyslog", "dbus", "gnome", "macosx", "windows"]


@pytest.mark.parametrize("schema", [*LOCAL, "mailto", "mailtos", "https", "http", "file", "apprise", "mmost", "zulip"])
def test_what_calls_any_host_or_this_one_is_not_allowed_by_default(schema):
    with pytest.raises(ConfigurationInvalid, match=rf"^{schema}:// is not among the chat services that chat\.schemas"):
        checked_chat_url(f"{schema}://{SECRET}:{SECRET}@127.0.0.1/{SECRET}", Config().chat.schemas)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            f"slac://{SECRET}",
            "slac:// is not among the chat services that chat.schemas allows; did you mean slack",
        ),
        (f"slack://{SECRET}", "this slack:// address is not one that Apprise understands; "),
        (f"SLACK://{SECRET}", "this slack:// address is not one that Apprise understands; "),
        (SECRET, "this is not an Apprise address; one looks like slack://TokenA/TokenB/TokenC"),
        (f"slack://a/b/c\nX: {SECRET}", "this is not an Apprise address; "),
        ("", "this is not an Apprise address; "),
    ],
)
def test_a_bad_address_is_refused_in_one_line_without_its_secret(address, words):
    with pytest.raises(ConfigurationInvalid) as caught:
        checked_chat_url(address, ["slack", "discord"])

    assert str(caught.value).startswith(words)
    assert str(caught.value).isprintable()
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_only_the_service_of_an_address_is_shown():
    assert shown_chat(f"Slack://{SECRET}@{SECRET}/{SECRET}?{SECRET}") == "slack://***"
    assert shown_chat(SECRET) == "***://***"


# Secrets


def held_by(failure: BaseException | None) -> Iterator[str]:
    """All that an exception says or holds, and those behind it."""
    while failure:
        yield f"{failure} {failure!r} {vars(failure)}"
        failure = failure.__context__


@pytest.mark.parametrize("answer", [http(b"ok"), http(b"no", 404), http(status=302), [RESET]])
def test_nothing_of_an_address_is_ever_told(channel, caplog, capfd, answer):
    logging.getLogger("apprise").setLevel(1)
    caplog.set_level(1)
    told = []
    with Loopback(lambda request: answer) as server:
        sent = message(f"mmost://trials:{SECRET}@{server.host}/{SECRET}?to={SECRET}&botname={SECRET}")
        told.append(repr(sent))
        try:
            told.append(repr(channel.send(sent, now=NOON)))
        except DeliveryFailed as failure:
            told += held_by(failure)
    bad = replace(sent.endpoint, address=f"mmost://{SECRET}?mode={SECRET}")
    told += held_by(refusal(channel, bad.address))

    assert server.requests
    assert "NCT02116634" not in caplog.text
    assert SECRET not in "".join([*told, caplog.text, *capfd.readouterr()])
