"""Fetch trials one by one, where they did not come already. Every id is answered exactly once."""

from collections.abc import Iterator, Sequence

from monitor.errors import AnswerUnreadable, RegistryError
from monitor.ports import Answer, Missing, Unanswered, Unreadable
from monitor.registries.isrctn.client import NO_RECORD, Client
from monitor.registries.isrctn.edited import Kept, answer_of

AT_ONCE = 20
"""Answers of a batch, which are committed together: a pass that is killed loses no more than these."""
TIRED_AFTER = 3
"""Requests in a row without an answer, after which no more are made."""


def fetch(client: Client, trial_ids: Sequence[str], kept: Kept) -> Iterator[Sequence[Answer]]:
    """Documents, one a request; those that are kept cost none."""
    waiting = list(dict.fromkeys(trial_ids))
    failed_in_a_row = 0
    while waiting:
        batch: list[Answer] = []
        while waiting and len(batch) < AT_ONCE:
            trial_id = waiting.pop(0)
            answer = kept.get(trial_id) or _ask(client, trial_id)
            failed_in_a_row = failed_in_a_row + 1 if isinstance(answer, Unanswered) else 0
            batch.append(answer)
            if isinstance(answer, Unanswered) and failed_in_a_row >= TIRED_AFTER:
                batch += [Unanswered(each, answer.reason) for each in waiting]
                waiting = []
        yield batch


def _ask(client: Client, trial_id: str) -> Answer:
    try:
        record, raw = client.record(trial_id)
    except AnswerUnreadable as error:
        return Unreadable(trial_id, str(error), error.raw)
    except RegistryError as error:
        return Unanswered(trial_id, str(error))
    return Missing(trial_id, NO_RECORD) if record is None else answer_of(record, trial_id, raw)[0]
