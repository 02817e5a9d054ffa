"""What a pass over a registry means for its health, and for the operator. Pure.

    readable  --a failure-->  failing  --two hours of tries-->  an outage, told  --readable twice-->  over, told

One readable pass does not end an outage: a registry that flaps all day is one outage, told once. Both notices are named
after the failure that it began with, so that coming to the same verdict again tells nobody again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.alerts import notices
from monitor.model import Notice
from monitor.storage.health import Health
from monitor.watching.schedule import next_pass_at, outage_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a verdict depends on: *every* is how often a registry is checked, *chance* gives numbers from 0 to 1."""

    now: datetime
    every: timedelta
    chance: Callable[[], float]


def after_failure(health: Health, reason: str, rules: Rules) -> tuple[Health, Notice | None]:
    """The registry could not be read. A run from before the clock was set back begins now."""
    now, failures = rules.now, health.failures + 1
    since = health.failing_since
    if since is None or (since > now and health.told_at is None):
        since = now
    failing = replace(
        health,
        failures=failures,
        failing_since=since,
        reason=reason,
        next_check_at=next_pass_at(
            now=now, every=rules.every, failures=failures, confirming=False, chance=rules.chance()
        ),
    )
    if health.told_at or not outage_due(failures=failures, failing_since=since, now=now):
        return failing, None
    return replace(failing, told_at=now), notices.registry_unreadable(health.registry, reason, since=since, now=now)


def after_success(health: Health, rules: Rules) -> tuple[Health, Notice | None]:
    """The registry could be read."""
    now = rules.now
    confirming = health.told_at is not None and health.failures > 0
    then = next_pass_at(now=now, every=rules.every, failures=0, confirming=confirming, chance=rules.chance())
    if confirming:
        return replace(health, failures=0, next_check_at=then), None
    well = Health(health.registry, then)
    if health.told_at is None or health.failing_since is None:
        return well, None
    return well, notices.registry_readable(health.registry, since=health.failing_since, now=now)
