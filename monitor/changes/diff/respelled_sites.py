"""Sites that went and came in another spelling. Pure.

Two sites can only be one if they are in one country, their zips don't contradict each other, and two of facility, city
and zip are the same in every spelling. Most are found by look-up. Only the rest is compared word by word, within a city
or a zip and at most BUDGET times; even when a registry re-encodes a thousand sites, hardly any are left for that.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from monitor.changes.diff.pairing import Pairing, by_likeness
from monitor.changes.diff.places import city_key, country_key
from monitor.changes.spelling import alike, fold_lossy, fold_place, respelled
from monitor.model import Site

BUDGET = 500
"""Comparisons word by word, each of some 30 µs."""

_FACILITY, _CITY, _ZIP = 4, 2, 1
"""What each weighs that is the same, so that the likest sites are paired first."""
_LEAST = _CITY + _ZIP


class _Place(NamedTuple):
    """A site by what is equal in all spellings."""

    facility: str
    city: str
    zip: str
    country: str


def pair_respelled(gone: Sequence[Site], come: Sequence[Site]) -> Pairing[Site]:
    """Pair the sites that are one in two spellings."""
    result = Pairing(list[tuple[Site, Site]](), list(gone), list(come))
    if not gone or not come:
        return result
    comparing = _Comparing()
    places = comparing.places
    for key in (lambda site: places[site], cache(_lossy)):  # asked for with the status, then without
        result = _paired_exactly(result, lambda site, key=key: (key(site), site.status))  # type: ignore[misc]
        result = _paired_exactly(result, key)
    for same in _SAME:
        result = _paired(result, lambda site, same=same: same(places[site]), comparing.likeness)  # type: ignore[misc]
    return result


_SAME: tuple[Callable[[_Place], Hashable], ...] = (
    lambda place: (place.facility, place.country) if place.facility else None,
    lambda place: (place.zip, place.country) if place.zip else None,
    lambda place: (place.city, place.country) if place.city else None,
)
"""Among which others a site is looked for, one after the other; None is among none."""


def _lossy(site: Site) -> Hashable:
    """The place of a site by the letters that are left when others are lost; what leaves too few is like no other."""
    facility, city = fold_lossy(site.facility), fold_lossy(site.city)
    return (facility, city, _zip(site), country_key(site.country)) if facility and city else site


def _zip(site: Site) -> str:
    return "".join(letter for letter in site.zip or "" if letter.isalnum()).casefold()


def _paired_exactly(left: Pairing[Site], key: Callable[[Site], Hashable]) -> Pairing[Site]:
    """What is left once those of the same key are paired, in any order: nothing tells them apart."""
    if not left.gone or not left.come:
        return left
    old, new = _grouped(left.gone, key), _grouped(left.come, key)
    result = Pairing(left.pairs, list[Site](), list[Site]())
    for name in old | new:
        gone, come = old.get(name, []), new.get(name, [])
        if len(gone) > 1 or len(come) > 1:
            gone, come = sorted(gone, key=repr), sorted(come, key=repr)
        result.pairs.extend(zip(gone, come, strict=False))
        result.gone.extend(gone[len(come) :])
        result.come.extend(come[len(gone) :])
    return result


def _paired(
    left: Pairing[Site], bucket: Callable[[Site], Hashable], likeness: Callable[[Site, Site], float]
) -> Pairing[Site]:
    """What is left once the likest in each bucket are paired."""
    if not left.gone or not left.come:
        return left
    old, new = _grouped(left.gone, bucket), _grouped(left.come, bucket)
    result = Pairing(left.pairs, list[Site](), list[Site]())
    for name in old | new:
        group = by_likeness(old.get(name, []), new.get(name, []), likeness, least=_LEAST)
        if name is None:
            group = Pairing([], old.get(name, []), new.get(name, []))
        result.pairs.extend(group.pairs)
        result.gone.extend(group.gone)
        result.come.extend(group.come)
    return result


def _grouped(sites: Iterable[Site], bucket: Callable[[Site], Hashable]) -> dict[Hashable, list[Site]]:
    groups: defaultdict[Hashable, list[Site]] = defaultdict(list)
    for site in sites:
        groups[bucket(site)].append(site)
    return groups


class _Places(dict[Site, _Place]):
    """The places of sites, folded once."""

    def __missing__(self, site: Site) -> _Place:
        place = _Place(fold_place(site.facility), city_key(site.city), _zip(site), country_key(site.country))
        self[site] = place
        return place


class _Comparing:
    """The likeness of two sites, with what was already compared."""

    def __init__(self) -> None:
        self.places = _Places()
        self._left = BUDGET

    def likeness(self, before: Site, after: Site) -> float:
        """From _LEAST on, the two are one site."""
        old, new = self.places[before], self.places[after]
        if old.country != new.country or (old.zip and new.zip and old.zip != new.zip):
            return 0
        same_zip = bool(old.zip) and old.zip == new.zip
        same_facility = old.facility == new.facility
        same_city = old.city == new.city
        if same_facility and same_city:
            return _FACILITY + _CITY + _ZIP * same_zip
        if same_facility and old.facility and (same_zip or self._says(before.city, after.city)):
            return _FACILITY + _ZIP * same_zip
        if same_city and old.city and self._says(before.facility, after.facility):
            return _CITY + _ZIP + _ZIP * same_zip
        return 0

    def _says(self, before: str | None, after: str | None) -> bool:
        """Whether one name is another spelling of the other."""
        if not before or not after or not self._left:
            return False
        self._left -= 1
        return respelled(before, after) or alike(fold_place(before), fold_place(after))
