"""Where things are: addresses below the public one. Pure."""

from urllib.parse import quote


def in_path(trial_id: str) -> str:
    """A trial id as a part of a path. CTRI/2025/01/000001 is CTRI-2025-01-000001 there, which means the same."""
    return quote(trial_id.replace("/", "-"), safe="")


def trial_path(trial_id: str, *below: str | int) -> str:
    """The page of a trial, or one below it: /trials/NCT02116634/snapshots/2."""
    return "/".join(["/trials", in_path(trial_id), *map(str, below)])
