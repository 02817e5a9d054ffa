"""Which sponsors a name may mean, and how many trials each leads.

Asked for are the lead sponsors that have all words of the name, else those that have any. One request answers most
names; five read the 5,000 trials of the busiest. Where there are more trials than that, or just a sample of them was
read, ten more requests count exactly: sixteen at most.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from heapq import nlargest

from monitor.diff.text import fold, fold_name
from monitor.ports import Role, SponsorName
from monitor.registries.clinicaltrials_gov import essie
from monitor.registries.clinicaltrials_gov.client import Client
from monitor.registries.clinicaltrials_gov.documents import at
from monitor.registries.clinicaltrials_gov.listing import Listing
from monitor.registries.clinicaltrials_gov.searching import FOUND_AT_ONCE

MOST_NAMES = 10
PAGES_READ = 5
COMPARED = 200
"""Characters of a name that are compared."""
_LEAD = "protocolSection.sponsorCollaboratorsModule.leadSponsor.name"

Names = Mapping[str, Counter[str]]
"""By the folded name, how many trials have it in which spelling."""


def sponsors(client: Client, text: str) -> list[SponsorName]:
    """The sponsors whose names are most like *text*, those with the most trials first.

    Raise ConfigurationInvalid for what cannot be a name.
    """
    wanted = essie.plain(text, "sponsor")
    words = [word for word in wanted.split() if any(character.isalnum() for character in word)]
    if not words:
        return []
    names, are_all = _names(client, essie.all_of(words), pages=PAGES_READ)
    if not names and len(words) > 1:
        names, are_all = _names(client, essie.any_of(words), pages=1)
    found = [
        SponsorName(spelling, trials if are_all else max(trials, _count(client, spelling)))
        for spelling, trials in map(_summed, _most_like(names, wanted, words))
    ]
    return sorted(found, key=lambda one: (-one.trials, one.name))


def _names(client: Client, query: str, *, pages: int) -> tuple[Names, bool]:
    """The names among the first pages of what is found, best match first; whether that is all there are."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    listing = Listing(client, {"query.lead": query, "fields": "NCTId,LeadSponsorName", "sort": "@relevance"})
    while not listing.is_read and pages:
        page = listing.ask(FOUND_AT_ONCE)
        new = set(listing.accept(page, FOUND_AT_ONCE))
        for study, trial_id in zip(page.studies, page.trial_ids, strict=True):
            name = at(study, _LEAD)
            if isinstance(name, str) and trial_id in new and fold(name):
                names[fold_name(name)][fold(name)] += 1
        pages -= 1
    return names, listing.is_read


def _most_like(names: Names, wanted: str, words: Sequence[str]) -> list[Counter[str]]:
    """The spellings of the names that are most like the wanted one."""
    matcher = SequenceMatcher(b=fold_name(wanted)[:COMPARED], autojunk=False)
    folded_words = [fold_name(word) for word in words]

    def likeness(name: str) -> tuple[int, float]:
        matcher.set_seq1(name[:COMPARED])
        return sum(word in name for word in folded_words), matcher.ratio()

    return [names[name] for name in nlargest(MOST_NAMES, names, key=likeness)]


def _summed(spellings: Counter[str]) -> tuple[str, int]:
    """The usual spelling, and the trials of all."""
    return spellings.most_common(1)[0][0], spellings.total()


def _count(client: Client, name: str) -> int:
    """How many trials the registry has of the sponsor of this whole name."""
    asked = {"filter.advanced": essie.sponsored_by(name, Role.LEAD), "fields": "NCTId"}
    return Listing(client, asked).ask(1).total or 0
