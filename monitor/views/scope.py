"""Which trials a question is about: those of a watch or a group of watches, of a sponsor, some by their ids, or all.

A sponsor's are those that it leads by their latest record, its name compared as a search for a sponsor does: in any
case, spacing and Unicode form, and as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model import Record
from monitor.storage import groups, watches
from monitor.storage.pages import MOST_NAMED, Key, Within
from monitor.text import fold_organisation, shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which trials a question is about."""

    within: Within
    sponsor: str | None = None
    """Its name, folded; None where it does not matter who leads a trial."""
    words: str = ""
    """The same for people, behind a count of trials, such as " of watch 3"; empty for all trials."""
    led_by: str = ""
    """The same of its sponsor, such as "led by “Alzahra Hospital”"; empty without one."""

    def holds_lead(self, name: object) -> bool:
        """Whether trials that a sponsor of this name leads are meant."""
        return self.sponsor is None or (isinstance(name, str) and fold_organisation(name) == self.sponsor)

    def holds(self, record: Record) -> bool:
        """Whether the trial of this record is meant, as far as its sponsor goes."""
        return self.holds_lead(record.lead_sponsor.name if record.lead_sponsor else None)


def scope_of(
    tx: Connection, *, trials: Sequence[Key], watch: str | None, sponsor: str | None, group: str | None = None
) -> Scope:
    """The scope of these options.

    NothingFound for a watch or a group that is none, ConfigurationInvalid for what is no scope.
    """
    if bool(trials) + (watch is not None) + (group is not None) > 1:
        raise ConfigurationInvalid("give one of --trial, --watch and --group")
    if len(trials) > MOST_NAMED:
        raise ConfigurationInvalid(f"at most {MOST_NAMED:,} trials can be named: watch them, and give that --watch")
    folded = fold_organisation(sponsor) if sponsor is not None else None
    if sponsor is not None and not any(character.isalnum() for character in folded or ""):
        raise ConfigurationInvalid("--sponsor takes a name, such as --sponsor 'Alzahra Hospital'")
    within, words = _within(tx, trials, watch, group)
    led_by = f"led by “{shortened(sponsor, 100)}”" if sponsor is not None else ""
    return Scope(within=within, sponsor=folded, words=words, led_by=led_by)


def _within(tx: Connection, trials: Sequence[Key], watch: str | None, group: str | None) -> tuple[Within, str]:
    """Where to search, and the same for people."""
    if trials:
        return Within(trials=tuple(dict.fromkeys(trials))), ""
    if group is not None:
        held = groups.find(tx, group).watches
        if not held:
            raise NothingFound(
                f"group “{group}” holds no watch: `monitor watch group '{group}' WATCH` puts one into it"
            )
        return Within(watches=tuple(sorted(held))), f" of group “{group}”"
    if watch is not None:
        found = watches.find(tx, watch)
        mirrors = found.looks_for.registry if found.looks_for and found.looks_for.search.is_everything else None
        return Within(watches=(found.id,), registry=mirrors), f" of watch {found.id}"
    return Within(), ""
