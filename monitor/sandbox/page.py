"""The control page: everything that the sandbox can do, for people. It has no scripts; each control is a form.

Every value is escaped where it enters the page, by `h` or by `option`; nothing else may put text between the tags.
"""

from collections.abc import Iterable
from importlib import resources

from monitor.sandbox import connection_settings
from monitor.sandbox.arrivals_panels import arrivals_panels
from monitor.sandbox.controlled import ControlledRegistry
from monitor.sandbox.markup import h
from monitor.sandbox.misbehaviour import EXPLAINED, Fault, Misbehaviour

SHOWN_REQUESTS = 12
LONGEST_TARGET = 140


def style() -> bytes:
    """The page's style sheet."""
    return resources.files("monitor.sandbox").joinpath("style.css").read_bytes()


def render(sandbox: ControlledRegistry, *, trial: str, find: str, said: str) -> str:
    """The page, with one *trial* open, the list narrowed by *find*, and a line on what was *said* last."""
    trial_ids = sandbox.trial_ids()
    trial = trial or next(iter(trial_ids), "")
    notice = f'<p class="said" role="status">{h(said[:500])}</p>' if said else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox registry</title>
<link rel="stylesheet" href="/sandbox/style.css">
</head>
<body>
<header>
<div><h1>Sandbox registry</h1>
<p>Answers like {h(sandbox.imitates)} at <code>{h(sandbox.base_url)}</code></p></div>
{build_panel(sandbox, len(trial_ids))}
</header>
{notice}
<main>
<div>
{sandbox.trials_panel(trial, find)}
{misbehaviour_panel(sandbox, trial)}
</div>
<div class="chosen">
{sandbox.trial_panel(trial)}
{arrivals_panels(sandbox.inboxes, trial)}
{requests_panel(sandbox)}
{use_panel(sandbox)}
{examples_panel(sandbox)}
</div>
</main>
</body>
</html>
"""


def build_panel(sandbox: ControlledRegistry, trials: int) -> str:
    """The data build, and the control that makes the next one."""
    waiting = f"{sandbox.waiting} waiting" if sandbox.waiting else "nothing waiting"
    return f"""<form class="build" method="post" action="/sandbox/refresh">
<dl><div><dt>Data build</dt><dd>{h(sandbox.build.timestamp)}</dd></div>
<div><dt>Trials</dt><dd>{trials:,}</dd></div>
<div><dt>Next build</dt><dd>{waiting}</dd></div></dl>
<button>Make the next data build</button>
</form>"""


def misbehaviour_panel(sandbox: ControlledRegistry, trial_id: str) -> str:
    """The active misbehaviours, and the controls for them."""
    active = "".join(f"<li>{h(in_words(one, left))}</li>" for one, left in sandbox.misbehaviours())
    behave = '<form method="post" action="/sandbox/behave"><button class="plain">Behave again</button></form>'
    return f"""<section><h2>Misbehave</h2>
{f'<ul class="active">{active}</ul>{behave}' if active else '<p class="quiet">Everything works.</p>'}
<form method="post" action="/sandbox/misbehave">
<div class="fields">
<label class="wide">How<select name="kind">{kind_options(sandbox)}</select></label>
<label>How many requests<input name="times" inputmode="numeric" placeholder="all"></label>
<label>Only for trials<input name="ids" placeholder="{h(trial_id)}"></label>
<label>Only for paths<input name="path" placeholder="/version"></label>
<label>Retry-After<input name="retry_after" placeholder="30"></label>
<label>Seconds<input name="seconds" inputmode="decimal" placeholder="5"></label>
<label>Most<input name="most" inputmode="numeric" placeholder="as it says"></label>
<label>Only for User-Agents<input name="user_agent" placeholder="registry-monitor"></label>
<label>Only for addresses<input name="target" placeholder="fields="></label>
<label>Location<input name="location" placeholder="/study/{{id}}"></label>
</div><button class="danger">Misbehave</button></form></section>"""


def kind_options(sandbox: ControlledRegistry) -> str:
    """The ways to misbehave; the one that needs a body of bytes is for scripts."""
    return "".join(
        f'<option value="{h(kind)}">{h(kind)}: {h(does)}</option>'
        for kind, does in EXPLAINED.items()
        if kind in sandbox.faults and kind is not Fault.ANSWER
    )


def in_words(misbehaviour: Misbehaviour, left: int | None) -> str:
    """A misbehaviour in words: what goes wrong, for what, and for how long."""
    trials = f" for {', '.join(sorted(misbehaviour.trial_ids))}" if misbehaviour.trial_ids else ""
    path = f" on {misbehaviour.path}" if misbehaviour.path else ""
    target = f" where “{misbehaviour.target}” is found" if misbehaviour.target else ""
    agent = f" to “{misbehaviour.user_agent}”" if misbehaviour.user_agent else ""
    lasting = "until further notice" if left is None else f"{left} more"
    return f"{misbehaviour.kind}{trials}{path}{target}{agent}, {lasting}"


def requests_panel(sandbox: ControlledRegistry) -> str:
    """The last requests, the latest first."""
    rows = "".join(
        f"<tr><td>{h(seen.method)}</td><td><code>{h(seen.target[:LONGEST_TARGET])}</code></td>"
        f"<td>{seen.status or 'reset'}</td></tr>"
        for seen in reversed(sandbox.requests[-SHOWN_REQUESTS:])
    )
    if not rows:
        return '<section><h2>Last requests</h2><p class="quiet">None yet.</p></section>'
    head = "<tr><th>Method</th><th>Path and query</th><th>Status</th></tr>"
    return f"<section><h2>Last requests</h2><table><thead>{head}</thead><tbody>{rows}</tbody></table></section>"


def use_panel(sandbox: ControlledRegistry) -> str:
    """The settings that make a monitor use the sandbox."""
    lines = commands_as_html(connection_settings.exports(sandbox))
    walk = commands_as_html(connection_settings.commands(sandbox))
    return f"""<section><h2>Use it in another terminal</h2>
<pre>{lines}</pre><p class="quiet">Then, for example:</p><pre>{walk}</pre></section>"""


def commands_as_html(lines: Iterable[str]) -> str:
    """Lines to copy, each with a hanging indent."""
    return "".join(f"<code>{h(line)}</code>" for line in lines)


def examples_panel(sandbox: ControlledRegistry) -> str:
    """The same controls for scripts."""
    control = f"curl -H 'Content-Type: application/json' {sandbox.page_url}sandbox"
    misbehave = '{"kind": "429", "times": 2, "retry_after": 3}'
    lines = (
        f"curl {sandbox.page_url}sandbox/state",
        *sandbox.examples(control),
        f"{control}/refresh -d '{{}}'",
        f"{control}/misbehave -d '{misbehave}'",
        f"{control}/behave -d '{{}}'",
        f'{control}/mailbox -d \'{{"way": "greylist"}}\'',
        f'{control}/receiver -d \'{{"way": "503"}}\'',
    )
    return f"<section><h2>The controls from a shell</h2><pre>{commands_as_html(lines)}</pre></section>"
