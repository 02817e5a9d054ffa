"""What a pass over trials of which none moved asks ClinicalTrials.gov, with the standard library alone.

It asks what `client` and `batches` ask, and reads the answers as they do. Whatever is not as plain as it mostly is, is
None, and is theirs to read.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson

from monitor.http.asking import BODY_CAP
from monitor.http.once import PlainSession
from monitor.model.stamps import Stamped
from monitor.model.whole import WholeRecord
from monitor.registries.clinicaltrials_gov.probed import (
    FETCHED_AT_ONCE,
    PROBED,
    PROBED_AT_ONCE,
    TRIAL_ID,
    Seen,
    batch_address,
    seen_in,
)
from monitor.registries.clinicaltrials_gov.trees import text_at
from monitor.registries.clinicaltrials_gov.version import (
    KEY,
    SMALL,
    is_as_before,
    usable_etag,
    version_question,
    version_stated,
)

if TYPE_CHECKING:
    from monitor.http.pacing import Turns
    from monitor.http.response import Response
    from monitor.model import Json


class PlainClient:
    """The port `monitor.watching.quiet.QuietRegistry`, by a session."""

    key = KEY
    at_once = PROBED_AT_ONCE
    read_at_once = FETCHED_AT_ONCE

    def __init__(self, base_url: str, session: PlainSession) -> None:
        self._base = base_url
        self._session = session

    def take_turns(self, turns: "Turns") -> None:
        """Have every request wait for its turn."""
        self._session.turns = turns

    def version(self, known: Stamped) -> Stamped | None:
        """The version of all data now; *known* itself where nothing is newer."""
        answer = self._session.get(*version_question(self._base, known.etag), cap=SMALL)
        if answer is None:
            return None
        if is_as_before(answer.status, known.etag):
            return known
        stamp, api_version = version_stated(_json(answer))
        etag = usable_etag(answer.headers.get("ETag", ""))
        return Stamped(stamp, etag) if stamp and etag and api_version is not None else None

    def probe(self, trial_ids: Sequence[str]) -> Sequence[Seen] | None:
        """What a probe sees of these trials, at most `at_once`."""
        studies = self._studies(batch_address(self._base, trial_ids, PROBED))
        return None if studies is None else [seen for study in studies if (seen := seen_in(study))]

    def read(self, trial_ids: Sequence[str]) -> Sequence[WholeRecord] | None:
        """The full records of these trials, at most `read_at_once`, in their order; None where one is not proven."""
        from monitor.registries.clinicaltrials_gov.canonical import (  # no pass needs it in which none is to be read
            RECORD_CAP,
            whole_record,
        )

        if len(trial_ids) == 1:
            answer = self._session.get(f"{self._base}/studies/{trial_ids[0]}", {}, cap=RECORD_CAP)
            studies = [_json(answer)] if answer else []
        else:
            studies = self._studies(batch_address(self._base, trial_ids, ())) or []
        by_id = {text_at(study, TRIAL_ID): study for study in studies}
        if len(studies) != len(trial_ids) or by_id.keys() != set(trial_ids):
            return None
        records = [record for each in trial_ids if (record := whole_record(by_id[each], each))]
        return records if len(records) == len(trial_ids) else None

    def _studies(self, address: str) -> "list[Json] | None":
        """The studies of a page that has all of them."""
        answer = self._session.get(address, {}, cap=BODY_CAP)
        page = _json(answer) if answer else None
        studies = page.get("studies") if isinstance(page, dict) and "nextPageToken" not in page else None
        return studies if isinstance(studies, list) else None

    def ask_again(self) -> None:
        """Let the whole pass ask the last question again: it reads more before it asks that."""
        self._session.asked.requests.pop()


def _json(answer: "Response") -> "Json":
    is_page_for_people = answer.headers.get("Content-Type", "").startswith("text/html")
    if answer.status != HTTPStatus.OK or is_page_for_people:
        return None
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
