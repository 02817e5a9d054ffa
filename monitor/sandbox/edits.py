"""Changes to a trial by dotted path, as people and scripts write them. Pure.

`protocolSection.contactsLocationsModule.locations.0.status` names a member of the first item of a list. Setting a
member creates whatever is missing on the way to it.
"""

from collections.abc import Callable, Iterable, Mapping

from monitor.errors import ConfigurationInvalid
from monitor.model import Json
from monitor.sandbox.control_request import ControlRequest


def as_it_is(path: str) -> str:
    """A path that is no name for another."""
    return path


def asked_edit(request: ControlRequest) -> tuple[dict[str, Json], list[str]]:
    """What a script sets, by path, and the paths that it unsets. Raises ConfigurationInvalid for anything else."""
    values, unset = request.arguments.get("set", {}), request.arguments.get("unset", [])
    if not isinstance(values, dict) or not isinstance(unset, list) or not all(isinstance(path, str) for path in unset):
        raise ConfigurationInvalid("set must be an object of paths and values, unset a list of paths.")
    return values, unset


def edit_of(
    values: Mapping[str, Json], unset: Iterable[str] = (), *, path_of: Callable[[str], str] = as_it_is
) -> Callable[[Json], None]:
    """An edit that sets and removes these members. *path_of* is the path that a name stands for.

    Calling it raises ConfigurationInvalid for a path that leads through something else than objects and lists.
    """

    def edit(study: Json) -> None:
        for path, value in values.items():
            above, name = lead_to(study, path, path_of)
            if isinstance(above, list) and name == len(above):
                above.append(value)
            else:
                put(above, name, value, path)
        for path in unset:
            above, name = lead_to(study, path, path_of)
            if has(above, name):
                del above[name]

    return edit


def value_at(tree: Json, path: str) -> Json:
    """The member at *path*; None where there is none."""
    at = tree
    for name in path.split("."):
        if isinstance(at, list):
            place = int(name[:9]) if name.isascii() and name.isdigit() else len(at)
            at = at[place] if has(at, place) else None
        else:
            at = at.get(name) if isinstance(at, dict) else None
    return at


def lead_to(study: Json, path: str, path_of: Callable[[str], str] = as_it_is) -> tuple[Json, str | int]:
    """The object or list that holds the member at *path*, and the member's name or place there."""
    *above, last = path_of(path).split(".")
    at = study
    for name in above:
        at = step_into(at, name, path)
    return at, place_in(at, last, path)


def step_into(at: Json, name: str, path: str) -> Json:
    """The member to go through; made where an object lacks it."""
    place = place_in(at, name, path)
    if isinstance(at, dict):
        return at.setdefault(place, {})
    if not has(at, place):
        raise ConfigurationInvalid(f"{path}: there is no item {name}: the list has {len(at)}.")
    return at[place]


def place_in(at: Json, name: str, path: str) -> str | int:
    """A name as an object or a list takes it."""
    if isinstance(at, dict) and name:
        return name
    if isinstance(at, list) and name.isascii() and name.isdigit():
        return int(name[:9])
    raise ConfigurationInvalid(f"{path}: nothing can be at {name!r} there: write names, and numbers within lists.")


def has(at: Json, place: str | int) -> bool:
    """Whether there is such a member."""
    return place in at if isinstance(at, dict) else isinstance(place, int) and place < len(at)


def put(at: Json, place: str | int, value: Json, path: str) -> None:
    """Set a member of an object, or an item that a list has."""
    if isinstance(at, list) and not has(at, place):
        raise ConfigurationInvalid(f"{path}: there is no item {place}: the list has {len(at)}.")
    at[place] = value
