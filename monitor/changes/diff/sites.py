"""Where a trial takes place: one difference for all sites that came, went, or changed their status. Pure.

The registry shows a site's own status only while the trial enrolls. When that ends, sites that lose their status, or
get the trial's, only follow the trial.

A site is its facility, city, country and zip, and several may be alike ("Research Site" twice in one city). The
registry re-spells cities when it looks up their place on the map (Napoli, Naples), and states at will: neither is a
change, nor is a stray sign in a zip. The rest is paired by likeness: a hospital with repaired accents, or in a country
that was renamed, is the same one in another spelling.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.pairing import by_key, cancel
from monitor.changes.diff.places import country_key
from monitor.changes.diff.respelled_sites import pair_respelled
from monitor.changes.diff.wording import code_words, coded_words
from monitor.model import Difference, Site
from monitor.text import counted, cut, fold, fold_name, fold_wording, natural_list, quote

_FEW_COUNTRIES = 4
"""So many are named in a sentence; of more, the number, and those that are new or gone."""

_NOTED_COUNTRIES = 12

_TAKES_ARTICLE = re.compile(
    r"\b(United|Republic|Federation|Kingdom|States|Emirates|Islands|Territories|Territory)\b"
    r"|^(Bahamas|Gambia|Maldives|Netherlands|Philippines|Seychelles)$"
)

_ENROLLING = {"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION"}
"""Overall statuses under which sites have one of their own."""


class SiteChanges(NamedTuple):
    """What became of the sites."""

    gone: list[Site]
    come: list[Site]
    changed: list[tuple[Site, Site]]
    """Those with another status."""
    respelled: list[tuple[Site, Site]]


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell at most one difference each of sites added, removed, with a new status or the trial's, and respelled."""
    if pair.before.sites == pair.after.sites:
        return
    moves = _moves(pair.before.sites, pair.after.sites)
    if moves.come:
        yield _added(pair, moves.come)
    if moves.gone:
        yield _removed(pair, moves.gone)
    own, followed = _by_cause(pair, moves.changed)
    if own:
        yield _together(pair, "site.status", own, _status_summary(own))
    if followed:
        yield _together(pair, "site.followed", followed, _followed_summary(pair, [new for _, new in followed]))
    if moves.respelled:
        yield _together(pair, "site.respelled", moves.respelled, _spelling_summary(moves.respelled))


def _together(pair: Comparison, kind: str, pairs: Sequence[tuple[Site, Site]], summary: str) -> Difference:
    before, after = (list(sites) for sites in zip(*pairs, strict=True))
    return pair.difference("sites", kind, before=before, after=after, summary=summary, measure={"sites": len(after)})


def _by_cause(
    pair: Comparison, changed: Sequence[tuple[Site, Site]]
) -> tuple[list[tuple[Site, Site]], list[tuple[Site, Site]]]:
    """Sites whose status changed by itself, and those that only follow the trial's, which does not enroll any more.

    Which sites are open when a trial opens is news.
    """
    before, after = pair.before.overall_status, pair.after.overall_status
    if after is None or before == after or after.code in _ENROLLING:
        return list(changed), []
    follows = [new.status in (None, after.code) for _, new in changed]
    return (
        [each for each, with_trial in zip(changed, follows, strict=True) if not with_trial],
        [each for each, with_trial in zip(changed, follows, strict=True) if with_trial],
    )


def _moves(before: Sequence[Site], after: Sequence[Site]) -> SiteChanges:
    gone, come = cancel(before, after, lambda site: site)
    gone, come = cancel(gone, come, lambda site: (_identity(site), site.status))
    same = by_key(gone, come, _identity, likeness=_same_status)
    relocated = by_key(same.gone, same.come, _identity_without_city, likeness=_same_status)
    alike = pair_respelled(relocated.gone, relocated.come)
    changed = same.pairs + [(old, new) for old, new in relocated.pairs + alike.pairs if old.status != new.status]
    respelled = [(old, new) for old, new in alike.pairs if old.status == new.status]
    return SiteChanges(alike.gone, alike.come, changed, respelled)


@lru_cache(maxsize=4096)
def _identity(site: Site) -> tuple[str, ...]:
    return fold_name(site.facility), fold_name(site.city), fold_name(site.country), fold_wording(site.zip)


def _identity_without_city(site: Site) -> tuple[str, ...]:
    """Facility, zip and country; everything where one of the first two is missing, for then the city tells."""
    facility, _, country, zip_ = identity = _identity(site)
    return (facility, country, zip_) if facility and fold(site.zip) else identity


def _same_status(before: Site, after: Site) -> float:
    return float(before.status == after.status)


