"""A linear model learnt from labelled features: one class against the others, by dual coordinate descent. Pure.

The loss is the squared hinge. Everything is additions and multiplications in a fixed order, so that the same labels
give the same weights, bit for bit, on every machine.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

COST = 1.0
EPOCHS = 12
KEPT = 70_000
"""So many weights are kept, the largest; the others are zero."""
_LOOKED_AT_AGAIN = 5
_FAR_ENOUGH = 0.3
_LARGEST = 127


@dataclass(frozen=True, slots=True)
class Sample:
    """The numbers of a text's features, the number of its class, and how many records have the text."""

    buckets: Sequence[int]
    label: int
    count: int


def learnt(samples: Sequence[Sample], *, classes: int, buckets: int) -> tuple[Sequence[int], float, list[float]]:
    """Rows of signed bytes, one a bucket with a byte a class; what a byte is worth; and the bias of each class."""
    columns, biases = [], []
    for which in range(classes):
        weights, bias = _one_against_others(samples, which, buckets)
        columns.append(weights)
        biases.append(bias)
    scale = max(abs(each) for column in columns for each in column) / _LARGEST
    rows = array("b", (round(column[at] / scale) for at in range(buckets) for column in columns))
    least = sorted((abs(each) for each in rows), reverse=True)[min(KEPT, len(rows) - 1)]
    return array("b", (each if abs(each) > least else 0 for each in rows)), scale, biases


def _one_against_others(samples: Sequence[Sample], which: int, buckets: int) -> tuple[list[float], float]:
    weights, bias = [0.0] * buckets, 0.0
    sizes = [len(each.buckets) ** -0.5 if each.buckets else 0.0 for each in samples]
    slack = [1 / (2 * COST * each.count**0.5) for each in samples]
    alphas = [0.0] * len(samples)
    active: Sequence[int] = range(len(samples))
    for epoch in range(EPOCHS):
        kept = []
        for at in sorted(active, key=lambda number: crc32(b"%d %d" % (epoch, number))):
            sample, size = samples[at], sizes[at]
            sign = 1.0 if sample.label == which else -1.0
            said = size * sum(map(weights.__getitem__, sample.buckets)) + bias
            slope = sign * said - 1 + slack[at] * alphas[at]
            if alphas[at] or slope < (_FAR_ENOUGH if epoch > 2 else float("inf")):
                kept.append(at)
            alpha = max(alphas[at] - slope / (2 + slack[at]), 0.0)
            if step := (alpha - alphas[at]) * sign:
                alphas[at] = alpha
                bias += step
                moved = step * size
                for bucket in sample.buckets:
                    weights[bucket] += moved
        active = range(len(samples)) if epoch % _LOOKED_AT_AGAIN == _LOOKED_AT_AGAIN - 1 else kept
    return weights, bias
