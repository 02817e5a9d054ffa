"""Material: synthetic studies of real sizes, and pairs of versions; or real ones, where somebody has them."""

import itertools
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import orjson

from bench.wanted import Wanted
from monitor.model import Document
from monitor.registries.clinicaltrials_gov.documents import document_of, trial_id_of
from monitor.sandbox.clinicaltrials_gov.synthetic import evolve, study

SEED = 1
DAY = date(2026, 11, 20)
"""As of which all studies stand, so that figures of any two days can be compared."""

Study = dict[str, Any]
Pair = tuple[Document, Document]


def numbered(index: int) -> Study:
    """The synthetic trial with this number."""
    return dict(study(SEED, index, today=DAY))


def studies(count: int) -> Iterator[Study]:
    """The first *count* synthetic trials that have a whole record."""
    index = found = 0
    while found < count:
        made = numbered(index)
        index += 1
        if "descriptionModule" in made["protocolSection"]:
            found += 1
            yield made


def versions(made: Study, *, changes: int = 3) -> Study:
    """The same study after a few realistic changes."""
    chance = Random(SEED)
    for _ in range(changes):
        made = evolve(made, chance).study
    return made


def pairs(wanted: Wanted, count: int, *, changes: int = 3) -> list[Pair]:
    """Two successive versions of a trial each: all there are of real ones, or so many synthetic ones."""
    if wanted.records is None:
        return [(document(made), document(versions(made, changes=changes))) for made in studies(count)]
    found: list[Pair] = []
    for folder in sorted(wanted.records.iterdir()):
        files = sorted(folder.glob("[0-9]*.json"), key=lambda file: int(file.stem))
        read = [document(orjson.loads(file.read_bytes())) for file in files]
        found += itertools.pairwise(read)
    return found


def document(made: Study) -> Document:
    """As the adapter gives it."""
    return document_of(made, trial_id_of(made) or "")


def grown(made: Study, size: int) -> Study:
    """The study with as many sites as bring its record to about *size* bytes."""
    sites = list(made["protocolSection"]["contactsLocationsModule"]["locations"])
    room = size - len(orjson.dumps(made))
    number = 0
    while room > 0:
        site = {**sites[number % len(sites)], "facility": f"Clinical Research Unit {number}"}
        made["protocolSection"]["contactsLocationsModule"]["locations"].append(site)
        room -= len(orjson.dumps(site)) + 1
        number += 1
    return made
