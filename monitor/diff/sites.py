"""Where a trial takes place: one difference for all sites that came, went, or changed their status. Pure.

A site is its facility, city, country and zip, and several may be alike ("Research Site" twice in one city). The
registry re-spells cities when it looks up their place on the map (Napoli, Naples), and states at will: neither is a
change.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.diff.comparison import Comparison
from monitor.diff.pairing import by_key, cancel
from monitor.diff.text import fold, fold_name
from monitor.diff.wording import code_words, count, cut, listing
from monitor.model import Difference, Site


class Moves(NamedTuple):
    """What became of the sites."""

    gone: list[Site]
    come: list[Site]
    changed: list[tuple[Site, Site]]


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell at most one difference each of sites added, removed, and with a new status."""
    if pair.before.sites == pair.after.sites:
        return
    moves = _moves(pair.before.sites, pair.after.sites)
    if moves.come:
        yield _added(pair, moves.come)
    if moves.gone:
        yield _removed(pair, moves.gone)
    if moves.changed:
        before, after = (list(sites) for sites in zip(*moves.changed, strict=True))
        yield pair.difference(
            "sites",
            "site.status",
            before=before,
            after=after,
            summary=_status_told(after),
            measure={"sites": len(after)},
        )


def _moves(before: Sequence[Site], after: Sequence[Site]) -> Moves:
    gone, come = cancel(before, after, lambda site: site)
    gone, come = cancel(gone, come, lambda site: (_identity(site), site.status))
    same = by_key(gone, come, _identity, likeness=_same_status)
    relocated = by_key(same.gone, same.come, _identity_without_city, likeness=_same_status)
    changed = same.pairs + [(old, new) for old, new in relocated.pairs if old.status != new.status]
    return Moves(relocated.gone, relocated.come, changed)


def _identity(site: Site) -> tuple[str, ...]:
    return fold_name(site.facility), fold_name(site.city), fold_name(site.country), fold_name(site.zip)


def _identity_without_city(site: Site) -> tuple[str, ...]:
    """Facility, zip and country; everything where one of the first two is missing, for then the city tells."""
    if not fold(site.facility) or not fold(site.zip):
        return _identity(site)
    return fold_name(site.facility), fold_name(site.country), fold_name(site.zip)


def _same_status(before: Site, after: Site) -> float:
    return float(before.status == after.status)


def _added(pair: Comparison, come: list[Site]) -> Difference:
    new = _countries(come) - _countries(pair.before.sites)
    told = f"; new: {_country_names(come, new)}" if new and pair.before.sites else ""
    return pair.difference(
        "sites",
        "site.added",
        before=None,
        after=come,
        summary=f"{_where('added', come)}{told}: {_shown(come)}.",
        measure={"sites": len(come), "countries": len(new)},
    )


def _removed(pair: Comparison, gone: list[Site]) -> Difference:
    left = _countries(gone) - _countries(pair.after.sites)
    told = f"; none left in {_country_names(gone, left)}" if left and pair.after.sites else ""
    return pair.difference(
        "sites",
        "site.removed",
        before=gone,
        after=None,
        summary=f"{_where('removed', gone)}{told}: {_shown(gone)}.",
        measure={"sites": len(gone), "countries": len(left)},
    )


def _countries(sites: Sequence[Site]) -> set[str]:
    return {fold_name(site.country) for site in sites} - {""}


def _country_names(sites: Sequence[Site], countries: set[str]) -> str:
    """The countries as the registry spells them, those with the most sites first."""
    spelled = {fold_name(site.country): fold(site.country) for site in sites}
    numbers = Counter(fold_name(site.country) for site in sites)
    return listing([spelled[country] for country, _ in numbers.most_common() if country in countries])


def _where(how: str, sites: list[Site]) -> str:
    countries = _country_names(sites, _countries(sites)) if _countries(sites) else ""
    return f"{count(len(sites), 'site')} {how}" + (f" in {countries}" if countries else "")


def _shown(sites: Sequence[Site]) -> str:
    return listing(
        [", ".join(filter(None, (cut(site.facility or "", 40), fold(site.city)))) or "unnamed" for site in sites]
    )


def _status_told(after: list[Site]) -> str:
    numbers = Counter(site.status for site in after)
    now = [
        f"{number:,} now {code_words(status)}" if status else f"{number:,} now without one"
        for status, number in numbers.most_common()
    ]
    return f"{count(len(after), 'site')} changed status ({listing(now)}): {_shown(after)}."
