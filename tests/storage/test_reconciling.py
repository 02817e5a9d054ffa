"""Which subscription goes on as which when blocks of the configuration come, go, move and change.

A block is written here as it is in a table: “name: address about filters”, without a name where it has none; one whose
addresses are several is a team. Subscriptions of before are told by their numbers, counted from 1.
"""

import pytest

from monitor.storage.reconciling import BY_PLACE, Configured, continued

Blocks = list[str]


def stated(blocks: Blocks) -> list[Configured]:
    """What such blocks come to; “?” where nothing is known."""
    found = []
    for number, text in enumerate(blocks, start=1):
        name, _, words = text.rpartition(":")
        block = name or f"{BY_PLACE}{number}"
        addresses, about, *rest = words.split()
        several = addresses.split("+")
        found += [
            Configured(
                name=f"{block}, {who}" if len(several) > 1 else block,
                block=block,
                who=who,
                about=None if about == "?" else about,
                rest=tuple(rest),
            )
            for who in several
        ]
    return found


A, B, C = "amara hip", "bengt knee", "chidi hip"
MANY = [f"reader{number} hip" for number in range(1, 13)]

CASES: dict[str, tuple[Blocks, Blocks, list[int | None]]] = {
    "nothing changes": ([A, B], [A, B], [1, 2]),
    "inserted above": ([A, B], [C, A, B], [None, 1, 2]),
    "inserted above, about the same": (["amara hip"], ["bengt hip", "amara hip"], [None, 1]),
    "inserted above, of the same person": (["amara hip"], ["amara knee", "amara hip"], [None, 1]),
    "inserted between": ([A, B], [A, C, B], [1, None, 2]),
    "deleted above": ([A, B, C], [B, C], [2, 3]),
    "deleted in between": ([A, B, C], [A, C], [1, 3]),
    "one for another": ([A, B], [C, B], [None, 2]),
    "reordered": ([A, B, C], [C, A, B], [3, 1, 2]),
    "two swapped": ([A, B], [B, A], [2, 1]),
    "two of one person swapped": (["amara hip", "amara knee"], ["amara knee", "amara hip"], [2, 1]),
    "ten and more, with one above": (MANY, [A, *MANY], [None, *range(1, 13)]),
    "changed in place": (["amara hip", B], ["amara shoulder", B], [1, 2]),
    "changed and moved": (["amara hip", B], [B, "amara shoulder"], [2, 1]),
    "other filters": (["amara hip minor"], ["amara hip major"], [1]),
    "other filters, and another one goes": (["amara hip x", "amara knee"], ["amara hip y"], [1]),
    "another address": (["amara hip"], ["bengt hip"], [None]),
    "two of one person changed": (["amara hip", "amara knee"], ["amara x", "amara y"], [1, 2]),
    "two of one person changed, one more": (["amara hip", "amara knee"], ["amara x", "amara y", "amara z"], [None] * 3),
    "one of two of one person changed": (["amara hip", "amara knee"], ["amara hip", "amara y"], [1, 2]),
    "named": ([B, "amara hip"], [B, "ours: amara hip"], [1, 2]),
    "named, with one above": (["amara hip"], [C, "ours: amara hip"], [None, 1]),
    "named and changed": (["amara hip"], ["ours: amara knee"], [1]),
    "no longer named": (["ours: amara hip"], [C, "amara hip"], [None, 1]),
    "renamed": (["ours: amara hip"], ["theirs: amara hip"], [1]),
    "two renamed": (["a: amara hip", "b: bengt hip"], ["x: amara hip", "y: bengt hip"], [1, 2]),
    "two of one person renamed": (["a: amara hip", "b: amara knee"], ["x: amara knee", "y: amara hip"], [2, 1]),
    "names swapped": (["a: amara hip", "b: bengt knee"], ["b: amara hip", "a: bengt knee"], [1, 2]),
    "a name that another had": (["a: amara hip"], ["a: bengt knee", "b: amara hip"], [None, 1]),
    "a named one is about another": (["ours: amara hip"], ["ours: amara knee"], [1]),
    "those named of one person trade": (["a: amara hip", "b: amara knee"], ["a: amara knee", "b: amara hip"], [1, 2]),
    "a named one has another address": (["ours: amara hip"], ["ours: bengt hip"], [1]),
    "alike": (["amara hip", "amara hip"], ["amara hip", B, "amara hip"], [1, None, 2]),
    "alike, and one goes": (["amara hip", "amara hip"], ["amara hip"], [1]),
    "alike but for filters, with one above": (
        ["amara hip x", "amara hip y"],
        [B, "amara hip x", "amara hip y"],
        [None, 1, 2],
    ),
    "alike but for filters, and one goes": (["amara hip x", "amara hip y"], ["amara hip y"], [2]),
    "alike but for filters, and one changes": (["amara hip x", "amara hip y"], ["amara hip y", "amara hip z"], [2, 1]),
    "an address moved to another block": (["amara hip", "bengt knee"], ["chidi hip", "amara knee"], [None, 1]),
    "addresses moved": (["amara hip", "bengt knee"], ["bengt hip", "amara knee"], [2, 1]),
    "an address moved between named ones": (
        ["a: amara hip", "b: bengt knee"],
        ["a: chidi hip", "b: amara knee"],
        [None, 1],
    ),
    "addresses of named ones swapped": (["a: amara hip", "b: bengt hip"], ["a: bengt hip", "b: amara hip"], [2, 1]),
    "a team, with one above": (["amara+bengt hip"], [C, "amara+bengt hip"], [None, 1, 2]),
    "a team whose order changes": (["amara+bengt hip"], ["bengt+amara hip"], [2, 1]),
    "a team that others join": ([A, "bengt+chidi hip"], ["chidi+dora+bengt hip", A], [3, None, 2, 1]),
    "teams that trade places": (
        ["amara+bengt hip", "amara+chidi knee"],
        ["amara+chidi knee", "amara+bengt hip"],
        [3, 4, 1, 2],
    ),
    "a team renamed": (["t: amara+bengt hip"], ["u: amara+bengt hip"], [1, 2]),
    "a team named and changed": (["amara+bengt hip"], ["t: amara+bengt knee"], [1, 2]),
    "one moves from team to team": (
        ["t: amara+bengt hip", "u: chidi+dora knee"],
        ["t: bengt+eve hip", "u: chidi+dora+amara knee"],
        [2, None, 3, 4, 1],
    ),
    "alone, then of a team": (["amara hip"], [B, "amara+bengt hip"], [None, 1, None]),
    "of a team, then alone": (["t: amara+bengt hip"], ["t: bengt hip"], [2]),
    "nobody of a team stays": (["t: amara+bengt hip"], ["t: chidi hip"], [None]),
    "one that cannot be used, with one above": (["amara hip", B], [C, "amara ?", B], [None, 1, 2]),
    "one that cannot be used beside a new one": (["amara hip"], ["amara knee", "amara ?"], [None, None]),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=list(CASES))
def test_what_a_subscription_goes_on_as(before: Blocks, after: Blocks, expected: list[int | None]) -> None:
    known = stated(before)
    numbers = {each.name: number for number, each in enumerate(known, start=1)}
    wanted = stated(after)

    found = continued(reversed(known), wanted)

    assert [numbers[found[each.name]] if each.name in found else None for each in wanted] == expected
