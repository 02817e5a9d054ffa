"""Who sponsors a trial, what is tried, and against what: out of the groups of a country's record. Pure.

What a function reads it takes out of the items, which are its own copies.
"""

from collections.abc import Iterable
from typing import Any

from monitor.model import Intervention, Sponsor
from monitor.registries.euctr.agreed import code_of
from monitor.text import fold_name

Item = dict[str, Any]


def take_sponsors(items: Iterable[Item]) -> tuple[Sponsor, ...]:
    """The sponsors, the lead first."""
    found = []
    for item in items:
        number = str(item.pop("number", ""))
        name, kind = _take(item, "B.1.1"), _take(item, "B.3.1")
        if name:
            found.append((number.zfill(3), name, _kind(kind)))
    return tuple(Sponsor(name, kind) for _, name, kind in sorted(found, key=lambda one: one[:2]))


def take_supporters(items: Iterable[Item]) -> tuple[str, ...]:
    """Who gives money or material, each once."""
    parts = [part for item in items for part in item.get("support", ())]
    names = [name for part in parts if (name := _take(part, "B.4.1"))]
    return tuple({fold_name(name): name for name in names}.values())


def take_products(products: Iterable[Item], placebos: Iterable[Item]) -> tuple[Intervention, ...]:
    """What is tried and compared with, each once for its role and its name."""
    found = []
    for item in products:
        role = _take(item, "D.1.2")
        substances = [name for part in item.get("substances", ()) if (name := _take(part, "D.3.8"))]
        names = [_take(item, "D.3.1"), _take(item, "D.2.1.1.1"), *substances]
        named = [name for name in names if name]
        if named:
            kind = role.upper().replace(" ", "_")[:40] if role else None
            found.append(Intervention(kind, named[0], other_names=_others(named)))
    for item in placebos:
        form = _take(item, "D.8.3")
        if form:
            found.append(Intervention("PLACEBO", f"Placebo, {form[:1].lower()}{form[1:]}"))
    return tuple({(one.type, fold_name(one.name)): one for one in found}.values())


def take_terms(items: Iterable[Item]) -> tuple[str, ...]:
    """The terms of MedDRA under which the condition is classified, each once."""
    terms = [_take_label(item, "E.1.2 Term") for item in items]
    return tuple(sorted({term for term in terms if term}))


def _others(names: list[str]) -> tuple[str, ...]:
    first = fold_name(names[0])
    others = {fold_name(name): name for name in names[1:] if fold_name(name) != first}
    return tuple(sorted(others.values()))


def _kind(words: str | None) -> str | None:
    return words.upper().replace("-", "_").replace(" ", "_")[:40] if words else None


def _take(item: Item, code: str) -> str | None:
    key = next((key for key in sorted(item) if code_of(key) == code and isinstance(item[key], str)), None)
    return item.pop(key) if key is not None else None


def _take_label(item: Item, label: str) -> str | None:
    return item.pop(label) if isinstance(item.get(label), str) else None
