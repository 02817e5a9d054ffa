"""`python -m bench.insight.stops`: how well reasons are read, by cross-validation, and the weights made again.

python -m bench.insight.stops ../shared/data/insight/why_stopped            the figures
python -m bench.insight.stops ../shared/data/insight/why_stopped --write    the package's file too
"""

import sys
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from time import process_time

from bench.insight import labels, training
from bench.insight.labels import FOLDS, Text
from monitor.insight.stops.classes import StopClass
from monitor.insight.stops.features import BUCKETS
from monitor.insight.stops.reading import StopReason, reason
from monitor.insight.stops.weights import CLASSES, FILE, Weights


def learnt(texts: Sequence[Text]) -> Weights:
    """The weights that these texts give."""
    rows, scale, bias = training.learnt(labels.samples(texts), classes=len(CLASSES), buckets=BUCKETS)
    return Weights(rows, scale, bias)


def agreement(texts: Sequence[Text], say: Callable[[str], None]) -> None:
    """Say how often a text of one fold, read by weights learnt from the others, has the published class first."""
    first: dict[str, StopClass] = {}
    for fold in range(FOLDS):
        weights = learnt([each for each in texts if each.fold != fold])
        first.update({each.text: reason(each.text, weights).classes[0] for each in texts if each.fold == fold})
    right = [each for each in texts if first[each.text] is each.published]
    records = sum(each.count for each in right) / sum(each.count for each in texts)
    say(
        f"agreement with the published classes    records {records:.3f}    distinct texts {len(right) / len(texts):.3f}"
    )
    for which in CLASSES:
        given = sum(first[each.text] is which for each in texts)
        there = sum(each.published is which for each in texts)
        both = sum(each.published is which for each in right)
        say(f"  {which:26} precision {both / max(given, 1):.2f}  recall {both / there:.2f}  of {there}")


def covid(folder: Path, weights: Weights) -> str:
    """Against human labels: is the pandemic among the reasons?"""
    hits = wrong = missed = 0
    for row in labels.rows(folder / "covid_human.tsv.gz"):
        said = StopClass.COVID in reason(row["why_stopped"], weights).classes
        meant = row["covid19_human"] == "1"
        hits, wrong, missed = hits + (said and meant), wrong + (said and not meant), missed + (meant and not said)
    precision, recall = hits / (hits + wrong), hits / (hits + missed)
    return f"COVID-19 against human labels           precision {precision:.3f}  recall {recall:.3f}"


def trapped(folder: Path, weights: Weights) -> str:
    """How many of the traps are right, and which class is given that must not be."""
    right, broken, cases = 0, [], labels.traps(folder)
    for case in cases:
        given: StopReason = reason(str(case["text"]), weights)
        right += given.classes[0] in _listed(case["expect"])
        broken += [f"{case['id']}: {case['text']}"] if {*given.classes} & {*_listed(case["must_not"])} else []
    return "\n  ".join(
        [f"traps                                   {right} of {len(cases)}, broken {len(broken)}", *broken]
    )


def _listed(of: object) -> Sequence[str]:
    return of if isinstance(of, list) else []


def main(arguments: Sequence[str]) -> None:
    """Print the figures of a folder; with --write make the package's weights again."""
    folder = Path(arguments[0])
    texts = labels.texts(folder)
    weights = learnt(texts)
    began = process_time()
    for each in texts:
        reason(each.text, weights)
    print(f"a text                                  {(process_time() - began) / len(texts) * 1000:.2f} ms")
    print(f"the file                                {len(weights.written()):,} bytes")
    print(trapped(folder, weights))
    print(covid(folder, weights))
    agreement(texts, print)
    if "--write" in arguments:
        packaged().write_bytes(weights.written())


def packaged() -> Path:
    """The file of the package."""
    return Path(str(resources.files("monitor.insight.stops") / FILE))


if __name__ == "__main__":
    main(sys.argv[1:])
