"""What may be sent of a subscription: who hears of what, what of it, and when; and what the program makes of it.

The keys are those that a subscription is shown with. Where a value cannot be used, the problem points at it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from sqlalchemy import Connection

from monitor.alerts.editing import Editable
from monitor.alerts.filters import checked_filters
from monitor.alerts.rhythms import checked_catch_up, checked_rhythm
from monitor.alerts.subscribe import SubscriptionScope, new_endpoint
from monitor.changes.topics import Topic
from monitor.errors import ConfigurationInvalid, NothingFound, TrialIdInvalid
from monitor.language.catalogues import LANGUAGES, checked_language
from monitor.model import Filters, Rhythm, Search
from monitor.model.language import ENGLISH
from monitor.model.rhythm import IMMEDIATE, Every
from monitor.model.search import Role
from monitor.ports import Registry, registry_to_search
from monitor.settings import rhythms
from monitor.storage import groups, subscriptions, watches
from monitor.watching.subscribing import KnownRegistries, SubscribeRequest
from monitor.watching.watches import ResolvedSearch
from monitor.web.api import problems
from monitor.web.api.call import Call
from monitor.web.api.problems import INVALID, Problem, Wrong, Wrongs, in_api_words
from monitor.web.api.shapes import Code, Sent, SignificanceName

ABOUT = ("trials", "watch", "group", "sponsor", "condition", "search", "all")
"""What a rule is about: one of these fields."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("It has characters that cannot be printed")
    return text


def _kind(text: str) -> str:
    try:
        checked_filters(topics=(), kinds=[text], min_significance="minor")
    except ConfigurationInvalid as error:
        raise ValueError(str(error)) from None
    return text


def _language(text: str) -> str:
    try:
        return checked_language(text)
    except ConfigurationInvalid as error:
        raise ValueError(str(error)) from None


def _written_as(read: Callable[[object], object], expected: str) -> AfterValidator:
    def checked(text: str) -> str:
        try:
            read(text)
        except ValueError:
            raise ValueError(f"It is not {expected}") from None
        return text

    return AfterValidator(checked)


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
"""A text on one line."""
Note = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_printable)]
Way = Literal["email", "webhook", "chat"]
Kind = Annotated[Line, AfterValidator(_kind)]
"""A kind of change, or how some begin."""
Clock = Annotated[
    str,
    Field(pattern="^[0-2][0-9]:[0-5][0-9]$", examples=["08:00"]),
    _written_as(rhythms.clock_time, rhythms.A_TIME),
]
Hours = Annotated[
    str,
    Field(pattern="^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$", examples=["22:00-07:00"]),
    _written_as(rhythms.hours, rhythms.HOURS),
]
Zone = Annotated[Line, _written_as(rhythms.zone, rhythms.A_ZONE)]
Language = Annotated[
    str,
    Field(description="Of its mails and pages.", json_schema_extra={"enum": [*LANGUAGES]}),
    AfterValidator(_language),
]
Percent = Annotated[float, Field(ge=0, le=1_000_000)]
Days = Annotated[int, Field(ge=0, le=100_000)]


class SearchSent(Sent):
    """What a registry is searched for: one of these."""

    sponsor: Line | None = Field(default=None, description="A sponsor's whole name.")
    role: Code[Role] | None = Field(default=None, description="Of the sponsor: lead, or any.")
    condition: Line | None = None
    search: Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_printable)] | None = Field(
        default=None, description="An expression in the registry's own query language."
    )
    registry: Line | None = Field(default=None, description="Which registry is searched; else the first that can be.")

    @property
    def looked_for(self) -> Search | None:
        """The search, where one is asked for."""
        if self.sponsor is None and self.condition is None and self.search is None:
            return None
        return Search(
            sponsor=self.sponsor, role=self.role or Role.LEAD, condition=self.condition, expression=self.search
        )


class FiltersSent(Sent):
    """What of a change is told; what is left out leaves nothing out."""

    topics: list[Code[Topic]] = Field(default_factory=list, max_length=len(Topic))
    kinds: list[Kind] = Field(
        default_factory=list, max_length=100, description="Kinds of change, or how they begin.", examples=[["status"]]
    )
    without: list[Kind] = Field(default_factory=list, max_length=100, description="Kinds that are never told.")
    min_significance: SignificanceName = "minor"
    min_percent: Percent | None = Field(default=None, description="Of enrollment.")
    min_days: Days | None = Field(default=None, description="Of dates.")


