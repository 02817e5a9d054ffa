"""The webhook URLs that chat services give to paste, as the Apprise addresses they stand for. Pure.

    https://hooks.slack.com/services/T0/B0/x                        ->  slack://T0/B0/x
    https://discord.com/api/webhooks/1/x                            ->  discord://1/x
    https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t  ->  gchat://A/k/t
    https://….logic.azure.com/workflows/f/triggers/manual/paths/invoke?…&sig=s  ->  workflows://….logic.azure.com/f/s?…
    https://webexapis.com/v1/webhooks/incoming/x                    ->  webex://x
    https://chat.example.org/hooks/<26 letters and digits>          ->  mmosts://chat.example.org/…

Apprise reads most of these itself, but takes over every parameter that a URL has, loses Discord's thread and a
workflow's version, and needs half a second to be loaded. What comes out here is checked like any other address. A
service of one's own (Mattermost) is known by the shape of its URL alone, which is a guess, and said to be one.

A new service is a function that reads its URL, and a line in `_FORMS`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from monitor.errors import ConfigurationInvalid

RETIRED = (
    "this is an Office 365 connector (msteams://), which Microsoft has retired: in Teams, add a workflow to the "
    "channel that posts when a webhook request is received, and paste the URL that the workflow shows"
)
TEAMS_HOSTS = (
    "logic.azure.com", "logic.azure.us", "logic.azure.cn", "powerplatform.com", "powerplatform.microsoft.us",
    "powerplatform.partner.microsoftonline.cn", "appsplatform.us",
)  # fmt: skip
"""Where workflows are called, in every one of Microsoft's clouds: these and what is under them."""

_DISCORD = re.compile(r"(canary\.|ptb\.)?discord(app)?\.com")
_CONNECTOR = re.compile(r"outlook\.office(365)?\.com|([a-z0-9-]+\.)*webhook\.office\.com")
_WORD = "[A-Za-z0-9_-]+"


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a URL was taken for: a webhook of *service*, and its Apprise *address*, which is a secret."""

    service: str
    address: str = field(repr=False)
    is_guess: bool = False
    """The shape alone says so, and not the host."""

    @property
    def words(self) -> str:
        """What follows “this”."""
        return f"looks like a {self.service} webhook" if self.is_guess else f"is a {self.service} webhook"


@dataclass(frozen=True, slots=True)
class _Form:
    service: str
    is_host: Callable[[str], object]
    read: Callable[[SplitResult], str | None]
    looks: str
    """An example, for who pasted something else of that service."""


def pasted(text: str) -> Pasted | None:
    """What a chat service's own webhook URL stands for; None for what is none.

    Raise ConfigurationInvalid for one that is no use: a connector that is retired, or another address of a service.
    """
    url = _url(text)
    if url is None:
        return None
    host = url.hostname or ""
    if _CONNECTOR.fullmatch(host):
        raise ConfigurationInvalid(RETIRED)
    for form in _FORMS:
        if form.is_host(host):
            address = form.read(url) if url.port in (None, 443) else None
            if address is None:
                raise ConfigurationInvalid(
                    f"this is an address of {form.service}, and not its webhook: one looks like {form.looks}"
                )
            return Pasted(form.service, address)
    address = _mattermost(url)
    return Pasted("Mattermost", address, is_guess=True) if address else None


def refuse_chat_as_webhook(text: str) -> None:
    """Raise ConfigurationInvalid where a webhook's URL is one of a chat service, which takes its own messages only."""
    try:
        found = pasted(text)
    except ConfigurationInvalid as error:
        if str(error) == RETIRED:
            raise
        return  # an address of such a service that is no webhook for messages may be a receiver of JSON
    if found:
        raise ConfigurationInvalid(
            f"this {found.words}, which takes chat messages and not our JSON: subscribe it as chat instead of webhook, "
            "or say --as-webhook (as_webhook = true in config.toml) to post JSON to it all the same"
        )


def _url(text: str) -> SplitResult | None:
    """The web address that *text* is, without a user name and what else has no place in it; None where it is none."""
    typed = text.strip()
    # Splitting drops tabs and line ends silently.
    if not re.match("https?://", typed, re.IGNORECASE) or not typed.isprintable() or re.search(r"[\s\\#@]", typed):
        return None
    try:
        url = urlsplit(typed)
        _ = url.port
    except ValueError:
        return None
    return url


