"""`monitor doctor`: everything that can be wrong, with its remedy."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, console, write_json
from monitor.errors import ConfigurationInvalid
from monitor.views.json.operating import finding_json

if TYPE_CHECKING:
    from monitor.operate.doctor import Finding

SOMETHING_WRONG = 1


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a finding.")] = False,
) -> None:
    """Check everything, and say what to do about what is wrong. Exit with 1 where something is.

    Nothing is changed, and no mail is sent: the registry and the mail server are only asked whether they answer.

    [dim]$[/dim] monitor doctor
    """
    from monitor.app import doctor_context
    from monitor.operate import doctor as step

    settings: Settings = context.obj
    try:
        config = settings.config()
    except ConfigurationInvalid as error:
        for line in str(error).splitlines():
            _show("configuration", step.problem(line, "correct it"), as_json=as_json)
        raise typer.Exit(SOMETHING_WRONG) from None
    _show("configuration", step.fine("every key is known and in its range"), as_json=as_json)
    wrong = 0
    with doctor_context(config) as examined:
        for name, finding in step.examine(examined):
            wrong += finding.level is step.Level.PROBLEM
            _show(name, finding, as_json=as_json)
    if wrong:
        raise typer.Exit(SOMETHING_WRONG)


def _show(name: str, finding: "Finding", *, as_json: bool) -> None:
    if as_json:
        write_json(finding_json(name, finding))
        return
    from monitor.cli.render.doctor import finding_line  # rich is of no use to --json

    console().print(finding_line(name, finding))
