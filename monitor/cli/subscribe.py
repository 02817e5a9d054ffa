"""`monitor subscribe`: who hears of what, and how."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.channels import NAMES
from monitor.cli.backtest import dry_run
from monitor.cli.filtering import KindOption, SignificanceOption, TopicOption
from monitor.cli.formats import JsonOption
from monitor.cli.render.subscribed import about, said_of_stopped, said_of_watching
from monitor.cli.searching import (
    ConditionOption,
    ExpressionOption,
    RegistryOption,
    RoleOption,
    SponsorOption,
    complain_of_sponsor,
    refuse_registry_without_search,
    search_of,
)
from monitor.cli.session import Settings, complain, console, write_json
from monitor.cli.timing import (
    AllQuietOption,
    AtOption,
    BreakThroughOption,
    DigestOption,
    QuietHoursOption,
    ZoneOption,
)
from monitor.cli.typing_in import STANDARD_INPUT, address_of
from monitor.errors import ConfigurationInvalid, SponsorUnknown
from monitor.language.catalogues import checked_language
from monitor.model.language import ENGLISH
from monitor.model.rhythm import IMMEDIATE
from monitor.ports import FetchedRegistry
from monitor.render.rhythms import rhythm_words
from monitor.text import counted, natural_list
from monitor.views.json.alerts import subscribed_json

if TYPE_CHECKING:
    from monitor.alerts.subscribe import Subscribed
    from monitor.app import App
    from monitor.watching.subscribing import SubscribeResult

if TYPE_CHECKING:
    ChannelName = str
else:
    ChannelName = StrEnum("ChannelName", [(name, name) for name in NAMES])


def subscribe(
    context: typer.Context,
    channel: Annotated[ChannelName, typer.Argument(help="How to tell them.", metavar="|".join(NAMES))],
    addresses: Annotated[
        list[str],
        typer.Argument(
            help="A mail address; a webhook's URL; for chat, the webhook URL that its service gave, or an Apprise URL. "
            "- reads it from standard input. Several are a team, which has a name.",
            metavar="ADDRESS…",
        ),
    ],
    trial: Annotated[list[str] | None, typer.Option(help="A trial; repeat for more.", metavar="TRIAL_ID")] = None,
    watch: Annotated[
        str | None, typer.Option(help="All trials of this watch, by its number or name.", metavar="WATCH")
    ] = None,
    group: Annotated[str | None, typer.Option(help="All trials of all watches of this group.", metavar="GROUP")] = None,
    sponsor: SponsorOption = None,
    role: RoleOption = None,
    expression: ExpressionOption = None,
    condition: ConditionOption = None,
    registry: RegistryOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Every trial that is checked.")] = False,
    topic: TopicOption = None,
    kind: KindOption = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Never this kind, or kinds that begin so: trial.new, trial.left.", metavar="KIND"),
    ] = None,
    stopped: Annotated[
        bool, typer.Option("--stopped", help="Only trials that stop; lists those that have stopped already.")
    ] = False,
    min_significance: SignificanceOption = "minor",
    min_percent: Annotated[
        float | None,
        typer.Option(help="Enrollment changes from so many percent on, also in several steps.", metavar="PERCENT"),
    ] = None,
    min_days: Annotated[
        int | None, typer.Option(help="Dates that move by so many days or more, also in several steps.", metavar="DAYS")
    ] = None,
    digest: DigestOption = None,
    at: AtOption = None,
    zone: ZoneOption = None,
    quiet_hours: QuietHoursOption = None,
    breaks_through: BreakThroughOption = None,
    all_quiet: AllQuietOption = None,
    catch_up: Annotated[
        str | None,
        typer.Option("--catch-up", help="Tell what happened of late, too, as one message: 30d, 12h.", metavar="SPAN"),
    ] = None,
    note: Annotated[str | None, typer.Option(help="Why you care; it comes with every message.", metavar="TEXT")] = None,
    language: Annotated[
        str | None,
        typer.Option(help="That they read in: en or fr, of mails and of pages by their links.", metavar="LANGUAGE"),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="What to call it, or the team; commands take the name for its id.", metavar="NAME"),
    ] = None,
    as_webhook: Annotated[
        bool, typer.Option("--as-webhook", help="The URL is a chat service's, and is to get our JSON all the same.")
    ] = False,
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Make nothing: show what it would have sent by now, from what is kept.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="With --dry-run: from when on, such as 24m, which is usual.", metavar="WHEN")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell somebody of changes, by mail, webhook or chat.

    What it is about is watched from now on: a trial that nobody watched is looked at once, so that its next change is
    seen, and one that the registry does not know is refused.

    For chat, paste the webhook URL that Slack, Microsoft Teams (a workflow's), Discord, Google Chat, Webex or
    Mattermost shows; other services have an Apprise address (https://appriseit.com).

    Several addresses are a team: each has a subscription of their own, hears of the same, and leaves alone. Commands
    take the team's name for all of them, and `monitor subscriptions join` adds one, in any channel.

    A webhook's signing secret (Standard Webhooks 1.0.0) is shown once, when it is made. An address that is a secret
    itself stands in no list of processes when it comes on standard input, or is typed in after `-`.

    [dim]$[/dim] monitor subscribe email ops@example.org --trial NCT02116634
    [dim]$[/dim] monitor subscribe email ops@example.org --sponsor "Alzahra Hospital"
    [dim]$[/dim] monitor subscribe email ops@example.org --sponsor "Alzahra Hospital" --stopped
    [dim]$[/dim] monitor subscribe webhook https://example.org/hooks/trials --all --min-significance critical
    [dim]$[/dim] monitor subscribe email ops@example.org --watch 1 --topic status --note "our competitor"
    [dim]$[/dim] monitor subscribe email ops@example.org --group "oncology competitors"
    [dim]$[/dim] monitor subscribe email ops@example.org --all --digest daily --at 08:00 --tz Europe/Paris
    [dim]$[/dim] monitor subscribe email amara@example.org bengt@example.org --name oncology --watch 1
    [dim]$[/dim] monitor subscribe email ops@example.org --sponsor "Alzahra Hospital" --dry-run
    [dim]$[/dim] monitor subscribe chat https://hooks.slack.com/services/T…/B…/… --sponsor "Alzahra Hospital"
    [dim]$[/dim] monitor subscribe chat - --all < teams-address.txt
    """
    from monitor.alerts.filters import checked_filters
    from monitor.alerts.rhythms import checked_catch_up, checked_rhythm
    from monitor.watching.subscribing import SubscribeRequest  # SQLAlchemy is not needed to show --help

    filters = checked_filters(
        topics=topic or (),
        kinds=[*(kind or ()), *(["status.stopped"] if stopped else [])],
        without=without or (),
        min_significance=min_significance,
        min_percent=min_percent,
        min_days=min_days,
    )
    rhythm = checked_rhythm(
        every=digest,
        at=at,
        zone=zone,
        quiet_hours=quiet_hours,
        breaks_through=breaks_through,
        all_quiet=all_quiet,
        catches_up=catch_up is not None,
    )
    search = search_of(sponsor, role, expression=expression, condition=condition)
    if bool(trial) + sum(each is not None for each in (watch, group, search)) + everything != 1:
        raise ConfigurationInvalid(
            "say what it is about with one of --trial, --watch, --group, --sponsor, --condition, --search and --all"
        )
    refuse_registry_without_search(registry, search)
    if since is not None and not is_dry_run:
        raise ConfigurationInvalid("--since says which past to look at: give it with --dry-run")
    if catch_up is not None and is_dry_run:
        raise ConfigurationInvalid("--catch-up is told once, when it is made: leave it out with --dry-run")
    settings: Settings = context.obj
    if len(addresses) > 1 and STANDARD_INPUT in addresses:
        raise ConfigurationInvalid("- reads one address: give it alone, and the others to `monitor subscriptions join`")
    address, *others = map(address_of, addresses)
    request = SubscribeRequest(
        channel=str(channel),
        address=address,
        others=others,
        trials=trial or (),
        watch=watch,
        group=group,
        search=search,
        registry=registry,
        everything=everything,
        filters=filters,
        rhythm=rhythm,
        note=note,
        language=checked_language(language) if language is not None else ENGLISH,
        name=name,
        as_webhook=as_webhook,
        lists_stopped=stopped,
        catch_up=checked_catch_up(catch_up) if catch_up is not None else None,
    )
    if is_dry_run:
        dry_run(settings, request, since, as_json=as_json)
        return
    with settings.open() as program:
        try:
            result = program.subscribe(request)
        except SponsorUnknown as error:
            complain_of_sponsor(error, as_json=as_json)
        fed = _fed(program, result)
    if as_json:
        for made in (result.made, *result.others):
            write_json(subscribed_json(result, made, with_stopped=stopped))
    else:
        _show(result, name=name, fed=fed, catches_up=catch_up is not None)


