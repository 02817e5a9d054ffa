"""The forms that publish a new version of a trial: the usual fields one by one, and the whole record as JSON. Pure.

The forms' input is read here, too, so that a new field takes one line in one table.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import orjson

from monitor.errors import ConfigurationInvalid
from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.essie import ENUMS
from monitor.sandbox.clinicaltrials_gov.pieces import path_of
from monitor.sandbox.edits import edit_of
from monitor.sandbox.listed import KEEP
from monitor.sandbox.markup import h

STATUSES = ENUMS["protocolSection.statusModule.overallStatus"]
DATE_TYPES = ("", "ESTIMATED", "ACTUAL")


class FormField(NamedTuple):
    """A field of the form: its piece of the study, its label, its choices, and whether it is a text area."""

    name: str
    piece: str
    label: str
    choices: tuple[str, ...] = ()
    is_long: bool = False


_DATES = (("start", "StartDate", "Start"), ("completion", "CompletionDate", "Completion"))

FIELDS = (
    FormField("status", "OverallStatus", "Overall status", STATUSES),
    FormField("why_stopped", "WhyStopped", "Why stopped"),
    FormField("enrollment", "EnrollmentCount", "Enrollment"),
    FormField("enrollment_type", "EnrollmentType", "Enrollment type", DATE_TYPES),
    FormField("primary_completion_date", "PrimaryCompletionDate", "Primary completion"),
    FormField("primary_completion_type", "PrimaryCompletionDateType", "Its type", DATE_TYPES),
    *(
        field
        for name, piece, label in _DATES
        for field in (
            FormField(f"{name}_date", piece, label),
            FormField(f"{name}_type", f"{piece}Type", "Its type", DATE_TYPES),
        )
    ),
    FormField("title", "BriefTitle", "Brief title"),
    FormField("sponsor", "LeadSponsorName", "Lead sponsor"),
    FormField("conditions", "Condition", "Conditions, one a line", is_long=True),
    FormField("criteria", "EligibilityCriteria", "Eligibility criteria", is_long=True),
)


def edit_form(trial_id: str, values: Mapping[str, Json]) -> str:
    """The usual fields with their current values, by piece."""
    fields = "".join(_input(field, values.get(field.piece)) for field in FIELDS)
    return f"""<form method="post" action="/sandbox/edit"><h3>Publish a new version</h3>
<input type="hidden" name="nct_id" value="{h(trial_id)}">
<div class="fields">{fields}</div>
<div class="row"><button>Publish</button>{KEEP}</div>
</form>"""


def _input(field: FormField, value: Json) -> str:
    if field.choices:
        chosen = options(field.choices, str(value or ""))
        return f'<label>{h(field.label)}<select name="{field.name}">{chosen}</select></label>'
    text = "\n".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    if field.is_long:
        return (
            f'<label class="wide">{h(field.label)}<textarea name="{field.name}" rows="4">\n{h(text)}</textarea></label>'
        )
    hint = ' placeholder="2027-05 or 2027-05-31"' if field.name.endswith("_date") else ""
    hint = ' inputmode="numeric"' if field.name == "enrollment" else hint
    return f'<label>{h(field.label)}<input name="{field.name}"{hint} value="{h(text)}"></label>'


def options(codes: tuple[str, ...], chosen: str) -> str:
    """The choices of a list."""
    return "".join(
        f'<option value="{h(code)}"{" selected" if code == chosen else ""}>{h(words(code))}</option>' for code in codes
    )


def words(code: str) -> str:
    """A code as people read it."""
    return code.replace("_", " ").capitalize()


def record_form(study: Json, trial_id: str) -> str:
    """The whole record as JSON, for outcomes, sites, results and everything else without a field of its own."""
    text = orjson.dumps(study, option=orjson.OPT_INDENT_2).decode()
    return f"""<details class="record"><summary>Edit everything as JSON
<span>outcomes, arms, sites, results and the rest</span></summary>
<form method="post" action="/sandbox/publish">
<input type="hidden" name="nct_id" value="{h(trial_id)}">
<label>The record<textarea name="study" rows="24" spellcheck="false">
{h(text)}</textarea></label>
<div class="row"><button>Publish this record</button>{KEEP}</div>
</form></details>"""


def read_fields(fields: Mapping[str, str]) -> tuple[dict[str, Json], list[str]]:
    """What the usual fields set and unset. Raise ConfigurationInvalid if the number of participants is not a number."""
    values: dict[str, Json] = {}
    for field in FIELDS:
        text = fields.get(field.name, "").replace("\r\n", "\n").strip()
        if text:
            values[field.piece] = _value(field, text)
    return values, [] if "why_stopped" in fields else ["WhyStopped"]


def _value(field: FormField, text: str) -> Json:
    if field.name == "conditions":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if field.name != "enrollment":
        return text
    if not (text.isascii() and text.isdigit()):
        raise ConfigurationInvalid(f"{text!r} is not a number of participants: write digits.")
    return int(text[:12])


def read_record(text: str, today: date) -> Json:
    """The study in the form's text field, dated as an update of *today*. Raise ConfigurationInvalid for no JSON."""
    try:
        study = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ConfigurationInvalid(f"The study is not JSON ({error}): correct it.") from None
    if isinstance(study, dict) and isinstance(study.get("protocolSection"), dict):
        edit_of(updated(today), path_of=path_of)(study)
    return study


def updated(today: date) -> dict[str, Json]:
    """The dates that an update of that day also sets: it is dated when it becomes visible."""
    return {
        "StatusVerifiedDate": today.isoformat()[:7],
        "LastUpdateSubmitDate": today.isoformat(),
        "LastUpdatePostDate": today.isoformat(),
        "LastUpdatePostDateType": "ACTUAL",
    }
