"""Whose trials these are: the names of sponsors in listings, compared. Pure.

A sponsor is searched for by a phrase, which also finds longer names that contain it. So the names that come are
compared with the one that is wanted, whatever forms of letters, quotation marks and dashes they are written with.

The names in a listing of everybody's trials are compared in the same way. But which of these forms the registry's own
phrase search finds is not documented. It finds a name that is spelled as the wanted one, capitals aside; about any
other spelling of it only the registry can tell.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from monitor.errors import AnswerUnreadable, ConfigurationInvalid
from monitor.model import Json, Role, Search
from monitor.registries.clinicaltrials_gov import essie
from monitor.registries.clinicaltrials_gov.reading import REMEDY
from monitor.registries.clinicaltrials_gov.trees import at
from monitor.registries.clinicaltrials_gov.version import KEY
from monitor.text import fold_organisation

UNNAMED = 100
"""One record in so many of a page may come without its lead sponsor, as those do of devices that are not approved."""
_SPONSORS = "protocolSection.sponsorCollaboratorsModule"


def fields_of(role: Role) -> tuple[str, ...]:
    """What has to be known of a trial to tell whether a sponsor has this role in it."""
    return ("LeadSponsorName", "CollaboratorName") if role is Role.ANY else ("LeadSponsorName",)


def is_covered(study: Json, search: Search) -> bool:
    """Whether a trial that the registry found is of the sponsor that was asked for; true where none was."""
    if search.sponsor is None:
        return True
    lead = _lead(study)
    if lead is None:
        raise _unnamed()
    names = (lead, *_collaborators(study)) if search.role is Role.ANY else (lead,)
    wanted = fold_organisation(search.sponsor)
    return any(fold_organisation(name) == wanted for name in names)


class Sponsors:
    """The sponsors that many searches look for, by name: a trial is compared with all of them in one step."""

    def __init__(self, searches: Iterable[Search]) -> None:
        self.unaskable: set[Search] = set()
        """Those that the registry cannot be asked for."""
        self.askable: list[Search] = []
        self._wanted: defaultdict[str, list[tuple[Search, str]]] = defaultdict(list)
        for search in searches:
            try:
                essie.parameters(search)
                spelling = essie.plain(search.sponsor or "", "sponsor").lower()
            except ConfigurationInvalid:
                self.unaskable.add(search)
            else:
                self.askable.append(search)
                self._wanted[fold_organisation(search.sponsor)].append((search, spelling))

    def compare(self, studies: Mapping[str, Json]) -> tuple[Mapping[Search, Sequence[str]], set[Search]]:
        """Which of these trials each search covers, and the searches of which only the registry can tell.

        Raise AnswerUnreadable where too many trials come without saying whose they are.
        """
        found: defaultdict[Search, list[str]] = defaultdict(list)
        undecided: set[Search] = set()
        unnamed = 0
        for trial_id, study in studies.items():
            lead = _lead(study)
            unnamed += lead is None
            for search, is_certain in self._looking_for(lead, _collaborators(study)).items():
                if is_certain and lead is not None:
                    found[search].append(trial_id)
                else:
                    undecided.add(search)
        if unnamed * UNNAMED > len(studies):
            raise _unnamed()
        return found, undecided

    def _looking_for(self, lead: str | None, collaborators: Sequence[str]) -> dict[Search, bool]:
        """The searches for one of these names in any spelling, each with whether it is spelled as in the search."""
        likely: dict[Search, bool] = {}
        for name, is_lead in ((lead or "", True), *((each, False) for each in collaborators)):
            for search, spelling in self._wanted.get(fold_organisation(name), ()):
                if is_lead or search.role is Role.ANY:
                    likely[search] = likely.get(search, False) or name.lower() == spelling
        return likely


def _lead(study: Json) -> str | None:
    name = at(study, f"{_SPONSORS}.leadSponsor.name")
    return name if isinstance(name, str) else None


def _collaborators(study: Json) -> list[str]:
    collaborators = at(study, f"{_SPONSORS}.collaborators")
    names = [at(each, "name") for each in collaborators] if isinstance(collaborators, list) else []
    return [name for name in names if isinstance(name, str)]


def _unnamed() -> AnswerUnreadable:
    """Without this, a projection that no longer works would look like sponsors who gave up all their trials."""
    return AnswerUnreadable(f"{KEY} lists the trials of a sponsor without saying whose they are; {REMEDY}")
