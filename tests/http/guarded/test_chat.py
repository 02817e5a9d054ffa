"""Whom chat services call: under the same guard as webhooks, whatever an address asks for."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
import requests

from monitor.channels.chat.services import SERVICES, service_of
from monitor.channels.chat.transport import ChatTransport, checked_chat_url, shown_chat
from monitor.config import Config
from monitor.errors import ConfigurationInvalid, DeliveryDeferred, DeliveryFailed, DeliveryRejected
from monitor.model import Endpoint, Message
from tests.http.guarded.calls import LOOPBACK, PUBLIC, names, session, without_asking_anybody
from tests.http.guarded.test_addresses_reached import BRACKETED, SPELLINGS
from tests.loopback import Loopback, http

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOKEN = "a6k4m8b3b2c1d6f7a6k4m8b3b2c1d6f7"
NAMED_BY_ADDRESS = {
    "bark": "bark://{}/device",
    "gotify": "gotify://{}/" + TOKEN,
    "matrix": "matrix://ruth:pass@{}/#room",
    "mastodon": "mastodon://" + TOKEN + "@{}/@ruth",
    "mmost": "mmost://{}/" + TOKEN,
    "nctalk": "nctalk://ruth:pass@{}/room",
    "ntfy": "ntfy://{}/trials",
    "rocket": "rocket://ruth:pass@{}/#room",
    "signal": "signal://{}/12025550123/12025550124",
    "synology": "synology://{}/" + TOKEN,
    "zulip": "zulip://trialbot@{}/" + TOKEN,
}
EVERY_SCHEMA = tuple(name + s for name in SERVICES for s in ("", "s") if service_of(name + s))
FIXED = {
    "slack": "slack://AAAAAAAAA/BBBBBBBBB/cccccccccccccccccccccccc/#trials",
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "tgram": "tgram://123456789:AAExampleAAExampleAAExample/12315544/",
    "gchat": "gchat://workspace/key/token",
    "flock": "flock://" + TOKEN,
    "ryver": "ryver://trials/ckhrjW8w672m6HG",
    "webex": "webex://" + "a" * 80,
    "workflows": "workflows://prod-27.westeurope.logic.azure.com/workflow/signature",
    "wxteams": "wxteams://" + "a" * 80,
}


def message(address: str) -> Message:
    endpoint = Endpoint(id="1", channel="chat", shown=shown_chat(address), address=address)
    return Message(delivery_id="d", endpoint=endpoint, body=b"Withdrawn")


def channel(**options: object) -> ChatTransport:
    given = {"allow_networks": (), "look_up": without_asking_anybody, **options}
    return ChatTransport(EVERY_SCHEMA, session=session(**given))


def sent(address: str, through: ChatTransport) -> DeliveryFailed | None:
    try:
        through.send(message(address), now=NOON)
    except DeliveryFailed as failure:
        return failure
    return None


def complaint(address: str, **options: object) -> str:
    with pytest.raises(ConfigurationInvalid) as caught:
        checked_chat_url(address, EVERY_SCHEMA, **options)
    assert str(caught.value).isprintable()
    return str(caught.value)


def connected(seen: list[tuple[str, object]]) -> list[object]:
    return [where for what, where in seen if what == "connect"]


INSIDE = ["127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f000001", "127.1", "169.254.169.254", "[::1]"]
DISGUISES = [
    "workflows://prod.example:8080@127.0.0.1/workflow/signature", "zulip://bot@127.0.0.1:8080/" + TOKEN,
    "zulip://bot@example.org@127.0.0.1/" + TOKEN, "mmost://127.0.0.1%2f@example.org/" + TOKEN,
    "mmost://127.0.0.1\\@example.org/" + TOKEN, "mmost://example.org%00.127.0.0.1/" + TOKEN,
    "MMOST://127.0.0.1/" + TOKEN, "Workflows://127.0.0.1:8080/workflow/signature",
    "apprise://127.0.0.1/" + TOKEN, "json://127.0.0.1/", "jsons://127.0.0.1/", "xml://127.0.0.1", "form://127.0.0.1",
    "http://127.0.0.1/", "https://127.0.0.1/", "file:///etc/passwd", "syslog://", "mailto://ruth:pass@127.0.0.1",
    "ntfy://json://127.0.0.1/trials", "slack://http://127.0.0.1/a/b/c", "discord://127.0.0.1/token",
    "ryver://127.0.0.1/ckhrjW8w672m6HG", "ryver://127.0.0.1%2f/ckhrjW8w672m6HG", "ryver://a%23/ckhrjW8w672m6HG",
    "matrix://127.0.0.1/token?mode=t2bot", "matrixs://u:p@127.0.0.1?version=3", "ntfys://127.0.0.1/t?mode=private",
    "rocket://webhook@127.0.0.1/#room?mode=webhook", "slack://a/b/c#@127.0.0.1", "gchat://127.0.0.1/key/token",
]  # fmt: skip


def hostile() -> list[str]:
    hosts = [*BRACKETED, *SPELLINGS]
    spread = [list(NAMED_BY_ADDRESS.values())[n % len(NAMED_BY_ADDRESS)].format(host) for n, host in enumerate(hosts)]
    every = [address.format(f"{host}:8080") for address in NAMED_BY_ADDRESS.values() for host in INSIDE]
    return [*spread, *every, *DISGUISES]


def test_no_hostile_address_is_connected_to(seen):
    """Neither where it is subscribed, nor where it is sent to, had it come to be subscribed all the same."""
    addresses = hostile()
    assert len(set(addresses)) >= 200
    through = channel(deadline=0.5)
    for address in addresses:
        with suppress(ConfigurationInvalid):
            checked_chat_url(address, EVERY_SCHEMA)
        assert sent(address, through), address
        assert connected(seen) == [], address


@pytest.mark.parametrize("schema", NAMED_BY_ADDRESS)
def test_a_host_of_our_own_is_refused_when_it_is_subscribed_unless_its_network_is_allowed(seen, schema):
    address = NAMED_BY_ADDRESS[schema].format("127.0.0.1")

    assert complaint(address).startswith(
        f"this {schema}:// address cannot be called: 127.0.0.1 is not a public address"
    )
    assert checked_chat_url(address, EVERY_SCHEMA, allow_networks=LOOPBACK) == address
    assert connected(seen) == []


@pytest.mark.parametrize("found", [["10.0.0.1"], [PUBLIC, "169.254.169.254"], ["::1"]])
def test_a_name_that_leads_inside_is_not_called(seen, found):
    address = NAMED_BY_ADDRESS["mmost"].format("room.example")
    look_up = names(found)

    failure = sent(checked_chat_url(address, EVERY_SCHEMA), channel(look_up=look_up))

    assert isinstance(failure, DeliveryDeferred)
    assert "is not a public address, and its network is not in [webhooks] allow_networks" in str(failure)
    assert "room" not in str(failure)
    assert connected(seen) == []


def test_the_name_is_looked_up_once_and_that_answer_is_called(serve, seen):
    server = serve(http())
    port = int(server.host.partition(":")[2])
    look_up = names(["127.0.0.1"], ["10.0.0.1"])

    assert sent(f"mmost://room.example:{port}/{TOKEN}", channel(look_up=look_up, allow_networks=LOOPBACK)) is None

    assert look_up.asked == ["room.example"]
    assert connected(seen) == [("127.0.0.1", port)]


def test_a_certificate_is_checked_and_a_private_authority_is_one_setting(encrypted, network):
    address = f"mmosts://room.example:{encrypted.port}/{TOKEN}"
    encrypted.answer = lambda: [http()]
    there = {"look_up": names(["127.0.0.1"]), "allow_networks": LOOPBACK}

    assert "no trustworthy TLS connection" in str(sent(address, channel(**there)))
    wrong_name = sent(address, channel(**there, network=network))
    right_name = sent(address.replace("room.", "receiver."), channel(**there, network=network))

    assert "no trustworthy TLS connection" in str(wrong_name)
    assert right_name is None


# What an address may ask for

USUAL = {"verify", "redirect", "rto", "cto", "overflow", "format", "emojis", "store", "tz", "retry", "wait"}
NEVER = {*USUAL, "port", "user", "password", "pass", "template", "attach", "+x-header", "-key", ":key", "image"}


def spelled(name: str) -> list[str]:
    return [f"?{name}=yes", f"?{name.upper()}=yes", f"?{name}", f"?to=a&{name}=http://127.0.0.1/", f"?a&{name}=1"]


@pytest.mark.parametrize("schema", [*NAMED_BY_ADDRESS, *FIXED])
def test_an_address_may_ask_for_nothing_but_where_a_message_goes(schema):
    address = {**NAMED_BY_ADDRESS, **FIXED}[schema].format("room.example").replace("/#trials", "")
    through = channel()
    for name in sorted(NEVER):
        for query in spelled(name):
            assert f"a {schema}:// address may have no parameter" in complaint(address + query), query
            assert isinstance(sent(address + query, through), DeliveryRejected), query


def test_a_parameter_is_named_where_it_is_known_and_else_not():
    address = FIXED["workflows"]

    assert complaint(f"{address}?template=http://127.0.0.1/").startswith(
        "a workflows:// address may have no parameter “template”; it may have: api-version, id, "
    )
    assert "hunter2" not in complaint(f"{address}?hunter2=hunter2")


def test_what_says_where_a_message_goes_is_kept(serve):
    server = serve(http())

    assert sent(f"mmost://{server.host}/{TOKEN}?channel=trials&botname=ruth", channel(allow_networks=LOOPBACK)) is None


@pytest.mark.parametrize("schema", Config().chat.schemas)
def test_a_service_that_is_allowed_by_default_calls_its_own_hosts_only(seen, schema):
    """A plugin that wanted another one, as by a bug of Apprise, is refused at the call."""
    address = FIXED[schema]
    look_up = names(["10.0.0.1"])

    sent(checked_chat_url(address, Config().chat.schemas), channel(look_up=look_up))

    service = service_of(schema)
    assert service.hosts
    assert look_up.asked
    assert all(service.may_call(host) for host in look_up.asked)
    assert connected(seen) == []


@pytest.mark.parametrize(
    "host", ["slack.com.example.org", "example.org", "127.0.0.1", "notslack.com", "notlogic.azure.com"]
)
def test_no_other_host_is_a_services_own(host):
    assert not service_of("slack").may_call(host)
    assert not service_of("workflows").may_call(host)


@pytest.mark.parametrize("schema", ["json", "xmls", "form", "syslog", "mailto", "dbus", "nostr", "apprise", "slacks"])
def test_what_calls_any_host_or_sends_past_http_is_refused_even_where_it_is_listed(schema):
    with pytest.raises(ConfigurationInvalid, match=f"^{schema}:// is not a service that can be written to"):
        checked_chat_url(f"{schema}://127.0.0.1/{TOKEN}", [schema])


def test_a_plugin_has_no_way_around_the_guard(serve):
    """Whatever of `requests` makes connections is not there for it, and nothing is called outside a delivery."""
    checked_chat_url(FIXED["slack"], ["slack"])
    import apprise.attachment.http
    import apprise.plugins.slack as plugin

    server: Loopback = serve(http())
    for name in ("Session", "session", "sessions", "api", "adapters", "packages"):
        with pytest.raises(AttributeError):
            getattr(plugin.requests, name)
    for module in (plugin, apprise.attachment.http):
        with pytest.raises(requests.ConnectionError):
            module.requests.get(server.url)
    assert server.requests == []
