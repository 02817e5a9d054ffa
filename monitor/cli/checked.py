"""What `monitor check` writes: a block or a line for each trial, and what all of it came to."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from monitor.cli.session import console, write_json
from monitor.model.checked import MANY, Checked, CheckSummary, Result, Unlisted
from monitor.views.checks import closing_parts_of
from monitor.views.json.checks import checked_json, summary_json

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def writer(
    asked: int, *, finds_more: bool, as_json: bool, names: Mapping[str, str] = NO_NAMES
) -> Callable[[Checked | Unlisted], None]:
    """A function that writes what came of a trial, in a check of *asked* trials, or of more that searches find.

    *names* are what registries are called, by key, where trials of several stand side by side.
    """
    return write_checked if as_json else _block_writer(MANY if finds_more else asked, names)


def write_checked(checked: Checked | Unlisted) -> None:
    """The line of `check --json`."""
    write_json(checked_json(checked))


def _block_writer(asked: int, names: Mapping[str, str]) -> Callable[[Checked | Unlisted], None]:
    """A function that shows a trial to a person; the same trouble with many trials is told once."""
    from monitor.cli.render.check import trial_block, watch_line  # rich is of no use to --json

    out, errors = console(), console(stderr=True)
    told: set[str] = set()

    def show(checked: Checked | Unlisted) -> None:
        if checked.error in told:
            return
        if checked.error:
            told.add(checked.error)
        if isinstance(checked, Unlisted):
            errors.print(watch_line(checked), soft_wrap=True)
        elif block := trial_block(checked, asked=asked, names=names):
            (errors if checked.error and not checked.changes else out).print(block, soft_wrap=bool(checked.error))

    return show


def write_summary(summary: CheckSummary, *, as_json: bool) -> None:
    """The proof that all was looked at."""
    if as_json:
        write_json(summary_json(summary))
        return
    from monitor.cli.render.check import closing_line  # rich is of no use to --json

    console().print(closing_line(closing_parts_of(summary), failed=summary.counts()[Result.FAILED]))
