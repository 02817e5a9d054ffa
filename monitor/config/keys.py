"""The keys of config.toml, as a tree of sections.

A description is what a person reads after "expected". `repr=False` marks what is never shown, `ONLY_BY_VARIABLE`
beside it what may not even stand in the file. What the table of a registry holds, its adapter declares.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, create_model, field_validator, model_validator

from monitor.model import Filters, Significance, Way
from monitor.ports import Role, Search
from monitor.registries import ADAPTERS
from monitor.registries.adapter import Adapter, PoliteSettings
from monitor.settings import Secret, Section
from monitor.settings.values import (
    A_CHAT_ROOM,
    A_DEADLINE,
    A_SPAN,
    A_SPONSOR,
    A_WAIT,
    Bind,
    ChatAddress,
    Command,
    Deadline,
    Expression,
    HookAddress,
    Host,
    KindName,
    Listed,
    LoginKind,
    Mailbox,
    Name,
    Network,
    OptionalHost,
    OptionalMailbox,
    Phrase,
    ProxyAddress,
    RoleName,
    Schema,
    Security,
    Sender,
    SignificanceName,
    Span,
    StoreAddress,
    Text,
    TopicName,
    Wait,
    WebAddress,
    broken,
)


class StoreSettings(Section):
    """Where snapshots, changes and watches are kept."""

    url: StoreAddress = Field(
        default="sqlite:///snapshots/monitor.sqlite3",
        description='an address such as "sqlite:///snapshots/monitor.sqlite3" or "postgresql+psycopg://host/database"',
    )


class _Registries(Section):
    """The registries, each under its host name."""

    def __getitem__(self, key: str) -> PoliteSettings:
        """The settings of one registry; KeyError where there are none."""
        names = {info.alias: name for name, info in type(self).model_fields.items()}
        settings: PoliteSettings = getattr(self, names[key])
        return settings


def _table_of(adapter: type[Adapter]) -> Any:
    """The table of a registry, as a field of the section."""
    default = adapter.settings.model_validate({})
    return adapter.settings, Field(default=default, alias=adapter.key, description="a table")


if TYPE_CHECKING:
    RegistrySettings = _Registries
else:
    RegistrySettings = create_model(
        "RegistrySettings",
        __base__=_Registries,
        __doc__=_Registries.__doc__,
        **{re.sub(r"\W", "_", adapter.key): _table_of(adapter) for adapter in ADAPTERS},
    )


class ScheduleSettings(Section):
    """When watched trials are due."""

    check_every: Span = Field(default=timedelta(hours=1), description=A_SPAN)
    full_check_every: Span = Field(default=timedelta(days=7), description=A_SPAN)
    settle: Wait = Field(default=timedelta(0), description=A_WAIT)


class WebSettings(Section):
    """Where the service answers over HTTP."""

    bind: Bind = Field(
        default="127.0.0.1:8080",
        description='an address and a port, such as "127.0.0.1:8080"; port 0 is any free one',
    )
    public_url: WebAddress = Field(
        default="http://127.0.0.1:8080", description='an http(s) address, such as "https://trials.example.org"'
    )


class SmtpSettings(Section):
    """The mail server that takes our mails, and who they come from."""

    host: Host = Field(default="localhost", description='a host name or an address, such as "smtp.example.org"')
    port: int = Field(default=25, ge=1, le=65535, description="a port from 1 to 65535")
    security: Security = Field(default="none", description='"none", "starttls" or "tls"')
    username: Text = Field(default="", description='a text, or "" for no login')
    password: Secret = Field(default="", repr=False, description="a text")
    auth: LoginKind = Field(default="password", description='"password" or "xoauth2"')
    token_file: Text = Field(default="", description='the path of a file that holds an access token, or ""')
    token_command: Command = Field(
        default="", repr=False, description='a command that prints an access token, with its arguments, or ""'
    )
    sender: Sender = Field(
        default="Trial monitor <monitor@example.org>",
        description='a mail address, such as "Trial monitor <monitor@example.org>"',
    )
    dkim_selector: OptionalHost = Field(default="", description='the selector of a DKIM key, such as "2026", or ""')
    dkim_domain: OptionalHost = Field(default="", description='a domain, such as "example.org", or ""')
    dkim_key: Secret = Field(default="", repr=False, description="a private key as a PEM text")

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        tokens = [key for key in ("token_file", "token_command") if getattr(self, key)]
        if self.auth == "password" and tokens:
            raise broken(f'has {tokens[0]} and no auth = "xoauth2"; give both or neither')
        if self.auth == "xoauth2" and (len(tokens) != 1 or not self.username or self.password):
            raise broken('has auth = "xoauth2", which needs a username, no password, and token_file or token_command')
        return self

    @model_validator(mode="after")
    def _dkim_is_whole(self) -> Self:
        given = (self.dkim_selector, self.dkim_domain, self.dkim_key)
        if any(given) and not all(given):
            raise broken("has a part of dkim_selector, dkim_domain and dkim_key only; give all three or none")
        return self


class WebhookSettings(Section):
    """How webhooks are called."""

    timeout: Deadline = Field(default=timedelta(seconds=15), description=A_DEADLINE)
    allow_networks: Annotated[tuple[Network, ...], Listed] = Field(
        default=(), description='a list of networks, such as ["127.0.0.0/8", "fd00::/8"]'
    )


class ChatSettings(Section):
    """Which chat services may be written to."""

    schemas: Annotated[tuple[Schema, ...], Listed] = Field(
        default=("discord", "flock", "gchat", "ryver", "slack", "tgram", "webex", "workflows", "wxteams"),
        description='a list of beginnings of Apprise addresses, such as ["slack", "mmosts"]',
    )


class NetworkSettings(Section):
    """The way out of the operator's network, and whom it trusts."""

    ca_bundle: Text = Field(default="", description='the path of a file of certificates in PEM, or ""')
    proxy: ProxyAddress = Field(
        default="",
        repr=False,
        description='an address such as "http://proxy.example.org:3128" or "socks5h://proxy.example.org:1080", or ""',
    )


