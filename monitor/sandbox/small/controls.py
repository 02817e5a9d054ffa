"""Controls that change trials over HTTP: each does one thing, and reports what it did.

A trial is named by the argument `trial_id`.
"""

from collections.abc import Callable

import orjson

from monitor.errors import ConfigurationInvalid
from monitor.model import Json
from monitor.sandbox.control_request import ControlRequest
from monitor.sandbox.edits import asked_edit, edit_of, value_at
from monitor.sandbox.small.trees import PublishedTrees

FIELD, KNOWN = "field:", "known:"
"""What the names of a form's inputs begin with; a path follows. Those that are known and not filled in are unset."""


def publish(request: ControlRequest, trials: PublishedTrees) -> str:
    """Publish the tree of a trial, as JSON or as a form's text."""
    trial_id, tree = request.trial_id, request.arguments.get("tree")
    if request.from_form:
        tree = read_tree(request.text("tree"))
    if not isinstance(tree, dict):
        raise ConfigurationInvalid("tree is missing: give the whole trial as a JSON object.")
    trials.publish(trial_id, tree, refresh=request.refreshes)
    return f"Published {trial_id}"


def read_tree(text: str) -> Json:
    """The tree in a form's text. Raises ConfigurationInvalid for no JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ConfigurationInvalid(f"The trial is not JSON ({error}): correct it.") from None


def next_state(request: ControlRequest, trials: PublishedTrees) -> str:
    """Publish the next written state of a trial."""
    trial_id = request.trial_id
    return f"Published the next state of {trial_id}: {trials.next_state(trial_id, refresh=request.refreshes)}"


def edit(request: ControlRequest, trials: PublishedTrees) -> str:
    """Set and unset members of a trial's tree."""
    trial_id = request.trial_id
    values, unset = read_form(request, trials.tree(trial_id)) if request.from_form else asked_edit(request)
    trials.edit(trial_id, edit_of(values, unset), refresh=request.refreshes)
    return f"Published a new version of {trial_id}"


def read_form(request: ControlRequest, tree: Json) -> tuple[dict[str, Json], list[str]]:
    """What the usual fields set and unset, by path. Raises ConfigurationInvalid for text in place of a number."""
    filled = {
        name.removeprefix(FIELD): str(text).replace("\r\n", "\n").strip()
        for name, text in request.arguments.items()
        if name.startswith(FIELD)
    }
    known = [name.removeprefix(KNOWN) for name in request.arguments if name.startswith(KNOWN)]
    values = {path: as_before(text, value_at(tree, path), path) for path, text in filled.items()}
    return values, [path for path in known if path not in filled and value_at(tree, path) is not None]


def as_before(text: str, before: Json, path: str) -> Json:
    """A text as the kind of value that stood there before."""
    if not isinstance(before, int | float):
        return text
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = None
    if isinstance(value, bool) is not isinstance(before, bool) or not isinstance(value, int | float):
        wanted = "true or false" if isinstance(before, bool) else "a number"
        raise ConfigurationInvalid(f"{path} cannot be {text!r}: write {wanted}.")
    return value


def remove(request: ControlRequest, trials: PublishedTrees) -> str:
    """Make a trial disappear."""
    trial_id = request.trial_id
    trials.remove(trial_id, refresh=request.refreshes)
    return f"Removed {trial_id}"


CONTROLS: dict[str, Callable[[ControlRequest, PublishedTrees], str]] = {
    "publish": publish,
    "next": next_state,
    "edit": edit,
    "remove": remove,
}
"""By the name that follows `/sandbox/`."""
