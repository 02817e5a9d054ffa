"""The keys of config.toml, as a tree of sections.

A description is what a person reads after "expected". What is not *shown* stands in no message, and a `secret` not even
in the file. What the table of a registry holds, its folder declares; a channel's table, and its key for addresses, as
well: of a registry and of a channel, their settings alone are loaded here.
"""

from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from monitor.channels import NAMES, one_each
from monitor.config.timing import A_SWITCH, TimedSettings
from monitor.registries import FOLDERS
from monitor.registries.settings import PoliteSettings
from monitor.settings import Section, Setting, secret, setting, table, tables, values
from monitor.settings.network import NetworkSettings
from monitor.settings.refused import RuleBroken

if TYPE_CHECKING:
    from monitor.model import Filters, Role, Search

T = TypeVar("T", bound=Section)

A_NAME = "a text that is not empty"
TRIAL_IDS = 'a list of registration numbers, such as ["NCT02116634"]'
A_REGISTRY = 'the host name of a registry, such as "clinicaltrials.gov"'
A_NUMBER_OF_JOBS = "a number from 1 to 100"
A_ROLE = '"lead" or "any"'
ROLES = ("read", "subscribe", "operate")
"""Of users: see `monitor.model.access`."""


def _settings(package: str, folders: Sequence[str]) -> list[ModuleType]:
    """What each registry or channel declares."""
    return [import_module(f"monitor.{package}.{folder}.settings") for folder in folders]


def _tables(declared: Sequence[ModuleType]) -> dict[str, object]:
    """The tables of config.toml that are theirs."""
    return {name: table(section) for each in declared for name, section in each.TABLES.items()}


_CHANNELS = _settings("channels", NAMES)
_ADDRESSES = dict(zip(NAMES, (each.ADDRESS for each in _CHANNELS), strict=True))
"""A key for an address of each channel."""


class StoreSettings(Section):
    """Where snapshots, changes and watches are kept."""

    url: str = setting(
        values.store_address,
        default="sqlite:///snapshots/monitor.sqlite3",
        description='an address such as "sqlite:///snapshots/monitor.sqlite3" or "postgresql+psycopg://host/database"',
    )
    replica: str = setting(
        values.optional(values.store_address),
        default="",
        description='an address such as "postgresql+psycopg://replica/database", or ""',
    )
    keep: str = setting(values.retention, default=values.ALL, description=values.A_RETENTION)

    @property
    def kept_for(self) -> timedelta | None:
        """How long documents and messages are kept in full; None: always."""
        return values.kept_for(self.keep)


class RegistrySettings(Section, more=_tables(_settings("registries", FOLDERS))):
    """The registries, each under its host name."""

    def __getitem__(self, key: str) -> PoliteSettings:
        """The settings of one registry; KeyError where there are none."""
        settings: PoliteSettings = self.__dict__[key]
        return settings


class ScheduleSettings(Section):
    """When watched trials are due."""

    check_every: timedelta = setting(values.interval, default=timedelta(hours=1), description=values.A_SPAN)
    full_check_every: timedelta = setting(values.interval, default=timedelta(days=7), description=values.A_SPAN)
    settle: timedelta = setting(values.wait, default=timedelta(0), description=values.A_WAIT)


class WebSettings(Section):
    """Where the service answers over HTTP."""

    bind: str = setting(
        values.bind,
        default="127.0.0.1:8080",
        description='an address and a port, such as "127.0.0.1:8080"; port 0 is any free one',
    )
    public_url: str = setting(
        values.web_address,
        default="http://127.0.0.1:8080",
        description='an http(s) address, such as "https://trials.example.org"',
    )
    public: bool = setting(values.boolean, default=False, description=A_SWITCH)
    self_service: bool = setting(values.boolean, default=False, description=A_SWITCH)
    mcp: bool = setting(values.boolean, default=False, description=A_SWITCH)
    trusted_proxies: tuple[str, ...] = setting(
        values.listed(values.network),
        default=("127.0.0.0/8", "::1/128"),
        description='a list of networks, such as ["10.0.0.0/8"]',
    )
    trust_user_header: str = setting(
        values.optional(values.header_name),
        default="",
        description='the name of a header, such as "X-Forwarded-User", or ""',
    )
    header_role: str = setting(values.one_of(ROLES), default="read", description='"read", "subscribe" or "operate"')

    require_codes: bool = setting(values.boolean, default=False, description=A_SWITCH)

    def check(self) -> None:
        """What leads to a subscription is read by nobody on the way."""
        if self.self_service and not values.is_confidential(self.public_url):
            raise RuleBroken("has self_service = true, which needs an https address as public_url")


