"""Read the whole registry, page by page: each page is parsed once, and memory holds about one.

    page of 250  --too large, unparseable, no answer-->  its two halves  -->  …  -->  a single record
                 --it cannot be read either-->  a page with its id and nothing else  -->  its own address

The id alone is asked for with the token of the page that failed. The registry documents a token as valid for the same
fields only, but treats it as a position in the order; if it ever did not, the totals would not add up.
"""

from collections.abc import Iterator
from itertools import chain

from monitor.errors import AnswerUnreadable, RegistryError, RegistryUnreachable
from monitor.ports import Answer, SweepPage
from monitor.registries.clinicaltrials_gov.batches import PATIENCE, answers_of, fetch
from monitor.registries.clinicaltrials_gov.client import Client
from monitor.registries.clinicaltrials_gov.listing import READ_AT_ONCE, Listing


def sweep(client: Client, *, token: str | None) -> Iterator[SweepPage]:
    """Pages of all documents. One bad record is Unreadable or Unanswered, and the pages go on."""
    listing = Listing(client, {}, token=token)
    sizes: list[int] = []
    failed_in_a_row = 0
    while not listing.is_read:
        size = sizes.pop() if sizes else READ_AT_ONCE
        try:
            page = listing.ask(size)
        except RegistryError as error:
            if failed_in_a_row >= PATIENCE or not _fewer_may_pass(error, client):
                raise
            if size > 1:
                sizes += (size - size // 2, size // 2)
                continue
            failed_in_a_row += 1
            answers = _single(listing, client)
        else:
            failed_in_a_row = 0
            answers, _ = answers_of(page.studies, page.raw, listing.accept(page))
            del page  # or there would be two in memory
        yield SweepPage(answers, listing.total, listing.token)


def _single(listing: Listing, client: Client) -> list[Answer]:
    """The answer for the record that is next, asked for by its id."""
    trial_ids = listing.accept(listing.ask(1, fields=("NCTId",)))
    return list(chain(*fetch(client, trial_ids)))


def _fewer_may_pass(error: RegistryError, client: Client) -> bool:
    """Whether it is some record that fails, and not the registry."""
    return not client.is_down(error) and isinstance(error, AnswerUnreadable | RegistryUnreachable)