def _added(pair: Comparison, come: list[Site]) -> Difference:
    new = _countries(come) - _countries(pair.before.sites)
    noted = _Noted(new if pair.before.sites else set(), "new country", "the first ones")
    first = "" if pair.before.sites else ", the first of the trial"
    return pair.difference(
        "sites",
        "site.added",
        before=None,
        after=come,
        summary=f"{counted(len(come), 'site')} added{_where(come, noted)}{first}: {_shown(come)}.",
        measure={"sites": len(come), "countries": len(new)},
    )


def _removed(pair: Comparison, gone: list[Site]) -> Difference:
    left = _countries(gone) - _countries(pair.after.sites)
    noted = _Noted(left if pair.after.sites else set(), "none left", "the last ones")
    last = "" if pair.after.sites else ", the last of the trial"
    return pair.difference(
        "sites",
        "site.removed",
        before=gone,
        after=None,
        summary=f"{counted(len(gone), 'site')} removed{_where(gone, noted)}{last}: {_shown(gone)}.",
        measure={"sites": len(gone), "countries": len(left)},
    )


def _countries(sites: Sequence[Site]) -> set[str]:
    return {country_key(site.country) for site in sites} - {""}


def _with_article(country: str | None) -> str:
    """A country as it stands behind “in”: the United States, the Netherlands, Korea, Republic of."""
    country = fold(country)
    takes_one = "," not in country and _TAKES_ARTICLE.search(country) and not country.startswith("The ")
    return f"the {country}" if takes_one else country


class _Noted(NamedTuple):
    """Countries that matter by themselves, why in brackets behind each, and what their sites are among all."""

    countries: set[str]
    note: str
    ones: str


def _where(sites: Sequence[Site], noted: _Noted) -> str:
    """The countries as the registry spells them, first those to be noted, then those with the most sites."""
    keys = [country_key(site.country) for site in sites]
    spelled = {key: site.country for key, site in zip(keys, sites, strict=True) if fold(site.country)}
    numbers = Counter(keys)
    ranked = sorted(spelled, key=lambda country: (country not in noted.countries, -numbers[country], country))
    if len(ranked) <= _FEW_COUNTRIES:
        named = [
            _with_article(spelled[each]) + (f" ({noted.note})" if each in noted.countries else "") for each in ranked
        ]
        return f" in {natural_list(named, _FEW_COUNTRIES)}" if named else ""
    those = [_with_article(spelled[each]) for each in ranked if each in noted.countries]
    which = f", {noted.ones} in {natural_list(those, _NOTED_COUNTRIES, noun='country')}" if those else ""
    return f" in {counted(len(ranked), 'country')}{which}"


def _shown(sites: Sequence[Site]) -> str:
    return natural_list(sites, noun="site", named=_name)


def _name(site: Site) -> str:
    facility, city = cut(site.facility or "", 36), cut(site.city or "", 30)
    return f"{facility} ({city})" if facility and city else facility or city or "a site without a name"


def _status_summary(pairs: Sequence[tuple[Site, Site]]) -> str:
    after = [new for _, new in pairs]
    numbers = Counter(site.status for site in after).most_common()
    if len(numbers) > 1 and not any(old.status for old, _ in pairs):
        given = natural_list([f"{number:,} {_is(number)} {code_words(status)}" for status, number in numbers], 4)
        return f"{counted(len(after), 'site')} now have a status of their own; {given}: {_shown(after)}."
    if len(numbers) == 1:
        return f"{counted(len(after), 'site')} {_now(after[0].status, len(after))}: {_shown(after)}."
    now = natural_list([f"{number:,} {_now(status, number)}" for status, number in numbers], 4)
    return f"{counted(len(after), 'site')} changed status; {now}: {_shown(after)}."


def _followed_summary(pair: Comparison, after: list[Site]) -> str:
    """The registry's doing, in a few words: the sites are those of the trial."""
    status = coded_words(pair.after.overall_status)
    have = _has(len(after))
    if any(site.status for site in after):
        return f"{counted(len(after), 'site')} {have} changed status with the trial, which is now {status}."
    own = "its own" if len(after) == 1 else "their own"
    return f"{counted(len(after), 'site')} no longer {have} a status of {own}: the trial is now {status}."


def _now(status: str | None, number: int) -> str:
    if not status:
        return "no longer has a status of its own" if number == 1 else "no longer have a status of their own"
    return f"{_is(number)} now {code_words(status)}"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _spelling_summary(pairs: Sequence[tuple[Site, Site]]) -> str:
    """Each new spelling once, however many sites have it."""
    members = ("facility", "city", "zip", "country")
    texts = ((getattr(old, name) or "", getattr(new, name) or "") for old, new in pairs for name in members)
    spellings = dict.fromkeys((old, new) for old, new in texts if fold_name(old) != fold_name(new))
    told = [
        f"{quote(old, 50)} is now {quote(new, 50)}" if old else f"{quote(new, 50)} is given" for old, new in spellings
    ]
    return f"{counted(len(pairs), 'site')} {_is(len(pairs))} only spelled otherwise: {natural_list(told)}."
