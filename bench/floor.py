"""Bare scripts that do only what must be done, without options, errors, checks or words: no program can cost less.

    python -P floor.py quiet ADDRESS DATABASE      has anything been refreshed? how many trials are watched?
    python -P floor.py refreshed FILE DATABASE     read the addresses in a file, and write down what each trial is now
    python -P floor.py changed FILE DATABASE       the same, and keep each trial that moved, compressed

They know beforehand what to ask, and take every answer for good. It is run by its path, so that it imports nothing of
this package, and of others no more than it uses.
"""

import sqlite3
import sys
import zlib
from http.client import HTTPConnection
from urllib.parse import urlsplit

TABLES = """
CREATE TABLE IF NOT EXISTS seen (trial_id TEXT PRIMARY KEY, digest BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (trial_id TEXT, body BLOB);
CREATE TABLE IF NOT EXISTS registry (etag TEXT);
"""


class Registry:
    """One connection."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc)

    def get(self, address: str, etag: str = "") -> tuple[bytes, str]:
        """The body of an answer, none where nothing is new, and its ETag."""
        parts = urlsplit(address)
        headers = {"Accept-Encoding": "gzip", "If-None-Match": etag} if etag else {"Accept-Encoding": "gzip"}
        self._connection.request("GET", f"{parts.path}?{parts.query}".rstrip("?"), headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.getheader("Content-Encoding") == "gzip":
            body = zlib.decompress(body, 31)
        return body, answer.getheader("ETag") or ""


def quiet(address: str, database: sqlite3.Connection) -> None:
    """One conditional request, and one statement."""
    known = database.execute("SELECT etag, (SELECT count(*) FROM seen) FROM registry").fetchone() or ("", 0)
    body, etag = Registry(address).get(address, known[0])
    if body:
        database.execute("DELETE FROM registry")
        database.execute("INSERT INTO registry VALUES (?)", (etag,))
        database.commit()
    print(known[1])


def read(addresses: list[str], database: sqlite3.Connection, *, keeps: bool) -> None:
    """Read, compare, and write in one transaction."""
    from hashlib import sha256

    import orjson

    registry = Registry(addresses[0])
    known = dict(database.execute("SELECT trial_id, digest FROM seen"))
    moved = {}
    for address in addresses:
        for study in orjson.loads(registry.get(address)[0]).get("studies", ()):
            study.get("derivedSection", {}).get("miscInfoModule", {}).pop("versionHolder", None)
            content = orjson.dumps(study, option=orjson.OPT_SORT_KEYS)
            trial_id = study["protocolSection"]["identificationModule"]["nctId"]
            digest = sha256(content).digest()
            if known.get(trial_id) != digest:
                moved[trial_id] = digest, content
    database.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", [(each, moved[each][0]) for each in moved])
    if keeps:
        import zstandard

        compress = zstandard.ZstdCompressor().compress
        database.executemany("INSERT INTO kept VALUES (?, ?)", [(each, compress(moved[each][1])) for each in moved])
    database.commit()
    print(len(moved))


if __name__ == "__main__":
    what, source, file = sys.argv[1:]
    opened = sqlite3.connect(file)
    opened.executescript(TABLES)
    if what == "quiet":
        quiet(source, opened)
    else:
        with open(source, encoding="utf-8") as listed:  # noqa: PTH123 - pathlib costs more than the script
            read(listed.read().split(), opened, keeps=what == "changed")