class WorkerSettings(Section):
    """How many jobs a process takes at once on PostgreSQL, and whether the service takes any."""

    in_serve: bool = setting(values.boolean, default=True, description=A_SWITCH)
    fetch: int = setting(values.whole(1, 100), default=8, description=A_NUMBER_OF_JOBS)
    deliver: int = setting(values.whole(1, 100), default=4, description=A_NUMBER_OF_JOBS)
    digest: int = setting(values.whole(1, 100), default=2, description=A_NUMBER_OF_JOBS)
    listen: bool = setting(values.boolean, default=True, description=A_SWITCH)

    @property
    def concurrency(self) -> dict[str, int]:
        """By queue."""
        return {"fetch": self.fetch, "deliver": self.deliver, "digest": self.digest, "upkeep": 4}


class OperatorSettings(Section, more=_ADDRESSES):
    """Who runs this, and hears what goes wrong with it."""

    email: str = setting(
        values.optional(values.mailbox), default="", description='a mail address, such as "ops@example.org", or ""'
    )
    as_webhook: bool = setting(values.boolean, default=False, description=A_SWITCH)
    heartbeat: str | None = setting(
        values.hook_address,
        default=None,
        shown=False,
        description='an http(s) address, such as "https://hc.example.org/ping/UUID"',
    )

    @property
    def addresses(self) -> dict[str, str]:
        """Where the operator is reached, by channel; may hold secrets."""
        return {name: address for name in NAMES if (address := getattr(self, name))}


def _exactly_one(section: Section, choices: Sequence[str]) -> None:
    given = [name for name in choices if getattr(section, name)]
    if len(given) != 1:
        raise RuleBroken(f"has {' and '.join(given) or 'none'} of {', '.join(choices)}; give exactly one of them")


def _role_of_a_sponsor(role: "Role | None", sponsor: str | None) -> None:
    if role is not None and sponsor is None:
        raise RuleBroken("has a role without a sponsor; give both, or no role")


def _registry_of_a_search(registry: str | None, *, is_search: bool) -> None:
    if registry is not None and not is_search:
        raise RuleBroken("has a registry and names no search in it; a trial's id says of which registry it is")


class WatchSettings(Section):
    """What to watch. Whether an id is a registration number, and a search makes sense, is for the registries to say."""

    name: str | None = setting(values.name, default=None, description=A_NAME)
    trials: tuple[str, ...] = setting(values.listed(values.name), default=(), description=TRIAL_IDS)
    sponsor: str | None = setting(values.phrase, default=None, description=values.A_SPONSOR)
    role: "Role | None" = setting(values.role, default=None, description=A_ROLE)
    condition: str | None = setting(
        values.phrase, default=None, description='a condition of up to 500 characters, such as "breast cancer"'
    )
    search: str | None = setting(
        values.expression,
        default=None,
        description="an expression in the registry's query language, of up to 4000 characters",
    )
    all_trials: bool = setting(values.boolean, default=False, description=A_SWITCH)
    registry: str | None = setting(values.name, default=None, description=A_REGISTRY)
    siblings: bool = setting(values.boolean, default=False, description=A_SWITCH)
    groups: tuple[str, ...] = setting(
        values.listed(values.name), default=(), description='a list of names, such as ["oncology competitors"]'
    )

    def check(self) -> None:
        """It is of one kind."""
        _exactly_one(self, ("trials", "sponsor", "condition", "search", "all_trials"))
        _role_of_a_sponsor(self.role, self.sponsor)
        _registry_of_a_search(self.registry, is_search=not self.trials)
        if self.siblings and not self.trials:
            raise RuleBroken("has siblings without trials; give both, or no siblings")
        if self.groups and self.all_trials:
            raise RuleBroken("has groups and all_trials; give subscriptions all = true instead of a group")

    @property
    def looks_for(self) -> "Search | None":
        """What it looks for; None where it holds the trials that it names."""
        from monitor.model import Role, Search  # not every configuration watches something

        if self.trials:
            return None
        return Search(
            sponsor=self.sponsor, role=self.role or Role.LEAD, condition=self.condition, expression=self.search
        )


class _Named(TimedSettings):
    """What may have a name."""

    name: str | None = setting(values.name, default=None, description=A_NAME)


def _of_several(address: Setting) -> Setting:
    """A key for an address, or for those of several people."""
    several = values.listed(address.read)

    def read(value: object) -> Any:
        return several(value) if isinstance(value, list) else address.read(value)

    words = f"{address.description}, or a list of such"
    return Setting(read, default=address.default, shown=address.shown, description=words)


_SEVERAL_ADDRESSES = {name: _of_several(address) for name, address in _ADDRESSES.items()}


