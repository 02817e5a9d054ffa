"""Where a trial takes place: one difference for all sites that came, went, or changed their status. Pure.

A site is its facility, city, country and zip, and several may be alike ("Research Site" twice in one city). The
registry re-spells cities when it looks up their place on the map (Napoli, Naples), and states at will: neither is a
change, nor is a stray sign in a zip. What is left over is paired by likeness: a hospital with repaired accents, or in a
country with a new name, is the same one, spelled otherwise.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.diff.comparison import Comparison
from monitor.diff.pairing import by_key, cancel
from monitor.diff.places import country_key
from monitor.diff.respelled_sites import pair_respelled
from monitor.diff.text import fold, fold_name, fold_wording
from monitor.diff.wording import code_words, count, cut, listing, quote
from monitor.model import Difference, Site


class Moves(NamedTuple):
    """What became of the sites."""

    gone: list[Site]
    come: list[Site]
    changed: list[tuple[Site, Site]]
    """Those with another status."""
    respelled: list[tuple[Site, Site]]


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell at most one difference each of sites added, removed, with a new status, and with a new spelling."""
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
    if moves.respelled:
        before, after = (list(sites) for sites in zip(*moves.respelled, strict=True))
        yield pair.difference(
            "sites",
            "site.respelled",
            before=before,
            after=after,
            summary=_spelling_told(moves.respelled),
            measure={"sites": len(after)},
        )


def _moves(before: Sequence[Site], after: Sequence[Site]) -> Moves:
    gone, come = cancel(before, after, lambda site: site)
    gone, come = cancel(gone, come, lambda site: (_identity(site), site.status))
    same = by_key(gone, come, _identity, likeness=_same_status)
    relocated = by_key(same.gone, same.come, _identity_without_city, likeness=_same_status)
    alike = pair_respelled(relocated.gone, relocated.come)
    changed = same.pairs + [(old, new) for old, new in relocated.pairs + alike.pairs if old.status != new.status]
    respelled = [(old, new) for old, new in alike.pairs if old.status == new.status]
    return Moves(alike.gone, alike.come, changed, respelled)


def _identity(site: Site) -> tuple[str, ...]:
    return fold_name(site.facility), fold_name(site.city), fold_name(site.country), fold_wording(site.zip)


def _identity_without_city(site: Site) -> tuple[str, ...]:
    """Facility, zip and country; everything where one of the first two is missing, for then the city tells."""
    if not fold(site.facility) or not fold(site.zip):
        return _identity(site)
    return fold_name(site.facility), fold_name(site.country), fold_wording(site.zip)


def _same_status(before: Site, after: Site) -> float:
    return float(before.status == after.status)


def _added(pair: Comparison, come: list[Site]) -> Difference:
    new = _countries(come) - _countries(pair.before.sites)
    note = "new" if pair.before.sites else ""
    return pair.difference(
        "sites",
        "site.added",
        before=None,
        after=come,
        summary=f"{count(len(come), 'site')} added{_where(come, new, note)}: {_shown(come)}.",
        measure={"sites": len(come), "countries": len(new)},
    )


def _removed(pair: Comparison, gone: list[Site]) -> Difference:
    left = _countries(gone) - _countries(pair.after.sites)
    note = "none left" if pair.after.sites else ""
    return pair.difference(
        "sites",
        "site.removed",
        before=gone,
        after=None,
        summary=f"{count(len(gone), 'site')} removed{_where(gone, left, note)}: {_shown(gone)}.",
        measure={"sites": len(gone), "countries": len(left)},
    )


def _countries(sites: Sequence[Site]) -> set[str]:
    return {country_key(site.country) for site in sites} - {""}


def _where(sites: Sequence[Site], noted: set[str], note: str) -> str:
    """The countries as the registry spells them, first those to be noted, then those with the most sites."""
    spelled = {country_key(site.country): fold(site.country) for site in sites if fold(site.country)}
    numbers = Counter(country_key(site.country) for site in sites)
    ranked = sorted(spelled, key=lambda country: (country not in noted, -numbers[country], country))
    shown = [spelled[country] + (f" ({note})" if note and country in noted else "") for country in ranked]
    return f" in {listing(shown)}" if shown else ""


def _shown(sites: Sequence[Site]) -> str:
    return listing([_name(site) for site in sites])


def _name(site: Site) -> str:
    facility, city = cut(site.facility or "", 36), cut(site.city or "", 30)
    return f"{facility} ({city})" if facility and city else facility or city or "a site without a name"


def _status_told(after: list[Site]) -> str:
    numbers = Counter(site.status for site in after).most_common()
    if len(numbers) == 1:
        return f"{count(len(after), 'site')} {_now(after[0].status, len(after))}: {_shown(after)}."
    now = listing([f"{number:,} {_now(status, number)}" for status, number in numbers], 4)
    return f"{count(len(after), 'site')} changed status, {now}: {_shown(after)}."


def _now(status: str | None, number: int) -> str:
    if not status:
        return "has no status of its own any more" if number == 1 else "have no status of their own any more"
    return f"{'is' if number == 1 else 'are'} now {code_words(status)}"


def _spelling_told(pairs: Sequence[tuple[Site, Site]]) -> str:
    """Each new spelling once, however many sites have it."""
    members = ("facility", "city", "zip", "country")
    texts = ((getattr(old, name) or "", getattr(new, name) or "") for old, new in pairs for name in members)
    spellings = dict.fromkeys((old, new) for old, new in texts if fold_name(old) != fold_name(new))
    told = [
        f"{quote(old, 50)} is now {quote(new, 50)}" if old else f"{quote(new, 50)} is given" for old, new in spellings
    ]
    are = "is" if len(pairs) == 1 else "are"
    return f"{count(len(pairs), 'site')} {are} only spelled otherwise: {listing(told)}."
