"""Many trials in few requests: probing and fetching, where one bad record never spoils its batch.

    page of many  --unparseable, too large, refused, no answer-->  its two halves  -->  …  -->  a single record
                  --an id is absent from it-->  that single record: only there does the registry say why

Halving finds one bad record among a hundred in seven pages; some records of the real registry time out for days. Where
page after page fails, halving stops: then it is the registry, and asking a hundred times more would help nobody.
Where a request finds nobody at home and the control request does not either, the rest is unanswered at once.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import orjson

from monitor.errors import AnswerTooLarge, AnswerUnreadable, RegistryError, RegistryUnreachable, RequestRefused
from monitor.model import Document, Json
from monitor.ports import Answer, Merged, Missing, Sighting, Unanswered, Unreadable
from monitor.registries.clinicaltrials_gov.client import Client, PageUnparseable
from monitor.registries.clinicaltrials_gov.documents import (
    PROBED,
    aliases_of,
    document_of,
    sighting_of,
    trial_id_of,
)
from monitor.registries.clinicaltrials_gov.ids import is_trial_id

FETCHED_AT_ONCE = 100
PROBED_AT_ONCE = 400
PATIENCE = 8
"""Pages in a row that may fail and be halved; one bad record alone accounts for seven."""
SAMPLE = 64 * 1024
"""Bytes of a bad page that are kept for each trial that it should have told of: they would be a hundred copies."""
TOO_MUCH = (400, 413, 414, 431)
"""Statuses after which a smaller batch may pass. 400 is both for a malformed id and for a line too long."""


class Probing:
    """Probes, remembering how many ids a request may hold."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._at_once = PROBED_AT_ONCE

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Sighting | Unanswered]]:
        """Sightings in batches. A trial whose share of the answer is not as it should be is not in them."""
        waiting = list(dict.fromkeys(trial_ids))
        at_once = self._at_once
        while waiting:
            batch = waiting[:at_once]
            try:
                studies, _ = self._client.studies(batch, fields=PROBED)
            except RegistryError as error:
                if _nobody_is_there(error, self._client):
                    yield _unanswered(waiting, error)
                    return
                if malformed := _malformed_item(error, batch):
                    waiting.remove(malformed)
                elif not _is_too_much(error):
                    # Whoever fetches these gets the same, and keeps it for people to see.
                    waiting = waiting[len(batch) :]
                elif len(batch) > 1:
                    at_once = len(batch) // 2
                else:
                    return
            else:
                self._at_once = at_once
                waiting = waiting[len(batch) :]
                yield _sightings(studies, batch)


