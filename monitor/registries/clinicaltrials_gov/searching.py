"""Finding the trials that a search covers, a thousand a request, with little more than their ids on the wire.

A sponsor is looked for by the whole name, and then looked at: the registry's idea of a whole name is not exact.
"""

from collections.abc import Iterator
from datetime import date
from http import HTTPStatus

from monitor.diff.text import fold_name
from monitor.errors import AnswerUnreadable, ConfigurationInvalid, RequestRefused
from monitor.model import Json
from monitor.ports import Found, Role, Search
from monitor.registries.clinicaltrials_gov import essie
from monitor.registries.clinicaltrials_gov.client import REMEDY, Client, one_line
from monitor.registries.clinicaltrials_gov.documents import KEY, at
from monitor.registries.clinicaltrials_gov.listing import Listing, Page

FOUND_AT_ONCE = 1_000
"""The most that the registry gives in a page."""
_SPONSORS = "protocolSection.sponsorCollaboratorsModule"


def find(client: Client, search: Search, *, updated_since: date | None, token: str | None) -> Iterator[Found]:
    """Pages of the trials that *search* covers. Raise ConfigurationInvalid for one that cannot be asked, at once."""
    fields = ["NCTId"]
    if search.sponsor is not None:
        fields += ["LeadSponsorName"] if search.role is Role.LEAD else ["LeadSponsorName", "CollaboratorName"]
    asked = {**essie.parameters(search, updated_since), "fields": ",".join(fields)}
    return _pages(Listing(client, asked, token=token), search)


def _pages(listing: Listing, search: Search) -> Iterator[Found]:
    while not listing.is_read:
        page = _page(listing, search)
        new = set(listing.accept(page, FOUND_AT_ONCE))
        covered = (
            trial_id
            for study, trial_id in zip(page.studies, page.trial_ids, strict=True)
            if trial_id in new and _is_covered(study, search)
        )
        yield Found(tuple(dict.fromkeys(covered)), listing.total, listing.token)


def _page(listing: Listing, search: Search) -> Page:
    try:
        return listing.ask(FOUND_AT_ONCE)
    except RequestRefused as refusal:
        is_understood = refusal.status != HTTPStatus.BAD_REQUEST or not refusal.words
        if search.expression is None or listing.token is not None or is_understood:
            raise
        raise ConfigurationInvalid(
            f"{KEY} does not understand the search “{one_line(search.expression, 100)}”: “{refusal.words}”; correct it"
        ) from refusal


def _is_covered(study: Json, search: Search) -> bool:
    """Whether a trial that the registry found is of the sponsor that was asked for; true where none was."""
    if search.sponsor is None:
        return True
    lead = at(study, f"{_SPONSORS}.leadSponsor.name")
    if not isinstance(lead, str):
        # Without this, a projection that no longer works would look like a sponsor who gave up all trials.
        raise AnswerUnreadable(f"{KEY} lists the trials of a sponsor without saying whose they are; {REMEDY}")
    collaborators = at(study, f"{_SPONSORS}.collaborators") if search.role is Role.ANY else None
    others = [at(one, "name") for one in collaborators] if isinstance(collaborators, list) else []
    wanted = fold_name(search.sponsor)
    return any(isinstance(name, str) and fold_name(name) == wanted for name in (lead, *others))
