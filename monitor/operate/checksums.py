"""What the tables of a database hold, to be compared with a copy of it: a backup, a replica, the other store."""

from contextlib import closing
from dataclasses import dataclass

from monitor.errors import StoreCorrupt
from monitor.storage.copying import ReportProgress
from monitor.storage.moving import checksum, shapes
from monitor.storage.store import Store


@dataclass(frozen=True, slots=True)
class Checksum:
    """A table. *digest* is the sum of the SHA-256 of its rows, in hexadecimal digits."""

    table: str
    rows: int
    digest: str


def checksums(url: str, report_progress: ReportProgress) -> list[Checksum]:
    """Read every table at one moment, while others go on. Raise StoreCorrupt for text that is not UTF-8."""
    found: list[Checksum] = []
    with closing(Store.to_move(url)) as store, store.read() as tx:
        tables = shapes()
        total = sum(shape.count(tx) for shape in tables)
        done = 0

        def tell(rows: int) -> None:
            nonlocal done
            done += rows
            report_progress(done, total)

        for shape in tables:
            try:
                rows, digest = checksum(shape, tx, tell)
            except TypeError as error:
                words = f"{shape.name} in {store.database.name} holds bytes where text belongs"
                raise StoreCorrupt(f"{words}: `monitor doctor` says more") from error
            found.append(Checksum(shape.name, rows, f"{digest:064x}"))
    return sorted(found, key=lambda each: each.table)
