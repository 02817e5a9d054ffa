"""What `monitor backfill` says of each trial, and of all. Pure."""

from typing import TYPE_CHECKING

from rich.text import Text

from monitor.cli.render.styles import DIM, TRIAL
from monitor.text import counted

if TYPE_CHECKING:
    from monitor.watching.backfill import Backfilled, Forecast


def backfilled_line(done: "Backfilled") -> Text:
    """How much of a trial's history is there, and how much more there is."""
    line = Text().append(done.trial_id, style=TRIAL).append(f"  {counted(done.versions, 'former version')}")
    if done.begins_on:
        line.append(f" since {done.begins_on}")
    line.append(f", {done.added:,} new", style=DIM)
    if done.waiting:
        line.append(f", {done.waiting:,} more to be had", style=DIM)
    return line


def summary_line(asked: int, whole: int, *, added: int, requests: int) -> Text:
    """What came of all trials."""
    told = (
        f"{whole:,} of {counted(asked, 'trial')} complete",
        f"{counted(added, 'former version')} added",
        counted(requests, "request"),
    )
    return Text(" · ".join(told), style=DIM)


def forecast_line(found: "Forecast") -> Text:
    """How many requests it takes."""
    line = Text(f"{counted(found.trials, 'trial')}, {found.finished:,} complete: {counted(found.requests, 'request')}")
    if found.unlisted:
        line.append(", then one for each version that is listed")
    return line.append(".")
