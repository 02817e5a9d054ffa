"""Which sponsors a name may mean, and how many trials each leads.

The lead sponsors that have all words of the name are asked for, else those that have any of them: ten words at most, as
a longer query is too complicated for the registry. One request answers most names; five read the 5,000 trials of the
busiest sponsor. Where there are more trials than that, or only a sample of them was read, ten more requests count them:
sixteen in all, and a few more where a query is too complicated all the same.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from heapq import nlargest

from monitor.model import Role
from monitor.ports import SponsorName
from monitor.registries.clinicaltrials_gov import essie
from monitor.registries.clinicaltrials_gov.client import Client
from monitor.registries.clinicaltrials_gov.listing import begin
from monitor.registries.clinicaltrials_gov.trees import at
from monitor.text import fold, fold_organisation

MOST_NAMES = 10
PAGES_READ = 5
COMPARED = 200
"""Characters of a name that are compared."""
_LEAD = "protocolSection.sponsorCollaboratorsModule.leadSponsor.name"
_FIELDS = ("NCTId", "LeadSponsorName")
_FEWER_WORDS = (5, 2)

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
    names, are_all = _names(client, _with_all(wanted, words), pages=PAGES_READ)
    if not names and len(words) > 1:
        names, are_all = _names(client, [essie.any_of(essie.distinctive(words, essie.MOST_WORDS))], pages=1)
    found = [
        SponsorName(spelling, trials if are_all else max(trials, _count(client, spelling)))
        for spelling, trials in map(_summed, _most_like(names, wanted, words))
    ]
    return sorted(found, key=lambda one: (-one.trials, one.name))


def _with_all(name: str, words: Sequence[str]) -> list[str]:
    """Queries for the names that have all these words, the plainest last."""
    first, *fewer = (essie.all_of(essie.distinctive(words, most)) for most in (essie.MOST_WORDS, *_FEWER_WORDS))
    phrase = essie.all_of(essie.stretches(name, essie.MOST_WORDS))
    return list(dict.fromkeys((first, phrase, *fewer)))


def _names(client: Client, queries: Sequence[str], *, pages: int) -> tuple[Names, bool]:
    """The names among the first pages of what is found, best match first; whether that is all there are."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    wordings = ({"query.lead": query, "sort": "@relevance"} for query in queries)
    listing, page = begin(client, wordings, fields=_FIELDS)
    while True:
        new = set(listing.accept(page))
        for study, trial_id in zip(page.studies, page.trial_ids, strict=True):
            name = at(study, _LEAD)
            if isinstance(name, str) and trial_id in new and fold(name):
                names[fold_organisation(name)][fold(name)] += 1
        pages -= 1
        if listing.is_read or not pages:
            return names, listing.is_read
        page = listing.ask()


def _most_like(names: Names, wanted: str, words: Sequence[str]) -> list[Counter[str]]:
    """The spellings of the names that are most like the wanted one."""
    matcher = SequenceMatcher(b=fold_organisation(wanted)[:COMPARED], autojunk=False)
    folded_words = [fold_organisation(word) for word in words]

    def likeness(name: str) -> tuple[int, float]:
        matcher.set_seq1(name[:COMPARED])
        return sum(word in name for word in folded_words), matcher.ratio()

    return [names[name] for name in nlargest(MOST_NAMES, names, key=likeness)]


def _summed(spellings: Counter[str]) -> tuple[str, int]:
    """The usual spelling, and the trials of all."""
    return spellings.most_common(1)[0][0], spellings.total()


def _count(client: Client, name: str) -> int:
    """How many trials the registry has of this sponsor: exact up to a page of them, else by its share of that page."""
    asked = {"filter.advanced": essie.sponsored_by(name, Role.LEAD)}
    listing, page = begin(client, [asked], fields=_FIELDS)
    listing.accept(page)
    own = sum(fold_organisation(str(at(study, _LEAD))) == fold_organisation(name) for study in page.studies)
    return own if listing.is_read else round(own * (listing.total or 0) / len(page.studies))
