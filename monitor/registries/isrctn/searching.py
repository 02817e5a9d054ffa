"""Find the trials that a search covers: the registry looks for words, and what it finds is looked at here.

Sponsors are looked for by their name as a phrase, which is also found elsewhere in a record, so that only those count
whose sponsor has this name. Conditions have a field of their own.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime

from monitor.errors import AnswerUnreadable, ConfigurationInvalid
from monitor.model import Document, Record, Role, Search
from monitor.ports import SearchPage
from monitor.registries.isrctn.client import Client
from monitor.registries.isrctn.documents import document_of, trial_id_of
from monitor.registries.isrctn.edited import Kept
from monitor.registries.isrctn.ids import KEY
from monitor.registries.isrctn.listing import BEGINNING, read_all
from monitor.registries.isrctn.markup import Element
from monitor.registries.isrctn.record import parse
from monitor.text import fold_organisation

LONGEST = 300
"""Characters of a name or condition that is looked for."""
_STOPPED = ("TERMINATED", "SUSPENDED", "WITHDRAWN")


def query_of(search: Search) -> str:
    """The query for a search. Raise ConfigurationInvalid for one that the registry cannot be asked."""
    if search.expression is not None:
        raise ConfigurationInvalid(f"{KEY} has no language of expressions: search for a sponsor or a condition")
    if search.is_everything:
        raise ConfigurationInvalid(f"{KEY} cannot be watched as a whole: search for a sponsor or a condition")
    parts = [f'"{_words(search.sponsor)}"'] if search.sponsor is not None else []
    parts += [f'condition:"{_words(search.condition)}"'] if search.condition is not None else []
    return " AND ".join(parts)


def find(
    client: Client, search: Search, *, day: date, since: date | None, stopped: bool, kept: Kept
) -> Iterator[SearchPage]:
    """One page of the trials that *search* covers as they stand on *day*; their records are *kept* for the pass.

    Raise ConfigurationInvalid for a search that cannot be asked, at once.
    """
    return _page(client, search, query_of(search), day=day, since=since, stopped=stopped, kept=kept)


def _page(
    client: Client, search: Search, query: str, *, day: date, since: date | None, stopped: bool, kept: Kept
) -> Iterator[SearchPage]:
    begin = datetime(since.year, since.month, since.day, tzinfo=UTC) if since else BEGINNING
    found: dict[str, None] = {}
    for records in read_all(client, query, begin):
        kept.keep(records)
        found |= dict.fromkeys(_covered(records, search, day, stopped=stopped))
    yield SearchPage(tuple(found), len(found), None)


def _covered(records: Collection[Element], search: Search, day: date, *, stopped: bool) -> Iterator[str]:
    for record in records:
        trial_id = trial_id_of(record)
        if trial_id is None:
            raise AnswerUnreadable(f"{KEY} lists a record that names no trial")
        said = parse(_document(record, trial_id), day)
        is_wanted = not stopped or (said.overall_status is not None and said.overall_status.code in _STOPPED)
        if is_wanted and _is_of_sponsor(said, search):
            yield trial_id


def _document(record: Element, trial_id: str) -> Document:
    try:
        return document_of(record, trial_id)
    except AnswerUnreadable as error:
        raise AnswerUnreadable(f"{KEY} lists {trial_id}, and {error}") from error


def _is_of_sponsor(record: Record, search: Search) -> bool:
    if search.sponsor is None:
        return True
    lead = [record.lead_sponsor] if record.lead_sponsor else []
    sponsors = (*lead, *record.collaborators) if search.role is Role.ANY else lead
    return fold_organisation(search.sponsor) in {fold_organisation(each.name) for each in sponsors}


def _words(text: str) -> str:
    """What people type, as the inside of a phrase: it is looked for, never interpreted."""
    words = " ".join(text.replace('"', " ").replace("\\", " ").split())
    if not words or len(words) > LONGEST or not words.isprintable():
        raise ConfigurationInvalid(f"what {KEY} is to look for takes up to {LONGEST} printable characters")
    return words
