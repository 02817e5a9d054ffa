"""The keys of a subscription that say when it tells what it tells."""

from datetime import time
from typing import TYPE_CHECKING

from monitor.settings import Section, rhythms, setting, values
from monitor.settings.refused import RuleBroken

if TYPE_CHECKING:
    from monitor.model import Every, Rhythm

A_SWITCH = "true or false"


class TimedSettings(Section):
    """When somebody is told."""

    digest: "Every | None" = setting(rhythms.every, default=None, description=rhythms.A_RHYTHM)
    at: time | None = setting(rhythms.clock_time, default=None, description=rhythms.A_TIME)
    tz: str | None = setting(rhythms.zone, default=None, description=rhythms.A_ZONE)
    quiet_hours: tuple[time, time] | None = setting(rhythms.hours, default=None, description=rhythms.HOURS)
    break_through: bool = setting(values.boolean, default=False, description=A_SWITCH)
    all_quiet: bool = setting(values.boolean, default=False, description=A_SWITCH)

    def check(self) -> None:
        """Each key has an effect."""
        is_digest = self.digest is not None and self.digest != "immediate"
        for name in ("at", "all_quiet"):
            if getattr(self, name) and not is_digest:
                raise RuleBroken(f'has {name} without a digest; give both, such as digest = "daily", or no {name}')
        if self.quiet_hours and is_digest:
            raise RuleBroken("has quiet_hours and a digest, which comes at a time of its own; give one of them")
        if self.tz and not (is_digest or self.quiet_hours):
            raise RuleBroken("has tz without a digest or quiet_hours; give one of these, or no tz")
        if self.break_through and not (is_digest or self.quiet_hours):
            raise RuleBroken("has break_through without a digest or quiet_hours; give one of these, too")

    @property
    def rhythm(self) -> "Rhythm":
        """The same as one value."""
        from monitor.model.rhythm import IMMEDIATE, Rhythm  # not every configuration subscribes somebody

        return Rhythm(
            every=self.digest or IMMEDIATE.every,
            at=self.at or IMMEDIATE.at,
            zone=self.tz or IMMEDIATE.zone,
            quiet_hours=self.quiet_hours,
            breaks_through=self.break_through,
            all_quiet=self.all_quiet,
        )
