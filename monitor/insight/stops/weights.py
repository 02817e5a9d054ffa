"""The weights of the linear model, as they were learnt from published labels. `make insight` makes the file again.

A row a bucket, a signed byte a class; behind them a scale and a bias for each class. The labels are Open Targets' (see
docs/insight.md for where they come from and under which licence); no text is in the file.
"""

import json
import lzma
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.insight.stops.classes import StopClass
from monitor.insight.stops.features import BUCKETS, bucket

FILE = "weights.xz"
CLASSES = tuple(StopClass)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature says for and against each class."""

    rows: Sequence[int]
    scale: float
    bias: Sequence[float]

    def scores(self, named: Collection[str]) -> list[float]:
        """How much the features say for each of CLASSES, in their order; zero is the border."""
        width, rows = len(CLASSES), self.rows
        buckets = sorted({bucket(each) for each in named})
        if not buckets:
            return [*self.bias]
        summed = map(sum, zip(*(rows[at * width : at * width + width] for at in buckets), strict=True))
        size = self.scale * len(buckets) ** -0.5
        return [size * total + bias for total, bias in zip(summed, self.bias, strict=True)]

    def of(self, feature: str, which: StopClass) -> int:
        """What one feature says for one class."""
        return self.rows[bucket(feature) * len(CLASSES) + CLASSES.index(which)]

    def written(self) -> bytes:
        """The file, the same bytes for the same weights."""
        head = json.dumps({"classes": CLASSES, "buckets": BUCKETS, "scale": self.scale, "bias": [*self.bias]})
        return lzma.compress(head.encode("ascii") + b"\n" + array("b", self.rows).tobytes(), lzma.FORMAT_XZ, preset=9)


def read(data: bytes) -> Weights:
    """The weights of a file."""
    head, _, body = lzma.decompress(data).partition(b"\n")
    said = json.loads(head)
    return Weights(array("b", body), said["scale"], said["bias"])


@cache
def shipped() -> Weights:
    """Those of the package."""
    return read((resources.files(__package__) / FILE).read_bytes())
