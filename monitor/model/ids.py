"""Ids that are made of what they are the ids of, and ids within addresses. Pure."""

from urllib.parse import quote


def event_id(registry: str, trial_id: str, snapshot: int) -> str:
    """The id of what a snapshot tells."""
    return f"{registry}/{trial_id}/{snapshot}"


def in_path(trial_id: str) -> str:
    """A trial id as a part of a path. CTRI/2025/01/000001 is CTRI-2025-01-000001 there, which means the same."""
    return quote(trial_id.replace("/", "-"), safe="")
