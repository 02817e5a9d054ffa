"""The ids under which a trial is known elsewhere. Pure, but for the tree that they are taken from."""

from monitor.model import Json
from monitor.registries.ctis.trees import object_at, take_items, take_text
from monitor.registries.taking import Node

_REGISTRIES = (
    ("nctNumber", "ClinicalTrials.gov"),
    ("isrctnNumber", "ISRCTN"),
    ("whoUniversalTrialNumber", "WHO Universal Trial Number"),
)


def take_secondary_ids(titles: Node, application: Node) -> list[Json]:
    """Ids as objects of id, type and domain, sorted by id."""
    numbers = object_at(titles, "secondaryIdentifyingNumbers")
    found: list[Node] = []
    for member, domain in _REGISTRIES:
        given = object_at(numbers, member)
        number = take_text(given, "number") if given else take_text(numbers, member)
        given.pop("ctRegistryCode", None)
        if number:
            found.append({"id": number, "type": "REGISTRY", "domain": domain})
    found += take_items(numbers, "additionalRegistries", _registry, lambda told: str(told["id"]))
    if code := take_text(object_at(application, "eudraCt"), "eudraCtCode"):
        found.append({"id": code, "type": "EUDRACT_NUMBER"})
    return sorted(found, key=lambda told: str(told["id"]))


def _registry(item: Node) -> Node | None:
    number = take_text(item, "number")
    if not number:
        return None
    item.pop("ctRegistryCode", None)
    name = take_text(item, "otherRegistryName")
    return {"id": number, "type": "REGISTRY", **({"domain": name} if name else {})}
