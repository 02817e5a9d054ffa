"""Whole records, one a request. Every trial is answered exactly once.

An application that came to nothing may be submitted again, under the next id: then that is asked for too, and the
trial is merged into it. Where request after request fails, the rest is not asked for.
"""

from collections.abc import Iterator, Sequence

from monitor.errors import AnswerUnreadable, RegistryError
from monitor.model import Document
from monitor.ports import Answer, Merged, Missing, Unanswered, Unreadable
from monitor.registries.ctis.client import Client
from monitor.registries.ctis.codes import UNSUBMITTED, code_in
from monitor.registries.ctis.documents import document_of, is_nothing, trial_id_of
from monitor.registries.ctis.ids import is_later_submission, next_submission
from monitor.registries.ctis.listing import Listing

UNKNOWN = "{}"
"""What the registry says of an id that it does not know."""
MOST_SUBMISSIONS = 5
"""How often an application is looked for under its next id."""


def fetch(client: Client, listing: Listing, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
    """One answer a batch."""
    waiting = list(dict.fromkeys(trial_ids))
    for number, trial_id in enumerate(waiting):
        try:
            answer = _latest(client, listing, trial_id)
        except RegistryError as error:
            answer = Unanswered(trial_id, str(error))
            if client.is_down:
                yield [Unanswered(each, str(error)) for each in waiting[number:]]
                return
        yield [answer]


def _latest(client: Client, listing: Listing, trial_id: str) -> Answer:
    """The answer for a trial, or that it was submitted again as another."""
    answer, status = _single(client, listing, trial_id)
    if isinstance(answer, Unreadable):
        return answer
    found: Document | None = None
    following = listing.later_submission(trial_id)
    if following is None and (isinstance(answer, Missing) or status in UNSUBMITTED):
        following = next_submission(trial_id)
    for _ in range(MOST_SUBMISSIONS):
        if following is None:
            break
        later, status = _single(client, listing, following)
        if not isinstance(later, Document):
            break
        found = later
        following = next_submission(following) if status in UNSUBMITTED else None
    return Merged(trial_id, found.trial_id, found) if found else answer


def _single(
    client: Client, listing: Listing, trial_id: str
) -> tuple[Document | Missing | Merged | Unreadable, int | None]:
    """What comes for one id, and the status that it has."""
    try:
        tree, raw = client.retrieve(trial_id)
    except AnswerUnreadable as error:
        return Unreadable(trial_id, str(error), error.raw), None
    if is_nothing(tree):
        return Missing(trial_id, UNKNOWN), None
    try:
        own = trial_id_of(tree)
        if own and is_later_submission(own, trial_id):
            return Merged(trial_id, own, document_of(tree, own, probe_digest=listing.digest_of(own))), None
        document = document_of(tree, trial_id, probe_digest=listing.digest_of(trial_id))
    except AnswerUnreadable as error:
        return Unreadable(trial_id, str(error), raw), None
    return document, code_in(tree.get("ctPublicStatusCode"))
