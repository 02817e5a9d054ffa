"""The file of all trials: a zip with one list of all records. Pure."""

import io
from collections.abc import Iterable
from zipfile import ZIP_DEFLATED, ZipFile

import orjson

from monitor.sandbox.small.trees import Trial

BOMB_SIZE = 64 * 2**20
"""Bytes that the bomb becomes; zipped it has a thousandth of them."""


def packed(name: str, trials: Iterable[Trial]) -> bytes:
    """The zip; its one file is called *name*."""
    records = [{**trial.tree, "lastUpdate": f"{trial.edited_at:%Y-%m-%d}"} for trial in trials]
    return _zipped(f"{name}.json", orjson.dumps(records))


def bomb(name: str) -> bytes:
    """A small zip of a large file of blanks."""
    return _zipped(f"{name}.json", b"[" + b" " * BOMB_SIZE + b"]")


def _zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()