def _fed(program: "App", result: "SubscribeResult") -> list[str]:
    """A line for each registry of its trials that is not asked: nobody hears of a file without --alert."""
    keys = sorted({key for key, _ in result.made.subscription.trials})
    return [
        f"{registry.name} is fed by files: monitor import FILE --alert tells what they change; "
        f"{program.last_file(registry)}."
        for registry in map(program.registry, keys)
        if not isinstance(registry, FetchedRegistry)
    ]


def _show(result: "SubscribeResult", *, name: str | None, fed: Sequence[str], catches_up: bool) -> None:
    """Say who hears of what from now on, and what was found on the way."""
    made, scope, everybody = result.made, result.scope, (result.made, *result.others)
    out = console()
    what = about(made.subscription)
    if scope.search:
        from monitor.changes.searches import search_words  # not needed to show --help

        what = f"{search_words(scope.search[1])}, which {made.subscription.watch_called} looks for"
    rhythm = "" if made.subscription.rhythm == IMMEDIATE else f", {rhythm_words(made.subscription.rhythm)}"
    if made.taken_for:
        out.print(f"This {made.taken_for}.", markup=False)
    people = [each.subscription.endpoint.shown for each in everybody]
    hear = "hears" if len(people) == 1 else "hear"
    out.print(f"From now on, {natural_list(people, len(people))} {hear} about {what}{rhythm}.", markup=False)
    for line in (*said_of_watching(made.watched, result.checked), *fed):
        out.print(line, markup=False)
    if result.stopped is not None:
        out.print(said_of_stopped(result.stopped), markup=False)
    _show_past(made, catches_up=catches_up)
    for each in everybody:
        say_if_same(each)
    out.print(_called(result, name), style="dim", markup=False)
    for each in everybody:
        show_secret(each, of_several=len(everybody) > 1)


