"""Taking documents in, beside the least that anybody could do with the same bytes; and what snapshots weigh."""

import tempfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median

import orjson
import zstandard

from bench.figures import Figure, ratio_of_pairs, seconds
from bench.studies import document, studies, versions
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
PAIRS = 5
NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)


def measure() -> list[Figure]:
    """The ratio to the bare minimum, and bytes a snapshot."""
    made = list(studies(DOCUMENTS))
    pages = [orjson.dumps({"studies": made[start : start + PAGE]}) for start in range(0, DOCUMENTS, PAGE)]
    first, second = _stored(made[:300])
    return [
        Figure(
            "intake: 1,000 documents, × the bare minimum",
            ratio_of_pairs(lambda: _ours(pages), lambda: _bare(pages), pairs=PAIRS),
            "×",
            3,
        ),
        Figure("intake: uncompressed size", sum(map(len, pages)) / 1e6, "MB"),
        Figure("snapshot: the first, median", first, "bytes"),
        Figure("snapshot: the second, median", second, "bytes", 500),
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


def _stored(made: list[dict]) -> tuple[float, float]:
    """Median bytes of the bodies of first and of second snapshots, after one realistic change each."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        with store.begin() as tx:
            snapshots.add(tx, [Snapshot(1, document(study), NOW) for study in made])
            snapshots.add(tx, [Snapshot(2, document(versions(study, changes=1)), NOW) for study in made])
        with store.read() as tx:
            rows = [snapshots.listing(tx, "clinicaltrials.gov", trial_id_of(study) or "") for study in made]
        store.close()
    return median(row[0].stored for row in rows), median(row[1].stored for row in rows if len(row) > 1)
