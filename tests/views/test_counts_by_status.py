"""How many trials there are by status: where registries have other words for one, ours stand for all of them."""

from monitor.storage.facets import Facet
from monitor.views.finding_trials import counts_by_status


def facet(number: int, registry: str, status: str, words: str | None) -> Facet:
    return Facet(number, registry, status, words, frozenset())


def test_a_registrys_own_words_stand_for_its_own_trials_alone() -> None:
    counts = {
        facet(1, "euclinicaltrials.eu", "RECRUITING", "Ongoing, recruiting"): 3,
        facet(2, "isrctn.com", "RECRUITING", None): 1,
        facet(3, "euclinicaltrials.eu", "NOT_YET_RECRUITING", "Authorised, recruitment pending"): 2,
        facet(4, "isrctn.com", "", None): 9,
    }

    assert counts_by_status(counts) == {
        ("RECRUITING", "Recruiting"): 4,
        ("NOT_YET_RECRUITING", "Authorised, recruitment pending"): 2,
    }