def _show_past(made: "Subscribed", *, catches_up: bool) -> None:
    """Say what is told of the time before it was made, and what is not."""
    out = console()
    if made.caught_up:
        what = f"{counted(made.caught_up, 'earlier event')} {'comes' if made.caught_up == 1 else 'come'}"
        out.print(f"{what} with the next delivery run, as one message.", markup=False)
    elif catches_up:
        out.print("Nothing that it asks for happened in the time that it was to catch up with.", markup=False)
    if made.has_former_versions:
        out.print("Versions that were back-filled or imported are not told; --dry-run has them.", markup=False)


def _called(result: "SubscribeResult", name: str | None) -> str:
    """What commands take for the subscription, or for those of a team, and how to try it."""
    if result.others:
        return f"Team “{name}” of {1 + len(result.others)}; monitor subscriptions test '{name}' sends each a sample."
    key = result.made.subscription.id
    called = f"“{name}”, " if name else ""
    return f"Subscription {called}{key}; monitor subscriptions test {key[:8]} sends a sample."


def say_if_same(made: "Subscribed") -> None:
    """Say so where somebody hears of the same already."""
    if made.same_as:
        complain(f"{made.subscription.endpoint.shown} hears of the same already, by subscription {made.same_as.called}")


def show_secret(made: "Subscribed", *, of_several: bool = False) -> None:
    """Show the signing secret of a new webhook, this once."""
    if made.secret:
        whose = f"The signing secret of {made.subscription.endpoint.shown}" if of_several else "Its signing secret"
        console().print(f"{whose}, shown this once:", markup=False)
        console().print(made.secret, soft_wrap=True)