def _parameters(
    url: SplitResult, *, needed: tuple[str, ...] = (), kept: Mapping[str, str], dropped: tuple[str, ...] = ()
) -> tuple[dict[str, str], str] | None:
    """What a URL has of *needed*, and as Apprise's query what it has of *kept*; None where it has less or more."""
    given = dict(parse_qsl(url.query, keep_blank_values=True))
    if set(given) - {*needed, *kept, *dropped} or not all(given.get(name) for name in needed):
        return None
    query = urlencode({ours: given[theirs] for theirs, ours in kept.items() if given.get(theirs)}, quote_via=quote)
    return {name: given[name] for name in needed}, f"?{query}" if query else ""


def _slack(url: SplitResult) -> str | None:
    found = re.fullmatch("/services/([A-Za-z0-9]+)/([A-Za-z0-9]+)/([A-Za-z0-9]+)/?", url.path)
    return f"slack://{'/'.join(found.groups())}" if found and not url.query else None


def _discord(url: SplitResult) -> str | None:
    found = re.fullmatch(rf"/api(?:/v[0-9]+)?/webhooks/([0-9]+)/({_WORD})/?", url.path)
    asked = _parameters(url, kept={"thread_id": "thread"}, dropped=("wait",))
    return f"discord://{'/'.join(found.groups())}/{asked[1]}" if found and asked else None


def _google_chat(url: SplitResult) -> str | None:
    found = re.fullmatch(rf"/v1/spaces/({_WORD})/messages/?", url.path)
    asked = _parameters(url, needed=("key", "token"), kept={"threadKey": "thread"}, dropped=("messageReplyOption",))
    if not found or not asked:
        return None
    (secrets, query) = asked
    return f"gchat://{found[1]}/{quote(secrets['key'], safe='')}/{quote(secrets['token'], safe='')}{query}"


def _teams(url: SplitResult) -> str | None:
    direct = "/powerautomate/automations/direct"
    found = re.fullmatch(
        rf"(?P<direct>{direct}(?:/cu/(?P<route>[0-9]+))?)?/workflows/(?P<flow>{_WORD})/triggers/manual/paths/invoke/?",
        url.path,
    )
    asked = _parameters(url, needed=("sig",), kept={"api-version": "ver"}, dropped=("sp", "sv"))
    if not found or not asked or not re.fullmatch(_WORD, asked[0]["sig"]):
        return None
    more = {"pa": "yes"} if found["direct"] else {}
    more |= {"route": found["route"]} if found["route"] else {}
    query = "&".join(part for part in (asked[1].removeprefix("?"), urlencode(more)) if part)
    return f"workflows://{url.hostname}/{found['flow']}/{asked[0]['sig']}/{'?' if query else ''}{query}"


def _webex(url: SplitResult) -> str | None:
    found = re.fullmatch("/v1/webhooks/incoming/([A-Za-z0-9]{80,160})/?", url.path)
    return f"webex://{found[1]}" if found and not url.query else None


def _mattermost(url: SplitResult) -> str | None:
    """Its ids are 26 small letters and digits; before `hooks` stands the folder that a server is installed in."""
    found = re.fullmatch("((?:/[A-Za-z0-9._-]+)*)/hooks/([a-z0-9]{26})/?", url.path)
    if not found or url.query or not re.fullmatch(r"[][A-Za-z0-9.:-]+", url.netloc):
        return None
    return f"{'mmosts' if url.scheme == 'https' else 'mmost'}://{url.netloc}{found[1]}/{found[2]}"


def _under(*domains: str) -> Callable[[str], bool]:
    return lambda host: any(host == domain or host.endswith(f".{domain}") for domain in domains)


_FORMS = (
    _Form("Slack", "hooks.slack.com".__eq__, _slack, "https://hooks.slack.com/services/T…/B…/…"),
    _Form("Discord", _DISCORD.fullmatch, _discord, "https://discord.com/api/webhooks/…/…"),
    _Form(
        "Google Chat",
        "chat.googleapis.com".__eq__,
        _google_chat,
        "https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…",
    ),
    _Form(
        "Microsoft Teams",
        _under(*TEAMS_HOSTS),
        _teams,
        "https://…/workflows/…/triggers/manual/paths/invoke?…&sig=…",
    ),
    _Form("Webex", _under("webexapis.com", "ciscospark.com"), _webex, "https://webexapis.com/v1/webhooks/incoming/…"),
)
RECOGNISED = (*(form.service for form in _FORMS), "Mattermost")
