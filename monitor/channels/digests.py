"""A digest as every channel tells it: trial by trial, the most significant first, and its sums in words. Pure.

    sections    the trials, each with what its changes come to
    subject     what stands above all of it, on one line
    covered     what was looked at, and what could not be

A trial whose changes were all taken back comes last: it is as it was.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.changes.netting import Net, Step, net
from monitor.channels.channel import Coverage, Digest, DigestEntry, EventContext
from monitor.model import Change, ContextLine, Event, Significance
from monitor.render.context import lines_for
from monitor.render.folding import grouped
from monitor.render.headlines import gist
from monitor.text import counted, natural_list, one_line, safe_cut, stamp

_NAMES = {
    "daily": "Daily digest",
    "weekly": "Weekly digest",
    "monthly": "Monthly digest",
    "quiet hours": "Quiet hours",
    "catch-up": "Catch-up",
    "pause": "While paused",
}
_GIST = 80
MOST_UNCHECKED = 10
"""So many things that could not be checked are named."""
_WHAT, _WHY = 60, 100


@dataclass(frozen=True, slots=True)
class Section:
    """A trial of a digest: *context* is that of its last event; what stands and what came back, the heaviest first."""

    context: EventContext
    standing: tuple[Net, ...]
    folded: tuple[Net, ...]

    @property
    def event(self) -> Event:
        """The last one."""
        return self.context.event

    @property
    def changes(self) -> list[Change]:
        """Those that stand."""
        return [each.change for each in self.standing]

    @property
    def counted(self) -> list[Change]:
        """The same, a stop and the reason that is given for it being one; no administrative ones beside others."""
        is_stopped = any(change.field == "overall_status" for change in self.changes)
        told = [change for change in self.changes if not (is_stopped and is_reason(change))]
        return [change for change in told if change.significance is not Significance.ADMINISTRATIVE] or told

    @property
    def background(self) -> tuple[ContextLine, ...]:
        """What stands around the last event, of what matters for the changes that stand; the most telling first."""
        return lines_for(self.context.background, self.changes)

    @property
    def significance(self) -> Significance | None:
        """That of the most significant change; None where all is as it was."""
        return self.standing[0].change.significance if self.standing else None


def is_reason(change: Change) -> bool:
    """Whether it gives the reason for a stop, where none stood before."""
    return change.field == "why_stopped" and not change.before


def sections(digest: Digest) -> list[Section]:
    """The trials of a digest: those with the most significant changes first, and of these those that changed last."""
    trials: dict[tuple[str, str], list[DigestEntry]] = {}
    for entry in digest.entries:
        trials.setdefault((entry.context.event.registry, entry.context.event.trial_id), []).append(entry)
    return sorted(map(_section, trials.values()), key=_rank)


def _section(entries: Sequence[DigestEntry]) -> Section:
    nets = net((entry.context.event, entry.changes) for entry in entries)
    context = entries[-1].context
    standing = {id(each.change): each for each in nets if not each.is_folded}
    told = grouped([each.change for each in standing.values()])
    return Section(
        context,
        tuple(standing.get(id(change)) or Net(change, (Step(context.event, change),)) for change in told),
        tuple(each for each in nets if each.is_folded),
    )


def _rank(section: Section) -> tuple[int, float, str]:
    weight = -1 if section.significance is None else section.significance
    return -weight, -section.event.occurred_at.timestamp(), section.event.trial_id


# In words


def name_of(digest: Digest) -> str:
    """What kind of digest it is."""
    return name_of_period(digest.period)


def name_of_period(period: str) -> str:
    """What a digest of that period is called."""
    return _NAMES.get(period, one_line(period).capitalize())


def subject(digest: Digest, told: Sequence[Section]) -> str:
    """Such as `Daily digest: 3 critical and 12 major changes in 40 trials`; *told* are its sections.

    Where there is but one trial, it says what changed there.
    """
    if not told:
        return summed(digest, told)
    if len(told) == 1 and not digest.omitted and (changes := told[0].changes):
        others = len(told[0].counted) - 1
        more = f", and {counted(others, 'more change')}" if others else ""
        return f"{name_of(digest)}: {safe_cut(told[0].event.trial_id, 40)}: {gist(changes, _GIST)}{more}"
    return f"{name_of(digest)}: {summed(digest, told)}"


def summed(digest: Digest, told: Sequence[Section]) -> str:
    """How many changes of which significance, in how many trials; or that nothing happened, as far as is known."""
    if not told:
        return _quiet(digest.coverage, at_once=digest.at_once)
    counts = Counter(each.significance for section in told for each in section.counted)
    levels = [level for level in sorted(counts, reverse=True) if level or len(counts) == 1]
    back = sum(len(section.folded) for section in told)
    if not levels:
        what = f"{counted(back, 'change')} taken back"
    else:
        noun = "change" if counts[levels[-1]] == 1 else "changes"
        what = f"{natural_list([f'{counts[level]:,} {level}' for level in levels], 4)} {noun}"
    more = f", and {counted(digest.omitted, 'more event')}" if digest.omitted else ""
    return f"{what} in {counted(len(told), 'trial')}{more}"


def _quiet(coverage: Coverage | None, *, at_once: int) -> str:
    nothing = "Nothing more" if at_once else "All quiet"
    if coverage is None:
        return nothing
    if is_whole(coverage):
        return f"{nothing}: {coverage.checked:,} of {counted(coverage.trials, 'trial')} checked"
    missing = coverage.trials - coverage.checked
    what = f"{missing:,} of {counted(coverage.trials, 'trial')}" if missing > 0 else "not everything"
    return f"{'Nothing more' if at_once else 'Quiet'}, but {what} could {'not ' if missing > 0 else ''}be checked"


def nothing_happened(digest: Digest) -> str:
    """What a digest without entries says, as a sentence."""
    what = "Nothing more" if digest.at_once else "Nothing"
    whole = "" if digest.coverage is None or is_whole(digest.coverage) else ", as far as could be checked"
    told = f"; {counted(digest.at_once, 'alert')} came at once" if digest.at_once else ""
    return f"{what} that you asked for has changed{whole}{told}."


def is_whole(coverage: Coverage) -> bool:
    """Whether all was looked at."""
    return coverage.checked >= coverage.trials and not coverage.unchecked


def covered(coverage: Coverage) -> str:
    """What was looked at, as a sentence."""
    versions = natural_list([f"{stamp(version)} ({safe_cut(name, _WHAT)})" for name, version in coverage.versions], 6)
    data = f", registry data of {versions}" if versions else ""
    return f"{coverage.checked:,} of {counted(coverage.trials, 'trial')} checked{data}."


def unchecked(coverage: Coverage) -> Iterator[tuple[str, str]]:
    """What could not be looked at, and why: the first few of it, in bounded words."""
    for what, why in coverage.unchecked[:MOST_UNCHECKED]:
        yield safe_cut(what, _WHAT), safe_cut(why, _WHY)


def interval(digest: Digest) -> str:
    """From when to when, in the subscriber's zone."""
    zone = getattr(digest.ended_at.tzinfo, "key", None) or digest.ended_at.tzname() or "UTC"
    began = f"{_at(digest.began_at)} to " if digest.began_at else "until "
    return f"{began}{_at(digest.ended_at)}, {zone}"


def seen(event: Event, digest: Digest) -> str:
    """When an event was seen, in the subscriber's zone."""
    return _at(event.occurred_at.astimezone(digest.ended_at.tzinfo))


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
