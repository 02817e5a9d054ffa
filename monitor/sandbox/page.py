"""The control page: everything that the sandbox can do, for people. No script; each lever is a form.

Every value is escaped where it enters the page, by `h` or by `option`; nothing else may put text between the tags.
"""

from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import quote

from monitor.errors import NothingFound
from monitor.model import Json
from monitor.sandbox import invitation
from monitor.sandbox.arrivals_panels import arrivals_panels
from monitor.sandbox.editing import FIELDS, edit_form, record_form, words
from monitor.sandbox.markup import h
from monitor.sandbox.misbehaviour import EXPLAINED, Kind, Misbehaviour
from monitor.sandbox.pieces import PIECES

if TYPE_CHECKING:
    from monitor.sandbox.sandbox import Sandbox

SHOWN_TRIALS = 12
SHOWN_REQUESTS = 12
LONGEST_TARGET = 140
STOPPED = ("TERMINATED", "WITHDRAWN", "SUSPENDED")
OPEN = ("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE")


def style() -> bytes:
    """The page's style sheet."""
    return resources.files("monitor.sandbox").joinpath("style.css").read_bytes()


def render(sandbox: "Sandbox", *, trial: str, find: str, said: str) -> str:
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
<p>Answers like ClinicalTrials.gov at <code>{h(sandbox.base_url)}</code></p></div>
{build_panel(sandbox, len(trial_ids))}
</header>
{notice}
<main>
<div>
{trials_panel(sandbox, trial_ids, trial, find)}
{misbehaviour_panel(sandbox, trial)}
</div>
<div class="chosen">
{trial_panel(sandbox, trial)}
{arrivals_panels(sandbox.reception, trial)}
{requests_panel(sandbox)}
{use_panel(sandbox)}
{examples_panel(sandbox)}
</div>
</main>
</body>
</html>
"""


def build_panel(sandbox: "Sandbox", trials: int) -> str:
    """The data build, and the lever that makes the next one."""
    waiting = f"{sandbox.waiting} waiting" if sandbox.waiting else "nothing waiting"
    return f"""<form class="build" method="post" action="/sandbox/refresh">
<dl><div><dt>Data build</dt><dd>{h(sandbox.build.timestamp)}</dd></div>
<div><dt>Trials</dt><dd>{trials:,}</dd></div>
<div><dt>Next build</dt><dd>{waiting}</dd></div></dl>
<button>Make the next data build</button>
</form>"""


def trials_panel(sandbox: "Sandbox", trial_ids: list[str], chosen: str, find: str) -> str:
    """The first trials that fit what was searched for."""
    wanted = find.strip().upper()
    fitting = [trial_id for trial_id in trial_ids if wanted in trial_id]
    rows = "\n".join(trial_row(sandbox, trial_id, chosen) for trial_id in fitting[:SHOWN_TRIALS])
    more = len(fitting) - SHOWN_TRIALS
    rest = f'<p class="quiet">and {more:,} more</p>' if more > 0 else ""
    return f"""<section><h2>Trials</h2>
<form class="inline" method="get" action="/">
<label>Find a trial id<input name="find" value="{h(find)}" placeholder="NCT9000"></label>
<button class="plain">Find</button>
</form>
<ul class="trials">{rows or '<li class="quiet">No trial has such an id.</li>'}</ul>{rest}</section>"""


def trial_row(sandbox: "Sandbox", trial_id: str, chosen: str) -> str:
    """One line of the list."""
    try:
        study = sandbox.study(trial_id)
    except NothingFound:
        return f'<li class="quiet">{h(trial_id)} will be gone with the next data build.</li>'
    current = ' aria-current="true"' if trial_id == chosen else ""
    title = at(study, "identificationModule", "briefTitle")
    name = f"<b>{h(trial_id)}</b> {badge(study)}<span>{h(title)}</span>"
    return f'<li><a href="/?trial={quote(trial_id)}"{current}>{name}</a></li>'


def badge(study: Json) -> str:
    """The overall status as a coloured word."""
    status = str(at(study, "statusModule", "overallStatus"))
    kind = "stopped" if status in STOPPED else "open" if status in OPEN else "other"
    return f'<em class="{kind}">{h(words(status))}</em>'


def at(study: Json, *names: str) -> Json:
    """A value of the protocol section; an empty text where there is none."""
    value = study.get("protocolSection", {})
    for name in names:
        value = value.get(name, "") if isinstance(value, dict) else ""
    return value


def piece_of(study: Json, piece: str) -> Json:
    """A value by the name of its piece; None where there is none."""
    value = study
    for name in PIECES[piece].path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def trial_panel(sandbox: "Sandbox", trial_id: str) -> str:
    """The chosen trial, and what can be done to it."""
    try:
        study = sandbox.study(trial_id)
    except NothingFound as error:
        return f"<section><h2>No trial chosen</h2><p>{h(error)}</p></section>"
    enrollment = at(study, "designModule", "enrollmentInfo")
    facts = {
        "Lead sponsor": at(study, "sponsorCollaboratorsModule", "leadSponsor", "name"),
        "Why stopped": at(study, "statusModule", "whyStopped"),
        "Enrollment": " ".join(str(part).lower() for part in enrollment.values()) if enrollment else "",
        "Primary completion": at(study, "statusModule", "primaryCompletionDateStruct", "date"),
        "Last update posted": at(study, "statusModule", "lastUpdatePostDateStruct", "date"),
    }
    listed = "".join(f"<div><dt>{h(name)}</dt><dd>{h(fact)}</dd></div>" for name, fact in facts.items() if fact)
    address = f"{sandbox.base_url}/studies/{quote(trial_id)}"
    return f"""<section class="trial"><h2>{h(trial_id)} {badge(study)}</h2>