class RhythmSent(Sent):
    """When it is told; what is left out is as usual, or stays."""

    digest: Code[Every] | None = None
    at: Clock | None = Field(default=None, description="When a digest comes, in its time zone.")
    tz: Zone | None = Field(default=None, description="A time zone's IANA name.", examples=["Europe/Paris"])
    quiet_hours: Hours | None = None
    break_through: bool | None = Field(default=None, description="Whether what is critical does not wait.")
    all_quiet: bool | None = Field(default=None, description="Whether a digest comes also without anything to tell.")


class RuleSent(SearchSent, FiltersSent):
    """Who is to hear of what: one of trials, watch, group, sponsor, condition, search and all."""

    way: Way
    to: Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_printable)] = Field(
        description="A mail address, a webhook's URL, or what a chat service gave.", examples=["anna@example.org"]
    )
    trials: list[Line] = Field(default_factory=list, max_length=1000, examples=[["NCT02116634"]])
    watch: Line | Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    group: Line | None = Field(default=None, description="A group of watches, by its name.")
    all: bool = Field(default=False, description="Every trial that is checked.")
    rhythm: Code[RhythmSent] = Field(default_factory=RhythmSent)
    note: Note | None = Field(default=None, description="Why they care; it comes with every message.")
    name: Line | None = None
    as_webhook: bool = Field(default=False, description="That a chat service's address is to be a webhook is meant so.")


class SubscriptionSent(RuleSent):
    """A subscription that is to be made."""

    language: Language = ENGLISH
    catch_up: Annotated[str, Field(pattern="^[0-9]{1,4}[hdw]$")] | None = Field(
        default=None, description="From how long ago on it tells what happened, as one message.", examples=["30d"]
    )


class SubscriptionEdit(Sent):
    """What is to be changed of a subscription: what is left out stays, and null clears."""

    topics: list[Code[Topic]] | None = Field(default=None, max_length=len(Topic))
    kinds: list[Kind] | None = Field(default=None, max_length=100)
    without: list[Kind] | None = Field(default=None, max_length=100)
    min_significance: SignificanceName | None = None
    min_percent: Percent | None = None
    min_days: Days | None = None
    rhythm: Code[RhythmSent] | None = None
    note: Note | None = None
    language: Language | None = None
    name: Line | None = None


def filters_of(sent: FiltersSent) -> Filters:
    """What of a change is told."""
    return checked_filters(
        topics=sent.topics,
        kinds=sent.kinds,
        without=sent.without,
        min_significance=sent.min_significance,
        min_percent=sent.min_percent,
        min_days=sent.min_days,
    )


def rhythm_of(sent: RhythmSent, *, before: Rhythm = IMMEDIATE, catches_up: bool = False) -> Rhythm:
    """When it is told."""
    if "quiet_hours" in sent.model_fields_set and sent.quiet_hours is None:
        before = replace(before, quiet_hours=None)
        before = replace(before, breaks_through=before.breaks_through and not before.is_immediate)
    try:
        return checked_rhythm(
            every=sent.digest,
            at=sent.at,
            zone=sent.tz,
            quiet_hours=sent.quiet_hours,
            breaks_through=sent.break_through,
            all_quiet=sent.all_quiet,
            before=before,
            catches_up=catches_up,
        )
    except ConfigurationInvalid as error:
        raise problems.invalid(in_api_words(error), _at_fault(error), "pointer") from None


def _at_fault(error: ConfigurationInvalid) -> str:
    """The part of a rhythm that an error is about: it begins with the option that people have for it."""
    name = str(error).partition(" ")[0].removeprefix("--").replace("-", "_")
    return f"#/rhythm/{name}" if name in RhythmSent.model_fields else "#/rhythm"


def edited(sent: SubscriptionEdit, before: Editable) -> Editable:
    """What an edit makes of a subscription."""
    given = sent.model_fields_set
    was, usual = before.filters, Filters()
    of_lists = {name: sorted(getattr(was, name)) for name in ("topics", "kinds", "without")}
    wanted: dict[str, Any] = {
        **of_lists,
        "min_significance": str(was.min_significance),
        "min_percent": was.min_percent,
        "min_days": was.min_days,
    }
    for name in given & wanted.keys():
        cleared: Any = str(usual.min_significance) if name == "min_significance" else [] if name in of_lists else None
        wanted[name] = cleared if getattr(sent, name) is None else getattr(sent, name)
    return replace(
        before,
        filters=filters_of(FiltersSent.model_construct(**wanted)),
        rhythm=rhythm_of(sent.rhythm, before=before.rhythm) if sent.rhythm else before.rhythm,
        note=sent.note if "note" in given else before.note,
        language=(sent.language or ENGLISH) if "language" in given else before.language,
        name=sent.name if "name" in given else before.name,
    )


