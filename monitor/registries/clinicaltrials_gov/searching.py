"""Find the trials that a search covers, a thousand a request, with little more than their ids on the wire.

Whose trials a search for a sponsor finds is decided here, by the names that come: see `sponsored`. So one listing can
serve any number of sponsors.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from http import HTTPStatus

from monitor.errors import ConfigurationInvalid, RegistryError, RequestRefused
from monitor.model import Role, Search
from monitor.ports import SearchPage, SharedPage
from monitor.registries.clinicaltrials_gov import essie
from monitor.registries.clinicaltrials_gov.client import Client
from monitor.registries.clinicaltrials_gov.documents import build_of_page
from monitor.registries.clinicaltrials_gov.listing import Listing, Page, begin
from monitor.registries.clinicaltrials_gov.probed import BUILD
from monitor.registries.clinicaltrials_gov.reading import FieldsRefused, one_line
from monitor.registries.clinicaltrials_gov.sponsored import Sponsors, fields_of, is_covered
from monitor.registries.clinicaltrials_gov.version import KEY

_FEWER_WORDS = (essie.MOST_WORDS, 5, 2)
"""Of a sponsor's name, one after the other, where the registry finds a query too complicated."""
_TOO_LONG = (403, 413, 414, 431)


def find(
    client: Client, search: Search, *, updated_since: date | None, stopped: bool, token: str | None
) -> Iterator[SearchPage]:
    """Pages of the trials that *search* covers. Raise ConfigurationInvalid for one that cannot be asked, at once."""
    # A token is a place in the answer to one wording: with another it would be a place in another list.
    counts = _FEWER_WORDS if search.sponsor is not None and token is None else _FEWER_WORDS[:1]
    wordings = [essie.parameters(search, updated_since, stopped=stopped, most_words=most) for most in counts]
    unlike = [asked for number, asked in enumerate(wordings) if asked not in wordings[:number]]
    return _pages(client, search, unlike, token)


def _pages(client: Client, search: Search, wordings: list[dict[str, str]], token: str | None) -> Iterator[SearchPage]:
    try:
        listing, page = begin(client, wordings, fields=_fields(search), token=token)
    except RegistryError as error:
        raise _in_words(error, search, client, is_first=token is None) from error
    while True:
        new = set(listing.accept(page))
        covered = (
            trial_id
            for study, trial_id in zip(page.studies, page.trial_ids, strict=True)
            if trial_id in new and is_covered(study, search)
        )
        found = tuple(dict.fromkeys(covered))
        yield SearchPage(found, listing.total, listing.token, build_of_page(page.studies))
        if listing.is_read:
            return
        page = _next(listing, client)


def find_shared(client: Client, searches: Collection[Search], *, updated_since: date | None) -> Iterator[SharedPage]:
    """Pages of all that was updated since a day, or of all trials of these sponsors, and which each search covers."""
    sponsors = Sponsors(searches)
    if updated_since is not None:
        yield from _shared_pages(client, essie.parameters(Search(), updated_since), sponsors)
    else:
        for question in essie.sponsored_by_any(sponsors.askable):
            yield from _shared_pages(client, {"filter.advanced": question}, sponsors)
    if sponsors.unaskable:
        yield SharedPage({}, sponsors.unaskable, 0, None, None)


def _shared_pages(client: Client, asked: Mapping[str, str], sponsors: Sponsors) -> Iterator[SharedPage]:
    try:
        listing, page = begin(client, [asked], fields=("NCTId", BUILD, *fields_of(Role.ANY)))
    except RegistryError as error:
        client.is_down(error)
        raise
    seen = 0
    while True:
        new = set(listing.accept(page))
        studies = zip(page.trial_ids, page.studies, strict=True)
        found, undecided = sponsors.compare({trial_id: study for trial_id, study in studies if trial_id in new})
        seen += len(new)
        lacking = max((listing.total or 0) - seen, 0) if listing.is_read else 0
        yield SharedPage(found, undecided, len(page.studies), listing.total, build_of_page(page.studies), lacking)
        if listing.is_read:
            return
        page = _next(listing, client)


def _next(listing: Listing, client: Client) -> Page:
    try:
        return listing.ask()
    except RegistryError as error:
        client.is_down(error)
        raise


def _fields(search: Search) -> tuple[str, ...]:
    """What has to be known of each trial."""
    return ("NCTId", BUILD, *(fields_of(search.role) if search.sponsor is not None else ()))


def _in_words(
    error: RegistryError, search: Search, client: Client, *, is_first: bool
) -> RegistryError | ConfigurationInvalid:
    """The error as the one who searches has to hear it: the registry's own, or that the search is at fault."""
    is_own = isinstance(error, FieldsRefused) or not is_first
    typed = search.expression if search.expression is not None else search.condition
    if is_own or typed is None or not isinstance(error, RequestRefused):
        client.is_down(error)
        return error
    what = f"the {'search' if search.expression is not None else 'condition'} “{one_line(typed, 100)}”"
    if error.status == HTTPStatus.BAD_REQUEST and error.words:
        return ConfigurationInvalid(
            f"{KEY} does not understand {what}: “{error.words}”; {_advice(search, error.words)}"
        )
    if error.status in _TOO_LONG and not client.is_down(error):
        return ConfigurationInvalid(
            f"{KEY} lets {what} not pass (HTTP status {error.status}), while it answers others: make it shorter, or "
            "write it in other words"
        )
    client.is_down(error)
    return error


def _advice(search: Search, words: str) -> str:
    if "complicated" not in words.lower():
        return "correct it"
    if search.expression is None:
        return "give fewer words, up to ten"
    return 'give fewer words, up to twelve, or put those that belong together between quotation marks: "lung cancer"'