class OperatorSettings(Section):
    """Who runs this, and hears what goes wrong with it."""

    email: OptionalMailbox = Field(default="", description='a mail address, such as "ops@example.org", or ""')
    webhook: HookAddress | None = Field(
        default=None,
        repr=False,
        description='an http(s) address without "#", such as "https://example.org/hooks/monitor"',
    )
    as_webhook: bool = Field(default=False, description="true or false")
    chat: ChatAddress | None = Field(default=None, repr=False, description=A_CHAT_ROOM)
    heartbeat: HookAddress | None = Field(
        default=None, repr=False, description='an http(s) address, such as "https://hc.example.org/ping/UUID"'
    )

    @property
    def addresses(self) -> dict[Way, str]:
        """Where the operator is reached, by way; may hold secrets."""
        return {way: address for way in Way if (address := getattr(self, way))}


def _exactly_one(section: Section, choices: Sequence[str]) -> None:
    given = [name for name in choices if getattr(section, name)]
    if len(given) != 1:
        raise broken(f"has {' and '.join(given) or 'none'} of {', '.join(choices)}; give exactly one of them")


def _role_of_a_sponsor(role: Role | None, sponsor: str | None) -> None:
    if role is not None and sponsor is None:
        raise broken("has a role without a sponsor; give both, or no role")


class WatchSettings(Section):
    """What to watch. Whether an id is a registration number, and a search makes sense, is for the registries to say."""

    name: Name | None = Field(default=None, description="a text that is not empty")
    trials: Annotated[tuple[Name, ...], Listed] = Field(
        default=(), description='a list of registration numbers, such as ["NCT02116634"]'
    )
    sponsor: Phrase | None = Field(default=None, description=A_SPONSOR)
    role: RoleName | None = Field(default=None, description='"lead" or "any"')
    condition: Phrase | None = Field(
        default=None, description='a condition of up to 500 characters, such as "breast cancer"'
    )
    search: Expression | None = Field(
        default=None, description="an expression in the registry's query language, of up to 4000 characters"
    )
    all_trials: bool = Field(default=False, description="true or false")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        choices = ("trials", "sponsor", "condition", "search", "all_trials")
        _exactly_one(self, choices)
        _role_of_a_sponsor(self.role, self.sponsor)
        return self

    @property
    def looks_for(self) -> Search | None:
        """What it looks for; None where it holds the trials that it names."""
        if self.trials:
            return None
        return Search(
            sponsor=self.sponsor,
            role=self.role or Role.LEAD,
            condition=self.condition,
            expression=self.search,
        )


