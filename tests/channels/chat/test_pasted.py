"""What people paste works: the URL that a chat service shows becomes the address that calls that very URL."""

import traceback
from urllib.parse import parse_qsl, urlsplit

import pytest

from monitor.channels.chat.guarding import Rehearsed, calling
from monitor.channels.chat.pasted import pasted, refuse_chat_as_webhook
from monitor.channels.chat.transport import checked_chat_url
from monitor.config import Config
from monitor.errors import ConfigurationInvalid

SECRET = "hunter2hunter2hunter2abcde"
FLOW = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
POWER = (
    f"https://default0a1b.c2.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/{FLOW}"
)
ALLOWED = (*Config().chat.schemas, "mmost", "mmosts")

PASTED = {
    f"https://hooks.slack.com/services/T024BE7LD/B024BE7LE/{SECRET}": "Slack",
    f" https://hooks.slack.com/services/T024BE7LD/B024BE7LE/{SECRET}/\n": "Slack",
    f"https://discord.com/api/webhooks/123456789012345678/{SECRET}_-X": "Discord",
    f"https://discord.com/api/v10/webhooks/123456789012345678/{SECRET}?wait=true": "Discord",
    f"https://discordapp.com/api/webhooks/123456789012345678/{SECRET}?thread_id=42": "Discord",
    f"https://canary.discord.com/api/webhooks/123456789012345678/{SECRET}": "Discord",
    f"https://ptb.discord.com/api/webhooks/123456789012345678/{SECRET}": "Discord",
    f"https://chat.googleapis.com/v1/spaces/AAAAxY-z_0/messages?key=AIzaSy-Q_x&token={SECRET}%3D": "Google Chat",
    f"https://chat.googleapis.com/v1/spaces/AAAAxY/messages?key=k&token=%2B{SECRET}%2F&threadKey=a%20b": "Google Chat",
    f"https://prod-27.westeurope.logic.azure.com:443/workflows/{FLOW}/triggers/manual/paths/invoke"
    f"?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SECRET}-_A": "Microsoft Teams",
    f"https://prod-1.usgovtexas.logic.azure.us/workflows/{FLOW}/triggers/manual/paths/invoke?sig={SECRET}":
    "Microsoft Teams",
    f"{POWER}/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SECRET}":
    "Microsoft Teams",
    f"{POWER.replace('direct/', 'direct/cu/17/')}/triggers/manual/paths/invoke?api-version=1&sig={SECRET}":
    "Microsoft Teams",
    f"https://webexapis.com/v1/webhooks/incoming/{SECRET * 4}": "Webex",
    f"https://chat.example.org/hooks/{SECRET}": "Mattermost",
    f"https://chat.example.org:8065/team/chat/hooks/{SECRET}": "Mattermost",
    f"http://chat.example.org:8065/hooks/{SECRET}": "Mattermost",
}  # fmt: skip


def called(address: str) -> str:
    """Where a message to the address would be posted."""
    import apprise

    plugin = apprise.Apprise.instantiate(address)
    with pytest.raises(Rehearsed) as rehearsal, calling(None):
        plugin.send(body="Withdrawn")
    return rehearsal.value.url


def refused(text: str, *, schemas: tuple[str, ...] = ALLOWED) -> str:
    with pytest.raises(ConfigurationInvalid) as caught:
        checked_chat_url(text, schemas)
    assert str(caught.value).isprintable()
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


@pytest.mark.parametrize(("url", "service"), PASTED.items())
def test_the_url_that_a_service_shows_is_the_one_that_is_called(url, service):
    address = checked_chat_url(url, ALLOWED)
    given, reached = urlsplit(url.strip()), urlsplit(called(address))

    assert pasted(url).service == service
    assert SECRET not in repr(pasted(url))
    if service == "Discord":
        assert reached.hostname == "discord.com"
        assert reached.path == given.path.replace("/v10/", "/")
    else:
        hostname = "api.ciscospark.com" if service == "Webex" else given.hostname  # another name of the same
        assert (reached.scheme, reached.hostname) == (given.scheme, hostname)
        assert (reached.port or 443) == (given.port or 443)
        assert reached.path.replace("//", "/") == given.path.rstrip("/")
    elsewhere = {"wait", "threadKey"}  # what is told in the body
    told = dict(parse_qsl(reached.query))
    asked = {name: value for name, value in parse_qsl(given.query) if name not in elsewhere}
    assert {name: told.get(name) for name in asked} == asked


@pytest.mark.parametrize("service", ["Discord", "Google Chat", "Microsoft Teams", "Slack", "Webex"])
def test_what_the_services_themselves_serve_needs_no_configuration(service):
    for url in (url for url, name in PASTED.items() if name == service):
        assert checked_chat_url(url, Config().chat.schemas)


