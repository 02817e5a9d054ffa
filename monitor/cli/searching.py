"""The options that say what to look for, and what they come to before anybody watches it."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import complain, console, write_json
from monitor.errors import ConfigurationInvalid
from monitor.ports import Role, Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.app import App
    from monitor.ports import SponsorName

WRONG_USAGE = 2

SponsorOption = Annotated[str | None, typer.Option(help="All trials of this sponsor.", metavar="NAME")]
RoleOption = Annotated[
    Role | None,
    typer.Option(
        help="With --sponsor: those it leads, or those it supports, too.", metavar="lead|any", show_default="lead"
    ),
]
ExpressionOption = Annotated[
    str | None, typer.Option("--search", help="What this finds, in the registry's query language.", metavar="EXPR")
]
ConditionOption = Annotated[str | None, typer.Option(help="All trials on this condition.", metavar="TEXT")]


def search_of(
    sponsor: str | None,
    role: Role | None,
    *,
    expression: str | None,
    condition: str | None,
    everything: bool = False,
) -> Search | None:
    """What the options ask for; None for nothing. Raise ConfigurationInvalid where they don't go together."""
    if role is not None and sponsor is None:
        raise ConfigurationInvalid("--role says in which role a sponsor is looked for: give it with --sponsor")
    given = [value is not None for value in (sponsor, expression, condition)]
    if sum(given) + everything > 1:
        raise ConfigurationInvalid("give one of --sponsor, --search, --condition and --all-trials, not several")
    if not any(given) and not everything:
        return None
    return Search(sponsor=sponsor, role=role or Role.LEAD, expression=expression, condition=condition)


def settle_search(program: "App", search: Search, *, as_json: bool) -> tuple[str, Search, int]:
    """The registry to look in, the search in its spelling, and how many trials it finds there now.

    Where no sponsor has exactly that name, show those that have one like it, and end with status 2.
    """
    from monitor.watching.discover import appraise  # SQLAlchemy and requests are not needed to show --help

    registry = program.registry(None)
    appraisal = appraise(search, registry)
    if appraisal.trials is None:
        _show_candidates(search.sponsor or "", appraisal.candidates, registry.key, as_json=as_json)
        raise typer.Exit(WRONG_USAGE)
    return registry.key, appraisal.search, appraisal.trials


def _show_candidates(name: str, candidates: "Sequence[SponsorName]", registry: str, *, as_json: bool) -> None:
    from monitor.text import shortened  # not needed to show --help

    asked = shortened(name, 100)
    if not candidates:
        complain(f"{registry} knows no sponsor named “{asked}”, nor one like it; nothing is watched")
        return
    complain(f"{registry} knows no sponsor named exactly “{asked}”; nothing is watched. Give one of these names:")
    if as_json:
        for one in candidates:
            write_json({"sponsor": one.name, "trials": one.trials})
        return
    from monitor.cli.render.watches import sponsor_table  # rich is of no use to --json

    console().print(sponsor_table(candidates))
