"""Pieces of the control page that the panels of every registry have."""

from collections.abc import Callable, Sequence

from monitor.sandbox.markup import h

SHOWN_TRIALS = 12
KEEP = '<label class="check"><input type="checkbox" name="refresh" value="no"> keep it for the next data build</label>'
"""The box that makes a change wait."""


def trials_section(trial_ids: Sequence[str], find: str, row: Callable[[str], str], *, placeholder: str = "") -> str:
    """The first trials whose ids hold what was searched for, each as *row* shows it."""
    wanted = find.strip().upper()
    fitting = [trial_id for trial_id in trial_ids if wanted in trial_id.upper()]
    rows = "\n".join(map(row, fitting[:SHOWN_TRIALS]))
    more = len(fitting) - SHOWN_TRIALS
    rest = f'<p class="quiet">and {more:,} more</p>' if more > 0 else ""
    return f"""<section><h2>Trials</h2>
<form class="inline" method="get" action="/">
<label>Find a trial id<input name="find" value="{h(find)}" placeholder="{h(placeholder)}"></label>
<button class="plain">Find</button>
</form>
<ul class="trials">{rows or '<li class="quiet">No trial has such an id.</li>'}</ul>{rest}</section>"""
