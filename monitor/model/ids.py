"""Ids that are made of what they are the ids of. Pure."""


def event_id(registry: str, trial_id: str, snapshot: int) -> str:
    """The id of what a snapshot tells."""
    return f"{registry}/{trial_id}/{snapshot}"
