"""The options that say which trials a question is about, and the scope that they come to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.views.scope import Scope

TrialsOption = Annotated[
    list[str] | None, typer.Option("--trial", help="Only this trial; repeat for more.", metavar="TRIAL_ID")
]
WatchOption = Annotated[
    str | None,
    typer.Option("--watch", help="Only the trials that this watch holds now, by its number or name.", metavar="WATCH"),
]
GroupOption = Annotated[
    str | None,
    typer.Option("--group", help="Only the trials that the watches of this group hold now.", metavar="GROUP"),
]
LeadOption = Annotated[
    str | None,
    typer.Option("--sponsor", help="Only the trials that this sponsor leads: its whole name.", metavar="NAME"),
]


def chosen_scope(
    program: "App", trials: Sequence[str] | None, watch: str | None, group: str | None, sponsor: str | None
) -> "Scope":
    """The scope of these options, after what the configuration watches has been taken up."""
    from monitor.views.scope import scope_of  # SQLAlchemy is not needed to show --help

    named = [program.identify(text) for text in trials or ()]
    program.apply_configured_watches()
    with program.store.read() as tx:
        keys = [(registry.key, trial_id) for registry, trial_id in named]
        return scope_of(tx, trials=keys, watch=watch, group=group, sponsor=sponsor)
