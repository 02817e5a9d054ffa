"""Which subscription of before each of those of the configuration goes on as. Pure.

What is owed, and what waits for a digest, belongs to a subscription. So one goes on as that of the same person wherever
there is any, and the place of a block in its file says nothing. The rules, the first that finds one decides:

1. that of the same name and address;
2. that of the same address, about the same: first where all else is the same too, then in any case;
3. that of the same address, where as many of before as of now are left there;
4. that of the same name, where one address stood in the block before and one stands in it now.

A block without a name is called by its place, and has none in the sense of these rules.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

BY_PLACE = "config.toml, subscription "
"""What the names of blocks begin with that have no name of their own; their number follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """A subscription of the configuration, as it is or as it is wanted."""

    name: str
    """Its own: another has another."""
    block: str
    """The name of its block, which in a team is that of several."""
    who: Hashable
    """Its address; None where that is not known."""
    about: Hashable = None
    """None where that is not known, as its block cannot be used."""
    rest: Hashable = None
    """What else is configured of it."""

    @property
    def named_block(self) -> str | None:
        """The name of its block; None for one that has only a place."""
        return None if self.block.startswith(BY_PLACE) else self.block


def continued(before: Iterable[Configured], wanted: Sequence[Configured]) -> dict[str, str]:
    """The name of before that each of the *wanted* goes on from, by its name now; those that begin are left out.

    Where several are alike they go on in their order.
    """
    left, found = sorted(before, key=_by_place), dict[str, str]()
    for key_of, may_differ in _RULES:
        theirs = _grouped(left, key_of)
        for key, ours in _grouped((each for each in wanted if each.name not in found), key_of).items():
            those = theirs.get(key, [])
            if may_differ or len(ours) == len(those):
                found |= {now.name: then.name for now, then in zip(ours, those, strict=False)}
        taken = set(found.values())
        left = [each for each in left if each.name not in taken]
    return found


def _by_place(each: Configured) -> tuple[int, str]:
    number = each.block.removeprefix(BY_PLACE).partition(" ")[0]
    return int(number) if each.named_block is None and number.isdecimal() else 0, each.name


def _grouped(those: Iterable[Configured], key_of: Callable[[Configured], Hashable]) -> dict[Hashable, list[Configured]]:
    groups: defaultdict[Hashable, list[Configured]] = defaultdict(list)
    for each in those:
        if (key := key_of(each)) is not None:
            groups[key].append(each)
    return groups


def _of_block(each: Configured) -> Hashable:
    return None if each.named_block is None or each.who is None else (each.block, each.who)


def _of_all(each: Configured) -> Hashable:
    return None if each.who is None or each.about is None else (each.who, each.about, each.rest)


def _of_scope(each: Configured) -> Hashable:
    return None if each.who is None or each.about is None else (each.who, each.about)


def _of_address(each: Configured) -> Hashable:
    return each.who


def _of_name(each: Configured) -> Hashable:
    return each.named_block if each.name == each.block else None


_RULES: tuple[tuple[Callable[[Configured], Hashable], bool], ...] = (
    (_of_block, True),
    (_of_all, True),
    (_of_scope, True),
    (_of_address, False),
    (_of_name, False),
)
"""What those that go on have in common, and whether there may be more of before than of now, or fewer."""
