"""Fields that are only compared and shown. Pure, but for the tree that they are taken out of."""

from collections.abc import Mapping
from types import MappingProxyType

from monitor.model import Json
from monitor.registries.drks import codes
from monitor.registries.drks.languages import Languages, Node, spoken
from monitor.registries.drks.taking import take_items, take_text
from monitor.registries.taking import object_at, take

_TITLES = "trialDescriptions"
_DESIGN = "studyCharacteristic"
_RESULTS = "trialResults"
_IPD = "trialResultsDescriptions"

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "brief_summary": f"{_TITLES}.summary",
        "detailed_description": f"{_TITLES}.scientificSummary",
        "who_masked": f"{_DESIGN}.blindingWhoList",
        "time_perspective": f"{_DESIGN}.timing",
        "secondary_ids": "secondaryIds",
        "study_first_post_date": "registrationDrks",
        "results_first_post_date": f"{_RESULTS}.firstResultPublication.date",
        "results_published_date": f"{_RESULTS}.firstPublication",
        "ipd_sharing": f"{_RESULTS}.ipdSharingPlan",
        "ipd_description": f"{_RESULTS}.{_IPD}.ipdSharingPlanDescription",
        "references": f"{_RESULTS}.publications.link",
        "see_also_links": "url",
    }
)
_NUMBERS = (
    ("eudraCtNumber", "EUDRACT_NUMBER", None),
    ("universalTrialNumber", "OTHER", "WHO Universal Trial Number"),
    ("eudamedNumber", "OTHER", "EUDAMED"),
)


def details(tree: Node, languages: Languages) -> Node:
    """All of them that there are, by the names of our fields."""
    design, results = object_at(tree, _DESIGN), object_at(tree, _RESULTS)
    registered = take_text(tree, "registrationDrks")
    posted = take_text(results, "firstResultPublication")
    link = take_text(tree, "url")
    found: Node = {
        "brief_summary": languages.read("brief_summary", spoken(tree, _TITLES, "summary")),
        "detailed_description": languages.read("detailed_description", spoken(tree, _TITLES, "scientificSummary")),
        "who_masked": sorted(take_items(design, "blindingWhoList", _blinded)),
        "time_perspective": take_text(design, "timing"),
        "secondary_ids": _secondary_ids(tree),
        "study_first_post_date": {"date": registered} if registered else None,
        "results_first_post_date": {"date": posted} if posted else None,
        "results_published_date": take_text(results, "firstPublication"),
        "ipd_sharing": {True: "YES", False: "NO", None: None}[take(results, "ipdSharingPlan", bool)],
        "ipd_description": languages.read("ipd_description", spoken(results, _IPD, "ipdSharingPlanDescription")),
        "references": take_items(results, "publications", _reference),
        "see_also_links": [{"url": link}] if link else None,
    }
    return {name: value for name, value in found.items() if value is not None and value != []}


def _blinded(item: Node) -> str | None:
    who = take_text(object_at(item, "idBlindingWho"), "blindingWho")
    if who and not item["idBlindingWho"]:
        del item["idBlindingWho"]
    return codes.BLINDED.get(who, who) if who else None


def _secondary_ids(tree: Node) -> list[Json]:
    node = object_at(tree, "secondaryIds")
    found = [
        {"id": text, "type": kind, "domain": domain}
        for name, kind, domain in _NUMBERS
        if (text := take_text(node, name))
    ]
    if text := take_text(node, "otherPrimaryRegisterId"):
        found.append({"id": text, "type": "REGISTRY", "domain": take_text(node, "otherPrimaryRegisterName")})
    found += take_items(tree, "otherSecondaryIds", _other_id)
    return [{name: each for name, each in one.items() if each is not None} for one in found]


def _other_id(item: Node) -> dict[str, str | None] | None:
    text = take_text(item, "value")
    return {"id": text, "type": "OTHER", "domain": take_text(item, "description")} if text else None


def _reference(item: Node) -> Json:
    """A publication; None, and nothing taken, for what has neither words nor an address."""
    citation, url = take_text(item, "description"), take_text(item, "link")
    if not (citation or url):
        return None
    taken = {"citation": citation, "url": url, "type": take_text(item, "type")}
    return {name: each for name, each in taken.items() if each}
