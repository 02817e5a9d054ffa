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
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.model import Change, ContextLine, Event, Significance
from monitor.render.context import lines_for
from monitor.render.folding import grouped
from monitor.render.headlines import gist
from monitor.text import one_line, safe_cut, stamp

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


def sections(digest: Digest, texts: Texts = IN_ENGLISH) -> list[Section]:
    """The trials of a digest: those with the most significant changes first, and of these those that changed last."""
    trials: dict[tuple[str, str], list[DigestEntry]] = {}
    for entry in digest.entries:
        trials.setdefault((entry.context.event.registry, entry.context.event.trial_id), []).append(entry)
    return sorted((_section(entries, texts) for entries in trials.values()), key=_rank)


def _section(entries: Sequence[DigestEntry], texts: Texts) -> Section:
    nets = net((entry.context.event, entry.changes) for entry in entries)
    context = entries[-1].context
    standing = {id(each.change): each for each in nets if not each.is_folded}
    told = grouped([each.change for each in standing.values()], texts)
    return Section(
        context,
        tuple(standing.get(id(change)) or Net(change, (Step(context.event, change),)) for change in told),
        tuple(each for each in nets if each.is_folded),
    )


def _rank(section: Section) -> tuple[int, float, str]:
    weight = -1 if section.significance is None else section.significance
    return -weight, -section.event.occurred_at.timestamp(), section.event.trial_id


# In words


def name_of(digest: Digest, texts: Texts = IN_ENGLISH) -> str:
    """What kind of digest it is."""
    return name_of_period(digest.period, texts)


def name_of_period(period: str, texts: Texts = IN_ENGLISH) -> str:
    """What a digest of that period is called."""
    names = {
        "daily": texts.gettext("Daily digest"),
        "weekly": texts.gettext("Weekly digest"),
        "monthly": texts.gettext("Monthly digest"),
        "quiet hours": texts.gettext("Quiet hours"),
        "catch-up": texts.gettext("Catch-up"),
        "pause": texts.gettext("While paused"),
    }
    return names.get(period) or one_line(period).capitalize()


def subject(digest: Digest, told: Sequence[Section], texts: Texts = IN_ENGLISH) -> str:
    """Such as `Daily digest: 3 critical and 12 major changes in 40 trials`; *told* are its sections.

    Where there is but one trial, it says what changed there.
    """
    summary = summed(digest, told, texts)
    if not told:
        return summary
    if len(told) == 1 and not digest.omitted and (changes := told[0].changes):
        others = len(told[0].counted) - 1
        more = texts.ngettext(", and {count} more change", ", and {count} more changes", others)
        more = more.format(count=texts.number(others)) if others else ""
        summary = safe_cut(told[0].event.trial_id, 40) + texts.gettext(": ") + gist(changes, _GIST, texts) + more
    return texts.gettext("{name}: {words}").format(name=name_of(digest, texts), words=summary)


def summed(digest: Digest, told: Sequence[Section], texts: Texts = IN_ENGLISH) -> str:
    """How many changes of which significance, in how many trials; or that nothing happened, as far as is known."""
    if not told:
        return _quiet(digest.coverage, texts, at_once=digest.at_once)
    counts = Counter(each.significance for section in told for each in section.counted)
    levels = [level for level in sorted(counts, reverse=True) if level or len(counts) == 1]
    back = sum(len(section.folded) for section in told)
    if not levels:
        what = texts.ngettext("{count} change taken back", "{count} changes taken back", back)
        what = what.format(count=texts.number(back))
    else:
        named = texts.listed([_level(str(level), counts[level], texts) for level in levels], 4)
        what = texts.ngettext("{levels} change", "{levels} changes", counts[levels[-1]]).format(levels=named)
    where = texts.ngettext("{what} in {count} trial", "{what} in {count} trials", len(told))
    more = texts.ngettext(", and {count} more event", ", and {count} more events", digest.omitted)
    return where.format(what=what, count=texts.number(len(told))) + (
        more.format(count=texts.number(digest.omitted)) if digest.omitted else ""
    )


def _level(significance: str, count: int, texts: Texts) -> str:
    words = {
        "critical": texts.ngettext("{count} critical", "{count} critical", count),
        "major": texts.ngettext("{count} major", "{count} major", count),
        "minor": texts.ngettext("{count} minor", "{count} minor", count),
        "administrative": texts.ngettext("{count} administrative", "{count} administrative", count),
    }
    return words.get(significance, f"{{count}} {significance}").format(count=texts.number(count))


