"""Comparing two records: ours, and DeepDiff over the whole documents."""

from datetime import UTC, datetime, time

import orjson
from deepdiff import DeepDiff

from bench.figures import Figure, percentile, seconds
from bench.studies import DAY, Study, document, grown, numbered, studies, versions
from monitor.changes.events import changes_between
from monitor.http.polite import PoliteSession
from monitor.model import Document
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov

PAIRS = 500
COMPARED_WITH_DEEPDIFF = 40
MOST = 130_000
LARGE = (10842, 5327, 3776, 10146, 10344, 7231, 8877, 10341, 2717, 2378)
"""Synthetic trials of 110 to 113 kB, most of it results."""
LARGEST = 710
"""The largest of the first ten thousand, 0.9 MB."""

Pair = tuple[Document, Document]


def measure() -> list[Figure]:
    """Parse both sides, compare and weigh: what a changed trial costs after it was fetched."""
    everyday = [_pair(made) for made in studies(PAIRS)]
    everyday = [pair for pair in everyday if len(pair[0].content) <= MOST]
    large = [_pair(numbered(index)) for index in LARGE]
    largest = _pair(numbered(LARGEST))
    many_sites = _pair(grown(numbered(LARGE[0]), 1_000_000))
    return [
        Figure("diff: up to 130 kB, p95", 1000 * percentile([_ours(pair) for pair in everyday], 0.95), "ms", 5),
        Figure("diff: 110 kB, worst of 10", 1000 * max(_ours(pair) for pair in large), "ms", 5),
        Figure("diff: 0.9 MB, most of it results", 1000 * _ours(largest), "ms", 50),
        Figure("diff: 1 MB, most of it sites", 1000 * _ours(many_sites), "ms", 50),
        Figure("diff: times faster than DeepDiff", _times_faster(everyday), "×", 20, at_least=True),
        Figure("diff: times faster than DeepDiff, 110 kB", _times_faster(large), "×", 20, at_least=True),
    ]


def _pair(made: Study) -> Pair:
    return document(made), document(versions(made))


_REGISTRY = ClinicalTrialsGov(
    base_url="http://127.0.0.1:9/api/v2", session=PoliteSession(requests_per_second=1, user_agent="bench")
)

_NOON = datetime.combine(DAY, time(12), UTC)


def _compare(pair: Pair) -> object:
    before, after = pair
    return changes_between(_REGISTRY.parse(before, _NOON), _REGISTRY.parse(after, _NOON), on=DAY)


def _ours(pair: Pair) -> float:
    return min(seconds(lambda: _compare(pair)) for _ in range(3))


def _deepdiff(pair: Pair) -> float:
    before, after = (orjson.loads(document.content) for document in pair)
    return seconds(lambda: DeepDiff(before, after, ignore_order=True))


def _times_faster(pairs: list[Pair]) -> float:
    """All of DeepDiff's time over all of ours, on the same pairs; its parsing is not counted, and ours is."""
    chosen = pairs[:COMPARED_WITH_DEEPDIFF]
    return sum(_deepdiff(pair) for pair in chosen) / sum(_ours(pair) for pair in chosen)
