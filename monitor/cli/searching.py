"""The options that say what to look for, and what is said of a sponsor that the registry does not know."""

from typing import Annotated, NoReturn

import typer

from monitor.cli.session import complain, console, write_json
from monitor.errors import ConfigurationInvalid, SponsorUnknown
from monitor.model import Role, Search
from monitor.ports import SponsorName
from monitor.streams import WRONG_USAGE
from monitor.views.json.watches import sponsor_json

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

RegistryOption = Annotated[
    str | None,
    typer.Option(
        help="With --sponsor, --condition and --search: in this registry.",
        metavar="HOST",
        show_default="the first that can be searched",
    ),
]


def refuse_registry_without_search(registry: str | None, search: Search | None) -> None:
    """Raise ConfigurationInvalid where a registry is named and no search: an id says of which registry it is."""
    if registry is not None and search is None:
        raise ConfigurationInvalid(
            "--registry says where to look: give it with --sponsor, --condition, --search or --all-trials"
        )


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


def complain_of_sponsor(error: SponsorUnknown, *, as_json: bool) -> NoReturn:
    """Show the sponsors that have a name like the one that was given, and end with status 2."""
    complain(str(error))
    candidates = [SponsorName(*each) for each in error.candidates]
    if as_json:
        for one in candidates:
            write_json(sponsor_json(one))
    elif candidates:
        from monitor.cli.render.watches import sponsor_table  # rich is of no use to --json

        console().print(sponsor_table(candidates))
    raise typer.Exit(WRONG_USAGE)
