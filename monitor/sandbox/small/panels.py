"""The trials of a small registry on the control page: the list, and the chosen one with its controls."""

from collections.abc import Mapping
from urllib.parse import quote

import orjson

from monitor.errors import NothingFound
from monitor.model import Json
from monitor.sandbox.edits import value_at
from monitor.sandbox.listed import KEEP, trials_section
from monitor.sandbox.markup import h
from monitor.sandbox.small.controls import FIELD, KNOWN
from monitor.sandbox.small.trees import PublishedTrees

LONG = 80
"""From how many characters on a value gets a text area."""


def trials_panel(trials: PublishedTrees, chosen: str, find: str, *, title: str) -> str:
    """The first trials that fit what was searched for."""
    return trials_section(
        trials.trial_ids(), find, lambda trial_id: trial_row(trials, trial_id, trial_id == chosen, title=title)
    )


def trial_row(trials: PublishedTrees, trial_id: str, is_chosen: bool, *, title: str) -> str:
    """One line of the list."""
    try:
        name = value_at(trials.tree(trial_id), title)
    except NothingFound:
        return f'<li class="quiet">{h(trial_id)} will be gone after the next publication.</li>'
    current = ' aria-current="true"' if is_chosen else ""
    return f'<li><a href="/?trial={quote(trial_id)}"{current}><b>{h(trial_id)}</b><span>{h(name or "")}</span></a></li>'


def trial_panel(trials: PublishedTrees, trial_id: str, *, title: str, form: Mapping[str, str]) -> str:
    """The chosen trial, and its controls."""
    try:
        tree = trials.tree(trial_id)
    except NothingFound as error:
        return f'<section class="trial"><h2>{h(trial_id)}</h2><p class="quiet">{h(error)}</p></section>'
    named = f'<input type="hidden" name="trial_id" value="{h(trial_id)}">'
    following = trials.following_state(trial_id)
    ahead = (
        f"""<form method="post" action="/sandbox/next" class="next">{named}
<button>Publish the next state</button><span>{h(following.label)}</span></form>"""
        if following
        else ""
    )
    return f"""<section class="trial"><h2>{h(trial_id)}</h2>
<p>{h(value_at(tree, title) or "")}</p>
{ahead}
<form method="post" action="/sandbox/edit"><h3>Publish a new version</h3>{named}
<div class="fields">{"".join(field(label, path, value_at(tree, path)) for label, path in form.items())}</div>
<div class="row"><button>Publish</button>{KEEP}</div></form>
{tree_form(tree, named)}
<form method="post" action="/sandbox/remove"><h3>Remove it</h3>{named}
<button class="danger">Remove {h(trial_id)}</button></form>
</section>"""


def field(label: str, path: str, value: Json) -> str:
    """One of the usual fields with its current value."""
    text = "" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()
    known = f'<input type="hidden" name="{h(KNOWN + path)}" value="yes">'
    if len(text) < LONG and "\n" not in text:
        return f'<label>{h(label)}<input name="{h(FIELD + path)}" value="{h(text)}"></label>{known}'
    area = f'<textarea name="{h(FIELD + path)}" rows="4">\n{h(text)}</textarea>'
    return f'<label class="wide">{h(label)}{area}</label>{known}'


def tree_form(tree: Json, named: str) -> str:
    """The whole trial as JSON, for everything without a field of its own."""
    text = orjson.dumps(tree, option=orjson.OPT_INDENT_2).decode()
    return f"""<details class="record"><summary>Edit everything as JSON</summary>
<form method="post" action="/sandbox/publish">{named}
<label>The trial<textarea name="tree" rows="24" spellcheck="false">
{h(text)}</textarea></label>
<div class="row"><button>Publish this</button>{KEEP}</div>
</form></details>"""


def examples(example: str, control: str, *, title: str) -> list[str]:
    """The controls of trials as lines for a shell."""
    named = f'"trial_id": "{example}"'
    return [
        f"{control}/next -d '{{{named}}}'",
        f'{control}/edit -d \'{{{named}, "set": {{"{title}": "Another title"}}}}\'',
        f"{control}/remove -d '{{{named}, \"refresh\": false}}'",
    ]
