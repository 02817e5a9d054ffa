"""Controls that change trials over HTTP: each does one thing, and reports what it did.

A trial is named by the argument `nct_id`, or `trial_id`.
"""

from collections.abc import Callable

from monitor.errors import ConfigurationInvalid
from monitor.sandbox.clinicaltrials_gov.editing import read_fields, read_record, updated
from monitor.sandbox.clinicaltrials_gov.pieces import path_of
from monitor.sandbox.clinicaltrials_gov.published import PublishedTrials
from monitor.sandbox.control_request import ControlRequest
from monitor.sandbox.edits import asked_edit, edit_of


def publish(request: ControlRequest, trials: PublishedTrials) -> str:
    """Publish the study in the body, or in a form's text field."""
    study = request.arguments
    if request.from_form:
        study = read_record(request.text("study"), trials.following_build.at.date())
    try:
        sections = {name: value for name, value in study.items() if name != "refresh"}
        return f"Published {trials.publish(sections, refresh=request.refreshes)}"
    except (KeyError, TypeError, AttributeError):
        raise ConfigurationInvalid("The study has no protocolSection.identificationModule.nctId: add it.") from None


def next_state(request: ControlRequest, trials: PublishedTrials) -> str:
    """Publish the next written state of a trial."""
    trial_id = request.trial_id
    return f"Published the next state of {trial_id}: {trials.next_state(trial_id, refresh=request.refreshes)}"


def edit(request: ControlRequest, trials: PublishedTrials) -> str:
    """Set and unset members of a study."""
    trial_id = request.trial_id
    if request.from_form:
        values, unset = read_fields(request.arguments)
        values |= updated(trials.following_build.at.date())
    else:
        values, unset = asked_edit(request)
    trials.edit(trial_id, edit_of(values, unset, path_of=path_of), refresh=request.refreshes)
    return f"Published a new version of {trial_id}"


def remove(request: ControlRequest, trials: PublishedTrials) -> str:
    """Make a trial disappear."""
    trial_id = request.trial_id
    trials.remove(trial_id, refresh=request.refreshes)
    return f"Removed {trial_id}"


def merge(request: ControlRequest, trials: PublishedTrials) -> str:
    """Make a trial an obsolete id of another."""
    trial_id, into = request.trial_id, request.text("into")
    trials.merge(trial_id, into=into, refresh=request.refreshes)
    return f"Merged {trial_id} into {into}"


CONTROLS: dict[str, Callable[[ControlRequest, PublishedTrials], str]] = {
    "publish": publish,
    "next": next_state,
    "edit": edit,
    "remove": remove,
    "merge": merge,
}
"""By the name that follows `/sandbox/`."""
