"""Comparing two records: ours, beside the reading of both, and DeepDiff over the whole documents.

Processor time within one process: a check compares many.
"""

from collections.abc import Callable, Iterator, Sequence
from statistics import median

import orjson
from deepdiff import DeepDiff

from bench.figures import Beside, Figure, percentile, seconds
from bench.studies import DAY, Pair, document, grown, numbered, pairs, versions
from bench.wanted import Wanted
from monitor.changes.events import changes_between
from monitor.registries.clinicaltrials_gov.differing import parse_differing

PAIRS = 500
COMPARED_WITH_DEEPDIFF = 40
MOST = 130_000
LARGE = (10842, 5327, 3776, 10146, 10344, 7231, 8877, 10341, 2717, 2378)
"""Synthetic trials of 110 to 113 kB, most of it results."""
LARGEST = 710
"""The largest of the first ten thousand, 0.9 MB."""


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Parse both sides, compare and weigh: what a changed trial costs after it was fetched."""
    everyday = pairs(wanted, PAIRS)
    if not wanted.records:
        everyday = [pair for pair in everyday if len(pair[0].content) <= MOST]
    large = [(document(made), document(versions(made))) for made in map(numbered, LARGE)]
    largest, many_sites = (
        (document(made), document(versions(made))) for made in (numbered(LARGEST), grown(numbered(LARGE[0]), 1_000_000))
    )
    wanted.say(f"{len(everyday)} pairs")
    ours, loads = (_each_in_turn(of, everyday) for of in (_ours, _loads))
    slow, least = percentile(ours, 0.95), percentile(loads, 0.95)
    what = "genuine changes" if wanted.records else "records up to 130 kB"
    typical, typical_least = median(ours), median(loads)
    yield Figure(f"diff: {what}, p95", 1000 * slow, "ms", 5, beside=(_reading(least, slow / least, 4),))
    yield Figure(
        f"diff: {what}, median", 1000 * typical, "ms", beside=(_reading(typical_least, typical / typical_least),)
    )
    yield Figure("diff: 110 kB, worst of 10", 1000 * max(_each_in_turn(_ours, large)), "ms", 5)
    of_results, of_sites = _each_in_turn(_ours, (largest, many_sites))
    yield Figure("diff: 0.9 MB, most of it results", 1000 * of_results, "ms", 50)
    yield Figure("diff: 1 MB, most of it sites", 1000 * of_sites, "ms", 50)
    yield Figure(f"diff: {what}, DeepDiff takes", _times_faster(everyday), "times as long", 20, at_least=True)
    yield Figure("diff: 110 kB, DeepDiff takes", _times_faster(large), "times as long", 20, at_least=True)


def _compare(pair: Pair) -> object:
    return changes_between(*parse_differing(*pair), on=DAY)


def _each_in_turn(took: Callable[[Pair], float], everyday: Sequence[Pair]) -> list[float]:
    """The least of three rounds for each pair: no pair is compared twice in a row, for no check does so."""
    return [min(rounds) for rounds in zip(*([took(pair) for pair in everyday] for _ in range(3)), strict=True)]


def _ours(pair: Pair) -> float:
    return seconds(lambda: _compare(pair))


def _reading(least: float, ratio: float, bar: float | None = None) -> Beside:
    return Beside("orjson.loads of both", 1000 * least, ratio, bar)


def _loads(pair: Pair) -> float:
    """The least that anybody could do: read both, and compare nothing."""
    return seconds(lambda: [orjson.loads(each.content) for each in pair])


def _deepdiff(pair: Pair) -> float:
    before, after = (orjson.loads(document.content) for document in pair)
    return seconds(lambda: DeepDiff(before, after, ignore_order=True))


def _times_faster(pairs: list[Pair]) -> float:
    """All of DeepDiff's time over all of ours, on the same pairs; its parsing is not counted, and ours is."""
    chosen = pairs[:COMPARED_WITH_DEEPDIFF]
    return sum(_deepdiff(pair) for pair in chosen) / sum(_ours(pair) for pair in chosen)
