"""To which rows a configuration was applied without changing any. No SQLAlchemy: both ways to open a file read this.

The rule to keep: what `monitor.operate.configured` reads to decide what to write stands in `_READ`. What changes at
other times alone is left out: how far a search was listed and which trials it found, and the number of a subscription's
last delivery.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

Execute = Callable[..., Iterable[Iterable[Any]]]
"""Has the driver execute a statement, with parameters if there are any, and gives the rows as they are stored."""

_READ = (
    "SELECT id, origin, name, created_at FROM watches ORDER BY id",
    "SELECT watch_id, registry, sponsor, role, condition, expression FROM searches ORDER BY watch_id",
    """
    SELECT held.watch_id, held.registry, held.trial_id, trials.merged_into
    FROM watches
    CROSS JOIN watched_trials AS held ON held.watch_id = watches.id
    LEFT JOIN trials ON trials.registry = held.registry AND trials.trial_id = held.trial_id
    WHERE watches.origin = 'config' AND watches.id NOT IN (SELECT watch_id FROM searches)
    ORDER BY held.watch_id, held.registry, held.trial_id
    """,
    "SELECT watch_id FROM sibling_watches ORDER BY watch_id",
    """
    SELECT g.id, g.name, held.watch_id, held.origin
    FROM watch_groups AS g LEFT JOIN grouped_watches AS held ON held.group_id = g.id ORDER BY g.id, held.watch_id
    """,
    "SELECT watch_id, registry, trial_id, of_registry, of_trial_id FROM joined_siblings ORDER BY 1, 2, 3",
    """
    SELECT id, endpoint_id, watch_id, everything, topics, kinds, min_significance, min_percent, min_days, note, state,
           origin, name, created_at, ended_at, without, label, language, about.group_id, of.team
    FROM subscriptions
    LEFT JOIN subscribed_groups AS about ON about.subscription_id = id
    LEFT JOIN team_members AS of ON of.subscription_id = id
    WHERE name IS NOT NULL ORDER BY id
    """,
    """
    SELECT subscription_id, registry, trial_id FROM subscribed_trials
    WHERE subscription_id IN (SELECT id FROM subscriptions WHERE name IS NOT NULL)
    ORDER BY subscription_id, registry, trial_id
    """,
    """
    SELECT id, way, address_digest, shown, sealed, failing_since, disabled_at, created_at FROM endpoints
    WHERE id IN (SELECT endpoint_id FROM subscriptions WHERE name IS NOT NULL) ORDER BY id
    """,
)


def digest(execute: Execute, basis: bytes) -> bytes:
    """What tells these rows from others, together with the *basis* on which something is applied to them."""
    found = sha256(basis)
    for statement in _READ:
        found.update(repr([tuple(row) for row in execute(statement)]).encode())
    return found.digest()


def is_noted(execute: Execute, known: bytes) -> bool:
    """Whether that digest was noted last."""
    return [tuple(row) for row in execute("SELECT digest FROM applied")] == [(known,)]


def note(execute: Execute, known: bytes) -> None:
    """Note that digest, and no other."""
    execute("DELETE FROM applied")
    execute("INSERT INTO applied (digest) VALUES (?)", (known,))