class SubscriptionSettings(_Named, more=_SEVERAL_ADDRESSES):
    """Who wants to hear of what, and how. An address is kept as it is written: whoever sends to it checks it."""

    as_webhook: bool = setting(values.boolean, default=False, description=A_SWITCH)
    trials: tuple[str, ...] = setting(values.listed(values.name), default=(), description=TRIAL_IDS)
    watch: str | None = setting(values.name, default=None, description="the name of a watch")
    group: str | None = setting(values.name, default=None, description="the name of a group of watches")
    sponsor: str | None = setting(values.phrase, default=None, description=values.A_SPONSOR)
    role: "Role | None" = setting(values.role, default=None, description=A_ROLE)
    registry: str | None = setting(values.name, default=None, description=A_REGISTRY)
    all: bool = setting(values.boolean, default=False, description=A_SWITCH)
    topics: tuple[str, ...] = setting(
        values.listed(values.topic), default=(), description='a list of topics, such as ["status", "dates"]'
    )
    kinds: tuple[str, ...] = setting(
        values.listed(values.kind),
        default=(),
        description='a list of kinds, or what kinds begin with, such as ["outcome.primary", "phase"]',
    )
    without: tuple[str, ...] = setting(
        values.listed(values.kind),
        default=(),
        description='a list of kinds that are never told, such as ["trial.new", "trial.left"]',
    )
    min_significance: str = setting(
        values.significance, default="minor", description='"critical", "major", "minor" or "administrative"'
    )
    min_percent: float | None = setting(
        values.number(lambda percent: percent >= 0), default=None, description="a number of percent, 0 or more"
    )
    min_days: int | None = setting(values.whole(0), default=None, description="a number of days, 0 or more")
    note: str | None = setting(values.name, default=None, description=A_NAME)
    language: str = setting(values.language, default="en", description=values.A_LANGUAGE)

    def check(self) -> None:
        """It has one channel and one scope, and its timing makes sense."""
        super().check()
        for choices in (NAMES, ("trials", "watch", "group", "sponsor", "all")):
            _exactly_one(self, choices)
        _role_of_a_sponsor(self.role, self.sponsor)
        _registry_of_a_search(self.registry, is_search=self.sponsor is not None)

    @property
    def looks_for(self) -> "Search | None":
        """What it makes the program watch; None where it is about trials or a watch that are named elsewhere."""
        from monitor.model import Role, Search  # not every configuration subscribes somebody

        return Search(sponsor=self.sponsor, role=self.role or Role.LEAD) if self.sponsor else None

    @property
    def channel(self) -> str:
        """How the subscriber is reached."""
        return next(name for name in NAMES if getattr(self, name))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the subscribers are reached, who are a team where they are several; may hold secrets."""
        given: str | tuple[str, ...] = getattr(self, self.channel)
        return (given,) if isinstance(given, str) else tuple(one_each(self.channel, given))

    @property
    def filters(self) -> "Filters":
        """What of an event the subscriber wants to hear."""
        from monitor.model import Filters, Significance  # as above

        return Filters(
            topics=frozenset(self.topics),
            kinds=frozenset(self.kinds),
            without=frozenset(self.without),
            min_significance=Significance[self.min_significance.upper()],
            min_percent=self.min_percent,
            min_days=self.min_days,
        )


def _subscriptions(given: object) -> tuple[SubscriptionSettings, ...]:
    """Subscriptions whose names are different."""
    found = values.listed(SubscriptionSettings.read)(given)
    names = [subscription.name for subscription in found if subscription.name]
    if len(set(names)) < len(names):
        raise RuleBroken("has the same name twice; give each a name of its own, or none")
    return found


class _BeforeChannels(Section):
    """The tables that come before those of the channels."""

    store: StoreSettings = table(StoreSettings)
    registries: RegistrySettings = table(RegistrySettings)
    schedule: ScheduleSettings = table(ScheduleSettings)


class Config(_BeforeChannels, more=_tables(_CHANNELS)):
    """Everything that can be configured."""

    network: NetworkSettings = table(NetworkSettings)
    web: WebSettings = table(WebSettings)
    worker: WorkerSettings = table(WorkerSettings)
    operator: OperatorSettings = table(OperatorSettings)
    secret_key: str = secret(description="a text")
    watch: tuple[WatchSettings, ...] = tables(
        WatchSettings, read=values.listed(WatchSettings.read), description="tables headed [[watch]]"
    )
    subscription: tuple[SubscriptionSettings, ...] = tables(
        SubscriptionSettings, read=_subscriptions, shown=False, description="tables headed [[subscription]]"
    )

    def section(self, settings: type[T]) -> T:
        """The table that *settings* describes, of which there is one."""
        return next(each for each in self.__dict__.values() if isinstance(each, settings))

    def operator_address(self, channel: str) -> str:
        """The operator's address on that channel; empty where it has none."""
        return self.operator.addresses.get(channel, "")
