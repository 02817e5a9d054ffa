"""`monitor subscriptions edit`: change what somebody hears of, and when, from now on."""

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.filtering import KindOption, TopicOption
from monitor.cli.render.subscribed import named
from monitor.cli.session import Settings, console, write_json
from monitor.cli.timing import (
    AllQuietOption,
    AtOption,
    BreakThroughOption,
    DigestOption,
    QuietHoursOption,
    ZoneOption,
)
from monitor.errors import ConfigurationInvalid
from monitor.language.catalogues import checked_language
from monitor.model import Filters, Rhythm, Subscription
from monitor.render.rhythms import rhythm_words
from monitor.text import natural_list
from monitor.views.json.alerts import subscription_json

if TYPE_CHECKING:
    from monitor.alerts.editing import Editable

_CLEARED = {
    name.replace("_", "-"): (name, getattr(Filters(), name))
    for name in ("topics", "kinds", "without", "min_significance", "min_percent", "min_days")
}


class Field(StrEnum):
    """What can be cleared."""

    TOPICS = "topics"
    KINDS = "kinds"
    WITHOUT = "without"
    MIN_SIGNIFICANCE = "min-significance"
    MIN_PERCENT = "min-percent"
    MIN_DAYS = "min-days"
    QUIET_HOURS = "quiet-hours"
    NOTE = "note"
    NAME = "name"


def edit(
    context: typer.Context,
    which: Annotated[
        str,
        typer.Argument(
            help="Its id, the beginning of that, its name or address; or a team, for all in it.",
            metavar="SUBSCRIPTION",
        ),
    ],
    topic: TopicOption = None,
    kind: KindOption = None,
    without: Annotated[
        list[str] | None, typer.Option(help="Never this kind, or kinds that begin so.", metavar="KIND")
    ] = None,
    min_significance: Annotated[
        str | None, typer.Option(help="critical, major, minor or administrative.", metavar="SIGNIFICANCE")
    ] = None,
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
    note: Annotated[str | None, typer.Option(help="Why they care.", metavar="TEXT")] = None,
    language: Annotated[
        str | None,
        typer.Option(help="That they read in: en or fr, of mails and of pages by their links.", metavar="LANGUAGE"),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call it.", metavar="NAME")] = None,
    clear: Annotated[
        list[Field] | None,
        typer.Option(help=f"Forget this: {', '.join(Field)}; repeat for more.", metavar="FIELD"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The subscription as it is then, or those of a team.")
    ] = False,
) -> None:
    """Change what a subscription hears of, when, its note, language and name; what is not given stays.

    Nothing of the past is told again, and what is owed by now, or waits for a digest, is told all the same: with the
    next digest, or at once where there are no more of them.

    [dim]$[/dim] monitor subscriptions edit 3f2a --digest weekly --at 07:30 --tz Europe/Paris --all-quiet
    [dim]$[/dim] monitor subscriptions edit rivals --topic status --topic dates --clear min-days
    """
    from monitor.alerts.editing import edit as edited  # SQLAlchemy is not needed to show --help
    from monitor.alerts.filters import changed_filters
    from monitor.alerts.rhythms import checked_rhythm

    def changed(before: "Editable") -> "Editable":
        before = _cleared(before, clear or [])
        filters = changed_filters(
            before.filters,
            topics=topic,
            kinds=kind,
            without=without,
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
            before=before.rhythm,
        )
        return replace(
            before,
            filters=filters,
            rhythm=rhythm,
            note=before.note if note is None else note,
            language=before.language if language is None else checked_language(language),
            name=before.name if name is None else name,
        )

    given = (
        topic, kind, without, min_significance, min_percent, min_days, digest, at, zone, quiet_hours, breaks_through,
        all_quiet, note, language, name, clear,
    )  # fmt: skip
    if all(each is None or each == [] for each in given):
        raise ConfigurationInvalid("say what to change, such as --digest weekly or --note TEXT; --help has it all")
    set_anew = {
        Field.TOPICS: topic, Field.KINDS: kind, Field.WITHOUT: without, Field.MIN_SIGNIFICANCE: min_significance,
        Field.MIN_PERCENT: min_percent, Field.MIN_DAYS: min_days, Field.QUIET_HOURS: quiet_hours, Field.NOTE: note,
        Field.NAME: name,
    }  # fmt: skip
    if both := [field for field in clear or [] if set_anew[field] not in (None, [])]:
        raise ConfigurationInvalid(f"{natural_list(both)} cannot be cleared and set at once: leave one of these out")
    settings: Settings = context.obj
    with settings.open() as program:
        subscriptions = edited(which, changed, program.subscribe_context())
    for subscription in subscriptions:
        _show(subscription, as_json=as_json)


def _show(subscription: Subscription, *, as_json: bool) -> None:
    if as_json:
        write_json(subscription_json(subscription))
        return
    words = rhythm_words(subscription.rhythm)
    console().print(
        f"Subscription {named(subscription)} is changed; it tells {words}.",
        markup=False,
    )


def _cleared(before: "Editable", fields: list[Field]) -> "Editable":
    for field in fields:
        if field is Field.QUIET_HOURS:
            before = replace(before, rhythm=_without_quiet_hours(before.rhythm))
        elif field is Field.NOTE:
            before = replace(before, note=None)
        elif field is Field.NAME:
            before = replace(before, name=None)
        else:
            name, usual = _CLEARED[field]
            before = replace(before, filters=replace(before.filters, **{name: usual}))
    return before


def _without_quiet_hours(rhythm: Rhythm) -> Rhythm:
    """There is nothing to break through any more where everything is told at once."""
    rhythm = replace(rhythm, quiet_hours=None)
    return replace(rhythm, breaks_through=rhythm.breaks_through and not rhythm.is_immediate)
