"""Probe and fetch many trials in few requests, so that one bad record never spoils its batch.

    page of many  --unparseable, too large, refused, no answer-->  its two halves  -->  …  -->  a single record
                  --an id is absent from it-->  that single record: only there does the registry say why

Halving finds one bad record among a hundred in seven pages; some real records time out for days. Where page after page
fails, halving stops: the fault is the registry's, and a hundred more requests would help nobody. Where a request fails
and the control request does, too, the rest of the batch is unanswered at once.

A batch is also halved where its URL may be too long: the limit is documented nowhere, and front ends refuse long URLs
with 400, 403, 413, 414 or 431. What was accepted is remembered (see `learned`).
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import orjson

from monitor.errors import AnswerTooLarge, AnswerUnreadable, RegistryError, RegistryUnreachable, RequestRefused
from monitor.model import Document, Json
from monitor.ports import Answer, Merged, Missing, ProbeResult, Unanswered, Unreadable
from monitor.registries.clinicaltrials_gov.client import Client
from monitor.registries.clinicaltrials_gov.documents import (
    aliases_of,
    content_of_no_record,
    document_of,
    probe_result_of,
    trial_id_of,
)
from monitor.registries.clinicaltrials_gov.ids import is_trial_id
from monitor.registries.clinicaltrials_gov.probed import FETCHED_AT_ONCE, PROBED, PROBED_AT_ONCE
from monitor.registries.clinicaltrials_gov.reading import FieldsRefused, PageUnparseable, malformed_item

PATIENCE = 8
"""Pages in a row that may fail and be halved; one bad record alone accounts for seven."""
SAMPLE = 64 * 1024
"""Bytes of a bad page that are kept for each trial that it should have told of: they would be a hundred copies."""
TOO_MUCH = (400, 403, 413, 414, 431)
"""Statuses after which a smaller batch may pass. 400 is both for a malformed id and for a line too long."""


def probe(client: Client, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unanswered]]:
    """Sightings in batches. A trial whose share of the answer is not as it should be is not in them.

    Nobody is in them where the registry does not know a field that we ask for: its whole record tells.
    """
    waiting = list(dict.fromkeys(trial_ids))
    at_once = PROBED_AT_ONCE
    while waiting and client.learned.takes_fields(PROBED):
        batch = _fitting(client, waiting[:at_once], fields=PROBED)
        at_once = min(at_once, len(batch))
        try:
            studies, _ = client.studies(batch, fields=PROBED)
        except FieldsRefused:
            return
        except RegistryError as error:
            if malformed := _malformed(error, batch):
                waiting.remove(malformed)
            elif client.is_down(error):
                yield _unanswered(waiting, error)
                return
            elif not _is_too_much(error):
                # Whoever fetches these gets the same, and keeps it for people to see.
                waiting = waiting[len(batch) :]
            elif len(batch) > 1:
                at_once = _halved(client, batch, error, fields=PROBED)
            else:
                return
        else:
            waiting = waiting[len(batch) :]
            yield _probe_results(studies, batch)


def fetch(client: Client, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
    """Documents in batches; every id is answered exactly once."""
    untouched = deque(dict.fromkeys(trial_ids))
    parts: list[list[str]] = []
    """Of batches that failed or said nothing of somebody, the next one last: asked for as they are."""
    failed_in_a_row = 0
    while parts or untouched:
        if parts:
            batch = parts.pop()
        else:
            batch = _fitting(client, list(islice(untouched, FETCHED_AT_ONCE)))
            for _ in batch:
                untouched.popleft()
        try:
            answers, absent = _ask(client, batch)
        except RegistryError as error:
            if client.is_down(error):
                yield _unanswered([*batch, *chain(*reversed(parts)), *untouched], error)
                return
            failed_in_a_row += len(batch) > 1
            if len(batch) > 1 and failed_in_a_row <= PATIENCE and _half_may_pass(error):
                half = _halved(client, batch, error)
                parts += (batch[half:], batch[:half])
            else:
                most = SAMPLE if len(batch) > 1 else None
                yield [_failure(trial_id, error, most=most) for trial_id in batch]
        else:
            failed_in_a_row = 0 if len(batch) > 1 else failed_in_a_row
            parts += ([trial_id] for trial_id in reversed(absent))
            yield answers


def _fitting(client: Client, batch: list[str], *, fields: Sequence[str] = ()) -> list[str]:
    """As many of a batch as an address is known to hold, by halves."""
    while len(batch) > 1 and not client.takes(batch, fields=fields):
        batch = batch[: _half(batch)]
    return batch


def _halved(client: Client, batch: Sequence[str], error: RegistryError, *, fields: Sequence[str] = ()) -> int:
    """How many to ask for in place of a batch that was refused."""
    if isinstance(error, RequestRefused):
        client.was_too_long(batch, fields=fields)
    return _half(batch)


def _half(batch: Sequence[str]) -> int:
    """The larger half: so a half that is refused after the first one passed is never the longer one."""
    return (len(batch) + 1) // 2


def _ask(client: Client, batch: Sequence[str]) -> tuple[list[Answer], list[str]]:
    """The answers of one request, and the ids that it is silent about: never one that was asked for alone."""
    if len(batch) == 1:
        return [_single(client, batch[0])], []
    return answers_of(*client.studies(batch), batch)


def _half_may_pass(error: RegistryError) -> bool:
    return _is_too_much(error) or isinstance(error, PageUnparseable | RegistryUnreachable)


def _is_too_much(error: RegistryError) -> bool:
    return isinstance(error, AnswerTooLarge) or (isinstance(error, RequestRefused) and error.status in TOO_MUCH)


def _malformed(error: RegistryError, batch: Sequence[str]) -> str | None:
    return malformed_item(error, batch) if isinstance(error, RequestRefused) else None


def _unanswered(trial_ids: Iterable[str], error: RegistryError) -> list[Unanswered]:
    return [Unanswered(trial_id, str(error)) for trial_id in trial_ids]


def _failure(trial_id: str, error: RegistryError, *, most: int | None = None) -> Unreadable | Unanswered:
    """What an error means for one trial, with the first *most* bytes of what came."""
    if isinstance(error, AnswerUnreadable):
        return Unreadable(trial_id, str(error), error.raw[:most])
    return Unanswered(trial_id, str(error))


def _probe_results(studies: Sequence[Json], batch: Sequence[str]) -> list[ProbeResult]:
    """Sightings of the trials asked for. One that comes under another id, or twice, is left for fetching."""
    found: dict[str, list[ProbeResult]] = {trial_id: [] for trial_id in batch}
    for study in studies:
        probe_result = probe_result_of(study)
        if probe_result and probe_result.trial_id in found:
            found[probe_result.trial_id].append(probe_result)
    return [probe_results[0] for probe_results in found.values() if len(set(probe_results)) == 1]


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
        # Nearly always one: looking for others that differ would read its content once more.
        documents = [_document(study) for study in studies]
    except AnswerUnreadable as error:
        content = content_of_no_record(studies[0]) if len(studies) == 1 else None
        return Unreadable(trial_id, str(error), _as_it_came(studies, raw), content)
    if len(documents) > 1 and len(set(documents)) > 1:
        return Unreadable(trial_id, "several records that differ came for one id", _as_it_came(studies, raw))
    document = documents[0]
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
    """The answer for one trial from its own address. Raise RegistryError where it says nothing of the trial."""
    try:
        study, raw, redirected = client.study(trial_id)
    except RequestRefused as error:
        if error.status == 404:
            return Missing(trial_id, error.words)
        raise
    own = trial_id_of(study)
    try:
        if own != trial_id and is_trial_id(own) and (trial_id in aliases_of(study) or own == redirected):
            return Merged(trial_id, own or "", document_of(study, own or ""))
        return document_of(study, trial_id)
    except AnswerUnreadable as error:
        return Unreadable(trial_id, str(error), raw, content_of_no_record(study))
