"""Sites that went and came in another spelling. Pure.

Two sites can only be one if they are in one country, their zips don't contradict each other, and two of facility, city
and zip are the same in every spelling. Most are found by look-up. Only the rest is compared word by word, within a city
or a zip and at most BUDGET times; even when a registry re-encodes a thousand sites, hardly any are left for that.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from itertools import chain

from monitor.changes.diff.pairing import Pairing, by_likeness
from monitor.changes.diff.places import city_key, country_key
from monitor.changes.spelling import alike, fold_lossy, fold_place, respelled
from monitor.model import Site

BUDGET = 500
"""Comparisons word by word, each of some 30 µs."""

_FACILITY, _CITY, _ZIP = 4, 2, 1
"""What each weighs that is the same, so that the likest sites are paired first."""
_LEAST = _CITY + _ZIP


class _Placed:
    """A site, and its place by what is equal in all spellings, folded once."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.facility = fold_place(site.facility)
        self.city = city_key(site.city)
        self.zip = "".join(filter(str.isalnum, site.zip or "")).casefold()
        self.country = country_key(site.country)
        self.exact = self.facility, self.city, self.zip, self.country

    def __repr__(self) -> str:
        """As the site's, by which items are put in order."""
        return repr(self.site)

    @cached_property
    def lossy(self) -> Hashable:
        """The place by the letters that are left when others are lost; what leaves too few is like no other."""
        facility, city = fold_lossy(self.site.facility), fold_lossy(self.site.city)
        return (facility, city, self.zip, self.country) if facility and city else self.site


def pair_respelled(gone: Sequence[Site], come: Sequence[Site]) -> Pairing[Site]:
    """Pair the sites that are one in two spellings."""
    if not gone or not come:
        return Pairing([], list(gone), list(come))
    result = Pairing[_Placed]([], list(map(_Placed, gone)), list(map(_Placed, come)))
    for key in _EQUAL:
        result = _paired_exactly(result, key)
    likeness = _Comparing().likeness
    for bucket in _SAME:
        result = _paired(result, bucket, likeness)
    pairs = [(old.site, new.site) for old, new in result.pairs]
    return Pairing(pairs, [each.site for each in result.gone], [each.site for each in result.come])


_Key = Callable[[_Placed], Hashable]

_EQUAL: tuple[_Key, ...] = (
    lambda each: (each.exact, each.site.status),
    lambda each: each.exact,
    lambda each: (each.lossy, each.site.status),
    lambda each: each.lossy,
)
"""What sites have in common that are one, one after the other."""

_SAME: tuple[_Key, ...] = (
    lambda each: (each.facility, each.country) if each.facility else None,
    lambda each: (each.zip, each.country) if each.zip else None,
    lambda each: (each.city, each.country) if each.city else None,
)
"""Among which others a site is looked for, one after the other; None is among none."""


def _paired_exactly(left: Pairing[_Placed], key: _Key) -> Pairing[_Placed]:
    """What is left once those of the same key are paired, in any order: nothing tells them apart."""
    if not left.gone or not left.come:
        return left
    old, new = _grouped(left.gone, key), _grouped(left.come, key)
    for group in chain(old.values(), new.values()):
        if len(group) > 1:
            group.sort(key=repr)
    result = Pairing[_Placed](left.pairs, [], [])
    for name, gone in old.items():
        come = new.pop(name, [])
        result.pairs.extend(zip(gone, come, strict=False))
        result.gone.extend(gone[len(come) :])
        result.come.extend(come[len(gone) :])
    result.come.extend(chain.from_iterable(new.values()))
    return result


def _paired(left: Pairing[_Placed], bucket: _Key, likeness: Callable[[_Placed, _Placed], float]) -> Pairing[_Placed]:
    """What is left once the likest in each bucket are paired."""
    if not left.gone or not left.come:
        return left
    old, new = _grouped(left.gone, bucket), _grouped(left.come, bucket)
    result = Pairing[_Placed](left.pairs, [], [])
    for name, group in old.items():
        gone, come = group, new.pop(name, [])
        if come and name is not None:
            pairs, gone, come = by_likeness(gone, come, likeness, least=_LEAST)
            result.pairs.extend(pairs)
        result.gone.extend(gone)
        result.come.extend(come)
    result.come.extend(chain.from_iterable(new.values()))
    return result


def _grouped(sites: Iterable[_Placed], key: _Key) -> dict[Hashable, list[_Placed]]:
    groups: defaultdict[Hashable, list[_Placed]] = defaultdict(list)
    for site in sites:
        groups[key(site)].append(site)
    return groups


class _Comparing:
    """The likeness of two sites, as long as the budget lasts."""

    def __init__(self) -> None:
        self._left = BUDGET

    def likeness(self, old: _Placed, new: _Placed) -> float:
        """From _LEAST on, the two are one site."""
        if old.country != new.country or (old.zip and new.zip and old.zip != new.zip):
            return 0
        same_zip = bool(old.zip) and old.zip == new.zip
        same_facility = old.facility == new.facility
        same_city = old.city == new.city
        if same_facility and same_city:
            return _FACILITY + _CITY + _ZIP * same_zip
        if same_facility and old.facility and (same_zip or self._says(old.site.city, new.site.city)):
            return _FACILITY + _ZIP * same_zip
        if same_city and old.city and self._says(old.site.facility, new.site.facility):
            return _CITY + _ZIP + _ZIP * same_zip
        return 0

    def _says(self, before: str | None, after: str | None) -> bool:
        """Whether one name is another spelling of the other."""
        if not before or not after or not self._left:
            return False
        self._left -= 1
        return respelled(before, after) or alike(fold_place(before), fold_place(after))