def fetch(client: Client, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
    """Documents in batches; every id is answered exactly once."""
    ids = list(dict.fromkeys(trial_ids))
    waiting = deque(ids[start : start + FETCHED_AT_ONCE] for start in range(0, len(ids), FETCHED_AT_ONCE))
    failed_in_a_row = 0
    while waiting:
        batch = waiting.popleft()
        try:
            answers, absent = _ask(client, batch)
        except RegistryError as error:
            if _nobody_is_there(error, client):
                yield _unanswered([*batch, *chain(*waiting)], error)
                return
            failed_in_a_row += 1
            if len(batch) > 1 and failed_in_a_row <= PATIENCE and _half_may_pass(error):
                middle = len(batch) // 2
                waiting.extendleft((batch[middle:], batch[:middle]))
            else:
                most = SAMPLE if len(batch) > 1 else None
                yield [_failure(trial_id, error, most=most) for trial_id in batch]
        else:
            failed_in_a_row = 0 if len(batch) > 1 else failed_in_a_row
            waiting.extendleft([trial_id] for trial_id in reversed(absent))
            yield answers


def _ask(client: Client, batch: Sequence[str]) -> tuple[list[Answer], list[str]]:
    """The answers of one request, and the ids that it is silent about: never one that was asked for alone."""
    if len(batch) == 1:
        return [_single(client, batch[0])], []
    return answers_of(*client.studies(batch), batch)


def _nobody_is_there(error: RegistryError, client: Client) -> bool:
    """Whether it is the registry that fails, and not just what was asked of it."""
    refused = isinstance(error, RequestRefused) and not _is_too_much(error)
    return (refused or isinstance(error, RegistryUnreachable)) and not client.is_healthy()


def _half_may_pass(error: RegistryError) -> bool:
    return _is_too_much(error) or isinstance(error, PageUnparseable | RegistryUnreachable)


def _is_too_much(error: RegistryError) -> bool:
    return isinstance(error, AnswerTooLarge) or (isinstance(error, RequestRefused) and error.status in TOO_MUCH)


def _malformed_item(error: RegistryError, batch: Sequence[str]) -> str | None:
    """The id that the registry calls malformed, counting from 1; None where it does not say."""
    words = error.words if isinstance(error, RequestRefused) else ""
    found = re.match(r"Item ([0-9]{1,4}) in parameter", words)
    return batch[int(found[1]) - 1] if found and 1 <= int(found[1]) <= len(batch) else None


def _unanswered(trial_ids: Iterable[str], error: RegistryError) -> list[Unanswered]:
    return [Unanswered(trial_id, str(error)) for trial_id in trial_ids]


def _failure(trial_id: str, error: RegistryError, *, most: int | None = None) -> Unreadable | Unanswered:
    """What an error means for one trial, with the first *most* bytes of what came."""
    if isinstance(error, AnswerUnreadable):
        return Unreadable(trial_id, str(error), error.raw[:most])
    return Unanswered(trial_id, str(error))


def _sightings(studies: Sequence[Json], batch: Sequence[str]) -> list[Sighting]:
    """Sightings of the trials asked for. One that comes under another id, or twice, is left for fetching."""
    found: dict[str, list[Sighting]] = {trial_id: [] for trial_id in batch}
    for study in studies:
        sighting = sighting_of(study)
        if sighting and sighting.trial_id in found:
            found[sighting.trial_id].append(sighting)
    return [sightings[0] for sightings in found.values() if len(set(sightings)) == 1]


def answers_of(studies: Sequence[Json], raw: bytes, batch: Sequence[str]) -> tuple[list[Answer], list[str]]:
    """What a page says of each trial that it speaks of, and the ids that it is silent about.

    A record that nobody asked for is nobody's.
    """
    by_id: defaultdict[str, list[Json]] = defaultdict(list)
    by_alias: defaultdict[str, list[Json]] = defaultdict(list)
    for study in studies:
        by_id[trial_id_of(study) or ""].append(study)
        for alias in aliases_of(study):
            by_alias[alias].append(study)
    answers: list[Answer] = []
    absent: list[str] = []
    for trial_id in batch:
        if found := by_id.get(trial_id) or by_alias.get(trial_id):
            answers.append(_answer(trial_id, found, raw))
        else:
            absent.append(trial_id)
    return answers, absent


def _answer(trial_id: str, studies: Sequence[Json], raw: bytes) -> Answer:
    """The answer for one trial from all records that came for it, usually one."""
    try:
        documents = {_document(study): None for study in studies}
    except AnswerUnreadable as error:
        return Unreadable(trial_id, str(error), _as_it_came(studies, raw))
    if len(documents) > 1:
        return Unreadable(trial_id, "several records that differ came for one id", _as_it_came(studies, raw))
    document = next(iter(documents))
    return document if document.trial_id == trial_id else Merged(trial_id, document.trial_id, document)


def _document(study: Json) -> Document:
    own = trial_id_of(study)
    if not is_trial_id(own):
        raise AnswerUnreadable("the answer names no trial (protocolSection.identificationModule.nctId)")
    return document_of(study, own or "")


def _as_it_came(studies: Sequence[Json], raw: bytes) -> bytes:
    """The records' own share of a page; the whole page where they cannot be written down again."""
    try:
        return b"\n".join(orjson.dumps(study) for study in studies)
    except TypeError:
        return raw


def _single(client: Client, trial_id: str) -> Answer:
    """The answer for one trial from its own address. Raise RegistryUnreachable where none comes."""
    try:
        study, raw, redirected = client.study(trial_id)
    except RegistryUnreachable:
        raise
    except RequestRefused as error:
        return Missing(trial_id, error.words) if error.status == 404 else _failure(trial_id, error)
    except RegistryError as error:
        return _failure(trial_id, error)
    own = trial_id_of(study)
    try:
        if own != trial_id and is_trial_id(own) and (trial_id in aliases_of(study) or own == redirected):
            return Merged(trial_id, own or "", document_of(study, own or ""))
        return document_of(study, trial_id)
    except AnswerUnreadable as error:
        return Unreadable(trial_id, str(error), raw)
