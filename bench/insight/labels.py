"""The published labels of stop reasons, as they lie beside the checkout, and what is put right in them."""

import gzip
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bench.insight.training import Sample
from monitor.insight.stops.classes import StopClass
from monitor.insight.stops.denials import STRUCK, without_denials
from monitor.insight.stops.features import bucket, features
from monitor.insight.stops.folding import folded
from monitor.insight.stops.patterns import found
from monitor.insight.stops.weights import CLASSES

FOLDS = 5
_RARE = 2
"""A feature of fewer texts than these is left out: it would only be noise in its bucket."""


@dataclass(frozen=True, slots=True)
class Text:
    """A distinct text, how many records have it, the class that most of them have, and what is learnt of it."""

    text: str
    count: int
    published: StopClass
    label: StopClass | None
    named: frozenset[str]
    fold: int


def texts(folder: Path) -> list[Text]:
    """Those of train.tsv.gz, in the order of the folded texts."""
    counted: dict[str, Counter[str]] = {}
    for row in rows(folder / "train.tsv.gz"):
        counted.setdefault(folded(row["why_stopped"]), Counter())[row["bert_class"]] += 1
    return [_text(text, classes) for text, classes in sorted(counted.items())]


def _text(text: str, classes: Counter[str]) -> Text:
    published = StopClass(min(classes, key=lambda each: (-classes[each], each)))
    kept = without_denials(text)
    held = [pattern for pattern, _ in found(kept)]
    return Text(
        text=text,
        count=classes.total(),
        published=published,
        label=_put_right(published, kept, {pattern.of for pattern in held if pattern.is_certain}),
        named=frozenset(features(kept, held)),
        fold=sha256(text.encode("utf-8")).digest()[1] % FOLDS,
    )


def _put_right(published: StopClass, kept: str, said: set[StopClass]) -> StopClass | None:
    """The label to learn: two errors that the published classifier makes by system are not passed on.

    It calls "coronavirus" a safety reason, and it does not read denials: "not due to safety" is no safety reason.
    """
    if published is StopClass.SAFETY and StopClass.COVID in said:
        return StopClass.COVID
    if published is StopClass.SAFETY and StopClass.SAFETY not in said and STRUCK in kept:
        return None
    return published


def samples(learnt_from: Sequence[Text]) -> list[Sample]:
    """What is learnt from these texts."""
    texts_with = Counter(name for each in learnt_from for name in each.named)
    kept = {name: bucket(name) for name, count in texts_with.items() if count >= _RARE}
    return [
        Sample(sorted({kept[name] for name in each.named if name in kept}), CLASSES.index(each.label), each.count)
        for each in learnt_from
        if each.label
    ]


def rows(file: Path) -> list[Mapping[str, str]]:
    """The rows of a compressed table with tabs, by the names of its columns."""
    head, *lines = gzip.decompress(file.read_bytes()).decode("utf-8").splitlines()
    names = head.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines]


def traps(folder: Path) -> list[Mapping[str, object]]:
    """The invented reasons with traps."""
    cases: list[Mapping[str, object]] = json.loads((folder / "traps.json").read_text(encoding="utf-8"))["cases"]
    return cases
