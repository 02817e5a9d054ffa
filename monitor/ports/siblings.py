"""Where else a trial is registered, by what its record says. Pure."""

from collections.abc import Iterator, Sequence

from monitor.model import Record
from monitor.ports.registry import Registry

MOST_TEXTS = 1_000
LONGEST = 500
"""Characters of a number and what is written around it."""


def siblings_in(record: Record, registries: Sequence[Registry]) -> list[tuple[str, str]]:
    """The trials of other registries that a record names as itself, as (registry, trial id), in its order.

    Numbers of its own registry are of other trials, or former ones of its own.
    """
    found = (
        (registry.key, trial_id)
        for text in _texts(record)
        for registry in registries
        if registry.key != record.registry
        for trial_id in _ids(registry, text)
    )
    return list(dict.fromkeys(found))


def _ids(registry: Registry, text: str) -> list[str]:
    """The ids in a text. What stands alone may be written in a way that is none in the middle of a sentence."""
    trial_id = registry.identify(text)
    return [trial_id] if trial_id else registry.ids_in(text)


def _texts(record: Record) -> Iterator[str]:
    """What a record gives as numbers of the trial: by whom they are is not believed, as all registries mix them up."""
    given = record.details.get("secondary_ids")
    others = given[:MOST_TEXTS] if isinstance(given, list | tuple) else ()
    numbers = [each.get("id") for each in others if isinstance(each, dict)]
    for text in (*numbers, record.details.get("org_study_id"), *record.aliases[:MOST_TEXTS]):
        if isinstance(text, str) and text:
            yield text[:LONGEST]