def test_a_server_of_ones_own_is_known_by_its_shape_and_has_to_be_allowed():
    said = refused(f"https://chat.example.org/hooks/{SECRET}", schemas=Config().chat.schemas)

    assert said.startswith("this looks like a Mattermost webhook, and mmosts:// is not among the chat services that ")
    assert said.endswith("; list it there to allow it")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]:8065", "10.0.0.1:8065", "2130706433"])
def test_a_host_within_is_refused_however_it_is_pasted(host):
    assert "cannot be called: " in refused(f"https://{host}/hooks/{SECRET}")


@pytest.mark.parametrize(
    ("url", "service"),
    [
        (f"https://hooks.slack.com/services/T024BE7LD/{SECRET}", "Slack"),
        (f"https://hooks.slack.com/triggers/T024BE7LD/1/{SECRET}", "Slack"),
        (f"https://hooks.slack.com/services/T024BE7LD/B024BE7LE/{SECRET}?verify=no", "Slack"),
        (f"https://hooks.slack.com:8443/services/T024BE7LD/B024BE7LE/{SECRET}", "Slack"),
        (f"https://discord.com/channels/1/2?{SECRET}", "Discord"),
        (f"https://discord.com/api/webhooks/1/{SECRET}?avatar_url=http://127.0.0.1/", "Discord"),
        (f"https://chat.googleapis.com/v1/spaces/A/messages?key={SECRET}", "Google Chat"),
        (
            f"https://prod-27.westeurope.logic.azure.com/workflows/{FLOW}/triggers/manual/paths/invoke",
            "Microsoft Teams",
        ),
        (f"{POWER}/triggers/manual/paths/invoke?sig={SECRET}&template=/etc/passwd", "Microsoft Teams"),
        (f"{POWER}/triggers/manual/paths/invoke?sig={SECRET}%2F..", "Microsoft Teams"),
    ],
)
def test_another_address_of_a_service_is_told_from_its_webhook(url, service):
    assert refused(url).startswith(f"this is an address of {service}, and not its webhook: one looks like https://")


@pytest.mark.parametrize(
    "url",
    [
        f"https://hooks.slack.com.example.org/services/T0/B0/{SECRET}",
        f"https://hooks.slack.com@127.0.0.1/services/T0/B0/{SECRET}",
        f"https://hooks.slack.com\\@127.0.0.1/services/T0/B0/{SECRET}",
        f"https://evil.example/{SECRET}?https://hooks.slack.com/services/T0/B0/x",
        f"https://notlogic.azure.com/workflows/{FLOW}/triggers/manual/paths/invoke?sig={SECRET}",
        f"https://chat.example.org/hooks/{SECRET}/{SECRET}",
        f"https://chat.example.org/hooks/{SECRET}?verify=no",
        f"https://chat.example.org/../hooks/x{SECRET}",
        "https://[::1/hooks/x",
        "https://host:99999999/hooks/x",
    ],
)
def test_no_other_address_is_taken_for_a_service(url):
    assert pasted(url) is None
    assert refused(url).startswith(
        "https:// is not among the chat services that chat.schemas allows; of web addresses,"
    )


def test_what_splitting_would_drop_is_not_overlooked():
    """A URL parser drops tabs and line ends, and would find another path than the one that was typed."""
    assert pasted(f"https://hooks.slack.com/services/T0/B0/\t{SECRET}") is None


@pytest.mark.parametrize(
    "address",
    [
        f"https://trials.webhook.office.com/webhookb2/{SECRET}",
        f"https://outlook.office.com/webhook/{SECRET}/IncomingWebhook/{SECRET}/{SECRET}",
        f"msteams://trials/{SECRET}/{SECRET}/{SECRET}",
    ],
)
def test_a_connector_that_microsoft_retired_says_what_to_do_instead(address):
    said = refused(address)

    assert said.startswith(
        "this is an Office 365 connector (msteams://), which Microsoft has retired: in Teams, add a "
    )
    if address.startswith("https"):
        with pytest.raises(ConfigurationInvalid, match="Microsoft has retired"):
            refuse_chat_as_webhook(address)


@pytest.mark.parametrize("url", PASTED)
def test_a_chat_services_url_is_questioned_as_a_webhook(url):
    with pytest.raises(ConfigurationInvalid) as caught:
        refuse_chat_as_webhook(url)

    assert "which takes chat messages and not our JSON: subscribe it as chat instead of webhook" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/hooks/trials",
        "http://127.0.0.1:8782/hooks/trials",
        f"https://hooks.slack.com/triggers/T024BE7LD/1/{SECRET}",
        "https://hooks.zapier.example/hooks/catch/1/abc",
    ],
)
def test_what_may_take_json_is_not_questioned(url):
    refuse_chat_as_webhook(url)
