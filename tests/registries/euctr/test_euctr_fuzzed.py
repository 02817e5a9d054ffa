"""Whatever a record says, it is read or refused, and nothing else happens."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import orjson
import pytest

from monitor.changes.diff import diff
from monitor.errors import AnswerUnreadable
from monitor.registries.euctr.documents import kept_document
from monitor.registries.euctr.drift import unknown
from monitor.registries.euctr.record import parse
from tests.registries.euctr.texts import TRIAL, country_text, whole
from tests.sample_sizes import FUZZED

REAL = Path(__file__).parents[4] / "shared/data/registries/euctr/raw_text/ctrdata_test_error_trials_euctr.txt"
RECORDS = {each: country_text(each, status="Ongoing") for each in ("3RD", "DE", "ES", "GB")}
SPLICES = (
    b"\r\n",
    b":",
    b"Summary\r\n",
    b"\x00",
    b"\xff",
    b"(es):",
    b"E.5.1 ",
    b"P. End of Trial\r\n",
    b"D.IMP: 2\r\n",
)
VALUES = (None, True, 0, 1e300, "", "Yes", "9" * 30, [], [""], [[]], {}, {"": ""}, "\u2028", "x" * 5000, "2030-02-30")
BEFORE = parse(kept_document(TRIAL, whole(RECORDS)))


def mangled(raw, random):
    """The bytes with pieces cut out, doubled, moved and put in."""
    for _ in range(random.randint(1, 6)):
        start = random.randrange(len(raw) + 1)
        end = min(len(raw), start + random.choice((1, 10, 100, 1000)))
        other = random.randrange(len(raw) + 1)
        piece = random.choice((b"", raw[start:end] * 2, random.choice(SPLICES), raw[other : other + end - start]))
        raw = raw[:start] + piece + raw[end:]
    return raw


def changed(tree, random):
    """The tree with other values, and without some."""
    if isinstance(tree, dict):
        kept = {name: changed(value, random) for name, value in tree.items() if random.random() > 0.02}
        if random.random() < 0.02:
            kept[random.choice(("", "A.3", "E.5.1 .", "N. . Date", "number", "support"))] = random.choice(VALUES)
        return kept
    if random.random() < 0.02:
        return random.choice(VALUES)
    return [changed(value, random) for value in tree] if isinstance(tree, list) else tree


def tried(raw, *, compared):
    """Whether it was read: then all that is done with a document is done with it, and if it is *compared*, that too."""
    try:
        document = kept_document(TRIAL, raw)
    except AnswerUnreadable:
        return False
    record = parse(document)
    if compared:
        diff(BEFORE, record, on=datetime(2026, 11, 20, tzinfo=UTC).date())
    unknown(document.content)
    assert kept_document(TRIAL, document.content) == document
    return True


def fuzz(count, seed):
    random = Random(seed)
    text = whole(RECORDS)
    if REAL.exists():
        real = REAL.read_bytes().replace(b"2022-002568-62", TRIAL.encode())
        head = whole({"ES": "", "SE": ""})
        sources = [text, head + real[: real.index(b"Summary", real.index(b"/SE/"))]]
    else:
        sources = [text]
    tree = orjson.loads(kept_document(TRIAL, text).content)
    read = 0
    for number in range(count):
        raw = mangled(random.choice(sources), random) if number % 2 else orjson.dumps(changed(tree, random))
        read += tried(raw, compared=number % 20 < 2)
    return read


def test_hundreds_of_mangled_records_are_read_or_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    read = fuzz(300, seed=20261120)

    assert 20 < read < 300
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_many_mangled_records_are_read_or_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    read = fuzz(FUZZED, seed=20261121)

    assert 0.05 * FUZZED < read < FUZZED
    assert list(tmp_path.iterdir()) == []