def _quiet(coverage: Coverage | None, texts: Texts, *, at_once: int) -> str:
    if coverage is None:
        return texts.gettext("Nothing more") if at_once else texts.gettext("All quiet")
    missing, trials = coverage.trials - coverage.checked, _trials(coverage.trials, texts)
    if is_whole(coverage):
        words = texts.gettext("All quiet: {checked} of {trials} checked")
        if at_once:
            words = texts.gettext("Nothing more: {checked} of {trials} checked")
        return words.format(checked=texts.number(coverage.checked), trials=trials)
    if missing > 0:
        words = texts.gettext("Quiet, but {missing} of {trials} could not be checked")
        if at_once:
            words = texts.gettext("Nothing more, but {missing} of {trials} could not be checked")
        return words.format(missing=texts.number(missing), trials=trials)
    if at_once:
        return texts.gettext("Nothing more, but not everything could be checked")
    return texts.gettext("Quiet, but not everything could be checked")


def _trials(count: int, texts: Texts) -> str:
    return texts.ngettext("{count} trial", "{count} trials", count).format(count=texts.number(count))


def nothing_happened(digest: Digest, texts: Texts = IN_ENGLISH) -> str:
    """What a digest without entries says, as a sentence."""
    is_unsure = digest.coverage is not None and not is_whole(digest.coverage)
    whole = texts.gettext(", as far as could be checked") if is_unsure else ""
    told = texts.ngettext("; {count} alert came at once", "; {count} alerts came at once", digest.at_once)
    told = told.format(count=texts.number(digest.at_once)) if digest.at_once else ""
    words = texts.gettext("Nothing that you asked for has changed{whole}{told}.")
    if digest.at_once:
        words = texts.gettext("Nothing more that you asked for has changed{whole}{told}.")
    return words.format(whole=whole, told=told)


def is_whole(coverage: Coverage) -> bool:
    """Whether all was looked at."""
    return coverage.checked >= coverage.trials and not coverage.unchecked


def covered(coverage: Coverage, texts: Texts = IN_ENGLISH) -> str:
    """What was looked at, as a sentence."""
    versions = [f"{_stamp(version, texts)} ({safe_cut(name, _WHAT)})" for name, version in coverage.versions]
    checked = texts.number(coverage.checked)
    if not versions:
        words = texts.gettext("{checked} of {trials} checked.")
        return words.format(checked=checked, trials=_trials(coverage.trials, texts))
    words = texts.gettext("{checked} of {trials} checked, registry data of {versions}.")
    return words.format(checked=checked, trials=_trials(coverage.trials, texts), versions=texts.listed(versions, 6))


def _stamp(version: str | None, texts: Texts) -> str:
    """Of when a registry's data are, which it may not say."""
    return stamp(version) if version else texts.gettext("an unknown date")


def unchecked(coverage: Coverage, texts: Texts = IN_ENGLISH) -> Iterator[tuple[str, str]]:
    """What could not be looked at, and why: the first few of it, in bounded words."""
    for what, why in coverage.unchecked[:MOST_UNCHECKED]:
        yield safe_cut(texts.said(what), _WHAT), safe_cut(texts.said(why), _WHY)


def interval(digest: Digest, texts: Texts = IN_ENGLISH) -> str:
    """From when to when, in the subscriber's zone."""
    zone = getattr(digest.ended_at.tzinfo, "key", None) or digest.ended_at.tzname() or "UTC"
    if digest.began_at is None:
        return texts.gettext("until {end}, {zone}").format(end=_at(digest.ended_at, texts), zone=zone)
    words = texts.gettext("{begin} to {end}, {zone}")
    return words.format(begin=_at(digest.began_at, texts), end=_at(digest.ended_at, texts), zone=zone)


def seen(event: Event, digest: Digest) -> str:
    """When an event was seen, in the subscriber's zone."""
    return _at(event.occurred_at.astimezone(digest.ended_at.tzinfo), IN_ENGLISH)


def _at(moment: datetime, texts: Texts) -> str:
    day, time = f"{moment:%Y-%m-%d}", f"{moment:%H:%M}"
    return texts.gettext("{day} {time}").format(day=texts.written_day(day), time=time)
