"""The sites in which two documents of one trial differ: of thousands, mostly a few came, went or opened. Pure.

The rule to keep: what is told of sites depends on those that differ, and on the countries in which there are others. So
of the sites that both documents have equally often, one a country is read. Both modules are read in full wherever a
location is more than texts and contacts, contacts differ, or it is not plain which of several alike came or went.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated

import msgspec
import orjson
from msgspec import UNSET, Meta, Raw, UnsetType

from monitor.registries.taking import Node

_LOCATIONS = "locations"

_Text = Annotated[str, Meta(min_length=1)]


class _Location(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a location may hold where it is passed over."""

    country: _Text
    facility: _Text | UnsetType = UNSET
    city: _Text | UnsetType = UNSET
    state: _Text | UnsetType = UNSET
    zip: _Text | UnsetType = UNSET
    status: _Text | UnsetType = UNSET
    contacts: list[Raw] | UnsetType = UNSET


_members = msgspec.json.Decoder(dict[str, Raw]).decode
_items = msgspec.json.Decoder(list[Raw]).decode
_locations = msgspec.json.Decoder(list[_Location]).decode

_Module = Mapping[str, Raw]
_Items = list[bytes]


def read_differing_sites(before: Raw, after: Raw) -> tuple[Node, Node]:
    """What both modules of contacts and locations hold, without most of the sites that both have."""
    try:
        old, new = _members(before), _members(after)
        sites = _differing(old, new)
    except (KeyError, msgspec.DecodeError):
        sites = None
    if sites is None:
        return orjson.loads(memoryview(before)), orjson.loads(memoryview(after))
    return _read(old, sites[0]), _read(new, sites[1])


def _read(module: _Module, sites: _Items) -> Node:
    others = {name: orjson.loads(memoryview(raw)) for name, raw in module.items() if name != _LOCATIONS}
    return others | {_LOCATIONS: orjson.loads(_listed(sites))}


def _listed(items: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(items) + b"]"


def _differing(before: _Module, after: _Module) -> tuple[_Items, _Items] | None:
    """The sites of both that are to be read; None for all of them."""
    old, new = (list(map(bytes, _items(module[_LOCATIONS]))) for module in (before, after))
    unlike = list(dict.fromkeys(old + new))  # few more than one document has, and only these are looked into
    sites = dict(zip(unlike, _locations(_listed(unlike)), strict=True))
    both = set(old).intersection(new)
    if _differ_in_number(old, new, both) or not _same_contacts((old, new), sites):
        return None
    passed_over = both.difference({sites[site].country: site for site in unlike if site in both}.values())
    return [site for site in old if site not in passed_over], [site for site in new if site not in passed_over]


def _differ_in_number(old: _Items, new: _Items, both: Collection[bytes]) -> bool:
    """Whether one document has a site of *both* more often than the other."""
    if len(set(old)) == len(old) and len(set(new)) == len(new):
        return False
    numbers, present = Counter(old), Counter(new)
    return any(numbers[site] != present[site] for site in both)


def _same_contacts(listed: tuple[_Items, _Items], sites: Mapping[bytes, _Location]) -> bool:
    """Whether both documents give the same contacts of sites, and no site twice with others."""
    if all(site.contacts is UNSET for site in sites.values()):
        return True
    old, new = ([(sites[each].facility, sites[each].contacts) for each in items] for items in listed)
    places = {(each.facility, each.city, each.state, each.zip, each.country, each.status) for each in sites.values()}
    return len(places) == len(sites) and [each for each in old if each[1]] == [each for each in new if each[1]]