<p>{h(at(study, "identificationModule", "briefTitle"))} · <a href="{h(address)}">as the API serves it</a></p>
<dl>{listed}</dl>
{next_state_form(sandbox, trial_id)}
{edit_form(trial_id, {field.piece: piece_of(study, field.piece) for field in FIELDS})}
{record_form(study, trial_id)}
<div class="forms">{remove_form(trial_id)}{merge_form(trial_id)}</div>
</section>"""


def next_state_form(sandbox: "Sandbox", trial_id: str) -> str:
    """The lever that publishes a trial's next written state; nothing where it has none."""
    current, following = sandbox.written_states(trial_id)
    if current is None or following is None:
        return ""
    note = ""
    if current.illustrative:
        note = f'<p class="quiet">{h(current.label)}: illustrative, it never stood in the registry like this.</p>'
    return f"""{note}<form method="post" action="/sandbox/next" class="next">
<input type="hidden" name="nct_id" value="{h(trial_id)}">
<button>Publish the next state</button><span>{h(following.label)}</span></form>"""


def remove_form(trial_id: str) -> str:
    """The lever that makes a trial disappear."""
    return f"""<form method="post" action="/sandbox/remove"><h3>Remove it</h3>
<input type="hidden" name="nct_id" value="{h(trial_id)}">
<button class="danger">Remove {h(trial_id)}</button></form>"""


def merge_form(trial_id: str) -> str:
    """The lever that makes a trial's id obsolete."""
    return f"""<form method="post" action="/sandbox/merge"><h3>Merge it into another</h3>
<input type="hidden" name="nct_id" value="{h(trial_id)}">
<div class="inline"><label>Current id<input name="into" placeholder="NCT90000001" required></label>
<button class="danger">Merge</button></div></form>"""


def misbehaviour_panel(sandbox: "Sandbox", trial_id: str) -> str:
    """What goes wrong, and the levers for it."""
    active = "".join(f"<li>{h(in_words(one, left))}</li>" for one, left in sandbox.misbehaviours())
    behave = '<form method="post" action="/sandbox/behave"><button class="plain">Behave again</button></form>'
    return f"""<section><h2>Misbehave</h2>
{f'<ul class="active">{active}</ul>{behave}' if active else '<p class="quiet">Everything works.</p>'}
<form method="post" action="/sandbox/misbehave">
<div class="fields">
<label class="wide">How<select name="kind">{kind_options()}</select></label>
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


def kind_options() -> str:
    """The ways to misbehave; the one that needs a body of bytes is for scripts."""
    return "".join(
        f'<option value="{h(kind)}">{h(kind)}: {h(does)}</option>'
        for kind, does in EXPLAINED.items()
        if kind is not Kind.ANSWER
    )


def in_words(misbehaviour: Misbehaviour, left: int | None) -> str:
    """What goes wrong, for what, and for how long."""
    trials = f" for {', '.join(sorted(misbehaviour.trial_ids))}" if misbehaviour.trial_ids else ""
    path = f" on {misbehaviour.path}" if misbehaviour.path else ""
    target = f" where “{misbehaviour.target}” is found" if misbehaviour.target else ""
    agent = f" to “{misbehaviour.user_agent}”" if misbehaviour.user_agent else ""
    lasting = "until further notice" if left is None else f"{left} more"
    return f"{misbehaviour.kind}{trials}{path}{target}{agent}, {lasting}"


def requests_panel(sandbox: "Sandbox") -> str:
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


def use_panel(sandbox: "Sandbox") -> str:
    """What a monitor is told to use it."""
    lines = commands_as_html(invitation.exports(sandbox))
    walk = commands_as_html(invitation.commands(sandbox))
    return f"""<section><h2>Use it in another terminal</h2>
<pre>{lines}</pre><p class="quiet">Then, for example:</p><pre>{walk}</pre></section>"""


def commands_as_html(lines: Iterable[str]) -> str:
    """Lines to copy, each with a hanging indent."""
    return "".join(f"<code>{h(line)}</code>" for line in lines)


def examples_panel(sandbox: "Sandbox") -> str:
    """The same levers for scripts."""
    lever = f"curl -H 'Content-Type: application/json' {sandbox.page_url}sandbox"
    set_status = '{"nct_id": "NCT02116634", "set": {"OverallStatus": "TERMINATED", "WhyStopped": "Slow accrual"}}'
    misbehave = '{"kind": "429", "times": 2, "retry_after": 3}'
    lines = (
        f"curl {sandbox.base_url}/studies/NCT02116634",
        f"curl {sandbox.page_url}sandbox/state",
        f'{lever}/next -d \'{{"nct_id": "NCT02116634"}}\'',
        f"{lever}/edit -d '{set_status}'",
        f"{lever}/publish -d @study.json",
        f'{lever}/merge -d \'{{"nct_id": "NCT90000002", "into": "NCT90000001"}}\'',
        f'{lever}/remove -d \'{{"nct_id": "NCT90000003", "refresh": false}}\'',
        f"{lever}/refresh -d '{{}}'",
        f"{lever}/misbehave -d '{misbehave}'",
        f"{lever}/behave -d '{{}}'",
        f'{lever}/mailbox -d \'{{"way": "greylist"}}\'',
        f'{lever}/receiver -d \'{{"way": "503"}}\'',
    )
    return f"<section><h2>The levers from a shell</h2><pre>{commands_as_html(lines)}</pre></section>"
