"""What git takes for the same versions of records, packed as small as it goes."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from statistics import mean

from bench.studies import Pair


def mean_of_second_versions(pairs: Sequence[Pair]) -> float | None:
    """Mean bytes by which a pack grows with the second version of a record; None where there is no git.

    A pack holds one of two versions whole and the other as a difference, which is the smaller.
    """
    if not shutil.which("git"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        _git(folder, "init", "--quiet", "--bare")
        ids = [[_git(folder, "hash-object", "-w", "--stdin", given=each.content) for each in pair] for pair in pairs]
        named = "".join(
            f"{each} {number}-{pair[0].trial_id}.json\n"
            for number, (pair, both) in enumerate(zip(pairs, ids, strict=True))
            for each in both
        )
        made = _git(folder, "pack-objects", "--quiet", "--window=250", "--depth=50", "pack", given=named.encode())
        listed = _git(folder, "verify-pack", "-v", f"pack-{made}.idx")
    sizes = {words[0]: int(words[3]) for line in listed.splitlines() if (words := line.split())[1] == "blob"}
    return mean(min(sizes[each] for each in both) for both in ids if len(set(both)) > 1)


def _git(folder: str, *arguments: str, given: bytes = b"") -> str:
    ended = subprocess.run(["git", *arguments], cwd=folder, input=given, capture_output=True, check=True)
    return ended.stdout.decode().strip()
