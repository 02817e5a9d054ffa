"""Comparing two records: ours, and DeepDiff over the whole documents."""

from datetime import date
from itertools import islice

import orjson
from deepdiff import DeepDiff

from bench.figures import Figure, percentile, seconds
from bench.studies import document, grown, studies, versions
from monitor.events import changes_between
from monitor.http import PoliteSession
from monitor.model import Document
from monitor.registries.clinicaltrials_gov import ClinicalTrialsGov

PAIRS = 300
COMPARED_WITH_DEEPDIFF = 40
LARGE = 130_000
HUGE = 1_000_000
TODAY = date(2026, 11, 22)

Pair = tuple[Document, Document]


def measure() -> list[Figure]:
    """Parse both sides, compare and weigh: what a changed trial costs after it was fetched."""
    everyday = [(document(made), document(versions(made))) for made in studies(PAIRS)]
    everyday = [pair for pair in everyday if len(pair[0].content) <= LARGE]
    large = [_pair_of(LARGE, index) for index in range(10)]
    huge = [_pair_of(HUGE, index) for index in range(3)]
    return [
        Figure("diff: up to 130 kB, p95", 1000 * percentile([_ours(pair) for pair in everyday + large], 0.95), "ms", 5),
        Figure("diff: 130 kB, worst of 10", 1000 * max(_ours(pair) for pair in large), "ms", 5),
        Figure("diff: 1 MB, worst of 3", 1000 * max(_ours(pair) for pair in huge), "ms", 50),
        Figure("diff: times faster than DeepDiff", _times_faster(everyday), "×", 20, at_least=True),
        Figure("diff: times faster than DeepDiff, 130 kB", _times_faster(large[:3]), "×", 20, at_least=True),
    ]


def _pair_of(size: int, index: int) -> Pair:
    [made] = islice((each for each in studies(200) if _has_sites(each)), index, index + 1)
    before = grown(made, size)
    return document(before), document(versions(before))


def _has_sites(made: dict) -> bool:
    return bool(made["protocolSection"].get("contactsLocationsModule", {}).get("locations"))


_REGISTRY = ClinicalTrialsGov(
    base_url="http://127.0.0.1:9/api/v2", session=PoliteSession(requests_per_second=1, user_agent="bench")
)


def _compare(pair: Pair) -> object:
    before, after = pair
    return changes_between(_REGISTRY.parse(before), _REGISTRY.parse(after), on=TODAY)


def _ours(pair: Pair) -> float:
    return min(seconds(lambda: _compare(pair)) for _ in range(3))


def _deepdiff(pair: Pair) -> float:
    before, after = (orjson.loads(document.content) for document in pair)
    return seconds(lambda: DeepDiff(before, after, ignore_order=True))


def _times_faster(pairs: list[Pair]) -> float:
    """All of DeepDiff's time over all of ours, on the same pairs; its parsing is not counted, and ours is."""
    chosen = pairs[:COMPARED_WITH_DEEPDIFF]
    return sum(_deepdiff(pair) for pair in chosen) / sum(_ours(pair) for pair in chosen)