class SubscriptionSettings(Section):
    """Who wants to hear of what, and how. An address is kept as it is written: whoever sends to it checks it."""

    name: Name | None = Field(default=None, description="a text that is not empty")
    email: Mailbox | None = Field(default=None, description='a mail address, such as "ops@example.org"')
    webhook: HookAddress | None = Field(
        default=None,
        repr=False,
        description='an http(s) address without "#", such as "https://example.org/hooks/trials"',
    )
    as_webhook: bool = Field(default=False, description="true or false")
    chat: ChatAddress | None = Field(default=None, repr=False, description=A_CHAT_ROOM)
    trials: Annotated[tuple[Name, ...], Listed] = Field(
        default=(), description='a list of registration numbers, such as ["NCT02116634"]'
    )
    watch: Name | None = Field(default=None, description="the name of a watch")
    sponsor: Phrase | None = Field(default=None, description=A_SPONSOR)
    role: RoleName | None = Field(default=None, description='"lead" or "any"')
    all: bool = Field(default=False, description="true or false")
    topics: Annotated[tuple[TopicName, ...], Listed] = Field(
        default=(), description='a list of topics, such as ["status", "dates"]'
    )
    kinds: Annotated[tuple[KindName, ...], Listed] = Field(
        default=(), description='a list of kinds, or what kinds begin with, such as ["outcome.primary", "phase"]'
    )
    without: Annotated[tuple[KindName, ...], Listed] = Field(
        default=(), description='a list of kinds that are never told, such as ["trial.new", "trial.left"]'
    )
    min_significance: SignificanceName = Field(
        default=str(Significance.MINOR), description='"critical", "major", "minor" or "administrative"'
    )
    min_percent: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="a number of percent, 0 or more"
    )
    min_days: int | None = Field(default=None, ge=0, description="a number of days, 0 or more")
    note: Name | None = Field(default=None, description="a text that is not empty")

    @model_validator(mode="after")
    def _one_way_and_one_scope(self) -> Self:
        for choices in (tuple(str(way) for way in Way), ("trials", "watch", "sponsor", "all")):
            _exactly_one(self, choices)
        _role_of_a_sponsor(self.role, self.sponsor)
        return self

    @property
    def looks_for(self) -> Search | None:
        """What it makes the program watch; None where it is about trials or a watch that are named elsewhere."""
        return Search(sponsor=self.sponsor, role=self.role or Role.LEAD) if self.sponsor else None

    @property
    def way(self) -> Way:
        """How the subscriber is reached."""
        return next(way for way in Way if getattr(self, way))

    @property
    def address(self) -> str:
        """Where the subscriber is reached; may hold secrets."""
        address: str = getattr(self, self.way)
        return address

    @property
    def filters(self) -> Filters:
        """What of an event the subscriber wants to hear."""
        return Filters(
            topics=frozenset(self.topics),
            kinds=frozenset(self.kinds),
            without=frozenset(self.without),
            min_significance=Significance[self.min_significance.upper()],
            min_percent=self.min_percent,
            min_days=self.min_days,
        )


class Config(Section):
    """Everything that can be configured."""

    store: StoreSettings = Field(default=StoreSettings(), description="a table")
    registries: RegistrySettings = Field(default=RegistrySettings(), description="a table")
    schedule: ScheduleSettings = Field(default=ScheduleSettings(), description="a table")
    smtp: SmtpSettings = Field(default=SmtpSettings(), description="a table")
    webhooks: WebhookSettings = Field(default=WebhookSettings(), description="a table")
    chat: ChatSettings = Field(default=ChatSettings(), description="a table")
    network: NetworkSettings = Field(default=NetworkSettings(), description="a table")
    web: WebSettings = Field(default=WebSettings(), description="a table")
    operator: OperatorSettings = Field(default=OperatorSettings(), description="a table")
    secret_key: Secret = Field(default="", repr=False, description="a text")
    watch: Annotated[tuple[WatchSettings, ...], Listed] = Field(default=(), description="tables headed [[watch]]")
    subscription: Annotated[tuple[SubscriptionSettings, ...], Listed] = Field(
        default=(), repr=False, description="tables headed [[subscription]]"
    )

    @field_validator("subscription")
    @classmethod
    def _names_are_different(cls, value: tuple[SubscriptionSettings, ...]) -> tuple[SubscriptionSettings, ...]:
        names = [subscription.name for subscription in value if subscription.name]
        if len(set(names)) < len(names):
            raise broken("has the same name twice; give each a name of its own, or none")
        return value
