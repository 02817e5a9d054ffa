"""What can be done to trials over HTTP: each control does one thing, and says what it did.

A trial is named by the argument `nct_id`.
"""

from collections.abc import Callable

from monitor.errors import ConfigurationInvalid
from monitor.sandbox.clinicaltrials_gov.editing import read_fields, read_record, updated
from monitor.sandbox.clinicaltrials_gov.edits import edit_of
from monitor.sandbox.clinicaltrials_gov.published import PublishedTrials
from monitor.sandbox.command import Command


def publish(command: Command, trials: PublishedTrials) -> str:
    """Publish the study that is the body, or the one in a form's text field."""
    study = command.arguments
    if command.from_form:
        study = read_record(command.text("study"), trials.following_build.at.date())
    try:
        sections = {name: value for name, value in study.items() if name != "refresh"}
        return f"Published {trials.publish(sections, refresh=command.refreshes)}"
    except (KeyError, TypeError, AttributeError):
        raise ConfigurationInvalid("The study has no protocolSection.identificationModule.nctId: add it.") from None


def next_state(command: Command, trials: PublishedTrials) -> str:
    """Publish the next written state of a trial."""
    trial_id = command.text("nct_id")
    return f"Published the next state of {trial_id}: {trials.next_state(trial_id, refresh=command.refreshes)}"


def edit(command: Command, trials: PublishedTrials) -> str:
    """Set and unset members of a study."""
    trial_id = command.text("nct_id")
    if command.from_form:
        values, unset = read_fields(command.arguments)
        values |= updated(trials.following_build.at.date())
    else:
        values, unset = command.arguments.get("set", {}), command.arguments.get("unset", [])
    if not isinstance(values, dict) or not isinstance(unset, list) or not all(isinstance(path, str) for path in unset):
        raise ConfigurationInvalid("set must be an object of paths and values, unset a list of paths.")
    trials.edit(trial_id, edit_of(values, unset), refresh=command.refreshes)
    return f"Published a new version of {trial_id}"


def remove(command: Command, trials: PublishedTrials) -> str:
    """Let a trial disappear."""
    trial_id = command.text("nct_id")
    trials.remove(trial_id, refresh=command.refreshes)
    return f"Removed {trial_id}"


def merge(command: Command, trials: PublishedTrials) -> str:
    """Make a trial an obsolete id of another."""
    trial_id, into = command.text("nct_id"), command.text("into")
    trials.merge(trial_id, into=into, refresh=command.refreshes)
    return f"Merged {trial_id} into {into}"


CONTROLS: dict[str, Callable[[Command, PublishedTrials], str]] = {
    "publish": publish,
    "next": next_state,
    "edit": edit,
    "remove": remove,
    "merge": merge,
}
"""By the name that follows `/sandbox/`."""
