"""Where things are: addresses below the public one. Pure."""

from monitor.model.ids import in_path


def trial_path(trial_id: str, *below: str | int) -> str:
    """The page of a trial, or one below it: /trials/NCT02116634/snapshots/2."""
    return "/".join(["/trials", in_path(trial_id), *map(str, below)])
