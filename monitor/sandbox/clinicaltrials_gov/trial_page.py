"""The trials on the control page: the list, and the chosen one with its controls."""

from urllib.parse import quote

from monitor.errors import NothingFound
from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.editing import FIELDS, edit_form, record_form, words
from monitor.sandbox.clinicaltrials_gov.pieces import PIECES
from monitor.sandbox.clinicaltrials_gov.published import PublishedTrials
from monitor.sandbox.listed import trials_section
from monitor.sandbox.markup import h

STOPPED = ("TERMINATED", "WITHDRAWN", "SUSPENDED")
OPEN = ("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE")


def trials_panel(trials: PublishedTrials, chosen: str, find: str) -> str:
    """The first trials that fit what was searched for."""
    return trials_section(
        trials.trial_ids(), find, lambda trial_id: trial_row(trials, trial_id, chosen), placeholder="NCT9000"
    )


def trial_row(trials: PublishedTrials, trial_id: str, chosen: str) -> str:
    """One line of the list."""
    try:
        study = trials.study(trial_id)
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


def trial_panel(trials: PublishedTrials, trial_id: str, base_url: str) -> str:
    """The chosen trial, and its controls."""
    try:
        study = trials.study(trial_id)
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
    address = f"{base_url}/studies/{quote(trial_id)}"
    return f"""<section class="trial"><h2>{h(trial_id)} {badge(study)}</h2>
<p>{h(at(study, "identificationModule", "briefTitle"))} · <a href="{h(address)}">as the API serves it</a></p>
<dl>{listed}</dl>
{next_state_form(trials, trial_id)}
{edit_form(trial_id, {field.piece: piece_of(study, field.piece) for field in FIELDS})}
{record_form(study, trial_id)}
<div class="forms">{remove_form(trial_id)}{merge_form(trial_id)}</div>
</section>"""


def next_state_form(trials: PublishedTrials, trial_id: str) -> str:
    """The control that publishes a trial's next written state; nothing where it has none."""
    current, following = trials.written_states(trial_id)
    if current is None or following is None:
        return ""
    note = ""
    if current.illustrative:
        note = f'<p class="quiet">{h(current.label)}: illustrative, it never stood in the registry like this.</p>'
    return f"""{note}<form method="post" action="/sandbox/next" class="next">
<input type="hidden" name="nct_id" value="{h(trial_id)}">
<button>Publish the next state</button><span>{h(following.label)}</span></form>"""


def remove_form(trial_id: str) -> str:
    """The control that makes a trial disappear."""
    return f"""<form method="post" action="/sandbox/remove"><h3>Remove it</h3>
<input type="hidden" name="nct_id" value="{h(trial_id)}">
<button class="danger">Remove {h(trial_id)}</button></form>"""


def merge_form(trial_id: str) -> str:
    """The control that makes a trial's id obsolete."""
    return f"""<form method="post" action="/sandbox/merge"><h3>Merge it into another</h3>
<input type="hidden" name="nct_id" value="{h(trial_id)}">
<div class="inline"><label>Current id<input name="into" placeholder="NCT90000001" required></label>
<button class="danger">Merge</button></div></form>"""


def examples(base_url: str, control: str) -> list[str]:
    """The controls of trials as lines for a shell."""
    set_status = '{"nct_id": "NCT02116634", "set": {"OverallStatus": "TERMINATED", "WhyStopped": "Slow accrual"}}'
    return [
        f"curl {base_url}/studies/NCT02116634",
        f'{control}/next -d \'{{"nct_id": "NCT02116634"}}\'',
        f"{control}/edit -d '{set_status}'",
        f"{control}/publish -d @study.json",
        f'{control}/merge -d \'{{"nct_id": "NCT90000002", "into": "NCT90000001"}}\'',
        f'{control}/remove -d \'{{"nct_id": "NCT90000003", "refresh": false}}\'',
    ]
