"""The keys of config.toml, as a tree of sections.

A description is what a person reads after "expected". `repr=False` marks what is never shown, `ONLY_BY_VARIABLE`
beside it what may not even stand in the file. What the table of a registry holds, its adapter declares; a channel's
table, and its key for addresses, its folder.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from pydantic import Field, create_model, field_validator, model_validator

from monitor.channels.declared import CHANNELS
from monitor.model import Filters, Role, Search, Significance
from monitor.registries.adapter import Adapter, PoliteSettings
from monitor.registries.declared import ADAPTERS
from monitor.settings import Secret, Section
from monitor.settings.network import NetworkSettings
from monitor.settings.values import (
    A_SPAN,
    A_SPONSOR,
    A_WAIT,
    Bind,
    Expression,
    HookAddress,
    KindName,
    Listed,
    Name,
    OptionalMailbox,
    Phrase,
    RoleName,
    SignificanceName,
    Span,
    StoreAddress,
    TopicName,
    Wait,
    WebAddress,
    broken,
)

Table = TypeVar("Table", bound=Section)


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


class _Named(Section):
    """What may have a name."""

    name: Name | None = Field(default=None, description="a text that is not empty")


class _BeforeChannels(Section):
    """The tables that come before those of the channels."""

    store: StoreSettings = Field(default=StoreSettings(), description="a table")
    registries: RegistrySettings = Field(default=RegistrySettings(), description="a table")
    schedule: ScheduleSettings = Field(default=ScheduleSettings(), description="a table")


def _with_addresses(section: type[Section]) -> type[Section]:
    """The section with a key more for an address of each channel."""
    fields: dict[str, Any] = {}
    for name, channel in CHANNELS.items():
        key = channel.address_key()
        fields[name] = (key.kind | None, Field(default=None, repr=not key.is_secret, description=key.description))
    return create_model(section.__name__, __base__=section, **fields)


def _with_tables(section: type[Section]) -> type[Section]:
    """The section with the table of each channel that has one."""
    tables = [table for channel in CHANNELS.values() if (table := channel.settings())]
    fields: dict[str, Any] = {
        name: (settings, Field(default=settings(), description="a table")) for name, settings in tables
    }
    return create_model(section.__name__, __base__=section, **fields)


if TYPE_CHECKING:
    _Operator = Section
    _Subscriber = _Named
    _Tables = _BeforeChannels
else:
    _Operator, _Subscriber = _with_addresses(Section), _with_addresses(_Named)
    _Tables = _with_tables(_BeforeChannels)


class OperatorSettings(_Operator):
    """Who runs this, and hears what goes wrong with it."""

    email: OptionalMailbox = Field(default="", description='a mail address, such as "ops@example.org", or ""')
    as_webhook: bool = Field(default=False, description="true or false")
    heartbeat: HookAddress | None = Field(
        default=None, repr=False, description='an http(s) address, such as "https://hc.example.org/ping/UUID"'
    )

    @property
    def addresses(self) -> dict[str, str]:
        """Where the operator is reached, by channel; may hold secrets."""
        return {name: address for name in CHANNELS if (address := getattr(self, name))}


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


class SubscriptionSettings(_Subscriber):
    """Who wants to hear of what, and how. An address is kept as it is written: whoever sends to it checks it."""

    as_webhook: bool = Field(default=False, description="true or false")
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
    def _one_channel_and_one_scope(self) -> Self:
        for choices in (tuple(CHANNELS), ("trials", "watch", "sponsor", "all")):
            _exactly_one(self, choices)
        _role_of_a_sponsor(self.role, self.sponsor)
        return self

    @property
    def looks_for(self) -> Search | None:
        """What it makes the program watch; None where it is about trials or a watch that are named elsewhere."""
        return Search(sponsor=self.sponsor, role=self.role or Role.LEAD) if self.sponsor else None

    @property
    def channel(self) -> str:
        """How the subscriber is reached."""
        return next(name for name in CHANNELS if getattr(self, name))

    @property
    def address(self) -> str:
        """Where the subscriber is reached; may hold secrets."""
        address: str = getattr(self, self.channel)
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


class Config(_Tables):
    """Everything that can be configured."""

    network: NetworkSettings = Field(default=NetworkSettings(), description="a table")
    web: WebSettings = Field(default=WebSettings(), description="a table")
    operator: OperatorSettings = Field(default=OperatorSettings(), description="a table")
    secret_key: Secret = Field(default="", repr=False, description="a text")
    watch: Annotated[tuple[WatchSettings, ...], Listed] = Field(default=(), description="tables headed [[watch]]")
    subscription: Annotated[tuple[SubscriptionSettings, ...], Listed] = Field(
        default=(), repr=False, description="tables headed [[subscription]]"
    )

    def section(self, settings: type[Table]) -> Table:
        """The table that *settings* describes, of which there is one."""
        tables = (getattr(self, name) for name in type(self).model_fields)
        return next(table for table in tables if isinstance(table, settings))

    def operator_address(self, channel: str) -> str:
        """The operator's address on that channel; empty where it has none."""
        return self.operator.addresses.get(channel, "")

    @field_validator("subscription")
    @classmethod
    def _names_are_different(cls, value: tuple[SubscriptionSettings, ...]) -> tuple[SubscriptionSettings, ...]:
        names = [subscription.name for subscription in value if subscription.name]
        if len(set(names)) < len(names):
            raise broken("has the same name twice; give each a name of its own, or none")
        return value