def request_of(sent: RuleSent, call: Call) -> SubscribeRequest:
    """What is asked for, as a back-test takes it. Problem for what cannot be used, all of it."""
    wrong = Wrongs()
    wrong.only_one(
        ABOUT, [name for name in ABOUT if getattr(sent, name) not in ([], None, False)], "Say what it is about"
    )
    refuse_in_vain(sent, wrong)
    for number, text in enumerate(sent.trials):
        with wrong.at(f"#/trials/{number}"):
            call.site.identify(text)
    with wrong.at("#/to"):
        new_endpoint(sent.way, sent.to, call.site.subscribing, as_webhook=sent.as_webhook)
    with call.site.store.read() as tx:
        _note_unknown(tx, sent, wrong)
    catch_up = sent.catch_up if isinstance(sent, SubscriptionSent) else None
    since, rhythm = None, IMMEDIATE
    with wrong.at("#/catch_up"):
        since = checked_catch_up(catch_up) if catch_up else None
    with wrong.at():
        rhythm = rhythm_of(sent.rhythm, catches_up=catch_up is not None)
    wrong.refuse()
    return SubscribeRequest(
        channel=sent.way,
        address=sent.to,
        trials=sent.trials,
        watch=None if sent.watch is None else str(sent.watch),
        group=sent.group,
        search=sent.looked_for,
        registry=sent.registry,
        everything=sent.all,
        filters=filters_of(sent),
        rhythm=rhythm,
        note=sent.note,
        language=sent.language if isinstance(sent, SubscriptionSent) else ENGLISH,
        name=sent.name,
        as_webhook=sent.as_webhook,
        catch_up=since,
    )


def refuse_in_vain(sent: SearchSent, wrong: Wrongs, *, is_everything: bool = False) -> None:
    """Note what says something of a search that is not asked for."""
    if sent.role is not None and sent.sponsor is None:
        wrong.note("“role” is of a sponsor: give “sponsor”, too, or leave it out.", "#/role")
    if sent.registry is not None and sent.looked_for is None and not is_everything:
        words = "“registry” says where to search: leave it out, for a trial's number says of which registry it is."
        wrong.note(words, "#/registry")


def _note_unknown(tx: Connection, sent: RuleSent, wrong: Wrongs) -> None:
    """Note a watch or a group that there is not, and a name that somebody has."""
    if sent.watch is not None:
        with wrong.at("#/watch"):
            watches.find(tx, str(sent.watch))
    if sent.group is not None:
        with wrong.at("#/group"):
            groups.find(tx, sent.group)
    if isinstance(sent, SubscriptionSent) and sent.name is not None and (other := subscriptions.called(tx, sent.name)):
        wrong.note(f"{other} is called “{sent.name}” already: choose another name.", "#/name")


def known_registries(call: Call) -> KnownRegistries:
    """How a registry is found."""

    def of_key(key: str | None) -> Registry:
        registries = call.site.registries
        wanted = (key or "").casefold()
        found = next((each for each in registries if key is None or wanted in (each.key, each.name.casefold())), None)
        if found is None:
            names = ", ".join(each.key for each in registries)
            raise ConfigurationInvalid(f"“{wanted[:80]}” is not a registry known here; known: {names}")
        return found

    def to_search(search: Search, key: str | None) -> Registry:
        return registry_to_search(call.site.registries, search, of_key(key) if key else None)

    return KnownRegistries(call.site.identify, of_key, to_search)


def resolved(search: Search, registry: str | None, call: Call) -> ResolvedSearch:
    """The search in its registry's own spelling, which asks that registry. Problem for one that cannot be asked."""
    with pointed("#/registry"):
        key = known_registries(call).of_key(registry).key if registry else None
    return call.site.searches.resolve(search, key, now=call.now)


def scope_of(
    tx: Connection, request: SubscribeRequest, search: tuple[str, Search] | None, call: Call
) -> SubscriptionScope:
    """What it is about."""
    found = [call.site.identify(text) for text in request.trials]
    return SubscriptionScope(
        trials=frozenset((registry.key, trial_id) for registry, trial_id in found),
        watch_id=watches.find(tx, request.watch).id if request.watch is not None else None,
        search=search,
        group=request.group,
        everything=request.everything,
    )


@contextmanager
def pointed(name: str, place: str = "pointer") -> Iterator[None]:
    """What cannot be used there is said of that place of the body, or of that parameter."""
    try:
        yield
    except (ConfigurationInvalid, NothingFound, TrialIdInvalid) as error:
        words = in_api_words(error)
        raise Problem(INVALID, words, errors=[Wrong(words, name, place)]) from None
