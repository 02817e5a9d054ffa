"""Taking documents in, beside the least that anybody could do with the same bytes; and what snapshots weigh."""

import shutil
import tempfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import mean

import orjson
import zstandard

from bench import packs
from bench.figures import Beside, Figure, ratio_of_pairs, seconds
from bench.owing import KEY
from bench.studies import Pair, pairs, studies
from bench.wanted import Wanted
from monitor.http.polite import PoliteSession
from monitor.model import Snapshot
from monitor.ports import RegistryVersion
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.registries.clinicaltrials_gov.documents import document_of, trial_id_of
from monitor.storage import snapshots
from monitor.storage.store import Store
from monitor.watching.context import IntakeContext
from monitor.watching.intake import take_in

DOCUMENTS = 1000
PAGE = 100
STORED = 300
PAIRS = 5
NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)


def measure(wanted: Wanted) -> list[Figure]:
    """The ratio to the bare minimum, and bytes a snapshot."""
    made = list(studies(DOCUMENTS))
    pages = [orjson.dumps({"studies": made[start : start + PAGE]}) for start in range(0, DOCUMENTS, PAGE)]
    successive = pairs(wanted, STORED, changes=1)
    first, second = _stored(successive)
    in_git = packs.mean_of_second_versions(successive)
    beside = (Beside("git's pack", in_git, second / in_git),) if in_git else ()
    return [
        Figure(
            "intake: 1,000 documents, × the bare minimum",
            ratio_of_pairs(lambda: _ours(pages), lambda: _bare(pages), pairs=PAIRS),
            "×",
            3,
        ),
        Figure("intake: uncompressed size", sum(map(len, pages)) / 1e6, "MB"),
        Figure("snapshot: the first, mean", first, "bytes"),
        Figure("snapshot: the second, mean", second, "bytes", 150, beside=beside),
    ]


def _ours(pages: list[bytes]) -> float:
    registry = ClinicalTrialsGov(
        base_url="http://127.0.0.1:9/api/v2", session=PoliteSession(requests_per_second=1, user_agent="bench")
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        intake = IntakeContext(
            registry=registry, store=store, version=RegistryVersion("2026-11-20T09:00:04"), now=NOW, probed={}
        )

        def take_all() -> None:
            for page in pages:
                found = orjson.loads(page)["studies"]
                take_in([document_of(study, trial_id_of(study) or "") for study in found], intake)

        took = seconds(take_all)
        store.close()
    return took


def _bare(pages: list[bytes]) -> float:
    """Read, sort, hash and compress, and keep nothing."""
    compressor = zstandard.ZstdCompressor(level=3)

    def do_all() -> None:
        for page in pages:
            for study in orjson.loads(page)["studies"]:
                content = orjson.dumps(study, option=orjson.OPT_SORT_KEYS)
                sha256(content).digest()
                compressor.compress(content)

    return seconds(do_all)


def _stored(pairs_: list[Pair]) -> tuple[float, float]:
    """Mean bytes of the bodies of a trial's snapshot, and of the one after it."""
    sizes: list[list[int]] = []
    with tempfile.TemporaryDirectory() as folder:
        empty, file = Path(folder, "empty.sqlite3"), Path(folder, "bench.sqlite3")
        Store.open(f"sqlite:///{empty}").close()
        for pair in pairs_:
            shutil.copy(empty, file)
            store = Store.open(f"sqlite:///{file}")
            with store.begin() as tx:
                snapshots.add(tx, [Snapshot(number, each, NOW) for number, each in enumerate(pair, 1)])
            with store.read() as tx:
                sizes.append([row.stored for row in snapshots.listing(tx, KEY, pair[0].trial_id)])
            store.close()
    return mean(each[0] for each in sizes), mean(each[1] for each in sizes if len(each) > 1)
